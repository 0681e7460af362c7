//! The cryptography, all of it by aws-lc-rs, and the texts that keys and signatures travel as.

use aws_lc_rs::{constant_time, digest, hmac, signature};
use base64::{Engine, engine::general_purpose::STANDARD};

/// The hashes that senders use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hash {
    /// SHA-1, which is broken, though not as HMAC.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Hash {
    /// How many bytes it gives.
    pub(crate) const fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
pub(crate) fn same(left: &[u8], right: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(left, right).is_ok()
}

/// The HMAC of `parts` put together.
pub(crate) fn mac<'a>(hash: Hash, key: &[u8], parts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let algorithm = match hash {
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => hmac::HMAC_SHA256,
    };
    let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, key));
    parts.for_each(|part| context.update(part));
    context.sign().as_ref().to_vec()
}

/// The SHA-256 of `parts` put together.
pub(crate) fn sha256<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.for_each(|part| context.update(part));
    context.finish().as_ref().to_vec()
}

/// The CRC-32 of `bytes` as zip, PNG and Ethernet have it.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Whether `seen` is the Ed25519 signature of `message` by `key`, in the strict sense: a point of
/// small order, which signs any message, is not taken as key nor as part of the signature.
pub(crate) fn ed25519(key: &[u8], message: &[u8], seen: &[u8]) -> bool {
    let is_strict = |point: &[u8]| !SMALL_ORDER.iter().any(|small| is_same_point(small, point));
    seen.get(..32).is_some_and(is_strict)
        && is_strict(key)
        && signature::UnparsedPublicKey::new(&signature::ED25519, key)
            .verify(message, seen)
            .is_ok()
}

/// Whether `seen` is the ECDSA signature, in DER, of `message` with SHA-256 by `key`, the
/// `SubjectPublicKeyInfo` of a point on P-256.
pub(crate) fn ecdsa_p256(key: &[u8], message: &[u8], seen: &[u8]) -> bool {
    signature::UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_ASN1, key)
        .verify(message, seen)
        .is_ok()
}

/// Whether `seen` is the RSA signature (PKCS #1 v1.5) of `message` by `key`, an `RSAPublicKey`.
pub(crate) fn rsa(hash: Hash, key: &[u8], message: &[u8], seen: &[u8]) -> bool {
    let algorithm = match hash {
        Hash::Sha1 => &signature::RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha256 => &signature::RSA_PKCS1_2048_8192_SHA256,
    };
    signature::UnparsedPublicKey::new(algorithm, key)
        .verify(message, seen)
        .is_ok()
}

/// The y coordinates of the points of small order on edwards25519, little-endian, also those that
/// are not reduced modulo p.
/// Source: <https://eprint.iacr.org/2020/1244>, table 1 and section 4.
const SMALL_ORDER: [[u8; 32]; 7] = [
    field(0x00, 0x00, 0x00),
    field(0x01, 0x00, 0x00),
    // p - 1, p, p + 1
    field(0xec, 0xff, 0x7f),
    field(0xed, 0xff, 0x7f),
    field(0xee, 0xff, 0x7f),
    // the two of order eight
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

const fn field(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// Compares two encoded points without the sign of x.
fn is_same_point(small: &[u8; 32], point: &[u8]) -> bool {
    let unsigned = |bytes: &[u8]| bytes.last().map(|last| last & 0x7f);
    point.len() == 32 && small[..31] == point[..31] && unsigned(small) == unsigned(point)
}

/// `bytes` as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)])
        .collect()
}

/// The bytes that `text`, hexadecimal digits in any case, stands for.
pub(crate) fn unhex(text: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    let pairs = text.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}

/// `bytes` as base64 with padding.
pub(crate) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes that `text` stands for in base64 with padding, strictly.
pub(crate) fn unbase64(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macs_and_digests_are_those_of_the_standards() {
        let key = b"Jefe";
        let parts = || [&b"what do ya want "[..], b"for nothing?"].into_iter();
        // RFC 2202 and RFC 4231, test case 2 of each
        assert_eq!(
            hex(&mac(Hash::Sha1, key, parts())),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        let want = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&mac(Hash::Sha256, key, parts())), want);
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex(&sha256(std::iter::empty())), empty);
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn texts_are_read_strictly() {
        assert_eq!(unhex(b"00fF"), Some(vec![0, 255]));
        assert_eq!(unhex(b"0"), None);
        assert_eq!(unhex(b"+1"), None);
        assert_eq!(unbase64(b"AAE="), Some(vec![0, 1]));
        for bad in [&b"AAE"[..], b"AAF=", b"A_E=", b"AAE=\n", b" AAE="] {
            assert_eq!(unbase64(bad), None, "{bad:?}");
        }
    }

    /// A key of order one and the signature R = identity, S = 0 hold for every message where the
    /// check is not strict: aws-lc-rs itself takes them.
    #[test]
    fn a_point_of_small_order_signs_nothing() {
        let identity = field(1, 0, 0);
        let forged = [identity, [0; 32]].concat();
        let lax = signature::UnparsedPublicKey::new(&signature::ED25519, &identity);
        assert!(
            lax.verify(b"any", &forged).is_ok(),
            "else the strict check is not needed"
        );
        assert!(!ed25519(&identity, b"any", &forged));
    }
}
