//! The signatures that a rule can check: hexadecimal HMACs of the body, and Scalr's with its date.

use aws_lc_rs::{constant_time, hmac};

use crate::rules::{
    fault::SignatureFault,
    go::{date, text::repair},
    hook::Hash,
    request::Facts,
    value::Value,
};

/// How far Scalr's date may be off.
const SCALR_MAX_AGE_S: f64 = 300.0;

/// Compares in a time that tells nothing of where they differ.
pub(crate) fn is_same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}

/// Checks that one of the signatures in `sent` is the HMAC of `body`.
///
/// A text with a comma is a list of which only parts with the name of the hash count; one without may
/// have that name in front.
///
/// # Errors
/// When none is right, or there is no secret.
pub(crate) fn check(
    hash: Hash,
    secret: &[u8],
    body: &[u8],
    sent: &[u8],
) -> Result<(), SignatureFault> {
    if secret.is_empty() {
        return Err(SignatureFault::NoSecret);
    }
    let prefix = format!("{}=", hash.name());
    let parts: Vec<&[u8]> = if sent.contains(&b',') {
        let parts = sent.split(|byte| *byte == b',');
        parts
            .filter_map(|part| part.strip_prefix(prefix.as_bytes()))
            .collect()
    } else {
        vec![sent.strip_prefix(prefix.as_bytes()).unwrap_or(sent)]
    };
    let right = hex_hmac(algorithm(hash), secret, &[body]);
    if parts.iter().any(|part| is_same(part, right.as_bytes())) {
        return Ok(());
    }
    Err(SignatureFault::Wrong {
        sent: parts.into_iter().map(repair).collect(),
        is_empty: body.is_empty(),
    })
}

/// Checks Scalr's signature over body and date. Without its headers it is merely not there.
///
/// # Errors
/// When it is wrong, too old, or cannot be checked.
pub(crate) fn check_scalr(
    secret: &[u8],
    facts: &Facts<'_>,
    now_ms: i64,
) -> Result<bool, SignatureFault> {
    let header = |name: &str| facts.headers.get(name.as_bytes());
    let (Some(sent), Some(date)) = (header("X-Signature"), header("Date")) else {
        return Ok(false);
    };
    if secret.is_empty() {
        return Err(SignatureFault::NoSigningKey);
    }
    let (Value::Text(sent), Value::Text(date)) = (sent, date) else {
        return Err(SignatureFault::NoText);
    };
    let right = hex_hmac(algorithm(Hash::Sha1), secret, &[facts.body, date]);
    if !is_same(sent, right.as_bytes()) {
        return Err(SignatureFault::WrongScalr(repair(sent)));
    }
    let date = repair(date);
    let Some(sent_at_s) = date::parse(&date) else {
        return Err(SignatureFault::Date(date));
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "ages near five minutes are exact"
    )]
    let age_s = (now_ms as f64 / 1_000.0 - sent_at_s as f64).abs();
    if age_s > SCALR_MAX_AGE_S {
        return Err(SignatureFault::Outdated);
    }
    Ok(true)
}

const fn algorithm(hash: Hash) -> hmac::Algorithm {
    match hash {
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha512 => hmac::HMAC_SHA512,
    }
}

fn hex_hmac(algorithm: hmac::Algorithm, secret: &[u8], parts: &[&[u8]]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, secret));
    for part in parts {
        context.update(part);
    }
    let tag = context.sign();
    tag.as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
