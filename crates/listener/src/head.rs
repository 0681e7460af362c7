//! The lines of a head, checked one after another as they come, more strictly than the HTTP
//! library does. Pure. Start at [`HeadCheck::line`].
//!
//! Source: RFC 9112 sections 2.2, 3 and 5, RFC 9110 sections 5.5 and 7.2.

use crate::{
    framing::{Framing, FramingCheck, trim},
    refusal::Refusal,
    target::{is_authority, is_target},
};

/// Empty lines that may stand before a request line: some clients end a body with one too many.
const EMPTY_LINES_BEFORE: u8 = 8;

/// What a line is in its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// An empty line before the request, which is no part of it.
    Before,
    /// The request line or a field.
    Within,
    /// The empty line that ends the head.
    Last(Framing),
}

/// What the lines of one head have said so far.
#[derive(Debug, Default)]
pub(crate) struct HeadCheck {
    empty_lines_before: u8,
    version: Option<Version>,
    fields: usize,
    hosts: usize,
    framing: FramingCheck,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
}

impl HeadCheck {
    /// Takes the next line, which ends in LF.
    pub(crate) fn line(&mut self, line: &[u8]) -> Result<Line, Refusal> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        match (self.version, text.is_empty()) {
            (None, true) if self.empty_lines_before == EMPTY_LINES_BEFORE => {
                Err(Refusal::Malformed("empty lines where a request should be"))
            }
            (None, true) => {
                self.empty_lines_before += 1;
                Ok(Line::Before)
            }
            (None, false) => {
                self.version = Some(request_line(text)?);
                Ok(Line::Within)
            }
            (Some(_), false) => self.field(text).map(|()| Line::Within),
            (Some(version), true) => self.end(version).map(Line::Last),
        }
    }

    /// Whether the request line is still to come.
    pub(crate) const fn is_before_request_line(&self) -> bool {
        self.version.is_none()
    }

    /// How many field lines there were.
    pub(crate) const fn fields(&self) -> usize {
        self.fields
    }

    fn field(&mut self, text: &[u8]) -> Result<(), Refusal> {
        self.fields += 1;
        let colon = text.iter().position(|byte| *byte == b':');
        let Some((name, [_, value @ ..])) = colon.map(|colon| text.split_at(colon)) else {
            return Err(Refusal::Malformed("a header line without a colon"));
        };
        // A name may hold no white space, so that this also ends folded lines (RFC 9112, 5.1, 5.2).
        if !is_token(name) {
            return Err(Refusal::Malformed(
                "a header name with a byte that no name may have",
            ));
        }
        if value
            .iter()
            .any(|byte| *byte != b'\t' && byte.is_ascii_control())
        {
            return Err(Refusal::Malformed(
                "a header value with a control character",
            ));
        }
        let value = trim(value);
        let is = |other: &[u8]| name.eq_ignore_ascii_case(other);
        match name.len() {
            4 if is(b"host") => self.host(value),
            14 if is(b"content-length") => self.framing.content_length(value),
            17 if is(b"transfer-encoding") => {
                self.framing.transfer_encoding(value);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn host(&mut self, value: &[u8]) -> Result<(), Refusal> {
        self.hosts += 1;
        if self.hosts > 1 {
            return Err(Refusal::Malformed("more than one Host"));
        }
        if !is_authority(value) {
            return Err(Refusal::Malformed("a Host that is none"));
        }
        Ok(())
    }

    fn end(&self, version: Version) -> Result<Framing, Refusal> {
        if version == Version::Http11 && self.hosts == 0 {
            return Err(Refusal::Malformed("no Host"));
        }
        self.framing.end(version == Version::Http10)
    }
}

/// Refuses a part of a request line that no rest can mend, such as the start of a TLS handshake.
pub(crate) fn part_of_request_line(text: &[u8]) -> Result<(), Refusal> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if text.iter().any(u8::is_ascii_control) {
        return Err(Refusal::Malformed(
            "a request line with a control character",
        ));
    }
    Ok(())
}

fn request_line(text: &[u8]) -> Result<Version, Refusal> {
    if text.iter().any(u8::is_ascii_control) {
        return Err(Refusal::Malformed(
            "a request line with a control character",
        ));
    }
    let mut words = text.split(|byte| *byte == b' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::Malformed(
            "a first line that is not `method target version`",
        ));
    };
    let version = match version {
        b"HTTP/1.1" => Version::Http11,
        b"HTTP/1.0" => Version::Http10,
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            return Err(Refusal::Version);
        }
        _ => return Err(Refusal::Malformed("a version that is none")),
    };
    if !is_token(method) {
        return Err(Refusal::Malformed(
            "a method with a byte that no method may have",
        ));
    }
    if method == b"CONNECT" {
        return Err(Refusal::Connect);
    }
    if is_target(method, target) {
        Ok(version)
    } else {
        Err(Refusal::Malformed("a request target that is none"))
    }
}

fn is_token(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a head of these lines comes to, each ended by CRLF.
    fn check(lines: &[&str]) -> Result<Framing, Refusal> {
        let mut check = HeadCheck::default();
        for line in lines {
            let line = check.line(format!("{line}\r\n").as_bytes())?;
            assert_eq!(line, Line::Within);
        }
        match check.line(b"\r\n")? {
            Line::Last(framing) => Ok(framing),
            line => panic!("an empty line taken as {line:?}"),
        }
    }

    fn fields(fields: &[&str]) -> Result<Framing, Refusal> {
        check(&[&["POST / HTTP/1.1", "Host: a"], fields].concat())
    }

    fn is_malformed(result: Result<Framing, Refusal>) -> bool {
        matches!(result, Err(Refusal::Malformed(_)))
    }

    #[test]
    fn a_request_line_is_three_words_with_one_space_between() {
        assert_eq!(check(&["GET / HTTP/1.0"]), Ok(Framing::Length(0)));
        for line in [
            "GET /",
            "GET",
            "GET  / HTTP/1.1",
            " GET / HTTP/1.1",
            "GET / HTTP/1.1 ",
            "GET /a b HTTP/1.1",
            "GET\t/\tHTTP/1.1",
            "GET /\rHTTP/1.1",
            "G@T / HTTP/1.1",
            "GET / http/1.1",
            "GET / HTTP/1.10",
            "GET / HTTP/1,1",
            "GET / HTTP/11",
            "GET / HTP/1.1",
            "GET / HTTP/+1.1",
            "GET / HTTP/\u{661}.1",
        ] {
            assert!(is_malformed(check(&[line, "Host: a"])), "{line:?}");
        }
        for line in [
            "GET / HTTP/2.0",
            "GET / HTTP/0.9",
            "GET / HTTP/1.2",
            "PRI * HTTP/2.0",
        ] {
            assert_eq!(check(&[line, "Host: a"]), Err(Refusal::Version), "{line:?}");
        }
    }

    #[test]
    fn a_tunnel_is_never_opened() {
        for target in ["internal.example:22", "/", "http://a/"] {
            let line = format!("CONNECT {target} HTTP/1.1");
            assert_eq!(check(&[&line, "Host: a"]), Err(Refusal::Connect));
        }
        assert!(
            check(&["connect / HTTP/1.1", "Host: a"]).is_ok(),
            "methods have a case"
        );
    }

    #[test]
    fn a_field_is_a_name_a_colon_and_a_value_without_control_characters() {
        for field in [
            "A:",
            "A: ",
            "A:b",
            "a-b_c!: \tü\u{7ff}\t",
            "A: b:c",
            "Foo|~: \\\"",
        ] {
            assert_eq!(fields(&[field]), Ok(Framing::Length(0)), "{field:?}");
        }
        for field in [
            "A",
            ":b",
            " A: b",
            "\tA: b",
            "A : b",
            "A\t: b",
            "A b: c",
            "Ä: b",
            "A\0: b",
            "A(: b",
            "A: b\0c",
            "A: b\rc",
            "A: b\u{b}",
            "A: \u{7f}",
            "A: b\r",
            "A: \u{1}",
        ] {
            assert!(is_malformed(fields(&[field])), "{field:?}");
        }
    }

    #[test]
    fn http_1_1_has_one_host_and_http_1_0_one_at_most() {
        assert!(is_malformed(check(&["GET / HTTP/1.1"])));
        assert!(is_malformed(check(&[
            "GET / HTTP/1.1",
            "Host: a",
            "host: a"
        ])));
        assert!(is_malformed(check(&[
            "GET / HTTP/1.0",
            "Host: a",
            "Host: b"
        ])));
        assert!(is_malformed(check(&["GET / HTTP/1.1", "Host: a b"])));
        assert!(
            is_malformed(check(&["GET http://a/ HTTP/1.1"])),
            "in absolute form too"
        );
        assert_eq!(
            check(&["GET http://a/ HTTP/1.1", "Host: b"]),
            Ok(Framing::Length(0))
        );
    }

    #[test]
    fn a_few_empty_lines_may_stand_before_a_request() {
        let mut check = HeadCheck::default();
        for _ in 0..EMPTY_LINES_BEFORE {
            assert_eq!(check.line(b"\r\n"), Ok(Line::Before));
        }
        assert!(check.line(b"\r\n").is_err());
        assert_eq!(check.line(b"GET / HTTP/1.0\n"), Ok(Line::Within));
    }
}
