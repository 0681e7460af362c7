//! A JSON text written again as some language's library writes it. Start at [`rewrite`].

use std::fmt::Write;

use crate::decode::json::{Kind, Node, Outline, unescape};

/// How a library writes JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// What it is, to end the sentence "for the body …".
    pub how: &'static str,
    /// Between two items, and between a key and its value.
    pub comma: &'static str,
    pub colon: &'static str,
    /// The spaces of one level, where it writes one item a line.
    pub indent: Option<usize>,
    pub sorts_keys: bool,
    pub escapes: Escapes,
    pub numbers: Numbers,
}

/// What a library escapes in strings besides what it must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Nothing.
    Least,
    /// Whatever is not ASCII.
    Ascii,
    /// Whatever is not ASCII, and `/`.
    AsciiAndSlash,
    /// `<`, `>`, `&` and the two separators that JavaScript once took for line ends.
    Html,
    /// Whatever is not ASCII, and what means something in HTML, in upper-case digits.
    AsciiAndHtml,
}

/// What a library makes of a number's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbers {
    /// The same text.
    Kept,
    /// A 64-bit float, written as short as may be.
    Float,
    /// Whole numbers stay; others become a float that still shows that it is one.
    Mixed,
}

/// `text` in `style`; `outline` is that of `text`.
pub(super) fn rewrite(text: &[u8], outline: &Outline, style: Style) -> Vec<u8> {
    let mut writer = Writer {
        text,
        outline,
        style,
        out: String::with_capacity(text.len()),
    };
    // The containers around what is written, with what is still to come in each, last first.
    let mut open: Vec<(u32, Vec<u32>)> = Vec::new();
    writer.value(0, &mut open);
    while let Some((around, rest)) = open.last_mut() {
        let (around, depth) = (*around, writer.node(*around).depth());
        let Some(next) = rest.pop() else {
            writer.close(around, depth);
            open.pop();
            continue;
        };
        writer.separate(around, depth + 1, rest.len() + 1);
        if let Some(key) = writer.node(next).key() {
            writer.string(&unescape(&text[key]));
            writer.out.push_str(style.colon);
        }
        writer.value(next, &mut open);
    }
    writer.out.into_bytes()
}

struct Writer<'a> {
    text: &'a [u8],
    outline: &'a Outline,
    style: Style,
    out: String,
}

impl Writer<'_> {
    fn node(&self, at: u32) -> Node {
        self.outline.nodes()[at as usize]
    }

    fn value(&mut self, at: u32, open: &mut Vec<(u32, Vec<u32>)>) {
        let node = self.node(at);
        let raw = &self.text[node.value()];
        match node.kind() {
            Kind::Object | Kind::Array => {
                self.out.push(if node.kind() == Kind::Object {
                    '{'
                } else {
                    '['
                });
                open.push((at, self.items(at)));
            }
            Kind::String => self.string(&unescape(raw)),
            Kind::Number => self.number(&String::from_utf8_lossy(raw)),
            Kind::Bool | Kind::Null => self.out.push_str(&String::from_utf8_lossy(raw)),
        }
    }

    /// What the container `at` holds, the last first.
    fn items(&self, at: u32) -> Vec<u32> {
        let mut items: Vec<u32> = self.outline.children(at).collect();
        if self.style.sorts_keys && self.node(at).kind() == Kind::Object {
            let key = |at: &u32| {
                self.node(*at)
                    .key()
                    .map(|key| unescape(&self.text[key]).into_owned())
            };
            items.sort_by_cached_key(key);
        }
        items.reverse();
        items
    }

    fn separate(&mut self, around: u32, depth: usize, left: usize) {
        let is_first = left == self.node(around).children() as usize;
        if !is_first {
            self.out.push_str(self.style.comma);
        }
        self.line(depth);
    }

    fn close(&mut self, around: u32, depth: usize) {
        if self.node(around).children() > 0 {
            self.line(depth);
        }
        self.out.push(if self.node(around).kind() == Kind::Object {
            '}'
        } else {
            ']'
        });
    }

    fn line(&mut self, depth: usize) {
        if let Some(indent) = self.style.indent {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n(' ', indent * depth));
        }
    }

    fn number(&mut self, text: &str) {
        let is_whole = !text.contains(['.', 'e', 'E']);
        let float = text.parse::<f64>().ok().filter(|value| {
            // Beyond these, languages write exponents, each in its own way.
            *value == 0.0 || (1e-6..1e16).contains(&value.abs())
        });
        match (self.style.numbers, float) {
            (Numbers::Float, Some(value)) => write!(self.out, "{}", value + 0.0),
            (Numbers::Mixed, Some(value)) if !is_whole => write!(self.out, "{value:?}"),
            _ => self.out.write_str(text),
        }
        .expect("a string takes any text");
    }

    fn string(&mut self, text: &str) {
        self.out.push('"');
        for c in text.chars() {
            self.char(c);
        }
        self.out.push('"');
    }

    fn char(&mut self, c: char) {
        let escapes = self.style.escapes;
        let is_html = match escapes {
            Escapes::Html => matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}'),
            Escapes::AsciiAndHtml => {
                matches!(c, '<' | '>' | '&' | '\'' | '+' | '`' | '"' | '\u{7f}')
            }
            _ => false,
        };
        let is_ascii_only = !matches!(escapes, Escapes::Least | Escapes::Html);
        match c {
            _ if is_html => self.units(c),
            '"' => self.out.push_str("\\\""),
            '\\' => self.out.push_str("\\\\"),
            '\n' => self.out.push_str("\\n"),
            '\r' => self.out.push_str("\\r"),
            '\t' => self.out.push_str("\\t"),
            '\u{8}' => self.out.push_str("\\b"),
            '\u{c}' => self.out.push_str("\\f"),
            '/' if escapes == Escapes::AsciiAndSlash => self.out.push_str("\\/"),
            c if c < ' ' || is_ascii_only && !c.is_ascii() => self.units(c),
            c => self.out.push(c),
        }
    }

    fn units(&mut self, c: char) {
        let is_upper = self.style.escapes == Escapes::AsciiAndHtml;
        for unit in c.encode_utf16(&mut [0; 2]) {
            let written = if is_upper {
                write!(self.out, "\\u{unit:04X}")
            } else {
                write!(self.out, "\\u{unit:04x}")
            };
            written.expect("a string takes any text");
        }
    }
}
