//! What a key or a string stands for, and a key as part of a `JSONPath`.

use std::{borrow::Cow, fmt::Write};

/// The text that a key or string stands for; `raw` is its span, with quotes or without.
///
/// For display: half of a surrogate pair and bytes that are not UTF-8 become U+FFFD.
#[must_use]
pub fn unescape(raw: &[u8]) -> Cow<'_, str> {
    let raw = raw.strip_prefix(b"\"").unwrap_or(raw);
    let mut rest = raw.strip_suffix(b"\"").unwrap_or(raw);
    if !rest.contains(&b'\\') {
        return String::from_utf8_lossy(rest);
    }
    let mut text = String::with_capacity(rest.len());
    while let Some(at) = rest.iter().position(|byte| *byte == b'\\') {
        text.push_str(&String::from_utf8_lossy(&rest[..at]));
        let (c, length) = escaped(&rest[at..]);
        text.push(c);
        rest = &rest[at + length..];
    }
    text.push_str(&String::from_utf8_lossy(rest));
    Cow::Owned(text)
}

/// The character of the escape that `rest` begins with, and how many bytes it takes.
fn escaped(rest: &[u8]) -> (char, usize) {
    let c = match rest.get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b @ (b'"' | b'\\' | b'/')) => char::from(*b),
        Some(b'u') => return escaped_unit(rest),
        _ => char::REPLACEMENT_CHARACTER,
    };
    (c, rest.len().min(2))
}

fn escaped_unit(rest: &[u8]) -> (char, usize) {
    let Some(first) = unit(rest) else {
        return (char::REPLACEMENT_CHARACTER, 2);
    };
    let second = rest.get(6..).and_then(unit);
    let mut pair = char::decode_utf16([first].into_iter().chain(second));
    match pair.next() {
        Some(Ok(c)) => (c, 6 * c.len_utf16()),
        _ => (char::REPLACEMENT_CHARACTER, 6),
    }
}

/// The code unit of the `\uXXXX` that `text` begins with.
pub(super) fn unit(text: &[u8]) -> Option<u16> {
    let digits = text.strip_prefix(b"\\u")?.get(..4)?;
    digits.iter().try_fold(0, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit * 16 + u16::try_from(digit).ok()?)
    })
}

/// Adds the member `key` to a `JSONPath`: `.key`, or `["odd key"]`.
pub(crate) fn push_member(path: &mut String, key: &str) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if key.chars().all(is_name) && key.starts_with(|c: char| !c.is_ascii_digit()) {
        path.push('.');
        path.push_str(key);
        return;
    }
    path.push_str("[\"");
    for c in key.chars() {
        match c {
            '"' | '\\' => path.extend(['\\', c]),
            '\n' => path.push_str("\\n"),
            '\t' => path.push_str("\\t"),
            '\r' => path.push_str("\\r"),
            c if c.is_control() => {
                write!(path, "\\u{:04x}", u32::from(c)).expect("a string takes any text");
            }
            c => path.push(c),
        }
    }
    path.push_str("\"]");
}
