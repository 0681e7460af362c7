//! A JSON text laid out for reading: its tokens as sent, the space between them made anew.

use crate::decode::{
    indent,
    json::{Kind, Outline},
};

impl Outline {
    /// `text` with each value on a line of its own; numbers and strings stay letter for letter.
    /// None where it is not JSON to its end, or would take more than `most_bytes`.
    #[must_use]
    pub fn pretty(&self, text: &[u8], most_bytes: usize) -> Option<Vec<u8>> {
        if self.problem().is_some() {
            return None;
        }
        let mut out = Vec::with_capacity(text.len().min(most_bytes));
        // Of each container around: the index behind its last value, and its bracket.
        let mut open: Vec<(u32, u8)> = Vec::new();
        for (at, node) in (0..).zip(self.nodes()) {
            let mut is_first = true;
            while let Some((_, bracket)) = open.pop_if(|(end, _)| *end == at) {
                end_line(&mut out, open.len());
                out.push(bracket);
                is_first = false;
            }
            if at > 0 {
                is_first &= matches!(out.last(), Some(b'{' | b'['));
                if !is_first {
                    out.push(b',');
                }
                end_line(&mut out, open.len());
            }
            if let Some(key) = node.key() {
                out.extend_from_slice(&text[key]);
                out.extend_from_slice(b": ");
            }
            let (start, end) = match node.kind() {
                Kind::Object => (b'{', b'}'),
                Kind::Array => (b'[', b']'),
                Kind::String | Kind::Number | Kind::Bool | Kind::Null => {
                    out.extend_from_slice(&text[node.value()]);
                    continue;
                }
            };
            out.push(start);
            if node.children() == 0 {
                out.push(end);
            } else {
                open.push((node.end(), end));
            }
            if out.len() > most_bytes {
                return None;
            }
        }
        while let Some((_, bracket)) = open.pop() {
            end_line(&mut out, open.len());
            out.push(bracket);
        }
        (out.len() <= most_bytes).then_some(out)
    }
}

fn end_line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    indent(out, depth);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<&str>) {
        let pretty = Outline::parse(text.as_bytes()).pretty(text.as_bytes(), 4 << 20);
        let pretty = pretty.map(|pretty| String::from_utf8(pretty).unwrap());
        assert_eq!(pretty.as_deref(), want, "{text}");
    }

    #[test]
    fn tokens_stay_and_only_the_space_is_new() {
        check(
            r#" {"a":[1.50,{},[]],"\u00e9":{"b":[[1e400]]}, "c" : "x\/"} "#,
            Some(
                "{\n  \"a\": [\n    1.50,\n    {},\n    []\n  ],\n  \"\\u00e9\": {\n    \"b\": [\n      [\n        1e400\n      ]\n    ]\n  },\n  \"c\": \"x\\/\"\n}",
            ),
        );
        check("[]", Some("[]"));
        check("\u{feff}null", Some("null"));
        check(r#"["[", "{"]"#, Some("[\n  \"[\",\n  \"{\"\n]"));
        check("[1,]", None);
    }

    #[test]
    fn depth_costs_little_and_size_is_limited() {
        let deep = "[".repeat(50_000) + &"]".repeat(50_000);
        let outline = Outline::parse(deep.as_bytes());
        assert!(outline.pretty(deep.as_bytes(), 20 << 20).is_some());
        assert_eq!(outline.pretty(deep.as_bytes(), 1 << 20), None);
    }
}
