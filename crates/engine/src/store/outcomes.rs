//! What came of the last attempt to pass a capture on, and how many captures came when. Both are kept by the triggers of the tables that they follow from.

use sqlite::rusqlite::{Connection, OptionalExtension, Result, Row};

use crate::store::bits::Bits;

/// What came of the last attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Of the answer; none when there was none.
    pub(crate) status: Option<u16>,
    /// There was no whole answer, or one from 400 on.
    pub(crate) is_failed: bool,
}

/// Captures that were received within some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    /// When it begins: Unix epoch, minutes.
    pub(crate) start: i64,
    /// All of them.
    pub(crate) captures: u32,
    /// Those that were passed on and have not failed.
    pub(crate) ok: u32,
    /// Those that were passed on and have failed.
    pub(crate) failed: u32,
}

/// What came of the capture at `seq`; none when it was not passed on.
pub(crate) fn of(db: &Connection, seq: i64) -> Result<Option<Outcome>> {
    db.prepare_cached("SELECT status, is_failed FROM outcomes WHERE seq = ?1")?
        .query_row([seq], |row| {
            Ok(Outcome {
                status: row.get(0)?,
                is_failed: row.get(1)?,
            })
        })
        .optional()
}

/// The first and the last minute in which a capture was received; none when there is no capture.
pub(crate) fn ends(db: &Connection) -> Result<Option<(i64, i64)>> {
    let sql = "SELECT (SELECT min(start) FROM slots WHERE minutes = 1),
                   (SELECT max(start) FROM slots WHERE minutes = 1)";
    let ends = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let (first, last): (Option<i64>, Option<i64>) = db.prepare_cached(sql)?.query_row((), ends)?;
    Ok(first.zip(last))
}

/// Calls `found` with what came in slots of `minutes`, which are 1 or 15, the oldest first.
pub(crate) fn slots(db: &Connection, minutes: i64, mut found: impl FnMut(Slot)) -> Result<()> {
    let mut select = db.prepare_cached(
        "SELECT start, captures, ok, failed FROM slots WHERE minutes = ?1 ORDER BY start",
    )?;
    let mut rows = select.query([minutes])?;
    while let Some(row) = rows.next()? {
        found(Slot {
            start: row.get(0)?,
            captures: row.get(1)?,
            ok: row.get(2)?,
            failed: row.get(3)?,
        });
    }
    Ok(())
}

/// From so many captures on all of the history is looked through rather than each by itself.
const RATHER_ALL: usize = 20_000;

/// Calls `found` with each of the captures at `seqs`, which rise, as a slot of its own.
pub(crate) fn slots_of(db: &Connection, seqs: &[i64], found: impl FnMut(Slot)) -> Result<()> {
    if seqs.len() < RATHER_ALL {
        slots_one_by_one(db, seqs, found)
    } else {
        slots_in_all(db, seqs, found)
    }
}

fn slots_one_by_one(db: &Connection, seqs: &[i64], mut found: impl FnMut(Slot)) -> Result<()> {
    let mut one = db.prepare_cached(
        "SELECT received_at_ms, is_failed FROM captures LEFT JOIN outcomes USING (seq)
         WHERE seq = ?1",
    )?;
    for seq in seqs {
        if let Some(row) = one.query([seq])?.next()? {
            found(slot(row.get(0)?, row.get(1)?));
        }
    }
    Ok(())
}

/// Looks through an index of all captures.
fn slots_in_all(db: &Connection, seqs: &[i64], mut found: impl FnMut(Slot)) -> Result<()> {
    let (Some(first), Some(last)) = (seqs.first(), seqs.last()) else {
        return Ok(());
    };
    let range = *first..=*last;
    let mut wanted = Bits::none(&range);
    seqs.iter().for_each(|seq| wanted.add(*seq));
    let [mut passed_on, mut failed] = [(); 2].map(|()| Bits::none(&range));
    let mut outcomes =
        db.prepare_cached("SELECT seq, is_failed FROM outcomes WHERE seq BETWEEN ?1 AND ?2")?;
    let mut rows = outcomes.query([first, last])?;
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        passed_on.add(seq);
        if row.get(1)? {
            failed.add(seq);
        }
    }
    let mut all =
        db.prepare_cached("SELECT seq, received_at_ms FROM captures INDEXED BY captures_by_time")?;
    let mut rows = all.query(())?;
    while let Some(row) = rows.next()? {
        let seq = row.get(0)?;
        if wanted.has(seq) {
            found(slot(
                row.get(1)?,
                passed_on.has(seq).then(|| failed.has(seq)),
            ));
        }
    }
    Ok(())
}

/// One capture as a slot.
fn slot(received_at_ms: i64, is_failed: Option<bool>) -> Slot {
    Slot {
        start: received_at_ms / 60_000,
        captures: 1,
        ok: u32::from(is_failed == Some(false)),
        failed: u32::from(is_failed == Some(true)),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;
    use webhook::{
        capture::{Capture, CaptureId, EndpointId},
        head::Head,
    };

    use super::*;
    use crate::{
        arrival::Arrival,
        store::{MIGRATIONS, captures},
        view::Source,
    };

    fn capture(db: &Connection, number: i64, received_at_ms: i64) {
        let capture = Capture {
            id: CaptureId::new(number, [0; 10]),
            endpoint: EndpointId::local(),
            received_at_ms,
            peer: None,
            head: Head::compose(b"POST", b"/", b"HTTP/1.1", []).unwrap(),
            body: "".into(),
            flaws: Vec::new(),
        };
        captures::insert(db, &Arrival::new(capture, Source::Local, false), 0).unwrap();
    }

    /// What `slots` tells, in slots of `minutes`.
    fn summed(minutes: i64, tell: impl FnOnce(&mut dyn FnMut(Slot))) -> BTreeMap<i64, [u32; 3]> {
        let mut all = BTreeMap::new();
        tell(&mut |slot| {
            let start = slot.start - slot.start % minutes;
            let sums: &mut [u32; 3] = all.entry(start).or_default();
            for (sum, more) in sums.iter_mut().zip([slot.captures, slot.ok, slot.failed]) {
                *sum += more;
            }
        });
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn slots_count_what_the_history_has(
            ages in prop::collection::vec(0i64..4_000_000, 1..30),
            acts in prop::collection::vec((0usize..30, prop::option::of(prop::option::of(200u16..600))), 0..60),
        ) {
            let db = Connection::open_in_memory().unwrap();
            for migration in MIGRATIONS {
                db.execute_batch(migration).unwrap();
            }
            for (number, age) in (1..).zip(&ages) {
                capture(&db, number, *age);
            }
            for (at, act) in acts {
                let seq = i64::try_from(at % ages.len()).unwrap() + 1;
                match act {
                    None => db.execute("DELETE FROM captures WHERE seq = ?1", [seq]),
                    Some(status) => db.execute(
                        "INSERT INTO deliveries (seq, began_at_ms, target, changes, status, head,
                             body, body_bytes, total_ms)
                         SELECT seq, 0, '', '', ?2, x'', x'', 0, 1 FROM captures WHERE seq = ?1",
                        (seq, status),
                    ),
                }
                .unwrap();
            }
            let mut left = db.prepare("SELECT seq FROM captures ORDER BY seq").unwrap();
            let left: Vec<i64> = left.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
            for minutes in [1, 15] {
                let want = summed(minutes, |tell| slots_of(&db, &left, tell).unwrap());
                prop_assert_eq!(summed(minutes, |tell| slots(&db, minutes, tell).unwrap()), want);
            }
            // However many there are, the same is found.
            let some: Vec<i64> = left.iter().copied().filter(|seq| seq % 3 > 0).collect();
            let each = summed(1, |tell| slots_one_by_one(&db, &some, tell).unwrap());
            prop_assert_eq!(summed(1, |tell| slots_in_all(&db, &some, tell).unwrap()), each);
        }
    }
}
