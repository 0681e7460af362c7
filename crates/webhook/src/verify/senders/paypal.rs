//! `PayPal`: an RSA signature by a certificate of `PayPal`'s over ids, a time and the CRC-32 of the
//! body, which keeps nobody from writing another body with the same CRC.
//!
//! Source: <https://developer.paypal.com/api/rest/webhooks/rest/#link-verifywebhooksignature>

use crate::verify::{
    claim::{Claim, Part, Proof},
    crypto::{self, Hash},
    request::Request,
    secret::Keys,
    senders::{body_mac::prefixed, certificate},
    verdict::{Flaw, Need, Verdict},
};

/// The names of `PayPal`'s headers.
pub(crate) const ID: &str = "PAYPAL-TRANSMISSION-ID";
pub(crate) const TIME: &str = "PAYPAL-TRANSMISSION-TIME";
pub(crate) const SIGNATURE: &str = "PAYPAL-TRANSMISSION-SIG";
pub(crate) const CERTIFICATE: &str = "PAYPAL-CERT-URL";
pub(crate) const ALGORITHM: &str = "PAYPAL-AUTH-ALGO";

pub(super) fn claim<'a>(request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    let proof = Proof::Rsa {
        hash: match request.one(ALGORITHM)? {
            "SHA256withRSA" => Hash::Sha256,
            "SHA1withRSA" => Hash::Sha1,
            other => return Err(Flaw::WrongScheme(format!("{ALGORITHM} is {other}"))),
        },
        key: Vec::new(),
    };
    let seen = prefixed(SIGNATURE, "", request.one(SIGNATURE)?, &proof)?;
    let crc = crypto::crc32(&request.body).to_string().into_bytes();
    let bar = || Part::from("|");
    Ok(Claim {
        messages: vec![vec![
            Part::from(request.one(ID)?),
            bar(),
            Part::from(request.one(TIME)?),
            bar(),
            Part::Secret,
            bar(),
            Part::Bytes(crc.into()),
        ]],
        seen: vec![seen.into()],
        signed_at_ms: None,
        proof,
    })
}

/// The key of the certificate that `request` names, once it is known to be `PayPal`'s.
pub(super) fn key(request: &Request<'_>, keys: &Keys) -> Result<Vec<u8>, Verdict> {
    let url = certificate_url(request).map_err(Verdict::Invalid)?;
    match keys.certificates.get(&url) {
        Some(pem) => trusted_key(pem, keys, request.received_at_ms),
        None => Err(Verdict::Unknown(Need::Certificate(url))),
    }
}

fn trusted_key(pem: &[u8], keys: &Keys, at_ms: i64) -> Result<Vec<u8>, Verdict> {
    let chain = certificate::read(pem);
    let roots: Vec<_> = keys
        .roots
        .iter()
        .flat_map(|pem| certificate::read(pem))
        .collect();
    if roots.is_empty() {
        return Err(Verdict::Unknown(Need::Roots));
    }
    let unknown = |why: &str| Verdict::Invalid(Flaw::UnknownKey(why.to_owned()));
    let leaf = chain
        .first()
        .ok_or_else(|| unknown("the certificate cannot be read"))?;
    let name = certificate::common_name(leaf).unwrap_or_default();
    if !name.to_ascii_lowercase().ends_with(".paypal.com") {
        return Err(unknown(&format!("its certificate is for `{name}`")));
    }
    if !certificate::is_issued(&chain, &roots, at_ms) {
        return Err(unknown("its certificate was not issued under a known root"));
    }
    certificate::rsa_key(leaf).ok_or_else(|| unknown("the certificate cannot be read"))
}

/// The certificate's URL, if it is one of `PayPal`'s.
pub(super) fn certificate_url(request: &Request<'_>) -> Result<String, Flaw> {
    let url = request.one(CERTIFICATE)?;
    let host = url
        .strip_prefix("https://")
        .and_then(|rest| rest.split_once('/'))
        .map(|(host, _)| host.to_ascii_lowercase());
    let is_name = |host: &str| {
        host.bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    };
    let is_own = |host: &String| is_name(host) && host.ends_with(".paypal.com");
    if url.bytes().all(|byte| byte.is_ascii_graphic()) && host.as_ref().is_some_and(is_own) {
        Ok(url.to_owned())
    } else {
        Err(Flaw::UnknownKey(format!("{CERTIFICATE} is not PayPal's")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::testing::request;

    #[test]
    fn only_paypals_own_certificates_are_looked_for() {
        let check = |url: &str, want: bool| {
            let request = request(&[(CERTIFICATE, url)], "");
            assert_eq!(certificate_url(&request).is_ok(), want, "{url}");
        };
        check("https://api.paypal.com/v1/notifications/certs/CERT-1", true);
        check("https://API.PayPal.com/v1/x", true);
        check("http://api.paypal.com/v1/x", false);
        check("https://evilpaypal.com/x", false);
        check("https://paypal.com.evil.example/x", false);
        check("https://evil.example/.paypal.com/", false);
        check("https://api.paypal.com@evil.example/x", false);
        check("https://evil.example\\.paypal.com/x", false);
        check("https://evil.example#.paypal.com/x", false);
        check("https://api.paypal.com:8443/x", false);
        check("https://api.paypal.com/x\ty", false);
    }
}
