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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{
        scheme::Scheme,
        testing::{check, request},
    };

    const KEY: &str = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8";

    /// The RFC's first test vector, whose empty message is split as Discord joins its own: RFC
    /// 8032, section 7.1.
    #[test]
    fn agrees_with_the_rfc() {
        let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
        let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
        let proof = Proof::Ed25519 { text: Text::Hex };
        assert_eq!(
            proof.holds(&Vec::new(), key.as_bytes(), signature),
            Some(true)
        );
        assert_eq!(
            proof.holds(&Vec::new(), KEY.as_bytes(), signature),
            Some(false)
        );
        assert_eq!(proof.holds(&Vec::new(), b"abc", signature), None);
    }

    #[test]
    fn a_signature_is_needed_and_has_to_be_one() {
        let discord = |signature: &str, want| {
            let headers = [(SIGNATURE, signature), (TIMESTAMP, "1760000000")];
            check(Scheme::Discord, &request(&headers, "{}"), KEY, want);
        };
        discord(&"0".repeat(128), "mismatch");
        discord(&"0".repeat(126), "malformed");
        discord("", "malformed");
        check(
            Scheme::Discord,
            &request(&[(TIMESTAMP, "1")], "{}"),
            KEY,
            "missing",
        );
    }
}
