//! Standard Webhooks, and those who use it under their own name: Svix, GitLab's signing tokens.
//! An HMAC (`v1`) or Ed25519 signature (`v1a`) over `id.timestamp.body`; several in one header
//! while a secret is rotated.
//!
//! Sources: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>,
//! <https://docs.svix.com/receiving/verifying-payloads/how-manual>,
//! <https://docs.gitlab.com/user/project/integrations/webhooks/>

use std::borrow::Cow;

use crate::verify::{
    claim::{Claim, KeyText, Part, Proof, Text},
    crypto::Hash,
    request::Request,
    scheme::Scheme,
    senders::timed_mac::seconds,
    verdict::Flaw,
};

/// The names of the headers with id, timestamp and signatures.
pub(crate) const STANDARD: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];
/// The same for Svix.
pub(crate) const SVIX: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];

pub(super) fn claim<'a>(scheme: Scheme, request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let [id, timestamp, signature] = names(scheme, request);
    let (version, proof) = proof(scheme);
    let signatures = request.one(signature)?;
    let (id, at) = (request.one(id)?, request.one(timestamp)?);
    let dot = || Part::from(".");
    Ok(Claim {
        messages: vec![vec![
            Part::from(id),
            dot(),
            Part::from(at),
            dot(),
            Part::from(&request.body),
        ]],
        seen: versioned(signature, version, signatures, &proof)?,
        signed_at_ms: Some(Ok(seconds(timestamp, at)?)),
        proof,
    })
}

/// The names of the headers that `request` has, or should have.
pub(crate) fn names(scheme: Scheme, request: &Request<'_>) -> [&'static str; 3] {
    let has_all = |names: [&str; 3]| names.iter().all(|name| request.has(name));
    if scheme == Scheme::Svix && (has_all(SVIX) || !has_all(STANDARD)) {
        SVIX
    } else {
        STANDARD
    }
}

fn proof(scheme: Scheme) -> (&'static str, Proof) {
    match scheme {
        Scheme::StandardWebhooksV1a => ("v1a", Proof::Ed25519 { text: Text::Base64 }),
        _ => (
            "v1",
            Proof::Mac {
                hash: Hash::Sha256,
                key: KeyText::Whsec,
                text: Text::Base64,
            },
        ),
    }
}

fn versioned<'a>(
    header: &str,
    version: &str,
    value: &'a str,
    proof: &Proof,
) -> Result<Vec<Cow<'a, str>>, Flaw> {
    let entries = || value.split(' ').filter(|entry| !entry.is_empty());
    let seen: Vec<_> = entries()
        .filter_map(|entry| entry.split_once(','))
        .filter(|(known, _)| *known == version)
        .map(|(_, seen)| Cow::Borrowed(seen))
        .collect();
    if !seen.is_empty() {
        return Ok(seen);
    }
    Err(if entries().any(|entry| proof.is_well_formed(entry)) {
        Flaw::Missing(format!("`{version},` before the signature in {header}"))
    } else {
        Flaw::Malformed(format!("{header} holds no signature of version {version}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::{check, request};

    fn signed(names: [&str; 3], values: [&str; 3], body: &str, at_s: i64) -> Request<'static> {
        let headers: Vec<_> = names.into_iter().zip(values).collect();
        let mut request = request(&headers, body);
        request.received_at_ms = at_s * 1000;
        request
    }

    /// The example of the specification.
    fn published(signature: &str) -> Request<'static> {
        let values = ["msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", signature];
        signed(STANDARD, values, r#"{"test": 2432232314}"#, 1_614_265_330)
    }

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const V1: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn agrees_with_the_examples_of_the_specification_and_of_svix() {
        check(Scheme::StandardWebhooks, &published(V1), SECRET, "ok");
        check(Scheme::GitLabSigning, &published(V1), SECRET, "ok");
        check(Scheme::Svix, &published(V1), SECRET, "ok");
        check(Scheme::StandardWebhooks, &published(V1), &SECRET[6..], "ok");
        let values = [
            "msg_loFOjxBNrRLzqYUf",
            "1731705121",
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ];
        let body = r#"{"event_type":"ping","data":{"success":true}}"#;
        let svix = signed(SVIX, values, body, 1_731_705_121);
        check(Scheme::Svix, &svix, "whsec_plJ3nmyCDGBKInavdOK15jsl", "ok");
        check(Scheme::StandardWebhooks, &svix, SECRET, "missing");
    }

    #[test]
    fn one_right_signature_of_several_is_enough() {
        let check = |signatures: &str, want| {
            check(
                Scheme::StandardWebhooks,
                &published(signatures),
                SECRET,
                want,
            );
        };
        let other = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        check(&format!("{other} v2,x {V1}"), "ok");
        check(other, "mismatch");
        check(&V1[3..], "missing");
        check(
            "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
            "malformed",
        );
        check("v1,", "malformed");
        check("nonsense", "malformed");
    }

    #[test]
    fn a_secret_that_is_no_base64_is_said_to_be_malformed() {
        check(
            Scheme::StandardWebhooks,
            &published(V1),
            "whsec_!!",
            "malformed",
        );
        check(
            Scheme::StandardWebhooks,
            &published(V1),
            "whsec_",
            "malformed",
        );
    }

    #[test]
    fn the_asymmetric_version_takes_a_public_key() {
        let body =
            r#"{"id":"evt_1","type":"ping","data":{"object":{"amount":2000,"currency":"usd"}}}"#;
        let signature = "v1a,lt/lF0JyYxRz8f8nwIsd1aHIuGV0p31f5cgWJFzW8+/ZC5RN4KQSBSU+\
                         dcG7okkbWOdpB4/IpjZau2qZkUAODw==";
        let key = "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";
        let values = ["msg_1", "1760000000", signature];
        let request = signed(STANDARD, values, body, 1_760_000_000);
        check(Scheme::StandardWebhooksV1a, &request, key, "ok");
        let forged = signed(STANDARD, values, "{}", 1_760_000_000);
        check(Scheme::StandardWebhooksV1a, &forged, key, "mismatch");
        check(Scheme::StandardWebhooksV1a, &request, SECRET, "malformed");
    }
}
