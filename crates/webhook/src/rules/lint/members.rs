//! The members of a map, sorted into those that count and those that do not.

use super::finding::{FindingKind, Findings};
use crate::rules::{
    go::yaml::node::{Content, Entry, Node},
    load::spot::known_name,
};

pub(super) struct Members<'a> {
    known: &'static [&'static str],
    /// In the order of the file, repeats included.
    named: Vec<(&'static str, &'a Entry)>,
    pub(super) unknown: Vec<&'a Entry>,
}

impl<'a> Members<'a> {
    pub(super) fn of(node: &'a Node, known: &'static [&'static str]) -> Self {
        let entries: &[Entry] = match &node.content {
            Content::Map(entries) => entries,
            Content::List(_) | Content::Scalar(_) => &[],
        };
        let mut members = Self {
            known,
            named: Vec::new(),
            unknown: Vec::new(),
        };
        for entry in entries {
            match known_name(&entry.key, known) {
                Some(name) => members.named.push((name, entry)),
                None => members.unknown.push(entry),
            }
        }
        members
    }

    /// The value that counts for `name`.
    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        let mut entries = self.named.iter().rev();
        entries
            .find(|(named, _)| *named == name)
            .map(|(_, entry)| &entry.value)
    }

    /// Where `name` itself stands.
    pub(super) fn entry(&self, name: &str) -> Option<&'a Entry> {
        let mut entries = self.named.iter().rev();
        entries
            .find(|(named, _)| *named == name)
            .map(|(_, entry)| *entry)
    }

    pub(super) fn check_repeats(&self, findings: &mut Findings) {
        for (at, (name, entry)) in self.named.iter().enumerate() {
            let is_again = self.named[at + 1..].iter().any(|(later, _)| later == name);
            if is_again && !entry.is_merged {
                let message = format!("`{name}` is said again below, and the last one counts");
                findings.add_at(FindingKind::IgnoredField, entry.place, message);
            }
        }
    }

    pub(super) fn check_unknown(&self, of: &str, findings: &mut Findings) {
        for entry in &self.unknown {
            let key = &entry.key;
            let nearest = self.known.iter().min_by_key(|name| distance(key, name));
            let guess = match nearest.filter(|name| distance(key, name) <= 2) {
                Some(name) => format!("; did you mean `{name}`?"),
                None => String::new(),
            };
            let message = format!("`{key}` is no property of {of} and is ignored{guess}");
            findings.add_at(FindingKind::UnknownField, entry.place, message);
        }
    }
}

/// How many letters must be changed, added or left out, or swapped with a neighbour counting twice.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, left) in a.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (to, right) in b.iter().enumerate() {
            let change = diagonal + usize::from(left != *right);
            diagonal = row[to + 1];
            row[to + 1] = change.min(diagonal + 1).min(row[to] + 1);
        }
    }
    row[b.len()]
}
