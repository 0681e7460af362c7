//! The captures: inserted once, never changed but for what is recognised of them later and what a
//! person marks. Read by place (`seq`), never by offset. Those that are deleted are hidden here,
//! until they are gone or brought back: see `marks`.

use bytes::Bytes;
use sqlite::rusqlite::{Connection, Error, OptionalExtension, Result, Row, params, types::Type};
use webhook::{
    capture::{Capture, CaptureId, Flaw},
    head::Head,
    sender::Sender,
};

use crate::{
    arrival::Arrival,
    store::tries,
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
    pub(crate) is_pinned: bool,
    pub(crate) is_noted: bool,
    /// Who seems to have sent it, and the type of its event.
    pub(crate) sender: Option<String>,
    pub(crate) event: Option<String>,
    /// It was sent again.
    pub(crate) is_replayed: bool,
    /// It was made of another one by a person.
    pub(crate) is_edited: bool,
    /// What the sender calls its delivery, and the how-manieth try of that this is.
    pub(crate) delivery_id: Option<String>,
    pub(crate) nth_try: u32,
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
    let nth_try = tries::count(db, arrival, i64::MAX)?;
    // Not `OR IGNORE`, which uses up a place: without holes a list need not be looked through.
    let added = db
        .prepare_cached(
            "INSERT INTO captures (id, endpoint, is_local, is_held, received_at_ms,
                 stored_at_ms, peer, method, target, content_type, body_bytes, flaws, sender,
                 event, summary, delivery_id, nth_try)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17
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
            recognised.delivery_id,
            nth_try,
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

/// Says that the capture `id` was made of `origin` by a person.
pub(crate) fn set_origin(db: &Connection, id: CaptureId, origin: CaptureId) -> Result<()> {
    db.prepare_cached("UPDATE captures SET origin = ?2 WHERE id = ?1")?
        .execute(params![id.to_bytes(), origin.to_bytes()])
        .map(drop)
}

/// Ids, times of receipt and endpoints of the captures at the places `seqs`, in their order; places
/// without a capture are left out.
pub(crate) fn places(db: &Connection, seqs: &[i64]) -> Result<Vec<Place>> {
    let sql = "SELECT id, received_at_ms, endpoint FROM captures WHERE seq = ?1";
    let mut one = db.prepare_cached(sql)?;
    let place = |row: &Row<'_>| {
        Ok(Place {
            id: CaptureId::from_bytes(row.get(0)?),
            received_at_ms: row.get(1)?,
            endpoint: row.get(2)?,
        })
    };
    let found = seqs
        .iter()
        .map(|seq| one.query_row([seq], place).optional());
    found.filter_map(Result::transpose).collect()
}

/// The place of the capture `id`.
pub(crate) fn seq(db: &Connection, id: CaptureId) -> Result<Option<i64>> {
    db.prepare_cached("SELECT seq FROM captures WHERE id = ?1")?
        .query_row([id.to_bytes()], |row| row.get(0))
        .optional()
}

/// A capture of which no more is known than is needed to send it later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) id: CaptureId,
    pub(crate) received_at_ms: i64,
    pub(crate) endpoint: String,
}

const ROW: &str = "captures.seq, id, endpoint, is_local, is_held, received_at_ms, stored_at_ms,
    method, captures.target, content_type, captures.body_bytes, flaws,
    status, error IS NOT NULL, total_ms, sender, event, summary, origin, delivery_id, nth_try,
    is_pinned, note, verdicts.reason AS verdict, verdicts.scheme AS verdict_scheme,
    verdicts.secret AS verdict_secret, verdicts.why AS verdict_why FROM captures
    LEFT JOIN verdicts ON verdicts.seq = captures.seq
    LEFT JOIN deliveries ON number =
        (SELECT max(number) FROM deliveries WHERE deliveries.seq = captures.seq)";

/// The rows at the places `seqs`, in their order. Places without a capture are left out; one that is
/// deleted still has its row, so that a list that was opened before keeps its places.
pub(crate) fn rows(db: &Connection, seqs: &[i64]) -> Result<Vec<CaptureRow>> {
    let mut one = db.prepare_cached(&format!("SELECT {ROW} WHERE captures.seq = ?1"))?;
    let found = seqs.iter().map(|seq| one.query_row([seq], row).optional());
    found.filter_map(Result::transpose).collect()
}

/// The rows of the captures that the sender calls the same delivery as that of `id`, which is among
/// them, the oldest first; the newest `limit` of them.
pub(crate) fn tries(db: &Connection, id: CaptureId, limit: usize) -> Result<Vec<CaptureRow>> {
    let seqs: Vec<i64> = db
        .prepare_cached(
            "SELECT other.seq FROM captures AS own JOIN captures AS other
                 ON other.delivery_id = own.delivery_id COLLATE NOCASE
                 AND other.endpoint = own.endpoint
             WHERE own.id = ?1 ORDER BY other.seq DESC LIMIT ?2",
        )?
        .query_map(params![id.to_bytes(), limit], |row| row.get(0))?
        .collect::<Result<_>>()?;
    let mut rows = rows(db, &seqs)?;
    rows.reverse();
    Ok(rows)
}

/// The row of one capture.
pub(crate) fn row_by_id(db: &Connection, id: CaptureId) -> Result<Option<CaptureRow>> {
    db.prepare_cached(&format!("SELECT {ROW} WHERE id = ?1 AND {SHOWN}"))?
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
        origin: row
            .get::<_, Option<[u8; 16]>>(18)?
            .map(|bytes| CaptureId::from_bytes(bytes).to_string()),
        delivery_id: row.get(19)?,
        nth_try: row.get(20)?,
        is_pinned: row.get(21)?,
        note: row.get(22)?,
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
                                head, body, sender, event, origin IS NOT NULL,
                                EXISTS (SELECT 1 FROM deliveries
                                    WHERE deliveries.seq = captures.seq AND is_replay),
                                delivery_id, nth_try, is_pinned, note IS NOT NULL,
                                (SELECT reason FROM verdicts WHERE verdicts.seq = captures.seq)
                                FROM captures JOIN contents USING (seq)";

/// That a capture is not deleted.
pub(crate) const SHOWN: &str = "deleted_at_ms IS NULL";

/// One capture as it arrived.
pub(crate) fn by_id(db: &Connection, id: CaptureId) -> Result<Option<Stored>> {
    db.prepare_cached(&format!("SELECT {WHOLE} WHERE id = ?1 AND {SHOWN}"))?
        .query_row([id.to_bytes()], stored)
        .optional()
}

/// The ids of the captures at the places `seqs`, in their order. Places without one are left out.
pub(crate) fn ids(db: &Connection, seqs: &[i64]) -> Result<Vec<CaptureId>> {
    let mut one = db.prepare_cached(&format!(
        "SELECT id FROM captures WHERE seq = ?1 AND {SHOWN}"
    ))?;
    let found = seqs.iter().map(|seq| {
        let id = one.query_row([seq], |row| row.get(0).map(CaptureId::from_bytes));
        id.optional()
    });
    found.filter_map(Result::transpose).collect()
}

/// The capture at the place `seq`.
pub(crate) fn by_seq(db: &Connection, seq: i64) -> Result<Option<Stored>> {
    db.prepare_cached(&format!("SELECT {WHOLE} WHERE seq = ?1 AND {SHOWN}"))?
        .query_row([seq], stored)
        .optional()
}

/// The places of the captures at the endpoint of `of` that came before it, the newest first, at most
/// `limit`: those of its path, or else those of its sender and its type of event. Those that lie far
/// back are not looked for.
pub(crate) fn kin(db: &Connection, of: &Stored, by_path: bool, limit: usize) -> Result<Vec<i64>> {
    const FAR_BACK: usize = 20_000;
    let target = short(of.capture.head.target(), 512);
    let path = target
        .split_once('?')
        .map_or(target.as_str(), |(path, _)| path);
    let same = if by_path {
        "substr(target, 1, instr(target || '?', '?') - 1) = ?3"
    } else {
        "sender IS ?4 AND event IS ?5"
    };
    db.prepare_cached(&format!(
        "SELECT seq FROM (
             SELECT * FROM captures WHERE endpoint = ?1 AND seq < ?2
             ORDER BY seq DESC LIMIT {FAR_BACK})
         WHERE {same} AND {SHOWN} LIMIT ?6"
    ))?
    .query_map(
        params![
            of.capture.endpoint.as_str(),
            of.seq,
            path,
            of.sender,
            of.event,
            limit
        ],
        |row| row.get(0),
    )?
    .collect()
}

/// Ids from `low` to `high`, both among them, at most `limit`.
pub(crate) fn ids_between(
    db: &Connection,
    low: CaptureId,
    high: CaptureId,
    limit: usize,
) -> Result<Vec<CaptureId>> {
    db.prepare_cached(&format!(
        "SELECT id FROM captures WHERE id BETWEEN ?1 AND ?2 AND {SHOWN} LIMIT ?3"
    ))?
    .query_map(params![low.to_bytes(), high.to_bytes(), limit], |row| {
        row.get(0).map(CaptureId::from_bytes)
    })?
    .collect()
}

/// The captures at the places `seqs`, in their order. Places without one are left out.
pub(crate) fn at(db: &Connection, seqs: &[i64]) -> Result<Vec<Stored>> {
    let mut one = db.prepare_cached(&format!("SELECT {WHOLE} WHERE seq = ?1"))?;
    let found = seqs
        .iter()
        .map(|seq| one.query_row([seq], stored).optional());
    found.filter_map(Result::transpose).collect()
}

/// Captures behind the place `after`, the oldest first, at most `limit`.
pub(crate) fn after(db: &Connection, after: i64, limit: usize) -> Result<Vec<Stored>> {
    db.prepare_cached(&format!(
        "SELECT {WHOLE} WHERE seq > ?1 AND {SHOWN} ORDER BY seq LIMIT ?2"
    ))?
    .query_map(params![after, limit], stored)?
    .collect()
}

/// As [`after`], with those that are deleted: they may be brought back.
pub(crate) fn all_after(db: &Connection, after: i64, limit: usize) -> Result<Vec<Stored>> {
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
    db.prepare_cached(&format!(
        "SELECT {WHOLE} WHERE {SHOWN} ORDER BY seq DESC LIMIT ?1"
    ))?
    .query_map([limit], stored)?
    .collect()
}

/// Senders and events that the newest `limit` captures have.
pub(crate) fn newest_names(db: &Connection, limit: usize) -> Result<Vec<Named>> {
    db.prepare_cached(&format!(
        "SELECT sender, event FROM captures WHERE {SHOWN} ORDER BY seq DESC LIMIT ?1"
    ))?
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
        is_edited: row.get(12)?,
        is_replayed: row.get(13)?,
        delivery_id: row.get(14)?,
        nth_try: row.get(15)?,
        is_pinned: row.get(16)?,
        is_noted: row.get(17)?,
        verdict: row.get(18)?,
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
         WHERE seq > ?1 AND (?2 IS NULL OR endpoint = ?2) AND {SHOWN} ORDER BY seq {order}"
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

/// Whether each place from the first to the newest has its capture, which may be deleted.
pub(crate) fn is_dense(db: &Connection) -> Result<bool> {
    // Counting reads an index's pages and not its rows, and either end is one look.
    let sql = "SELECT (SELECT count(*) FROM captures)
                    = (SELECT coalesce(max(seq), 0) FROM captures)
                    - (SELECT coalesce(min(seq), 1) FROM captures) + 1";
    db.prepare_cached(sql)?.query_row((), |row| row.get(0))
}

/// Captures in all.
pub(crate) fn count(db: &Connection) -> Result<u64> {
    // Either is counted in an index, and the deleted are few.
    let sql = "SELECT (SELECT count(*) FROM captures)
                    - (SELECT count(*) FROM captures WHERE deleted_at_ms IS NOT NULL)";
    db.prepare_cached(sql)?.query_row((), |row| row.get(0))
}

/// For each endpoint: its captures, and when the newest was received.
pub(crate) fn by_endpoint(db: &Connection) -> Result<Vec<(String, u64, i64)>> {
    db.prepare_cached(&format!(
        "SELECT endpoint, count(*), max(received_at_ms) FROM captures
         WHERE {SHOWN} GROUP BY endpoint"
    ))?
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
