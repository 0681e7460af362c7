//! Captures brought in: curl commands, HAR, `.http` files and our own NDJSON. Start at [`read`].
//!
//! Nothing is run and no file is opened: what a command would read from elsewhere is refused, with
//! the place where it stands.

pub mod curl;
mod form;
pub mod har;
pub mod http;
pub mod ndjson;
mod words;

use std::net::SocketAddr;

use bytes::Bytes;

use crate::{
    capture::{Capture, CaptureId, EndpointId, Flaw},
    head::Head,
};

/// A request that was brought in, with as much about its arrival as was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Written in its plain form, when the source did not have its bytes.
    pub head: Head,
    /// Without any transfer coding.
    pub body: Bytes,
    /// Its id in the history that it came from.
    pub id: Option<CaptureId>,
    /// The endpoint that it was sent to.
    pub endpoint: Option<EndpointId>,
    /// Unix epoch, milliseconds.
    pub received_at_ms: Option<i64>,
    /// The sender's address and port.
    pub peer: Option<SocketAddr>,
    /// What was wrong with it.
    pub flaws: Vec<Flaw>,
}

/// What cannot be brought in, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {why}")]
pub struct ImportError {
    /// Such as `line 3` or `entry 2`.
    pub place: String,
    /// What is wrong there.
    pub why: String,
}

impl ImportError {
    fn line(line: usize, why: impl Into<String>) -> Self {
        Self {
            place: format!("line {line}"),
            why: why.into(),
        }
    }

    fn entry(entry: usize, why: impl Into<String>) -> Self {
        Self {
            place: format!("entry {entry}"),
            why: why.into(),
        }
    }
}

/// The forms that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Commands of curl for a POSIX shell, cmd.exe or PowerShell.
    Curl,
    /// HAR 1.1 or 1.2.
    Har,
    /// A `.http` file.
    Http,
    /// What `export` writes as `ndjson`.
    Ndjson,
}

impl Kind {
    /// The form that a file beginning with `start` has.
    #[must_use]
    pub fn of(start: &[u8]) -> Self {
        let text = crate::decode::without_bom(start).trim_ascii_start();
        let first = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if text.starts_with(b"{") {
            let has = |name: &[u8]| first.windows(name.len()).any(|part| part == name);
            return if has(b"\"tenterhook\":") {
                Self::Ndjson
            } else {
                Self::Har
            };
        }
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let begins = |line: &[u8], with: &str| {
            line.get(..with.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
        };
        // Comments stand in front of both; the first line that is none decides.
        for line in lines {
            if line.starts_with(b"###") {
                return Self::Http;
            }
            if line.is_empty()
                || line.starts_with(b"#")
                || line.starts_with(b"//")
                || begins(line, "rem ")
            {
                continue;
            }
            let is_curl = ["curl ", "curl.exe ", "base64 -d ", "$ curl "]
                .iter()
                .any(|with| begins(line, with));
            return if is_curl { Self::Curl } else { Self::Http };
        }
        Self::Http
    }
}

/// Reads all of `bytes`.
///
/// # Errors
/// When something in it cannot be brought in; then nothing is.
pub fn read(kind: Kind, bytes: &[u8]) -> Result<Vec<Imported>, ImportError> {
    let bytes = crate::decode::without_bom(bytes);
    match kind {
        Kind::Curl => curl::read(bytes),
        Kind::Har => har::read(bytes),
        Kind::Http => http::read(bytes),
        Kind::Ndjson => {
            let lines = (1..).zip(bytes.split(|byte| *byte == b'\n'));
            let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
            lines.map(|(at, line)| ndjson::line(at, line)).collect()
        }
    }
}

impl Imported {
    /// A request of which nothing is known but itself.
    fn new(head: Head, body: impl Into<Bytes>) -> Self {
        Self {
            head,
            body: body.into(),
            id: None,
            endpoint: None,
            received_at_ms: None,
            peer: None,
            flaws: Vec::new(),
        }
    }

    /// The capture, with `id` and the time `now_ms` where it has none of its own.
    #[must_use]
    pub fn into_capture(self, id: CaptureId, now_ms: i64) -> Capture {
        Capture {
            id: self.id.unwrap_or(id),
            endpoint: self.endpoint.unwrap_or_else(EndpointId::imported),
            received_at_ms: self.received_at_ms.unwrap_or(now_ms),
            peer: self.peer,
            head: self.head,
            body: self.body,
            flaws: self.flaws,
        }
    }
}

/// A request put together: what is said twice is kept twice, what the transfer needs is added.
#[derive(Debug, Default)]
struct Parts {
    method: Vec<u8>,
    authority: Vec<u8>,
    target: Vec<u8>,
    version: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    /// None: no body, not even an empty one.
    body: Option<Vec<u8>>,
}

impl Parts {
    fn has(&self, name: &str) -> bool {
        let is_it = |(one, _): &(Vec<u8>, Vec<u8>)| one.eq_ignore_ascii_case(name.as_bytes());
        self.headers.iter().any(is_it)
    }

    /// Takes `url` apart into authority and target; without a scheme it is http.
    fn set_url(&mut self, url: &[u8]) {
        let url = url.split(|byte| *byte == b'#').next().unwrap_or_default();
        let at = url.windows(3).position(|three| three == b"://");
        let rest = &url[at.map_or(0, |at| at + 3)..];
        let end = rest.iter().position(|byte| matches!(byte, b'/' | b'?'));
        let (authority, target) = rest.split_at(end.unwrap_or(rest.len()));
        let user = authority.iter().rposition(|byte| *byte == b'@');
        self.authority = authority[user.map_or(0, |at| at + 1)..].to_vec();
        self.target = match target.first() {
            Some(b'/') => target.to_vec(),
            _ => [b"/", target].concat(),
        };
    }

    fn finish(mut self) -> Result<Imported, String> {
        if !self.has("host") && !self.authority.is_empty() {
            self.headers
                .insert(0, (b"Host".to_vec(), self.authority.clone()));
        }
        if let Some(body) = &self.body
            && !self.has("content-length")
            && !self.has("transfer-encoding")
        {
            let length = body.len().to_string().into_bytes();
            self.headers.push((b"Content-Length".to_vec(), length));
        }
        // What would be two words on the request line.
        let target: Vec<u8> = self
            .target
            .split(|byte| *byte == b' ')
            .collect::<Vec<_>>()
            .join(&b"%20"[..]);
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (&**name, value.trim_ascii()));
        let head = Head::compose(&self.method, &target, &self.version, headers);
        let head = head.map_err(|error| error.to_string())?;
        Ok(Imported::new(head, self.body.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests;
