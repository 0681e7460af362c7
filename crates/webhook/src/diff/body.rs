//! Two bodies, by what they are. Start at [`compare`].

use std::fmt::Write;

use crate::{
    capture::Capture,
    decode::{BodyKind, kind},
    diff::{
        Compared, Kind, Part, Place,
        align::{By, Fate, Item, align},
        classes::Classes,
        collect::{Collector, part},
        json, named,
    },
};

/// A longer body is compared to the first byte that differs, in bytes.
pub const MAX_BODY_BYTES: usize = 4 * 1024 * 1024;

pub(super) fn compare(before: &Capture, after: &Capture, into: &mut Collector) -> Compared {
    let (old, new) = (&before.body[..], &after.body[..]);
    if old == new {
        return Compared::Same;
    }
    if old.is_empty() || new.is_empty() {
        if old.is_empty() {
            into.added(|| part(Place::Body, new));
        } else {
            into.removed(|| part(Place::Body, old));
        }
        return Compared::Bytes;
    }
    if old.len().max(new.len()) > MAX_BODY_BYTES {
        bytes(old, new, into);
        return Compared::Bytes;
    }
    match (kind(&before.head, old), kind(&after.head, new)) {
        (BodyKind::Binary, _) | (_, BodyKind::Binary) => {
            bytes(old, new, into);
            Compared::Bytes
        }
        (BodyKind::Form, BodyKind::Form) => {
            named::forms(old, new, into);
            Compared::Form
        }
        (BodyKind::Json, BodyKind::Json) if json::compare(old, new, Place::Json, into) => {
            Compared::Json
        }
        _ => {
            lines(old, new, into);
            Compared::Lines
        }
    }
}

fn lines(before: &[u8], after: &[u8], into: &mut Collector) {
    let mut classes = Classes::default();
    let olds: Vec<_> = before.split(|byte| *byte == b'\n').collect();
    let news: Vec<_> = after.split(|byte| *byte == b'\n').collect();
    let mut items = |lines: &[&[u8]]| -> Vec<Item> {
        let item = |line: &&[u8]| Item {
            name: None,
            value: classes.bytes(line.to_vec()),
        };
        lines.iter().map(item).collect()
    };
    let (before, after) = (items(&olds), items(&news));
    for fate in align(&before, &after, By::Order) {
        let old = |i: usize| part(Place::Line(i + 1), olds[i]);
        let new = |j: usize| part(Place::Line(j + 1), news[j]);
        match fate {
            Fate::Kept(i, j) | Fate::Moved(i, j) if before[i] == after[j] => {}
            Fate::Kept(i, j) | Fate::Moved(i, j) => into.both(Kind::Changed, || (old(i), new(j))),
            Fate::Removed(i) => into.removed(|| old(i)),
            Fate::Added(j) => into.added(|| new(j)),
        }
    }
}

fn bytes(before: &[u8], after: &[u8], into: &mut Collector) {
    const SHOWN: usize = 16;
    let same = before.iter().zip(after).take_while(|(old, new)| old == new);
    let at = same.count();
    let beginning = |body: &[u8]| {
        let shown = body[at..].iter().take(SHOWN);
        let text = shown.fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes any text");
            text
        });
        Part {
            place: Place::Byte(at),
            text,
            bytes: body.len(),
            is_cut: body.len() > at + SHOWN,
        }
    };
    into.both(Kind::Changed, || (beginning(before), beginning(after)));
}
