//! What holds for all captures.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Map, Value};

use crate::diff::{
    Change, Compared, Diff, Kind, MAX_CHANGES, Place, Step, diff,
    tests::{bodies, capture},
};

fn arb_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        (0..4).prop_map(Value::from),
        "[ab\u{e9}\n]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let name = prop::sample::select(vec!["id", "name", "a", "b", "odd key"]);
        let members = prop::collection::vec((name, inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::from(members.collect::<Map<_, _>>())
            }),
        ]
    })
}

/// The changes by where they were, and those that put something new or old in its place.
struct Changes {
    gone: Vec<Vec<Step>>,
    changed: BTreeMap<Vec<Step>, Value>,
    new: BTreeMap<Vec<Step>, Value>,
    moved: BTreeMap<Vec<Step>, Vec<Step>>,
}

fn steps(place: &Place) -> Vec<Step> {
    match place {
        Place::Json(steps) => steps.clone(),
        other => panic!("{other} is no place in JSON"),
    }
}

impl Changes {
    fn of(diff: &Diff) -> Self {
        let mut all = Self {
            gone: Vec::new(),
            changed: BTreeMap::new(),
            new: BTreeMap::new(),
            moved: BTreeMap::new(),
        };
        for Change {
            kind,
            before,
            after,
            ..
        } in &diff.changes
        {
            let from = before.as_ref().map(|part| steps(&part.place));
            let to = after.as_ref().map(|part| steps(&part.place));
            let value = after
                .as_ref()
                .map(|part| serde_json::from_str(&part.text).unwrap());
            match kind {
                Kind::Added => drop(all.new.insert(to.unwrap(), value.unwrap())),
                Kind::Removed => all.gone.push(from.unwrap()),
                Kind::Changed => drop(all.changed.insert(from.unwrap(), value.unwrap())),
                Kind::Moved => drop(all.moved.insert(to.unwrap(), from.unwrap())),
                Kind::Respelled => panic!("JSON has no spelling"),
            }
        }
        all
    }

    /// `value` with all of it applied.
    fn apply(&self, value: &Value, from: &[Step], to: &[Step]) -> Value {
        let below = |path: &[Step], step| [path, &[step]].concat();
        if let Some(new) = self.changed.get(from) {
            return new.clone();
        }
        match value {
            Value::Object(members) => {
                let mut made = Map::new();
                for (name, value) in members {
                    let step = Step::Member(name.clone());
                    let old = below(from, step.clone());
                    if !self.gone.contains(&old) {
                        made.insert(name.clone(), self.apply(value, &old, &below(to, step)));
                    }
                }
                for (path, value) in &self.new {
                    if let Some((Step::Member(name), parent)) = path.split_last()
                        && parent == to
                    {
                        made.insert(name.clone(), value.clone());
                    }
                }
                made.into()
            }
            Value::Array(items) => self.apply_items(items, from, to),
            other => other.clone(),
        }
    }

    fn apply_items(&self, items: &[Value], from: &[Step], to: &[Step]) -> Value {
        let below = |path: &[Step], at| [path, &[Step::Item(at)]].concat();
        // What was neither removed nor moved fills the places that are left, in its order.
        let stays = |at: &usize| {
            let old = below(from, *at);
            !self.gone.contains(&old) && !self.moved.values().any(|moved| *moved == old)
        };
        let mut rest = (0..items.len()).filter(stays);
        let mut made = Vec::new();
        loop {
            let place = below(to, made.len());
            if let Some(new) = self.new.get(&place) {
                made.push(new.clone());
                continue;
            }
            let old = match self.moved.get(&place) {
                Some(old) => old.clone(),
                None => match rest.next() {
                    Some(at) => below(from, at),
                    None => return made.into(),
                },
            };
            let Some(Step::Item(at)) = old.last() else {
                panic!("an item was moved from no array");
            };
            made.push(self.apply(&items[*at], &old, &place));
        }
    }
}

proptest! {
    #[test]
    fn the_changes_of_json_make_the_one_out_of_the_other(before in arb_json(), after in arb_json()) {
        let found = bodies(&before.to_string(), &after.to_string());
        // What is no array and no object does not look like JSON without its content type.
        prop_assume!(found.body == Compared::Json);
        prop_assert_eq!(Changes::of(&found).apply(&before, &[], &[]), after);
    }

    #[test]
    fn an_edited_array_is_made_out_of_the_other(
        before in prop::collection::vec(0..5u32, 0..12),
        removed in prop::collection::vec(any::<prop::sample::Index>(), 0..4),
        added in prop::collection::vec((any::<prop::sample::Index>(), 0..9u32), 0..4),
    ) {
        let mut after = before.clone();
        for at in removed {
            if !after.is_empty() {
                after.remove(at.index(after.len()));
            }
        }
        for (at, value) in added {
            after.insert(at.index(after.len() + 1), value);
        }
        let (before, after) = (Value::from(before), Value::from(after));
        let found = bodies(&before.to_string(), &after.to_string());
        prop_assert_eq!(Changes::of(&found).apply(&before, &[], &[]), after);
    }

    #[test]
    fn the_changes_of_a_text_make_the_one_out_of_the_other(
        before in prop::collection::vec("[abc]{0,1}", 1..30),
        after in prop::collection::vec("[abc]{0,1}", 1..30),
    ) {
        let (before, after) = (before.join("\n"), after.join("\n"));
        prop_assume!(!before.is_empty() && !after.is_empty());
        let found = bodies(&before, &after);
        let mut old: Vec<_> = before.split('\n').map(Some).collect();
        let mut new = BTreeMap::new();
        for change in &found.changes {
            for (part, is_old) in [(&change.before, true), (&change.after, false)] {
                match part.as_ref().map(|part| (&part.place, part.text.as_str())) {
                    Some((Place::Line(at), text)) if is_old => {
                        prop_assert_eq!(old[at - 1].take(), Some(text));
                    }
                    Some((Place::Line(at), text)) => drop(new.insert(at - 1, text)),
                    _ => {}
                }
            }
        }
        let mut kept = old.into_iter().flatten();
        let made: Vec<_> = (0..after.split('\n').count())
            .map(|at| new.get(&at).copied().or_else(|| kept.next()).unwrap())
            .collect();
        prop_assert_eq!(made.join("\n"), after);
    }

    #[test]
    fn nothing_differs_from_itself(
        headers in prop::collection::vec(("[A-Ca-c]", "[ -~]{0,5}"), 0..6),
        body in prop::collection::vec(any::<u8>(), 0..100),
    ) {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let one = capture("POST /a?b=c&b=d", &headers, body);
        let found = diff(&one, &one);
        prop_assert_eq!(found.changes, []);
        prop_assert_eq!((found.left_out, found.body), (0, Compared::Same));
    }

    #[test]
    fn headers_that_differ_are_said_to(
        before in prop::collection::vec(("[A-Ca-c]", "[12]"), 0..6),
        after in prop::collection::vec(("[A-Ca-c]", "[12]"), 0..6),
    ) {
        let of = |all: &[(String, String)]| {
            let all: Vec<_> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            capture("POST /", &all, "")
        };
        let found = diff(&of(&before), &of(&after));
        prop_assert_eq!(found.changes.is_empty(), before == after);
    }

    #[test]
    fn no_bytes_make_it_panic(
        before in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u1en=&\n\x00\xff".to_vec()), 0..60),
        after in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u1en=&\n\x00\xff".to_vec()), 0..60),
    ) {
        let found = diff(&capture("POST /", &[], before.clone()), &capture("POST /", &[], after.clone()));
        prop_assert!(found.changes.len() <= MAX_CHANGES);
        prop_assert_eq!(found.body == Compared::Same, before == after);
    }
}
