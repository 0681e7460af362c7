//! Sealing: what waits on a relay can be opened by the device it is for, and by nobody else.
//! Start at [`Sealer`] and [`Opener`]; PROTOCOL.md has the bytes.
//!
//! One HPKE encapsulation (RFC 9180) serves many envelopes, for it costs as much as the rest of
//! storing a capture: its export secret keys an AEAD whose nonces are counted.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use hpke::{
    Deserializable, HpkeError, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, kem::X25519HkdfSha256 as Kem,
};
use webhook::capture::{CaptureId, EndpointId};
use zeroize::Zeroizing;

use crate::key::{DeviceKey, PublicKey};

/// What a sealed envelope is longer than its plaintext.
pub const OVERHEAD_BYTES: usize = PREFIX_BYTES + TAG_BYTES;

const VERSION: u8 = 1;
const ENC_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;
const PREFIX_BYTES: usize = 1 + ENC_BYTES + NONCE_BYTES;

/// Binds the HPKE context to its use (RFC 9180 section 5.1, `info`).
const INFO: &[u8] = b"tenterhook seal v1";
/// Names the secret that is exported (RFC 9180 section 5.3, `exporter_context`).
const EXPORT: &[u8] = b"tenterhook envelope v1";

/// A sealer is renewed after this long, so that one stolen secret opens one hour.
const WORN_AFTER_MS: i64 = 3_600_000;
const WORN_AFTER_USES: u64 = 1 << 32;

/// How many keys an opener keeps: a few relay processes, or as many hours of what waited.
const KEPT_KEYS: usize = 16;

/// What a relay must know of an envelope; it is not secret, but a changed one opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label<'a> {
    /// The endpoint that the capture was sent to.
    pub endpoint: &'a EndpointId,
    /// The capture's id.
    pub id: CaptureId,
    /// When it was received, in milliseconds since the Unix epoch.
    pub received_at_ms: i64,
}

/// Seals envelopes to one device.
pub struct Sealer {
    enc: [u8; ENC_BYTES],
    key: LessSafeKey,
    born_at_ms: i64,
    /// The next nonce; the key is fresh, so counting from 0 never repeats one.
    uses: AtomicU64,
}

/// Opens what was sealed to a device.
pub struct Opener {
    key: <Kem as hpke::Kem>::PrivateKey,
    /// What was derived from encapsulations, the one used last at the end.
    kept: Mutex<VecDeque<([u8; ENC_BYTES], Arc<LessSafeKey>)>>,
}

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Nothing can be sealed to it: a point of small order.
    #[error("the public key is not usable: pair the device again with a new one")]
    Key,
    /// It ends too early to be one.
    #[error("{bytes} bytes are too few for a sealed envelope")]
    Short {
        /// Its length.
        bytes: usize,
    },
    /// A newer way of sealing.
    #[error("the envelope is sealed by version {found}, and this program knows only {VERSION}")]
    Version {
        /// The version it names.
        found: u8,
    },
    /// It, or its label, is not what was sealed, or it was sealed to another key.
    #[error("the envelope cannot be opened: sealed to another key, or changed since")]
    Refused,
}

impl Label<'_> {
    /// The associated data; the endpoint stands last, so no two labels give the same bytes.
    fn to_bytes(self) -> Vec<u8> {
        let time = self.received_at_ms.to_be_bytes();
        let endpoint = self.endpoint.as_str().as_bytes();
        [&[VERSION], &self.id.to_bytes()[..], &time, endpoint].concat()
    }
}

impl Sealer {
    /// Makes a fresh secret for `device`; `now_ms` is in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When nothing can be sealed to that key.
    pub fn new(device: &PublicKey, now_ms: i64) -> Result<Self, SealError> {
        let (enc, context) = hpke::setup_sender::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeS::Base,
            &device.for_hpke(),
            INFO,
        )
        .map_err(|_| SealError::Key)?;
        Ok(Self {
            enc: enc.to_bytes().into(),
            key: exported(|secret| context.export(EXPORT, secret)),
            born_at_ms: now_ms,
            uses: AtomicU64::new(0),
        })
    }

    /// Seals one envelope: version, encapsulation, nonce, ciphertext, tag.
    ///
    /// # Panics
    /// When `plaintext` is over the 256 GiB that ChaCha20-Poly1305 takes.
    #[must_use]
    pub fn seal(&self, label: &Label<'_>, plaintext: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        nonce[4..].copy_from_slice(&self.uses.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        let mut sealed = Vec::with_capacity(plaintext.len() + OVERHEAD_BYTES);
        sealed.push(VERSION);
        sealed.extend_from_slice(&self.enc);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plaintext);
        let tag = self
            .key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(label.to_bytes()),
                &mut sealed[PREFIX_BYTES..],
            )
            .expect("an envelope is held in memory, so it is under the cipher's 256 GiB");
        sealed.extend_from_slice(tag.as_ref());
        sealed
    }

    /// Whether the owner should make a new one: after an hour, after 2^32 uses, or when the clock
    /// went back behind its making.
    #[must_use]
    pub fn is_worn(&self, now_ms: i64) -> bool {
        let is_of_this_hour = (0..WORN_AFTER_MS).contains(&now_ms.saturating_sub(self.born_at_ms));
        !is_of_this_hour || self.uses.load(Ordering::Relaxed) >= WORN_AFTER_USES
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer(made at {} ms)", self.born_at_ms)
    }
}

impl Opener {
    /// Opens with the private half of the key that a relay was told.
    #[must_use]
    pub fn new(key: &DeviceKey) -> Self {
        Self {
            key: key.for_hpke(),
            kept: Mutex::default(),
        }
    }

    /// The plaintext of one sealed envelope.
    ///
    /// # Errors
    /// When it was sealed to another key or under another label, was changed, or is none.
    pub fn open(&self, label: &Label<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let version = *sealed.first().ok_or(SealError::Short { bytes: 0 })?;
        if version != VERSION {
            return Err(SealError::Version { found: version });
        }
        let bytes = sealed.len();
        let too_short = SealError::Short { bytes };
        let (enc, rest) = sealed[1..].split_first_chunk().ok_or(too_short)?;
        let (nonce, ciphertext) = rest.split_first_chunk().ok_or(too_short)?;
        let text_bytes = ciphertext.len().checked_sub(TAG_BYTES).ok_or(too_short)?;
        let kept = self.kept(enc);
        let key = match &kept {
            Some(key) => Arc::clone(key),
            None => Arc::new(self.derive(enc)?),
        };
        let mut plaintext = ciphertext.to_vec();
        key.open_in_place(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(label.to_bytes()),
            &mut plaintext,
        )
        .map_err(|_| SealError::Refused)?;
        plaintext.truncate(text_bytes);
        if kept.is_none() {
            self.keep(*enc, key);
        }
        Ok(plaintext)
    }

    fn derive(&self, enc: &[u8; ENC_BYTES]) -> Result<LessSafeKey, SealError> {
        let refused = |_: HpkeError| SealError::Refused;
        let context = hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, Kem>(
            &OpModeR::Base,
            &self.key,
            &Deserializable::from_bytes(enc).map_err(refused)?,
            INFO,
        )
        .map_err(refused)?;
        Ok(exported(|secret| context.export(EXPORT, secret)))
    }

    fn kept(&self, enc: &[u8; ENC_BYTES]) -> Option<Arc<LessSafeKey>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let at = kept.iter().rposition(|(known, _)| known == enc)?;
        let used = kept.remove(at)?;
        let key = Arc::clone(&used.1);
        kept.push_back(used);
        Some(key)
    }

    /// Keeps a key that has opened something; nonsense therefore pushes no good key out.
    fn keep(&self, enc: [u8; ENC_BYTES], key: Arc<LessSafeKey>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT_KEYS {
            kept.pop_front();
        }
        kept.push_back((enc, key));
    }
}

impl fmt::Debug for Opener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opener(..)")
    }
}

fn exported(export: impl FnOnce(&mut [u8]) -> Result<(), HpkeError>) -> LessSafeKey {
    let mut secret = Zeroizing::new([0; 32]);
    export(secret.as_mut()).expect("32 bytes are far below what HKDF-SHA256 can export");
    let key = UnboundKey::new(&CHACHA20_POLY1305, secret.as_ref());
    LessSafeKey::new(key.expect("the cipher's keys are 32 bytes long"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> EndpointId {
        "stripe".parse().unwrap()
    }

    fn label(endpoint: &EndpointId) -> Label<'_> {
        Label {
            endpoint,
            id: CaptureId::from_bytes([7; 16]),
            received_at_ms: 1_760_000_000_000,
        }
    }

    #[test]
    fn a_sealer_is_worn_by_time_by_use_and_by_a_clock_put_back() {
        let sealer = Sealer::new(&DeviceKey::generate().public(), 10_000).unwrap();
        assert!(!sealer.is_worn(10_000));
        assert!(!sealer.is_worn(10_000 + WORN_AFTER_MS - 1));
        assert!(sealer.is_worn(10_000 + WORN_AFTER_MS));
        assert!(sealer.is_worn(9_999));
        sealer.uses.store(WORN_AFTER_USES - 1, Ordering::Relaxed);
        assert!(!sealer.is_worn(10_000));
        let _ = sealer.seal(&label(&endpoint()), b"the last");
        assert!(sealer.is_worn(10_000));
    }

    #[test]
    fn an_opener_keeps_the_keys_that_it_used_last_and_no_others() {
        let (key, endpoint) = (DeviceKey::generate(), endpoint());
        let opener = Opener::new(&key);
        let is_kept = |sealer: &Sealer| {
            let kept = opener.kept.lock().unwrap();
            kept.iter().filter(|(enc, _)| *enc == sealer.enc).count() == 1
        };
        let open = |sealer: &Sealer| {
            let sealed = sealer.seal(&label(&endpoint), b"text");
            opener.open(&label(&endpoint), &sealed)
        };
        let sealers: Vec<_> = (0..=KEPT_KEYS)
            .map(|_| Sealer::new(&key.public(), 0).unwrap())
            .collect();
        let (newest, older) = sealers.split_last().unwrap();
        for sealer in older.iter().chain(&older[..1]).chain([newest]) {
            assert_eq!(open(sealer).unwrap(), b"text");
        }
        // The first was used again, so the second was the one to go.
        let gone = sealers.iter().position(|sealer| !is_kept(sealer));
        assert_eq!(gone, Some(1));

        let other = Sealer::new(&DeviceKey::generate().public(), 0).unwrap();
        assert_eq!(open(&other), Err(SealError::Refused));
        assert!(!is_kept(&other));
        assert_eq!(opener.kept.lock().unwrap().len(), KEPT_KEYS);
    }

    #[test]
    fn no_nonce_comes_twice_under_one_key() {
        let sealer = Sealer::new(&DeviceKey::generate().public(), 0).unwrap();
        let (endpoint, mut seen) = (endpoint(), std::collections::BTreeSet::new());
        std::thread::scope(|scope| {
            let sealing = || {
                let nonce = |sealed: Vec<u8>| sealed[1 + ENC_BYTES..PREFIX_BYTES].to_vec();
                let sealed = (0..500).map(|_| sealer.seal(&label(&endpoint), b""));
                sealed.map(nonce).collect::<Vec<_>>()
            };
            for thread in [scope.spawn(sealing), scope.spawn(sealing)] {
                seen.extend(thread.join().unwrap());
            }
        });
        assert_eq!(seen.len(), 1_000);
    }
}
