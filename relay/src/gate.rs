//! Who may send what to an endpoint, and what it is answered: its settings, read once and asked for
//! each request.

use std::net::IpAddr;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use ipnet::IpNet;
use wire::{
    api::{EndpointSettings, FixedAnswer, MOST_DELAY_MS},
    token::Token,
};

/// Settings in the form in which they are asked for.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    methods: Vec<Method>,
    allow_from: Vec<IpNet>,
    answer_status: StatusCode,
    answer_headers: HeaderMap,
}

/// Why a request is turned away at the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refused {
    Paused,
    Method(String),
    Address,
    Token,
}

impl Gate {
    /// Reads `settings`.
    ///
    /// # Errors
    /// When one has a value that it cannot have; the text says which.
    pub(crate) fn new(settings: &EndpointSettings) -> Result<Self, String> {
        let FixedAnswer {
            status,
            headers,
            delay_ms,
            ..
        } = &settings.answer;
        let method = |text: &String| {
            text.parse()
                .map_err(|_| format!("`{text}` is not a method"))
        };
        let network = |text: &String| {
            let one: Result<IpNet, _> = text.parse().or_else(|_| text.parse().map(IpAddr::into));
            one.map_err(|_| format!("`{text}` is not an address or a range such as 192.0.2.0/24"))
        };
        let mut answer_headers = HeaderMap::new();
        for (name, value) in headers {
            let wrong = || format!("`{name}: {value}` is not a header that an answer can have");
            let parsed: HeaderName = name.parse().map_err(|_| wrong())?;
            let is_framing = [
                header::CONTENT_LENGTH,
                header::TRANSFER_ENCODING,
                header::CONNECTION,
            ]
            .contains(&parsed);
            if is_framing {
                return Err(wrong());
            }
            answer_headers.append(parsed, value.parse().map_err(|_| wrong())?);
        }
        if *delay_ms > MOST_DELAY_MS {
            return Err(format!("an answer waits {MOST_DELAY_MS} ms at most"));
        }
        if settings
            .deadline_ms
            .is_some_and(|ms| !(1..=MOST_DELAY_MS).contains(&ms))
        {
            return Err(format!("a deadline is from 1 to {MOST_DELAY_MS} ms"));
        }
        let answer_status = StatusCode::from_u16(*status)
            .ok()
            .filter(|s| (200..600).contains(&s.as_u16()));
        Ok(Self {
            methods: settings
                .methods
                .iter()
                .map(method)
                .collect::<Result<_, _>>()?,
            allow_from: settings
                .allow_from
                .iter()
                .map(network)
                .collect::<Result<_, _>>()?,
            answer_status: answer_status.ok_or("an answer's status is from 200 to 599")?,
            answer_headers,
        })
    }

    /// Whether `peer` may send this. `is_own` tells whether a token is the endpoint's.
    pub(crate) fn check(
        &self,
        settings: &EndpointSettings,
        peer: Option<IpAddr>,
        method: &Method,
        token: impl FnOnce() -> bool,
    ) -> Result<(), Refused> {
        if settings.is_paused {
            return Err(Refused::Paused);
        }
        let is_among = |ip: IpAddr| {
            self.allow_from
                .iter()
                .any(|net| net.contains(&ip.to_canonical()))
        };
        if !self.allow_from.is_empty() && !peer.is_some_and(is_among) {
            return Err(Refused::Address);
        }
        if !self.methods.is_empty() && !self.methods.contains(method) {
            let all: Vec<_> = self.methods.iter().map(Method::as_str).collect();
            return Err(Refused::Method(all.join(", ")));
        }
        if settings.requires_token && !token() {
            return Err(Refused::Token);
        }
        Ok(())
    }

    /// What the sender of a request that is durable is answered.
    pub(crate) fn answer(&self, settings: &EndpointSettings) -> Response {
        let mut response = settings.answer.body.clone().into_response();
        *response.status_mut() = self.answer_status;
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        if !settings.answer.body.is_empty()
            && !self.answer_headers.contains_key(header::CONTENT_TYPE)
        {
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            headers.insert(header::CONTENT_TYPE, text);
        }
        headers.extend(self.answer_headers.clone());
        if matches!(
            self.answer_status,
            StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
        ) {
            *response.body_mut() = axum::body::Body::empty();
            response.headers_mut().remove(header::CONTENT_TYPE);
        }
        response
    }
}

/// The token that a sender shows: `Authorization: Bearer`, else `?token=`.
pub(crate) fn shown_token(headers: &HeaderMap, uri: &Uri) -> Option<Token> {
    if let Some(token) = bearer(headers) {
        return Some(token);
    }
    let pairs = webhook::decode::form::pairs(uri.query()?.as_bytes());
    pairs
        .into_iter()
        .find(|(name, _)| name == "token")?
        .1
        .parse()
        .ok()
}

/// The token in `Authorization: Bearer`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<Token> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    token.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut EndpointSettings), has_token: bool) -> Result<(), Refused> {
        let mut settings = EndpointSettings::default();
        change(&mut settings);
        let peer = "192.0.2.9".parse().ok();
        Gate::new(&settings)
            .unwrap()
            .check(&settings, peer, &Method::PUT, || has_token)
    }

    #[test]
    fn each_setting_turns_away_what_it_is_for_and_nothing_else() {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        assert_eq!(check(|_| {}, false), Ok(()));
        assert_eq!(check(|s| s.is_paused = true, true), Err(Refused::Paused));
        assert_eq!(
            check(|s| s.requires_token = true, false),
            Err(Refused::Token)
        );
        assert_eq!(check(|s| s.requires_token = true, true), Ok(()));
        let refused = Err(Refused::Method("POST, GET".to_owned()));
        assert_eq!(
            check(|s| s.methods = texts(&["POST", "GET"]), false),
            refused
        );
        assert_eq!(check(|s| s.methods = texts(&["PUT"]), false), Ok(()));
        assert_eq!(
            check(|s| s.allow_from = texts(&["192.0.3.0/24"]), false),
            Err(Refused::Address)
        );
        assert_eq!(
            check(|s| s.allow_from = texts(&["::1", "192.0.2.9"]), false),
            Ok(())
        );
    }

    #[test]
    fn values_that_cannot_be_are_named() {
        let wrong = |change: &dyn Fn(&mut EndpointSettings)| {
            let mut settings = EndpointSettings::default();
            change(&mut settings);
            Gate::new(&settings).unwrap_err()
        };
        assert!(wrong(&|s| s.methods = vec!["P ST".to_owned()]).contains("P ST"));
        assert!(wrong(&|s| s.allow_from = vec!["10/8".to_owned()]).contains("10/8"));
        assert!(wrong(&|s| s.answer.status = 101).contains("status"));
        assert!(wrong(&|s| s.answer.delay_ms = 40_000).contains("30000"));
        assert!(wrong(&|s| s.deadline_ms = Some(0)).contains("deadline"));
        assert!(wrong(&|s| s.deadline_ms = Some(30_001)).contains("30000"));
        let split = ("X-A".to_owned(), "b\r\nC: d".to_owned());
        assert!(wrong(&|s| s.answer.headers = vec![split.clone()]).contains("X-A"));
        let framing = ("content-length".to_owned(), "5".to_owned());
        assert!(wrong(&|s| s.answer.headers = vec![framing.clone()]).contains("content-length"));
    }
}
