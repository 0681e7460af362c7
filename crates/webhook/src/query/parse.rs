//! Reads the text of a query. Start at [`parse`].
//!
//! What cannot be read is told and left out, and the rest is read on, so that an editor can show
//! all that is wrong at once.

use std::ops::Range;

use super::{
    ast::{Comparison, Node, Place, Query, Term, TextTest, Words},
    field::{Field, Mark, TextField},
    name::{NameField, NameTest, Pattern},
    path::{BodyPath, Step, is_key_char},
    print::ends_bare,
    problem::{Problem, ProblemKind},
    value,
    when::When,
    words::bag,
};

/// Bytes of a query at the most.
pub const MAX_QUERY_BYTES: usize = 2_000;
/// Brackets in brackets at the most.
const MAX_DEPTH: usize = 32;

/// A text that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What could be read of it.
    pub query: Query,
    /// What could not, in the order of the text.
    pub problems: Vec<Problem>,
}

/// Reads `text`. Never fails: what is wrong is in the problems.
#[must_use]
pub fn parse(text: &str) -> Parsed {
    let mut length = text.len().min(MAX_QUERY_BYTES);
    while !text.is_char_boundary(length) {
        length -= 1;
    }
    let mut reader = Reader {
        text: &text[..length],
        at: 0,
        depth: 0,
        problems: Vec::new(),
    };
    let node = reader
        .list(None)
        .pop()
        .unwrap_or_else(|| Node::and(Vec::new()));
    let mut problems = reader.problems;
    if length < text.len() {
        problems.push(Problem {
            range: length..text.len(),
            kind: ProblemKind::TooLong,
        });
    }
    problems.sort_by_key(|problem| problem.range.start);
    Parsed {
        query: Query::new(node),
        problems,
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    problems: Vec<Problem>,
}

/// A bracket that is to be closed.
#[derive(Clone, Copy)]
struct Open {
    at: usize,
    /// It holds alternatives.
    is_or: bool,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn wrong<T>(&mut self, range: Range<usize>, kind: ProblemKind) -> Option<T> {
        self.problems.push(Problem { range, kind });
        None
    }

    /// Takes what `is_part` lets through.
    fn take(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let taken = &rest[..rest.find(|c| !is_part(c)).unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// Reads up to the bracket that closes `open`, or to the end: one node for each alternative,
    /// those left out of which nothing could be read.
    fn list(&mut self, open: Option<Open>) -> Vec<Node> {
        let (mut all, mut current) = (Vec::new(), Vec::new());
        // Something stood there, though it may not have been readable.
        let mut has_any = false;
        loop {
            self.take(is_blank);
            let at = self.at;
            let ends = match self.peek() {
                None => {
                    let is_cut = |p: &Problem| p.kind == ProblemKind::TooDeep;
                    if let Some(open) = open
                        && !self.problems.iter().any(is_cut)
                    {
                        self.wrong::<()>(open.at..open.at + 1, ProblemKind::OpenBracket);
                    }
                    true
                }
                Some(')') => {
                    self.at += 1;
                    if open.is_none() {
                        self.wrong::<()>(at..at + 1, ProblemKind::StrayBracket);
                    }
                    open.is_some()
                }
                Some(',') => {
                    self.at += 1;
                    match open {
                        Some(Open { is_or: true, .. }) => {
                            if !has_any {
                                self.wrong::<()>(at..at + 1, ProblemKind::NothingInside);
                            }
                            if !current.is_empty() {
                                all.push(Node::and(std::mem::take(&mut current)));
                            }
                            has_any = false;
                        }
                        Some(_) => drop(self.wrong::<()>(at..at + 1, ProblemKind::StrayComma)),
                        None => {}
                    }
                    false
                }
                Some(_) => {
                    has_any = true;
                    current.extend(self.term());
                    false
                }
            };
            if ends {
                if open.is_some() && !has_any && self.at > at {
                    self.wrong::<()>(at..self.at, ProblemKind::NothingInside);
                }
                if !current.is_empty() {
                    all.push(Node::and(current));
                }
                return all;
            }
        }
    }

    /// Reads one term and moves on, whatever stands there.
    fn term(&mut self) -> Option<Node> {
        let start = self.at;
        if self.depth >= MAX_DEPTH {
            self.at = self.text.len();
            return self.wrong(start..self.at, ProblemKind::TooDeep);
        }
        self.depth += 1;
        let node = self.one(start);
        self.depth -= 1;
        node
    }

    fn one(&mut self, start: usize) -> Option<Node> {
        let rest = self.rest();
        if let Some(negated) = rest.strip_prefix('-')
            && negated.starts_with(|c: char| !is_blank(c) && !matches!(c, ')' | ','))
        {
            self.at += 1;
            return Some(Node::Not(Box::new(self.term()?)));
        }
        if rest.starts_with('"') {
            let text = self.quoted()?;
            return self.words(start, Place::Anywhere, &text, true);
        }
        if rest.starts_with('(') {
            return self.brackets("");
        }
        let word = &rest[..rest.find(ends_bare).unwrap_or(rest.len())];
        let name = &word[..word
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(word.len())];
        let behind = &rest[name.len()..];
        if behind.starts_with('(')
            && ["and", "or", "not"]
                .iter()
                .any(|k| k.eq_ignore_ascii_case(name))
        {
            self.at += name.len();
            return self.brackets(name);
        }
        let is_operator = behind.starts_with([':', '=', '>', '<']);
        match Field::from_name(name) {
            Some(field) if is_operator => {
                self.at += name.len();
                return self.field(start, field, None).map(Node::Term);
            }
            Some(field @ Field::Header) if behind.starts_with('.') => {
                return self.header(start, field).map(Node::Term);
            }
            Some(field @ Field::Body) if behind.starts_with(['.', '[']) => {
                return self.body(start, field).map(Node::Term);
            }
            _ => {}
        }
        self.at += word.len();
        // An address has a colon and is no field.
        if !name.is_empty() && behind.starts_with(':') && !behind.starts_with("://") {
            if self.peek() == Some('"') && behind.starts_with(":\"") {
                self.quoted();
            }
            let kind = ProblemKind::UnknownField {
                name: name.to_owned(),
                meant: Field::nearest(name),
            };
            return self.wrong(start..start + name.len(), kind);
        }
        if matches!(word, "OR" | "AND" | "NOT") {
            return self.wrong(start..self.at, ProblemKind::Infix(word.to_owned()));
        }
        self.words(start, Place::Anywhere, word, false)
    }

    /// Reads brackets with what stands before them.
    fn brackets(&mut self, word: &str) -> Option<Node> {
        let open = Open {
            at: self.at,
            is_or: word.eq_ignore_ascii_case("or"),
        };
        self.at += 1;
        let mut alternatives = self.list(Some(open));
        if open.is_or && !alternatives.is_empty() {
            return Some(Node::or(alternatives));
        }
        // Where nothing could be read, why was told already.
        let node = alternatives.pop()?;
        Some(if word.eq_ignore_ascii_case("not") {
            Node::Not(Box::new(node))
        } else {
            node
        })
    }

    /// Reads a text in quotes.
    fn quoted(&mut self) -> Option<String> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at = start + at + 1;
                    return Some(text);
                }
                '\\' => {
                    let escaped = chars.next_if(|(_, next)| matches!(next, '"' | '\\'));
                    text.push(escaped.map_or('\\', |(_, next)| next));
                }
                c => text.push(c),
            }
        }
        self.at = self.text.len();
        self.wrong(start..self.at, ProblemKind::OpenQuote)
    }

    fn words(&mut self, start: usize, place: Place, text: &str, is_quoted: bool) -> Option<Node> {
        if !is_quoted && text.trim_end_matches('*').contains('*') {
            return self.wrong(start..self.at, ProblemKind::InnerStar);
        }
        match Words::new(text, is_quoted) {
            Some(words) => Some(Node::Term(Term::Words(place, words))),
            None => self.wrong(start..self.at, ProblemKind::NoWord(text.to_owned())),
        }
    }

    fn header(&mut self, start: usize, field: Field) -> Option<Term> {
        self.at += "header.".len();
        let name = self.take(|c| !ends_bare(c) && !matches!(c, ':' | '=' | '<' | '>'));
        if name.is_empty() {
            self.take(|c| !ends_bare(c));
            return self.wrong(start..self.at, ProblemKind::NoName(field));
        }
        self.field(
            start,
            field,
            Some(TextField::Header(name.to_ascii_lowercase())),
        )
    }

    fn body(&mut self, start: usize, field: Field) -> Option<Term> {
        self.at += "body".len();
        let mut steps = Vec::new();
        loop {
            let at = self.at;
            let step = match self.peek() {
                Some('.') => {
                    self.at += 1;
                    Some(Step::Key(self.take(is_key_char).to_owned()))
                        .filter(|step| *step != Step::Key(String::new()))
                }
                Some('[') => {
                    self.at += 1;
                    let step = if self.peek() == Some('"') {
                        Some(Step::Key(self.quoted()?))
                    } else {
                        self.take(|c| c.is_ascii_digit())
                            .parse()
                            .ok()
                            .map(Step::Item)
                    };
                    if self.peek() == Some(']') {
                        self.at += 1;
                    } else if step.is_some() {
                        self.take(|c| !ends_bare(c));
                        return self.wrong(at..at + 1, ProblemKind::OpenBracket);
                    }
                    step
                }
                _ => break,
            };
            let Some(step) = step else {
                self.take(|c| !ends_bare(c));
                return self.wrong(start..self.at, ProblemKind::NoName(field));
            };
            steps.push(step);
        }
        let path = BodyPath::new(steps)?;
        self.field(start, field, Some(TextField::Body(path)))
    }

    /// Reads the operator and the value behind a field.
    fn field(&mut self, start: usize, field: Field, text: Option<TextField>) -> Option<Term> {
        let is_number = matches!(field, Field::Status | Field::Size);
        let colon = usize::from(self.rest().starts_with(':'));
        let sign = Comparison::ALL
            .into_iter()
            .find(|(_, sign)| self.rest()[colon..].starts_with(sign));
        let mut comparison = None;
        match (colon, sign) {
            (_, Some((found, sign))) if is_number || colon == 0 => {
                self.at += colon + sign.len();
                comparison = Some(found);
            }
            (1, _) => self.at += 1,
            _ => {
                self.take(|c| !ends_bare(c));
                return self.wrong(start..self.at, ProblemKind::NoOperator(field));
            }
        }
        let from = self.at;
        let is_quoted = self.peek() == Some('"');
        let value = if is_quoted {
            self.quoted()?
        } else {
            self.take(|c| !ends_bare(c)).to_owned()
        };
        if field == Field::Header && text.is_none() {
            return self.wrong(start..self.at, ProblemKind::NoName(field));
        }
        if comparison.is_some_and(|found| found != Comparison::Equal) && !is_number {
            return self.wrong(start..self.at, ProblemKind::NotCompared(field));
        }
        if value.is_empty() && !is_quoted {
            return self.wrong(from..self.at, ProblemKind::NoValue(field));
        }
        self.value(field, text, comparison, from, value, is_quoted)
    }

    fn value(
        &mut self,
        field: Field,
        text: Option<TextField>,
        comparison: Option<Comparison>,
        from: usize,
        value: String,
        is_quoted: bool,
    ) -> Option<Term> {
        let range = from..self.at;
        let text = text.or((field == Field::Path).then_some(TextField::Path));
        if let Some(text) = text {
            let has_words = !bag(&value).is_empty();
            let test = if comparison.is_some() {
                TextTest::Is(value)
            } else if is_quoted && has_words {
                TextTest::Phrase(value)
            } else if !is_quoted && value == "*" {
                TextTest::Any
            } else if !is_quoted && value.contains('*') {
                TextTest::Like(Pattern::new(&value))
            } else if has_words {
                TextTest::Has(value)
            } else {
                return self.wrong(range, ProblemKind::NoWord(value));
            };
            return Some(Term::Text(text, test));
        }
        match field {
            Field::Name(name) => self.name(name, range, value, is_quoted || comparison.is_some()),
            Field::Status => match value::status(&value, comparison) {
                Some(test) => Some(Term::Status(test)),
                None => self.wrong(range, ProblemKind::NotAStatus(value)),
            },
            Field::Size => match value::size(&value) {
                Some(bytes) => Some(Term::Size(comparison.unwrap_or(Comparison::Equal), bytes)),
                None => self.wrong(range, ProblemKind::NotASize(value)),
            },
            Field::Before | Field::After => match When::parse(&value) {
                Some(when) if field == Field::Before => Some(Term::Before(when)),
                Some(when) => Some(Term::After(when)),
                None => self.wrong(range, ProblemKind::NotATime(value)),
            },
            Field::Is => match Mark::from_name(&value) {
                Some(mark) => Some(Term::Is(mark)),
                None => {
                    let (found, values) = (value, &Mark::NAMES[..]);
                    self.wrong(
                        range,
                        ProblemKind::NotOneOf {
                            field,
                            found,
                            values,
                        },
                    )
                }
            },
            Field::Header => self.wrong(range, ProblemKind::NoName(field)),
            Field::Body | Field::Path => match self.words(from, Place::Body, &value, is_quoted) {
                Some(Node::Term(term)) => Some(term),
                _ => None,
            },
        }
    }

    fn name(
        &mut self,
        name: NameField,
        range: Range<usize>,
        value: String,
        is_literal: bool,
    ) -> Option<Term> {
        if !is_literal && value == "*" {
            return Some(Term::Name(name, NameTest::Any));
        }
        if !is_literal && value.contains('*') {
            return Some(Term::Name(name, NameTest::Like(Pattern::new(&value))));
        }
        if let Some(values) = name.values()
            && !values
                .iter()
                .any(|known| known.eq_ignore_ascii_case(&value))
        {
            let (field, found) = (Field::Name(name), value);
            return self.wrong(
                range,
                ProblemKind::NotOneOf {
                    field,
                    found,
                    values,
                },
            );
        }
        Some(Term::Name(name, NameTest::Is(value)))
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}
