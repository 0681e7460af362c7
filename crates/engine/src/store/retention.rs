//! What captures are kept by, which ones are due to go, and how they go.

use sqlite::rusqlite::{Connection, Result, params};

use crate::view::{HistorySizes, PrunePreview, Retention};

/// What a capture takes beside its body, about: its head, its rows and its words in the indexes.
const BESIDE_BODY_BYTES: u64 = 1_500;

/// Captures that are due to go, the oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Due {
    pub(crate) seqs: Vec<i64>,
    pub(crate) preview: PrunePreview,
}

/// Reads what the history is kept by.
pub(crate) fn read(db: &Connection) -> Result<Retention> {
    let sql = "SELECT max_age_ms, max_captures, max_bytes FROM retention";
    db.prepare_cached(sql)?.query_row((), |row| {
        Ok(Retention {
            max_age_ms: row.get(0)?,
            max_captures: row.get(1)?,
            max_bytes: row.get(2)?,
        })
    })
}

/// Keeps the history by `rules` from now on.
pub(crate) fn write(db: &Connection, rules: &Retention) -> Result<()> {
    db.execute(
        "UPDATE retention SET max_age_ms = ?1, max_captures = ?2, max_bytes = ?3",
        params![rules.max_age_ms, rules.max_captures, rules.max_bytes],
    )?;
    Ok(())
}

/// Bytes of the file that hold something, and bytes that are free in it.
pub(crate) fn bytes(db: &Connection) -> Result<(u64, u64)> {
    let number = |name: &str| db.pragma_query_value(None, name, |row| row.get::<_, u64>(0));
    let (page, pages, free) = (
        number("page_size")?,
        number("page_count")?,
        number("freelist_count")?,
    );
    Ok((page * pages.saturating_sub(free), page * free))
}

/// How much tables and indexes take that hold nothing: a page each.
fn empty_bytes(db: &Connection) -> Result<u64> {
    let page: u64 = db.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let sql = "SELECT count(*) FROM sqlite_schema WHERE rootpage > 0";
    let roots: u64 = db.query_row(sql, (), |row| row.get(0))?;
    Ok(page * roots)
}

/// How much there is, and of what time.
pub(crate) fn sizes(db: &Connection) -> Result<HistorySizes> {
    let (used_bytes, free_bytes) = bytes(db)?;
    let sql = "SELECT count(*), coalesce(sum(is_pinned), 0), min(received_at_ms),
                   max(received_at_ms) FROM captures";
    db.prepare_cached(sql)?.query_row((), |row| {
        Ok(HistorySizes {
            captures: row.get(0)?,
            pinned: row.get(1)?,
            oldest_at_ms: row.get(2)?,
            newest_at_ms: row.get(3)?,
            used_bytes,
            free_bytes,
        })
    })
}

struct Candidate {
    seq: i64,
    at_ms: i64,
    weight: u64,
    is_due: bool,
}

/// What `rules` let go at `now_ms`. With `among`, places in ascending order, of these alone; then the
/// number in the rules is also one of these, and without any rule all of them are due. What is
/// pinned never is.
pub(crate) fn due(
    db: &Connection,
    rules: &Retention,
    now_ms: i64,
    among: Option<&[i64]>,
) -> Result<Due> {
    if rules.is_off() && among.is_none() {
        return Ok(Due::default());
    }
    let oldest_kept_ms = rules.max_age_ms.map(|age_ms| now_ms.saturating_sub(age_ms));
    let (mut seen, mut all_weight, mut pinned) = (0_u64, 0_u64, 0_u64);
    // The newest first.
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut select = db.prepare_cached(
        "SELECT seq, received_at_ms, body_bytes, is_pinned FROM captures ORDER BY seq DESC",
    )?;
    let mut rows = select.query(())?;
    while let Some(row) = rows.next()? {
        let (seq, at_ms): (i64, i64) = (row.get(0)?, row.get(1)?);
        let weight = row.get::<_, u64>(2)? + BESIDE_BODY_BYTES;
        all_weight += weight;
        if among.is_some_and(|among| among.binary_search(&seq).is_err()) {
            continue;
        }
        seen += 1;
        let is_due = rules.max_captures.is_some_and(|most| seen > most)
            || oldest_kept_ms.is_some_and(|oldest| at_ms < oldest)
            || rules.is_off();
        if row.get(3)? {
            pinned += u64::from(is_due);
        } else {
            candidates.push(Candidate {
                seq,
                at_ms,
                weight,
                is_due,
            });
        }
    }
    // What an empty history takes is no capture's.
    let (used, empty) = (bytes(db)?.0, empty_bytes(db)?);
    let used = used.saturating_sub(empty);
    // A capture's share of the file.
    let share = |weight: u64| {
        let exact = u128::from(used) * u128::from(weight) / u128::from(all_weight.max(1));
        u64::try_from(exact).unwrap_or(u64::MAX)
    };
    let due_weight = |all: &[Candidate]| -> u64 {
        let due = all.iter().filter(|one| one.is_due);
        due.map(|one| one.weight).sum()
    };
    if let Some(most) = rules.max_bytes {
        let most = most.saturating_sub(empty);
        let mut left = used.saturating_sub(share(due_weight(&candidates)));
        for one in candidates.iter_mut().rev().filter(|one| !one.is_due) {
            if left <= most {
                break;
            }
            one.is_due = true;
            left = left.saturating_sub(share(one.weight).max(1));
        }
    }
    let weight = due_weight(&candidates);
    candidates.retain(|one| one.is_due);
    candidates.reverse();
    Ok(Due {
        preview: PrunePreview {
            captures: candidates.len() as u64,
            bytes: share(weight),
            oldest_at_ms: candidates.iter().map(|one| one.at_ms).min(),
            newest_at_ms: candidates.iter().map(|one| one.at_ms).max(),
            pinned,
        },
        seqs: candidates.into_iter().map(|one| one.seq).collect(),
    })
}

/// Lets the first of `seqs` go, until `most_bytes` of bodies have gone; what was pinned meanwhile
/// stays. The answer is how many of them are dealt with, and how many captures went.
pub(crate) fn remove(db: &Connection, seqs: &[i64], most_bytes: u64) -> Result<(usize, u64)> {
    let mut one = db.prepare_cached(
        "DELETE FROM captures WHERE seq = ?1 AND NOT is_pinned RETURNING body_bytes",
    )?;
    let (mut bytes, mut removed) = (0_u64, 0);
    for (at, seq) in seqs.iter().enumerate() {
        let mut rows = one.query([seq])?;
        while let Some(row) = rows.next()? {
            bytes += row.get::<_, u64>(0)?;
            removed += 1;
        }
        if bytes >= most_bytes {
            return Ok((at + 1, removed));
        }
    }
    Ok((seqs.len(), removed))
}
