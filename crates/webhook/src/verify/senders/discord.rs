//! Discord: a strict Ed25519 signature over timestamp and body; the key is the application's
//! public one.
//!
//! Source: <https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint-validating-security-request-headers>

use crate::verify::{
    claim::{Claim, Part, Proof, Text},
    request::Request,
    senders::body_mac::prefixed,
    verdict::Flaw,
};

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "X-Signature-Ed25519";
/// The header with the timestamp, which no rule of Discord's limits.
pub(crate) const TIMESTAMP: &str = "X-Signature-Timestamp";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let proof = Proof::Ed25519 { text: Text::Hex };
    let seen = prefixed(SIGNATURE, "", request.one(SIGNATURE)?, &proof)?;
    let at = request.one(TIMESTAMP)?;
    Ok(Claim {
        messages: vec![vec![Part::from(at), Part::from(&request.body)]],
        seen: vec![seen.into()],
        signed_at_ms: None,
        proof,
    })
}
