//! Queries that are kept under a name, in an order of their owner's.

use sqlite::rusqlite::{Connection, OptionalExtension, Result, params};

use crate::view::SavedView;

/// All of them, in their order.
pub(crate) fn all(db: &Connection) -> Result<Vec<SavedView>> {
    db.prepare_cached("SELECT name, query FROM saved ORDER BY place")?
        .query_map((), |row| {
            Ok(SavedView {
                name: row.get(0)?,
                query: row.get(1)?,
            })
        })?
        .collect()
}

/// The query that is kept under `name`; letters of ASCII in either case.
pub(crate) fn query(db: &Connection, name: &str) -> Result<Option<String>> {
    db.prepare_cached("SELECT query FROM saved WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// Puts `saved` in place of all, in this order.
pub(crate) fn replace(db: &Connection, saved: &[SavedView]) -> Result<()> {
    db.execute("DELETE FROM saved", ())?;
    let mut insert =
        db.prepare_cached("INSERT INTO saved (name, query, place) VALUES (?1, ?2, ?3)")?;
    for (place, one) in saved.iter().enumerate() {
        insert.execute(params![one.name, one.query, place])?;
    }
    db.execute("UPDATE revision SET number = number + 1", ())
        .map(drop)
}
