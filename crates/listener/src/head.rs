//! The lines of a head, checked one after another as they come, more strictly than the HTTP
//! library does. Pure. Start at [`HeadCheck::line`].
//!
//! Source: RFC 9112 sections 2.2, 3 and 6, RFC 9110 sections 5.5 and 7.2.

use std::net::Ipv6Addr;

use crate::refusal::Refusal;

/// Empty lines that may stand before a request line: some clients end a body with one too many.
const EMPTY_LINES_BEFORE: u8 = 8;

/// How the body that follows a head is framed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// So many bytes; 0 when the head announces no body.
    Length(u64),
    /// In chunks.
    Chunked,
}

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
    length: Option<u64>,
    coding: Option<Coding>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    Http10,
    Http11,
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
            14 if is(b"content-length") => self.content_length(value),
            17 if is(b"transfer-encoding") => {
                self.transfer_encoding(value);
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

    fn content_length(&mut self, value: &[u8]) -> Result<(), Refusal> {
        let Some(length) = decimal(value) else {
            return Err(Refusal::Malformed("a Content-Length that is no number"));
        };
        if self.length.is_some_and(|before| before != length) {
            return Err(Refusal::Malformed("two different values of Content-Length"));
        }
        self.length = Some(length);
        Ok(())
    }

    fn transfer_encoding(&mut self, value: &[u8]) {
        let last = value.rsplit(|byte| *byte == b',').next().map(trim);
        let ends_chunked = last.is_some_and(|last| last.eq_ignore_ascii_case(b"chunked"));
        self.coding = Some(match (self.coding, ends_chunked) {
            (None, true) if value.len() == b"chunked".len() => Coding::Chunked,
            (_, true) => Coding::ChunkedLast,
            (_, false) => Coding::Unknown,
        });
    }

    fn end(&self, version: Version) -> Result<Framing, Refusal> {
        if version == Version::Http11 && self.hosts == 0 {
            return Err(Refusal::Malformed("no Host"));
        }
        let Some(coding) = self.coding else {
            return Ok(Framing::Length(self.length.unwrap_or(0)));
        };
        if version == Version::Http10 {
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

/// In origin form, in absolute form, or `OPTIONS *` (RFC 9112 section 3.2).
fn is_target(method: &[u8], target: &[u8]) -> bool {
    if str::from_utf8(target).is_err() {
        return false;
    }
    match target {
        b"*" => method == b"OPTIONS",
        [b'/', ..] => true,
        _ => after_scheme(target).is_some_and(|rest| {
            let is_end = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
            is_authority(rest.split(is_end).next().unwrap_or_default())
        }),
    }
}

/// What follows `http://` or `https://` in a target.
pub(crate) fn after_scheme(target: &[u8]) -> Option<&[u8]> {
    [&b"http://"[..], b"https://"]
        .into_iter()
        .find_map(|scheme| {
            let (start, rest) = target.split_at_checked(scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(rest)
        })
}

/// `uri-host [":" port]`, the host not empty: RFC 9110 section 4.2.1 has a recipient reject an
/// `http` URI without one.
fn is_authority(value: &[u8]) -> bool {
    if let Some(value) = value.strip_prefix(b"[") {
        let Some(end) = value.iter().position(|byte| *byte == b']') else {
            return false;
        };
        let address = str::from_utf8(&value[..end]).ok();
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
            && is_port(&value[end + 1..]);
    }
    let colon = value.iter().position(|byte| *byte == b':');
    let (name, port) = value.split_at(colon.unwrap_or(value.len()));
    !name.is_empty() && is_registered_name(name) && is_port(port)
}

/// Nothing, or a colon and perhaps a number.
fn is_port(text: &[u8]) -> bool {
    match text {
        [] | [b':'] => true,
        [b':', number @ ..] => decimal(number).is_some_and(|number| number <= u64::from(u16::MAX)),
        _ => false,
    }
}

/// `reg-name` of RFC 3986 section 3.2.2.
fn is_registered_name(name: &[u8]) -> bool {
    let mut rest = name;
    loop {
        rest = match rest {
            [] => return true,
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest
            }
            [byte, rest @ ..]
                if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(byte) =>
            {
                rest
            }
            _ => return false,
        };
    }
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

fn is_token(text: &[u8]) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !text.is_empty() && text.iter().all(is_part)
}

fn trim(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |at| at + 1);
    &value[start..end]
}
