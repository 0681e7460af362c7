//! Other computers to which captures may be sent again: each was confirmed once by a person.

use sqlite::rusqlite::{Connection, OptionalExtension, Result};

/// All of them, by name, each with when it was confirmed: Unix epoch, milliseconds.
pub(crate) fn all(db: &Connection) -> Result<Vec<(String, i64)>> {
    db.prepare_cached("SELECT origin, confirmed_at_ms FROM confirmed ORDER BY origin")?
        .query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Whether `origin` was confirmed.
pub(crate) fn is(db: &Connection, origin: &str) -> Result<bool> {
    db.prepare_cached("SELECT 1 FROM confirmed WHERE origin = ?1")?
        .query_row([origin], |_| Ok(()))
        .optional()
        .map(|found| found.is_some())
}

/// Keeps that `origin` is confirmed.
pub(crate) fn put(db: &Connection, origin: &str, now_ms: i64) -> Result<()> {
    db.execute(
        "INSERT OR IGNORE INTO confirmed VALUES (?1, ?2)",
        (origin, now_ms),
    )
    .map(drop)
}

/// Forgets it; the answer is whether it was there.
pub(crate) fn remove(db: &Connection, origin: &str) -> Result<bool> {
    let gone = db.execute("DELETE FROM confirmed WHERE origin = ?1", [origin])?;
    Ok(gone > 0)
}
