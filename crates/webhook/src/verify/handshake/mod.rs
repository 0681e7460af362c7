//! Challenges that senders send before they send anything else. Start at [`answer`].
//!
//! Only an unmistakable shape is answered, and where a secret is set only a request that proves it.
//! What is echoed is plain text or JSON that no browser will take for a page, and never long;
//! nothing that a request names is ever fetched.

pub mod batch;

mod answer;
mod challenge;
mod respond;
mod signed;
mod unsigned;

pub use self::answer::{Answer, Handshake};
use crate::verify::{
    handshake::respond::respond,
    request::Request,
    scheme::Scheme,
    secret::{Keys, Secret},
    senders::discord,
};

/// A longer body is no challenge that a known sender sends.
const MAX_BODY: usize = 16 * 1024;
/// One of these stands in the body of each challenge that is posted with one.
const IN_BODIES: [&[u8]; 4] = [
    b"challenge",
    b"plainToken",
    b"validationCode",
    b"application_id",
];
/// Or one of these headers.
const IN_HEADERS: [&str; 2] = ["X-Hook-Secret", discord::SIGNATURE];

/// The answer to `request` if it is a challenge. `keys` are those of the endpoint, if it has any.
#[must_use]
pub fn answer(request: &Request<'_>, keys: &Keys) -> Option<Handshake> {
    respond(request, keys, Scheme::age)
}

/// The answer to `request` if it is a challenge that needs no secret: what a relay may give, which
/// has none.
#[must_use]
pub fn open_answer(request: &Request<'_>) -> Option<Answer> {
    match may_be(request).then(|| answer(request, &Keys::default()))? {
        Some(Handshake::Answer(answer)) if answer.status < 300 => Some(answer),
        _ => None,
    }
}

/// Whether `request` is a challenge that only who has the sender's secret can answer.
#[must_use]
pub fn wants_secret(request: &Request<'_>) -> bool {
    if !may_be(request) {
        return false;
    }
    match answer(request, &Keys::default()) {
        Some(Handshake::Answer(answer)) => answer.status >= 300,
        Some(Handshake::Ask { .. }) => false,
        None if request.has(discord::SIGNATURE) => false,
        None => {
            let any = Keys::one(Secret::new("any", "any"));
            matches!(answer(request, &any), Some(Handshake::Answer(_)))
        }
    }
}

/// Whether `request` is worth a closer look: cheap, for every request is asked.
#[must_use]
pub fn may_be(request: &Request<'_>) -> bool {
    let has = |part: &&[u8]| memchr::memmem::find(&request.body, part).is_some();
    match &*request.method {
        b"GET" | b"OPTIONS" => true,
        b"POST" if request.body.is_empty() => true,
        b"POST" => {
            request.body.len() <= MAX_BODY
                && (IN_BODIES.iter().any(has) || IN_HEADERS.iter().any(|name| request.has(name)))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{
        crypto::{Hash, hex, mac},
        handshake::answer::MAX_ECHO,
        sign::sign,
        stamp::Stamp,
    };

    const ORDINARY: (u16, &str) = (0, "");

    fn request(method: &str, target: &str, body: &str) -> Request<'static> {
        Request {
            method: method.as_bytes().to_vec().into(),
            url: format!("https://relay.example.test{target}").into(),
            headers: Vec::new(),
            body: body.as_bytes().to_vec().into(),
            received_at_ms: 1_760_000_000_000,
        }
    }

    fn keys(secret: &str) -> Keys {
        match secret {
            "" => Keys::default(),
            secret => Keys::one(Secret::new("the secret", secret)),
        }
    }

    /// Checks status and body of the answer; an ordinary request has none.
    #[track_caller]
    fn check(request: &Request<'_>, secret: &str, (status, body): (u16, &str)) {
        let seen = answer(request, &keys(secret));
        let Some(Handshake::Answer(answer)) = &seen else {
            assert!(seen.is_none() && status == 0, "{seen:?}");
            return;
        };
        assert_eq!(
            (answer.status, &*answer.body),
            (status, body.as_bytes()),
            "{answer:?}"
        );
        let has = |name| answer.headers.iter().any(|(known, _)| *known == name);
        let is_inert = has("x-content-type-options") && has("content-security-policy");
        assert!(is_inert || answer.body.is_empty(), "{answer:?}");
    }

    fn signed(scheme: Scheme, request: &Request<'_>, secret: &str) -> Request<'static> {
        let stamp = Stamp {
            now_ms: request.received_at_ms,
            id: "id".to_owned(),
        };
        sign(scheme, request, &Secret::new("the secret", secret), &stamp).unwrap()
    }

    #[test]
    fn slack_is_answered_but_by_no_stranger_once_there_is_a_secret() {
        let body = r#"{"type":"url_verification","token":"t","challenge":"<b>3eZbrw</b>"}"#;
        let slack = request("POST", "/in/a", body);
        check(&slack, "", (200, "<b>3eZbrw</b>"));
        check(&slack, "s3cret", (401, ""));
        check(&signed(Scheme::Slack, &slack, "other"), "s3cret", (401, ""));
        check(
            &signed(Scheme::Slack, &slack, "s3cret"),
            "s3cret",
            (200, "<b>3eZbrw</b>"),
        );
        check(
            &request("POST", "/", r#"{"type":"game","challenge":"x"}"#),
            "",
            ORDINARY,
        );
    }

    #[test]
    fn zoom_gets_no_proof_of_what_could_be_a_webhook() {
        let zoom = |token: &str| {
            let body = format!(
                r#"{{"event":"endpoint.url_validation","payload":{{"plainToken":"{token}"}}}}"#
            );
            request("POST", "/in/a", &body)
        };
        let token = "qgg8vlvZRS6UYooatFL8Aw";
        check(&zoom(token), "", ORDINARY);
        check(&zoom("v0:1760000000:{}"), "s3cret", (401, ""));
        check(
            &signed(Scheme::Zoom, &zoom(token), "other"),
            "s3cret",
            (401, ""),
        );
        let hex = hex(&mac(
            Hash::Sha256,
            b"s3cret",
            [token.as_bytes()].into_iter(),
        ));
        let want = format!(r#"{{"plainToken":"{token}","encryptedToken":"{hex}"}}"#);
        check(&zoom(token), "s3cret", (200, &want));
        check(
            &signed(Scheme::Zoom, &zoom(token), "s3cret"),
            "s3cret",
            (200, &want),
        );
    }

    #[test]
    fn x_gets_no_proof_of_a_body_either() {
        let token = |token: &str| request("GET", &format!("/in/a?crc_token={token}"), "");
        check(&token("%7B%22a%22%3A1%7D"), "s3cret", (401, ""));
        check(&token("MTc2"), "", ORDINARY);
        let want = r#"{"response_token":"sha256=cDCmS7NtFfYCyU9+jMhiWfRzvYrFw2a7ap1gUBiJZsQ="}"#;
        check(&token("MTc2MDAwMDAwMA"), "consumer-secret", (200, want));
    }

    #[test]
    fn meta_is_answered_only_with_the_token_that_was_agreed() {
        let query = "/in/a?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=meat";
        check(&request("GET", query, ""), "meat", (200, "1158201444"));
        check(&request("GET", query, ""), "fish", (403, ""));
        check(&request("GET", query, ""), "", (403, ""));
        let hub = "/in/a?hub.mode=subscribe&hub.topic=https%3A%2F%2Fa.example&hub.challenge=x1";
        check(&request("GET", hub, ""), "", (200, "x1"));
        let away = hub.replace("mode=subscribe", "mode=unsubscribe");
        check(&request("GET", &away, ""), "", ORDINARY);
    }

    #[test]
    fn discord_is_answered_when_it_proves_itself_and_refused_when_not() {
        let key = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";
        let ping = |body: &str, signature: &str| {
            let mut request = request("POST", "/in/a", body);
            request.set("X-Signature-Timestamp", "1760000000");
            request.set("X-Signature-Ed25519", signature);
            request
        };
        let bad = "0".repeat(128);
        check(&ping(r#"{"type":1}"#, &bad), key, (401, ""));
        check(&ping(r#"{"type":2}"#, &bad), key, (401, ""));
        check(&ping(r#"{"type":1}"#, &bad), "", (401, ""));
        check(&ping(r#"{"type":2}"#, &bad), "", ORDINARY);
        check(&request("POST", "/", r#"{"type":1}"#), "", ORDINARY);
        check(
            &request("POST", "/", r#"{"type":1,"application_id":"1"}"#),
            key,
            (401, ""),
        );
        check(
            &request("POST", "/", r#"{"type":0,"application_id":"1"}"#),
            "",
            (204, ""),
        );
    }

    #[test]
    fn asanas_secret_is_taken_once() {
        let mut asana = request("POST", "/in/a", "{}");
        asana.set("X-Hook-Secret", "b537207f20cbfa02357cf448134da559");
        check(&asana, "", (200, ""));
        check(&asana, "already known", ORDINARY);
    }

    #[test]
    fn echoes_are_short_and_of_unmistakable_requests() {
        check(
            &request("GET", "/in/a?challenge=abc%3Cb%3E", ""),
            "",
            (200, "abc<b>"),
        );
        check(
            &request("GET", "/in/a?challenge=abc&page=2", ""),
            "",
            ORDINARY,
        );
        check(
            &request(
                "GET",
                &format!("/?challenge={}", "x".repeat(MAX_ECHO + 1)),
                "",
            ),
            "",
            ORDINARY,
        );
        check(
            &request("POST", "/?validationToken=a+b%3Ac", ""),
            "",
            (200, "a b:c"),
        );
        check(&request("POST", "/?validationToken=a", "{}"), "", ORDINARY);
        let grid = r#"[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent",
            "data":{"validationCode":"512d38b6-c7b8","validationUrl":"https://evil.example/"}}]"#;
        check(
            &request("POST", "/", grid),
            "",
            (200, r#"{"validationResponse":"512d38b6-c7b8"}"#),
        );
        check(
            &request("POST", "/", r#"{"challenge":"m"}"#),
            "",
            (200, r#"{"challenge":"m"}"#),
        );
        check(
            &request("POST", "/", r#"{"challenge":"m","a":1}"#),
            "",
            ORDINARY,
        );
        check(&request("OPTIONS", "/", ""), "", ORDINARY);
        check(&request("PUT", "/?challenge=a", ""), "", ORDINARY);
        let docker = r#"{"callback_url":"https://registry.hub.docker.com/u/a/","push_data":{}}"#;
        check(&request("POST", "/", docker), "", ORDINARY);
    }

    #[test]
    fn twitch_proves_its_challenge() {
        let mut twitch = request("POST", "/in/a", r#"{"challenge":"pogchamp-kappa"}"#);
        twitch.set(
            "Twitch-Eventsub-Message-Type",
            "webhook_callback_verification",
        );
        check(&twitch, "", (200, "pogchamp-kappa"));
        check(&twitch, "s3cre77890ab", (403, ""));
        twitch.set("Twitch-Eventsub-Message-Id", "e76c6bd4");
        twitch.set("Twitch-Eventsub-Message-Timestamp", "2025-10-09T08:53:20Z");
        let message = [b"e76c6bd42025-10-09T08:53:20Z", &*twitch.body].concat();
        let mac = mac(Hash::Sha256, b"s3cre77890ab", [&*message].into_iter());
        let signature = format!("sha256={}", hex(&mac));
        twitch.set("Twitch-Eventsub-Message-Signature", signature);
        check(&twitch, "s3cre77890ab", (200, "pogchamp-kappa"));
        check(&twitch, "other", (403, ""));
    }

    #[test]
    fn a_relay_answers_what_needs_no_secret_and_knows_what_does() {
        let check = |request: &Request<'_>, open: bool, wants: bool| {
            let seen = (open_answer(request).is_some(), wants_secret(request));
            assert_eq!(seen, (open, wants), "{request:?}");
        };
        let slack = r#"{"type":"url_verification","token":"t","challenge":"3eZbrw"}"#;
        check(&request("POST", "/", slack), true, false);
        check(&request("POST", "/?validationToken=abc", ""), true, false);
        check(&request("GET", "/?challenge=abc", ""), true, false);
        check(
            &request("GET", "/?crc_token=MTc2MDAwMDAwMA", ""),
            false,
            true,
        );
        let meta = "/?hub.mode=subscribe&hub.challenge=1&hub.verify_token=meat";
        check(&request("GET", meta, ""), false, true);
        let zoom = r#"{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}"#;
        check(&request("POST", "/", zoom), false, true);
        let mut ping = request("POST", "/", r#"{"type":1,"application_id":"1"}"#);
        ping.set("X-Signature-Ed25519", "0".repeat(128));
        check(&ping, false, true);
        ping.body = br#"{"type":2,"application_id":"1"}"#.into();
        check(&ping, false, false);
        for (method, body) in [("HEAD", ""), ("GET", ""), ("POST", "{}"), ("PUT", slack)] {
            check(&request(method, "/", body), false, false);
        }
        let long = format!("{slack}{}", " ".repeat(MAX_BODY));
        check(&request("POST", "/", &long), false, false);
    }
}
