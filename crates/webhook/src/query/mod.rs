//! The language in which captures are sought: parsed, printed back, matched in memory. Start at
//! [`parse`]; what a query is made of is in [`Node`] and [`Term`].
//!
//! Terms side by side must all hold: `provider:github status:5xx -type:ping payment`. Plain words
//! are looked for in target, headers and body, `field:value` in one field. `or(a, b)`, `not(a)`
//! and brackets join terms.

mod ast;
mod content;
mod field;
mod name;
mod parse;
mod path;
mod print;
mod problem;
mod subject;
mod suggest;
mod terms;
mod value;
mod when;
mod words;

#[cfg(test)]
mod tests;

pub use self::{
    ast::{Comparison, Node, Place, Query, StatusTest, Term, TextTest, Words},
    content::MAX_TEXT_BYTES,
    field::{Field, Mark, TextField},
    name::{NameField, NameTest, Pattern},
    parse::{MAX_QUERY_BYTES, Parsed, parse},
    path::{BodyPath, Step},
    problem::{Problem, ProblemKind},
    subject::{Facts, Subject, shown_path, verdict_holds},
    suggest::{Suggestions, ValuesOf, suggest},
    terms::{Entry, FieldTerms, entry, field_terms},
    when::{Day, Now, Time, Unit, When},
    words::{Sought, bag, phrase},
};
