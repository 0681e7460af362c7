//! The content type that Go's server gives a body whose type nobody set.
//!
//! Source: <https://mimesniff.spec.whatwg.org/>, in the order in which Go asks.

/// How much of a body is looked at.
const LOOKED_AT: usize = 512;

/// The content type of `body` by its first bytes.
pub(crate) fn content_type(body: &[u8]) -> &'static str {
    let body = &body[..body.len().min(LOOKED_AT)];
    let is_space = |byte: &u8| matches!(byte, b'\t' | b'\n' | 0x0c | b'\r' | b' ');
    let start = body
        .iter()
        .position(|byte| !is_space(byte))
        .unwrap_or(body.len());
    let text = &body[start..];
    if HTML.iter().any(|tag| opens_with(text, tag)) {
        return "text/html; charset=utf-8";
    }
    if text.starts_with(b"<?xml") {
        return "text/xml; charset=utf-8";
    }
    let fits = |parts: &[(usize, &[u8])]| {
        let is_there = |(at, part): &(usize, &[u8])| {
            body.get(*at..).is_some_and(|rest| rest.starts_with(part))
        };
        parts.iter().all(is_there)
    };
    if let Some((_, name)) = MARKS.iter().take(VIDEO_FROM).find(|(parts, _)| fits(parts)) {
        return name;
    }
    if is_mp4(body) {
        return "video/mp4";
    }
    if let Some((_, name)) = MARKS.iter().skip(VIDEO_FROM).find(|(parts, _)| fits(parts)) {
        return name;
    }
    let is_binary = |byte: &u8| matches!(byte, 0..=8 | 0x0b | 0x0e..=0x1a | 0x1c..=0x1f);
    if text.iter().any(is_binary) {
        "application/octet-stream"
    } else {
        "text/plain; charset=utf-8"
    }
}

const HTML: &[&str] = &[
    "<!DOCTYPE HTML",
    "<HTML",
    "<HEAD",
    "<SCRIPT",
    "<IFRAME",
    "<H1",
    "<DIV",
    "<FONT",
    "<TABLE",
    "<A",
    "<STYLE",
    "<TITLE",
    "<B",
    "<BODY",
    "<BR",
    "<P",
    "<!--",
];

/// A tag in any case, and what ends its name.
fn opens_with(text: &[u8], tag: &str) -> bool {
    let opening = text.get(..tag.len());
    opening.is_some_and(|opening| opening.eq_ignore_ascii_case(tag.as_bytes()))
        && matches!(text.get(tag.len()), Some(b' ' | b'>'))
}

type Mark = (&'static [(usize, &'static [u8])], &'static str);

/// How many of [`MARKS`] are asked before MP4.
const VIDEO_FROM: usize = 19;

const MARKS: &[Mark] = &[
    (&[(0, b"%PDF-")], "application/pdf"),
    (&[(0, b"%!PS-Adobe-")], "application/postscript"),
    (
        &[(0, b"\xfe\xff"), (4, b"")],
        "text/plain; charset=utf-16be",
    ),
    (
        &[(0, b"\xff\xfe"), (4, b"")],
        "text/plain; charset=utf-16le",
    ),
    (
        &[(0, b"\xef\xbb\xbf"), (4, b"")],
        "text/plain; charset=utf-8",
    ),
    (&[(0, b"\0\0\x01\0")], "image/x-icon"),
    (&[(0, b"\0\0\x02\0")], "image/x-icon"),
    (&[(0, b"BM")], "image/bmp"),
    (&[(0, b"GIF87a")], "image/gif"),
    (&[(0, b"GIF89a")], "image/gif"),
    (&[(0, b"RIFF"), (8, b"WEBPVP")], "image/webp"),
    (&[(0, b"\x89PNG\r\n\x1a\n")], "image/png"),
    (&[(0, b"\xff\xd8\xff")], "image/jpeg"),
    (&[(0, b"FORM"), (8, b"AIFF")], "audio/aiff"),
    (&[(0, b"ID3")], "audio/mpeg"),
    (&[(0, b"OggS\0")], "application/ogg"),
    (&[(0, b"MThd\0\0\0\x06")], "audio/midi"),
    (&[(0, b"RIFF"), (8, b"AVI ")], "video/avi"),
    (&[(0, b"RIFF"), (8, b"WAVE")], "audio/wave"),
    (&[(0, b"\x1a\x45\xdf\xa3")], "video/webm"),
    (&[(34, b"LP")], "application/vnd.ms-fontobject"),
    (&[(0, b"\0\x01\0\0")], "font/ttf"),
    (&[(0, b"OTTO")], "font/otf"),
    (&[(0, b"ttcf")], "font/collection"),
    (&[(0, b"wOFF")], "font/woff"),
    (&[(0, b"wOF2")], "font/woff2"),
    (&[(0, b"\x1f\x8b\x08")], "application/x-gzip"),
    (&[(0, b"PK\x03\x04")], "application/zip"),
    (&[(0, b"Rar!\x1a\x07\0")], "application/x-rar-compressed"),
    (
        &[(0, b"Rar!\x1a\x07\x01\0")],
        "application/x-rar-compressed",
    ),
    (&[(0, b"\0asm")], "application/wasm"),
];

/// A first box of type `ftyp` that names an MP4 brand.
fn is_mp4(body: &[u8]) -> bool {
    let Some((size, rest)) = body.split_first_chunk::<4>() else {
        return false;
    };
    let size = u32::from_be_bytes(*size) as usize;
    if body.len() < 12 || body.len() < size || !size.is_multiple_of(4) || !rest.starts_with(b"ftyp")
    {
        return false;
    }
    let brands = body[8..size.max(8)].chunks(4).enumerate();
    // The second word is a version.
    brands
        .filter(|(at, _)| *at != 1)
        .any(|(_, brand)| brand.starts_with(b"mp4"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What Go 1.19's `DetectContentType` answers.
    #[test]
    fn bodies_are_known_by_their_first_bytes() {
        for (body, want) in [
            (&b"plain"[..], "text/plain; charset=utf-8"),
            (b"{\"a\":1}", "text/plain; charset=utf-8"),
            (b"", "text/plain; charset=utf-8"),
            (b" \n<html>", "text/html; charset=utf-8"),
            (b"<!doctype html>", "text/html; charset=utf-8"),
            (b"<brx>", "text/plain; charset=utf-8"),
            (b"<b", "text/plain; charset=utf-8"),
            (b"\t<?xml version", "text/xml; charset=utf-8"),
            (b"\x89PNG\r\n\x1a\n", "image/png"),
            (b"\x1f\x8b\x08\0", "application/x-gzip"),
            (b"\xef\xbb\xbfa", "text/plain; charset=utf-8"),
            (b"\xff\xfea\0", "text/plain; charset=utf-16le"),
            (b"\xff\xfea", "text/plain; charset=utf-8"),
            (
                b"\0\0\0\x10ftypisom\0\0\0\0mp42",
                "application/octet-stream",
            ),
            (b"\0\0\0\x14ftypisom\0\0\0\0mp42", "video/mp4"),
            (b"\x01", "application/octet-stream"),
            (b"a\xff", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(content_type(body), want, "{}", body.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..64)) {
            let mut movie = body.clone();
            movie.splice(0..0, *b"\0\0\0\x10ftyp");
            let _ = (content_type(&body), content_type(&movie));
        }
    }
}
