//! When the captures of a list were received, in as many slots as a chart has room for. Start at
//! [`Engine::timeline`].

use crate::{
    engine::{Engine, Error},
    lists::Places,
    store::outcomes::{self, Slot},
    view::Timeline,
};

/// Slots of a timeline, at most.
const SLOTS: i64 = 96;
/// How long a slot may be, in minutes; beyond the last it is a multiple of that.
const LENGTHS: [i64; 15] = [
    1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 10_080, 40_320,
];
/// From this length on the quarters of an hour are enough.
const QUARTER: i64 = 15;

impl Engine {
    /// When the captures of the list were received. Slots begin with the hours and days of this
    /// computer's clock.
    ///
    /// # Errors
    /// When the list is closed or the history cannot be read.
    pub async fn timeline(&self, list: u32) -> Result<Timeline, Error> {
        let Places { sought, seqs } = self.lists().places(list).ok_or(Error::NoList(list))?;
        let ahead = i64::from(sought.now.utc_offset_s / 60);
        let read = self.database().read(move |db| match seqs {
            None => {
                let Some((first, last)) = outcomes::ends(db)? else {
                    return Ok(Timeline::default());
                };
                let mut frame = Frame::new(first, last, ahead);
                let minutes = if frame.length < QUARTER { 1 } else { QUARTER };
                outcomes::slots(db, minutes, |slot| frame.add(slot))?;
                Ok(frame.timeline)
            }
            Some(seqs) => {
                let mut all = Vec::with_capacity(seqs.len());
                outcomes::slots_of(db, &seqs, |slot| all.push(slot))?;
                let starts = || all.iter().map(|slot| slot.start);
                let (Some(first), Some(last)) = (starts().min(), starts().max()) else {
                    return Ok(Timeline::default());
                };
                let mut frame = Frame::new(first, last, ahead);
                all.into_iter().for_each(|slot| frame.add(slot));
                Ok(frame.timeline)
            }
        });
        Ok(read.await?)
    }
}

/// A timeline that is being filled.
struct Frame {
    /// Of a slot, in minutes.
    length: i64,
    /// The first minute.
    from: i64,
    timeline: Timeline,
}

impl Frame {
    /// One for the minutes from `first` to `last`, by a clock that is `ahead` minutes of UTC.
    fn new(first: i64, last: i64, ahead: i64) -> Self {
        let begin = |length: i64| (first + ahead).div_euclid(length) * length - ahead;
        let slots = |length: i64| (last - begin(length)) / length + 1;
        let fits = |length: &i64| slots(*length) <= SLOTS;
        let longest = LENGTHS[LENGTHS.len() - 1];
        let longer = (2..).map(|times| times * longest);
        let length = LENGTHS.into_iter().chain(longer).find(fits);
        let length = length.expect("a slot may be as long as it takes");
        let none = vec![0; usize::try_from(slots(length)).unwrap_or(0)];
        Self {
            length,
            from: begin(length),
            timeline: Timeline {
                from_ms: begin(length) * 60_000,
                slot_ms: length * 60_000,
                captures: none.clone(),
                ok: none.clone(),
                failed: none,
            },
        }
    }

    fn add(&mut self, slot: Slot) {
        // A quarter may begin before the first minute, and then belongs to the first slot.
        let at = (slot.start - self.from).max(0) / self.length;
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let Timeline {
            captures,
            ok,
            failed,
            ..
        } = &mut self.timeline;
        for (into, more) in [
            (captures, slot.captures),
            (ok, slot.ok),
            (failed, slot.failed),
        ] {
            // One that came since the ends were read is in the next timeline.
            if let Some(into) = into.get_mut(at) {
                *into += more;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_as_short_as_there_is_room_for() {
        let check = |minutes: i64, length: i64| {
            let frame = Frame::new(1_000_003, 1_000_003 + minutes - 1, 0);
            assert_eq!(frame.length, length, "{minutes}");
            let slots = frame.timeline.captures.len();
            assert!((1..=96).contains(&slots), "{minutes}: {slots}");
        };
        check(1, 1);
        check(96, 1);
        check(97, 2);
        check(24 * 60, 30);
        check(7 * 24 * 60, 120);
        check(365 * 24 * 60, 10_080);
        check(20 * 365 * 24 * 60, 120_960);
    }

    #[test]
    fn a_day_begins_by_the_clock_on_the_wall() {
        // 300 days; the clock is five hours and three quarters ahead.
        let frame = Frame::new(29_000_000, 29_000_000 + 300 * 1_440, 345);
        assert_eq!(frame.length, 10_080);
        assert_eq!((frame.from + 345).rem_euclid(1_440), 0);
        assert!(frame.from <= 29_000_000);
    }

    #[test]
    fn nothing_is_lost_at_the_ends() {
        let mut frame = Frame::new(100, 1_700, 0);
        let slot = |start| Slot {
            start,
            captures: 2,
            ok: 1,
            failed: 1,
        };
        [90, 100, 1_700]
            .into_iter()
            .for_each(|start| frame.add(slot(start)));
        assert_eq!(frame.timeline.captures.iter().sum::<u32>(), 6);
        assert_eq!(frame.timeline.captures[0], 4);
        assert_eq!(frame.timeline.failed.iter().sum::<u32>(), 3);
    }
}
