//! The list of changes, within its bounds. Start at [`Collector`].

use crate::diff::{Change, Kind, Part, Place};

/// More changes than this are counted and not kept.
pub const MAX_CHANGES: usize = 1000;

/// A longer value is cut.
pub const MAX_TEXT_BYTES: usize = 4096;

/// The changes found so far.
#[derive(Debug, Default)]
pub(super) struct Collector {
    changes: Vec<Change>,
    left_out: usize,
}

impl Collector {
    /// Adds something that was not there.
    pub(super) fn added(&mut self, after: impl FnOnce() -> Part) {
        self.push(|| {
            let after = after();
            Change {
                kind: Kind::Added,
                place: after.place.clone(),
                before: None,
                after: Some(after),
            }
        });
    }

    /// Adds something that is there no longer.
    pub(super) fn removed(&mut self, before: impl FnOnce() -> Part) {
        self.push(|| {
            let before = before();
            Change {
                kind: Kind::Removed,
                place: before.place.clone(),
                before: Some(before),
                after: None,
            }
        });
    }

    /// Adds what happened to something that both have.
    pub(super) fn both(&mut self, kind: Kind, sides: impl FnOnce() -> (Part, Part)) {
        self.push(|| {
            let (before, after) = sides();
            Change {
                kind,
                place: after.place.clone(),
                before: Some(before),
                after: Some(after),
            }
        });
    }

    fn push(&mut self, make: impl FnOnce() -> Change) {
        if self.changes.len() == MAX_CHANGES {
            self.left_out += 1;
        } else {
            self.changes.push(make());
        }
    }

    /// Adds a change if a value that both have is not the same.
    pub(super) fn value(&mut self, place: Place, before: &[u8], after: &[u8]) {
        if before != after {
            let sides = || (part(place.clone(), before), part(place, after));
            self.both(Kind::Changed, sides);
        }
    }

    pub(super) fn finish(self) -> (Vec<Change>, usize) {
        (self.changes, self.left_out)
    }
}

/// The part that has `value` at `place`.
pub(super) fn part(place: Place, value: &[u8]) -> Part {
    let is_cut = value.len() > MAX_TEXT_BYTES;
    let mut shown = &value[..value.len().min(MAX_TEXT_BYTES)];
    if is_cut {
        // Not in the middle of a character.
        let whole = shown.utf8_chunks().last();
        let broken = whole.map_or(0, |chunk| chunk.invalid().len());
        shown = &shown[..shown.len() - broken.min(3)];
    }
    Part {
        place,
        text: String::from_utf8_lossy(shown).into_owned(),
        bytes: value.len(),
        is_cut,
    }
}
