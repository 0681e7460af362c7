//! A few letters sought in a body, whatever their case. Start at [`Needle::new`].

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use crate::decode::json::{Kind, Outline, unescape};

/// Letters that are sought; small and large ones are the same.
#[derive(Debug, Clone)]
pub struct Needle(Regex);

impl Needle {
    /// None where there is nothing to seek, or more than a few thousand letters.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let pattern = regex::escape(text);
        let built = RegexBuilder::new(&pattern).case_insensitive(true).build();
        built.ok().filter(|_| !text.is_empty()).map(Self)
    }

    /// Where it occurs in `text`, one behind the other.
    pub fn places<'a>(&'a self, text: &'a [u8]) -> impl Iterator<Item = Range<usize>> {
        self.0.find_iter(text).map(|found| found.range())
    }

    /// The values of `outline`, made of `text`, that it occurs in: in the key, in a scalar as it
    /// stands, or in what a string stands for.
    pub fn nodes<'a>(&'a self, text: &'a [u8], outline: &'a Outline) -> impl Iterator<Item = u32> {
        let holds = move |raw: &[u8], is_text: bool| {
            self.0.is_match(raw)
                || is_text && raw.contains(&b'\\') && self.0.is_match(unescape(raw).as_bytes())
        };
        (0..).zip(outline.nodes()).filter_map(move |(at, node)| {
            let is_container = matches!(node.kind(), Kind::Object | Kind::Array);
            let is_string = node.kind() == Kind::String;
            let is_it = node.key().is_some_and(|key| holds(within(text, key), true))
                || !is_container
                    && match is_string {
                        true => holds(within(text, node.value()), true),
                        false => holds(&text[node.value()], false),
                    };
            is_it.then_some(at)
        })
    }
}

/// A string's letters without its quotes, which nobody means.
fn within(text: &[u8], span: Range<usize>) -> &[u8] {
    let raw = &text[span];
    let raw = raw.strip_prefix(b"\"").unwrap_or(raw);
    raw.strip_suffix(b"\"").unwrap_or(raw)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_does_not_count_and_signs_are_letters() {
        let needle = Needle::new("a.B").unwrap();
        let places: Vec<_> = needle.places(b"a.b axb A.B\xff").collect();
        assert_eq!(places, [0..3, 8..11]);
        let needle = Needle::new("ÉTÉ").unwrap();
        assert_eq!(needle.places("l'été".as_bytes()).next(), Some(2..7));
        assert!(Needle::new("").is_none());
    }

    #[test]
    fn values_are_found_by_key_and_by_what_they_stand_for() {
        let text = br#"{"name": "Gra\u017cyna", "list": [12, true, "x"], "N\u0061me": null}"#;
        let outline = Outline::parse(text);
        let found = |sought: &str| -> Vec<u32> {
            Needle::new(sought).unwrap().nodes(text, &outline).collect()
        };
        assert_eq!(found("graż"), [1]);
        assert_eq!(found("\\u017c"), [1]);
        assert_eq!(found("name"), [1, 6]);
        assert_eq!(found("12"), [3]);
        assert_eq!(found("tru"), [4]);
        assert_eq!(found("\""), Vec::<u32>::new());
    }

    proptest! {
        #[test]
        fn what_stands_there_is_found(before in "[a-z]{0,20}", sought in "[A-Z(*.]{1,5}") {
            let text = format!("{before}{}", sought.to_lowercase());
            let needle = Needle::new(&sought).unwrap();
            prop_assert!(needle.places(text.as_bytes()).next().is_some());
        }
    }
}
