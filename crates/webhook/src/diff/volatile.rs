//! What differs between any two captures of one kind, and so says nothing: ids, times,
//! signatures. Start at [`Volatile::learn`].

use std::collections::{BTreeMap, BTreeSet};

use crate::diff::{Change, Diff, Kind};

/// Of fewer pairs nothing is learned.
pub const MIN_PAIRS: usize = 2;

/// The places whose value was another one in each pair of captures that was seen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Volatile {
    pairs: usize,
    /// How many pairs each pattern changed in. See [`crate::diff::Place::pattern`].
    changed: BTreeMap<String, usize>,
}

impl Volatile {
    /// Learns from the differences of pairs of captures of the same sender and event.
    #[must_use]
    pub fn learn<'a>(diffs: impl IntoIterator<Item = &'a Diff>) -> Self {
        let mut volatile = Self::default();
        for diff in diffs {
            volatile.add(diff);
        }
        volatile
    }

    /// Learns from one more pair; one that has more changes than are listed teaches nothing.
    pub fn add(&mut self, diff: &Diff) {
        if diff.left_out > 0 {
            return;
        }
        self.pairs += 1;
        let changed = diff
            .changes
            .iter()
            .filter(|change| change.kind == Kind::Changed);
        let patterns: BTreeSet<_> = changed.map(|change| change.place.pattern()).collect();
        for pattern in patterns {
            *self.changed.entry(pattern).or_default() += 1;
        }
    }

    /// Whether `change` is one of those that each pair has.
    #[must_use]
    pub fn covers(&self, change: &Change) -> bool {
        change.kind == Kind::Changed && self.is_volatile(&change.place.pattern())
    }

    /// The patterns of all that always changes.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        let patterns = self.changed.keys().map(String::as_str);
        patterns.filter(|pattern| self.is_volatile(pattern))
    }

    fn is_volatile(&self, pattern: &str) -> bool {
        self.pairs >= MIN_PAIRS && self.changed.get(pattern) == Some(&self.pairs)
    }
}
