//! How a head says that its body is framed: in one way, or not at all. Pure. Start at
//! [`FramingCheck`].
//!
//! Source: RFC 9112 section 6, stricter where it leaves a choice.

use crate::refusal::Refusal;

/// A body of this size is over every limit that one in memory may have, whether it is announced as
/// a whole or as one chunk.
pub(crate) const BODY_BYTES: u64 = 1 << 32;

/// How the body that follows a head is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes; 0 when the head announces no body.
    Length(u64),
    /// In chunks.
    Chunked,
}

/// What the fields of one head have said so far.
#[derive(Debug, Default)]
pub(crate) struct FramingCheck {
    length: Option<u64>,
    coding: Option<Coding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Coding {
    /// `chunked` and nothing else.
    Chunked,
    /// Others and then `chunked`: where the body ends is known, what it says is not.
    ChunkedLast,
    /// Where the body ends is not known.
    Unknown,
}

impl FramingCheck {
    /// Takes the value of a Content-Length.
    pub(crate) fn content_length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        let Some(length) = decimal(value) else {
            return Err(Refusal::Malformed("a Content-Length that is no number"));
        };
        if self.length.is_some_and(|before| before != length) {
            return Err(Refusal::Malformed("two different values of Content-Length"));
        }
        if length >= BODY_BYTES {
            return Err(Refusal::BodyTooLarge {
                limit_bytes: BODY_BYTES,
            });
        }
        self.length = Some(length);
        Ok(())
    }

    /// Takes the value of a Transfer-Encoding.
    pub(crate) fn transfer_encoding(&mut self, value: &[u8]) {
        let last = value.rsplit(|byte| *byte == b',').next().map(trim);
        let ends_chunked = last.is_some_and(|last| last.eq_ignore_ascii_case(b"chunked"));
        self.coding = Some(match (self.coding, ends_chunked) {
            (None, true) if value.len() == b"chunked".len() => Coding::Chunked,
            (_, true) => Coding::ChunkedLast,
            (_, false) => Coding::Unknown,
        });
    }

    /// What the fields come to, once there are no more.
    pub(crate) fn end(&self, is_http_1_0: bool) -> Result<Framing, Refusal> {
        let Some(coding) = self.coding else {
            return Ok(Framing::Length(self.length.unwrap_or(0)));
        };
        if is_http_1_0 {
            return Err(Refusal::Malformed("Transfer-Encoding in HTTP/1.0"));
        }
        if self.length.is_some() {
            return Err(Refusal::Malformed(
                "both Transfer-Encoding and Content-Length",
            ));
        }
        match coding {
            Coding::Chunked => Ok(Framing::Chunked),
            Coding::ChunkedLast => Err(Refusal::Coding),
            Coding::Unknown => Err(Refusal::Malformed(
                "a transfer coding that is not `chunked`",
            )),
        }
    }
}

/// A value without the white space around it.
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |at| at + 1);
    &value[start..end]
}

/// One digit or more, as a number that fits.
fn decimal(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a head with these fields comes to.
    fn check(is_http_1_0: bool, fields: &[&str]) -> Result<Framing, Refusal> {
        let mut framing = FramingCheck::default();
        for field in fields {
            let (name, value) = field.split_once(':').unwrap();
            match name {
                "Content-Length" => framing.content_length(trim(value.as_bytes()))?,
                _ => framing.transfer_encoding(trim(value.as_bytes())),
            }
        }
        framing.end(is_http_1_0)
    }

    fn fields(fields: &[&str]) -> Result<Framing, Refusal> {
        check(false, fields)
    }

    fn is_malformed(result: Result<Framing, Refusal>) -> bool {
        matches!(result, Err(Refusal::Malformed(_)))
    }

    #[test]
    fn a_content_length_is_digits_and_repeats_itself_at_most() {
        for (value, length) in [("0", 0), ("5", 5), (" 5 \t", 5), ("0005", 5)] {
            assert_eq!(
                fields(&[&format!("Content-Length:{value}")]),
                Ok(Framing::Length(length))
            );
        }
        assert_eq!(
            fields(&["Content-Length: 5", "Content-Length: 05"]),
            Ok(Framing::Length(5))
        );
        for value in [
            "",
            "+5",
            "-5",
            "5.0",
            "0x5",
            "5a",
            "5 5",
            "5,5",
            "1_0",
            "\u{665}",
            "5;a",
            "18446744073709551616",
        ] {
            assert!(
                is_malformed(fields(&[&format!("Content-Length: {value}")])),
                "{value:?}"
            );
        }
        assert!(is_malformed(fields(&[
            "Content-Length: 5",
            "Content-Length: 6"
        ])));
        let too_large = Err(Refusal::BodyTooLarge {
            limit_bytes: BODY_BYTES,
        });
        assert_eq!(fields(&["Content-Length: 18446744073709551615"]), too_large);
    }

    #[test]
    fn a_transfer_encoding_is_chunked_alone() {
        for value in ["chunked", "Chunked", " \tCHUNKED \t"] {
            assert_eq!(
                fields(&[&format!("Transfer-Encoding:{value}")]),
                Ok(Framing::Chunked)
            );
        }
        for value in [
            "gzip, chunked",
            "identity,chunked",
            ", chunked",
            "chunked, chunked",
        ] {
            let refused = fields(&[&format!("Transfer-Encoding: {value}")]);
            assert_eq!(refused, Err(Refusal::Coding), "{value:?}");
        }
        for value in [
            "",
            "gzip",
            "xchunked",
            "chunked, gzip",
            "chunked,",
            "chunked;q=1",
            "\"chunked\"",
            "\u{b}chunked",
            "\u{a0}chunked",
        ] {
            assert!(
                is_malformed(fields(&[&format!("Transfer-Encoding: {value}")])),
                "{value:?}"
            );
        }
        let twice = fields(&["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"]);
        assert_eq!(twice, Err(Refusal::Coding));
        assert!(is_malformed(fields(&[
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: x"
        ])));
    }

    #[test]
    fn a_body_is_framed_in_one_way() {
        for length in ["0", "5"] {
            let length = format!("Content-Length: {length}");
            assert!(is_malformed(fields(&[
                &length,
                "Transfer-Encoding: chunked"
            ])));
            assert!(is_malformed(fields(&[
                "Transfer-Encoding: chunked",
                &length
            ])));
        }
        assert!(is_malformed(check(true, &["Transfer-Encoding: chunked"])));
    }
}
