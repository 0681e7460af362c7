//! The few members of a JSON body that a sender signs or signs with.

use std::{borrow::Cow, ops::Range};

use serde::Serialize;

use crate::{
    decode::json::{Kind, Outline, unescape},
    verify::verdict::Flaw,
};

/// A JSON body, read.
pub(crate) struct Document<'a> {
    text: &'a [u8],
    outline: Outline,
}

impl<'a> Document<'a> {
    /// Reads `text`, which has to be JSON to its end.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, Flaw> {
        let outline = Outline::parse(text);
        match outline.problem() {
            Some(_) => Err(Flaw::Malformed("the body is no JSON".to_owned())),
            None => Ok(Self { text, outline }),
        }
    }

    /// The node at the end of `path`, member names from the root.
    pub(crate) fn at(&self, path: &[&str]) -> Option<u32> {
        self.below(0, path)
    }

    /// The node at the end of `path` from `node`.
    pub(crate) fn below(&self, node: u32, path: &[&str]) -> Option<u32> {
        path.iter()
            .try_fold(node, |at, name| self.outline.member(self.text, at, name))
    }

    /// What the container `node` holds itself.
    pub(crate) fn children(&self, node: u32) -> impl Iterator<Item = u32> {
        self.outline.children(node)
    }

    pub(crate) fn kind(&self, node: u32) -> Kind {
        self.outline.nodes()[node as usize].kind()
    }

    /// Where `node` stands in the text.
    pub(crate) fn span(&self, node: u32) -> Range<usize> {
        self.outline.nodes()[node as usize].value()
    }

    /// The text of the string at the end of `path`.
    pub(crate) fn string(&self, path: &[&str]) -> Option<Cow<'a, str>> {
        let node = self.at(path)?;
        (self.kind(node) == Kind::String).then(|| unescape(&self.text[self.span(node)]))
    }

    /// The scalar `node` as text: what a string stands for, a number and `true` as written,
    /// nothing for `null`.
    pub(crate) fn scalar(&self, node: u32) -> Cow<'a, str> {
        let raw = &self.text[self.span(node)];
        match self.kind(node) {
            Kind::Null => Cow::Borrowed(""),
            _ => unescape(raw),
        }
    }

    /// The text with the values of `nodes` replaced by other JSON.
    pub(crate) fn replaced(&self, nodes: &[(u32, String)]) -> Vec<u8> {
        let mut nodes: Vec<_> = nodes.iter().collect();
        nodes.sort_by_key(|(node, _)| *node);
        let mut text = self.text.to_vec();
        for (node, json) in nodes.into_iter().rev() {
            text.splice(self.span(*node), json.bytes());
        }
        text
    }
}

/// `text` as a JSON string.
pub(crate) fn quoted(text: &str) -> String {
    line(&text)
}

/// `value`, made of texts, numbers and flags, as one line of JSON.
pub(crate) fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts, numbers and flags can always be written as JSON")
}
