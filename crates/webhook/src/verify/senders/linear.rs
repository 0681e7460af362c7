//! Linear: an HMAC over the body, which holds its own time of signing.
//!
//! Source: <https://linear.app/developers/webhooks#securing-webhooks>

use crate::{
    decode::json::Kind,
    verify::{
        claim::{Claim, KeyText, Part, Proof, Text},
        crypto::Hash,
        json::Document,
        request::Request,
        senders::body_mac::prefixed,
        verdict::Flaw,
    },
};

/// The header with the signature.
pub(crate) const HEADER: &str = "Linear-Signature";
/// The member of the body with the time, in milliseconds.
pub(crate) const TIMESTAMP: &str = "webhookTimestamp";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let proof = Proof::Mac {
        hash: Hash::Sha256,
        key: KeyText::Plain,
        text: Text::Hex,
    };
    Ok(Claim {
        messages: vec![vec![Part::from(&request.body)]],
        seen: vec![prefixed(HEADER, "", request.one(HEADER)?, &proof)?.into()],
        signed_at_ms: Some(signed_at_ms(&request.body)),
        proof,
    })
}

/// What the body says; the header `Linear-Timestamp` is not signed.
fn signed_at_ms(body: &[u8]) -> Result<f64, Flaw> {
    let document = Document::parse(body)?;
    let node = document
        .at(&[TIMESTAMP])
        .filter(|node| document.kind(*node) != Kind::Null)
        .ok_or_else(|| Flaw::Missing(format!("{TIMESTAMP} in the body")))?;
    let number = (document.kind(node) == Kind::Number).then(|| document.scalar(node));
    number
        .and_then(|text| text.parse().ok())
        .filter(|at_ms: &f64| at_ms.is_finite())
        .ok_or_else(|| Flaw::Malformed(format!("{TIMESTAMP} in the body is no number")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{
        scheme::Scheme,
        secret::Secret,
        sign::sign,
        stamp::Stamp,
        testing::{check, request},
    };

    #[test]
    fn agrees_with_linears_own_package() {
        let body = r#"{"action": "create", "type": "Issue", "data": {"title": "Zoë"}, "webhookTimestamp": 1760000000000}"#;
        let signature = "3b6d3e6c4bfa056411864ec105f33a835d9a7f2464799b7cff828c4b1bfc84ce";
        check(
            Scheme::Linear,
            &request(&[(HEADER, signature)], body),
            "lin_wh_abc",
            "ok",
        );
        let forged = body.replace("1760000000000", "1760000001000");
        check(
            Scheme::Linear,
            &request(&[(HEADER, signature)], &forged),
            "lin_wh_abc",
            "mismatch",
        );
    }

    #[test]
    fn only_the_time_in_the_body_counts() {
        let stamp = Stamp {
            now_ms: 1_760_000_000_000,
            id: String::new(),
        };
        let secret = Secret::new("a", "b");
        let signed = sign(
            Scheme::Linear,
            &request(&[], r#"{"webhookTimestamp":0}"#),
            &secret,
            &stamp,
        );
        let check_at = |seconds: i64, want| {
            let mut request = signed.clone().unwrap();
            request.set("Linear-Timestamp", (1_760_000_000 + seconds).to_string());
            request.received_at_ms += seconds * 1000;
            check(Scheme::Linear, &request, "b", want);
        };
        check_at(60, "ok");
        check_at(61, "stale");
        check_at(-60, "ok");
        check_at(-61, "future");
    }

    #[test]
    fn a_body_without_a_time_may_be_of_any_age() {
        let check = |body: &str, want| {
            let mac = crate::verify::crypto::mac(Hash::Sha256, b"b", [body.as_bytes()].into_iter());
            let signature = Text::Hex.write(&mac);
            check(
                Scheme::Linear,
                &request(&[(HEADER, &signature)], body),
                "b",
                want,
            );
        };
        check(r#"{"webhookTimestamp":1.76e12}"#, "ok");
        check("{}", "missing");
        check(r#"{"webhookTimestamp":null}"#, "missing");
        check(r#"{"webhookTimestamp":"1760000000000"}"#, "malformed");
        check("not json", "malformed");
    }
}
