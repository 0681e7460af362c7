//! The signing secrets of endpoints: names and schemes; their values are in the keychain.

use sqlite::rusqlite::{Connection, Result, Row, params};
use webhook::verify::scheme::Scheme;

use crate::store::pairing;

/// A signing secret without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signing {
    /// Names its value in the keychain; 0 before it is kept.
    pub(crate) number: i64,
    pub(crate) endpoint: String,
    pub(crate) name: String,
    /// How it signs; none: as the sender does who is recognised.
    pub(crate) scheme: Option<Scheme>,
    /// Where the signature stands, if not where the scheme has it.
    pub(crate) header: Option<String>,
    /// Another one has taken its place, and it still counts.
    pub(crate) is_old: bool,
    pub(crate) made_at_ms: i64,
}

/// All of them, those that are not old first, then the newest.
pub(crate) fn all(db: &Connection) -> Result<Vec<Signing>> {
    db.prepare_cached(
        "SELECT number, endpoint, name, scheme, header, is_old, made_at_ms FROM secrets
         ORDER BY is_old, number DESC",
    )?
    .query_map((), signing)?
    .collect()
}

fn signing(row: &Row<'_>) -> Result<Signing> {
    let scheme: Option<String> = row.get(3)?;
    Ok(Signing {
        number: row.get(0)?,
        endpoint: row.get(1)?,
        name: row.get(2)?,
        // One that a newer version knows is tried as whatever is recognised.
        scheme: scheme.as_deref().and_then(Scheme::from_name),
        header: row.get(4)?,
        is_old: row.get(5)?,
        made_at_ms: row.get(6)?,
    })
}

/// Takes a number for the value of a secret to be kept under.
pub(crate) fn take_number(db: &Connection) -> Result<i64> {
    // A number that was given out is never given out again, also when nothing came of it.
    let mark = "INSERT INTO secrets (endpoint, name, is_old, made_at_ms) VALUES ('', '', 1, 0)";
    db.execute(mark, ())?;
    let number = db.last_insert_rowid();
    db.execute("DELETE FROM secrets WHERE number = ?1", [number])?;
    Ok(number)
}

/// Adds `one`. False when its endpoint has one of that name.
pub(crate) fn insert(db: &Connection, one: &Signing) -> Result<bool> {
    let added = db.execute(
        "INSERT OR IGNORE INTO secrets
             (number, endpoint, name, scheme, header, is_old, made_at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            one.number,
            one.endpoint,
            one.name,
            one.scheme.map(Scheme::name),
            one.header,
            one.is_old,
            one.made_at_ms,
        ],
    )?;
    if added > 0 {
        changed(db, &one.endpoint)?;
    }
    Ok(added > 0)
}

/// Says of the secret `number` whether another has taken its place.
pub(crate) fn set_old(db: &Connection, number: i64, is_old: bool) -> Result<()> {
    let sql = "UPDATE secrets SET is_old = ?2 WHERE number = ?1 RETURNING endpoint";
    let endpoint: String = db.query_row(sql, params![number, is_old], |row| row.get(0))?;
    changed(db, &endpoint)
}

/// Removes the secret `number`.
pub(crate) fn remove(db: &Connection, number: i64) -> Result<()> {
    let sql = "DELETE FROM secrets WHERE number = ?1 RETURNING endpoint";
    let endpoint: String = db.query_row(sql, [number], |row| row.get(0))?;
    changed(db, &endpoint)
}

/// Has the captures of `endpoint` judged again, and other programs on this file look.
fn changed(db: &Connection, endpoint: &str) -> Result<()> {
    pairing::changed(db)?;
    db.execute(
        "INSERT INTO to_judge (endpoint, upto, change)
         SELECT ?1, coalesce((SELECT max(seq) FROM captures WHERE endpoint = ?1), 0), number
             FROM revision WHERE true
         ON CONFLICT (endpoint) DO UPDATE SET upto = excluded.upto, change = excluded.change",
        [endpoint],
    )?;
    Ok(())
}
