//! Where a change is. Start at [`Place`].

use std::fmt::{self, Write};

use crate::decode::json::push_member;

/// A place in a capture. Positions count from 0, lines from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// The method.
    Method,
    /// The target up to its `?`.
    Path,
    /// The version of HTTP.
    Version,
    /// The `nth` header of a name, in that capture's spelling.
    Header {
        /// Its name.
        name: String,
        /// Which of those of that name.
        nth: usize,
    },
    /// The `nth` parameter of a name in the query.
    Query {
        /// Its name, decoded.
        name: String,
        /// Which of those of that name.
        nth: usize,
    },
    /// A value of a JSON body.
    Json(Vec<Step>),
    /// The `nth` field of a name in a form.
    Form {
        /// Its name, decoded.
        name: String,
        /// Which of those of that name.
        nth: usize,
    },
    /// A value of JSON in a field of a form.
    FormJson {
        /// The field's name, decoded.
        name: String,
        /// The way to the value.
        steps: Vec<Step>,
    },
    /// A line of a text.
    Line(usize),
    /// The first byte of a body that differs.
    Byte(usize),
    /// The whole body, where there was or is none.
    Body,
}

/// One step down into a JSON value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// To the member of that name.
    Member(String),
    /// To the item at that position.
    Item(usize),
}

impl Place {
    /// The same place in any capture of its kind: items of JSON arrays without their positions,
    /// names of headers in lower case.
    #[must_use]
    pub fn pattern(&self) -> String {
        match self {
            Self::Json(steps) => any_item(steps),
            Self::FormJson { name, steps } => format!("form {name} {}", any_item(steps)),
            Self::Header { name, .. } => format!("header {}", name.to_ascii_lowercase()),
            Self::Query { name, .. } => format!("query {name}"),
            Self::Form { name, .. } => format!("form {name}"),
            Self::Line(_) => "line".to_owned(),
            Self::Byte(_) => "byte".to_owned(),
            Self::Method | Self::Path | Self::Version | Self::Body => self.to_string(),
        }
    }
}

/// For people, and as `JSONPath` (RFC 9535) where it is one: `$.commits[0].id`, `header X-A`,
/// `query page (2)` for the second of them, `line 3`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut named = |what, name: &str, nth: usize| match nth {
            0 => write!(f, "{what} {name}"),
            nth => write!(f, "{what} {name} ({})", nth + 1),
        };
        match self {
            Self::Header { name, nth } => named("header", name, *nth),
            Self::Query { name, nth } => named("query", name, *nth),
            Self::Form { name, nth } => named("form", name, *nth),
            Self::Method => f.write_str("method"),
            Self::Path => f.write_str("path"),
            Self::Version => f.write_str("version"),
            Self::Json(steps) => f.write_str(&one_item(steps)),
            Self::FormJson { name, steps } => write!(f, "form {name} {}", one_item(steps)),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(at) => write!(f, "byte {at}"),
            Self::Body => f.write_str("body"),
        }
    }
}

fn one_item(steps: &[Step]) -> String {
    path(steps, |path, at| {
        write!(path, "[{at}]").expect("a string takes any text");
    })
}

fn any_item(steps: &[Step]) -> String {
    path(steps, |path, _| path.push_str("[*]"))
}

fn path(steps: &[Step], push_item: impl Fn(&mut String, usize)) -> String {
    let mut path = String::from("$");
    for step in steps {
        match step {
            Step::Member(name) => push_member(&mut path, name),
            Step::Item(at) => push_item(&mut path, *at),
        }
    }
    path
}
