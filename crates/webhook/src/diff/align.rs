//! Which items of two lists are the same ones. Start at [`align`].

use std::{collections::HashMap, hash::Hash};

/// An item of a list: equal ones are the same in all respects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Item {
    /// What it is called, if anything.
    pub(super) name: Option<u32>,
    /// Its value.
    pub(super) value: u32,
}

/// What counts as the same item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// What is called the same.
    Name,
    /// What is equal, else what is called the same, else what stands at the same place.
    Any,
    /// As `Any`, but nothing is looked for elsewhere.
    Order,
}

/// What became of an item. Positions in the list before, then in that after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stands in the same order as others that were kept; its value may differ.
    Kept(usize, usize),
    /// It stands elsewhere; its value may differ.
    Moved(usize, usize),
    Removed(usize),
    Added(usize),
}

/// What became of all items, in the order of `after`; what was removed stands where it was.
pub(super) fn align(before: &[Item], after: &[Item], by: By) -> Vec<Fate> {
    let mut pairs = Pairs {
        of_before: vec![None; before.len()],
        of_after: vec![None; after.len()],
    };
    for (i, j) in common(before, after) {
        pairs.add(i, j);
    }
    if by != By::Order {
        pairs.match_up(|i| Some(before[i]), |j| Some(after[j]));
        pairs.match_up(|i| before[i].name, |j| after[j].name);
    }
    let mut is_kept = vec![false; before.len()];
    for (i, _) in rising(&pairs.list()) {
        is_kept[i] = true;
    }
    if by != By::Name {
        for (old, new) in pairs.gaps(&is_kept) {
            // As many as before: each in the place of another. Otherwise only what has no name of
            // its own can be.
            let is_even = old.len() == new.len();
            let old = old
                .into_iter()
                .filter(|i| is_even || before[*i].name.is_none());
            let new = new
                .into_iter()
                .filter(|j| is_even || after[*j].name.is_none());
            for (i, j) in old.zip(new) {
                pairs.add(i, j);
                is_kept[i] = true;
            }
        }
    }
    pairs.fates(&is_kept)
}

/// Which item of the other list each one is.
struct Pairs {
    of_before: Vec<Option<usize>>,
    of_after: Vec<Option<usize>>,
}

impl Pairs {
    fn add(&mut self, i: usize, j: usize) {
        self.of_before[i] = Some(j);
        self.of_after[j] = Some(i);
    }

    /// The pairs in the order of before.
    fn list(&self) -> Vec<(usize, usize)> {
        let pairs = self.of_before.iter().enumerate();
        pairs.filter_map(|(i, j)| Some((i, (*j)?))).collect()
    }

    /// Pairs what is left and has the same mark, the first with the first.
    fn match_up<T: Eq + Hash>(
        &mut self,
        old: impl Fn(usize) -> Option<T>,
        new: impl Fn(usize) -> Option<T>,
    ) {
        let mut waiting: HashMap<T, Vec<usize>> = HashMap::new();
        for i in (0..self.of_before.len()).rev() {
            if let Some(mark) = old(i).filter(|_| self.of_before[i].is_none()) {
                waiting.entry(mark).or_default().push(i);
            }
        }
        for j in 0..self.of_after.len() {
            let mark = new(j).filter(|_| self.of_after[j].is_none());
            let found = mark.and_then(|mark| waiting.get_mut(&mark)?.pop());
            if let Some(i) = found {
                self.add(i, j);
            }
        }
    }

    /// What is left on both sides between each two that were kept.
    fn gaps(&self, is_kept: &[bool]) -> Vec<(Vec<usize>, Vec<usize>)> {
        let kept = self.list().into_iter().filter(|(i, _)| is_kept[*i]);
        let end = (self.of_before.len(), self.of_after.len());
        let mut from = (0, 0);
        let mut gaps = Vec::new();
        for (i, j) in kept.chain([end]) {
            let old = (from.0..i).filter(|i| self.of_before[*i].is_none());
            let new = (from.1..j).filter(|j| self.of_after[*j].is_none());
            gaps.push((old.collect(), new.collect()));
            from = (i + 1, j + 1);
        }
        gaps
    }

    fn fates(&self, is_kept: &[bool]) -> Vec<Fate> {
        let mut fates = Vec::with_capacity(self.of_after.len());
        let mut next = 0;
        // In front of what stands at `j`: what was removed from the same gap.
        for (j, i) in self.of_after.iter().map(Some).chain([None]).enumerate() {
            while next < self.of_before.len() && !is_kept[next] {
                if self.of_before[next].is_none() {
                    fates.push(Fate::Removed(next));
                }
                next += 1;
            }
            match i {
                Some(Some(i)) if is_kept[*i] => {
                    fates.push(Fate::Kept(*i, j));
                    next = i + 1;
                }
                Some(Some(i)) => fates.push(Fate::Moved(*i, j)),
                Some(None) => fates.push(Fate::Added(j)),
                None => {}
            }
        }
        fates
    }
}

/// Equal items in the same order in both lists: as many as can be, unless the lists are long and
/// very different.
fn common<T: Eq + Hash + Copy>(before: &[T], after: &[T]) -> Vec<(usize, usize)> {
    let same = |(old, new): &(&T, &T)| old == new;
    let start = before.iter().zip(after).take_while(same).count();
    let (old, new) = (&before[start..], &after[start..]);
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    let middle = fewest_edits(old, new).unwrap_or_else(|| nth_with_nth(old, new));
    let head = (0..start).map(|at| (at, at));
    let middle = middle.into_iter().map(|(i, j)| (start + i, start + j));
    let tail = (0..end)
        .rev()
        .map(|back| (before.len() - 1 - back, after.len() - 1 - back));
    head.chain(middle).chain(tail).collect()
}

/// The longest common subsequence, by E. Myers, "An O(ND) Difference Algorithm and Its Variations"
/// (1986); `None` if that would take too long.
fn fewest_edits<T: Eq>(old: &[T], new: &[T]) -> Option<Vec<(usize, usize)>> {
    const STEPS: usize = 20_000_000;
    let (n, m) = (signed(old.len()), signed(new.len()));
    let limit = signed((STEPS / (old.len() + new.len()).max(1)).min(512)).min(n + m);
    // For each number of edits: how far into `old` each diagonal reaches; index = diagonal + edits.
    let mut reached: Vec<Vec<isize>> = Vec::new();
    for edits in 0..=limit {
        let mut row = vec![0; 2 * edits.unsigned_abs() + 1];
        for diagonal in (-edits..=edits).step_by(2) {
            let at = |diagonal: isize| {
                let last = reached.last()?;
                last.get(usize::try_from(diagonal + edits - 1).ok()?)
                    .copied()
            };
            let mut x = match (at(diagonal - 1), at(diagonal + 1)) {
                (None, None) => 0,
                (left, right) => {
                    let is_down = diagonal == -edits || diagonal != edits && left < right;
                    if is_down { right? } else { left? + 1 }
                }
            };
            while x < n
                && x - diagonal < m
                && x - diagonal >= 0
                && old[x.unsigned_abs()] == new[(x - diagonal).unsigned_abs()]
            {
                x += 1;
            }
            row[(diagonal + edits).unsigned_abs()] = x;
            if x >= n && x - diagonal >= m {
                reached.push(row);
                return Some(walk_back(&reached, n, m));
            }
        }
        reached.push(row);
    }
    None
}

/// The equal items on the way that `reached` the ends of both lists.
fn walk_back(reached: &[Vec<isize>], n: isize, m: isize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut x, mut y) = (n, m);
    for edits in (0..signed(reached.len())).rev() {
        let diagonal = x - y;
        let at = |diagonal: isize| {
            let row = edits
                .checked_sub(1)
                .and_then(|edits| reached.get(usize::try_from(edits).ok()?))?;
            row.get(usize::try_from(diagonal + edits - 1).ok()?)
                .copied()
        };
        let (left, right) = (at(diagonal - 1), at(diagonal + 1));
        let is_down = diagonal == -edits || diagonal != edits && left < right;
        let (from_x, from_y) = match (edits, is_down) {
            (0, _) => (0, 0),
            (_, true) => {
                let x = right.unwrap_or(0);
                (x, x - diagonal - 1)
            }
            (_, false) => {
                let x = left.unwrap_or(0);
                (x, x - diagonal + 1)
            }
        };
        let (start_x, _) = match (edits, is_down) {
            (0, _) => (0, 0),
            (_, true) => (from_x, from_y + 1),
            (_, false) => (from_x + 1, from_y),
        };
        while x > start_x {
            (x, y) = (x - 1, y - 1);
            pairs.push((x.unsigned_abs(), y.unsigned_abs()));
        }
        (x, y) = (from_x, from_y);
    }
    pairs.reverse();
    pairs
}

fn signed(length: usize) -> isize {
    isize::try_from(length).expect("no list is longer than half of the memory")
}

/// Pairs the first of each value with the first, the second with the second, and keeps what is in
/// order.
fn nth_with_nth<T: Eq + Hash + Copy>(old: &[T], new: &[T]) -> Vec<(usize, usize)> {
    let mut pairs = Pairs {
        of_before: vec![None; old.len()],
        of_after: vec![None; new.len()],
    };
    pairs.match_up(|i| Some(old[i]), |j| Some(new[j]));
    rising(&pairs.list())
}

/// The most pairs whose second numbers rise, of pairs whose first ones do.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length: the pair with the smallest end that a row of that length has.
    let mut ends: Vec<usize> = Vec::new();
    let mut previous = vec![None; pairs.len()];
    for (at, (_, j)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|end| pairs[*end].1 < *j);
        previous[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut row: Vec<_> = std::iter::successors(ends.last().copied(), |at| previous[*at]).collect();
    row.reverse();
    row.into_iter().map(|at| pairs[at]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How long the longest common subsequence is, by the textbook.
    fn longest(old: &[u8], new: &[u8]) -> usize {
        let mut best = vec![vec![0; new.len() + 1]; old.len() + 1];
        for (i, x) in old.iter().enumerate() {
            for (j, y) in new.iter().enumerate() {
                best[i + 1][j + 1] = match x == y {
                    true => best[i][j] + 1,
                    false => best[i][j + 1].max(best[i + 1][j]),
                };
            }
        }
        best[old.len()][new.len()]
    }

    proptest! {
        #[test]
        fn as_many_are_common_as_can_be(
            old in prop::collection::vec(0..4u8, 0..20),
            new in prop::collection::vec(0..4u8, 0..20),
        ) {
            let pairs = common(&old, &new);
            prop_assert!(pairs.iter().all(|(i, j)| old[*i] == new[*j]));
            prop_assert!(pairs.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
            prop_assert_eq!(pairs.len(), longest(&old, &new));
            let rough = nth_with_nth(&old, &new);
            prop_assert!(rough.iter().all(|(i, j)| old[*i] == new[*j]));
            prop_assert!(rough.is_sorted_by(|a, b| a.0 < b.0 && a.1 < b.1));
        }

        #[test]
        fn every_item_has_one_fate(
            old in prop::collection::vec((prop::option::of(0..3u32), 0..3u32), 0..12),
            new in prop::collection::vec((prop::option::of(0..3u32), 0..3u32), 0..12),
        ) {
            let items = |all: Vec<(Option<u32>, u32)>| -> Vec<Item> {
                all.into_iter().map(|(name, value)| Item { name, value }).collect()
            };
            let (old, new) = (items(old), items(new));
            for by in [By::Name, By::Any, By::Order] {
                let (mut before, mut after, mut kept) = (Vec::new(), Vec::new(), Vec::new());
                for fate in align(&old, &new, by) {
                    match fate {
                        Fate::Kept(i, j) | Fate::Moved(i, j) => {
                            before.push(i);
                            after.push(j);
                            let is_same = old[i].name == new[j].name;
                            prop_assert!(is_same || by != By::Name);
                            if matches!(fate, Fate::Kept(..)) {
                                kept.push(i);
                            }
                        }
                        Fate::Removed(i) => before.push(i),
                        Fate::Added(j) => after.push(j),
                    }
                }
                before.sort_unstable();
                prop_assert!(before.into_iter().eq(0..old.len()));
                prop_assert!(after.into_iter().eq(0..new.len()), "in the order of after");
                prop_assert!(kept.is_sorted());
            }
        }
    }
}
