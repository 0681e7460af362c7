//! A YAML 1.1 document as a tree with positions. JSON is read by the same rules, for the original
//! reads both with one YAML reader. Start at [`parse`].

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::scalar::{self, Scalar};
use crate::rules::place::Place;

/// Deeper than any hooks file, and shallow enough for every stack.
const MAX_DEPTH: usize = 200;
/// How many nodes aliases may stand for together.
const MAX_ALIASED: usize = 100_000;

/// One value of a document and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    /// In the order of the file, merged entries in the place of their `<<`. Of equal keys the last
    /// counts.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    pub(crate) key: String,
    pub(crate) value: Node,
    /// Whether a `<<` brought it.
    pub(crate) is_merged: bool,
}

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("yaml: {place}: {message}")]
pub(crate) struct YamlError {
    pub(crate) place: Place,
    pub(crate) message: String,
}

/// The first document of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    /// Nothing when the text is empty.
    pub(crate) root: Option<Node>,
    /// Where a second document begins, which nobody reads.
    pub(crate) ignored: Option<Place>,
}

/// Reads the first document of `bytes`: UTF-8, or UTF-16 with a byte order mark.
///
/// # Errors
/// When it is malformed, or uses what a hooks file cannot hold.
pub(crate) fn parse(bytes: &[u8]) -> Result<Document, YamlError> {
    let text = decode(bytes)?;
    check_characters(&text)?;
    let mut builder = Builder {
        parser: Parser::new_from_str(&text),
        text: text.chars().collect(),
        anchors: HashMap::new(),
        aliased: 0,
    };
    builder.document()
}

const START: Place = Place { line: 1, column: 1 };

fn fault<T>(place: Place, message: impl Into<String>) -> Result<T, YamlError> {
    let message = message.into();
    Err(YamlError { place, message })
}

fn decode(bytes: &[u8]) -> Result<String, YamlError> {
    let wide = |pair: fn([u8; 2]) -> u16| {
        let units = bytes[2..].chunks(2).map(|unit| match unit {
            [a, b] => pair([*a, *b]),
            _ => 0xd800,
        });
        String::from_utf16(&units.collect::<Vec<_>>()).ok()
    };
    let text = match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => {
            let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
            match std::str::from_utf8(plain) {
                Ok(text) => Some(text.to_owned()),
                Err(error) => {
                    let before = String::from_utf8_lossy(&plain[..error.valid_up_to()]);
                    return fault(place_after(&before), "invalid UTF-8");
                }
            }
        }
    };
    text.map_or_else(|| fault(START, "invalid UTF-16"), Ok)
}

fn place_after(before: &str) -> Place {
    let line = before.matches('\n').count() + 1;
    let column = before
        .rsplit('\n')
        .next()
        .unwrap_or_default()
        .chars()
        .count()
        + 1;
    Place { line, column }
}

fn check_characters(text: &str) -> Result<(), YamlError> {
    let is_allowed = |char: char| {
        matches!(char, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
    };
    match text.char_indices().find(|(_, char)| !is_allowed(*char)) {
        None => Ok(()),
        Some((at, _)) => fault(
            place_after(&text[..at]),
            "control characters are not allowed",
        ),
    }
}

struct Builder<'a> {
    parser: Parser<'a, StrInput<'a>>,
    text: Vec<char>,
    /// What each anchor holds, and how many nodes that is. Nothing while it is still being read.
    anchors: HashMap<usize, (Node, usize)>,
    aliased: usize,
}

impl<'a> Builder<'a> {
    fn document(&mut self) -> Result<Document, YamlError> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd => {
                    return Ok(Document {
                        root,
                        ignored: None,
                    });
                }
                Event::DocumentEnd => break,
                event => root = Some(self.node(event, span, 0)?.0),
            }
        }
        let ignored = match self.next() {
            Ok((Event::DocumentStart(_), span)) => Some(place(span)),
            _ => None,
        };
        Ok(Document { root, ignored })
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), YamlError> {
        match self.parser.next_event() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(scan_error(&error)),
            None => Ok((
                Event::StreamEnd,
                Span::empty(saphyr_parser::Marker::new(0, 1, 0)),
            )),
        }
    }

    /// Builds the node that `event` begins, and says how many nodes it is made of.
    fn node(
        &mut self,
        event: Event<'a>,
        span: Span,
        depth: usize,
    ) -> Result<(Node, usize), YamlError> {
        let place = place(span);
        if depth > MAX_DEPTH {
            return fault(place, format!("exceeded max depth of {MAX_DEPTH}"));
        }
        let mut size = 1;
        let (content, anchor) = match event {
            Event::Alias(anchor) => return self.alias(anchor, place),
            Event::Scalar(text, style, anchor, tag) => (
                Content::Scalar(self.scalar(&text, style, tag.as_deref(), span)?),
                anchor,
            ),
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if event == Event::SequenceEnd {
                        break (Content::List(items), anchor);
                    }
                    let (item, count) = self.node(event, span, depth + 1)?;
                    items.push(item);
                    size += count;
                }
            }
            Event::MappingStart(anchor, _) => {
                let (entries, count) = self.map(depth)?;
                size += count;
                (Content::Map(entries), anchor)
            }
            _ => return fault(place, "did not find expected node content"),
        };
        let node = Node { place, content };
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
        Ok((node, size))
    }

    fn map(&mut self, depth: usize) -> Result<(Vec<Entry>, usize), YamlError> {
        let mut entries = Vec::new();
        let mut size = 0;
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok((entries, size));
            }
            let is_merge = match &event {
                Event::Scalar(text, style, _, tag) => {
                    text == "<<"
                        && tag.as_ref().map_or(*style == ScalarStyle::Plain, |tag| {
                            tag.is_yaml_core_schema() && tag.suffix == "merge"
                        })
                }
                _ => false,
            };
            let (key, _) = self.node(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let (value, count) = self.node(event, span, depth + 1)?;
            size += count;
            if is_merge {
                merge(value, &mut entries)?;
            } else {
                let place = key.place;
                let key = key_text(key)?;
                entries.push(Entry {
                    place,
                    key,
                    value,
                    is_merged: false,
                });
            }
        }
    }

    fn alias(&mut self, anchor: usize, place: Place) -> Result<(Node, usize), YamlError> {
        let Some((node, size)) = self.anchors.get(&anchor) else {
            return fault(place, "anchor value contains itself");
        };
        self.aliased += size;
        if self.aliased > MAX_ALIASED {
            return fault(place, "document contains excessive aliasing");
        }
        Ok((node.clone(), *size))
    }

    fn scalar(
        &self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<Scalar, YamlError> {
        if style == ScalarStyle::DoubleQuoted {
            self.check_escapes(span)?;
        }
        let tag = tag.map(|tag| format!("{}{}", tag.handle, tag.suffix));
        if tag.is_none() && style != ScalarStyle::Plain {
            return Ok(Scalar::Text(text.to_owned()));
        }
        scalar::resolve(text, tag.as_deref()).or_else(|message| fault(place(span), message))
    }

    /// YAML 1.1 has no `\/`, nor halves of a surrogate pair: such a file was refused.
    fn check_escapes(&self, span: Span) -> Result<(), YamlError> {
        let raw = self
            .text
            .get(span.start.index()..span.end.index())
            .unwrap_or_default();
        let mut chars = raw.iter().copied();
        while let Some(char) = chars.next() {
            if char == '\\' && chars.next() == Some('/') {
                return fault(place(span), "found unknown escape character");
            }
        }
        Ok(())
    }
}

fn place(span: Span) -> Place {
    Place {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

fn scan_error(error: &ScanError) -> YamlError {
    let marker = error.marker();
    let place = Place {
        line: marker.line(),
        column: marker.col() + 1,
    };
    let message = error.info().to_owned();
    YamlError { place, message }
}

/// Later keys win, so a merge overrides what stands before it and yields to what follows; of several
/// maps the first counts most.
fn merge(value: Node, entries: &mut Vec<Entry>) -> Result<(), YamlError> {
    let place = value.place;
    match value.content {
        Content::Map(merged) => {
            entries.extend(merged.into_iter().map(|entry| Entry {
                is_merged: true,
                ..entry
            }));
            Ok(())
        }
        Content::List(maps)
            if maps
                .iter()
                .all(|map| matches!(map.content, Content::Map(_))) =>
        {
            maps.into_iter()
                .rev()
                .try_for_each(|map| merge(map, entries))
        }
        Content::List(_) | Content::Scalar(_) => fault(
            place,
            "map merge requires map or sequence of maps as the value",
        ),
    }
}

/// JSON has text keys alone, so other scalars are printed.
fn key_text(key: Node) -> Result<String, YamlError> {
    let unsupported = |kind: &str| {
        let message = format!("Unsupported map key of type: {kind}");
        fault(key.place, message)
    };
    match key.content {
        Content::Scalar(Scalar::Text(text)) => Ok(text),
        Content::Scalar(Scalar::Bool(is_true)) => Ok(is_true.to_string()),
        Content::Scalar(Scalar::Int(int)) => Ok(int.to_string()),
        Content::Scalar(Scalar::Float(float)) => {
            Ok(match super::number::short_float(float).as_str() {
                "+Inf" => ".inf".to_owned(),
                "-Inf" => "-.inf".to_owned(),
                "NaN" => ".nan".to_owned(),
                digits => digits.to_owned(),
            })
        }
        Content::Scalar(Scalar::Uint(_)) => unsupported("uint64"),
        Content::Scalar(Scalar::Null) => unsupported("null"),
        Content::List(_) => unsupported("list"),
        Content::Map(_) => unsupported("map"),
    }
}
