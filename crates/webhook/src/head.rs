//! The head of a request exactly as it came over the wire, and views that borrow from it.
//! Start at [`Head::parse`].

use bytes::Bytes;

/// The bytes of a request from its request line to the empty line that ends it, both included.
///
/// What is shown, forwarded and exported is read from these bytes; nothing is stored beside them.
#[derive(Clone, PartialEq, Eq)]
pub struct Head(Bytes);

/// One field line of a [`Head`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// The name in the sender's own spelling.
    pub name: &'a [u8],
    /// The value without the white space around it.
    pub value: &'a [u8],
    /// The whole line as sent, with its white space and line end.
    pub line: &'a [u8],
}

/// Why bytes are not the head of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// The empty line that ends a head is missing.
    #[error("the head has no end")]
    Unfinished,
    /// The first line is not `method SP target SP version`.
    #[error("the request line is malformed")]
    RequestLine,
    /// A line is no header field.
    #[error("header line {line} is malformed")]
    Field {
        /// Counted from 1, the request line being 0.
        line: usize,
    },
}

impl Head {
    /// Takes `bytes` as a head when every view over it will find what it looks for.
    ///
    /// Lines may end in CRLF or in a bare LF, as RFC 9112 section 2.2 lets a recipient read them.
    ///
    /// # Errors
    /// When the bytes are not one whole head and nothing else.
    pub fn parse(bytes: Bytes) -> Result<Self, HeadError> {
        let mut lines = Lines(&bytes);
        let first = trim_line_end(lines.next().ok_or(HeadError::Unfinished)?);
        let mut words = first.split(|byte| *byte == b' ');
        let three = [words.next(), words.next(), words.next()];
        let whole = three
            .iter()
            .all(|word| word.is_some_and(|word| !word.is_empty()));
        if !whole || words.next().is_some() || !three[2].is_some_and(|v| v.starts_with(b"HTTP/")) {
            return Err(HeadError::RequestLine);
        }
        for (at, line) in (1..).zip(lines.by_ref()) {
            let text = trim_line_end(line);
            if text.len() == line.len() {
                return Err(HeadError::Unfinished);
            }
            if text.is_empty() {
                return if lines.0.is_empty() {
                    Ok(Self(bytes))
                } else {
                    Err(HeadError::Field { line: at })
                };
            }
            if text
                .iter()
                .position(|byte| *byte == b':')
                .is_none_or(|colon| colon == 0)
            {
                return Err(HeadError::Field { line: at });
            }
        }
        Err(HeadError::Unfinished)
    }

    /// Writes a head in its plain form: single spaces, `name: value`, CRLF.
    ///
    /// # Errors
    /// When a part holds bytes that would not come back as that part.
    pub fn compose<'a>(
        method: &[u8],
        target: &[u8],
        version: &[u8],
        headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Result<Self, HeadError> {
        let breaks = |part: &[u8], also: &[u8]| {
            part.iter()
                .any(|byte| matches!(byte, b'\r' | b'\n') || also.contains(byte))
        };
        if breaks(method, b" ") || breaks(target, b" ") || breaks(version, b" ") {
            return Err(HeadError::RequestLine);
        }
        let mut bytes = [method, b" ", target, b" ", version, b"\r\n"].concat();
        for (at, (name, value)) in (1..).zip(headers) {
            if breaks(name, b":") || breaks(value, b"") {
                return Err(HeadError::Field { line: at });
            }
            bytes.extend_from_slice(name);
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        Self::parse(bytes.into())
    }

    /// The bytes as sent.
    #[must_use]
    pub const fn as_bytes(&self) -> &Bytes {
        &self.0
    }

    /// The first line as sent, with its line end.
    #[must_use]
    pub fn request_line(&self) -> &[u8] {
        Lines(&self.0).next().unwrap_or_default()
    }

    /// The method in the sender's own spelling.
    #[must_use]
    pub fn method(&self) -> &[u8] {
        self.word(0)
    }

    /// The request target: path and query, or an absolute URL, undecoded.
    #[must_use]
    pub fn target(&self) -> &[u8] {
        self.word(1)
    }

    /// The version as sent, such as `HTTP/1.1`.
    #[must_use]
    pub fn version(&self) -> &[u8] {
        self.word(2)
    }

    /// The target up to its `?`.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        self.target()
            .split(|byte| *byte == b'?')
            .next()
            .unwrap_or_default()
    }

    /// What follows the first `?` of the target.
    #[must_use]
    pub fn query(&self) -> Option<&[u8]> {
        let at = self.target().iter().position(|byte| *byte == b'?')?;
        self.target().get(at + 1..)
    }

    /// The header fields in the order and spelling of the wire, repeats in their places.
    pub fn headers(&self) -> impl Iterator<Item = Header<'_>> {
        fields(&self.0)
    }

    /// The value of the first field called `name`, in any spelling.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        let is_it = |header: &Header| header.name.eq_ignore_ascii_case(name.as_bytes());
        self.headers().find(is_it).map(|header| header.value)
    }

    /// The values of all fields called `name`, in any spelling, in the order of the wire.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.headers()
            .filter(|header| header.name.eq_ignore_ascii_case(name.as_bytes()))
            .map(|header| header.value)
    }

    fn word(&self, at: usize) -> &[u8] {
        let line = trim_line_end(self.request_line());
        line.split(|byte| *byte == b' ').nth(at).unwrap_or_default()
    }
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Head({:?})", self.0)
    }
}

impl<'a> Header<'a> {
    fn read(line: &'a [u8]) -> Option<Self> {
        let text = trim_line_end(line);
        let colon = text.iter().position(|byte| *byte == b':')?;
        let (name, rest) = text.split_at(colon);
        Some(Self {
            name,
            value: trim_space(&rest[1..]),
            line,
        })
    }
}

/// The first line of any head, a response's too, without its line end.
#[must_use]
pub fn first_line(head: &[u8]) -> &[u8] {
    trim_line_end(Lines(head).next().unwrap_or_default())
}

/// The header fields of any head, a response's too, in the order and spelling of the wire.
pub fn fields(head: &[u8]) -> impl Iterator<Item = Header<'_>> {
    Lines(head).skip(1).filter_map(Header::read)
}

/// The lines of a buffer, each with its line end.
struct Lines<'a>(&'a [u8]);

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        if self.0.is_empty() {
            return None;
        }
        let end = self
            .0
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.0.len(), |at| at + 1);
        let (line, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(line)
    }
}

fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn trim_space(value: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = value.iter().position(is_text).unwrap_or(value.len());
    let end = value.iter().rposition(is_text).map_or(start, |at| at + 1);
    &value[start..end]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(text: &str) -> Head {
        Head::parse(Bytes::copy_from_slice(text.as_bytes())).unwrap()
    }

    #[test]
    fn keeps_spelling_order_and_repeats() {
        let head = head("POST /a?b=c HTTP/1.1\r\nX-B: 1\r\nx-a:2\r\nX-b:  3 \r\n\r\n");
        let seen: Vec<_> = head.headers().map(|h| (h.name, h.value)).collect();
        let want: [(&[u8], &[u8]); 3] = [(b"X-B", b"1"), (b"x-a", b"2"), (b"X-b", b"3")];
        assert_eq!(seen, want);
        assert_eq!(head.all("x-B").collect::<Vec<_>>(), [b"1", b"3"]);
        assert_eq!((head.path(), head.query()), (&b"/a"[..], Some(&b"b=c"[..])));
    }

    #[test]
    fn tells_what_is_wrong_with_a_head() {
        let check = |text: &str, want| {
            assert_eq!(
                Head::parse(Bytes::copy_from_slice(text.as_bytes())),
                Err(want),
                "{text:?}"
            );
        };
        check("", HeadError::Unfinished);
        check("GET / HTTP/1.1\r\n", HeadError::Unfinished);
        check("GET / HTTP/1.1\r\nA: b", HeadError::Unfinished);
        check("GET /\r\n\r\n", HeadError::RequestLine);
        check("GET  / HTTP/1.1\r\n\r\n", HeadError::RequestLine);
        check(
            "GET / HTTP/1.1\r\nA: b\r\nnope\r\n\r\n",
            HeadError::Field { line: 2 },
        );
        check("GET / HTTP/1.1\r\n\r\nbody", HeadError::Field { line: 1 });
    }

    #[test]
    fn refuses_to_compose_what_would_read_differently() {
        let with = |name, value| Head::compose(b"GET", b"/", b"HTTP/1.1", [(name, value)]);
        assert!(with(&b"A"[..], &b"b"[..]).is_ok());
        assert_eq!(with(b"A", b"b\r\nC: d"), Err(HeadError::Field { line: 1 }));
        assert_eq!(with(b"A:B", b"c"), Err(HeadError::Field { line: 1 }));
        assert!(Head::compose(b"GET", b"/ HTTP/1.1\r\n", b"x", []).is_err());
    }

    fn text(pattern: &'static str) -> impl Strategy<Value = String> {
        proptest::string::string_regex(pattern).unwrap()
    }

    proptest! {
        /// Head → views → head is the identity, whatever white space and line ends were sent.
        #[test]
        fn lines_put_together_again_are_the_head(
            method in text("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}"),
            target in text("[!-~]{1,40}"),
            fields in prop::collection::vec(
                (text("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}"), text("[ \t]{0,3}"),
                 prop::collection::vec(0x20u8..=0xff, 0..30), any::<bool>()), 0..20),
        ) {
            let mut sent = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
            for (name, space, value, crlf) in &fields {
                sent.extend_from_slice(name.as_bytes());
                sent.push(b':');
                sent.extend_from_slice(space.as_bytes());
                sent.extend_from_slice(value);
                sent.extend_from_slice(if *crlf { b"\r\n" } else { b"\n" });
            }
            sent.extend_from_slice(b"\r\n");
            let head = Head::parse(sent.clone().into()).unwrap();
            let mut again = head.request_line().to_vec();
            for header in head.headers() {
                again.extend_from_slice(header.line);
            }
            again.extend_from_slice(b"\r\n");
            prop_assert_eq!(again, sent);
            prop_assert_eq!(head.headers().count(), fields.len());
            for (header, (name, ..)) in head.headers().zip(&fields) {
                prop_assert_eq!(header.name, name.as_bytes());
            }
        }

        /// A head in its plain form is rebuilt from its parts alone.
        #[test]
        fn parts_composed_again_are_the_head(
            target in text("/[!-~]{0,40}"),
            fields in prop::collection::vec((text("[A-Za-z-]{1,12}"), text("([!-~]([ -~]{0,20}[!-~])?)?")), 0..20),
        ) {
            let pairs = fields.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
            let head = Head::compose(b"POST", target.as_bytes(), b"HTTP/1.1", pairs).unwrap();
            let parts: Vec<_> = head.headers().map(|h| (h.name, h.value)).collect();
            let again = Head::compose(head.method(), head.target(), head.version(), parts).unwrap();
            prop_assert_eq!(again, head);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(head) = Head::parse(bytes.into()) {
                let _ = (head.method(), head.path(), head.query(), head.headers().count());
            }
        }
    }
}
