//! What goes wrong in practice, and what the doctor says of it.
#![expect(clippy::unwrap_used, reason = "this is a test")]

mod asking;

use std::borrow::Cow;

use serde_json::Value;
use webhook::verify::{
    doctor::{Question, examine, mend::Area},
    request::Request,
    scheme::Scheme,
    secret::{Keys, Secret},
    sign::sign,
    verdict::{Flaw, Need, Verdict},
};

use crate::asking::{URL, ask, changed, check, event, stamp};

#[test]
fn tells_the_secret_that_it_was_and_the_form_of_it() {
    let github = event(Scheme::GitHub, "s3cret");
    let ask = |own: &str| {
        ask(
            Scheme::GitHub,
            &github,
            own,
            &[Secret::new("acme", "other")],
        )
    };
    check(
        &ask(" s3cret\n"),
        Area::Secret,
        "`mine` without the white space",
    );
    check(&ask("\"s3cret\""), Area::Secret, "without the quotes");
    check(&ask("czNjcmV0"), Area::Secret, "decoded from base64");
    check(
        &ask("733363726574"),
        Area::Secret,
        "decoded from hexadecimal",
    );
    check(&ask("whsec_s3cret"), Area::Secret, "without its `whsec_`");
    check(&ask("S3CRET"), Area::Secret, "in lower case");

    let github = event(Scheme::GitHub, "other");
    let diagnosis = asking::ask(
        Scheme::GitHub,
        &github,
        "s3cret",
        &[Secret::new("acme", "other")],
    );
    check(&diagnosis, Area::Secret, "`acme`");
    assert_eq!(
        diagnosis.verdict,
        Verdict::Invalid(Flaw::WrongSecret("`acme`".to_owned()))
    );

    let stripe = event(Scheme::Stripe, "whsec_abc");
    check(
        &asking::ask(Scheme::Stripe, &stripe, "abc", &[]),
        Area::Secret,
        "with `whsec_` before it",
    );
    let newline = event(Scheme::GitHub, "s3cret\n");
    check(
        &asking::ask(Scheme::GitHub, &newline, "s3cret", &[]),
        Area::Secret,
        "a line feed after it",
    );
    let shopify = event(Scheme::Shopify, "abcd");
    check(
        &asking::ask(Scheme::Shopify, &shopify, "YWJjZA==", &[]),
        Area::Secret,
        "from base64",
    );
}

#[test]
fn a_secret_used_as_text_where_it_is_base64_is_told() {
    let whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let good = event(Scheme::StandardWebhooks, whsec);
    let message = [b"5f0c7a1e9b3d.1760000000.", &*good.body].concat();
    let computed = hmac_base64(whsec.as_bytes(), &message);
    let keys = Keys::one(Secret::new("mine", whsec));
    let diagnosis = examine(Question {
        scheme: Scheme::StandardWebhooks,
        request: &good,
        keys: &keys,
        others: &[],
        age: Scheme::StandardWebhooks.age(),
        computed: Some(&format!("v1,{computed}")),
    });
    let finding = diagnosis.finding.unwrap();
    assert!(
        diagnosis.verdict.is_valid(),
        "what arrived is valid; the program is wrong"
    );
    assert_eq!(
        finding.text,
        "Your program made its signature with the secret `mine` as text, not decoded."
    );
}

fn hmac_base64(key: &[u8], message: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, key);
    STANDARD.encode(aws_lc_rs::hmac::sign(&key, message))
}

#[test]
fn shows_where_the_bytes_differ() {
    let request = changed(
        Scheme::GitHub,
        b"{\"amount\":2000,\"currency\":\"eur\"}\n",
        b"{\"amount\":2000,\"currency\":\"eur\"}",
    );
    let difference = ask(Scheme::GitHub, &request, "s3cret", &[])
        .finding
        .unwrap()
        .difference
        .unwrap();
    assert_eq!(difference.at, 32);
    assert_eq!(difference.arrived, b"currency\":\"eur\"}".to_vec());
    assert_eq!(difference.signed, b"currency\":\"eur\"}\n".to_vec());
}

#[test]
fn tells_what_was_done_to_the_url() {
    let url = |arrived: &'static str, words| {
        let square = Request {
            url: Cow::Borrowed(arrived),
            ..event(Scheme::Square, "s3cret")
        };
        check(
            &ask(Scheme::Square, &square, "s3cret", &[]),
            Area::Url,
            words,
        );
    };
    url(
        "http://hooks.example.test/in/a?b=2&a=1",
        "its scheme was changed",
    );
    url(
        "https://hooks.example.test:443/in/a?b=2&a=1",
        "its port was left out",
    );
    url(
        "http://hooks.example.test:443/in/a?b=2&a=1",
        "its port was left out",
    );
    url(
        "https://hooks.example.test/in/a/?b=2&a=1",
        "no slash at the end",
    );
    let mut behind = event(Scheme::Square, "s3cret");
    behind.url = "http://10.0.0.7:3000/in/a?b=2&a=1".into();
    behind.set("X-Forwarded-Host", "hooks.example.test");
    let diagnosis = ask(Scheme::Square, &behind, "s3cret", &[]);
    check(&diagnosis, Area::Url, "X-Forwarded-Host");
    let sorted = "https://hooks.example.test/in/a?a=1&b=2";
    let mut hubspot = event(Scheme::HubSpotV3, "s3cret");
    hubspot.url = sorted.into();
    let hubspot = sign(
        Scheme::HubSpotV3,
        &hubspot,
        &Secret::new("s", "s3cret"),
        &stamp(),
    )
    .unwrap();
    let hubspot = Request {
        url: URL.into(),
        ..hubspot
    };
    check(
        &ask(Scheme::HubSpotV3, &hubspot, "s3cret", &[]),
        Area::Url,
        "its query was sorted",
    );
    let mut dropped = event(Scheme::Twilio, "s3cret");
    dropped.url = "https://hooks.example.test/in/a".into();
    let signed = sign(
        Scheme::Twilio,
        &dropped,
        &Secret::new("s", "s3cret"),
        &stamp(),
    )
    .unwrap();
    let dropped = Request {
        url: URL.into(),
        ..signed
    };
    check(
        &ask(Scheme::Twilio, &dropped, "s3cret", &[]),
        Area::Url,
        "its query was left out",
    );
}

#[test]
fn tells_another_scheme_and_another_spelling() {
    let slack = event(Scheme::Slack, "s3cret");
    check(
        &ask(Scheme::GitHub, &slack, "s3cret", &[]),
        Area::Scheme,
        "as Slack does",
    );
    let mut upper = event(Scheme::Dropbox, "s3cret");
    let text = upper
        .all("X-Dropbox-Signature")
        .next()
        .unwrap()
        .to_ascii_uppercase();
    upper.set("X-Dropbox-Signature", text);
    check(
        &ask(Scheme::Dropbox, &upper, "s3cret", &[]),
        Area::Encoding,
        "the right one",
    );
}

#[test]
fn says_plainly_what_needs_no_search() {
    let mut old = event(Scheme::Stripe, "whsec_a");
    old.received_at_ms += 3_600_000;
    check(
        &ask(Scheme::Stripe, &old, "whsec_a", &[]),
        Area::Time,
        "3600 s old",
    );
    let mut twice = event(Scheme::GitHub, "a");
    twice
        .headers
        .push((b"X-Hub-Signature-256"[..].into(), b"sha256=0"[..].into()));
    check(
        &ask(Scheme::GitHub, &twice, "a", &[]),
        Area::Header,
        "more than once",
    );
    let mut none = event(Scheme::GitHub, "a");
    none.headers.clear();
    check(
        &ask(Scheme::GitHub, &none, "a", &[]),
        Area::Header,
        "X-Hub-Signature-256 is missing",
    );
    let forged = changed(Scheme::GitHub, b"{\"amount\":1}", b"{\"amount\":1000}");
    let diagnosis = ask(Scheme::GitHub, &forged, "s3cret", &[]);
    assert_eq!(
        diagnosis.finding, None,
        "an honest search finds nothing that fits"
    );
    assert_eq!(diagnosis.verdict, Verdict::Invalid(Flaw::Mismatch));
}

#[test]
fn tells_how_the_program_came_to_its_own_signature() {
    let good = event(Scheme::GitHub, "s3cret");
    let hash = |body: &[u8]| {
        let request = changed(Scheme::GitHub, body, body);
        let value = request.all("X-Hub-Signature-256").next().unwrap().to_vec();
        String::from_utf8(value).unwrap()
    };
    let python: Value = serde_json::from_slice(&good.body).unwrap();
    let spaced = python
        .to_string()
        .replace("\":", "\": ")
        .replace(",\"", ", \"");
    let check = |computed: &str, words: &str| {
        let diagnosis = examine(Question {
            scheme: Scheme::GitHub,
            request: &good,
            keys: &Keys::one(Secret::new("mine", "s3cret")),
            others: &[],
            age: Scheme::GitHub.age(),
            computed: Some(computed),
        });
        assert!(diagnosis.verdict.is_valid());
        let text = diagnosis.finding.unwrap().text;
        assert!(text.contains(words), "{text}");
    };
    check(&hash(spaced.as_bytes()), "json.dumps");
    check(&hash(b"[object Object]"), "[object Object]");
    check(&hash(b""), "as nothing at all");
    let python_bytes = format!("b'{}'", String::from_utf8_lossy(&good.body));
    check(&hash(python_bytes.as_bytes()), "as Python shows bytes");
    check(&hash(&good.body), "computed the right signature");
}

#[test]
fn two_faults_at_once_are_found_too() {
    let request = changed(Scheme::GitHub, b"{\"a\":1}\n", b"{\"a\":1}");
    let diagnosis = ask(Scheme::GitHub, &request, "  s3cret", &[]);
    check(
        &diagnosis,
        Area::Body,
        "`mine` without the white space around it, for the body with a line feed",
    );
}

#[test]
fn what_is_not_tried_on_a_long_body_is_said() {
    let long = format!("{{\"a\":\"{}\"}}", "x".repeat(20 << 20));
    let request = changed(Scheme::GitHub, b"something else", long.as_bytes());
    let diagnosis = ask(Scheme::GitHub, &request, "s3cret", &[]);
    assert!(diagnosis.is_cut_short);
    assert_eq!(diagnosis.finding, None);
}

#[test]
fn a_secret_that_was_never_set_is_found_among_the_others() {
    let github = event(Scheme::GitHub, "s3cret");
    let others = [Secret::new("wrong", "a"), Secret::new("acme", "s3cret")];
    let diagnosis = ask(Scheme::GitHub, &github, "", &others);
    check(&diagnosis, Area::Secret, "with the secret `acme`.");
    assert_eq!(diagnosis.verdict, Verdict::Unknown(Need::Secret));
}
