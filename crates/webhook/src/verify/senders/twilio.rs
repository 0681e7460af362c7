//! Twilio: an HMAC over the URL as Twilio called it and the form's fields; for other bodies over
//! the URL alone, which then holds the body's hash.
//!
//! Source: <https://www.twilio.com/docs/usage/webhooks/webhooks-security>

use std::{borrow::Cow, collections::BTreeSet};

use crate::{
    decode::form,
    verify::{
        claim::{Claim, KeyText, Part, Proof, Text},
        crypto::{self, Hash},
        request::Request,
        senders::body_mac::prefixed,
        verdict::Flaw,
    },
};

/// The header with the signature.
pub(crate) const HEADER: &str = "X-Twilio-Signature";
/// The query's parameter with the SHA-256 of a body that is no form.
pub(crate) const BODY_HASH: &str = "bodySHA256";
/// The header that names another algorithm.
const SETTINGS: &str = "X-Twilio-Webhooks-Signature-Settings";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let proof = Proof::Mac {
        hash: hash(request)?,
        key: KeyText::Plain,
        text: Text::Base64,
    };
    let seen = prefixed(HEADER, "", request.one(HEADER)?, &proof)?;
    let fields = fields(request)?;
    let message = |url| {
        let fields = fields.iter().flat_map(|(name, value)| [name, value]);
        [url]
            .into_iter()
            .chain(fields.map(|text| Part::Bytes(text.clone().into())))
            .collect()
    };
    Ok(Claim {
        messages: urls(&request.url)
            .map(|url| message(Part::Bytes(url)))
            .collect(),
        seen: vec![seen.into()],
        signed_at_ms: None,
        proof,
    })
}

fn hash(request: &Request<'_>) -> Result<Hash, Flaw> {
    if !request.has(SETTINGS) {
        return Ok(Hash::Sha1);
    }
    let settings = request
        .one(SETTINGS)?
        .split(',')
        .filter_map(|part| part.split_once('='));
    let mut algorithms = settings.filter(|(name, _)| name.trim() == "algorithm");
    match algorithms
        .next()
        .map(|(_, algorithm)| algorithm.trim().to_ascii_uppercase())
    {
        None => Ok(Hash::Sha1),
        Some(algorithm) => match algorithm.as_str() {
            "" | "HMAC_SHA1" => Ok(Hash::Sha1),
            "HMAC_SHA256" => Ok(Hash::Sha256),
            _ => Err(Flaw::WrongScheme(format!("{SETTINGS} names {algorithm}"))),
        },
    }
}

/// A name and a value, decoded.
type Field = (Vec<u8>, Vec<u8>);

/// The fields that are signed, sorted, each pair once. Another body is signed as its hash in the
/// URL; where there is one, having no body is no way around it.
fn fields(request: &Request<'_>) -> Result<BTreeSet<Field>, Flaw> {
    if request.is_form() {
        return Ok(form::byte_pairs(&request.body).collect());
    }
    let query = request.query().unwrap_or_default();
    let hash = form::byte_pairs(query.as_bytes()).find(|(name, _)| name == BODY_HASH.as_bytes());
    match hash {
        Some((_, hash)) if crypto::same(body_hash(&request.body).as_bytes(), &hash) => {
            Ok(BTreeSet::new())
        }
        Some(_) => {
            let how = format!("its SHA-256 is not {BODY_HASH} in the URL");
            Err(Flaw::BodyChanged(how))
        }
        None if request.body.is_empty() => Ok(BTreeSet::new()),
        None => {
            let what = format!("{BODY_HASH} in the query, for this body is no form");
            Err(Flaw::Missing(what))
        }
    }
}

fn body_hash(body: &[u8]) -> String {
    crypto::hex(&crypto::sha256([body].into_iter()))
}

/// `url` with the hash of `body` in its query, in place of another if there is one.
pub(crate) fn with_body_hash(url: &str, body: &[u8]) -> String {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let pair = format!("{BODY_HASH}={}", body_hash(body));
    let is_hash = |known: &str| known.split('=').next() == Some(BODY_HASH);
    let mut pairs: Vec<_> = query.split('&').filter(|known| !known.is_empty()).collect();
    match pairs.iter().position(|known| is_hash(known)) {
        Some(at) => pairs[at] = &pair,
        None => pairs.push(&pair),
    }
    format!("{address}?{}", pairs.join("&"))
}

/// The URL as it is, with the scheme's own port, and without any: Twilio signs now one, now the
/// other.
fn urls(url: &str) -> impl Iterator<Item = Cow<'_, [u8]>> {
    let other = other_port(url).map(|url| Cow::Owned(url.into_bytes()));
    [Cow::Borrowed(url.as_bytes())].into_iter().chain(other)
}

fn other_port(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (userinfo, host) = authority
        .rsplit_once('@')
        .map_or(("", authority), |(user, host)| {
            (&authority[..=user.len()], host)
        });
    let port = if scheme.eq_ignore_ascii_case("https") {
        443
    } else {
        80
    };
    Some(match host.rsplit_once(':') {
        Some((name, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{scheme}://{userinfo}{name}{path}")
        }
        _ => format!("{scheme}://{userinfo}{host}:{port}{path}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{
        scheme::Scheme,
        testing::{check, request},
    };

    /// The example of Twilio's page on security.
    fn published() -> Request<'static> {
        let form = (
            "Content-Type",
            "application/x-www-form-urlencoded; charset=UTF-8",
        );
        let mut request = request(
            &[form, (HEADER, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
            "CallSid=CA1234567890ABCDE&Caller=%2B12349013030&Digits=1234&From=%2B12349013030\
             &To=%2B18005551212",
        );
        request.url = "https://mycompany.com/myapp.php?foo=1&bar=2".into();
        request
    }

    #[test]
    fn agrees_with_the_example_that_twilio_publishes() {
        check(Scheme::Twilio, &published(), "12345", "ok");
        check(Scheme::Twilio, &published(), "1234", "mismatch");
        let with_url = |url: &'static str, want| {
            let request = Request {
                url: url.into(),
                ..published()
            };
            check(Scheme::Twilio, &request, "12345", want);
        };
        with_url("https://mycompany.com:443/myapp.php?foo=1&bar=2", "ok");
        with_url("https://mycompany.com:8443/myapp.php?foo=1&bar=2", "ok");
        with_url("http://mycompany.com/myapp.php?foo=1&bar=2", "mismatch");
        with_url("https://mycompany.com/myapp.php?bar=2&foo=1", "mismatch");
    }

    #[test]
    fn a_body_that_is_no_form_is_covered_by_its_hash_or_not_at_all() {
        let json = |url: &'static str, body, want| {
            let headers = [
                ("Content-Type", "application/json"),
                (HEADER, "fv45Npm5l/N9fHX3F1uAfRVxI+c="),
            ];
            let request = Request {
                url: url.into(),
                ..request(&headers, body)
            };
            check(Scheme::Twilio, &request, "12345", want);
        };
        let url = "https://mycompany.com/json?foo=1&bodySHA256=\
                   d5729c000e5de6b3a10698fec78d482db85d744f1be820d1382b6bda1cfb7795";
        json(url, r#"{"property":"value","boolean":true}"#, "ok");
        json(url, r#"{"property":"value","boolean":false}"#, "mismatch");
        json(url, "", "mismatch");
        json("https://mycompany.com/json?foo=1", "{}", "missing");
    }

    #[test]
    fn only_the_algorithms_that_twilio_has_are_taken() {
        let with = |settings: &str, want| {
            let mut request = published();
            request.set(SETTINGS, settings);
            check(Scheme::Twilio, &request, "12345", want);
        };
        with("key=k1,algorithm=HMAC_SHA1", "ok");
        with("key=k1", "ok");
        with("key=k1,algorithm=HMAC_SHA256", "malformed");
        with("key=k1,algorithm=MD5", "mismatch");
    }

    #[test]
    fn ports_come_and_go() {
        let check = |url, want: &str| assert_eq!(other_port(url).as_deref(), Some(want), "{url}");
        check("https://a.example/b?c", "https://a.example:443/b?c");
        check("http://a.example", "http://a.example:80");
        check("https://a.example:8443?b:1", "https://a.example?b:1");
        check("https://u:1@a.example:443/b", "https://u:1@a.example/b");
    }
}
