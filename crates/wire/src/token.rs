//! Tokens: 256 bits of chance that stand for a right. A relay stores their hashes only.

use std::{fmt, str::FromStr};

use aws_lc_rs::{constant_time, digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use zeroize::Zeroizing;

/// A secret in its text form: a prefix that names its kind, then 32 bytes in base64url.
///
/// It shows itself through [`Self::reveal`] only.
#[derive(Clone)]
pub struct Token {
    kind: TokenKind,
    text: Zeroizing<String>,
}

/// What a token lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Be a device: open the tunnel, manage its endpoints.
    Device,
    /// Send to an endpoint that asks for a token.
    Endpoint,
    /// Pair one device.
    Invite,
}

/// A text that is not a token of the kind looked for. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a token: `tht_`, `the_` or `thi_`, then 43 characters of base64url")]
pub struct NotAToken;

impl TokenKind {
    /// How a token of this kind begins, so that people and scanners for leaked secrets know it.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Device => "tht_",
            Self::Endpoint => "the_",
            Self::Invite => "thi_",
        }
    }
}

impl Token {
    /// Makes a new token from the system's randomness.
    ///
    /// # Panics
    /// When the system has no randomness to give.
    #[must_use]
    pub fn generate(kind: TokenKind) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::fill(bytes.as_mut()).expect("the system gives randomness from its start to its end");
        let text = Zeroizing::new(BASE64.encode(bytes.as_ref()));
        Self {
            kind,
            text: Zeroizing::new([kind.prefix(), &text].concat()),
        }
    }

    /// What it is for.
    #[must_use]
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The secret itself: for the keychain, for a header, for the one time that it is shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text, which a relay stores in its place.
    ///
    /// # Panics
    /// Never: SHA-256 gives 32 bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let hash = digest::digest(&digest::SHA256, self.text.as_bytes());
        hash.as_ref().try_into().expect("SHA-256 gives 32 bytes")
    }

    /// Whether `hash` is this token's, in a time that does not depend on where they differ.
    #[must_use]
    pub fn has_hash(&self, hash: &[u8; 32]) -> bool {
        constant_time::verify_slices_are_equal(&self.hash(), hash).is_ok()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}..)", self.kind.prefix())
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let (kind, rest) = [TokenKind::Device, TokenKind::Endpoint, TokenKind::Invite]
            .into_iter()
            .find_map(|kind| Some((kind, text.strip_prefix(kind.prefix())?)))
            .ok_or(NotAToken)?;
        let bytes = Zeroizing::new(BASE64.decode(rest).map_err(|_| NotAToken)?);
        if bytes.len() != 32 {
            return Err(NotAToken);
        }
        Ok(Self {
            kind,
            text: Zeroizing::new(text.to_owned()),
        })
    }
}

/// Serde for the few fields that carry a token to its owner.
pub(crate) mod revealed {
    use serde::{Deserializer, Serializer};

    use super::Token;

    pub(crate) fn serialize<S: Serializer>(token: &Token, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(token.reveal())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Token, D::Error> {
        crate::text::deserialize(from)
    }
}

/// The same for a field that may be absent.
pub(crate) mod revealed_option {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use super::Token;

    pub(crate) fn serialize<S: Serializer>(
        token: &Option<Token>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        token.as_ref().map(Token::reveal).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<Token>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [TokenKind; 3] = [TokenKind::Device, TokenKind::Endpoint, TokenKind::Invite];

    #[test]
    fn a_token_survives_its_text_and_no_two_are_alike() {
        for kind in KINDS {
            let token = Token::generate(kind);
            let again: Token = token.reveal().parse().unwrap();
            assert_eq!((again.kind(), again.reveal()), (kind, token.reveal()));
            assert_eq!(token.reveal().len(), 4 + 43);
            assert!(token.reveal().starts_with(kind.prefix()));
            assert!(!token.has_hash(&Token::generate(kind).hash()));
        }
    }

    #[test]
    fn a_hash_is_of_the_whole_text() {
        let text = ["tht_", &"A".repeat(43)].concat();
        let token: Token = text.parse().unwrap();
        // printf 'tht_AAA…' | sha256sum
        let hash = "90b3bd67a6927b40cff13f7d85ca55defcb51f22507c20b8085ac788c70687a1";
        let hex: String = token.hash().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!(hex, hash);
        assert!(token.has_hash(&token.hash()));
        let other: Token = text.replace("tht_", "thi_").parse().unwrap();
        assert!(!other.has_hash(&token.hash()));
    }

    #[test]
    fn a_token_shows_itself_only_when_asked() {
        let token = Token::generate(TokenKind::Device);
        assert_eq!(format!("{token:?}"), "Token(tht_..)");
    }

    #[test]
    fn what_is_no_token_is_refused_without_being_repeated() {
        let secret = "A".repeat(43);
        for (start, end) in [
            ("", ""),
            ("thx_", ""),
            ("THT_", ""),
            (" tht_", ""),
            ("tht_", "A"),
            ("tht_", "="),
        ] {
            let text = [start, &secret, end].concat();
            let error = text.parse::<Token>().expect_err(&text).to_string();
            assert!(!error.contains(&secret), "{error}");
        }
        assert!("tht_".parse::<Token>().is_err());
        assert!("tht_AAAA".parse::<Token>().is_err());
    }
}
