//! The forwards: where the captures of an endpoint go by themselves, how, and which of them never
//! got there.

use sqlite::rusqlite::{Connection, Result, Row, params};

/// Where the captures of an endpoint go by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Forward {
    pub(crate) endpoint: String,
    pub(crate) target: String,
    pub(crate) is_remote_allowed: bool,
    /// A query; empty lets everything through.
    pub(crate) filter: String,
    /// Tries after the first.
    pub(crate) retries: u32,
    /// How long before the first of them, in milliseconds; it doubles with each.
    pub(crate) backoff_ms: u64,
    pub(crate) at_once: u32,
    /// One by one, in the order in which they came, retries included.
    pub(crate) is_ordered: bool,
    /// PEM: who else vouches for its certificate.
    pub(crate) authorities: Option<String>,
    /// The only key accepted.
    pub(crate) pin: Option<String>,
    /// Captures behind this place are due.
    pub(crate) since_seq: i64,
}

impl Forward {
    /// As a forward is done unless more is asked for.
    pub(crate) fn usual(endpoint: &str, target: String, is_remote_allowed: bool) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            target,
            is_remote_allowed,
            filter: String::new(),
            retries: 0,
            backoff_ms: 1_000,
            at_once: 32,
            is_ordered: false,
            authorities: None,
            pin: None,
            since_seq: 0,
        }
    }
}

const COLUMNS: &str = "endpoint, target, is_remote_allowed, filter, retries, backoff_ms, at_once,
                       is_ordered, authorities, pin, since_seq";

/// All forwards, by endpoint, in the order in which they were made.
pub(crate) fn all(db: &Connection) -> Result<Vec<Forward>> {
    db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM forwards ORDER BY endpoint, rowid"
    ))?
    .query_map((), forward)?
    .collect()
}

/// The forwards of one endpoint, in the order in which they were made.
pub(crate) fn of(db: &Connection, endpoint: &str) -> Result<Vec<Forward>> {
    db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM forwards WHERE endpoint = ?1 ORDER BY rowid"
    ))?
    .query_map([endpoint], forward)?
    .collect()
}

fn forward(row: &Row<'_>) -> Result<Forward> {
    Ok(Forward {
        endpoint: row.get(0)?,
        target: row.get(1)?,
        is_remote_allowed: row.get(2)?,
        filter: row.get(3)?,
        retries: row.get(4)?,
        backoff_ms: row.get(5)?,
        at_once: row.get(6)?,
        is_ordered: row.get(7)?,
        authorities: row.get(8)?,
        pin: row.get(9)?,
        since_seq: row.get(10)?,
    })
}

/// Has the captures of `endpoint` go to `targets`, each with whether it may be another computer's,
/// and nowhere else. What stays keeps how it is done.
pub(crate) fn set(db: &Connection, endpoint: &str, targets: &[(String, bool)]) -> Result<()> {
    let before = of(db, endpoint)?;
    let forwards: Vec<_> = targets
        .iter()
        .map(|(target, is_remote_allowed)| {
            let kept = before.iter().find(|one| one.target == *target).cloned();
            kept.map_or_else(
                || {
                    due_from_now(
                        db,
                        Forward::usual(endpoint, target.clone(), *is_remote_allowed),
                    )
                },
                |kept| {
                    Ok(Forward {
                        is_remote_allowed: *is_remote_allowed,
                        ..kept
                    })
                },
            )
        })
        .collect::<Result<_>>()?;
    replace(db, endpoint, &forwards)
}

/// Adds `forward`, or changes how it is done when it is there.
pub(crate) fn put(db: &Connection, forward: Forward) -> Result<()> {
    let mut forwards = of(db, &forward.endpoint)?;
    let endpoint = forward.endpoint.clone();
    match forwards.iter_mut().find(|one| one.target == forward.target) {
        // What another filter would have let through was never due.
        Some(same) if same.filter == forward.filter => {
            *same = Forward {
                since_seq: same.since_seq,
                ..forward
            }
        }
        Some(same) => *same = due_from_now(db, forward)?,
        None => forwards.push(due_from_now(db, forward)?),
    }
    replace(db, &endpoint, &forwards)
}

/// Removes one; the answer is whether it was there.
pub(crate) fn remove(db: &Connection, endpoint: &str, target: &str) -> Result<bool> {
    let gone = db.execute(
        "DELETE FROM forwards WHERE endpoint = ?1 AND target = ?2",
        [endpoint, target],
    )?;
    has_changed(db)?;
    Ok(gone > 0)
}

fn due_from_now(db: &Connection, forward: Forward) -> Result<Forward> {
    let sql = "SELECT coalesce(max(seq), 0) FROM captures";
    let since_seq = db.query_row(sql, (), |row| row.get(0))?;
    Ok(Forward {
        since_seq,
        ..forward
    })
}

fn replace(db: &Connection, endpoint: &str, forwards: &[Forward]) -> Result<()> {
    db.execute("DELETE FROM forwards WHERE endpoint = ?1", [endpoint])?;
    for one in forwards {
        db.execute(
            &format!(
                "INSERT OR IGNORE INTO forwards ({COLUMNS})
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
            ),
            params![
                endpoint,
                one.target,
                one.is_remote_allowed,
                one.filter,
                one.retries,
                one.backoff_ms,
                one.at_once,
                one.is_ordered,
                one.authorities,
                one.pin,
                one.since_seq,
            ],
        )?;
    }
    has_changed(db)
}

fn has_changed(db: &Connection) -> Result<()> {
    db.execute("UPDATE revision SET number = number + 1", ())
        .map(drop)
}

/// The places of captures that arrived for `forward` and are not done with: nothing answered, or
/// what answered is to be tried again and was not. Its filter is not asked here.
pub(crate) fn missed(db: &Connection, forward: &Forward) -> Result<Vec<i64>> {
    // What was edited or imported did not arrive.
    db.prepare_cached(
        "SELECT seq FROM captures
         WHERE endpoint = ?1 AND seq > ?2 AND is_local <> 2 AND origin IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM deliveries INDEXED BY deliveries_answered
                 WHERE deliveries.target = ?3 AND deliveries.seq = captures.seq
                     AND status IS NOT NULL
                     AND (status < 500 AND status <> 429 OR attempt > ?4))
         ORDER BY seq",
    )?
    .query_map(
        params![
            forward.endpoint,
            forward.since_seq,
            forward.target,
            forward.retries
        ],
        |row| row.get(0),
    )?
    .collect()
}
