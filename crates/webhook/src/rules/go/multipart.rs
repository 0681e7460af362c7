//! Multipart bodies as Go's `mime/multipart` splits them. Start at [`parse`].

use crate::rules::go::{header::canonical, media, text::quote};

/// One part of a form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// The field's name.
    pub(crate) name: String,
    /// Whether it has a file name.
    pub(crate) is_file: bool,
    /// The values of its `Content-Type` lines.
    pub(crate) content_types: Vec<String>,
    /// Its body.
    pub(crate) content: &'a [u8],
}

/// How many parts Go takes.
const MAX_PARTS: usize = 1_000;
/// What Go grants fields beside the memory for files, and what it counts for each.
const FIELD_BYTES: u64 = 10 << 20;
const FIELD_OVERHEAD: u64 = 200;

/// Why a form is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MultipartError {
    #[error("request Content-Type isn't multipart/form-data")]
    NotMultipart,
    #[error("no multipart boundary param in Content-Type")]
    NoBoundary,
    #[error("multipart: boundary is empty")]
    EmptyBoundary,
    #[error("multipart: NextPart: EOF")]
    NoEnd,
    #[error("unexpected EOF")]
    UnfinishedPart,
    #[error("multipart: expecting a new Part; got line {0}")]
    NoPart(String),
    #[error("multipart: unexpected line in Next(): {0}")]
    StrayLine(String),
    #[error("malformed MIME header: missing colon: {0}")]
    NoColon(String),
    #[error("malformed MIME header initial line: {0}")]
    InitialSpace(String),
    #[error("multipart: message too large")]
    TooLarge,
}

/// Splits `body` at the boundary that `content_type` names. Fields may hold `memory_bytes` and ten
/// mebibytes more together.
///
/// # Errors
/// When it is no form, or one that breaks off.
pub(crate) fn parse<'a>(
    body: &'a [u8],
    content_type: &str,
    memory_bytes: u64,
) -> Result<Vec<Part<'a>>, MultipartError> {
    let (media_type, parameters) =
        media::parse(content_type).ok_or(MultipartError::NotMultipart)?;
    if media_type != "multipart/form-data" {
        return Err(MultipartError::NotMultipart);
    }
    let boundary = parameters
        .get("boundary")
        .ok_or(MultipartError::NoBoundary)?;
    if boundary.is_empty() {
        return Err(MultipartError::EmptyBoundary);
    }
    let mut reader = Reader {
        rest: body,
        delimiter: format!("--{boundary}").into_bytes(),
        line_end: b"\r\n",
        parts_read: 0,
    };
    let mut room = memory_bytes.saturating_add(FIELD_BYTES);
    let mut parts = Vec::new();
    while let Some(part) = reader.next_part()? {
        if reader.parts_read > MAX_PARTS {
            return Err(MultipartError::TooLarge);
        }
        if part.name.is_empty() {
            continue;
        }
        let content = if part.is_file { 0 } else { part.content.len() };
        let used = (part.name.len() + content) as u64 + FIELD_OVERHEAD;
        room = room.checked_sub(used).ok_or(MultipartError::TooLarge)?;
        parts.push(part);
    }
    Ok(parts)
}

struct Reader<'a> {
    rest: &'a [u8],
    /// `--` and the boundary.
    delimiter: Vec<u8>,
    /// CRLF, or a bare LF when the first delimiter ends so.
    line_end: &'static [u8],
    parts_read: usize,
}

impl<'a> Reader<'a> {
    fn next_part(&mut self) -> Result<Option<Part<'a>>, MultipartError> {
        let mut is_part_due = false;
        loop {
            let line = self.line();
            if !line.ends_with(b"\n") {
                return if self.is_final(line) {
                    Ok(None)
                } else {
                    Err(MultipartError::NoEnd)
                };
            }
            if self.is_delimiter(line) {
                self.parts_read += 1;
                return self.part();
            }
            if self.is_final(line) {
                return Ok(None);
            }
            if is_part_due {
                return Err(MultipartError::NoPart(quote(line)));
            }
            if self.parts_read == 0 {
                continue;
            }
            if line != self.line_end {
                return Err(MultipartError::StrayLine(quote(line)));
            }
            is_part_due = true;
        }
    }

    fn line(&mut self) -> &'a [u8] {
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, rest) = self.rest.split_at(end.map_or(self.rest.len(), |at| at + 1));
        self.rest = rest;
        line
    }

    fn is_delimiter(&mut self, line: &[u8]) -> bool {
        let Some(after) = line.strip_prefix(self.delimiter.as_slice()) else {
            return false;
        };
        let after = skip_blank(after);
        if self.parts_read == 0 && after == b"\n" {
            self.line_end = b"\n";
        }
        after == self.line_end
    }

    fn is_final(&self, line: &[u8]) -> bool {
        let after = line.strip_prefix(self.delimiter.as_slice());
        let after = after
            .and_then(|after| after.strip_prefix(b"--"))
            .map(skip_blank);
        after.is_some_and(|after| after.is_empty() || after == self.line_end)
    }

    /// Reads a part's head and body; nothing when the text ends within the head.
    fn part(&mut self) -> Result<Option<Part<'a>>, MultipartError> {
        if matches!(self.rest.first(), Some(b' ' | b'\t')) {
            let line = String::from_utf8_lossy(trim(self.line())).into_owned();
            return Err(MultipartError::InitialSpace(line));
        }
        let mut disposition = None;
        let mut content_types = Vec::new();
        loop {
            if self.rest.is_empty() {
                return Ok(None);
            }
            let line = self.line();
            let mut text = trim_line_end(line);
            if text.is_empty() {
                break;
            }
            if !text.contains(&b':') {
                return Err(MultipartError::NoColon(quote(text)));
            }
            text = trim(text);
            let mut folded = text.to_vec();
            while matches!(self.rest.first(), Some(b' ' | b'\t')) {
                folded.push(b' ');
                folded.extend_from_slice(trim(trim_line_end(self.line())));
            }
            let colon = folded
                .iter()
                .position(|byte| *byte == b':')
                .unwrap_or(folded.len());
            let value = String::from_utf8_lossy(folded.get(colon + 1..).unwrap_or_default());
            let value = value.trim_start_matches([' ', '\t']).to_owned();
            match canonical(&folded[..colon]).as_slice() {
                b"Content-Disposition" => disposition = disposition.or(Some(value)),
                b"Content-Type" => content_types.push(value),
                _ => {}
            }
        }
        let content = self.content()?;
        let disposition = disposition.and_then(|text| media::parse(&text));
        let (name, is_file) = match &disposition {
            Some((kind, parameters)) => {
                let named = |name: &str| parameters.get(name).cloned().unwrap_or_default();
                let name = if kind == "form-data" {
                    named("name")
                } else {
                    String::new()
                };
                (name, !named("filename").is_empty())
            }
            None => (String::new(), false),
        };
        Ok(Some(Part {
            name,
            is_file,
            content_types,
            content,
        }))
    }

    /// Takes what stands before the next delimiter.
    fn content(&mut self) -> Result<&'a [u8], MultipartError> {
        let text = self.rest;
        if text.starts_with(&self.delimiter) && is_delimiter_end(&text[self.delimiter.len()..]) {
            return Ok(&[]);
        }
        let delimiter = [self.line_end, &self.delimiter].concat();
        let mut from = 0;
        while let Some(at) = find(&text[from..], &delimiter) {
            let (start, end) = (from + at, from + at + delimiter.len());
            if is_delimiter_end(&text[end..]) {
                self.rest = &text[start..];
                return Ok(&text[..start]);
            }
            from = end;
        }
        Err(MultipartError::UnfinishedPart)
    }
}

/// Whether what follows makes a boundary a delimiter.
fn is_delimiter_end(after: &[u8]) -> bool {
    matches!(
        after,
        [] | [b' ' | b'\t' | b'\r' | b'\n', ..] | [b'-', b'-', ..]
    )
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

fn skip_blank(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
    &text[start.unwrap_or(text.len())..]
}

fn trim(text: &[u8]) -> &[u8] {
    let text = skip_blank(text);
    let end = text.iter().rposition(|byte| !matches!(byte, b' ' | b'\t'));
    &text[..end.map_or(0, |at| at + 1)]
}

fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=b";

    fn check(body: &str, want: Result<&[(&str, &str)], &str>) {
        let parts = parse(body.as_bytes(), TYPE, 1 << 20).map_err(|error| error.to_string());
        let shown = parts.map(|parts| {
            let show = |part: Part<'_>| {
                (
                    part.name,
                    String::from_utf8_lossy(part.content).into_owned(),
                )
            };
            parts.into_iter().map(show).collect::<Vec<_>>()
        });
        let own = |(name, content): &(&str, &str)| ((*name).to_owned(), (*content).to_owned());
        let want = want
            .map(|parts| parts.iter().map(own).collect())
            .map_err(str::to_owned);
        assert_eq!(shown, want, "{body:?}");
    }

    fn field(name: &str, content: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{content}\r\n")
    }

    #[test]
    fn parts_stand_between_delimiters() {
        let two = format!(
            "preamble\r\n{}{}--b--",
            field("a", "1\r\n--bx\r\n2"),
            field("c", "")
        );
        check(&two, Ok(&[("a", "1\r\n--bx\r\n2"), ("c", "")]));
        check(
            "--b\nContent-Disposition: form-data;\n name=a\n\nx\n--b--\n",
            Ok(&[("a", "x")]),
        );
        check(
            "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--",
            Ok(&[("a", "")]),
        );
        check("--b--", Ok(&[]));
        check("--b\r\nA: b\r\n\r\nnameless\r\n--b--\r\n", Ok(&[]));
    }

    #[test]
    fn what_breaks_off_is_refused() {
        let start = field("a", "1");
        check("", Err("multipart: NextPart: EOF"));
        check(&start, Err("unexpected EOF"));
        check(&format!("{start}--b"), Err("multipart: NextPart: EOF"));
        check(
            &format!("{start}--b \t\r\n x"),
            Err("malformed MIME header initial line: x"),
        );
        check(
            &format!("{start}--b\r\nx\r\n"),
            Err("malformed MIME header: missing colon: \"x\""),
        );
        check(&format!("{start}--b\r\nX: y"), Ok(&[("a", "1")]));
    }

    #[test]
    fn a_form_needs_its_type_and_boundary() {
        let fault = |content_type: &str| parse(b"--b--", content_type, 0).unwrap_err();
        assert_eq!(
            fault("multipart/mixed; boundary=b"),
            MultipartError::NotMultipart
        );
        assert_eq!(fault("multipart/form-data"), MultipartError::NoBoundary);
        assert_eq!(
            fault("multipart/form-data; boundary=\"\""),
            MultipartError::EmptyBoundary
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in "(--b|--|b|\r\n|\n| |:|name=|form-data;|Content-Disposition:|x){0,24}") {
            let _ = parse(body.as_bytes(), TYPE, 0);
        }
    }
}
