//! A capture with what is known of it, held against a query in memory. Start at
//! [`Query::matches`].

use std::{borrow::Cow, cell::OnceCell};

use super::{
    ast::{Node, Place, Query, Term, TextTest},
    content::{Piece, visit},
    field::{Mark, TextField},
    name::{NameField, NameTest},
    when::Now,
    words::{self, bag, phrase},
};
use crate::{
    capture::Capture,
    decode::{self, BodyKind},
    escape,
};

/// Characters of a target that are kept for the list, and sought as its path.
const TARGET_CHARS: usize = 512;
/// Characters of a method that are kept for the list.
const METHOD_CHARS: usize = 64;

/// What is known of a capture besides what was sent. What is not known does not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts<'a> {
    /// Where it came in: `relay`, `local` or `import`.
    pub source: Option<&'a str>,
    /// What people call its endpoint.
    pub endpoint_name: Option<&'a str>,
    /// Who sent it, in the words of the recogniser.
    pub provider: Option<&'a str>,
    /// The type of its event.
    pub event: Option<&'a str>,
    /// The status of the last answer of the application that it was passed on to.
    pub status: Option<u16>,
    /// What the sender calls its delivery.
    pub delivery_id: Option<&'a str>,
    /// What its signature proved, in the one word that a verdict has for it, such as `ok`.
    pub verdict: Option<&'a str>,
    /// The marks that it has.
    pub marks: &'a [Mark],
}

/// A capture that is held against queries. Its text is decoded when a query first needs it.
#[derive(Debug)]
pub struct Subject<'a> {
    capture: &'a Capture,
    facts: Facts<'a>,
    plain: OnceCell<(BodyKind, Cow<'a, [u8]>)>,
    head: OnceCell<String>,
    body: OnceCell<String>,
}

impl<'a> Subject<'a> {
    /// `capture` with what is known of it.
    #[must_use]
    pub const fn new(capture: &'a Capture, facts: Facts<'a>) -> Self {
        Self {
            capture,
            facts,
            plain: OnceCell::new(),
            head: OnceCell::new(),
            body: OnceCell::new(),
        }
    }

    /// The body without its codings, and what it is.
    fn plain(&self) -> (BodyKind, &[u8]) {
        let capture = self.capture;
        let (kind, plain) = self
            .plain
            .get_or_init(|| decode::sought(&capture.head, &capture.body));
        (*kind, plain)
    }

    fn head(&self) -> &str {
        self.head.get_or_init(|| head_stream(self.capture))
    }

    fn body(&self) -> &str {
        self.body.get_or_init(|| {
            let mut stream = String::from(" ");
            let (kind, plain) = self.plain();
            visit(kind, plain, |piece| {
                if let Piece::Text(text) | Piece::At(_, Some(text)) = piece {
                    words::push(&mut stream, text);
                }
            });
            stream
        })
    }

    /// The texts of `field`, and whether it is there at all.
    fn texts(&self, field: &TextField) -> (Vec<String>, bool) {
        let mut texts = Vec::new();
        let mut is_there = false;
        match field {
            TextField::Path => texts.push(shown_path(self.capture.head.target())),
            TextField::Header(name) => {
                let lossy = |value| String::from_utf8_lossy(value).into_owned();
                texts.extend(self.capture.head.all(name).map(lossy));
            }
            TextField::Body(path) => {
                let (kind, plain) = self.plain();
                visit(kind, plain, |piece| {
                    if let Piece::At(place, text) = piece
                        && path.leads_to(place)
                    {
                        is_there = true;
                        texts.extend(text.map(str::to_owned));
                    }
                });
            }
        }
        is_there |= !texts.is_empty();
        (texts, is_there)
    }

    fn holds_text(&self, field: &TextField, test: &TextTest) -> bool {
        let (texts, is_there) = self.texts(field);
        let stream = |text: &String| {
            let mut stream = String::from(" ");
            words::push(&mut stream, text);
            stream
        };
        match test {
            TextTest::Any => is_there,
            TextTest::Has(want) => {
                let streams: Vec<_> = texts.iter().map(stream).collect();
                let is_in_one = |sought: &words::Sought| streams.iter().any(|s| sought.is_in(s));
                bag(want).iter().all(is_in_one)
            }
            TextTest::Phrase(want) => phrase(want, false)
                .is_some_and(|sought| texts.iter().any(|text| sought.is_in(&stream(text)))),
            TextTest::Is(want) => texts.iter().any(|text| text.eq_ignore_ascii_case(want)),
            TextTest::Like(pattern) => texts.iter().any(|text| pattern.holds(text)),
        }
    }

    fn holds_name(&self, field: NameField, test: &NameTest) -> bool {
        let is_it = |name: Option<&str>| name.is_some_and(|name| test.holds(name));
        match field {
            NameField::Provider => is_it(self.facts.provider),
            NameField::Type => is_it(self.facts.event),
            NameField::Method => {
                let shown = escape::for_display(self.capture.head.method()).0;
                let shown: String = shown.chars().take(METHOD_CHARS).collect();
                is_it(Some(&shown))
            }
            NameField::Endpoint => {
                is_it(Some(self.capture.endpoint.as_str())) || is_it(self.facts.endpoint_name)
            }
            NameField::Source => is_it(self.facts.source),
            NameField::Delivery => is_it(self.facts.delivery_id),
            NameField::Verify => verdict_holds(self.facts.verdict, test),
        }
    }

    fn holds(&self, term: &Term, now: Now) -> bool {
        match term {
            Term::Words(Place::Body, words) => words.sought().is_in(self.body()),
            Term::Words(Place::Anywhere, words) => {
                let sought = words.sought();
                sought.is_in(self.head()) || sought.is_in(self.body())
            }
            Term::Text(field, test) => self.holds_text(field, test),
            Term::Name(field, test) => self.holds_name(*field, test),
            Term::Status(test) => test.holds(self.facts.status),
            Term::Size(comparison, bytes) => {
                let size = u64::try_from(self.capture.body.len()).unwrap_or(u64::MAX);
                comparison.holds(size, *bytes)
            }
            Term::Before(when) => self.capture.received_at_ms < when.at_ms(now),
            Term::After(when) => self.capture.received_at_ms >= when.at_ms(now),
            Term::Is(mark) => self.facts.marks.contains(mark),
        }
    }

    fn holds_node(&self, node: &Node, now: Now) -> bool {
        match node {
            Node::And(all) => all.iter().all(|one| self.holds_node(one, now)),
            Node::Or(all) => all.iter().any(|one| self.holds_node(one, now)),
            Node::Not(inner) => !self.holds_node(inner, now),
            Node::Term(term) => self.holds(term, now),
        }
    }
}

impl Query {
    /// Whether it lets `subject` through, asked at `now`.
    #[must_use]
    pub fn matches(&self, subject: &Subject<'_>, now: Now) -> bool {
        subject.holds_node(self.node(), now)
    }
}

/// The path of `target` as it is shown and sought: escaped, its first 512 characters at the most.
#[must_use]
pub fn shown_path(target: &[u8]) -> String {
    // An escape is longer than what it stands for, never shorter.
    let (shown, _) = escape::for_display(&target[..target.len().min(TARGET_CHARS * 4)]);
    let path = shown.split('?').next().unwrap_or_default();
    path.chars().take(TARGET_CHARS).collect()
}

/// The words of the target and of all headers.
pub(super) fn head_stream(capture: &Capture) -> String {
    let mut stream = String::from(" ");
    words::push(&mut stream, &String::from_utf8_lossy(capture.head.target()));
    for header in capture.head.headers() {
        words::push(&mut stream, &String::from_utf8_lossy(header.name));
        words::push(&mut stream, &String::from_utf8_lossy(header.value));
    }
    stream
}

/// Whether `test` holds for a verdict of which `reason` is the word, or for the want of one.
#[must_use]
pub fn verdict_holds(reason: Option<&str>, test: &NameTest) -> bool {
    // What a person may call it.
    let names = match reason {
        None if *test == NameTest::Any => return false,
        None => ["none", "none"],
        Some("ok") => ["valid", "valid"],
        Some("unsigned") => ["unsigned", "none"],
        Some("unknown") => ["unknown", "unknown"],
        Some(flaw) => ["invalid", flaw],
    };
    names.iter().any(|name| test.holds(name))
}
