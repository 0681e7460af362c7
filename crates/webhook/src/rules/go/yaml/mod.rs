//! A YAML 1.1 document as a tree with positions. JSON is read by the same rules, for the original
//! reads both with one YAML reader. Start at [`parse`].
//!
//! Scanner and parser go by YAML 1.1 as libyaml and go-yaml v2 understand it, for files rely on what a
//! YAML 1.2 parser refuses: flow collections at any indentation, tabs after a colon, comments right
//! after a quote.
//!
//! Source: <https://yaml.org/spec/1.1/>, and what go-yaml v2.4 answers where that leaves a choice.

mod collect;
mod cursor;
pub(crate) mod node;
mod property;
pub(crate) mod scalar;
mod scan;
mod text;
mod token;
mod tree;

use self::node::{Document, YamlError, fault};
use crate::rules::place::Place;

/// Reads the first document of `bytes`: UTF-8, or UTF-16 with a byte order mark.
///
/// # Errors
/// When it is malformed, or uses what a hooks file cannot hold.
pub(crate) fn parse(bytes: &[u8]) -> Result<Document, YamlError> {
    let text = decode(bytes)?;
    check_characters(&text)?;
    tree::build(scan::scan(&text))
}

const START: Place = Place { line: 1, column: 1 };

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
            | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    };
    match text.char_indices().find(|(_, char)| !is_allowed(*char)) {
        None => Ok(()),
        Some((at, _)) => fault(
            place_after(&text[..at]),
            "control characters are not allowed",
        ),
    }
}

#[cfg(test)]
mod tests;
