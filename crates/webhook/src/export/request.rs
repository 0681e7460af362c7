//! A capture made ready for sending again: where to, which headers, which secrets left out, and
//! what is to be said about it. Start at [`Request::of`].

use std::borrow::Cow;

use crate::{
    capture::{Capture, EndpointId},
    decode::form,
    escape,
    export::{Destination, LEFT_OUT, Options},
    redact,
};

/// Bodies of text up to here stand in a snippet as text, larger ones in base64. A single argument
/// of a program may have 128 KiB on Linux.
const TEXT_BYTES: usize = 32 * 1024;

/// Written by whoever sends, for they belong to a connection or follow from the body.
/// Source: RFC 9110 sections 7.2 and 7.6.1.
const LEFT_TO_THE_TOOL: [&[u8]; 11] = [
    b"host",
    b"content-length",
    b"transfer-encoding",
    b"connection",
    b"keep-alive",
    b"proxy-connection",
    b"expect",
    b"te",
    b"trailer",
    b"upgrade",
    b"http2-settings",
];

/// What a snippet is made from.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) capture: &'a Capture,
    pub(crate) is_https: bool,
    /// Host and perhaps port; letters, digits and `.-_:[]%~` only.
    pub(crate) authority: String,
    /// Without secrets, when they are to be left out.
    pub(crate) target: Vec<u8>,
    /// Those that a snippet sends, in the order of the wire.
    pub(crate) headers: Vec<(&'a [u8], Cow<'a, [u8]>)>,
    pub(crate) body: Cow<'a, [u8]>,
    /// Where secrets were left out, in words.
    pub(crate) left_out: Vec<String>,
    /// A destination was given.
    pub(crate) is_redirected: bool,
}

/// A body as a snippet may write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body<'a> {
    /// None.
    Empty,
    /// Text that can be seen, with tabs and ends of lines; not long.
    Text(&'a str),
    /// Anything else.
    Bytes(&'a [u8]),
}

/// What a tool does with a request beside sending it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    pub(crate) name: &'static str,
    /// Repeated headers arrive as they were, and not joined to one.
    pub(crate) keeps_repeats: bool,
    pub(crate) keeps_order: bool,
    pub(crate) keeps_spelling: bool,
    /// Every target arrives as it was, and not only those of the usual characters.
    pub(crate) keeps_target: bool,
    /// HTTP/1.0 can be asked for.
    pub(crate) keeps_version: bool,
    /// Bytes beyond ASCII arrive in the values of headers.
    pub(crate) keeps_bytes: bool,
    /// Headers sent whether wanted or not.
    pub(crate) adds: &'static [&'static str],
}

/// A tool that sends what it is told to.
pub(crate) const EXACT: Tool = Tool {
    name: "",
    keeps_repeats: true,
    keeps_order: true,
    keeps_spelling: true,
    keeps_target: true,
    keeps_version: true,
    keeps_bytes: true,
    adds: &[],
};

impl<'a> Request<'a> {
    pub(crate) fn of(capture: &'a Capture, options: &Options) -> Self {
        let head = &capture.head;
        let mut left_out = Vec::new();
        let hides = !options.with_secrets;
        let is_sent =
            |name: &[u8]| !LEFT_TO_THE_TOOL.contains(&name.to_ascii_lowercase().as_slice());
        let mut headers = Vec::new();
        for header in head.headers().filter(|header| is_sent(header.name)) {
            let mut value = Cow::Borrowed(header.value);
            if hides && redact::is_secret_header(header.name) {
                value = Cow::Borrowed(LEFT_OUT.as_bytes());
                left_out.push(plain(header.name));
            }
            headers.push((header.name, value));
        }
        let to = options.to.clone().or_else(|| options.from.clone());
        let to = to.unwrap_or_else(|| own(capture));
        let mut target = match &to.target {
            Some(target) => target.as_bytes().to_vec(),
            None => head.target().to_vec(),
        };
        let mut body = Cow::Borrowed(&capture.body[..]);
        if hides {
            if let Some(at) = target.iter().position(|byte| *byte == b'?')
                && let Some(hidden) = hidden_pairs(&target[at + 1..])
            {
                target.truncate(at + 1);
                target.extend_from_slice(&hidden);
                left_out.push("the query".to_owned());
            }
            let kind = head.first("content-type").unwrap_or_default();
            let is_form = kind
                .to_ascii_lowercase()
                .starts_with(b"application/x-www-form-urlencoded");
            if is_form && let Some(hidden) = hidden_pairs(&body) {
                body = Cow::Owned(hidden);
                left_out.push("the form".to_owned());
            }
        }
        left_out.dedup();
        Self {
            capture,
            is_https: to.is_https,
            authority: to.authority,
            target,
            headers,
            body,
            left_out,
            is_redirected: options.to.is_some(),
        }
    }

    pub(crate) fn method(&self) -> &'a [u8] {
        self.capture.head.method()
    }

    /// Whether a header of this name, in any spelling, is sent.
    pub(crate) fn has(&self, name: &str) -> bool {
        let is_it = |(sent, _): &(&[u8], _)| sent.eq_ignore_ascii_case(name.as_bytes());
        self.headers.iter().any(is_it)
    }

    pub(crate) fn scheme(&self) -> &'static str {
        if self.is_https { "https" } else { "http" }
    }

    /// The URL; of a target that is no path, the root.
    pub(crate) fn url(&self) -> Vec<u8> {
        let target = match self.target.first() {
            Some(b'/') => &self.target[..],
            _ => b"/",
        };
        [
            self.scheme().as_bytes(),
            b"://",
            self.authority.as_bytes(),
            target,
        ]
        .concat()
    }

    /// The URL in ASCII: other bytes as `%XX`.
    pub(crate) fn ascii_url(&self) -> String {
        let url = self.url();
        let bytes = url.iter().map(|byte| match byte {
            b'!'..=b'~' => char::from(*byte).to_string(),
            _ => format!("%{byte:02X}"),
        });
        bytes.collect()
    }

    /// Whether any tool sends this target as it stands: a path of characters that no URL library
    /// rewrites, without `.` and `..`.
    pub(crate) fn has_plain_target(&self) -> bool {
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/?&=+,:@".contains(byte);
        let path = self
            .target
            .split(|byte| *byte == b'?')
            .next()
            .unwrap_or_default();
        let mut parts = path.split(|byte| *byte == b'/');
        self.target.starts_with(b"/")
            && !self.target.starts_with(b"//")
            && self.target.iter().all(is_plain)
            && !parts.any(|part| matches!(part, b"." | b".."))
            && !self.target.ends_with(b"?")
    }

    pub(crate) fn body(&self) -> Body<'_> {
        if self.body.is_empty() {
            return Body::Empty;
        }
        if self.body.len() <= TEXT_BYTES
            && let Ok(text) = std::str::from_utf8(&self.body)
            && text
                .split('\r')
                .all(|part| escape::for_terminal_text(part.as_bytes()).1)
        {
            return Body::Text(text);
        }
        Body::Bytes(&self.body)
    }

    /// Whether a body is sent, be it empty: one was announced.
    pub(crate) fn announces_body(&self) -> bool {
        let head = &self.capture.head;
        !self.body.is_empty()
            || head.first("content-length").is_some()
            || head.first("transfer-encoding").is_some()
    }

    /// What is to be said about what `tool` sends. Letters, digits, blanks and `_.,:=-` only, so
    /// that it is no more than words wherever it stands.
    pub(crate) fn notes(&self, tool: &Tool) -> Vec<String> {
        let name = tool.name;
        let mut notes = Vec::new();
        if !self.left_out.is_empty() {
            let places = self.left_out.join(", ");
            notes.push(format!("{LEFT_OUT} stands for what was in {places}"));
        }
        let key = |(name, _): &(&[u8], Cow<'_, [u8]>)| name.to_ascii_lowercase();
        let mut repeated = Vec::new();
        for (at, header) in self.headers.iter().enumerate() {
            let is_again = self.headers[..at].iter().any(|one| key(one) == key(header));
            if is_again && !repeated.contains(&key(header)) {
                repeated.push(key(header));
            }
        }
        if !tool.keeps_repeats && !repeated.is_empty() {
            let names: Vec<_> = repeated.iter().map(|name| plain(name)).collect();
            notes.push(format!(
                "{name} sends repeated headers as one: {}",
                names.join(", ")
            ));
        }
        if !tool.keeps_order && self.headers.len() > 1 {
            notes.push(format!("{name} sends the headers in an order of its own"));
        }
        if !tool.keeps_spelling && !self.headers.is_empty() {
            notes.push(format!("{name} spells the names of headers in its own way"));
        }
        let is_text = |value: &[u8]| value.iter().all(|byte| byte.is_ascii() && *byte != b'\t');
        if !tool.keeps_bytes && !self.headers.iter().all(|(_, value)| is_text(value)) {
            notes.push(format!(
                "{name} may change the bytes beyond ASCII in headers"
            ));
        }
        if !tool.keeps_target && !self.has_plain_target() {
            notes.push(format!(
                "{name} may write the path or the query in another way"
            ));
        }
        if !tool.keeps_version && self.capture.head.version() != b"HTTP/1.1" {
            notes.push(format!("{name} sends HTTP 1.1, and this was not"));
        }
        let added: Vec<_> = tool
            .adds
            .iter()
            .copied()
            .filter(|name| !self.has(name))
            .collect();
        if !added.is_empty() {
            notes.push(format!("{name} adds headers: {}", added.join(", ")));
        }
        notes
    }

    /// The notes as comments, each line behind `mark`.
    pub(crate) fn comments(&self, tool: &Tool, mark: &str) -> String {
        let lines = self
            .notes(tool)
            .into_iter()
            .map(|note| format!("{mark} {note}\n"));
        lines.collect()
    }

    /// The headers with repeats joined to one, where the first stood.
    pub(crate) fn joined_headers(&self) -> Vec<(&'a [u8], Vec<u8>)> {
        let mut joined: Vec<(&[u8], Vec<u8>)> = Vec::new();
        for (name, value) in &self.headers {
            match joined
                .iter_mut()
                .find(|(one, _)| one.eq_ignore_ascii_case(name))
            {
                Some((_, before)) => {
                    let between: &[u8] = if name.eq_ignore_ascii_case(b"cookie") {
                        b"; "
                    } else {
                        b", "
                    };
                    before.extend_from_slice(between);
                    before.extend_from_slice(value);
                }
                None => joined.push((name, value.to_vec())),
            }
        }
        joined
    }
}

/// Whether `bytes` name a host and perhaps a port, in characters that mean nothing to any shell.
pub(crate) fn is_authority(bytes: &[u8]) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_:[]~".contains(byte);
    let is_named = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'[';
    bytes.len() <= 300 && bytes.first().is_some_and(is_named) && bytes.iter().all(is_plain)
}

/// Where the capture itself went to, as far as it says so.
fn own(capture: &Capture) -> Destination {
    let head = &capture.head;
    let host = head.first("host").filter(|host| is_authority(host));
    let authority = host.map_or("localhost".into(), String::from_utf8_lossy);
    let is_https = capture.endpoint != EndpointId::local()
        && head
            .first("x-forwarded-proto")
            .is_some_and(|value| value.eq_ignore_ascii_case(b"https"));
    Destination {
        is_https,
        authority: authority.into_owned(),
        target: None,
    }
}

/// `pairs` with the values of secret ones left out; none when there are no such.
fn hidden_pairs(pairs: &[u8]) -> Option<Vec<u8>> {
    let mut is_changed = false;
    let mut out = Vec::with_capacity(pairs.len());
    for (at, pair) in pairs.split(|byte| *byte == b'&').enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        let equals = pair.iter().position(|byte| *byte == b'=');
        let name = form::pairs(pair).into_iter().next();
        let is_secret = name.is_some_and(|(name, _)| redact::is_secret_query(&name));
        match equals.filter(|_| is_secret) {
            Some(equals) => {
                is_changed = true;
                out.extend_from_slice(&pair[..=equals]);
                out.extend_from_slice(LEFT_OUT.as_bytes());
            }
            None => out.extend_from_slice(pair),
        }
    }
    is_changed.then_some(out)
}

/// `name` in characters that are only words in any comment.
fn plain(name: &[u8]) -> String {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let shown = name.iter().take(80);
    shown
        .map(|byte| {
            if is_word(*byte) {
                char::from(*byte)
            } else {
                '.'
            }
        })
        .collect()
}
