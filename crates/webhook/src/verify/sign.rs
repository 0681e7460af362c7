//! Signing: a capture that goes out again, fresh, or a sample. Start at [`sign`].

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
    },
};

pub use crate::verify::stamp::Stamp;
use crate::verify::{
    claim::{Message, Proof, Text, pieces},
    crypto,
    envelope::envelope,
    request::Request,
    scheme::Scheme,
    secret::Secret,
    senders,
    verdict::Flaw,
};

/// Why nothing was signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The request is not one of the sender's, who signs parts of it that are not there.
    #[error("the request is not one that {} signs: {why}", scheme.title())]
    NotTheirs {
        /// Whose signature was asked for.
        scheme: Scheme,
        /// What is missing or malformed.
        why: Flaw,
    },
    /// The secret cannot sign: a public key, or not written as this sender's are.
    #[error("the secret `{0}` cannot sign for this sender")]
    Key(String),
}

/// `request` as `scheme`'s sender would send it now: with a fresh timestamp and a valid signature.
/// What the sender signs inside of the body or the URL is changed there and nowhere else.
///
/// The secret is the one that it is verified with. Where that is a public key, it is the private
/// one: in PEM (PKCS #8), or `whsk_…` for Standard Webhooks; at `PayPal` the webhook's id, a line
/// feed and the PEM.
///
/// # Errors
/// When the request lacks what the sender signs, or the secret cannot sign.
pub fn sign(
    scheme: Scheme,
    request: &Request<'_>,
    secret: &Secret,
    stamp: &Stamp,
) -> Result<Request<'static>, SignError> {
    let not_theirs = |why| SignError::NotTheirs { scheme, why };
    if scheme == Scheme::DockerHub {
        return Ok(request.clone().into_owned());
    }
    if secret.value().is_empty() {
        // What it makes is refused by whoever checks it.
        return Err(SignError::Key(secret.name().to_owned()));
    }
    let blank = envelope(scheme, request, stamp, "0").map_err(not_theirs)?;
    let claim = senders::unkeyed(scheme, &blank).map_err(not_theirs)?;
    let signature = signature(&claim.proof, &claim.messages[0], secret.value())
        .ok_or_else(|| SignError::Key(secret.name().to_owned()))?;
    let signed = envelope(scheme, request, stamp, &signature).map_err(not_theirs)?;
    let is_doubly_signed = scheme == Scheme::GitHub && request.has("X-Hub-Signature");
    if is_doubly_signed {
        return sign(Scheme::GitHubSha1, &signed, secret, stamp);
    }
    Ok(signed)
}

/// The signature of `message` as it stands in a request; `None` if `secret` cannot make one.
fn signature(proof: &Proof, message: &Message<'_>, secret: &[u8]) -> Option<String> {
    let message_for = |id| pieces(message, id).collect::<Vec<_>>().concat();
    match proof {
        Proof::Mac { .. } | Proof::Digest => proof.expected(message, secret),
        Proof::Token => String::from_utf8(secret.to_vec()).ok(),
        Proof::Ed25519 { text } => {
            let signature = ed25519(secret)?.sign(&message_for(b""));
            Some(text.write(signature.as_ref()))
        }
        Proof::Ecdsa => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8(secret)?);
            let signature = pair
                .ok()?
                .sign(&SystemRandom::new(), &message_for(b""))
                .ok()?;
            Some(Text::Base64.write(signature.as_ref()))
        }
        Proof::Rsa { .. } => {
            let at = secret.windows(5).position(|five| five == b"-----")?;
            let (id, pem) = secret.split_at(at);
            let pair = RsaKeyPair::from_pkcs8(&pkcs8(pem)?).ok()?;
            let mut signature = vec![0; pair.public_modulus_len()];
            let message = message_for(id.trim_ascii());
            pair.sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                &message,
                &mut signature,
            )
            .ok()?;
            Some(Text::Base64.write(&signature))
        }
    }
}

fn ed25519(secret: &[u8]) -> Option<Ed25519KeyPair> {
    match secret.strip_prefix(b"whsk_") {
        Some(base64) => {
            // The seed, with or without the public key after it.
            let key = crypto::unbase64(base64)?;
            Ed25519KeyPair::from_seed_unchecked(key.get(..32)?).ok()
        }
        None => Ed25519KeyPair::from_pkcs8_maybe_unchecked(&pkcs8(secret)?).ok(),
    }
}

/// The private key of a PEM file.
fn pkcs8(pem: &[u8]) -> Option<Vec<u8>> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(pem).ok()?;
    (pem.label == "PRIVATE KEY").then_some(pem.contents)
}
