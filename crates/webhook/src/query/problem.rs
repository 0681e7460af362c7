//! What is wrong with the text of a query, in words for a person. Start at [`Problem`].

use std::{fmt, ops::Range};

use super::field::Field;

/// A place in a query that could not be read, and what was expected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The bytes that it is about; an empty range is a place where something is missing.
    pub range: Range<usize>,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// What is wrong. Its text says what was expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProblemKind {
    /// The query is longer than can be read.
    TooLong,
    /// Brackets in brackets, too many.
    TooDeep,
    /// There is no such field.
    UnknownField {
        /// As it was written.
        name: String,
        /// The field that may have been meant.
        meant: Option<&'static str>,
    },
    /// `header.` or `body.` without a name behind it.
    NoName(Field),
    /// A field without `:` behind it.
    NoOperator(Field),
    /// `>` or its like behind a field that is not compared.
    NotCompared(Field),
    /// A field without a value.
    NoValue(Field),
    /// Not one of the values that there are.
    NotOneOf {
        /// Of this field.
        field: Field,
        /// As it was written.
        found: String,
        /// The values.
        values: &'static [&'static str],
    },
    /// Not a status.
    NotAStatus(String),
    /// Not a size.
    NotASize(String),
    /// Not a point in time.
    NotATime(String),
    /// A `"` that has no other.
    OpenQuote,
    /// A `(` or `[` that has no other.
    OpenBracket,
    /// A `)` that has no other.
    StrayBracket,
    /// Nothing in brackets, or between two commas.
    NothingInside,
    /// A `,` where no alternatives are.
    StrayComma,
    /// `OR` and its like between two terms.
    Infix(String),
    /// No letter and no digit to look for.
    NoWord(String),
    /// A `*` that is not at the end of a plain word.
    InnerStar,
}

impl ProblemKind {
    /// A word for it, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::TooDeep => "too_deep",
            Self::UnknownField { .. } => "unknown_field",
            Self::NoName(_) => "no_name",
            Self::NoOperator(_) => "no_operator",
            Self::NotCompared(_) => "not_compared",
            Self::NoValue(_) => "no_value",
            Self::NotOneOf { .. } => "not_one_of",
            Self::NotAStatus(_) => "not_a_status",
            Self::NotASize(_) => "not_a_size",
            Self::NotATime(_) => "not_a_time",
            Self::OpenQuote => "open_quote",
            Self::OpenBracket => "open_bracket",
            Self::StrayBracket => "stray_bracket",
            Self::NothingInside => "nothing_inside",
            Self::StrayComma => "stray_comma",
            Self::Infix(_) => "infix",
            Self::NoWord(_) => "no_word",
            Self::InnerStar => "inner_star",
        }
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(
                f,
                "a query may have {} bytes, and the rest was left out",
                super::MAX_QUERY_BYTES
            ),
            Self::TooDeep => f.write_str("brackets are too deep in each other here"),
            Self::UnknownField { name, meant } => {
                write!(f, "there is no field `{name}`")?;
                match meant {
                    Some(meant) => write!(f, ": did you mean `{meant}:`?"),
                    None => write!(f, ": to look for the text put it in quotes, \"{name}:…\""),
                }
            }
            Self::NoName(Field::Header) => {
                f.write_str("expected the name of a header, as in `header.content-type:json`")
            }
            Self::NoName(_) => {
                f.write_str("expected a place in the body, as in `body.repository.name:acme`")
            }
            Self::NoOperator(field) => {
                let name = field.name();
                write!(f, "expected `:` and a value behind the field `{name}`")
            }
            Self::NotCompared(field) => {
                let name = field.name();
                write!(f, "`{name}` is not compared: expected `{name}:` and a value")
            }
            Self::NoValue(Field::Status) => {
                f.write_str("expected a status, as in `status:404`, `status:5xx` or `status>=400`")
            }
            Self::NoValue(Field::Size) => f.write_str("expected a size, as in `size>10k`"),
            Self::NoValue(field @ (Field::Before | Field::After)) => {
                let name = field.name();
                write!(f, "expected a time, as in `{name}:2h`, `{name}:today` or `{name}:2026-01-31`")
            }
            Self::NoValue(Field::Header) => f.write_str(
                "expected a value; for all that have this header at all, `*`",
            ),
            Self::NoValue(Field::Is) => {
                write!(f, "expected one of {}", super::Mark::NAMES.join(", "))
            }
            Self::NoValue(field) => {
                write!(f, "expected a value behind `{}:`", field.name())
            }
            Self::NotOneOf {
                field,
                found,
                values,
            } => {
                let (name, values) = (field.name(), values.join(", "));
                write!(f, "`{name}:` knows no `{found}`: expected one of {values}")
            }
            Self::NotAStatus(found) => {
                write!(f, "`{found}` is no status: expected one such as 404, 5xx for all from 500 to 599, or none")
            }
            Self::NotASize(found) => {
                write!(f, "`{found}` is no size: expected bytes, or one such as 10k, 1.5MB or 64KiB")
            }
            Self::NotATime(found) => write!(
                f,
                "`{found}` is no time: expected one such as 30m, 2h, 7d, today, 2026-01-31 or 2026-01-31T10:30"
            ),
            Self::OpenQuote => f.write_str("expected a closing `\"`"),
            Self::OpenBracket => f.write_str("expected a closing bracket for this one"),
            Self::StrayBracket => f.write_str("there is no open bracket that this `)` closes"),
            Self::NothingInside => f.write_str("expected something to look for here"),
            Self::StrayComma => {
                f.write_str("a `,` stands between the alternatives of `or(a, b)`: expected a blank")
            }
            Self::Infix(word) => match word.as_str() {
                "OR" => f.write_str("expected `or(a, b)`; for the word itself, \"OR\" in quotes"),
                "NOT" => f.write_str("expected `not(a)` or `-a`; for the word itself, \"NOT\" in quotes"),
                _ => f.write_str("terms side by side must all hold: expected them without `AND`"),
            },
            Self::NoWord(found) => {
                write!(f, "`{found}` has no letter and no digit that could be looked for")
            }
            Self::InnerStar => f.write_str(
                "a `*` may end a plain word; within one it is read only in a field, as in `path:/a*b`",
            ),
        }
    }
}
