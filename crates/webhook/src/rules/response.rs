//! The answers that a sender gets: status, headers and body, each exactly as the original gives it.

use crate::rules::{
    go::{header, sniff},
    hook::ResponseHeader,
};

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers in canonical spelling, one of each; with a `Content-Type` when there is a body.
    pub headers: Vec<(String, String)>,
    /// The body; empty where the status allows none.
    pub body: Vec<u8>,
}

/// The statuses that Go has a text for. Another is answered as 200.
const KNOWN: &[u16] = &[
    200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306, 307, 308,
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418,
    421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 500, 501, 502, 503, 504, 505, 506, 507, 508,
    510, 511,
];

/// The status that `code` of a hook stands for, if there is such a one.
///
/// Go also knows those from 100 to 103, sends them ahead, and answers 200.
pub(crate) fn known_status(code: i64) -> Option<u16> {
    let code = u16::try_from(code).ok()?;
    match code {
        100..=103 => Some(200),
        _ => KNOWN.contains(&code).then_some(code),
    }
}

impl Response {
    /// An answer whose content type is found by looking at the body, unless `headers` set one.
    #[must_use]
    pub(crate) fn new(status: u16, headers: &Headers, body: impl Into<Vec<u8>>) -> Self {
        let mut headers = headers.0.clone();
        let mut body = body.into();
        if matches!(status, 204 | 304) {
            body.clear();
        }
        let is_set = |name: &str| headers.iter().any(|(set, _)| set == name);
        if !body.is_empty() && !is_set("Content-Type") && !is_set("Content-Encoding") {
            headers.push((
                "Content-Type".to_owned(),
                sniff::content_type(&body).to_owned(),
            ));
        }
        Self {
            status,
            headers,
            body,
        }
    }

    /// The answer when no hook has the id that was asked for.
    #[must_use]
    pub fn hook_not_found() -> Self {
        Self::new(404, &Headers::default(), "Hook not found.")
    }

    /// The answer at `/`, with the server's own headers.
    #[must_use]
    pub fn alive(headers: &[ResponseHeader]) -> Self {
        Self::new(200, &Headers::of(headers), "OK")
    }
}

/// Headers of an answer as they are set one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    pub(crate) fn of(headers: &[ResponseHeader]) -> Self {
        let mut set = Self::default();
        set.extend(headers);
        set
    }

    /// Sets each of `headers` over an earlier one of its name. What cannot be a name is left out, and
    /// a value stays on its line.
    pub(crate) fn extend(&mut self, headers: &[ResponseHeader]) {
        for ResponseHeader { name, value } in headers {
            if name.is_empty() || !name.bytes().all(header::is_token_byte) {
                continue;
            }
            let name = String::from_utf8_lossy(&header::canonical(name.as_bytes())).into_owned();
            let value = value.replace(['\r', '\n'], " ");
            let value = value.trim_matches([' ', '\t']).to_owned();
            match self.0.iter_mut().find(|(set, _)| *set == name) {
                Some((_, old)) => *old = value,
                None => self.0.push((name, value)),
            }
        }
    }
}

/// The answer of a hook that waits for its command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AfterCommand {
    pub(crate) success_status: u16,
    pub(crate) headers: Headers,
    pub(crate) shows_failure: bool,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandEnd {
    /// It ran and left with status 0.
    Success,
    /// It could not be started, left with another status, or was killed.
    Failure,
}

impl AfterCommand {
    /// The answer once the command has ended and written `output`, its standard error included.
    #[must_use]
    pub fn response(&self, end: CommandEnd, output: Vec<u8>) -> Response {
        match end {
            CommandEnd::Success => Response::new(self.success_status, &self.headers, output),
            CommandEnd::Failure if self.shows_failure => Response::new(500, &self.headers, output),
            CommandEnd::Failure => Response::new(
                500,
                &self.headers,
                "Error occurred while executing the hook's command. Please check your logs for more details.",
            ),
        }
    }
}
