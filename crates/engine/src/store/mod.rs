//! The desktop's database: one file in the data folder, one module a table.

mod bits;
pub(crate) mod captures;
pub(crate) mod deliveries;
pub(crate) mod index;
pub(crate) mod pairing;
pub(crate) mod search;

use std::path::Path;

use sqlite::{Database, OpenError, rusqlite::Connection};

const MIGRATIONS: &[&str] = &[include_str!("../../migrations/1.sql")];

/// Opens the history in the folder `data`.
///
/// # Errors
/// As [`Database::open`].
pub(crate) fn open(data: &Path) -> Result<Database, OpenError> {
    Database::open(&data.join("history.db"), MIGRATIONS)
}

/// What another program on the same file may have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The newest capture.
    pub(crate) seq: i64,
    /// Grows with each change to pairing and endpoints.
    pub(crate) revision: i64,
}

/// How far the file is now.
pub(crate) fn mark(db: &Connection) -> sqlite::rusqlite::Result<Mark> {
    let sql = "SELECT coalesce((SELECT max(seq) FROM captures), 0), number FROM revision";
    db.prepare_cached(sql)?.query_row((), |row| {
        Ok(Mark {
            seq: row.get(0)?,
            revision: row.get(1)?,
        })
    })
}
