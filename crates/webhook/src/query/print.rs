//! A query as text. What is printed is parsed as the same query again.

use std::fmt;

use super::{
    ast::{Comparison, Node, Place, Query, StatusTest, Term, TextTest, Words},
    field::TextField,
    name::NameTest,
};

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.node().fmt(f)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(all) => list(f, all, " "),
            Self::Or(all) => {
                f.write_str("or(")?;
                list(f, all, ", ")?;
                f.write_str(")")
            }
            Self::Not(inner) if matches!(**inner, Self::Term(_)) => write!(f, "-{inner}"),
            Self::Not(inner) => write!(f, "not({inner})"),
            Self::Term(term) => term.fmt(f),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str) -> fmt::Result {
    for (at, node) in nodes.iter().enumerate() {
        if at > 0 {
            f.write_str(between)?;
        }
        write!(f, "{node}")?;
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(Place::Anywhere, words) => words.fmt(f),
            Self::Words(Place::Body, words) => write!(f, "body:{words}"),
            Self::Text(field, test) => {
                match field {
                    TextField::Path => f.write_str("path")?,
                    TextField::Header(name) => write!(f, "header.{name}")?,
                    TextField::Body(path) => write!(f, "body{path}")?,
                }
                match test {
                    TextTest::Any => f.write_str(":*"),
                    TextTest::Has(text) => write!(f, ":{text}"),
                    TextTest::Like(pattern) => write!(f, ":{}", pattern.as_str()),
                    TextTest::Phrase(text) => {
                        f.write_str(":")?;
                        quoted(f, text)
                    }
                    TextTest::Is(text) => {
                        f.write_str("=")?;
                        value(f, text, is_bare)
                    }
                }
            }
            Self::Name(field, test) => {
                write!(f, "{}:", super::Field::Name(*field).name())?;
                match test {
                    NameTest::Any => f.write_str("*"),
                    NameTest::Like(pattern) => f.write_str(pattern.as_str()),
                    NameTest::Is(text) => value(f, text, |t| is_bare(t) && !t.contains('*')),
                }
            }
            Self::Status(StatusTest::Class(hundred)) => write!(f, "status:{hundred}xx"),
            Self::Status(StatusTest::NoAnswer) => f.write_str("status:none"),
            Self::Status(StatusTest::Compare(comparison, with)) => {
                write!(f, "status{}{with}", compared(*comparison))
            }
            Self::Size(comparison, bytes) => write!(f, "size{}{bytes}", compared(*comparison)),
            Self::Before(when) => write!(f, "before:{when}"),
            Self::After(when) => write!(f, "after:{when}"),
            Self::Is(mark) => write!(f, "is:{}", mark.name()),
        }
    }
}

const fn compared(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Equal => ":",
        other => other.sign(),
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_quoted() {
            quoted(f, self.text())
        } else {
            f.write_str(self.text())
        }
    }
}

fn value(f: &mut fmt::Formatter<'_>, text: &str, is_bare: impl Fn(&str) -> bool) -> fmt::Result {
    if is_bare(text) {
        f.write_str(text)
    } else {
        quoted(f, text)
    }
}

/// Whether `text` stands for itself behind a `:`.
fn is_bare(text: &str) -> bool {
    !text.is_empty() && !text.contains(ends_bare)
}

/// Whether `c` ends a text without quotes.
pub(super) fn ends_bare(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '"' | '(' | ')' | ',')
}

/// Writes `text` in quotes.
pub(super) fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            f.write_str("\\")?;
        }
        write!(f, "{c}")?;
    }
    f.write_str("\"")
}
