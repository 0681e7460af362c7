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
