//! An answer held against what was expected. Start at [`Expected::differences`].

use serde_json::Value;

use super::Expected;
use crate::{escape, head};

/// Lines of a body that are shown of either side, at most.
const LINES: usize = 20;

/// One thing in which an answer is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about: `status`, `header NAME`, `body.PLACE`, `body`.
    pub what: String,
    /// What was expected, line by line.
    pub expected: Vec<String>,
    /// What was answered, escaped; nothing where there is nothing.
    pub answered: Vec<String>,
}

impl Expected {
    /// In what an answer of `status` with `head` (from its status line to the empty line) and `body`
    /// is not as expected.
    #[must_use]
    pub fn differences(&self, status: Option<u16>, head: &[u8], body: &[u8]) -> Vec<Difference> {
        let mut all = Vec::new();
        let mut differ = |what: String, expected: String, answered: Option<String>| {
            all.push(Difference {
                what,
                expected: vec![expected],
                answered: answered.into_iter().collect(),
            });
        };
        let answered = status.map(|status| status.to_string());
        if let Some(want) = &self.status
            && !answered.as_ref().is_some_and(|got| {
                got == want || want.ends_with("xx") && got.starts_with(&want[..1])
            })
        {
            differ("status".to_owned(), want.clone(), answered);
        }
        for (name, want) in &self.headers {
            let is_it = |field: &head::Header<'_>| field.name.eq_ignore_ascii_case(name.as_bytes());
            let got: Vec<_> = head::fields(head).filter(is_it).collect();
            let is_met = got
                .iter()
                .any(|field| want == "*" || field.value == want.as_bytes());
            if !is_met {
                let got = got.first().map(|field| escape::for_display(field.value).0);
                differ(format!("header {name}"), want.clone(), got);
            }
        }
        let value: Option<Value> = serde_json::from_slice(body).ok();
        for (place, want) in &self.places {
            let pointer = pointer(place).unwrap_or_default();
            let got = value.as_ref().and_then(|value| value.pointer(&pointer));
            if got != Some(want) {
                let dot = if place.starts_with('[') { "" } else { "." };
                let what = format!("body{dot}{place}");
                differ(what, want.to_string(), got.map(Value::to_string));
            }
        }
        if let Some(want) = &self.body {
            let wanted: Option<Value> = serde_json::from_slice(want).ok();
            let is_same = want == body || wanted.is_some() && wanted == value;
            if !is_same {
                let (expected, answered) =
                    (lines(want, wanted.as_ref()), lines(body, value.as_ref()));
                let (expected, answered) = apart(expected, answered);
                all.push(Difference {
                    what: "body".to_owned(),
                    expected,
                    answered,
                });
            }
        }
        all
    }
}

/// A body line by line; JSON one member a line.
fn lines(body: &[u8], value: Option<&Value>) -> Vec<String> {
    let pretty = value.and_then(|value| serde_json::to_string_pretty(value).ok());
    let text = pretty.unwrap_or_else(|| escape::for_terminal_text(body).0);
    text.lines().map(str::to_owned).collect()
}

/// Without the lines that both begin and end with, and not too many.
fn apart(mut a: Vec<String>, mut b: Vec<String>) -> (Vec<String>, Vec<String>) {
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    a.drain(..same);
    b.drain(..same);
    while let (Some(x), Some(y)) = (a.last(), b.last())
        && x == y
    {
        a.pop();
        b.pop();
    }
    for side in [&mut a, &mut b] {
        if side.len() > LINES {
            let more = side.len() - LINES;
            side.truncate(LINES);
            side.push(format!("… and {more} lines more"));
        }
    }
    (a, b)
}

/// The JSON pointer (RFC 6901) of a place such as `items[0].id` or `["a.b"]`; none when it is none.
pub(super) fn pointer(place: &str) -> Option<String> {
    let mut pointer = String::new();
    let mut step = |step: &str| {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    };
    let mut rest = place;
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix("[\"") {
            let (name, behind) = quoted.split_once("\"]")?;
            step(name);
            rest = behind;
        } else if let Some(number) = rest.strip_prefix('[') {
            let (number, behind) = number.split_once(']')?;
            step(&number.parse::<usize>().ok()?.to_string());
            rest = behind;
        } else {
            let name = rest.strip_prefix('.').unwrap_or(rest);
            let end = name.find(['.', '[']).unwrap_or(name.len());
            if end == 0 || name.contains(']') && !name.contains('[') {
                return None;
            }
            step(&name[..end]);
            rest = &name[end..];
        }
    }
    Some(pointer)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::golden::Golden;

    fn differing(answer: &str, status: u16, body: &str) -> Vec<String> {
        let file = format!("=== request\nGET / HTTP/1.1\n{answer}");
        let golden = Golden::parse(&file).unwrap();
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nSet-Cookie: a\r\nset-cookie: b\r\n\r\n";
        let all = golden
            .expected
            .differences(Some(status), head, body.as_bytes());
        let show =
            |one: Difference| format!("{} -{:?} +{:?}", one.what, one.expected, one.answered);
        all.into_iter().map(show).collect()
    }

    #[test]
    fn what_is_as_expected_differs_in_nothing() {
        let answer = "=== answer\nstatus: 2xx\nheader CONTENT-type: text/plain\nheader set-cookie: b\n\
                      header Set-Cookie: *\nbody.a[1].b: {\"c\": 1}\nbody[\"x.y/z\"]: null\n\
                      === answer body\n{ \"a\": [0, {\"b\": {\"c\": 1}}], \"x.y/z\": null }\n";
        let body = "{\"x.y/z\":null,\"a\":[0,{\"b\":{\"c\":1}}]}";
        assert_eq!(differing(answer, 204, body), Vec::<String>::new());
        assert!(differing("", 500, "").is_empty());
    }

    #[test]
    fn each_difference_says_what_was_expected_and_what_came() {
        let answer = "=== answer\nstatus: 200\nheader X-None: 1\nheader content-type: a/b\n\
                      body.ok: true\nbody.no: 1\n";
        let want = [
            "status -[\"200\"] +[\"500\"]",
            "header X-None -[\"1\"] +[]",
            "header content-type -[\"a/b\"] +[\"text/plain\"]",
            "body.ok -[\"true\"] +[\"\\\"yes\\\"\"]",
            "body.no -[\"1\"] +[]",
        ];
        assert_eq!(differing(answer, 500, "{\"ok\": \"yes\"}"), want);
    }

    #[test]
    fn of_a_whole_body_only_what_differs_is_shown() {
        let json = "=== answer body\n{\"a\": 1, \"b\": 2, \"c\": 3}\n";
        let got = differing(json, 200, "{\"a\": 1, \"b\": 5, \"c\": 3}");
        assert_eq!(got, ["body -[\"  \\\"b\\\": 2,\"] +[\"  \\\"b\\\": 5,\"]"]);
        let text = "=== answer body\none\ntwo\nthree\n";
        assert_eq!(differing(text, 200, "one\nthree"), ["body -[\"two\"] +[]"]);
    }
}
