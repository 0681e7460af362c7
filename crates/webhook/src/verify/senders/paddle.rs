//! Paddle: an HMAC over `timestamp:body`. Any of several `h1` may be the right one, for that is
//! how Paddle rotates; Paddle's own packages differ there.
//!
//! Source: <https://developer.paddle.com/webhooks/signature-verification>

use crate::verify::{
    claim::{Claim, KeyText, Part, Proof, Text},
    crypto::Hash,
    request::Request,
    senders::{stripe::Fields, timed_mac::seconds},
    verdict::Flaw,
};

/// The header with timestamp and signatures.
pub(crate) const HEADER: &str = "Paddle-Signature";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let fields = Fields::read(request.one(HEADER)?, ';');
    let at = fields.only(HEADER, "ts")?;
    let at_ms = seconds(HEADER, at)?;
    Ok(Claim {
        messages: vec![vec![
            Part::from(at),
            Part::from(":"),
            Part::from(&request.body),
        ]],
        seen: fields.signatures(HEADER, "h1")?,
        signed_at_ms: Some(Ok(at_ms)),
        proof: Proof::Mac {
            hash: Hash::Sha256,
            key: KeyText::Plain,
            text: Text::Hex,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{
        scheme::Scheme,
        testing::{check, request},
    };

    /// The example that Paddle's own packages are tested with: a rotation.
    #[test]
    fn agrees_with_paddles_example() {
        let h1 = "d96299976a6eb066f484d7fde011ac56fc32b38fc9940bc419d6e537fdc6ef02";
        let value = format!("ts=1696195954;h1=dummy;h1={h1}");
        let mut request = request(&[(HEADER, &value)], "hello-world");
        request.received_at_ms = 1_696_195_954_000;
        let secret = "pdl_ntf_01hbpjmytsa32fhr36nqgc3kgb_WvRO0eL4Bj9rgYYIBZY6wZhG4EHy9jzh";
        check(Scheme::Paddle, &request, secret, "ok");
    }

    #[test]
    fn agrees_with_what_paddles_own_packages_accept() {
        const BODY: &str =
            r#"{"id":"evt_1","type":"ping","data":{"object":{"amount":2000,"currency":"usd"}}}"#;
        const H1: &str = "acf2efc50e93beb81809ccf97a96fe0289f34456161d6384f0fc433c6fbf6f35";
        let paddle = |value: &str, want| {
            let request = request(&[(HEADER, value)], BODY);
            check(Scheme::Paddle, &request, "pdl_ntfset_01hg", want);
        };
        paddle(&format!("ts=1760000000;h1={H1}"), "ok");
        paddle(
            &format!("ts=1760000000;h1={};h1={H1};h2=x", "0".repeat(64)),
            "ok",
        );
        paddle(&format!("ts=1760000000;h2={H1}"), "mismatch");
        paddle(&format!("ts=1760000000,h1={H1}"), "malformed");
        paddle(&format!("h1={H1}"), "malformed");
    }
}
