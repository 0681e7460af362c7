//! The runs: commands that captures triggered, from the moment when they wait to what they wrote.

use sqlite::rusqlite::{Connection, OptionalExtension, Result, Row, params};
use webhook::capture::CaptureId;

use crate::store::captures;

/// Where a run stands when it is made. Then it is `running`, and at last `ended`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// Its owner has not yet said that the rule may run on a stranger's word.
    Unconfirmed,
    /// Its turn comes.
    Waiting,
}

impl State {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Waiting => "waiting",
        }
    }
}

/// A run as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) number: i64,
    pub(crate) capture: CaptureId,
    pub(crate) endpoint: String,
    pub(crate) rule: String,
    pub(crate) attempt: u32,
    /// `unconfirmed`, `waiting`, `running` or `ended`.
    pub(crate) state: String,
    pub(crate) is_stop_asked: bool,
    pub(crate) made_at_ms: i64,
    pub(crate) began_at_ms: Option<i64>,
    pub(crate) ended_at_ms: Option<i64>,
    pub(crate) arguments: String,
    pub(crate) environment: String,
    pub(crate) code: Option<i32>,
    pub(crate) error: Option<String>,
    pub(crate) output_bytes: u64,
}

/// What became of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) error: Option<String>,
    pub(crate) output: Vec<u8>,
    pub(crate) output_bytes: u64,
}

/// How far the captures of `endpoint` have been judged; nothing when nobody has begun.
pub(crate) fn judged(db: &Connection, endpoint: &str) -> Result<Option<i64>> {
    db.prepare_cached("SELECT seq FROM ruled WHERE endpoint = ?1")?
        .query_row([endpoint], |row| row.get(0))
        .optional()
}

/// Captures of `endpoint` that come from now on are judged.
pub(crate) fn begin_judging(db: &Connection, endpoint: &str) -> Result<()> {
    db.execute(
        "INSERT INTO ruled SELECT ?1, coalesce(max(seq), 0) FROM captures WHERE true
         ON CONFLICT DO NOTHING",
        [endpoint],
    )?;
    Ok(())
}

/// The endpoints whose captures are judged.
pub(crate) fn ruled(db: &Connection) -> Result<Vec<String>> {
    db.prepare_cached("SELECT endpoint FROM ruled")?
        .query_map((), |row| row.get(0))?
        .collect()
}

/// Captures that come from now on are not judged for `endpoint`.
pub(crate) fn forget(db: &Connection, endpoint: &str) -> Result<()> {
    db.execute("DELETE FROM ruled WHERE endpoint = ?1", [endpoint])?;
    db.execute(
        "DELETE FROM rules_confirmed WHERE endpoint = ?1",
        [endpoint],
    )?;
    Ok(())
}

/// The captures of `endpoint` behind the place `after`, the oldest first, at most `limit`.
pub(crate) fn unjudged(
    db: &Connection,
    endpoint: &str,
    after: i64,
    limit: usize,
) -> Result<Vec<captures::Stored>> {
    db.prepare_cached(&format!(
        "SELECT {} WHERE endpoint = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        captures::WHOLE
    ))?
    .query_map(params![endpoint, after, limit], captures::stored)?
    .collect()
}

/// Keeps what judging the captures of `endpoint` from `after` to `upto` came to: the places and
/// rules that are to run. Nothing when another program has done so meanwhile.
pub(crate) fn put(
    db: &Connection,
    endpoint: &str,
    (after, upto): (i64, i64),
    triggered: &[(i64, String, State)],
    now_ms: i64,
) -> Result<()> {
    let moved = db
        .prepare_cached("UPDATE ruled SET seq = ?3 WHERE endpoint = ?1 AND seq = ?2")?
        .execute(params![endpoint, after, upto])?;
    if moved > 0 {
        for (seq, rule, state) in triggered {
            insert(db, *seq, (endpoint, rule), (1, *state), now_ms)?;
        }
    }
    Ok(())
}

/// Keeps a run of the rule (endpoint and id) on the capture at `seq`, and gives its number.
/// Nothing when the capture is gone.
pub(crate) fn insert(
    db: &Connection,
    seq: i64,
    (endpoint, rule): (&str, &str),
    (attempt, state): (u32, State),
    now_ms: i64,
) -> Result<Option<i64>> {
    let added = db
        .prepare_cached(
            "INSERT INTO runs (seq, endpoint, rule, attempt, state, made_at_ms)
             SELECT seq, ?2, ?3, ?4, ?5, ?6 FROM captures WHERE seq = ?1",
        )?
        .execute(params![seq, endpoint, rule, attempt, state.name(), now_ms])?;
    Ok((added > 0).then(|| db.last_insert_rowid()))
}

/// Ends what ran when its program ended, and has it run once more.
pub(crate) fn take_up(db: &Connection, now_ms: i64) -> Result<usize> {
    db.execute(
        "INSERT INTO runs (seq, endpoint, rule, attempt, state, made_at_ms)
         SELECT seq, endpoint, rule, attempt + 1, 'waiting', ?1 FROM runs
         WHERE state = 'running' AND is_stop_asked = 0 ORDER BY number",
        [now_ms],
    )?;
    db.execute(
        "UPDATE runs SET state = 'ended', ended_at_ms = ?1,
             error = 'Tenterhook ended while it ran' WHERE state = 'running'",
        [now_ms],
    )
}

const RUN: &str = "number, id, runs.endpoint, rule, attempt, state, is_stop_asked, made_at_ms,
    began_at_ms, ended_at_ms, arguments, environment, code, error, output_bytes
    FROM runs JOIN captures USING (seq)";

/// Runs that are not over, the oldest first, at most `limit`.
pub(crate) fn open(db: &Connection, limit: usize) -> Result<Vec<Stored>> {
    db.prepare_cached(&format!(
        "SELECT {RUN} WHERE state IN ('waiting', 'running') ORDER BY number LIMIT ?1"
    ))?
    .query_map([limit], stored)?
    .collect()
}

/// How many runs wait.
pub(crate) fn waiting(db: &Connection) -> Result<usize> {
    db.prepare_cached("SELECT count(*) FROM runs WHERE state = 'waiting'")?
        .query_row((), |row| row.get(0))
}

/// The newest runs, of one rule or capture where one is named, the newest first, at most `limit`.
pub(crate) fn newest(
    db: &Connection,
    rule: Option<&str>,
    capture: Option<CaptureId>,
    limit: usize,
) -> Result<Vec<Stored>> {
    db.prepare_cached(&format!(
        "SELECT {RUN} WHERE (?1 IS NULL OR rule = ?1) AND (?2 IS NULL OR id = ?2)
         ORDER BY number DESC LIMIT ?3"
    ))?
    .query_map(
        params![rule, capture.map(CaptureId::to_bytes), limit],
        stored,
    )?
    .collect()
}

/// The run `number`.
pub(crate) fn by_number(db: &Connection, number: i64) -> Result<Option<Stored>> {
    db.prepare_cached(&format!("SELECT {RUN} WHERE number = ?1"))?
        .query_row([number], stored)
        .optional()
}

/// Whether a command was run on the capture at `seq`.
pub(crate) fn has_begun(db: &Connection, seq: i64) -> Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM runs WHERE seq = ?1 AND began_at_ms IS NOT NULL)",
    )?
    .query_row([seq], |row| row.get(0))
}

/// What is kept of what the run `number` wrote.
pub(crate) fn output(db: &Connection, number: i64) -> Result<Option<Vec<u8>>> {
    db.prepare_cached("SELECT output FROM runs WHERE number = ?1")?
        .query_row([number], |row| row.get(0))
        .optional()
}

/// The run `number` begins, with arguments and environment as they are shown.
pub(crate) fn begin(
    db: &Connection,
    number: i64,
    (arguments, environment): (&str, &str),
    now_ms: i64,
) -> Result<bool> {
    let begun = db
        .prepare_cached(
            "UPDATE runs SET state = 'running', began_at_ms = ?2, arguments = ?3,
                 environment = ?4 WHERE number = ?1 AND state = 'waiting'",
        )?
        .execute(params![number, now_ms, arguments, environment])?;
    Ok(begun > 0)
}

/// The run `number` is over.
pub(crate) fn end(db: &Connection, number: i64, outcome: &Outcome, now_ms: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE runs SET state = 'ended', ended_at_ms = ?2, code = ?3, error = ?4, output = ?5,
             output_bytes = ?6 WHERE number = ?1 AND state <> 'ended'",
    )?
    .execute(params![
        number,
        now_ms,
        outcome.code,
        outcome.error,
        outcome.output,
        outcome.output_bytes
    ])?;
    Ok(())
}

/// Asks the run `number` to end; whether it was not over yet.
pub(crate) fn ask_to_stop(db: &Connection, number: i64, now_ms: i64) -> Result<bool> {
    let unstarted = db.execute(
        "UPDATE runs SET state = 'ended', ended_at_ms = ?2, error = 'stopped before its turn came'
         WHERE number = ?1 AND state IN ('waiting', 'unconfirmed')",
        params![number, now_ms],
    )?;
    let started = db.execute(
        "UPDATE runs SET is_stop_asked = 1 WHERE number = ?1 AND state = 'running'",
        [number],
    )?;
    Ok(unstarted + started > 0)
}

/// The fingerprint under which the rule of `endpoint` was confirmed.
pub(crate) fn confirmed(db: &Connection, endpoint: &str, rule: &str) -> Result<Option<Vec<u8>>> {
    db.prepare_cached("SELECT fingerprint FROM rules_confirmed WHERE endpoint = ?1 AND rule = ?2")?
        .query_row([endpoint, rule], |row| row.get(0))
        .optional()
}

/// From now on the rule of `endpoint` runs as it is.
pub(crate) fn confirm(
    db: &Connection,
    endpoint: &str,
    rule: &str,
    fingerprint: &[u8],
) -> Result<()> {
    db.execute(
        "INSERT INTO rules_confirmed VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET fingerprint = excluded.fingerprint",
        params![endpoint, rule, fingerprint],
    )?;
    Ok(())
}

fn stored(row: &Row<'_>) -> Result<Stored> {
    Ok(Stored {
        number: row.get(0)?,
        capture: CaptureId::from_bytes(row.get(1)?),
        endpoint: row.get(2)?,
        rule: row.get(3)?,
        attempt: row.get(4)?,
        state: row.get(5)?,
        is_stop_asked: row.get(6)?,
        made_at_ms: row.get(7)?,
        began_at_ms: row.get(8)?,
        ended_at_ms: row.get(9)?,
        arguments: row.get(10)?,
        environment: row.get(11)?,
        code: row.get(12)?,
        error: row.get(13)?,
        output_bytes: row.get(14)?,
    })
}
