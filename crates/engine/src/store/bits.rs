//! A set of places in the history, one bit each.

use std::ops::RangeInclusive;

/// Some of the places from `first` on. Sets are joined only with those of the same range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bits {
    first: i64,
    words: Vec<u64>,
}

impl Bits {
    /// None of `range`.
    pub(crate) fn none(range: &RangeInclusive<i64>) -> Self {
        let length = usize::try_from(range.end() - range.start() + 1).unwrap_or(0);
        Self {
            first: *range.start(),
            words: vec![0; length.div_ceil(64)],
        }
    }

    /// All of `range`.
    pub(crate) fn all(range: &RangeInclusive<i64>) -> Self {
        let mut all = Self::none(range);
        all.words.fill(u64::MAX);
        let over =
            all.words.len() * 64 - usize::try_from(range.end() - range.start() + 1).unwrap_or(0);
        if let Some(last) = all.words.last_mut() {
            *last >>= over;
        }
        all
    }

    fn index(&self, seq: i64) -> Option<(usize, u64)> {
        let at = usize::try_from(seq - self.first).ok()?;
        Some((at / 64, 1 << (at % 64)))
    }

    /// Adds `seq`, if it is in the range.
    pub(crate) fn add(&mut self, seq: i64) {
        if let Some((word, bit)) = self.index(seq)
            && let Some(word) = self.words.get_mut(word)
        {
            *word |= bit;
        }
    }

    pub(crate) fn has(&self, seq: i64) -> bool {
        let at = self.index(seq);
        at.is_some_and(|(word, bit)| self.words.get(word).is_some_and(|word| word & bit != 0))
    }

    pub(crate) fn count(&self) -> usize {
        self.words
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    pub(crate) fn keep(&mut self, other: &Self) {
        self.join(other, |a, b| a & b);
    }

    pub(crate) fn join_with(&mut self, other: &Self) {
        self.join(other, |a, b| a | b);
    }

    pub(crate) fn remove(&mut self, other: &Self) {
        self.join(other, |a, b| a & !b);
    }

    fn join(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        for (own, other) in self.words.iter_mut().zip(&other.words) {
            *own = with(*own, *other);
        }
    }

    /// The places, the first first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = i64> {
        let words = (0i64..).step_by(64).zip(&self.words);
        let words: Vec<_> = words.filter(|(_, word)| **word != 0).collect();
        words.into_iter().flat_map(move |(from, word)| {
            let is_in = move |bit: &i64| word >> bit & 1 == 1;
            (0..64)
                .filter(is_in)
                .map(move |bit| self.first + from + bit)
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_a_set(
            range in (-5i64..5, 0i64..200).prop_map(|(first, length)| first..=first + length),
            a in prop::collection::btree_set(-10i64..220, 0..60),
            b in prop::collection::btree_set(-10i64..220, 0..60),
        ) {
            let made = |from: &BTreeSet<i64>| {
                let mut bits = Bits::none(&range);
                from.iter().filter(|seq| range.contains(seq)).for_each(|seq| bits.add(*seq));
                bits
            };
            let inside = |seq: &&i64| range.contains(*seq);
            let want = |all: BTreeSet<i64>| all.iter().filter(inside).copied().collect::<Vec<_>>();
            let check = |bits: &Bits, all: BTreeSet<i64>| {
                let all = want(all);
                prop_assert_eq!(&bits.iter().collect::<Vec<_>>(), &all);
                let back: Vec<_> = bits.iter().rev().collect();
                prop_assert_eq!(back, all.iter().rev().copied().collect::<Vec<_>>());
                prop_assert_eq!(bits.count(), all.len());
                Ok(())
            };
            let mut both = made(&a);
            both.keep(&made(&b));
            check(&both, &a & &b)?;
            let mut either = made(&a);
            either.join_with(&made(&b));
            check(&either, &a | &b)?;
            let mut rest = Bits::all(&range);
            rest.remove(&made(&a));
            check(&rest, &range.clone().collect::<BTreeSet<_>>() - &a)?;
            for seq in range.clone() {
                prop_assert_eq!(made(&a).has(seq), a.contains(&seq));
            }
        }
    }
}
