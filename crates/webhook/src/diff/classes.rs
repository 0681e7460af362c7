//! Numbers for values: equal values have the same one, in both texts. Start at [`Classes`].

use std::{borrow::Cow, collections::HashMap};

use crate::decode::json::{Kind, Outline, unescape};

/// The numbers given so far.
#[derive(Debug, Default)]
pub(super) struct Classes<'t>(HashMap<Value<'t>, u32>);

#[derive(Debug, PartialEq, Eq, Hash)]
enum Value<'t> {
    /// Bytes as they stand there.
    Bytes(Cow<'t, [u8]>),
    /// A scalar of JSON.
    Scalar(Kind, Cow<'t, [u8]>),
    /// The items of an array.
    Array(Vec<u32>),
    /// The members of an object, name and value, by name.
    Object(Vec<(u32, u32)>),
}

impl<'t> Classes<'t> {
    /// The number of some bytes.
    pub(super) fn bytes(&mut self, bytes: impl Into<Cow<'t, [u8]>>) -> u32 {
        self.number(Value::Bytes(bytes.into()))
    }

    /// The number of what a string of JSON stands for.
    pub(super) fn string(&mut self, raw: &'t [u8]) -> u32 {
        self.number(Value::Scalar(Kind::String, meaning(raw)))
    }

    /// The numbers of all values of `outline`.
    pub(super) fn json(&mut self, text: &'t [u8], outline: &Outline) -> Vec<u32> {
        let nodes = outline.nodes();
        let mut classes = vec![0; nodes.len()];
        // What a container contains comes after it.
        for at in (0..nodes.len()).rev() {
            let node = &nodes[at];
            let inside = outline.children(u32::try_from(at).expect("nodes are counted in 32 bits"));
            let raw = &text[node.value()];
            let value = match node.kind() {
                Kind::Array => Value::Array(inside.map(|at| classes[at as usize]).collect()),
                Kind::Object => {
                    let member = |at: u32| {
                        let name = nodes[at as usize].key().unwrap_or_default();
                        (self.string(&text[name]), classes[at as usize])
                    };
                    let mut members: Vec<_> = inside.map(member).collect();
                    members.sort_by_key(|(name, _)| *name);
                    Value::Object(members)
                }
                Kind::String => Value::Scalar(Kind::String, meaning(raw)),
                kind => Value::Scalar(kind, Cow::Borrowed(raw)),
            };
            classes[at] = self.number(value);
        }
        classes
    }

    fn number(&mut self, value: Value<'t>) -> u32 {
        let next = u32::try_from(self.0.len()).expect("no two bodies have so many values");
        *self.0.entry(value).or_insert(next)
    }
}

/// What a string stands for, or how it is spelled if that is not text.
fn meaning(raw: &[u8]) -> Cow<'_, [u8]> {
    match unescape(raw) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) if text.contains(char::REPLACEMENT_CHARACTER) => Cow::Borrowed(raw),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
