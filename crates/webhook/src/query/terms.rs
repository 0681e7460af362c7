//! What an index of captures is made of, and what is looked up in it. Start at [`entry`].
//!
//! A field's words are kept as terms of twelve characters, hashed from the field and the word, so
//! that `header.x-github-event:push` is one look at an index, however many fields there are.

use super::{
    ast::TextTest,
    content::{Piece, visit},
    field::TextField,
    path::Step,
    subject::{head_stream, shown_path},
    words::{self, bag, phrase},
};
use crate::{capture::Capture, decode};

/// What an index keeps of a capture: three texts of words with blanks between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The words of target and headers.
    pub head: String,
    /// The words of the body.
    pub body: String,
    /// The terms of the fields.
    pub fields: String,
}

/// What to look up among the terms of the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldTerms {
    /// Whoever passes the test has all of them; never empty.
    pub terms: Vec<String>,
    /// Whoever has all of them passes the test. Else it is to be looked at itself.
    pub is_exact: bool,
}

/// What an index keeps of `capture`.
#[must_use]
pub fn entry(capture: &Capture) -> Entry {
    let mut fields = String::with_capacity(4096);
    let mut keep = |key: Key, text: Option<&str>| {
        key.term(THERE, "").push_to(&mut fields);
        if let Some(text) = text {
            words::for_each(text, |word| key.term(WORD, word).push_to(&mut fields));
        }
    };
    let path = shown_path(capture.head.target());
    keep(Key::path(), Some(&path));
    let mut whole = String::new();
    for header in capture.head.headers() {
        let name = String::from_utf8_lossy(header.name).to_ascii_lowercase();
        let value = String::from_utf8_lossy(header.value);
        keep(Key::header(&name), Some(&value));
        let value = value.to_ascii_lowercase();
        Key::header(&name).term(WHOLE, &value).push_to(&mut whole);
    }
    let mut body = String::from(" ");
    let (kind, plain) = decode::sought(&capture.head, &capture.body);
    visit(kind, &plain, |piece| match piece {
        Piece::Text(text) => words::push(&mut body, text),
        Piece::At(place, text) => {
            words::push(&mut body, text.unwrap_or_default());
            keep(Key::body(place), text);
        }
    });
    fields.push_str(&whole);
    Entry {
        head: head_stream(capture),
        body,
        fields,
    }
}

/// What to look up for `test` of `field`.
#[must_use]
pub fn field_terms(field: &TextField, test: &TextTest) -> FieldTerms {
    let (key, mut is_exact) = match field {
        TextField::Path => (Key::path(), true),
        TextField::Header(name) => (Key::header(name), true),
        TextField::Body(path) => {
            let has_item = path
                .steps()
                .iter()
                .any(|step| matches!(step, Step::Item(_)));
            (Key::body(path.steps()), !has_item)
        }
    };
    let mut terms = Vec::new();
    let mut keep = |word: &str| terms.push(key.term(WORD, word).to_text());
    match test {
        TextTest::Any => {}
        TextTest::Has(text) => {
            for sought in bag(text) {
                is_exact &= !sought.is_prefix;
                if !sought.is_prefix {
                    keep(&sought.words[0]);
                }
            }
        }
        TextTest::Phrase(text) => {
            if let Some(sought) = phrase(text, false) {
                is_exact &= sought.words.len() == 1 && !sought.is_prefix;
                let whole = sought.words.len() - usize::from(sought.is_prefix);
                sought.words[..whole].iter().for_each(|word| keep(word));
            }
        }
        TextTest::Is(text) if matches!(field, TextField::Header(_)) => {
            terms.push(key.term(WHOLE, &text.to_ascii_lowercase()).to_text());
        }
        TextTest::Is(text) => {
            is_exact = false;
            words::for_each(text, keep);
        }
        TextTest::Like(pattern) => {
            is_exact = false;
            whole_words(pattern.as_str(), keep);
        }
    }
    if terms.is_empty() {
        terms.push(key.term(THERE, "").to_text());
    }
    FieldTerms { terms, is_exact }
}

/// Calls `found` with the words of `pattern` that no star can make longer.
fn whole_words(pattern: &str, mut found: impl FnMut(&str)) {
    let parts: Vec<_> = pattern.split('*').collect();
    for (at, part) in parts.iter().enumerate() {
        let mut part = *part;
        if at > 0 {
            part = part.trim_start_matches(char::is_alphanumeric);
        }
        if at + 1 < parts.len() {
            part = part.trim_end_matches(char::is_alphanumeric);
        }
        words::for_each(part, &mut found);
    }
}

/// That this is the whole of it; kept of headers alone, which are few.
const WHOLE: u8 = 0xfd;
/// That the field is there.
const THERE: u8 = 0xfe;
/// That a word is in it.
const WORD: u8 = 0xff;

/// A field, or a word of one, as a number (FNV-1a of 64 bits by Fowler, Noll and Vo, constants of
/// <https://www.rfc-editor.org/rfc/rfc9923>). The index on disk is made of these: they never change.
#[derive(Clone, Copy)]
struct Key(u64);

impl Key {
    fn path() -> Self {
        Self(0xcbf2_9ce4_8422_2325).with(b"p")
    }

    fn header(name: &str) -> Self {
        Self(0xcbf2_9ce4_8422_2325).with(b"h").with(name.as_bytes())
    }

    /// Items are passed over, so that a place leads to each.
    fn body(place: &[Step]) -> Self {
        let mut key = Self(0xcbf2_9ce4_8422_2325).with(b"b");
        for step in place {
            if let Step::Key(name) = step {
                key = key.with(name.as_bytes()).with(&[0]);
            }
        }
        key
    }

    fn with(self, bytes: &[u8]) -> Self {
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        Self(bytes.iter().fold(self.0, mix))
    }

    fn term(self, kind: u8, word: &str) -> Self {
        self.with(&[kind]).with(word.as_bytes())
    }

    fn push_to(self, text: &mut String) {
        // The upper bits of FNV change little with the last bytes; twelve digits take all but four.
        let mut rest = (self.0 ^ (self.0 >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        rest ^= rest >> 32;
        for _ in 0..12 {
            let digit = b"0123456789abcdefghijklmnopqrstuv"[(rest & 31) as usize];
            text.push(char::from(digit));
            rest >>= 5;
        }
        text.push(' ');
    }

    fn to_text(self) -> String {
        let mut text = String::with_capacity(13);
        self.push_to(&mut text);
        text.pop();
        text
    }
}
