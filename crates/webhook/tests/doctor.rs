//! What goes wrong in practice, and what the doctor says of it.
#![expect(clippy::unwrap_used, reason = "this is a test")]

use std::{borrow::Cow, io::Write};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;
use webhook::verify::{
    doctor::{Diagnosis, Question, examine, mend::Area},
    request::Request,
    sample::test_event,
    scheme::Scheme,
    secret::{Keys, Secret},
    sign::{Stamp, sign},
    verdict::{Flaw, Verdict},
};

const URL: &str = "https://hooks.example.test/in/a?b=2&a=1";

fn stamp() -> Stamp {
    Stamp {
        now_ms: 1_760_000_000_000,
        id: "5f0c7a1e9b3d".to_owned(),
    }
}

fn event(scheme: Scheme, secret: &str) -> Request<'static> {
    test_event(scheme, URL, &Secret::new("s", secret), &stamp()).unwrap()
}

/// An event of `scheme` with `signed` as its body when it was signed, and `arrived` after.
fn changed(scheme: Scheme, signed: &[u8], arrived: &[u8]) -> Request<'static> {
    let mut before = event(scheme, "s3cret");
    before.body = signed.to_vec().into();
    let mut after = sign(scheme, &before, &Secret::new("s", "s3cret"), &stamp()).unwrap();
    after.body = arrived.to_vec().into();
    after
}

fn ask(scheme: Scheme, request: &Request<'_>, own: &str, others: &[Secret]) -> Diagnosis {
    examine(Question {
        scheme,
        request,
        keys: &Keys::one(Secret::new("mine", own)),
        others,
        age: scheme.age(),
        computed: None,
    })
}

/// Checks the area of the finding and words of its text.
#[track_caller]
fn check(diagnosis: &Diagnosis, area: Area, words: &str) {
    let finding = diagnosis.finding.as_ref().unwrap();
    assert_eq!(finding.area, area, "{diagnosis:#?}");
    assert!(finding.text.contains(words), "{}", finding.text);
    assert!(!finding.mends.is_empty());
    assert!(!diagnosis.verdict.is_valid() && !diagnosis.is_cut_short);
}

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
    let diagnosis = self::ask(
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
        &self::ask(Scheme::Stripe, &stripe, "abc", &[]),
        Area::Secret,
        "with `whsec_` before it",
    );
    let newline = event(Scheme::GitHub, "s3cret\n");
    check(
        &self::ask(Scheme::GitHub, &newline, "s3cret", &[]),
        Area::Secret,
        "a line feed after it",
    );
    let shopify = event(Scheme::Shopify, "abcd");
    check(
        &self::ask(Scheme::Shopify, &shopify, "YWJjZA==", &[]),
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
fn tells_what_was_done_to_the_body() {
    let body = |signed: &[u8], arrived: &[u8], words| {
        let request = changed(Scheme::GitHub, signed, arrived);
        check(
            &ask(Scheme::GitHub, &request, "s3cret", &[]),
            Area::Body,
            words,
        );
    };
    let json = "{\"b\": 1.0, \"a\": \"é/<\"}";
    body(
        "{\"b\": 1, \"a\": \"é\"}".as_bytes(),
        "{\"b\":1,\"a\":\"é\"}".as_bytes(),
        "json.dumps does with ensure_ascii=False",
    );
    body(
        b"{\"b\":1.0,\"a\":\"\\u00e9/<\"}",
        json.as_bytes(),
        "separators=(',', ':')",
    );
    body(
        b"{\"b\": 1.0, \"a\": \"\\u00e9/<\"}",
        json.as_bytes(),
        "Python's json.dumps does.",
    );
    body(
        b"{\"b\":1.0,\"a\":\"\\u00e9\\/<\"}",
        json.as_bytes(),
        "PHP's json_encode",
    );
    body(
        "{\"a\":\"é/\\u003c\",\"b\":1}".as_bytes(),
        json.as_bytes(),
        "Go's encoding/json does with a map",
    );
    body(
        "{\"a\":\"é/<\",\"b\":1.0}".as_bytes(),
        json.as_bytes(),
        "its keys sorted",
    );
    body(
        "{\"b\":1,\"a\":\"é/<\"}".as_bytes(),
        json.as_bytes(),
        "JSON.stringify",
    );
    body(
        "{\n  \"b\": 1,\n  \"a\": \"é/<\"\n}".as_bytes(),
        json.as_bytes(),
        "indented by two spaces",
    );
    body(
        b"{\"b\":1.0,\"a\":\"\\u00E9/\\u003C\"}",
        json.as_bytes(),
        "System.Text.Json",
    );
    body(b"{\"a\":1}\n", b"{\"a\":1}", "with a line feed at its end");
    body(
        b"{\"a\":1}",
        b"{\"a\":1}\r\n",
        "without the line feed at its end",
    );
    body(b"a\r\nb\r\n", b"a\nb\n", "with CRLF as its line ends");
    body(b"a\nb\n", b"a\r\nb\r\n", "with LF as its line ends");
    body(b"\xef\xbb\xbf{}", b"{}", "with a byte order mark");
    body(b"{}", b"\xef\xbb\xbf{}", "without its byte order mark");
    body(
        "{\"a\":\"é\"}".as_bytes(),
        b"{\"a\":\"\xe9\"}",
        "read as Latin-1",
    );
    body(
        b"{\"a\":\"\xe9\"}",
        "{\"a\":\"é\"}".as_bytes(),
        "written as Latin-1",
    );
    body(b"", b"{}", "as nothing at all");
    body(b"{}", b"e30=", "decoded from base64");
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(b"{\"a\":1}").unwrap();
    body(b"{\"a\":1}", &packed.finish().unwrap(), "unpacked");
}

#[test]
fn tells_what_was_done_to_a_form() {
    let form = |signed: &str, arrived: &str, words| {
        let mut request = changed(Scheme::Slack, signed.as_bytes(), arrived.as_bytes());
        request.set("Content-Type", "application/x-www-form-urlencoded");
        check(
            &ask(Scheme::Slack, &request, "s3cret", &[]),
            Area::Body,
            words,
        );
    };
    form("b=x+y&a=%2F", "b=x%20y&a=/", "spaces as `+`");
    form("b=x%20y&a=%2F", "b=x+y&a=/", "spaces as `%20`");
    form("a=1&b=2", "b=2&a=1", "its fields sorted");
    form("{\"a\":1}", "payload=%7B%22a%22%3A1%7D", "field `payload`");
    form(
        "{\"b\":\"2\",\"a\":\"1\"}",
        "b=2&a=1",
        "the JSON that a parser made",
    );
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
