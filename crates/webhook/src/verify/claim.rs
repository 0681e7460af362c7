//! What a request claims to be signed with, as a sender's own file reads it, ready to be checked.

use std::borrow::Cow;

use crate::verify::{
    crypto::{self, Hash},
    verdict::Flaw,
};

/// What a request says: these signatures were made over one of these messages.
#[derive(Debug)]
pub(crate) struct Claim<'a> {
    /// What may have been signed; more than one where the sender's own rule allows for more.
    pub messages: Vec<Message<'a>>,
    /// The signatures as they stand in the request, at least one.
    pub seen: Vec<Cow<'a, str>>,
    /// When it says to have been signed, in milliseconds since the Unix epoch, or what is wrong
    /// with that; of interest only for a genuine signature.
    pub signed_at_ms: Option<Result<f64, Flaw>>,
    /// How a signature is made.
    pub proof: Proof,
}

/// The pieces of what is signed, in order.
pub(crate) type Message<'a> = Vec<Part<'a>>;

/// One piece of what is signed.
#[derive(Debug, Clone)]
pub(crate) enum Part<'a> {
    /// These bytes.
    Bytes(Cow<'a, [u8]>),
    /// The secret itself.
    Secret,
}

impl<'a, T: AsRef<[u8]> + ?Sized> From<&'a T> for Part<'a> {
    fn from(bytes: &'a T) -> Self {
        Self::Bytes(Cow::Borrowed(bytes.as_ref()))
    }
}

/// How a signature is made of a message and a key.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// An HMAC.
    Mac {
        hash: Hash,
        key: KeyText,
        text: Text,
    },
    /// The SHA-256 of the message, which holds the secret.
    Digest,
    /// The secret itself stands in the request.
    Token,
    /// An Ed25519 signature; key and signature are in this text.
    Ed25519 { text: Text },
    /// An ECDSA signature on P-256, the key being the base64 of its `SubjectPublicKeyInfo`.
    Ecdsa,
    /// An RSA signature by a certificate's key (an `RSAPublicKey` in DER).
    Rsa { hash: Hash, key: Vec<u8> },
}

/// How bytes stand as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Text {
    /// Hexadecimal digits.
    Hex,
    /// Base64 with padding.
    Base64,
}

/// How the key of an HMAC is made of a secret's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyText {
    /// The text itself.
    Plain,
    /// The base64 after `whsec_`, which may be left out.
    Whsec,
    /// Hexadecimal digits.
    Hex,
}

impl Text {
    pub(crate) fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => crypto::hex(bytes),
            Self::Base64 => crypto::base64(bytes),
        }
    }

    pub(crate) fn read(self, text: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Hex => crypto::unhex(text),
            Self::Base64 => crypto::unbase64(text),
        }
    }
}

impl KeyText {
    /// The key that `secret` stands for, if it is written as it should be.
    pub(crate) fn read(self, secret: &[u8]) -> Option<Vec<u8>> {
        let key = match self {
            Self::Plain => secret.to_vec(),
            Self::Whsec => {
                let text = secret.strip_prefix(b"whsec_").unwrap_or(secret);
                // Some are shown without their padding.
                let missing = (4 - text.len() % 4) % 4;
                crypto::unbase64(&[text, &b"=="[..missing.min(2)]].concat())?
            }
            Self::Hex => crypto::unhex(secret)?,
        };
        (!key.is_empty()).then_some(key)
    }
}

impl Proof {
    /// Whether `seen` could be a signature of this kind at all.
    pub(crate) fn is_well_formed(&self, seen: &str) -> bool {
        let is_long = |text: Text, length| {
            text.read(seen.as_bytes())
                .is_some_and(|bytes| bytes.len() == length)
        };
        match self {
            Self::Mac { hash, text, .. } => is_long(*text, hash.length()),
            Self::Digest => is_long(Text::Hex, 32),
            Self::Token => true,
            Self::Ed25519 { text } => is_long(*text, 64),
            Self::Ecdsa | Self::Rsa { .. } => crypto::unbase64(seen.as_bytes()).is_some(),
        }
    }

    /// The signature of `message` as it would stand in a request, where the secret is enough to
    /// make one and is no signature itself; `None` too for a secret that is not as it should be.
    pub(crate) fn expected(&self, message: &Message<'_>, secret: &[u8]) -> Option<String> {
        let parts = pieces(message, secret);
        match self {
            Self::Mac { hash, key, text } => {
                Some(text.write(&crypto::mac(*hash, &key.read(secret)?, parts)))
            }
            // Without a secret anybody could have made it.
            Self::Digest if secret.is_empty() => None,
            Self::Digest => Some(Text::Hex.write(&crypto::sha256(parts))),
            Self::Token | Self::Ed25519 { .. } | Self::Ecdsa | Self::Rsa { .. } => None,
        }
    }

    /// Whether `seen` is a signature of `message`; `None` for a secret that is not as it should be.
    pub(crate) fn holds(&self, message: &Message<'_>, secret: &[u8], seen: &str) -> Option<bool> {
        let whole = || pieces(message, secret).collect::<Vec<_>>().concat();
        let seen_bytes = seen.as_bytes();
        Some(match self {
            Self::Mac { .. } | Self::Digest => {
                crypto::same(self.expected(message, secret)?.as_bytes(), seen_bytes)
            }
            Self::Token => crypto::same(secret, seen_bytes),
            Self::Ed25519 { text } => {
                let key = match text {
                    Text::Hex => text.read(secret),
                    Text::Base64 => text.read(secret.strip_prefix(b"whpk_").unwrap_or(secret)),
                };
                let key = key.filter(|key| key.len() == 32)?;
                text.read(seen_bytes)
                    .is_some_and(|seen| crypto::ed25519(&key, &whole(), &seen))
            }
            Self::Ecdsa => {
                let key = public_key(secret)?;
                crypto::unbase64(seen_bytes)
                    .is_some_and(|seen| crypto::ecdsa_p256(&key, &whole(), &seen))
            }
            Self::Rsa { hash, key } => crypto::unbase64(seen_bytes)
                .is_some_and(|seen| crypto::rsa(*hash, key, &whole(), &seen)),
        })
    }
}

/// The bytes of `message`, `secret` in its places.
pub(crate) fn pieces<'a>(
    message: &'a Message<'_>,
    secret: &'a [u8],
) -> impl Iterator<Item = &'a [u8]> {
    message.iter().map(move |part| match part {
        Part::Bytes(bytes) => &**bytes,
        Part::Secret => secret,
    })
}

/// A public key given as base64, or as PEM.
fn public_key(text: &[u8]) -> Option<Vec<u8>> {
    let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let base64 = lines.filter(|line| !line.starts_with(b"-----"));
    crypto::unbase64(&base64.collect::<Vec<_>>().concat())
}
