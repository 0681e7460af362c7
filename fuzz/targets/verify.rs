//! A stranger's request before every scheme of signing, the doctor and the challenges. Input: the
//! scheme's name, the secret and the URL on a line each, then headers, an empty line and the body.

#![no_main]

use libfuzzer_sys::fuzz_target;
use webhook::verify::{
    certificate_url, detect,
    doctor::{self, Question},
    explain,
    handshake::{self, Handshake},
    request::Request,
    scheme::Scheme,
    secret::{Keys, Secret},
    sign::{Stamp, sign},
    verify,
};

const NOW_MS: i64 = 1_760_000_000_000;

/// The next line of `rest`, without its end.
fn line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|byte| *byte == b'\n');
    let (line, after) = rest.split_at(end.unwrap_or(rest.len()));
    *rest = after.get(1..).unwrap_or_default();
    line
}

fuzz_target!(|bytes: &[u8]| {
    let mut rest = bytes;
    let name = str::from_utf8(line(&mut rest)).unwrap_or_default();
    let any = bytes.len() % Scheme::ALL.len();
    let scheme = Scheme::from_name(name).unwrap_or(Scheme::ALL[any]);
    let secret = Secret::new("fuzz", line(&mut rest));
    let url = String::from_utf8_lossy(line(&mut rest));
    let mut headers = Vec::new();
    loop {
        let field = line(&mut rest);
        if field.is_empty() {
            break;
        }
        let colon = field
            .iter()
            .position(|byte| *byte == b':')
            .unwrap_or(field.len());
        let value = field.get(colon + 1..).unwrap_or_default();
        headers.push((field[..colon].into(), value.trim_ascii().into()));
    }
    let request = Request {
        method: b"POST".into(),
        url,
        headers,
        body: rest.into(),
        received_at_ms: NOW_MS,
    };
    let keys = Keys::one(secret.clone());
    let verdict = verify(scheme, &request, &keys, scheme.age());
    assert_eq!(explain(scheme, &request, &keys, scheme.age()).0, verdict);
    assert!(detect(&request).len() <= Scheme::ALL.len());
    let _ = certificate_url(scheme, &request);
    if let Some(Handshake::Answer(answer)) = handshake::answer(&request, &keys) {
        assert!((200..500).contains(&answer.status));
    }
    let question = Question {
        scheme,
        request: &request,
        keys: &keys,
        others: &[],
        age: scheme.age(),
        computed: None,
    };
    let _ = doctor::examine(question);
    let stamp = Stamp {
        now_ms: NOW_MS,
        id: "fuzz1".to_owned(),
    };
    if scheme.needs_secret()
        && let Ok(signed) = sign(scheme, &request, &secret, &stamp)
    {
        let verdict = verify(scheme, &signed, &keys, scheme.age());
        let is_asymmetric = matches!(
            scheme,
            Scheme::PayPal
                | Scheme::SendGrid
                | Scheme::Discord
                | Scheme::StandardWebhooksV1a
                | Scheme::AwsSns
        );
        assert!(
            is_asymmetric || verdict.is_valid(),
            "{verdict:?} of its own signature"
        );
    }
});
