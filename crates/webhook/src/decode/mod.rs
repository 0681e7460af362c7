//! What a body is, and views of it for reading. Start at [`kind`] for a body as sent, at
//! [`coding::decode`] and [`shape::Shape`] for one that is looked at closely.
//!
//! Nothing here fails: a body that is not what it claims to be is shown as far as it can be read.

pub mod charset;
pub mod coding;
pub mod csv;
pub mod find;
pub mod form;
pub mod image;
pub mod json;
pub mod media;
pub mod multipart;
pub mod shape;
pub mod xml;

use std::borrow::Cow;

use crate::head::Head;

/// Of a coded body only so much is decoded to be sought.
const SOUGHT_BYTES: usize = 1 << 20;
/// What is laid out for reading moves to the right up to here, or depth would cost its square.
const DEEPEST_INDENT: usize = 40;

/// How a body is best shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BodyKind {
    /// No bytes at all.
    Empty,
    /// JSON: see [`json::Outline`].
    Json,
    /// `name=value` pairs: see [`form::pairs`].
    Form,
    /// XML or HTML-like markup.
    Xml,
    /// UTF-8 text of no known form.
    Text,
    /// Bytes that are no text, or text under a content coding.
    Binary,
}

impl BodyKind {
    /// The word for it in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Json => "json",
            Self::Form => "form",
            Self::Xml => "xml",
            Self::Text => "text",
            Self::Binary => "binary",
        }
    }
}

/// Says how `body` is best shown: by its content type, then by a look at the bytes.
///
/// A text that looks like JSON is JSON whatever it is called, unless it is called JSON or XML
/// already: `curl -d` calls everything a form, and AWS SNS calls its JSON `text/plain`.
#[must_use]
pub fn kind(head: &Head, body: &[u8]) -> BodyKind {
    if !body.is_empty() && is_coded(head) {
        return BodyKind::Binary;
    }
    plain_kind(head, body)
}

/// What `body` is sought by: its kind, and its bytes without content codings and in UTF-8. Of a
/// coded one that is a beginning.
#[must_use]
pub fn sought<'a>(head: &Head, body: &'a [u8]) -> (BodyKind, Cow<'a, [u8]>) {
    let plain = if is_coded(head) {
        let limits = coding::Limits {
            kept_bytes: SOUGHT_BYTES,
            counted_bytes: SOUGHT_BYTES as u64,
        };
        match coding::codings(head.as_bytes()) {
            Ok(codings) => {
                let decoded = coding::decode(&codings, body, limits);
                // What is not coded at all was decoded on the way, and its head was left as it was.
                let is_plain = decoded.bytes.is_empty() && decoded.problem.is_some();
                if is_plain {
                    Cow::Borrowed(body)
                } else {
                    Cow::Owned(decoded.bytes)
                }
            }
            Err(_) => return (BodyKind::Binary, Cow::Borrowed(body)),
        }
    } else {
        Cow::Borrowed(body)
    };
    let content_type = head.first("content-type").unwrap_or_default();
    let plain = match charset::read(content_type, &plain).utf8 {
        Some(utf8) => Cow::Owned(utf8),
        None => plain,
    };
    (plain_kind(head, &plain), plain)
}

fn is_coded(head: &Head) -> bool {
    head.all("content-encoding")
        .flat_map(|value| value.split(|byte| *byte == b','))
        .any(|coding| !is_identity(coding.trim_ascii()))
}

fn plain_kind(head: &Head, body: &[u8]) -> BodyKind {
    if body.is_empty() {
        return BodyKind::Empty;
    }
    if body.contains(&0) || std::str::from_utf8(body).is_err() {
        return BodyKind::Binary;
    }
    let essence = head.first("content-type").map(essence).unwrap_or_default();
    match essence.as_str() {
        "application/json" | "text/json" => BodyKind::Json,
        "application/xml" | "text/xml" => BodyKind::Xml,
        other if other.ends_with("+json") => BodyKind::Json,
        other if other.ends_with("+xml") => BodyKind::Xml,
        _ if looks_like_json(body) => BodyKind::Json,
        "application/x-www-form-urlencoded" => BodyKind::Form,
        _ if without_bom(body).trim_ascii_start().starts_with(b"<?xml") => BodyKind::Xml,
        _ => BodyKind::Text,
    }
}

/// `text` without the UTF-8 byte order mark that some senders put first.
#[must_use]
pub fn without_bom(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// Adds two blanks a level to `out`.
fn indent(out: &mut Vec<u8>, depth: usize) {
    out.resize(out.len() + 2 * depth.min(DEEPEST_INDENT), b' ');
}

fn is_identity(coding: &[u8]) -> bool {
    coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
}

/// The `type/subtype` of a content type, in lower case, without parameters.
pub(crate) fn essence(value: &[u8]) -> String {
    let end = value.iter().position(|byte| *byte == b';');
    let essence = &value[..end.unwrap_or(value.len())];
    String::from_utf8_lossy(essence.trim_ascii()).to_ascii_lowercase()
}

fn looks_like_json(text: &[u8]) -> bool {
    matches!(
        without_bom(text).trim_ascii(),
        [b'{', .., b'}'] | [b'[', .., b']']
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&str, &str)], body: &[u8], want: BodyKind) {
        let headers = headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
        let head = Head::compose(b"POST", b"/", b"HTTP/1.1", headers).unwrap();
        assert_eq!(kind(&head, body), want, "{body:?}");
    }

    #[test]
    fn a_content_type_decides_first() {
        let check = |content_type, body, want| check(&[("Content-Type", content_type)], body, want);
        check("application/json", b"not json", BodyKind::Json);
        check(
            "Application/CloudEvents+JSON; charset=utf-8",
            b"{",
            BodyKind::Json,
        );
        check("text/xml", b"{}", BodyKind::Xml);
        check("image/svg+xml", b"<svg/>", BodyKind::Xml);
        check("application/x-www-form-urlencoded", b"a=b", BodyKind::Form);
        check("text/plain", b"a=b", BodyKind::Text);
    }

    #[test]
    fn the_bytes_decide_where_the_content_type_does_not() {
        check(&[], b"", BodyKind::Empty);
        check(&[], b" {\"a\": 1}\n", BodyKind::Json);
        check(&[], b"\xef\xbb\xbf[1]", BodyKind::Json);
        check(&[], b"<?xml version=\"1.0\"?><a/>", BodyKind::Xml);
        check(&[], b"hello", BodyKind::Text);
        check(
            &[("content-type", "text/plain")],
            b"{\"Type\":1}",
            BodyKind::Json,
        );
        let form = ("content-type", "application/x-www-form-urlencoded");
        check(&[form], b"{\"by\":\"curl -d\"}", BodyKind::Json);
    }

    #[test]
    fn what_is_no_readable_text_is_binary() {
        let json = ("content-type", "application/json");
        check(&[json], b"{\"a\":\"\0\"}", BodyKind::Binary);
        check(&[json], b"{\"a\":\"\xff\"}", BodyKind::Binary);
        check(
            &[json, ("content-encoding", "gzip")],
            b"{}",
            BodyKind::Binary,
        );
        check(
            &[json, ("content-encoding", "Identity, br")],
            b"{}",
            BodyKind::Binary,
        );
        check(
            &[json, ("content-encoding", "Identity")],
            b"{}",
            BodyKind::Json,
        );
        check(&[json, ("content-encoding", "")], b"{}", BodyKind::Json);
    }

    #[test]
    fn a_body_is_sought_by_what_it_says_and_not_by_how_it_was_packed() {
        let check = |headers: &[(&str, &str)], body: &[u8], want: (BodyKind, &str)| {
            let headers = headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
            let head = Head::compose(b"POST", b"/", b"HTTP/1.1", headers).unwrap();
            let (kind, text) = sought(&head, body);
            assert_eq!((kind, &*String::from_utf8_lossy(&text)), want);
        };
        let json = ("content-type", "application/json");
        let zstd = zstd::encode_all(&b"{\"a\": 1}"[..], 1).unwrap();
        let packed = [json, ("content-encoding", "zstd")];
        check(&packed, &zstd, (BodyKind::Json, "{\"a\": 1}"));
        check(&packed, b"{}", (BodyKind::Json, "{}"));
        check(&[json], b"[1]", (BodyKind::Json, "[1]"));
        let latin = [("content-type", "text/plain; charset=latin1")];
        check(&latin, b"caf\xe9", (BodyKind::Text, "café"));
        let odd = [json, ("content-encoding", "odd")];
        check(&odd, b"{}", (BodyKind::Binary, "{}"));
    }
}
