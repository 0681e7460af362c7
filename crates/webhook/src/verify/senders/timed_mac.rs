//! Slack and Zoom: an HMAC over `v0:timestamp:body`, both in headers.
//!
//! Sources: <https://docs.slack.dev/authentication/verifying-requests-from-slack>,
//! <https://developers.zoom.us/docs/api/webhooks/#verify-with-zooms-header>

use crate::verify::{
    claim::{Claim, KeyText, Part, Proof, Text},
    crypto::Hash,
    request::Request,
    scheme::Scheme,
    senders::body_mac::prefixed,
    verdict::Flaw,
};

/// The names of the headers with signature and timestamp.
pub(crate) const fn headers(scheme: Scheme) -> (&'static str, &'static str) {
    match scheme {
        Scheme::Zoom => ("x-zm-signature", "x-zm-request-timestamp"),
        _ => ("X-Slack-Signature", "X-Slack-Request-Timestamp"),
    }
}

pub(super) fn claim<'a>(scheme: Scheme, request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let (signature, timestamp) = headers(scheme);
    let proof = Proof::Mac {
        hash: Hash::Sha256,
        key: KeyText::Plain,
        text: Text::Hex,
    };
    let seen = prefixed(signature, "v0=", request.one(signature)?, &proof)?;
    let at = request.one(timestamp)?;
    let signed_at_ms = match (scheme, seconds(timestamp, at)) {
        // Zoom sets no limit, so to Zoom it is a text like any other.
        (Scheme::Zoom, at_ms) => at_ms.ok().map(Ok),
        (_, at_ms) => Some(Ok(at_ms?)),
    };
    Ok(Claim {
        messages: vec![vec![
            Part::from("v0:"),
            Part::from(at),
            Part::from(":"),
            Part::from(&request.body),
        ]],
        seen: vec![seen.into()],
        signed_at_ms,
        proof,
    })
}

/// The time that `text`, whole seconds since the Unix epoch, stands for, in milliseconds.
pub(super) fn seconds(header: &str, text: &str) -> Result<f64, Flaw> {
    whole(text).map(|seconds| seconds * 1000.0).ok_or_else(|| {
        Flaw::Malformed(format!(
            "the timestamp in {header} is no whole number of seconds"
        ))
    })
}

/// A whole decimal number without sign (a minus aside), spaces or exponent.
pub(super) fn whole(text: &str) -> Option<f64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_whole = (1..=18).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_whole.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{check, request};

    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

    /// The example of Slack's page on verifying requests.
    fn published() -> Request<'static> {
        let mut request = request(
            &[
                ("X-Slack-Request-Timestamp", "1531420618"),
                (
                    "X-Slack-Signature",
                    "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
                ),
            ],
            "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow\
             &channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner\
             &command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com\
             %2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
             &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        );
        request.received_at_ms = 1_531_420_618_000;
        request
    }

    #[test]
    fn agrees_with_the_example_that_slack_publishes() {
        check(Scheme::Slack, &published(), SECRET, "ok");
        check(Scheme::Slack, &published(), "another", "mismatch");
    }

    #[test]
    fn is_as_old_as_it_was_when_it_arrived() {
        let at = |seconds: i64, want| {
            let mut request = published();
            request.received_at_ms += seconds * 1000;
            check(Scheme::Slack, &request, SECRET, want);
        };
        at(300, "ok");
        at(301, "stale");
        at(-300, "ok");
        at(-301, "future");
    }

    #[test]
    fn a_timestamp_is_a_whole_number() {
        let at = |text: &str, want| {
            let mut request = published();
            request.set("X-Slack-Request-Timestamp", text);
            check(Scheme::Slack, &request, SECRET, want);
        };
        at("1531420619", "mismatch");
        for bad in ["soon", "1.5", "+1531420618", "1e9", " 1531420618", ""] {
            at(bad, "malformed");
        }
    }

    #[test]
    fn zoom_signs_alike_and_sets_no_limit() {
        let body = r#"{"event":"meeting.started","event_ts":1760000000000,"payload":{"account_id":"a","object":{"id":"1","topic":"Zoë"}}}"#;
        let signature = "v0=99018dd6d2a4b72af1984e72554abce419e235e6be4102949fe54fd3e358c57c";
        let headers = [
            ("x-zm-request-timestamp", "1760000000"),
            ("x-zm-signature", signature),
        ];
        let mut zoom = request(&headers, body);
        check(Scheme::Zoom, &zoom, "zoom-secret-token-abc", "ok");
        zoom.received_at_ms += 86_400_000;
        check(Scheme::Zoom, &zoom, "zoom-secret-token-abc", "ok");
        zoom.set("x-zm-request-timestamp", "soon");
        check(Scheme::Zoom, &zoom, "zoom-secret-token-abc", "mismatch");
    }
}
