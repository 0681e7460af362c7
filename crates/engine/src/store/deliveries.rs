//! Deliveries: each attempt to pass a capture on, and what came back.

use sqlite::rusqlite::{Connection, OptionalExtension, Result, Row, params};
use webhook::capture::CaptureId;

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Delivery {
    pub(crate) capture: CaptureId,
    /// When it began: Unix epoch, milliseconds.
    pub(crate) began_at_ms: i64,
    pub(crate) target: String,
    /// In what the head that went out differs from the one that came; words, separated by blanks.
    pub(crate) changes: String,
    pub(crate) status: Option<u16>,
    /// The answer's head as it came.
    pub(crate) head: Vec<u8>,
    /// The beginning of the answer's body.
    pub(crate) body: Vec<u8>,
    /// All of the answer's body.
    pub(crate) body_bytes: u64,
    /// Why there is no answer, or not all of it.
    pub(crate) error: Option<String>,
    pub(crate) connect_ms: Option<u64>,
    pub(crate) first_byte_ms: Option<u64>,
    pub(crate) total_ms: u64,
    /// A person sent it again; else it went by itself.
    pub(crate) is_replay: bool,
    /// Which of several tries it was; the first is 1.
    pub(crate) attempt: u32,
}

/// A stored attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) number: i64,
    pub(crate) delivery: Delivery,
}

/// Keeps an attempt; the answer is its number.
pub(crate) fn insert(db: &Connection, delivery: &Delivery) -> Result<i64> {
    db.prepare_cached(
        "INSERT INTO deliveries (seq, began_at_ms, target, changes, status, head, body, body_bytes,
             error, connect_ms, first_byte_ms, total_ms, is_replay, attempt)
         SELECT seq, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
         FROM captures WHERE id = ?1",
    )?
    .execute(params![
        delivery.capture.to_bytes(),
        delivery.began_at_ms,
        delivery.target,
        delivery.changes,
        delivery.status,
        delivery.head,
        delivery.body,
        delivery.body_bytes,
        delivery.error,
        delivery.connect_ms,
        delivery.first_byte_ms,
        delivery.total_ms,
        delivery.is_replay,
        delivery.attempt,
    ])?;
    Ok(db.last_insert_rowid())
}

const WHOLE: &str = "number, id, began_at_ms, deliveries.target, changes, status, head, body,
                     deliveries.body_bytes, error, connect_ms, first_byte_ms, total_ms,
                     is_replay, attempt
                     FROM deliveries JOIN captures USING (seq)";

/// The attempts of one capture, the newest first, at most `limit`.
pub(crate) fn of(db: &Connection, capture: CaptureId, limit: usize) -> Result<Vec<Stored>> {
    db.prepare_cached(&format!(
        "SELECT {WHOLE} WHERE id = ?1 ORDER BY number DESC LIMIT ?2"
    ))?
    .query_map(params![capture.to_bytes(), limit], stored)?
    .collect()
}

/// One attempt.
pub(crate) fn by_number(db: &Connection, number: i64) -> Result<Option<Stored>> {
    db.prepare_cached(&format!("SELECT {WHOLE} WHERE number = ?1"))?
        .query_row([number], stored)
        .optional()
}

fn stored(row: &Row<'_>) -> Result<Stored> {
    Ok(Stored {
        number: row.get(0)?,
        delivery: Delivery {
            capture: CaptureId::from_bytes(row.get(1)?),
            began_at_ms: row.get(2)?,
            target: row.get(3)?,
            changes: row.get(4)?,
            status: row.get(5)?,
            head: row.get(6)?,
            body: row.get(7)?,
            body_bytes: row.get(8)?,
            error: row.get(9)?,
            connect_ms: row.get(10)?,
            first_byte_ms: row.get(11)?,
            total_ms: row.get(12)?,
            is_replay: row.get(13)?,
            attempt: row.get(14)?,
        },
    })
}
