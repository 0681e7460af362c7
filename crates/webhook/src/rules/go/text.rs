//! Bytes and quotes: the small text functions of Go's standard library that show in results.

use std::fmt::Write;

/// `bytes` as text, with U+FFFD for each byte that is no UTF-8 (the standard library's `lossy` writes
/// one for several).
pub(crate) fn repair(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    out
}

/// `bytes` in double quotes, as `%q` writes them.
pub(crate) fn quote(bytes: &[u8]) -> String {
    let mut out = String::from('"');
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '"' | '\\' => out.extend(['\\', char]),
                '\u{7}' => out.push_str("\\a"),
                '\u{8}' => out.push_str("\\b"),
                '\u{c}' => out.push_str("\\f"),
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '\u{b}' => out.push_str("\\v"),
                _ if char.is_ascii_control() => {
                    push(&mut out, format_args!("\\x{:02x}", u32::from(char)));
                }
                _ if char.is_control() => {
                    push(&mut out, format_args!("\\u{:04x}", u32::from(char)));
                }
                _ => out.push(char),
            }
        }
        for byte in chunk.invalid() {
            push(&mut out, format_args!("\\x{byte:02x}"));
        }
    }
    out.push('"');
    out
}

fn push(out: &mut String, part: std::fmt::Arguments<'_>) {
    out.write_fmt(part).expect("a String takes every write");
}

/// Where a Base64 text stops being one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("illegal base64 data at input byte {0}")]
pub(crate) struct CorruptBase64(pub(crate) usize);

/// Decodes the standard alphabet with its padding, line ends ignored, up to the first fault.
pub(crate) fn base64_prefix(text: &[u8]) -> (Vec<u8>, Option<CorruptBase64>) {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let mut group = [0u8; 4];
    let mut filled = 0;
    let mut rest = text
        .iter()
        .copied()
        .enumerate()
        .filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    while let Some((at, byte)) = rest.next() {
        if let Some(digit) = base64_digit(byte) {
            group[filled] = digit;
            filled += 1;
            if filled == 4 {
                push_group(&mut out, group, 3);
                filled = 0;
            }
            continue;
        }
        if byte != b'=' || filled < 2 {
            return (out, Some(CorruptBase64(at)));
        }
        if filled == 2 {
            match rest.next() {
                Some((_, b'=')) => {}
                Some((at, _)) => return (out, Some(CorruptBase64(at - 1))),
                None => return (out, Some(CorruptBase64(text.len()))),
            }
        }
        group[filled..].fill(0);
        push_group(&mut out, group, filled - 1);
        return (out, rest.next().map(|(at, _)| CorruptBase64(at)));
    }
    let fault = (filled > 0).then_some(CorruptBase64(text.len() - filled));
    (out, fault)
}

fn push_group(out: &mut Vec<u8>, group: [u8; 4], bytes: usize) {
    let joined = group
        .iter()
        .fold(0u32, |joined, digit| joined << 6 | u32::from(*digit));
    out.extend_from_slice(&joined.to_be_bytes()[1..=bytes]);
}

fn base64_digit(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_show_what_cannot_be_seen() {
        assert_eq!(
            quote(b"a\"\\\n\x01\xff\xc2\x85\xc3\xa9"),
            "\"a\\\"\\\\\\n\\x01\\xff\\u0085é\""
        );
    }

    /// What Go 1.19's `StdEncoding.DecodeString` gives back beside its error.
    #[test]
    fn base64_is_decoded_up_to_its_fault() {
        for (text, want, fault) in [
            ("aGVsbG8=", "hello", None),
            ("aGV\r\nsbG8=\n", "hello", None),
            ("aGVsbG8", "hel", Some(4)),
            ("aGVs!bG8=", "hel", Some(4)),
            ("aGVsbG8=x", "hello", Some(8)),
            ("aGk=", "hi", None),
            ("aA==", "h", None),
            ("aA=x", "", Some(2)),
            ("aGVsbG\n", "hel", Some(5)),
            ("aA=", "", Some(3)),
            ("=", "", Some(0)),
            ("", "", None),
        ] {
            let (bytes, at) = base64_prefix(text.as_bytes());
            assert_eq!(
                (bytes.as_slice(), at),
                (want.as_bytes(), fault.map(CorruptBase64)),
                "{text}"
            );
        }
    }
}
