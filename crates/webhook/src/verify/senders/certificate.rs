//! Certificates: reading them, and whether one was issued under a root that is trusted.

use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};
use x509_parser::{certificate::X509Certificate, parse_x509_certificate, pem::Pem};

/// The certificates of a PEM file, in DER.
pub(super) fn read(pem: &[u8]) -> Vec<Vec<u8>> {
    Pem::iter_from_buffer(pem)
        .filter_map(Result::ok)
        .filter(|block| block.label == "CERTIFICATE")
        .map(|block| block.contents)
        .collect()
}

/// The RSA key of a certificate, an `RSAPublicKey` in DER.
pub(super) fn rsa_key(der: &[u8]) -> Option<Vec<u8>> {
    let key = parse(der)?.public_key().subject_public_key.data.to_vec();
    Some(key)
}

/// The common name that a certificate is for.
pub(super) fn common_name(der: &[u8]) -> Option<String> {
    let certificate = parse(der)?;
    let name = certificate.subject().iter_common_name().next()?;
    Some(name.as_str().ok()?.to_owned())
}

/// Whether the first of `chain` leads over the others to one of `roots` and was in force at
/// `at_ms` (Unix epoch, milliseconds).
pub(super) fn is_issued(chain: &[Vec<u8>], roots: &[Vec<u8>], at_ms: i64) -> bool {
    let ders = |all: &[Vec<u8>]| -> Vec<CertificateDer<'static>> {
        all.iter().map(|der| der.clone().into()).collect()
    };
    let (chain, roots) = (ders(chain), ders(roots));
    let anchors: Vec<_> = roots
        .iter()
        .filter_map(|der| anchor_from_trusted_cert(der).ok())
        .collect();
    let at = Duration::from_millis(u64::try_from(at_ms).unwrap_or(0));
    let Some((leaf, others)) = chain.split_first() else {
        return false;
    };
    let Ok(leaf) = EndEntityCert::try_from(leaf) else {
        return false;
    };
    leaf.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        &anchors,
        others,
        UnixTime::since_unix_epoch(at),
        KeyUsage::server_auth(),
        None,
        None,
    )
    .is_ok()
}

fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    parse_x509_certificate(der)
        .ok()
        .map(|(_, certificate)| certificate)
}
