//! A JSON text as a flat list of its values, in one pass and without recursion, however broken or
//! deep it is. Start at [`Outline::parse`].
//!
//! The outline holds offsets only; the text stays with the caller and is handed in again.

mod node;
mod pretty;
mod reader;
mod text;

use std::{fmt::Write, ops::Range};

use self::reader::{index, read};
pub(crate) use self::text::push_member;
pub use self::{
    node::{Kind, Node, Problem},
    reader::MAX_NODES,
    text::unescape,
};
use crate::decode::without_bom;

/// The values of a JSON text in the order of the text, and the first thing wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outline {
    nodes: Vec<Node>,
    problem: Option<Problem>,
}

/// A container on the way to a node, and how the way leads on.
struct Step {
    container: u32,
    child: u32,
    /// The child's place among its siblings.
    position: u32,
    /// How much of the path leads to the container.
    path_bytes: usize,
}

/// The part of an outline that a window shows. See [`Outline::visible`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visible {
    /// How many nodes are to be seen in all.
    pub total: usize,
    /// The indexes of those in the window.
    pub nodes: Vec<u32>,
}

impl Visible {
    /// The nodes `from..to` are to be seen next.
    fn run(&mut self, from: u32, to: u32, window: &Range<usize>) {
        let (first, length) = (self.total, to.saturating_sub(from) as usize);
        self.total += length;
        let start = window.start.clamp(first, self.total) - first;
        let end = window.end.clamp(first, self.total) - first;
        self.nodes.extend((from..to).take(end).skip(start));
    }
}

impl Outline {
    /// Reads `text` as far as it is JSON (RFC 8259), a byte order mark before it aside.
    ///
    /// At the first error what was read so far is kept and [`Self::problem`] says where it ended.
    /// Bytes in strings that are not UTF-8 are no error here. A text over 4 GiB is not read at
    /// all, and of more than [`MAX_NODES`] values only the first.
    #[must_use]
    pub fn parse(text: &[u8]) -> Self {
        let start = text.len() - without_bom(text).len();
        let (nodes, end, message) = read(text, start);
        Self {
            nodes,
            problem: message.map(|message| Problem::at(&text[start..end], message)),
        }
    }

    /// All values, each container before what it contains.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// Why the text was not read to its end, if it was not.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// The nodes of `window` (positions among what is to be seen) when the containers in `folded`
    /// (ascending node indexes, such as a `BTreeSet<u32>`) hide what they contain.
    ///
    /// Takes time for `folded` and the window, not for the outline.
    #[must_use]
    pub fn visible<'a>(
        &self,
        folded: impl IntoIterator<Item = &'a u32>,
        window: Range<usize>,
    ) -> Visible {
        let mut seen = Visible::default();
        let mut next = 0;
        for at in folded {
            let Some(node) = self.nodes.get(*at as usize) else {
                break;
            };
            if *at >= next {
                seen.run(next, at + 1, &window);
                next = node.end;
            }
        }
        seen.run(next, index(self.nodes.len()), &window);
        seen
    }

    /// As [`Self::visible`], but all containers hide what they contain except those in `opened`
    /// (ascending node indexes).
    ///
    /// Takes time for what is to be seen.
    #[must_use]
    pub fn visible_in(&self, opened: &[u32], window: Range<usize>) -> Visible {
        let mut seen = Visible::default();
        let mut at = 0;
        while let Some(node) = self.nodes.get(at as usize) {
            seen.run(at, at + 1, &window);
            let is_open = opened.binary_search(&at).is_ok();
            at = if is_open { at + 1 } else { node.end };
        }
        seen
    }

    /// The containers around node `at`, the outermost first.
    #[must_use]
    pub fn around(&self, at: u32) -> Vec<u32> {
        let mut all = Vec::new();
        let mut here = 0;
        while here < at && (at as usize) < self.nodes.len() {
            all.push(here);
            let is_around = |child: &u32| at < self.nodes[*child as usize].end;
            let Some(child) = self.children(here).find(is_around) else {
                break;
            };
            here = child;
        }
        all
    }

    /// The place of node `at` as `JSONPath` (RFC 9535), such as `$.a[0]["odd key"]`; `$` alone for
    /// an index that is not there.
    #[must_use]
    pub fn path(&self, text: &[u8], at: u32) -> String {
        let mut path = String::from("$");
        let mut here = 0;
        while here < at && (at as usize) < self.nodes.len() {
            let mut position = 0;
            let mut child = here + 1;
            while self.nodes[child as usize].end <= at {
                child = self.nodes[child as usize].end;
                position += 1;
            }
            match self.nodes[child as usize].key() {
                Some(key) => push_member(&mut path, &unescape(&text[key])),
                None => write!(path, "[{position}]").expect("a string takes any text"),
            }
            here = child;
        }
        path
    }

    /// The places of `nodes` (ascending indexes) as [`Self::path`] gives them, in less time than
    /// one by one when they stand close to each other.
    #[must_use]
    pub fn paths(&self, text: &[u8], nodes: &[u32]) -> Vec<String> {
        let mut path = String::from("$");
        // From the outside in: the containers around, each with the child that leads on.
        let mut steps: Vec<Step> = Vec::new();
        let place = |at: &u32| {
            if (*at as usize) >= self.nodes.len() {
                return String::from("$");
            }
            while steps
                .pop_if(|step| self.nodes[step.container as usize].end <= *at)
                .is_some()
            {}
            let mut here = 0;
            if let Some(step) = steps.last_mut() {
                here = self.lead(step, *at, text, &mut path);
            }
            while here < *at {
                let mut step = Step {
                    container: here,
                    child: here + 1,
                    position: 0,
                    path_bytes: if here == 0 { 1 } else { path.len() },
                };
                here = self.lead(&mut step, *at, text, &mut path);
                steps.push(step);
            }
            path.clone()
        };
        nodes.iter().map(place).collect()
    }

    /// Moves `step` to the child that node `at` is or is in, and writes it at the end of `path`.
    fn lead(&self, step: &mut Step, at: u32, text: &[u8], path: &mut String) -> u32 {
        while self.nodes[step.child as usize].end <= at {
            step.child = self.nodes[step.child as usize].end;
            step.position += 1;
        }
        path.truncate(step.path_bytes);
        match self.nodes[step.child as usize].key() {
            Some(key) => push_member(path, &unescape(&text[key])),
            None => write!(path, "[{}]", step.position).expect("a string takes any text"),
        }
        step.child
    }

    /// The index of the member called `key` of the object at `at`: the last, as most readers of
    /// JSON see it, when there are several.
    #[must_use]
    pub fn member(&self, text: &[u8], at: u32, key: &str) -> Option<u32> {
        self.children(at)
            .filter(|child| {
                let span = self.nodes[*child as usize].key();
                span.is_some_and(|span| is_spelled(&text[span], key))
            })
            .last()
    }

    /// The indexes of what the container at `at` contains itself.
    pub fn children(&self, at: u32) -> impl Iterator<Item = u32> {
        let end = self.nodes.get(at as usize).map_or(0, |node| node.end);
        let inside = move |child: &u32| *child < end;
        std::iter::successors(at.checked_add(1).filter(inside), move |child| {
            Some(self.nodes[*child as usize].end).filter(inside)
        })
    }
}

/// Whether `raw`, quotes included, stands for `key`.
fn is_spelled(raw: &[u8], key: &str) -> bool {
    // Only these may stand for another text than their own.
    let is_indirect = || raw.contains(&b'\\') || key.contains(char::REPLACEMENT_CHARACTER);
    raw[1..raw.len() - 1] == *key.as_bytes() || is_indirect() && unescape(raw) == key
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// One line a node: its place, its text, how many it contains, the node after it.
    fn listing(text: &str) -> Vec<String> {
        let outline = Outline::parse(text.as_bytes());
        let line = |(at, node): (u32, &Node)| {
            let path = outline.path(text.as_bytes(), at);
            format!(
                "{path} {} {} {}",
                &text[node.value()],
                node.children(),
                node.end()
            )
        };
        (0..).zip(outline.nodes()).map(line).collect()
    }

    fn problem(text: &[u8]) -> Option<(usize, usize, &'static str)> {
        let outline = Outline::parse(text);
        outline.problem().map(|p| (p.line, p.column, p.message))
    }

    #[test]
    fn a_node_takes_32_bytes() {
        assert_eq!(size_of::<Node>(), 32);
    }

    #[test]
    fn values_stand_in_the_order_of_the_text() {
        let want = [
            r#"$ {"a": [1.50, {}], "odd key":null} 2 5"#,
            "$.a [1.50, {}] 2 4",
            "$.a[0] 1.50 0 3",
            "$.a[1] {} 0 4",
            r#"$["odd key"] null 0 5"#,
        ];
        assert_eq!(listing(r#"{"a": [1.50, {}], "odd key":null}"#), want);
        assert_eq!(listing("\u{feff} true "), ["$ true 0 1"]);
        let numbers = "[-0, 1e400, 12345678901234567890123, 0.1E-2]";
        assert_eq!(listing(numbers)[3], "$[2] 12345678901234567890123 0 4");
        assert_eq!(problem(numbers.as_bytes()), None);
    }

    #[test]
    fn a_broken_text_keeps_what_came_before() {
        let kept = [r#"$ {"a":[1, 1 3"#, "$.a [1, 1 3", "$.a[0] 1 0 3"];
        assert_eq!(listing(r#"{"a":[1,tru"#), kept);
        let check = |text: &str, line, column, message| {
            assert_eq!(
                problem(text.as_bytes()),
                Some((line, column, message)),
                "{text:?}"
            );
        };
        check("", 1, 1, "the text ends too early");
        check("{\"é\": 1,\n \"ü\" 2}", 2, 6, "expected `:`");
        check("[1 2]", 1, 4, "expected `,` or `]`");
        check("[1,]", 1, 4, "expected a value");
        check("[,1]", 1, 2, "expected a value");
        check("{\"a\":1,}", 1, 8, "expected a key in double quotes");
        check("{a:1}", 1, 2, "expected a key in double quotes");
        check("[1}", 1, 3, "expected `,` or `]`");
        check("{} {}", 1, 4, "expected the end of the text");
        check("01", 1, 2, "expected the end of the text");
        check("-", 1, 2, "expected a digit");
        check("1.", 1, 3, "expected a digit");
        check("\"a\nb\"", 1, 3, "a control character in a string");
        check("\"\\x\"", 1, 2, "not an escape that JSON knows");
        check("\"\\u12g4\"", 1, 2, "not an escape that JSON knows");
        check("\"ab", 1, 4, "the text ends in a string");
        check("\u{feff}[", 1, 2, "the text ends too early");
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let outline = Outline::parse(deep.as_bytes());
        assert_eq!(outline.problem(), None);
        assert_eq!(outline.nodes().len(), 100_000);
        assert_eq!(outline.nodes()[99_999].depth(), 99_999);
        assert_eq!(outline.path(deep.as_bytes(), 99_999).len(), 1 + 3 * 99_999);
        let unfinished = Outline::parse(&deep.as_bytes()[..100_000]);
        assert_eq!(unfinished.nodes()[0].end(), 100_000);
    }

    #[test]
    fn more_values_than_the_limit_are_said_and_not_kept() {
        let many = "[".repeat(MAX_NODES + 1);
        let outline = Outline::parse(many.as_bytes());
        assert_eq!(outline.nodes().len(), MAX_NODES);
        assert!(outline.problem().is_some());
    }

    #[test]
    fn strings_stand_for_what_they_escape() {
        let check = |raw: &str, want: &str| assert_eq!(unescape(raw.as_bytes()), want, "{raw}");
        check(r#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{c}\n\r\tz");
        check(r#""\u00e9\ud83d\ude00é""#, "é😀é");
        check(r#""\ud83d\u0041\ude00""#, "\u{fffd}A\u{fffd}");
        check(r#""\ud83d""#, "\u{fffd}");
        assert_eq!(unescape(b"\"\xff\\n\""), "\u{fffd}\n");
    }

    #[test]
    fn paths_quote_what_is_no_name() {
        let text = r#"{"_a1":1,"1a":1,"":1,"q\"\\":1,"é":1,"\u0001":1}"#;
        let outline = Outline::parse(text.as_bytes());
        let check = |at, want: &str| assert_eq!(outline.path(text.as_bytes(), at), want);
        check(1, "$._a1");
        check(2, r#"$["1a"]"#);
        check(3, r#"$[""]"#);
        check(4, r#"$["q\"\\"]"#);
        check(5, r#"$["é"]"#);
        check(6, r#"$["\u0001"]"#);
        check(99, "$");
    }

    #[test]
    fn the_last_of_several_members_counts() {
        let text = br#"{"a":1,"b":{"a":2},"\u0061":3}"#;
        let outline = Outline::parse(text);
        assert_eq!(outline.member(text, 0, "a"), Some(4));
        assert_eq!(outline.member(text, 2, "a"), Some(3));
        assert_eq!(outline.member(text, 0, "c"), None);
        assert_eq!(outline.member(text, 99, "c"), None);
    }

    fn arb_json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<i32>().prop_map(|n| n.to_string()),
            "[a-z\u{e9}\u{4e00}]{0,5}".prop_map(|text| format!("\"{text}\\n\"")),
        ];
        leaf.prop_recursive(5, 60, 6, |inner| {
            let members = prop::collection::vec(("[a-z ]{0,3}", inner.clone()), 0..6);
            prop_oneof![
                prop::collection::vec(inner, 0..6).prop_map(|all| format!("[{}]", all.join(" ,"))),
                members.prop_map(|all| {
                    let all: Vec<_> = all.iter().map(|(k, v)| format!("\"{k}\" : {v}")).collect();
                    format!("{{{}}}", all.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_json_has_no_problem_and_its_nodes_nest(text in arb_json()) {
            let outline = Outline::parse(text.as_bytes());
            prop_assert_eq!(outline.problem(), None);
            prop_assert_eq!(outline.nodes()[0].end() as usize, outline.nodes().len());
            for (at, node) in (0..).zip(outline.nodes()) {
                let children: Vec<_> = outline.children(at).collect();
                prop_assert_eq!(children.len(), node.children() as usize);
                for child in children {
                    let child = outline.nodes()[child as usize];
                    prop_assert_eq!(child.depth(), node.depth() + 1);
                    prop_assert!(child.value().start > node.value().start);
                    prop_assert!(child.value().end < node.value().end);
                }
            }
        }

        #[test]
        fn folding_hides_exactly_what_is_inside(
            text in arb_json(),
            folds in prop::collection::btree_set(0u32..60, 0..8),
            from in 0usize..30,
            length in 0usize..30,
        ) {
            let outline = Outline::parse(text.as_bytes());
            let nodes = outline.nodes();
            let hides = |fold: u32, at: u32| {
                fold < at && nodes.get(fold as usize).is_some_and(|node| at < node.end())
            };
            let want: Vec<u32> = (0..index(nodes.len()))
                .filter(|at| !folds.iter().any(|fold| hides(*fold, *at)))
                .collect();
            let seen = outline.visible(&folds, from..from + length);
            prop_assert_eq!(seen.total, want.len());
            let window: Vec<u32> = want.into_iter().skip(from).take(length).collect();
            prop_assert_eq!(seen.nodes, window);
        }

        #[test]
        fn opening_shows_what_folding_the_rest_shows(
            text in arb_json(),
            opened in prop::collection::btree_set(0u32..40, 0..8),
            at in 0u32..40,
        ) {
            let outline = Outline::parse(text.as_bytes());
            let opened: Vec<u32> = opened.into_iter().collect();
            let all = 0..index(outline.nodes().len());
            let rest: Vec<u32> = all.filter(|at| !opened.contains(at)).collect();
            let window = 0..usize::MAX;
            let seen = outline.visible_in(&opened, window.clone());
            prop_assert_eq!(&seen, &outline.visible(&rest, window.clone()));
            prop_assert_eq!(
                outline.paths(text.as_bytes(), &seen.nodes),
                seen.nodes.iter().map(|at| outline.path(text.as_bytes(), *at)).collect::<Vec<_>>()
            );
            // A node is to be seen when all around it is open.
            if (at as usize) < outline.nodes().len() {
                let around = outline.around(at);
                prop_assert_eq!(around.len(), outline.nodes()[at as usize].depth());
                prop_assert!(outline.visible_in(&around, window).nodes.contains(&at));
            }
        }

        #[test]
        fn no_bytes_make_it_panic(
            bytes in prop::collection::vec(
                prop_oneof![any::<u8>(), prop::sample::select(b"{}[]\",:\\u1e-.tn ".to_vec())],
                0..80,
            ),
        ) {
            let outline = Outline::parse(&bytes);
            for (at, node) in (0..).zip(outline.nodes()) {
                let _ = (outline.path(&bytes, at), unescape(&bytes[node.value()]));
            }
            let all = outline.visible(&BTreeSet::new(), 0..usize::MAX);
            prop_assert_eq!(all.nodes.len(), outline.nodes().len());
        }
    }
}
