//! One value of a JSON body, asked for by name; whatever is not there or of another type is
//! nothing. Start at [`Field`].

use std::borrow::Cow;

use crate::decode::json::{Kind, Node, Outline, unescape};

/// A text is read this far, in bytes: far more than a line shows.
const MAX_TEXT_BYTES: usize = 4096;

/// One value of a JSON body.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    text: &'a [u8],
    outline: &'a Outline,
    at: u32,
}

impl<'a> Field<'a> {
    /// The whole of `text`; `None` when nothing of it is JSON.
    pub(super) fn root(text: &'a [u8], outline: &'a Outline) -> Option<Self> {
        (!outline.nodes().is_empty()).then_some(Self {
            text,
            outline,
            at: 0,
        })
    }

    /// The value at the end of `path`: names of members, and positions in arrays, with dots
    /// between them.
    pub(super) fn at(self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self, Self::step)
    }

    fn step(self, name: &str) -> Option<Self> {
        let at = match self.node().kind() {
            Kind::Object => self.outline.member(self.text, self.at, name)?,
            Kind::Array => self.outline.children(self.at).nth(name.parse().ok()?)?,
            _ => return None,
        };
        Some(Self { at, ..self })
    }

    /// The string at `path`, if there is something in it.
    pub(super) fn text(self, path: &str) -> Option<Cow<'a, str>> {
        self.at(path)?.string()
    }

    /// The string or the number at `path`, a number as written.
    pub(super) fn word(self, path: &str) -> Option<Cow<'a, str>> {
        let field = self.at(path)?;
        match field.node().kind() {
            Kind::Number => Some(String::from_utf8_lossy(field.raw())),
            _ => field.string(),
        }
    }

    /// The first of `paths` with a string or a number.
    pub(super) fn first_word(self, paths: &[&str]) -> Option<Cow<'a, str>> {
        paths.iter().find_map(|path| self.word(path))
    }

    /// The whole number at `path`.
    pub(super) fn number(self, path: &str) -> Option<u32> {
        self.word(path)?.parse().ok()
    }

    /// Whether `true` stands at `path`.
    pub(super) fn is_true(self, path: &str) -> bool {
        self.at(path).is_some_and(|field| field.raw() == b"true")
    }

    /// Whether there is anything at `path`, `null` aside.
    pub(super) fn has(self, path: &str) -> bool {
        let field = self.at(path);
        field.is_some_and(|field| field.node().kind() != Kind::Null)
    }

    /// How many items the array at `path` has; `None` when the text was not read to its end.
    pub(super) fn count(self, path: &str) -> Option<u32> {
        self.at(path)?.items()
    }

    /// How many items it has itself, if it is an array that was read to its end.
    pub(super) fn items(self) -> Option<u32> {
        let node = self.node();
        let is_whole =
            self.outline.problem().is_none() || (node.end() as usize) < self.outline.nodes().len();
        (node.kind() == Kind::Array && is_whole).then(|| node.children())
    }

    fn string(self) -> Option<Cow<'a, str>> {
        let raw = self.raw();
        let is_text = self.node().kind() == Kind::String && raw.len() > 2;
        // A cut in the middle of a character or an escape shows far beyond what is read.
        is_text.then(|| unescape(&raw[..raw.len().min(MAX_TEXT_BYTES)]))
    }

    fn raw(self) -> &'a [u8] {
        &self.text[self.node().value()]
    }

    fn node(self) -> &'a Node {
        &self.outline.nodes()[self.at as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_another_type_is_passed_over() {
        let text = br#"{"a":{"b":["x",7]},"c":null,"d":"","e":[],"f":true,"g":{"0":"y"}}"#;
        let outline = Outline::parse(text);
        let root = Field::root(text, &outline).unwrap();
        assert_eq!(root.text("a.b.0").as_deref(), Some("x"));
        assert_eq!(root.word("a.b.1").as_deref(), Some("7"));
        assert_eq!(root.text("g.0").as_deref(), Some("y"));
        assert_eq!(root.number("a.b.1"), Some(7));
        assert_eq!(root.count("a.b"), Some(2));
        assert_eq!(root.first_word(&["c", "d", "a.b.1"]).as_deref(), Some("7"));
        assert!(root.is_true("f") && root.has("d") && !root.has("c") && !root.has("z"));
        for path in [
            "a", "a.b", "a.b.1", "a.b.9", "a.b.x", "a.b.0.c", "c", "d", "f", "",
        ] {
            assert_eq!(root.text(path), None, "{path}");
        }
        assert_eq!(root.count("g"), None);
        assert_eq!(root.number("a.b.0"), None);
    }

    #[test]
    fn an_array_that_was_cut_is_not_counted() {
        let text = br#"{"a":[1,2],"b":[1,2"#;
        let outline = Outline::parse(text);
        let root = Field::root(text, &outline).unwrap();
        assert_eq!((root.count("a"), root.count("b")), (Some(2), None));
    }
}
