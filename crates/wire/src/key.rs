//! A device's key pair: what it keeps in the keychain, and what it tells the relay. X25519
//! (RFC 7748).

use std::{fmt, str::FromStr};

use aws_lc_rs::rand;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hpke::{Deserializable, Kem, Serializable, kem::X25519HkdfSha256};
use zeroize::Zeroizing;

/// The private key of a device; what is sealed to its public half only it can open.
pub struct DeviceKey(Zeroizing<[u8; 32]>);

/// The public half of a [`DeviceKey`]; base64url without padding as text.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

/// A text that is not a public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is not a public key: 32 bytes in base64url without padding")]
pub struct NotAKey;

impl DeviceKey {
    /// Makes a new key from the system's randomness.
    ///
    /// # Panics
    /// When the system has no randomness to give.
    #[must_use]
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::fill(bytes.as_mut()).expect("the system gives randomness from its start to its end");
        Self(bytes)
    }

    /// The key that [`Self::to_bytes`] gave; any 32 bytes are one.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The key's 32 bytes, for the keychain and nothing else.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    /// The half to tell others.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(
            X25519HkdfSha256::sk_to_pk(&self.for_hpke())
                .to_bytes()
                .into(),
        )
    }

    pub(crate) fn for_hpke(&self) -> <X25519HkdfSha256 as Kem>::PrivateKey {
        Deserializable::from_bytes(self.0.as_ref()).expect("any 32 bytes are a private key")
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceKey(..)")
    }
}

impl PublicKey {
    /// The key of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key's bytes, as a relay stores them.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    pub(crate) fn for_hpke(self) -> <X25519HkdfSha256 as Kem>::PublicKey {
        Deserializable::from_bytes(&self.0).expect("any 32 bytes are a public key")
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = BASE64.decode(text).map_err(|_| NotAKey)?;
        bytes.try_into().map(Self).map_err(|_| NotAKey)
    }
}
