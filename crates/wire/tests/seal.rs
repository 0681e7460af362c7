//! What was sealed opens for its device, whole and under its own label; for nobody else, and not
//! when a bit of it has changed.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use proptest::{collection::vec, prelude::*};
use webhook::capture::{CaptureId, EndpointId};
use wire::{
    key::{DeviceKey, PublicKey},
    seal::{Label, OVERHEAD_BYTES, Opener, SealError, Sealer},
};

fn endpoint(name: &str) -> EndpointId {
    name.parse().unwrap()
}

fn label(endpoint: &EndpointId) -> Label<'_> {
    Label {
        endpoint,
        id: CaptureId::from_bytes([7; 16]),
        received_at_ms: 1_760_000_000_000,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens(
        private in any::<[u8; 32]>(),
        id in any::<[u8; 16]>(),
        received_at_ms in any::<i64>(),
        name in "[a-zA-Z0-9_-]{1,64}",
        texts in vec(vec(any::<u8>(), 0..2_000), 1..4),
    ) {
        let (key, endpoint) = (DeviceKey::from_bytes(private), endpoint(&name));
        let label = Label { endpoint: &endpoint, id: CaptureId::from_bytes(id), received_at_ms };
        let sealer = Sealer::new(&key.public(), 0).unwrap();
        let opener = Opener::new(&key);
        for text in texts {
            let sealed = sealer.seal(&label, &text);
            prop_assert_eq!(sealed.len(), text.len() + OVERHEAD_BYTES);
            prop_assert_eq!(opener.open(&label, &sealed), Ok(text));
        }
    }

    #[test]
    fn no_bytes_open_or_panic(bytes in vec(any::<u8>(), 0..200), is_of_this_version: bool) {
        let (endpoint, mut bytes) = (endpoint("x"), bytes);
        if is_of_this_version && let Some(version) = bytes.first_mut() {
            *version = 1;
        }
        let opener = Opener::new(&DeviceKey::from_bytes([9; 32]));
        prop_assert!(opener.open(&label(&endpoint), &bytes).is_err());
    }
}

/// An opener for a fresh key, and what was sealed to it, of which it has opened another already.
fn sealed(endpoint: &EndpointId) -> (Opener, Vec<u8>) {
    let key = DeviceKey::generate();
    let (sealer, opener) = (Sealer::new(&key.public(), 0).unwrap(), Opener::new(&key));
    let earlier = sealer.seal(&label(endpoint), b"an earlier one");
    opener.open(&label(endpoint), &earlier).unwrap();
    (opener, sealer.seal(&label(endpoint), b"a few bytes"))
}

#[test]
fn every_flipped_bit_and_every_cut_is_refused() {
    let endpoint = endpoint("stripe");
    let (opener, sealed) = sealed(&endpoint);
    for bit in 0..sealed.len() * 8 {
        let mut flipped = sealed.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(opener.open(&label(&endpoint), &flipped).is_err(), "{bit}");
    }
    for bytes in 0..sealed.len() {
        assert!(opener.open(&label(&endpoint), &sealed[..bytes]).is_err());
    }
    let longer = [&sealed[..], b"x"].concat();
    assert!(opener.open(&label(&endpoint), &longer).is_err());
    assert!(opener.open(&label(&endpoint), &sealed).is_ok());
}

#[test]
fn every_changed_label_is_refused() {
    let (stripe, strip, github) = (endpoint("stripe"), endpoint("strip"), endpoint("github"));
    let (opener, sealed) = sealed(&stripe);
    let refused =
        |label: Label<'_>| assert_eq!(opener.open(&label, &sealed), Err(SealError::Refused));
    let label = label(&stripe);
    for endpoint in [&strip, &github] {
        refused(Label { endpoint, ..label });
    }
    for bit in 0..64 {
        let received_at_ms = label.received_at_ms ^ (1 << bit);
        refused(Label {
            received_at_ms,
            ..label
        });
    }
    for bit in 0..128 {
        let mut id = label.id.to_bytes();
        id[bit / 8] ^= 1 << (bit % 8);
        let id = CaptureId::from_bytes(id);
        refused(Label { id, ..label });
    }
}

#[test]
fn another_device_opens_nothing() {
    let endpoint = endpoint("stripe");
    let (_, sealed) = sealed(&endpoint);
    let other = Opener::new(&DeviceKey::generate());
    assert_eq!(
        other.open(&label(&endpoint), &sealed),
        Err(SealError::Refused)
    );
}

#[test]
fn a_sealing_of_tomorrow_is_told_from_a_damaged_one() {
    let endpoint = endpoint("stripe");
    let (opener, mut sealed) = sealed(&endpoint);
    sealed[0] = 2;
    let newer = Err(SealError::Version { found: 2 });
    assert_eq!(opener.open(&label(&endpoint), &sealed), newer);
}

/// The points of small order, RFC 7748 section 6.1: with them the secret would be all zero.
#[test]
fn nothing_is_sealed_to_a_key_of_small_order() {
    for last in [0, 0x80] {
        for first in [0, 1] {
            let mut point = [0; 32];
            point[31] = last;
            point[0] |= first;
            let made = Sealer::new(&PublicKey::from_bytes(point), 0);
            assert_eq!(made.err(), Some(SealError::Key), "{point:?}");
        }
    }
}

/// The example of RFC 7748 section 6.1.
#[test]
fn a_public_key_is_that_of_x25519() {
    let private = b"\x77\x07\x6d\x0a\x73\x18\xa5\x7d\x3c\x16\xc1\x72\x51\xb2\x66\x45\
        \xdf\x4c\x2f\x87\xeb\xc0\x99\x2a\xb1\x77\xfb\xa5\x1d\xb9\x2c\x2a";
    let public = b"\x85\x20\xf0\x09\x89\x30\xa7\x54\x74\x8b\x7d\xdc\xb4\x3e\xf7\x5a\
        \x0d\xbf\x3a\x0d\x26\x38\x1a\xf4\xeb\xa4\xa9\x8e\xaa\x9b\x4e\x6a";
    assert_eq!(DeviceKey::from_bytes(*private).public().to_bytes(), *public);
}

#[test]
fn keys_survive_their_keeping() {
    let key = DeviceKey::generate();
    let again = DeviceKey::from_bytes(*key.to_bytes());
    assert_eq!(again.public(), key.public());
    assert_eq!(key.public().to_string().parse(), Ok(key.public()));
    assert_eq!(format!("{key:?}"), "DeviceKey(..)");
    for bad in ["", "AAAA", "not base64url!", &format!("{}=", key.public())] {
        assert!(bad.parse::<PublicKey>().is_err(), "{bad:?}");
    }
}
