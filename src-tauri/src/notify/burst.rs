//! What is told when: the arrivals and failures at one endpoint become one notification, which grows
//! while more come. Pure, but for the clock that it is given. Start at [`Bursts::take`].

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::Duration,
};

use engine::view::CaptureRow;
use tokio::time::Instant;

/// So long is collected before anything is told.
const COLLECT: Duration = Duration::from_secs(1);
/// A notification that is shown changes no more often.
const REST: Duration = Duration::from_secs(3);
/// What comes after so long a quiet is another burst.
const QUIET: Duration = Duration::from_secs(10);
/// In a minute no more is told; the rest is told when there is room again, in what is shown then.
const MOST_A_MINUTE: usize = 12;
const MINUTE: Duration = Duration::from_secs(60);

/// What one notification is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// The endpoint's id.
    pub(crate) endpoint: String,
    /// Captures that came.
    pub(crate) count: u64,
    /// Captures with which something failed.
    pub(crate) failed: usize,
    /// The newest that failed, else the newest.
    pub(crate) newest: CaptureRow,
    /// The sender of `newest` waited and got the fallback.
    pub(crate) fell_back: bool,
}

/// The bursts that go on.
#[derive(Debug, Default)]
pub(crate) struct Bursts {
    live: HashMap<String, Burst>,
    /// When was told something, the oldest first.
    told: VecDeque<Instant>,
}

#[derive(Debug)]
struct Burst {
    told: Told,
    failed: HashSet<String>,
    last: Instant,
    /// When it is to be told; nowhere while there is nothing new in it.
    due: Option<Instant>,
    told_at: Option<Instant>,
}

impl Bursts {
    /// `count` captures came, and `newest` is the last of them.
    pub(crate) fn arrived(&mut self, count: u64, newest: CaptureRow, now: Instant) {
        let burst = self.burst(&newest, now);
        burst.told.count += count;
        if burst.failed.is_empty() {
            burst.told.newest = newest;
        }
    }

    /// Something failed with a capture.
    pub(crate) fn failed(&mut self, row: CaptureRow, fell_back: bool, now: Instant) {
        let burst = self.burst(&row, now);
        burst.failed.insert(row.id.clone());
        burst.told.failed = burst.failed.len();
        burst.told.newest = row;
        burst.told.fell_back = fell_back;
    }

    fn burst(&mut self, row: &CaptureRow, now: Instant) -> &mut Burst {
        self.live
            .retain(|_, burst| burst.due.is_some() || now < burst.last + QUIET);
        let burst = self
            .live
            .entry(row.endpoint.clone())
            .or_insert_with(|| Burst {
                told: Told {
                    endpoint: row.endpoint.clone(),
                    count: 0,
                    failed: 0,
                    newest: row.clone(),
                    fell_back: false,
                },
                failed: HashSet::new(),
                last: now,
                due: None,
                told_at: None,
            });
        burst.last = now;
        if burst.due.is_none() {
            let rested = burst.told_at.map_or(now, |at| at + REST);
            burst.due = Some(rested.max(now + COLLECT));
        }
        burst
    }

    /// When there will be something to tell.
    pub(crate) fn due(&self) -> Option<Instant> {
        let first = self.live.values().filter_map(|burst| burst.due).min()?;
        let room = match self.told.len() {
            MOST_A_MINUTE.. => self.told.front().map(|oldest| *oldest + MINUTE),
            _ => None,
        };
        Some(room.map_or(first, |room| first.max(room)))
    }

    /// What is to be told now.
    pub(crate) fn take(&mut self, now: Instant) -> Vec<Told> {
        while self.told.front().is_some_and(|told| *told + MINUTE <= now) {
            self.told.pop_front();
        }
        let mut due: Vec<&mut Burst> = self
            .live
            .values_mut()
            .filter(|burst| burst.due.is_some_and(|due| due <= now))
            .collect();
        // Where there is not room for all, those that waited longest come first.
        due.sort_by_key(|burst| burst.due);
        due.truncate(MOST_A_MINUTE - self.told.len());
        let tell = |burst: &mut Burst| {
            burst.due = None;
            burst.told_at = Some(now);
            burst.told.clone()
        };
        let told: Vec<Told> = due.into_iter().map(tell).collect();
        self.told.extend(told.iter().map(|_| now));
        told
    }

    /// Nothing of what has come is told any more.
    pub(crate) fn clear(&mut self) {
        self.live.clear();
    }
}

#[cfg(test)]
mod tests {
    use engine::view::{RowDelivery, Source};

    use super::*;

    fn row(endpoint: &str, id: &str) -> CaptureRow {
        CaptureRow {
            seq: 1,
            id: id.to_owned(),
            endpoint: endpoint.to_owned(),
            source: Source::Relay,
            received_at_ms: 0,
            stored_at_ms: 0,
            is_held: false,
            method: "POST".to_owned(),
            target: "/".to_owned(),
            content_type: None,
            body_bytes: 0,
            flaws: Vec::new(),
            sender: None,
            event: None,
            summary: None,
            delivery: None::<RowDelivery>,
            origin: None,
            delivery_id: None,
            nth_try: 1,
            is_pinned: false,
            note: None,
            verdict: None,
        }
    }

    fn told(bursts: &mut Bursts, now: Instant) -> Vec<(String, u64, usize, String)> {
        let all = bursts.take(now).into_iter();
        all.map(|told| (told.endpoint, told.count, told.failed, told.newest.id))
            .collect()
    }

    fn one(
        endpoint: &str,
        count: u64,
        failed: usize,
        id: &str,
    ) -> Vec<(String, u64, usize, String)> {
        vec![(endpoint.to_owned(), count, failed, id.to_owned())]
    }

    #[test]
    fn a_burst_is_told_once_a_second_after_it_began() {
        let (mut bursts, began) = (Bursts::default(), Instant::now());
        assert_eq!(bursts.due(), None);
        bursts.arrived(49, row("a", "1"), began);
        bursts.arrived(1, row("a", "2"), began + COLLECT / 2);
        assert_eq!(bursts.due(), Some(began + COLLECT));
        assert!(told(&mut bursts, began + COLLECT / 2).is_empty());
        assert_eq!(told(&mut bursts, began + COLLECT), one("a", 50, 0, "2"));
        assert_eq!(bursts.due(), None);
        assert!(told(&mut bursts, began + MINUTE).is_empty());
    }

    #[test]
    fn what_is_shown_grows_while_more_comes_and_begins_anew_after_a_quiet() {
        let (mut bursts, began) = (Bursts::default(), Instant::now());
        bursts.arrived(1, row("a", "1"), began);
        let first = began + COLLECT;
        assert_eq!(told(&mut bursts, first).len(), 1);
        bursts.arrived(2, row("a", "2"), first);
        assert_eq!(bursts.due(), Some(first + REST));
        assert_eq!(told(&mut bursts, first + REST), one("a", 3, 0, "2"));
        let later = first + REST + QUIET;
        bursts.arrived(1, row("a", "3"), later);
        assert_eq!(told(&mut bursts, later + COLLECT), one("a", 1, 0, "3"));
    }

    #[test]
    fn a_failure_is_named_before_what_came_after_it() {
        let (mut bursts, began) = (Bursts::default(), Instant::now());
        bursts.arrived(2, row("a", "1"), began);
        bursts.failed(row("a", "1"), false, began);
        bursts.failed(row("a", "1"), false, began);
        bursts.arrived(1, row("a", "2"), began);
        assert_eq!(told(&mut bursts, began + COLLECT), one("a", 3, 1, "1"));
    }

    #[test]
    fn no_more_is_told_in_a_minute_than_may_be_and_nothing_is_left_out() {
        let (mut bursts, began) = (Bursts::default(), Instant::now());
        for number in 0..20 {
            bursts.arrived(1, row(&number.to_string(), "1"), began);
        }
        assert_eq!(told(&mut bursts, began + COLLECT).len(), MOST_A_MINUTE);
        assert_eq!(bursts.due(), Some(began + COLLECT + MINUTE));
        assert!(told(&mut bursts, began + MINUTE).is_empty());
        let rest = told(&mut bursts, began + COLLECT + MINUTE);
        assert_eq!(rest.len(), 20 - MOST_A_MINUTE);
    }
}
