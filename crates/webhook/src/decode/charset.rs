//! Text in the charset that its sender named, as UTF-8. Start at [`read`].
//! Source: <https://encoding.spec.whatwg.org/>

use encoding_rs::{Encoding, UTF_8};

use crate::decode::media::parameter;

/// How a charset is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SaidBy {
    /// The content type names it.
    ContentType,
    /// The text begins with a byte order mark.
    Mark,
    /// Nobody; it is what senders of today mean.
    Nobody,
}

/// A text that can be shown. See [`read`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The text as UTF-8, where it is not what was sent.
    pub utf8: Option<Vec<u8>>,
    /// The charset's name, such as `windows-1252`.
    pub charset: &'static str,
    /// Who says so.
    pub said_by: SaidBy,
    /// Whether there are bytes that the charset has no character for.
    pub is_broken: bool,
    /// The charset that the content type names, where it is not known here.
    pub unknown: Option<String>,
}

/// Reads `body` in the charset that a byte order mark or `content_type` names, else as UTF-8.
#[must_use]
pub fn read(content_type: &[u8], body: &[u8]) -> Read {
    let named = parameter(content_type, "charset");
    let known = named
        .as_deref()
        .and_then(|name| Encoding::for_label(name.as_bytes()));
    let (encoding, said_by) = match (Encoding::for_bom(body), known) {
        (Some((encoding, _)), _) => (encoding, SaidBy::Mark),
        (None, Some(encoding)) => (encoding, SaidBy::ContentType),
        (None, None) => (UTF_8, SaidBy::Nobody),
    };
    let (utf8, is_broken) = if encoding == UTF_8 {
        (None, std::str::from_utf8(body).is_err())
    } else {
        let (text, is_broken) = encoding.decode_with_bom_removal(body);
        (Some(text.into_owned().into_bytes()), is_broken)
    };
    Read {
        utf8,
        charset: encoding.name(),
        said_by,
        is_broken,
        unknown: named.filter(|_| known.is_none()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(content_type: &str, body: &[u8], want: &str, charset: &str, said_by: SaidBy) {
        let read = read(content_type.as_bytes(), body);
        let text = read.utf8.as_deref().unwrap_or(body);
        assert_eq!(String::from_utf8_lossy(text), want, "{content_type}");
        assert_eq!((read.charset, read.said_by), (charset, said_by));
    }

    #[test]
    fn the_content_type_names_the_charset() {
        let by = SaidBy::ContentType;
        check(
            "text/plain; charset=ISO-8859-1",
            b"caf\xe9 \x80",
            "café €",
            "windows-1252",
            by,
        );
        check(
            "text/plain; charset=gbk",
            b"\xd6\xd0\xce\xc4",
            "中文",
            "GBK",
            by,
        );
        check(
            "text/plain; charset=\"Shift_JIS\"",
            b"\x93\xfa",
            "日",
            "Shift_JIS",
            by,
        );
        check(
            "text/plain; charset=utf-16le",
            b"h\0i\0",
            "hi",
            "UTF-16LE",
            by,
        );
        check(
            "text/plain; charset=utf-8",
            "é".as_bytes(),
            "é",
            "UTF-8",
            by,
        );
    }

    #[test]
    fn a_byte_order_mark_comes_first_and_utf_8_is_assumed() {
        check(
            "text/plain",
            b"\xff\xfeh\0i\0",
            "hi",
            "UTF-16LE",
            SaidBy::Mark,
        );
        check("text/plain", b"hi", "hi", "UTF-8", SaidBy::Nobody);
        check(
            "text/plain; charset=klingon",
            b"hi",
            "hi",
            "UTF-8",
            SaidBy::Nobody,
        );
        let read = read(b"text/plain; charset=klingon", b"h\xffi");
        assert_eq!(
            (read.unknown.as_deref(), read.is_broken),
            (Some("klingon"), true)
        );
    }

    proptest! {
        #[test]
        fn whatever_comes_out_is_utf_8(
            body in prop::collection::vec(any::<u8>(), 0..200),
            charset in prop::sample::select(vec!["", "gbk", "utf-16", "big5", "iso-2022-jp", "latin1"]),
        ) {
            let read = read(format!("text/plain; charset={charset}").as_bytes(), &body);
            if let Some(text) = read.utf8 {
                prop_assert!(String::from_utf8(text).is_ok());
            }
        }
    }
}
