//! The captures: inserted once, never changed. Read by place (`seq`), never by offset.

use bytes::Bytes;
use sqlite::rusqlite::{Connection, Error, OptionalExtension, Result, Row, params, types::Type};
use webhook::{
    capture::{Capture, CaptureId, Flaw},
    head::Head,
    sender::Sender,
};

use crate::{
    arrival::Arrival,
    store::verdicts,
    view::{CaptureRow, ListFilter, RowDelivery, SenderView, Source, short},
};

/// A stored capture with what the store knows of it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) capture: Capture,
    pub(crate) source: Source,
    pub(crate) is_held: bool,
    /// Who seems to have sent it, and the type of its event.
    pub(crate) sender: Option<String>,
    pub(crate) event: Option<String>,
    /// What its signature proved, in a word.
    pub(crate) verdict: Option<String>,
}

/// Keeps what arrived. The same id again changes nothing; the answer is whether it was new.
pub(crate) fn insert(db: &Connection, arrival: &Arrival, now_ms: i64) -> Result<bool> {
    let Arrival {
        capture,
        source,
        is_held,
        recognised,
    } = arrival;
    let flaws: Vec<_> = capture.flaws.iter().map(|flaw| flaw.name()).collect();
    let content_type = capture
        .head
        .first("content-type")
        .map(|value| short(value, 200));
    // Not `OR IGNORE`, which uses up a place: without holes a list need not be looked through.
    let added = db
        .prepare_cached(
            "INSERT INTO captures (id, endpoint, is_local, is_held, received_at_ms,
                 stored_at_ms, peer, method, target, content_type, body_bytes, flaws, sender,
                 event, summary)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15
             WHERE NOT EXISTS (SELECT 1 FROM captures WHERE id = ?1)",
        )?
        .execute(params![
            capture.id.to_bytes(),
            capture.endpoint.as_str(),
            number(*source),
            is_held,
            capture.received_at_ms,
            now_ms,
            capture.peer.map(|peer| peer.to_string()),
            short(capture.head.method(), 64),
            short(capture.head.target(), 512),
            content_type,
            capture.body.len(),
            flaws.join(" "),
            recognised.sender.map(Sender::id),
            recognised.event,
            recognised.summary,
        ])?;
    if added > 0 {
        db.prepare_cached("INSERT INTO contents (seq, head, body) VALUES (?1, ?2, ?3)")?
            .execute(params![
                db.last_insert_rowid(),
                &capture.head.as_bytes()[..],
                &capture.body[..]
            ])?;
    }
    Ok(added > 0)
}

const ROW: &str = "captures.seq, id, endpoint, is_local, is_held, received_at_ms, stored_at_ms,
    method, captures.target, content_type, captures.body_bytes, flaws,
    status, error IS NOT NULL, total_ms, sender, event, summary,
    verdicts.reason AS verdict, verdicts.scheme AS verdict_scheme,
    verdicts.secret AS verdict_secret, verdicts.why AS verdict_why FROM captures
    LEFT JOIN verdicts ON verdicts.seq = captures.seq
    LEFT JOIN deliveries ON number =
        (SELECT max(number) FROM deliveries WHERE deliveries.seq = captures.seq)";

/// The rows at the places `seqs`, in their order. Places without a capture are left out.
pub(crate) fn rows(db: &Connection, seqs: &[i64]) -> Result<Vec<CaptureRow>> {
    let mut one = db.prepare_cached(&format!("SELECT {ROW} WHERE captures.seq = ?1"))?;
    let found = seqs.iter().map(|seq| one.query_row([seq], row).optional());
    found.filter_map(Result::transpose).collect()
}

/// The row of one capture.
pub(crate) fn row_by_id(db: &Connection, id: CaptureId) -> Result<Option<CaptureRow>> {
    db.prepare_cached(&format!("SELECT {ROW} WHERE id = ?1"))?
        .query_row([id.to_bytes()], row)
        .optional()
}

fn row(row: &Row<'_>) -> Result<CaptureRow> {
    let flaws: String = row.get(11)?;
    Ok(CaptureRow {
        seq: row.get(0)?,
        id: CaptureId::from_bytes(row.get(1)?).to_string(),
        endpoint: row.get(2)?,
        source: source(row.get(3)?),
        is_held: row.get(4)?,
        received_at_ms: row.get(5)?,
        stored_at_ms: row.get(6)?,
        method: row.get(7)?,
        target: row.get(8)?,
        content_type: row.get(9)?,
        body_bytes: row.get(10)?,
        flaws: flaws.split_whitespace().map(str::to_owned).collect(),
        sender: row
            .get_ref(15)?
            .as_str_or_null()?
            .and_then(Sender::from_id)
            .map(SenderView::from),
        event: row.get(16)?,
        summary: row.get(17)?,
        verdict: verdicts::view(row)?,
        delivery: match row.get::<_, Option<u64>>(14)? {
            None => None,
            Some(total_ms) => Some(RowDelivery {
                status: row.get(12)?,
                is_broken: row.get(13)?,
                total_ms,
            }),
        },
    })
}

/// What stands in `is_local`. Whoever knows but 0 and 1 takes an import for something local.
const fn number(source: Source) -> i64 {
    match source {
        Source::Relay => 0,
        Source::Local => 1,
        Source::Import => 2,
    }
}

const fn source(number: i64) -> Source {
    match number {
        0 => Source::Relay,
        2 => Source::Import,
        _ => Source::Local,
    }
}

/// What [`stored`] reads.
pub(crate) const WHOLE: &str =
    "seq, id, endpoint, is_local, is_held, received_at_ms, peer, flaws, \
                                head, body, sender, event,
                                (SELECT reason FROM verdicts WHERE verdicts.seq = captures.seq)
                                FROM captures JOIN contents USING (seq)";

/// One capture as it arrived.
pub(crate) fn by_id(db: &Connection, id: CaptureId) -> Result<Option<Stored>> {
    db.prepare_cached(&format!("SELECT {WHOLE} WHERE id = ?1"))?
        .query_row([id.to_bytes()], stored)
        .optional()
}

/// Ids from `low` to `high`, both among them, at most `limit`.
pub(crate) fn ids_between(
    db: &Connection,
    low: CaptureId,
    high: CaptureId,
    limit: usize,
) -> Result<Vec<CaptureId>> {
    db.prepare_cached("SELECT id FROM captures WHERE id BETWEEN ?1 AND ?2 LIMIT ?3")?
        .query_map(params![low.to_bytes(), high.to_bytes(), limit], |row| {
            row.get(0).map(CaptureId::from_bytes)
        })?
        .collect()
}

/// Captures behind the place `after`, the oldest first, at most `limit`.
pub(crate) fn after(db: &Connection, after: i64, limit: usize) -> Result<Vec<Stored>> {
    db.prepare_cached(&format!(
        "SELECT {WHOLE} WHERE seq > ?1 ORDER BY seq LIMIT ?2"
    ))?
    .query_map(params![after, limit], stored)?
    .collect()
}

/// Captures of `endpoint` up to the place `upto`, the newest first, at most `limit`.
pub(crate) fn of_endpoint(
    db: &Connection,
    endpoint: &str,
    upto: i64,
    limit: usize,
) -> Result<Vec<Stored>> {
    db.prepare_cached(&format!(
        "SELECT {WHOLE} WHERE endpoint = ?1 AND seq <= ?2 ORDER BY seq DESC LIMIT ?3"
    ))?
    .query_map(params![endpoint, upto, limit], stored)?
    .collect()
}

/// The newest captures, the newest first, at most `limit`.
pub(crate) fn newest(db: &Connection, limit: usize) -> Result<Vec<Stored>> {
    db.prepare_cached(&format!("SELECT {WHOLE} ORDER BY seq DESC LIMIT ?1"))?
        .query_map([limit], stored)?
        .collect()
}

/// Senders and events that the newest `limit` captures have.
pub(crate) fn newest_names(db: &Connection, limit: usize) -> Result<Vec<Named>> {
    db.prepare_cached("SELECT sender, event FROM captures ORDER BY seq DESC LIMIT ?1")?
        .query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Who sent a capture, and the type of its event.
pub(crate) type Named = (Option<String>, Option<String>);

/// Reads a row of [`WHOLE`].
pub(crate) fn stored(row: &Row<'_>) -> Result<Stored> {
    let endpoint: String = row.get(2)?;
    let peer: Option<String> = row.get(6)?;
    let flaws: String = row.get(7)?;
    let head: Vec<u8> = row.get(8)?;
    // What is stored was parsed before; only a damaged file holds anything else.
    let head = Head::parse(head.into())
        .map_err(|error| Error::FromSqlConversionFailure(8, Type::Blob, Box::new(error)))?;
    let endpoint = endpoint
        .parse()
        .map_err(|error| Error::FromSqlConversionFailure(2, Type::Text, Box::new(error)))?;
    Ok(Stored {
        seq: row.get(0)?,
        source: source(row.get(3)?),
        is_held: row.get(4)?,
        sender: row.get(10)?,
        event: row.get(11)?,
        verdict: row.get(12)?,
        capture: Capture {
            id: CaptureId::from_bytes(row.get(1)?),
            endpoint,
            received_at_ms: row.get(5)?,
            peer: peer.and_then(|peer| peer.parse().ok()),
            head,
            body: Bytes::from(row.get::<_, Vec<u8>>(9)?),
            flaws: flaws
                .split_whitespace()
                .filter_map(Flaw::from_name)
                .collect(),
        },
    })
}

/// Calls `found` with the places of the captures that `filter` lets through and that lie behind
/// `after`, the oldest first, or, going back from the newest, until `found` says false.
pub(crate) fn seek(
    db: &Connection,
    filter: &ListFilter,
    after: i64,
    newest_first: bool,
    mut found: impl FnMut(i64) -> bool,
) -> Result<()> {
    let order = if newest_first { "DESC" } else { "ASC" };
    let text = filter.text.as_deref().filter(|text| !text.is_empty());
    let (contents, parts) = if text.is_some() {
        ("JOIN contents USING (seq)", "head, body")
    } else {
        ("", "NULL, NULL")
    };
    let mut select = db.prepare_cached(&format!(
        "SELECT seq, {parts} FROM captures {contents}
         WHERE seq > ?1 AND (?2 IS NULL OR endpoint = ?2) ORDER BY seq {order}"
    ))?;
    let mut rows = select.query(params![after, filter.endpoint])?;
    while let Some(row) = rows.next()? {
        let is_in = match text {
            None => true,
            Some(text) => either_holds(row, [1, 2], text)?,
        };
        if is_in && !found(row.get(0)?) {
            break;
        }
    }
    Ok(())
}

/// Whether `text` is in the head or body of the capture at the place `seq`.
pub(crate) fn has_text(db: &Connection, seq: i64, text: &str) -> Result<bool> {
    db.prepare_cached("SELECT head, body FROM contents WHERE seq = ?1")?
        .query_row([seq], |row| either_holds(row, [0, 1], text))
}

/// Whether `text` is in one of the two `columns` of `row`.
fn either_holds(row: &Row<'_>, columns: [usize; 2], text: &str) -> Result<bool> {
    for column in columns {
        if contains(row.get_ref(column)?.as_blob()?, text.as_bytes()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether each place from the first to the newest has its capture.
pub(crate) fn is_dense(db: &Connection) -> Result<bool> {
    // Counting reads an index's pages and not its rows, and either end is one look.
    let sql = "SELECT (SELECT count(*) FROM captures)
                    = (SELECT coalesce(max(seq), 0) FROM captures)
                    - (SELECT coalesce(min(seq), 1) FROM captures) + 1";
    db.prepare_cached(sql)?.query_row((), |row| row.get(0))
}

/// Captures in all.
pub(crate) fn count(db: &Connection) -> Result<u64> {
    db.prepare_cached("SELECT count(*) FROM captures")?
        .query_row((), |row| row.get(0))
}

/// For each endpoint: its captures, and when the newest was received.
pub(crate) fn by_endpoint(db: &Connection) -> Result<Vec<(String, u64, i64)>> {
    db.prepare_cached(
        "SELECT endpoint, count(*), max(received_at_ms) FROM captures GROUP BY endpoint",
    )?
    .query_map((), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
    .collect()
}

/// Whether `text` is somewhere in `bytes`, letters of ASCII in either case.
fn contains(bytes: &[u8], text: &[u8]) -> bool {
    let Some(first) = text.first() else {
        return true;
    };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, bytes)
        .filter_map(|at| bytes.get(at..at + text.len()))
        .any(|window| window.eq_ignore_ascii_case(text))
}
