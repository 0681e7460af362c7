//! What may be typed next in a query. Start at [`suggest`].

use std::ops::Range;

use super::{
    ast::Comparison,
    content::{Piece, visit},
    field::{Field, Mark},
    name::NameField,
    path::{BodyPath, Step},
    print::ends_bare,
};
use crate::{capture::Capture, decode, escape, redact};

/// What may stand where the cursor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestions {
    /// The bytes that a suggestion takes the place of.
    pub range: Range<usize>,
    /// Texts for that place, the likelier first.
    pub texts: Vec<String>,
    /// What else may stand there is known to the caller alone.
    pub values_of: Option<ValuesOf>,
}

/// Values that are in the caller's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValuesOf {
    /// The names in this field.
    Field(NameField),
    /// The names of headers.
    HeaderNames,
    /// The values of this header.
    Header(String),
    /// Places in bodies.
    BodyPaths,
}

impl ValuesOf {
    /// Those values that `capture` itself has; endpoint, provider and type are known elsewhere.
    #[must_use]
    pub fn of(&self, capture: &Capture) -> Vec<String> {
        let text = |bytes| escape::for_display(bytes).0;
        match self {
            Self::Field(NameField::Method) => vec![text(capture.head.method())],
            Self::Field(_) => Vec::new(),
            Self::HeaderNames => {
                let names = capture.head.headers().map(|header| text(header.name));
                names.map(|name| name.to_ascii_lowercase()).collect()
            }
            Self::Header(name) if redact::is_secret_header(name.as_bytes()) => Vec::new(),
            Self::Header(name) => {
                let values = capture.head.all(name).map(text);
                values.filter(|value| !value.contains(ends_bare)).collect()
            }
            Self::BodyPaths => {
                let mut paths = Vec::new();
                let (kind, plain) = decode::sought(&capture.head, &capture.body);
                visit(kind, &plain, |piece| {
                    if let Piece::At(place, Some(_)) = piece {
                        let is_key = |step: &&Step| matches!(step, Step::Key(_));
                        let keys = place.iter().filter(is_key).cloned().collect();
                        paths.extend(BodyPath::new(keys).map(|path| path.to_string()));
                    }
                });
                paths
            }
        }
    }
}

/// What may be typed at the byte `cursor` of `text`.
#[must_use]
pub fn suggest(text: &str, cursor: usize) -> Suggestions {
    let mut cursor = cursor.min(text.len());
    while !text.is_char_boundary(cursor) {
        cursor -= 1;
    }
    let before = &text[..cursor];
    let none = |range| Suggestions {
        range,
        texts: Vec::new(),
        values_of: None,
    };
    if is_in_quotes(before) {
        return none(cursor..cursor);
    }
    let start = before.rfind(ends_bare).map_or(0, |at| {
        at + before[at..].chars().next().map_or(1, char::len_utf8)
    });
    // Behind a closing quote nothing can follow but a blank.
    if before[..start].ends_with('"') {
        return none(cursor..cursor);
    }
    let end = cursor
        + text[cursor..]
            .find(ends_bare)
            .unwrap_or(text.len() - cursor);
    let start = start + before[start..].len() - before[start..].trim_start_matches('-').len();
    let word = &before[start..];
    let at = |offset: usize| start + offset..end;
    match word.find([':', '=', '>', '<']) {
        Some(operator) => {
            let (name, behind) = word.split_at(operator);
            let value = behind.trim_start_matches([':', '=', '>', '<']);
            let (texts, values_of) = values(name, behind.len() > value.len());
            Suggestions {
                range: at(word.len() - value.len()),
                texts: begin_with(texts, value),
                values_of,
            }
        }
        None => {
            let lower = word.to_ascii_lowercase();
            if lower.starts_with("header.") {
                return Suggestions {
                    values_of: Some(ValuesOf::HeaderNames),
                    ..none(at("header.".len()))
                };
            }
            if lower.starts_with("body.") || lower.starts_with("body[") {
                return Suggestions {
                    values_of: Some(ValuesOf::BodyPaths),
                    ..none(at("body".len()))
                };
            }
            Suggestions {
                range: at(0),
                texts: begin_with(names(), word),
                values_of: None,
            }
        }
    }
}

/// What a term may begin with.
fn names() -> Vec<String> {
    let mut all = Vec::new();
    for (field, name) in Field::ALL {
        match field {
            Field::Header => all.push("header.".to_owned()),
            Field::Body => all.extend(["body:".to_owned(), "body.".to_owned()]),
            Field::Size => all.push("size>".to_owned()),
            _ => all.push(format!("{name}:")),
        }
    }
    all.extend(["not(".to_owned(), "or(".to_owned()]);
    all
}

/// What may follow the operator behind `name`.
fn values(name: &str, has_operator: bool) -> (Vec<String>, Option<ValuesOf>) {
    let texts = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect();
    let lower = name.to_ascii_lowercase();
    if let Some(header) = lower.strip_prefix("header.") {
        return (texts(&["*"]), Some(ValuesOf::Header(header.to_owned())));
    }
    let Some(field) = Field::from_name(name).filter(|_| has_operator) else {
        return (Vec::new(), None);
    };
    match field {
        Field::Name(name) => match name.values() {
            Some(values) => (texts(values), None),
            None => {
                let methods: &[&str] = &["POST", "GET", "PUT", "PATCH", "DELETE"];
                let known = if name == NameField::Method {
                    methods
                } else {
                    &[]
                };
                (texts(known), Some(ValuesOf::Field(name)))
            }
        },
        Field::Status => {
            let compared = Comparison::ALL.iter().map(|(_, sign)| format!("{sign}400"));
            let mut all: Vec<String> = texts(&["2xx", "3xx", "4xx", "5xx"]);
            all.extend(compared.filter(|text| text.starts_with(">=")));
            all.push("none".to_owned());
            (all, None)
        }
        Field::Size => (texts(&["1k", "10k", "100k", "1m"]), None),
        Field::Before | Field::After => (texts(&["1h", "today", "yesterday", "7d", "30d"]), None),
        Field::Is => (texts(&Mark::NAMES), None),
        Field::Path | Field::Header | Field::Body => (Vec::new(), None),
    }
}

fn begin_with(texts: Vec<String>, typed: &str) -> Vec<String> {
    let typed = typed.to_ascii_lowercase();
    let fits = |text: &String| text.to_ascii_lowercase().starts_with(&typed);
    texts.into_iter().filter(fits).collect()
}

/// Whether the end of `text` stands in quotes that are still open.
fn is_in_quotes(text: &str) -> bool {
    let mut is_open = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => is_open = !is_open,
            '\\' if is_open => drop(chars.next_if(|next| matches!(next, '"' | '\\'))),
            _ => {}
        }
    }
    is_open
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What follows `text`, the cursor at its `|`.
    fn at(text: &str) -> Suggestions {
        let cursor = text.find('|').unwrap();
        suggest(&text.replace('|', ""), cursor)
    }

    fn check(text: &str, range: Range<usize>, texts: &[&str]) {
        let found = at(text);
        assert_eq!(
            (found.range, &found.texts[..texts.len()]),
            (range, &texts.map_owned()[..]),
            "{text}"
        );
    }

    trait Owned {
        fn map_owned(&self) -> Vec<String>;
    }
    impl Owned for [&str] {
        fn map_owned(&self) -> Vec<String> {
            self.iter().map(|text| (*text).to_owned()).collect()
        }
    }

    #[test]
    fn a_term_begins_with_a_field() {
        check("|", 0..0, &["provider:", "type:"]);
        check("pro|", 0..3, &["provider:"]);
        check("x -st|", 3..5, &["status:"]);
        check("not(he|ader)", 4..10, &["header."]);
        assert_eq!(at("payment|").texts, Vec::<String>::new());
    }

    #[test]
    fn a_field_is_followed_by_its_values() {
        check("is:h|", 3..4, &["held"]);
        check("a source:|", 9..9, &["relay", "local"]);
        check("status:n|", 7..8, &["none"]);
        check("after:|", 6..6, &["1h", "today"]);
        check("verify:un|", 7..9, &["unknown", "unsigned"]);
        let of = |text| at(text).values_of;
        assert_eq!(of("type:pu|"), Some(ValuesOf::Field(NameField::Type)));
        assert_eq!(of("header.x-g|"), Some(ValuesOf::HeaderNames));
        assert_eq!(
            of("header.Host:a|"),
            Some(ValuesOf::Header("host".to_owned()))
        );
        assert_eq!(of("or(body.rep|"), Some(ValuesOf::BodyPaths));
    }

    #[test]
    fn nothing_is_suggested_in_quotes_or_behind_them() {
        for text in ["\"is:|", "path:\"/a|", "\"a\"|", "\"a\\\"is:|"] {
            assert_eq!(at(text).texts, Vec::<String>::new(), "{text}");
        }
        check("\"a\" is:f|", 7..8, &["failed", "flawed"]);
    }
}
