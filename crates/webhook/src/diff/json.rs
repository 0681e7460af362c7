//! Two JSON bodies by their values. Start at [`compare`].

use crate::{
    decode::json::{Kind as Sort, Outline, unescape},
    diff::{
        Kind, Part, Place, Step,
        align::{By, Fate, Item, align},
        classes::Classes,
        collect::{Collector, part},
    },
};

/// Deeper values are compared as a whole.
const MAX_DEPTH: usize = 128;

/// Members that tell one object of an array from the others, the best first.
const NAMES: [&str; 6] = ["id", "_id", "uuid", "key", "sku", "name"];

/// Adds what differs between the two texts, if both are JSON; otherwise it is `false`. `place` is
/// that of the value to which the steps lead.
pub(super) fn compare(
    before: &[u8],
    after: &[u8],
    place: impl Fn(Vec<Step>) -> Place,
    into: &mut Collector,
) -> bool {
    let (old, new) = (Outline::parse(before), Outline::parse(after));
    if old.problem().is_some() || new.problem().is_some() {
        return false;
    }
    let mut classes = Classes::default();
    let mut walk = Walk {
        old: Side::new(before, &old, &mut classes),
        new: Side::new(after, &new, &mut classes),
        place,
        into,
        old_path: Vec::new(),
        new_path: Vec::new(),
    };
    walk.value(0, 0);
    true
}

/// One of the texts.
struct Side<'t> {
    text: &'t [u8],
    outline: &'t Outline,
    /// Of each value.
    classes: Vec<u32>,
    /// Of the name of each value that is a member.
    names: Vec<Option<u32>>,
}

impl<'t> Side<'t> {
    fn new(text: &'t [u8], outline: &'t Outline, classes: &mut Classes<'t>) -> Self {
        let nodes = outline.nodes().iter();
        let names = nodes.map(|node| node.key().map(|key| classes.string(&text[key])));
        Self {
            text,
            outline,
            names: names.collect(),
            classes: classes.json(text, outline),
        }
    }

    fn sort(&self, at: u32) -> Sort {
        self.outline.nodes()[at as usize].kind()
    }

    fn children(&self, at: u32) -> Vec<u32> {
        self.outline.children(at).collect()
    }

    fn members(&self, children: &[u32]) -> Vec<Item> {
        let member = |at: &u32| Item {
            name: self.names[*at as usize],
            value: self.classes[*at as usize],
        };
        children.iter().map(member).collect()
    }

    fn items(&self, children: &[u32]) -> Vec<Item> {
        let item = |at: &u32| Item {
            name: self.identity(*at),
            value: self.classes[*at as usize],
        };
        children.iter().map(item).collect()
    }

    /// What tells the object at `at` from others.
    fn identity(&self, at: u32) -> Option<u32> {
        if self.sort(at) != Sort::Object {
            return None;
        }
        let mut members = NAMES
            .iter()
            .filter_map(|name| self.outline.member(self.text, at, name));
        let member = members.find(|at| matches!(self.sort(*at), Sort::String | Sort::Number))?;
        Some(self.classes[member as usize])
    }

    /// The value at `at`, which stands at `place`.
    fn part(&self, at: u32, place: Place) -> Part {
        let node = &self.outline.nodes()[at as usize];
        part(place, &self.text[node.value()])
    }

    /// The step from an array to its item at `position`, or from an object to its member `at`.
    fn step(&self, at: u32, position: usize) -> Step {
        match self.outline.nodes()[at as usize].key() {
            Some(key) => Step::Member(unescape(&self.text[key]).into_owned()),
            None => Step::Item(position),
        }
    }
}

struct Walk<'t, 'c, P> {
    old: Side<'t>,
    new: Side<'t>,
    place: P,
    into: &'c mut Collector,
    /// The way to what is being compared.
    old_path: Vec<Step>,
    new_path: Vec<Step>,
}

impl<P: Fn(Vec<Step>) -> Place> Walk<'_, '_, P> {
    fn value(&mut self, old: u32, new: u32) {
        if self.old.classes[old as usize] == self.new.classes[new as usize] {
            return;
        }
        let is_both = |sort| self.old.sort(old) == sort && self.new.sort(new) == sort;
        let is_shallow = self.old_path.len() < MAX_DEPTH;
        if is_shallow && is_both(Sort::Object) {
            self.container(old, new, By::Name);
        } else if is_shallow && is_both(Sort::Array) {
            self.container(old, new, By::Any);
        } else {
            self.both(Kind::Changed, old, new);
        }
    }

    fn container(&mut self, old: u32, new: u32, by: By) {
        let (olds, news) = (self.old.children(old), self.new.children(new));
        let (before, after) = match by {
            By::Name => (self.old.members(&olds), self.new.members(&news)),
            By::Any | By::Order => (self.old.items(&olds), self.new.items(&news)),
        };
        for fate in align(&before, &after, by) {
            let (i, j) = match fate {
                Fate::Kept(i, j) | Fate::Moved(i, j) => (Some(i), Some(j)),
                Fate::Removed(i) => (Some(i), None),
                Fate::Added(j) => (None, Some(j)),
            };
            let old = i.map(|i| (olds[i], self.old.step(olds[i], i)));
            let new = j.map(|j| (news[j], self.new.step(news[j], j)));
            let (old, old_step) = old.unzip();
            let (new, new_step) = new.unzip();
            let depths = (self.old_path.len(), self.new_path.len());
            self.old_path.extend(old_step);
            self.new_path.extend(new_step);
            match (old, new) {
                (Some(old), Some(new)) => {
                    // The order of members means nothing.
                    if by != By::Name && matches!(fate, Fate::Moved(..)) {
                        self.both(Kind::Moved, old, new);
                    }
                    self.value(old, new);
                }
                (Some(old), None) => {
                    let place = || (self.place)(self.old_path.clone());
                    self.into.removed(|| self.old.part(old, place()));
                }
                (None, Some(new)) => {
                    let place = || (self.place)(self.new_path.clone());
                    self.into.added(|| self.new.part(new, place()));
                }
                (None, None) => {}
            }
            self.old_path.truncate(depths.0);
            self.new_path.truncate(depths.1);
        }
    }

    fn both(&mut self, kind: Kind, old: u32, new: u32) {
        let place = |path: &[Step]| (self.place)(path.to_vec());
        let before = || self.old.part(old, place(&self.old_path));
        let after = || self.new.part(new, place(&self.new_path));
        self.into.both(kind, || (before(), after()));
    }
}
