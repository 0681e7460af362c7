//! A number in the database that grows with each change to devices and endpoints. A running relay
//! looks at it, so that `tenterhook-relay revoke` and its like take effect at once.

use sqlite::rusqlite::{Connection, Result};

/// The number now.
pub(crate) fn now(db: &Connection) -> Result<i64> {
    db.prepare_cached("SELECT number FROM revision")?
        .query_row((), |row| row.get(0))
}

/// Says that something changed.
pub(crate) fn grow(db: &Connection) -> Result<()> {
    db.prepare_cached("UPDATE revision SET number = number + 1")?
        .execute(())
        .map(drop)
}
