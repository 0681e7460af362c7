//! Lists and maps while they are being read, and what becomes of their keys.

use super::{
    node::{Content, Entry, Node, YamlError, fault},
    scalar::Scalar,
};
use crate::rules::go::number::short_float;

/// A node and how many nodes it is made of.
pub(super) type Sized = (Node, usize);

/// A list that is being read.
#[derive(Default)]
pub(super) struct Items {
    nodes: Vec<Node>,
    size: usize,
}

impl Items {
    pub(super) const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub(super) fn push(&mut self, (node, size): Sized) {
        self.nodes.push(node);
        self.size += size;
    }

    pub(super) fn finish(self) -> (Content, usize) {
        (Content::List(self.nodes), self.size + 1)
    }
}

/// A map that is being read.
#[derive(Default)]
pub(super) struct Members {
    entries: Vec<Entry>,
    pairs: usize,
    size: usize,
}

impl Members {
    pub(super) const fn is_empty(&self) -> bool {
        self.pairs == 0
    }

    pub(super) fn push(
        &mut self,
        (key, _): Sized,
        (value, size): Sized,
        is_merge: bool,
    ) -> Result<(), YamlError> {
        self.pairs += 1;
        self.size += size;
        if is_merge {
            return merge(value, &mut self.entries);
        }
        let place = key.place;
        let key = key_text(key)?;
        self.entries.push(Entry {
            place,
            key,
            value,
            is_merged: false,
        });
        Ok(())
    }

    pub(super) fn finish(self) -> (Content, usize) {
        (Content::Map(self.entries), self.size + 1)
    }
}

/// Later keys win, so a merge overrides what stands before it and yields to what follows; of several
/// maps the first counts most.
fn merge(value: Node, entries: &mut Vec<Entry>) -> Result<(), YamlError> {
    let place = value.place;
    match value.content {
        Content::Map(merged) => {
            entries.extend(merged.into_iter().map(|entry| Entry {
                is_merged: true,
                ..entry
            }));
            Ok(())
        }
        Content::List(maps)
            if maps
                .iter()
                .all(|map| matches!(map.content, Content::Map(_))) =>
        {
            maps.into_iter()
                .rev()
                .try_for_each(|map| merge(map, entries))
        }
        Content::List(_) | Content::Scalar(_) => fault(
            place,
            "map merge requires map or sequence of maps as the value",
        ),
    }
}

/// JSON has text keys alone, so other scalars are printed.
fn key_text(key: Node) -> Result<String, YamlError> {
    let unsupported = |kind: &str| {
        let message = format!("Unsupported map key of type: {kind}");
        fault(key.place, message)
    };
    match key.content {
        Content::Scalar(Scalar::Text(text)) => Ok(text),
        Content::Scalar(Scalar::Bool(is_true)) => Ok(is_true.to_string()),
        Content::Scalar(Scalar::Int(int)) => Ok(int.to_string()),
        Content::Scalar(Scalar::Float(float)) => Ok(match short_float(float).as_str() {
            "+Inf" => ".inf".to_owned(),
            "-Inf" => "-.inf".to_owned(),
            "NaN" => ".nan".to_owned(),
            digits => digits.to_owned(),
        }),
        Content::Scalar(Scalar::Uint(_)) => unsupported("uint64"),
        Content::Scalar(Scalar::Null) => unsupported("null"),
        Content::List(_) => unsupported("list"),
        Content::Map(_) => unsupported("map"),
    }
}
