//! Why a request was not taken, and what its sender is told.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

/// Why a request was not taken. As a response it says so in plain text and closes the connection,
/// for what follows on it may be the rest of what was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is no request as RFC 9112 has it: 400.
    #[error("the request is malformed: {0}")]
    Malformed(&'static str),
    /// A tunnel was asked for: 405, for any 2xx would promise one.
    #[error("CONNECT is not served here")]
    Connect,
    /// It came too slowly: 408.
    #[error("the request took too long to arrive")]
    TooSlow,
    /// Its body is over the limit: 413.
    #[error("the body is over the limit of {limit_bytes} bytes")]
    BodyTooLarge {
        /// The limit that it passed.
        limit_bytes: u64,
    },
    /// Its request line alone is over the limit of a head: 414.
    #[error("the request line is too long")]
    TargetTooLong,
    /// Its head is over a limit: 431.
    #[error("the head is over the limit of {0}")]
    HeadTooLarge(HeadLimit),
    /// Too many bodies are coming in at once: 503, to be sent again.
    #[error("too much is coming in at once; send it again")]
    Busy,
    /// Its transfer coding is not `chunked` alone: 501.
    #[error("no transfer coding but `chunked` is understood here")]
    Coding,
    /// It is of another version of HTTP: 505.
    #[error("only versions 1.1 and 1.0 of HTTP are spoken here")]
    Version,
    /// A program has put a router that needs [`serve`](fn@crate::serve) behind something else: 500.
    #[error("this address is not served as it must be")]
    Unserved,
}

/// The limit that a head was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeadLimit {
    /// Its length in bytes.
    Bytes(usize),
    /// How many field lines it has.
    Fields(usize),
}

impl std::fmt::Display for HeadLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{bytes} bytes"),
            Self::Fields(fields) => write!(f, "{fields} fields"),
        }
    }
}

impl Refusal {
    /// The status that its sender gets.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Connect => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge(_) => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Coding => StatusCode::NOT_IMPLEMENTED,
            Self::Version => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::Unserved => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The refusal that ended a body, found in the error that its reader got.
    pub(crate) fn of_body(error: &(dyn std::error::Error + 'static)) -> Self {
        let causes = std::iter::successors(Some(error), |error| error.source());
        causes
            .filter_map(|cause| {
                cause
                    .downcast_ref::<std::io::Error>()?
                    .get_ref()?
                    .downcast_ref()
            })
            .next()
            .copied()
            .unwrap_or(Self::Malformed("the body broke off"))
    }
}

impl From<Refusal> for std::io::Error {
    fn from(refusal: Refusal) -> Self {
        Self::other(refusal)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let text = |name: HeaderName, value| (name, HeaderValue::from_static(value));
        let mut response = (
            self.status(),
            [
                text(header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                text(header::CONNECTION, "close"),
            ],
            format!("{self}\n"),
        )
            .into_response();
        if self == Self::Busy {
            let soon = HeaderValue::from_static("5");
            response.headers_mut().insert(header::RETRY_AFTER, soon);
        }
        if self == Self::Connect {
            let allowed = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
            response.headers_mut().insert(header::ALLOW, allowed);
        }
        response
    }
}
