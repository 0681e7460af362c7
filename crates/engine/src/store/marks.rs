//! What a person does with captures: pins, notes and deletions.
//!
//! A deletion hides: every list, count and search leaves the capture out from then on, and an undo
//! finds all of it as it was. [`remove_deleted`] takes it away for good.

use sqlite::rusqlite::{Connection, Result, ToSql, params};

/// Has the captures at the places `seqs` kept on top, or no longer. The answer is how many changed.
pub(crate) fn pin(db: &Connection, seqs: &[i64], is_pinned: bool) -> Result<usize> {
    let sql = "UPDATE captures SET is_pinned = ?2
               WHERE seq = ?1 AND is_pinned <> ?2 AND deleted_at_ms IS NULL";
    each(db, seqs, sql, &is_pinned)
}

/// Writes `note` to the captures at the places `seqs`, or takes it away. The answer is how many
/// changed.
pub(crate) fn note(db: &Connection, seqs: &[i64], note: Option<&str>) -> Result<usize> {
    let sql = "UPDATE captures SET note = ?2
               WHERE seq = ?1 AND note IS NOT ?2 AND deleted_at_ms IS NULL";
    each(db, seqs, sql, &note)
}

/// Hides the captures at the places `seqs`. The answer is how many were not hidden yet.
pub(crate) fn delete(db: &Connection, seqs: &[i64], now_ms: i64) -> Result<usize> {
    let sql = "UPDATE captures SET deleted_at_ms = ?2 WHERE seq = ?1 AND deleted_at_ms IS NULL";
    each(db, seqs, sql, &now_ms)
}

/// Shows the captures at the places `seqs` again. The answer is how many were still there, hidden.
pub(crate) fn restore(db: &Connection, seqs: &[i64]) -> Result<usize> {
    let sql = "UPDATE captures SET deleted_at_ms = ?2 WHERE seq = ?1 AND deleted_at_ms IS NOT NULL";
    each(db, seqs, sql, &None::<i64>)
}

/// Removes at most `limit` of the captures that were deleted before `before_ms`, with all that hangs
/// on them. The answer is how many.
pub(crate) fn remove_deleted(db: &Connection, before_ms: i64, limit: usize) -> Result<usize> {
    // Nothing shown changes, so nobody is told.
    db.prepare_cached(
        "DELETE FROM captures WHERE seq IN (
             SELECT seq FROM captures INDEXED BY captures_deleted
             WHERE deleted_at_ms IS NOT NULL AND deleted_at_ms < ?1 LIMIT ?2)",
    )?
    .execute(params![before_ms, limit])
}

fn each(db: &Connection, seqs: &[i64], sql: &str, value: &dyn ToSql) -> Result<usize> {
    let mut one = db.prepare_cached(sql)?;
    let mut changed = 0;
    for seq in seqs {
        changed += one.execute(params![seq, value])?;
    }
    if changed > 0 {
        db.execute("UPDATE marks SET number = number + 1", ())?;
    }
    Ok(changed)
}
