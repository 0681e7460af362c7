//! Square: an HMAC over the notification URL, exactly as it was registered, and the body.
//!
//! Source: <https://developer.squareup.com/docs/webhooks/step3validate>

use crate::verify::{
    claim::{Claim, KeyText, Part, Proof, Text},
    crypto::Hash,
    request::Request,
    senders::body_mac::prefixed,
    verdict::Flaw,
};

/// The header with the signature.
pub(crate) const HEADER: &str = "x-square-hmacsha256-signature";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let proof = Proof::Mac {
        hash: Hash::Sha256,
        key: KeyText::Plain,
        text: Text::Base64,
    };
    Ok(Claim {
        messages: vec![vec![
            Part::from(request.url.as_bytes()),
            Part::from(&request.body),
        ]],
        seen: vec![prefixed(HEADER, "", request.one(HEADER)?, &proof)?.into()],
        signed_at_ms: None,
        proof,
    })
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
    fn every_byte_of_the_url_counts() {
        let stamp = Stamp {
            now_ms: 0,
            id: String::new(),
        };
        let signed = sign(
            Scheme::Square,
            &request(&[], "{}"),
            &Secret::new("a", "b"),
            &stamp,
        );
        let at = |url: &'static str, want| {
            let request = Request {
                url: url.into(),
                ..signed.clone().unwrap()
            };
            check(Scheme::Square, &request, "b", want);
        };
        at("https://example.test/hook", "ok");
        at("https://example.test/hook/", "mismatch");
        at("https://example.test:443/hook", "mismatch");
        at("http://example.test/hook", "mismatch");
    }
}
