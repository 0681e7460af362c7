//! What a query is made of. Start at [`Query`].

use super::{
    field::{Mark, TextField},
    name::{NameField, NameTest, Pattern},
    when::When,
    words::{Sought, phrase},
};

/// What captures must be to be let through.
///
/// It prints as the text that it is parsed from, in one form: printed and parsed again it is the
/// same query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query(Node);

/// A term, or several that are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// All of them hold; none is everything. Not one alone, and no other `And` directly in it.
    And(Vec<Self>),
    /// At least one of them holds. Not one alone or none, and no other `Or` directly in it.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A term.
    Term(Term),
}

/// One thing that is asked of a capture. What is not known of it does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// Words in the body, or anywhere.
    Words(Place, Words),
    /// The text of a field.
    Text(TextField, TextTest),
    /// The name in a field.
    Name(NameField, NameTest),
    /// The status of the last answer of the application that it was passed on to.
    Status(StatusTest),
    /// Bytes of the body.
    Size(Comparison, u64),
    /// Received before that.
    Before(When),
    /// Received then or after it.
    After(When),
    /// A mark.
    Is(Mark),
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In target, headers and body.
    Anywhere,
    /// In the body.
    Body,
}

/// Words that stand side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    text: String,
    is_quoted: bool,
    sought: Sought,
}

/// What the text of a field must be. Where a field has several texts, one must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// There is one.
    Any,
    /// All these words are in them, in whatever order.
    Has(String),
    /// These words stand in it side by side.
    Phrase(String),
    /// It is this text, letters of ASCII in either case.
    Is(String),
    /// It is of this form.
    Like(Pattern),
}

/// What a status must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusTest {
    /// In that hundred: 5 is 500 to 599.
    Class(u16),
    /// Compared to that.
    Compare(Comparison, u16),
    /// There is none: it was not passed on, or nothing came back.
    NoAnswer,
}

/// How two numbers must stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the operators")]
pub enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Query {
    /// A query that lets everything through.
    #[must_use]
    pub const fn everything() -> Self {
        Self(Node::And(Vec::new()))
    }

    /// The query that is `node`.
    #[must_use]
    pub const fn new(node: Node) -> Self {
        Self(node)
    }

    /// What it is made of.
    #[must_use]
    pub const fn node(&self) -> &Node {
        &self.0
    }

    /// Whether it asks for `field` anywhere.
    #[must_use]
    pub fn asks_for(&self, field: NameField) -> bool {
        fn asks(node: &Node, field: NameField) -> bool {
            match node {
                Node::And(all) | Node::Or(all) => all.iter().any(|one| asks(one, field)),
                Node::Not(inner) => asks(inner, field),
                Node::Term(Term::Name(known, _)) => *known == field,
                Node::Term(_) => false,
            }
        }
        asks(self.node(), field)
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        matches!(&self.0, Node::And(all) if all.is_empty())
    }
}

impl Node {
    /// All of `nodes`.
    #[must_use]
    pub fn and(nodes: Vec<Self>) -> Self {
        let mut all = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::And(inner) => all.extend(inner),
                other => all.push(other),
            }
        }
        match <[Self; 1]>::try_from(all) {
            Ok([one]) => one,
            Err(all) => Self::And(all),
        }
    }

    /// At least one of `nodes`; of none, everything.
    #[must_use]
    pub fn or(nodes: Vec<Self>) -> Self {
        let mut all = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Self::Or(inner) => all.extend(inner),
                other => all.push(other),
            }
        }
        match <[Self; 1]>::try_from(all) {
            Ok([one]) => one,
            Err(none) if none.is_empty() => Self::And(none),
            Err(all) => Self::Or(all),
        }
    }
}

impl Words {
    /// The words of `text`, if there is a letter or digit in it. Quoted they are whole words;
    /// else the last one may go on.
    pub(super) fn new(text: &str, is_quoted: bool) -> Option<Self> {
        phrase(text, !is_quoted).map(|sought| Self {
            text: text.to_owned(),
            is_quoted,
            sought,
        })
    }

    /// The text that they were made from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it stands in quotes.
    #[must_use]
    pub const fn is_quoted(&self) -> bool {
        self.is_quoted
    }

    /// What is to be found.
    #[must_use]
    pub const fn sought(&self) -> &Sought {
        &self.sought
    }
}

impl StatusTest {
    /// Whether `status`, if there is one, is what is asked for.
    #[must_use]
    pub const fn holds(self, status: Option<u16>) -> bool {
        match (self, status) {
            (Self::NoAnswer, status) => status.is_none(),
            (_, None) => false,
            (Self::Class(hundred), Some(status)) => status / 100 == hundred,
            (Self::Compare(comparison, with), Some(status)) => {
                comparison.holds(status as u64, with as u64)
            }
        }
    }
}

impl Comparison {
    /// All of them, with what they are written as; longer ones before their beginnings.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::GreaterOrEqual, ">="),
        (Self::LessOrEqual, "<="),
        (Self::Greater, ">"),
        (Self::Less, "<"),
        (Self::Equal, "="),
    ];

    /// What it is written as; so it is in SQL.
    #[must_use]
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }

    /// Whether `a` stands to `b` so.
    #[must_use]
    pub const fn holds(self, a: u64, b: u64) -> bool {
        match self {
            Self::Equal => a == b,
            Self::Greater => a > b,
            Self::GreaterOrEqual => a >= b,
            Self::Less => a < b,
            Self::LessOrEqual => a <= b,
        }
    }
}
