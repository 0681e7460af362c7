//! Where a relay is, and the one string that pairs a desktop with it.

use std::{fmt, str::FromStr};

use url::{Host, Url, form_urlencoded};

use crate::{
    api,
    pin::Pin,
    token::{Token, TokenKind},
};

/// How a connect string begins.
const START: &str = "tenterhook://pair?";

/// The address of a relay: `http` or `https`, perhaps with a path under which it lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayUrl(Url);

/// Why a text is not the address of a relay.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RelayUrlError {
    /// Not a URL at all.
    #[error("`{text}` is not an address ({why}): write it like https://hooks.example.com")]
    Unreadable {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: url::ParseError,
    },
    /// A scheme that no relay speaks.
    #[error("a relay's address begins with https:// or http://, not with {0}:")]
    Scheme(String),
    /// Something that an address of a relay has no use for.
    #[error("a relay's address has no {0}: leave it out")]
    Extra(&'static str),
}

/// What a relay prints to pair one desktop: its address, an invite, and perhaps a pin.
#[derive(Debug, Clone)]
pub struct ConnectString {
    /// The relay to pair with.
    pub relay: RelayUrl,
    /// A token of kind [`TokenKind::Invite`].
    pub invite: Token,
    /// The relay's key, the only one to be accepted; without it the desktop's system judges the
    /// relay's certificate.
    pub pin: Option<Pin>,
}

/// Why a text is not a connect string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Something else altogether.
    #[error("a connect string begins with {START}: copy the whole line from the relay")]
    NotOne,
    /// A part is not there.
    #[error("the connect string has no `{0}`: copy the whole line from the relay")]
    Missing(&'static str),
    /// Its relay is none.
    #[error("the connect string names no relay: {0}")]
    Relay(#[from] RelayUrlError),
    /// Its invite is none.
    #[error("the connect string's invite is damaged: copy the whole line from the relay")]
    Invite,
    /// Its pin is none.
    #[error("the connect string's pin is damaged: copy the whole line from the relay")]
    Pin,
    /// It pins a key and names an address at which none is shown.
    #[error("the connect string has a pin, and {0} does not encrypt: name an https address")]
    PinOfNone(RelayUrl),
}

impl RelayUrl {
    /// The address of one of [`api`]'s paths, or of one below it.
    #[must_use]
    pub fn api_url(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&[self.0.path().trim_end_matches('/'), path].concat());
        url
    }

    /// The address of the tunnel: [`api::TUNNEL`] by `wss`, or by `ws` where the relay is `http`.
    ///
    /// # Panics
    /// Never: the two schemes may be exchanged for those of a WebSocket.
    #[must_use]
    pub fn tunnel_url(&self) -> Url {
        let mut url = self.api_url(api::TUNNEL);
        let scheme = if self.is_encrypted() { "wss" } else { "ws" };
        url.set_scheme(scheme)
            .expect("http and ws are both special schemes");
        url
    }

    /// Whether what is said to the relay is encrypted on the way.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the relay is on this computer.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Host and, where it is not the scheme's own, port: what a person calls the relay.
    #[must_use]
    pub fn authority(&self) -> &str {
        self.0.authority()
    }
}

impl fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for RelayUrl {
    type Err = RelayUrlError;

    fn from_str(text: &str) -> Result<Self, RelayUrlError> {
        let mut url = Url::parse(text.trim()).map_err(|why| RelayUrlError::Unreadable {
            text: text.chars().take(80).collect(),
            why,
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(RelayUrlError::Scheme(url.scheme().to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RelayUrlError::Extra("user name or password"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(RelayUrlError::Extra("`?` or `#`"));
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self(url))
    }
}

impl fmt::Display for ConnectString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = form_urlencoded::Serializer::new(String::new());
        parts
            .append_pair("relay", &self.relay.to_string())
            .append_pair("invite", self.invite.reveal());
        if let Some(pin) = self.pin {
            parts.append_pair("pin", &pin.to_string());
        }
        write!(f, "{START}{}", parts.finish())
    }
}

impl FromStr for ConnectString {
    type Err = ConnectError;

    fn from_str(text: &str) -> Result<Self, ConnectError> {
        let parts = text
            .trim()
            .strip_prefix(START)
            .ok_or(ConnectError::NotOne)?;
        let find = |name| {
            let found = form_urlencoded::parse(parts.as_bytes()).find(|(key, _)| key == name);
            found.map(|(_, value)| value)
        };
        let part = |name| find(name).ok_or(ConnectError::Missing(name));
        let relay: RelayUrl = part("relay")?.parse()?;
        let invite: Token = part("invite")?.parse().map_err(|_| ConnectError::Invite)?;
        if invite.kind() != TokenKind::Invite {
            return Err(ConnectError::Invite);
        }
        let pin = find("pin").map(|pin| pin.parse().map_err(|_| ConnectError::Pin));
        let pin = pin.transpose()?;
        if pin.is_some() && !relay.is_encrypted() {
            return Err(ConnectError::PinOfNone(relay));
        }
        Ok(Self { relay, invite, pin })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(text: &str) -> RelayUrl {
        text.parse().unwrap()
    }

    #[test]
    fn a_relay_may_live_under_a_path() {
        let check = |given, shown: &str, tunnel, pair| {
            let relay = relay(given);
            assert_eq!(relay.to_string(), shown);
            assert_eq!(relay.tunnel_url().as_str(), tunnel);
            assert_eq!(relay.api_url(api::PAIR).as_str(), pair);
            assert_eq!(relay, shown.parse().unwrap());
        };
        check(
            "https://hooks.example.dev",
            "https://hooks.example.dev",
            "wss://hooks.example.dev/api/tunnel",
            "https://hooks.example.dev/api/pair",
        );
        check(
            " https://Example.dev:8443/team/hooks/ ",
            "https://example.dev:8443/team/hooks",
            "wss://example.dev:8443/team/hooks/api/tunnel",
            "https://example.dev:8443/team/hooks/api/pair",
        );
        check(
            "http://[::1]:8080/",
            "http://[::1]:8080",
            "ws://[::1]:8080/api/tunnel",
            "http://[::1]:8080/api/pair",
        );
    }

    #[test]
    fn what_is_wrong_with_an_address_is_said() {
        let check = |text: &str, want: &str| {
            let error = text.parse::<RelayUrl>().unwrap_err().to_string();
            assert!(error.contains(want), "{text}: {error}");
        };
        check("hooks.example.dev", "https://hooks.example.com");
        check("https://", "https://hooks.example.com");
        check("localhost:8080", "not with localhost:");
        check("wss://hooks.example.dev", "not with wss:");
        check("https://me@hooks.example.dev", "user name");
        check("https://hooks.example.dev/?a=b", "leave it out");
        check("https://hooks.example.dev/#a", "leave it out");
    }

    #[test]
    fn a_connect_string_survives_being_copied() {
        for (url, pin) in [
            ("https://hooks.example.dev/a&b=c+d%20e", None),
            ("https://hooks.example.dev", Some(Pin::of(b"a key"))),
            ("http://127.0.0.1:8080", None),
        ] {
            let said = ConnectString {
                relay: relay(url),
                invite: Token::generate(TokenKind::Invite),
                pin,
            };
            let read: ConnectString = format!(" {said}\n").parse().unwrap();
            assert_eq!((&read.relay, read.pin), (&said.relay, said.pin));
            assert_eq!(read.invite.reveal(), said.invite.reveal());
            assert!(!format!("{said:?}").contains(said.invite.reveal()));
        }
    }

    #[test]
    fn a_connect_string_looks_as_the_protocol_says() {
        let text = "tenterhook://pair?relay=https%3A%2F%2Fhooks.example.dev\
            &invite=thi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
            &pin=sha256%2F47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
        let read: ConnectString = text.parse().unwrap();
        assert_eq!(read.relay, relay("https://hooks.example.dev"));
        assert_eq!(read.pin, Some(Pin::of(b"")));
        assert_eq!(read.to_string(), text);
        let later: ConnectString = format!("{text}&colour=blue").parse().unwrap();
        assert_eq!(later.pin, read.pin, "what a later version adds is skipped");
    }

    #[test]
    fn what_is_wrong_with_a_connect_string_is_said() {
        let (invite, device) = (
            Token::generate(TokenKind::Invite),
            Token::generate(TokenKind::Device),
        );
        let check = |text: &str, want| {
            assert_eq!(text.parse::<ConnectString>().err(), Some(want), "{text}");
        };
        check("", ConnectError::NotOne);
        check("https://hooks.example.dev", ConnectError::NotOne);
        check("tenterhook://pair?", ConnectError::Missing("relay"));
        check(
            "tenterhook://pair?relay=http://a",
            ConnectError::Missing("invite"),
        );
        let with = |relay: &str, token: &str| format!("{START}relay={relay}&invite={token}");
        check(&with("http://a", "thi_short"), ConnectError::Invite);
        check(&with("http://a", device.reveal()), ConnectError::Invite);
        let pinned = |relay: &str, pin: &str| format!("{}&pin={pin}", with(relay, invite.reveal()));
        check(&pinned("https://a", "sha256/short"), ConnectError::Pin);
        let pin = Pin::of(b"a key").to_string();
        check(
            &pinned("http://a", &pin),
            ConnectError::PinOfNone(relay("http://a")),
        );
        // Written by hand, the slash is not escaped.
        let by_hand: ConnectString = pinned("https://a", &pin).parse().unwrap();
        assert_eq!(by_hand.pin, Some(Pin::of(b"a key")));
        check(
            &with("ftp://a", invite.reveal()),
            ConnectError::Relay(RelayUrlError::Scheme("ftp".to_owned())),
        );
    }
}
