//! One HTTP request as it arrived. Start at [`Capture`].

use std::{fmt, net::SocketAddr, str::FromStr};

use bytes::Bytes;
use uuid::Uuid;

use crate::head::Head;

/// One HTTP request as it arrived: what was sent, when, from where, and to which endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// Given at the door, and the same everywhere from then on.
    pub id: CaptureId,
    /// The address that it was sent to.
    pub endpoint: EndpointId,
    /// When its head was complete, in milliseconds since the Unix epoch.
    pub received_at_ms: i64,
    /// The other end of the connection that brought it.
    pub peer: Option<SocketAddr>,
    /// The head as sent.
    pub head: Head,
    /// The body, its transfer coding removed and nothing else.
    pub body: Bytes,
    /// What is not as it should be.
    pub flaws: Vec<Flaw>,
}

/// What was wrong with a capture that was kept all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flaw {
    /// The recorded head did not agree with what the HTTP library understood, whose view was kept:
    /// spelling and order of the names may differ from what was sent.
    Normalised,
}

impl Flaw {
    /// The word for it in the store, in JSON and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normalised => "normalised",
        }
    }

    /// The flaw that `name` stands for, if this version knows it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Normalised]
            .into_iter()
            .find(|flaw| flaw.name() == name)
    }
}

/// A capture's name, ordered by time (UUID version 7, RFC 9562 section 5.7).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaptureId(Uuid);

impl CaptureId {
    /// Makes the id of a capture received at `now_ms` (Unix epoch, milliseconds) out of ten bytes
    /// of chance.
    #[must_use]
    pub fn new(now_ms: i64, random: [u8; 10]) -> Self {
        let millis = u64::try_from(now_ms).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// The id in sixteen bytes, as stored and as sent.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 16] {
        self.0.into_bytes()
    }

    /// The id that [`Self::to_bytes`] gave.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for CaptureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for CaptureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not the id of a capture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the id of a capture: 32 hexadecimal digits, hyphens between them")]
pub struct NotAnId(String);

impl FromStr for CaptureId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| NotAnId(text.to_owned()))
    }
}

/// An endpoint's name: on a relay the last part of its address, on a desktop `local` for the
/// receiver.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointId(String);

/// A text that cannot name an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` cannot name an endpoint: 1 to 64 of a-z, A-Z, 0-9, `-` and `_`")]
pub struct NotAnEndpoint(String);

impl EndpointId {
    /// The endpoint of a desktop's own receiver.
    #[must_use]
    pub fn local() -> Self {
        Self("local".to_owned())
    }

    /// The endpoint of what was brought in from elsewhere and names none.
    #[must_use]
    pub fn imported() -> Self {
        Self("imported".to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EndpointId {
    type Err = NotAnEndpoint;

    fn from_str(text: &str) -> Result<Self, NotAnEndpoint> {
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if (1..=64).contains(&text.len()) && text.bytes().all(is_safe) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnEndpoint(text.chars().take(80).collect()))
        }
    }
}

/// A capture made of its parts, for the tests of this crate: `request` is method and target.
#[cfg(test)]
pub(crate) fn sample(request: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Capture {
    let (method, target) = request.split_once(' ').unwrap();
    let headers = headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
    Capture {
        id: CaptureId::new(0, [0; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: 0,
        peer: None,
        head: Head::compose(method.as_bytes(), target.as_bytes(), b"HTTP/1.1", headers).unwrap(),
        body: body.into(),
        flaws: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_ordered_by_time_and_survive_text_and_bytes() {
        let early = CaptureId::new(1_000, [0xff; 10]);
        let late = CaptureId::new(1_001, [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(CaptureId::from_bytes(late.to_bytes()), late);
        assert!("nonsense".parse::<CaptureId>().is_err());
    }

    #[test]
    fn an_endpoint_is_named_by_what_is_safe_in_a_path() {
        assert!("stripe-acme_2".parse::<EndpointId>().is_ok());
        for bad in ["", "a/b", "a b", "é", &"x".repeat(65)] {
            assert!(bad.parse::<EndpointId>().is_err(), "{bad:?}");
        }
    }
}
