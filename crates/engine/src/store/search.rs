//! Finds what a list is to hold. Start at [`seek`].
//!
//! Each term of a query is one statement that gives places; the places are sets of bits, joined as
//! the query joins its terms. A term that the indexes answer only nearly gives two sets: those that
//! surely pass, and those that may. Who only may is read and held against the query itself. So is
//! what the indexes do not have yet.

mod terms;

#[cfg(test)]
mod tests;

use std::{cell::OnceCell, collections::HashMap, ops::RangeInclusive};

use sqlite::rusqlite::{Connection, Result, Row, params_from_iter, types::Value};
use webhook::query::{Facts, Mark, Now, Parsed, Problem, Query, Subject, parse};

use crate::{
    store::{
        bits::Bits,
        captures::{self, Stored},
        index, outcomes, runs,
    },
    view::{ListFilter, Source},
};

/// From which numbers on one way is taken rather than another. What is found is the same.
#[derive(Debug, Clone, Copy)]
struct Turns {
    /// Places looked at first when only the newest are wanted; then sixteen times as many, and so on.
    first_window: i64,
    /// So many captures or fewer are rather read than sought in further sets.
    rather_read: usize,
    /// From so many places on the order of time is used rather than that of arrival.
    rather_by_time: i64,
}

const TURNS: Turns = Turns {
    first_window: 1 << 12,
    rather_read: 300,
    rather_by_time: 1 << 17,
};

/// What is sought.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    pub(crate) filter: ListFilter,
    /// What the filter's query says.
    pub(crate) query: Query,
    pub(crate) now: Now,
}

impl Sought {
    /// What `filter` lets through, asked at `now_ms` (Unix epoch, milliseconds). Days are those of
    /// this computer's clock.
    ///
    /// # Errors
    /// When the query cannot be read: all that is wrong with it.
    pub(crate) fn new(filter: ListFilter, now_ms: i64) -> std::result::Result<Self, Vec<Problem>> {
        let Parsed { query, problems } = parse(filter.query.as_deref().unwrap_or_default());
        if !problems.is_empty() {
            return Err(problems);
        }
        let at = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
        let now = Now {
            at_ms: now_ms,
            utc_offset_s: jiff::tz::TimeZone::system().to_offset(at).seconds(),
        };
        Ok(Self { filter, query, now })
    }

    /// Whether nothing is left out.
    pub(crate) fn is_everything(&self) -> bool {
        let ListFilter { endpoint, text, .. } = &self.filter;
        let has_text = text.as_deref().is_some_and(|text| !text.is_empty());
        self.query.is_everything() && endpoint.is_none() && !has_text
    }
}

/// Whether the query `text` lets the capture `stored` through, asked at `now_ms` (Unix epoch,
/// milliseconds). One that cannot be read lets nothing through.
pub(crate) fn passes(db: &Connection, stored: &Stored, text: &str, now_ms: i64) -> Result<bool> {
    if text.is_empty() {
        return Ok(true);
    }
    let filter = ListFilter {
        query: Some(text.to_owned()),
        ..ListFilter::default()
    };
    let Ok(sought) = Sought::new(filter, now_ms) else {
        return Ok(false);
    };
    Asked::new(db, &sought, TURNS)?.passes(stored)
}

/// Calls `found` with the places of the captures that `sought` lets through and that lie behind
/// `after`, the oldest first, or, going back from the newest, until `found` says false.
pub(crate) fn seek(
    db: &Connection,
    sought: &Sought,
    after: i64,
    newest_first: bool,
    found: impl FnMut(i64) -> bool,
) -> Result<()> {
    seek_by(db, sought, after, newest_first, TURNS, found)
}

fn seek_by(
    db: &Connection,
    sought: &Sought,
    after: i64,
    newest_first: bool,
    turns: Turns,
    mut found: impl FnMut(i64) -> bool,
) -> Result<()> {
    let ListFilter { endpoint, text, .. } = &sought.filter;
    let text = text.as_deref().filter(|text| !text.is_empty());
    let progress = index::progress(db)?;
    if sought.query.is_everything() {
        if endpoint.is_some() || text.is_some() {
            return captures::seek(db, &sought.filter, after, newest_first, found);
        }
        let range = progress.oldest.max(after + 1)..=progress.newest;
        if range.is_empty() {
            return Ok(());
        }
        let asked = Asked::new(db, sought, turns)?;
        let mut all = asked.everything(&range)?;
        all.remove(&asked.deleted(&range)?);
        let mut places = all.iter();
        while let Some(seq) = if newest_first {
            places.next_back()
        } else {
            places.next()
        } {
            if !found(seq) {
                break;
            }
        }
        return Ok(());
    }
    let mut failed = Ok(());
    let mut found = |seq| match text.map_or(Ok(true), |text| captures::has_text(db, seq, text)) {
        Ok(has_text) => !has_text || found(seq),
        Err(error) => {
            failed = Err(error);
            false
        }
    };
    let asked = Asked::new(db, sought, turns)?;
    // What the indexes have lies before this place, what they lack behind it.
    let split = progress.indexed.min(progress.newest).max(after);
    let lacking = split + 1..=progress.newest;
    if newest_first {
        let mut goes_on = asked.read_through(&lacking, true, &mut found)?;
        let (mut end, mut length) = (split, turns.first_window);
        while goes_on && end > after {
            let start = end.saturating_sub(length).max(after);
            goes_on = asked.look_up(&(start + 1..=end), true, &mut found)?;
            (end, length) = (start, length * 16);
        }
    } else if asked.look_up(&(after + 1..=split), false, &mut found)? {
        asked.read_through(&lacking, false, &mut found)?;
    }
    failed
}

struct Asked<'a> {
    db: &'a Connection,
    sought: &'a Sought,
    turns: Turns,
    /// The names of the endpoints, by id.
    names: HashMap<String, String>,
    is_dense: OnceCell<bool>,
}

impl<'a> Asked<'a> {
    fn new(db: &'a Connection, sought: &'a Sought, turns: Turns) -> Result<Self> {
        let mut select = db.prepare_cached("SELECT id, name FROM endpoints")?;
        let names = select.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(Self {
            db,
            sought,
            turns,
            names: names.collect::<Result<_>>()?,
            is_dense: OnceCell::new(),
        })
    }

    /// Reads the captures of `range`. False when no more is wanted.
    fn read_through(
        &self,
        range: &RangeInclusive<i64>,
        newest_first: bool,
        found: &mut impl FnMut(i64) -> bool,
    ) -> Result<bool> {
        let order = if newest_first { "DESC" } else { "ASC" };
        let mut select = self.db.prepare_cached(&format!(
            "SELECT {} WHERE seq BETWEEN ?1 AND ?2
             AND (?3 IS NULL OR endpoint = ?3) AND {} ORDER BY seq {order}",
            captures::WHOLE,
            captures::SHOWN
        ))?;
        let endpoint = &self.sought.filter.endpoint;
        let mut rows = select.query((range.start(), range.end(), endpoint))?;
        while let Some(row) = rows.next()? {
            let (seq, passes) = self.judge(row)?;
            if passes && !found(seq) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Finds those of `range`, all of which the indexes have. False when no more is wanted.
    fn look_up(
        &self,
        range: &RangeInclusive<i64>,
        newest_first: bool,
        found: &mut impl FnMut(i64) -> bool,
    ) -> Result<bool> {
        if range.is_empty() {
            return Ok(true);
        }
        let mut bounds = self.node(self.sought.query.node(), range, range)?;
        if let Some(endpoint) = &self.sought.filter.endpoint {
            let sql = "SELECT seq FROM captures WHERE seq BETWEEN ?1 AND ?2 AND endpoint = ?3";
            let own = self.places(range, range, sql, [Value::Text(endpoint.clone())])?;
            bounds.sure.keep(&own);
            bounds.maybe.keep(&own);
        }
        // The indexes have them still, for they may be brought back.
        let deleted = self.deleted(range)?;
        bounds.sure.remove(&deleted);
        bounds.maybe.remove(&deleted);
        let mut one = self
            .db
            .prepare_cached(&format!("SELECT {} WHERE seq = ?1", captures::WHOLE))?;
        let mut places = bounds.maybe.iter();
        while let Some(seq) = if newest_first {
            places.next_back()
        } else {
            places.next()
        } {
            let passes = bounds.sure.has(seq)
                || match one.query([seq])?.next()? {
                    Some(row) => self.judge(row)?.1,
                    None => false,
                };
            if passes && !found(seq) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Holds the capture of `row` against the query.
    fn judge(&self, row: &Row<'_>) -> Result<(i64, bool)> {
        let stored = captures::stored(row)?;
        Ok((stored.seq, self.passes(&stored)?))
    }

    fn passes(&self, stored: &Stored) -> Result<bool> {
        let outcome = outcomes::of(self.db, stored.seq)?;
        let status = outcome.and_then(|outcome| outcome.status);
        let marks = [
            (Mark::Held, stored.is_held),
            (Mark::Flawed, !stored.capture.flaws.is_empty()),
            (Mark::Forwarded, outcome.is_some()),
            (Mark::Answered, status.is_some()),
            (Mark::Failed, outcome.is_some_and(|one| one.is_failed)),
            (Mark::Retry, stored.nth_try > 1),
            (Mark::Replayed, stored.is_replayed),
            (Mark::Edited, stored.is_edited),
            (Mark::Pinned, stored.is_pinned),
            (Mark::Noted, stored.is_noted),
            (Mark::Ran, runs::has_begun(self.db, stored.seq)?),
        ];
        let marks: Vec<_> = marks
            .iter()
            .filter_map(|(mark, is_set)| is_set.then_some(*mark))
            .collect();
        let name = self.names.get(stored.capture.endpoint.as_str());
        let facts = Facts {
            source: Some(match stored.source {
                Source::Relay => "relay",
                Source::Local => "local",
                Source::Import => "import",
            }),
            endpoint_name: name.map(String::as_str),
            provider: stored.sender.as_deref(),
            event: stored.event.as_deref(),
            status,
            delivery_id: stored.delivery_id.as_deref(),
            verdict: stored.verdict.as_deref(),
            marks: &marks,
        };
        let subject = Subject::new(&stored.capture, facts);
        Ok(self.sought.query.matches(&subject, self.sought.now))
    }

    /// The places of `range` that `sql` gives. Its first parameters are the ends of `within`, then
    /// come `more`.
    fn places(
        &self,
        range: &RangeInclusive<i64>,
        within: &RangeInclusive<i64>,
        sql: &str,
        more: impl IntoIterator<Item = Value>,
    ) -> Result<Bits> {
        let ends = [*within.start(), *within.end()].map(Value::Integer);
        let mut select = self.db.prepare_cached(sql)?;
        let mut rows = select.query(params_from_iter(ends.into_iter().chain(more)))?;
        let mut bits = Bits::none(range);
        while let Some(row) = rows.next()? {
            bits.add(row.get(0)?);
        }
        Ok(bits)
    }

    fn deleted(&self, range: &RangeInclusive<i64>) -> Result<Bits> {
        let sql = "SELECT seq FROM captures INDEXED BY captures_deleted
                   WHERE seq BETWEEN ?1 AND ?2 AND deleted_at_ms IS NOT NULL";
        self.places(range, range, sql, [])
    }

    /// All places of `range` that have a capture, also one that is deleted.
    fn everything(&self, range: &RangeInclusive<i64>) -> Result<Bits> {
        let is_dense = match self.is_dense.get() {
            Some(known) => *known,
            None => {
                let known = captures::is_dense(self.db)?;
                *self.is_dense.get_or_init(|| known)
            }
        };
        if is_dense {
            return Ok(Bits::all(range));
        }
        // Of many an index is read from end to end, which is far smaller than the rows.
        let is_long = range.end() - range.start() >= self.turns.rather_by_time;
        let seq = if is_long { "+seq" } else { "seq" };
        let sql = format!("SELECT seq FROM captures WHERE {seq} BETWEEN ?1 AND ?2");
        self.places(range, range, &sql, [])
    }
}
