//! Lists of names with values: headers, queries and forms. Start at [`headers`].

use std::collections::HashMap;

use crate::{
    decode::form,
    diff::{
        Kind, Place,
        align::{By, Fate, Item, align},
        classes::Classes,
        collect::{Collector, part},
        json,
    },
    head::Head,
};

type Pair = (Vec<u8>, Vec<u8>);

/// How a place among pairs is said: by name, and which of that name.
type PlaceOf = fn(String, usize) -> Place;

pub(super) fn headers(before: &Head, after: &Head, into: &mut Collector) {
    let pairs = |head: &Head| -> Vec<Pair> {
        let pair = |header: crate::head::Header<'_>| (header.name.to_vec(), header.value.to_vec());
        head.headers().map(pair).collect()
    };
    let place = |name, nth| Place::Header { name, nth };
    compare(&pairs(before), &pairs(after), place, into);
}

pub(super) fn queries(before: &Head, after: &Head, into: &mut Collector) {
    let pairs =
        |head: &Head| -> Vec<Pair> { form::byte_pairs(head.query().unwrap_or_default()).collect() };
    let place = |name, nth| Place::Query { name, nth };
    compare(&pairs(before), &pairs(after), place, into);
}

pub(super) fn forms(before: &[u8], after: &[u8], into: &mut Collector) {
    let pairs = |body| -> Vec<Pair> { form::byte_pairs(body).collect() };
    let place = |name, nth| Place::Form { name, nth };
    compare(&pairs(before), &pairs(after), place, into);
}

fn compare(before: &[Pair], after: &[Pair], place: PlaceOf, into: &mut Collector) {
    let is_header = matches!(place(String::new(), 0), Place::Header { .. });
    let mut classes = Classes::default();
    let mut items = |pairs: &[Pair]| -> Vec<Item> {
        let item = |(name, value): &Pair| {
            let mut name = name.clone();
            if is_header {
                name.make_ascii_lowercase();
            }
            Item {
                name: Some(classes.bytes(name)),
                value: classes.bytes(value.clone()),
            }
        };
        pairs.iter().map(item).collect()
    };
    let (olds, news) = (items(before), items(after));
    let (old_nth, new_nth) = (positions(&olds), positions(&news));
    let at = |pairs: &[Pair], nth: &[usize], at: usize| {
        let (name, value) = &pairs[at];
        part(
            place(String::from_utf8_lossy(name).into_owned(), nth[at]),
            value,
        )
    };
    let old = |i| at(before, &old_nth, i);
    let new = |j| at(after, &new_nth, j);
    for fate in align(&olds, &news, By::Name) {
        let (i, j) = match fate {
            Fate::Kept(i, j) => (i, j),
            Fate::Moved(i, j) => {
                into.both(Kind::Moved, || (old(i), new(j)));
                (i, j)
            }
            Fate::Removed(i) => {
                into.removed(|| old(i));
                continue;
            }
            Fate::Added(j) => {
                into.added(|| new(j));
                continue;
            }
        };
        let is_changed = olds[i].value != news[j].value;
        if is_changed && !json_inside(&before[i], &after[j], place, into) {
            into.both(Kind::Changed, || (old(i), new(j)));
        } else if !is_changed && before[i].0 != after[j].0 {
            into.both(Kind::Respelled, || (old(i), new(j)));
        }
    }
}

/// Compares the values of a field by what they are, if it is JSON in a form; otherwise `false`.
fn json_inside(before: &Pair, after: &Pair, place: PlaceOf, into: &mut Collector) -> bool {
    let is_json = |pair: &Pair| matches!(pair.1.first(), Some(b'{' | b'['));
    let name = String::from_utf8_lossy(&after.0).into_owned();
    let is_form = matches!(place(String::new(), 0), Place::Form { .. });
    let place = |steps| Place::FormJson {
        name: name.clone(),
        steps,
    };
    is_form && is_json(before) && is_json(after) && json::compare(&before.1, &after.1, place, into)
}

/// For each item, how many of its name stand before it.
fn positions(items: &[Item]) -> Vec<usize> {
    let mut seen: HashMap<Option<u32>, usize> = HashMap::new();
    let position = |item: &Item| {
        let count = seen.entry(item.name).or_default();
        *count += 1;
        *count - 1
    };
    items.iter().map(position).collect()
}
