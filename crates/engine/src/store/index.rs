//! The indexes of words and fields, and how far they are.

use sqlite::rusqlite::{Connection, Result, params};
use webhook::query::{Entry, entry};

use crate::store::captures;

/// How far the indexes are, and how far the history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    /// All up to here are in the indexes.
    pub(crate) indexed: i64,
    /// The oldest capture.
    pub(crate) oldest: i64,
    /// The newest one.
    pub(crate) newest: i64,
}

/// What is to be put into the indexes at once.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Where it begins: behind this place.
    after: i64,
    /// Where it ends.
    upto: i64,
    entries: Vec<(i64, Entry)>,
}

pub(crate) fn progress(db: &Connection) -> Result<Progress> {
    let sql = "SELECT seq, coalesce((SELECT min(seq) FROM captures), 0),
                   coalesce((SELECT max(seq) FROM captures), 0) FROM indexed";
    db.prepare_cached(sql)?.query_row((), |row| {
        Ok(Progress {
            indexed: row.get(0)?,
            oldest: row.get(1)?,
            newest: row.get(2)?,
        })
    })
}

/// Reads the next captures that the indexes lack, at most `limit`; none when they lack none.
pub(crate) fn next(db: &Connection, limit: usize) -> Result<Option<Batch>> {
    let after = progress(db)?.indexed;
    let captures = captures::all_after(db, after, limit)?;
    let entries = captures
        .iter()
        .map(|stored| (stored.seq, entry(&stored.capture)));
    let entries: Vec<_> = entries.collect();
    Ok(entries.last().map(|(upto, _)| *upto).map(|upto| Batch {
        after,
        upto,
        entries,
    }))
}

/// Puts `batch` into the indexes, unless another program has done so meanwhile.
pub(crate) fn put(db: &Connection, batch: &Batch) -> Result<()> {
    let moved = db
        .prepare_cached("UPDATE indexed SET seq = ?2 WHERE seq = ?1")?
        .execute([batch.after, batch.upto])?;
    if moved == 0 {
        return Ok(());
    }
    // One that was deleted meanwhile is not to be found.
    let mut words = db.prepare_cached(
        "INSERT INTO words (rowid, body, head)
         SELECT seq, ?2, ?3 FROM captures WHERE seq = ?1",
    )?;
    let mut fields = db.prepare_cached(
        "INSERT INTO fields (rowid, terms) SELECT seq, ?2 FROM captures WHERE seq = ?1",
    )?;
    for (seq, entry) in &batch.entries {
        words.execute(params![seq, entry.body, entry.head])?;
        fields.execute(params![seq, entry.fields])?;
    }
    Ok(())
}
