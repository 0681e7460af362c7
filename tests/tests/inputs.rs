//! Every byte: real deliveries, and bodies and heads that other tools change, sent to the relay's
//! public address and held against what the desktop has.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use tests::{
    program::{Desktop, Relay, Running},
    sender::{github_signature, request, send},
};

/// GitHub's own examples, which `npm ci` in this folder brings.
const EXAMPLES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/node_modules/@octokit/webhooks-examples/api.github.com/index.json"
);

struct Trip {
    relay: Relay,
    path: String,
    listening: Running,
    _folder: tempfile::TempDir,
}

impl Trip {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let relay = Relay::start(folder.path());
        let desktop = Desktop::new(folder.path());
        let path = desktop.pair(&relay);
        let listening = desktop.listen();
        Self {
            relay,
            path,
            listening,
            _folder: folder,
        }
    }

    /// Sends a request and holds its head and `body` against the record of it.
    fn check_as(&self, sent: &[u8], body: &[u8]) -> Value {
        let answer = send(self.relay.address, sent).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.head);
        let record = self.listening.line();
        let bytes = |name: &str| {
            BASE64_STANDARD
                .decode(record[name].as_str().unwrap())
                .unwrap()
        };
        let end = sent
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap()
            + 4;
        assert_eq!(
            String::from_utf8_lossy(&bytes("head_b64")),
            String::from_utf8_lossy(&sent[..end])
        );
        assert!(
            bytes("body_b64") == body,
            "the body of {} bytes differs",
            body.len()
        );
        assert_eq!(record["flaws"], serde_json::json!([]));
        record
    }

    fn check(&self, method: &str, below: &str, headers: &[(&str, &str)], body: &[u8]) -> Value {
        self.check_as(
            &request(method, &format!("{}{below}", self.path), headers, body),
            body,
        )
    }
}

#[test]
fn deliveries_of_real_senders_arrive_as_sent() {
    let trip = Trip::begin();
    let examples = fs::read_to_string(Path::new(EXAMPLES)).expect("run npm ci in tests/");
    let examples: Vec<Value> = serde_json::from_str(&examples).unwrap();
    for event in ["push", "pull_request", "issues"] {
        let found = examples
            .iter()
            .find(|example| example["name"] == event)
            .unwrap();
        let body = serde_json::to_vec(&found["examples"][0]).unwrap();
        let signature = github_signature(b"it is a secret to everybody", &body);
        let headers = [
            ("Accept", "*/*"),
            ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            ("X-GitHub-Event", event),
            ("X-GitHub-Hook-ID", "292430182"),
            ("X-Hub-Signature-256", &signature),
            ("User-Agent", "GitHub-Hookshot/044aadd"),
            ("Content-Type", "application/json"),
        ];
        let record = trip.check("POST", "", &headers, &body);
        assert_eq!(record["headers"][3][0], "X-GitHub-Event");
    }
    let harbor = br#"{"type":"PUSH_ARTIFACT","occur_at":1637733600,"operator":"admin","event_data":{"resources":[{"tag":"1.0","resource_url":"harbor.example/library/app:1.0"}],"repository":{"name":"app","namespace":"library","repo_type":"public"}}}"#;
    trip.check(
        "POST",
        "",
        &[
            ("Authorization", "Bearer x"),
            ("Content-Type", "application/json"),
        ],
        harbor,
    );
    let twilio =
        b"ToCountry=US&SmsMessageSid=SM1&From=%2B14017122661&Body=Caf%C3%A9+%26+more&NumMedia=0";
    let form = [
        (
            "Content-Type",
            "application/x-www-form-urlencoded; charset=UTF-8",
        ),
        ("X-Twilio-Signature", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
    ];
    trip.check("POST", "/sms?lang=en", &form, twilio);
    let xml = "<?xml version=\"1.0\"?>\r\n<a b='c'>é &amp; <![CDATA[<]]></a>\n".as_bytes();
    trip.check("POST", "", &[("content-type", "text/xml")], xml);
}

#[test]
fn odd_bodies_and_heads_arrive_as_sent() {
    let trip = Trip::begin();
    let large: Vec<u8> = (0u64..20 << 20)
        .map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    trip.check(
        "POST",
        "/large",
        &[("Content-Type", "application/octet-stream")],
        &large,
    );
    // The gzip of `{"a":1}`: it stays as it is.
    let gzip = b"\x1f\x8b\x08\0\0\0\0\0\x02\x03\xabVJT\xb22\xac\x05\0\x0e\x88\x39\x3c\x07\0\0\0";
    let coded = [
        ("Content-Encoding", "gzip"),
        ("Content-Type", "application/json"),
    ];
    trip.check("POST", "", &coded, gzip);
    trip.check("POST", "", &[], b"");
    trip.check(
        "POST",
        "",
        &[],
        b"\0\xff\xfe\x80 \r\n\r\nGET / HTTP/1.1\r\n\r\n",
    );
    let odd = [
        ("x-SIG", "a"),
        ("X-Sig", "b"),
        ("X-sig", "a"),
        ("Set-Cookie", "c=d"),
        ("X-Empty", ""),
    ];
    let record = trip.check("PROPFIND", "/%2e%2E//x?q=%zz&&=", &odd, b"<propfind/>");
    assert_eq!(record["method"], "PROPFIND");
    let get = format!(
        "GET {}/?a=1&a=2&b=%20c+d HTTP/1.1\r\nhost:  hooks.example.dev \r\n\r\n",
        trip.path
    );
    trip.check_as(get.as_bytes(), b"");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        trip.path
    );
    let chunked = [
        head.as_bytes(),
        b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n",
    ]
    .concat();
    trip.check_as(&chunked, b"abcde");
}
