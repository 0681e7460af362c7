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
