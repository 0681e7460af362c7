//! Golden captures: one request and what is expected to be answered to it, in a text file that reviews
//! well. Start at [`Golden::parse`] and [`Golden::print`].
//!
//! ```text
//! # A paid invoice is taken.
//! === request
//! POST /stripe HTTP/1.1
//! Host: hooks.example.dev
//! === body
//! {"type": "invoice.paid"}
//! === answer
//! status: 200
//! header Content-Type: application/json
//! body.received: true
//! ```
//!
//! The line end before the next section belongs to no body. What is no plain text stands in base64:
//! `=== body base64`.

mod compare;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use serde_json::Value;

pub use self::compare::Difference;
use crate::head::Head;

/// Characters of base64 in a line.
const WIDTH: usize = 76;

/// A request and what is expected of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Golden {
    /// What the file says before its first section, without number signs.
    pub title: String,
    /// The head as it was sent.
    pub head: Head,
    /// The body as it was sent.
    pub body: Bytes,
    /// What is expected; what is not named may be anything.
    pub expected: Expected,
}

/// What is expected of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expected {
    /// The status, or its class, such as `2xx`.
    pub status: Option<String>,
    /// Header fields by name, each with its value; `*` is any.
    pub headers: Vec<(String, String)>,
    /// Places in a body of JSON, such as `items[0].id`, and what stands there.
    pub places: Vec<(String, Value)>,
    /// The whole body. When it is JSON, it is compared as JSON.
    pub body: Option<Bytes>,
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct GoldenError {
    /// From 1.
    pub line: usize,
    /// What was found there, and what was expected.
    pub reason: String,
}

/// A section of a file: its name, the number of its line, and the lines in it.
struct Section<'a> {
    name: &'a str,
    line: usize,
    lines: Vec<&'a str>,
}

impl Section<'_> {
    fn wrong(&self, reason: impl Into<String>) -> GoldenError {
        GoldenError {
            line: self.line,
            reason: reason.into(),
        }
    }

    fn bytes(&self, is_base64: bool) -> Result<Bytes, GoldenError> {
        if !is_base64 {
            return Ok(self.lines.join("\n").into());
        }
        let decoded = BASE64_STANDARD.decode(self.lines.concat());
        let decoded = decoded.map_err(|error| self.wrong(format!("no base64: {error}")))?;
        Ok(decoded.into())
    }
}

impl Golden {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is not of this form: where, and why.
    pub fn parse(text: &str) -> Result<Self, GoldenError> {
        let mut title = Vec::new();
        let mut sections: Vec<Section<'_>> = Vec::new();
        for (at, line) in (1..).zip(text.lines()) {
            if let Some(name) = line.strip_prefix("=== ") {
                sections.push(Section {
                    name: name.trim(),
                    line: at,
                    lines: Vec::new(),
                });
            } else if let Some(section) = sections.last_mut() {
                section.lines.push(line);
            } else {
                title.push(line.trim_start_matches('#').trim());
            }
        }
        let (mut head, mut body) = (None, Bytes::new());
        let mut expected = Expected::default();
        for section in &sections {
            match section.name {
                "request" => {
                    let lines = section.lines.iter().filter(|line| !line.is_empty());
                    let lines: String = lines.map(|line| format!("{line}\r\n")).collect();
                    head = Some(Self::head(section, (lines + "\r\n").into())?);
                }
                "request base64" => head = Some(Self::head(section, section.bytes(true)?)?),
                "body" => body = section.bytes(false)?,
                "body base64" => body = section.bytes(true)?,
                "answer" => expected.read(section)?,
                "answer body" => expected.body = Some(section.bytes(false)?),
                "answer body base64" => expected.body = Some(section.bytes(true)?),
                other => {
                    return Err(section.wrong(format!(
                        "`{other}` is no section: request, body, answer, answer body"
                    )));
                }
            }
        }
        let missing = |reason: &str| GoldenError {
            line: 1,
            reason: reason.to_owned(),
        };
        Ok(Self {
            title: title.join("\n").trim().to_owned(),
            head: head.ok_or_else(|| missing("there is no `=== request`"))?,
            body,
            expected,
        })
    }

    fn head(section: &Section<'_>, bytes: Bytes) -> Result<Head, GoldenError> {
        Head::parse(bytes).map_err(|error| section.wrong(error.to_string()))
    }

    /// Writes the file that [`Self::parse`] reads.
    #[must_use]
    pub fn print(&self) -> String {
        let mut out = String::new();
        for line in self.title.lines() {
            out += &format!("# {line}\n");
        }
        let head = self.head.as_bytes();
        let lines = str::from_utf8(head).ok();
        let lines = lines.map(|text| text.replace("\r\n", "\n"));
        match lines.filter(|text| is_plain(text.as_bytes()) && text.replace('\n', "\r\n") == *head)
        {
            Some(text) => out += &format!("=== request\n{}\n", text.trim_end_matches('\n')),
            None => section(&mut out, "request", head, false),
        }
        if !self.body.is_empty() {
            section(&mut out, "body", &self.body, is_plain(&self.body));
        }
        out += "=== answer\n";
        let Expected {
            status,
            headers,
            places,
            body,
        } = &self.expected;
        if let Some(status) = status {
            out += &format!("status: {status}\n");
        }
        for (name, value) in headers {
            out += &format!("header {name}: {value}\n");
        }
        for (place, value) in places {
            let dot = if place.starts_with('[') { "" } else { "." };
            out += &format!("body{dot}{place}: {value}\n");
        }
        if let Some(body) = body {
            section(&mut out, "answer body", body, is_plain(body));
        }
        out
    }
}

impl Expected {
    fn read(&mut self, section: &Section<'_>) -> Result<(), GoldenError> {
        for (at, line) in (section.line + 1..).zip(&section.lines) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |reason: String| GoldenError { line: at, reason };
            if let Some(status) = line.strip_prefix("status:") {
                let status = status.trim();
                let is_status = status.len() == 3
                    && status.starts_with(|c: char| ('1'..='5').contains(&c))
                    && (status.ends_with("xx") || status.bytes().all(|b| b.is_ascii_digit()));
                if !is_status {
                    return Err(wrong(format!("`{status}` is no status: 200, or 2xx")));
                }
                self.status = Some(status.to_owned());
            } else if let Some((name, value)) = line
                .strip_prefix("header ")
                .and_then(|rest| rest.split_once(':'))
            {
                self.headers
                    .push((name.trim().to_owned(), value.trim().to_owned()));
            } else if let Some(rest) = line.strip_prefix("body") {
                let (place, value) = rest
                    .split_once(": ")
                    .ok_or_else(|| wrong("write it like `body.items[0].id: 7`".to_owned()))?;
                let place = place.strip_prefix('.').unwrap_or(place);
                compare::pointer(place)
                    .ok_or_else(|| wrong(format!("`{place}` is no place in a body")))?;
                let value = serde_json::from_str(value)
                    .map_err(|error| wrong(format!("`{value}` is no JSON: {error}")))?;
                self.places.push((place.to_owned(), value));
            } else {
                return Err(wrong(format!(
                    "`{line}` says nothing of an answer: status:, header NAME:, body.PLACE:"
                )));
            }
        }
        Ok(())
    }
}

fn section(out: &mut String, name: &str, bytes: &[u8], is_plain: bool) {
    if is_plain {
        *out += &format!("=== {name}\n{}\n", String::from_utf8_lossy(bytes));
        return;
    }
    *out += &format!("=== {name} base64\n");
    let text = BASE64_STANDARD.encode(bytes);
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, behind) = rest.split_at(rest.len().min(WIDTH));
        *out += &format!("{line}\n");
        rest = behind;
    }
}

/// Whether `bytes` are the same after they were a text in a file: editors and version control change
/// line ends, and nothing in it is taken for a section.
fn is_plain(bytes: &[u8]) -> bool {
    str::from_utf8(bytes).is_ok_and(|text| {
        !text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\t'))
            && !text.starts_with('\u{feff}')
            && !text.lines().any(|line| line.starts_with("=== "))
    })
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    const FILE: &str = "# A paid invoice\n# is taken.\n=== request\nPOST /stripe HTTP/1.1\nhOST: a\nX-A:1\n\
                        === body\n{\"type\": \"invoice.paid\"}\n\n=== answer\nstatus: 2xx\n\
                        header Content-Type: *\nbody.items[0].id: 7\nbody[1]: null\n";

    #[test]
    fn a_file_is_read_as_it_is_written() {
        let golden = Golden::parse(FILE).unwrap();
        assert_eq!(golden.title, "A paid invoice\nis taken.");
        let head = "POST /stripe HTTP/1.1\r\nhOST: a\r\nX-A:1\r\n\r\n";
        assert_eq!(golden.head.as_bytes(), head);
        // The last line end is the file's.
        assert_eq!(golden.body, "{\"type\": \"invoice.paid\"}\n");
        assert_eq!(golden.print(), FILE);
        // A checkout with other line ends is the same file.
        assert_eq!(Golden::parse(&FILE.replace('\n', "\r\n")).unwrap(), golden);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let check = |from: &str, to: &str, line, says: &str| {
            let error = Golden::parse(&FILE.replace(from, to)).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            assert!(error.reason.contains(says), "{error}");
        };
        check("=== body", "=== bodies", 7, "is no section");
        check("2xx", "okay", 11, "is no status");
        check("[0].id: 7", "[0.id: 7", 13, "no place");
        check("[0].id: 7", "[0].id: seven", 13, "no JSON");
        check("header Content", "headers Content", 12, "says nothing");
        check("=== request", "# request", 1, "no `=== request`");
        check("POST /stripe HTTP/1.1", "POST", 3, "request line");
    }

    proptest! {
        /// Whatever was sent comes back from its file, byte for byte.
        #[test]
        fn every_byte_survives_the_file(
            body in prop_oneof![vec(any::<u8>(), 0..200), "(=== |a|\n|\r|\t){0,9}".prop_map(String::into_bytes)],
            value in prop_oneof!["[ -~]{0,9}".prop_map(String::into_bytes), vec(0x80u8.., 0..9)],
        ) {
            let fields = [(&b"X-a"[..], &value[..])];
            let head = Head::compose(b"POST", b"/", b"HTTP/1.1", fields).unwrap();
            let golden = Golden {
                title: String::new(),
                head,
                body: body.clone().into(),
                expected: Expected { body: Some(body.into()), ..Expected::default() },
            };
            prop_assert_eq!(Golden::parse(&golden.print()).unwrap(), golden);
        }
    }
}
