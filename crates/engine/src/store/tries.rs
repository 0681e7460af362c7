//! The tries of one delivery: what their sender calls it, and the how-manieth each is. Captures
//! bring it with them; those of an older history get it beside the road: see [`next`].

use sqlite::rusqlite::{Connection, Result, params};
use webhook::sender;

use crate::{arrival::Arrival, store::captures, view::Source};

/// Earlier tries that are counted, at most: a sender may call everything the same.
const COUNTED: u32 = 1_000;

/// The how-manieth try of its delivery `arrival` is among those before the place `seq`, from 1. A
/// sender that counts more is believed, for the history may have missed some.
pub(crate) fn count(db: &Connection, arrival: &Arrival, seq: i64) -> Result<u32> {
    let said = arrival.recognised.retry.unwrap_or(0).min(COUNTED);
    let Some(delivery_id) = &arrival.recognised.delivery_id else {
        return Ok(said + 1);
    };
    let before: u32 = db
        .prepare_cached(
            "SELECT count(*) FROM (SELECT 1 FROM captures
             WHERE delivery_id = ?1 COLLATE NOCASE AND endpoint = ?2 AND seq < ?3 LIMIT ?4)",
        )?
        .query_row(
            params![delivery_id, arrival.capture.endpoint.as_str(), seq, COUNTED],
            |row| row.get(0),
        )?;
    Ok(before.max(said) + 1)
}

/// Captures of an older history, recognised anew.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Where it begins: behind this place.
    after: i64,
    /// Where it ends.
    upto: i64,
    arrivals: Vec<(i64, Arrival)>,
}

/// Reads the next captures of an older history, at most `limit`; none when all are done.
pub(crate) fn next(db: &Connection, limit: usize) -> Result<Option<Batch>> {
    let (after, upto): (i64, i64) = db
        .prepare_cached("SELECT seq, upto FROM grouped")?
        .query_row((), |row| Ok((row.get(0)?, row.get(1)?)))?;
    if after >= upto {
        return Ok(None);
    }
    let read = captures::after(db, after, limit)?;
    let upto = match read.last() {
        Some(last) if read.len() == limit => last.seq.min(upto),
        _ => upto,
    };
    let old = read.into_iter().filter(|stored| stored.seq <= upto);
    let arrivals = old.map(|stored| {
        let arrival = Arrival {
            recognised: sender::recognise(&stored.capture),
            capture: stored.capture,
            source: Source::Relay,
            is_held: stored.is_held,
        };
        (stored.seq, arrival)
    });
    Ok(Some(Batch {
        after,
        upto,
        arrivals: arrivals.collect(),
    }))
}

/// Writes down what `batch` found, unless another program has done so meanwhile.
pub(crate) fn put(db: &Connection, batch: &Batch) -> Result<()> {
    let moved = db
        .prepare_cached("UPDATE grouped SET seq = ?2 WHERE seq = ?1")?
        .execute([batch.after, batch.upto])?;
    if moved == 0 {
        return Ok(());
    }
    let mut update =
        db.prepare_cached("UPDATE captures SET delivery_id = ?2, nth_try = ?3 WHERE seq = ?1")?;
    for (seq, arrival) in &batch.arrivals {
        let nth_try = count(db, arrival, *seq)?;
        if arrival.recognised.delivery_id.is_some() || nth_try > 1 {
            update.execute(params![seq, arrival.recognised.delivery_id, nth_try])?;
        }
    }
    Ok(())
}
