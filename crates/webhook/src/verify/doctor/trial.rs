//! Trying one claim with one key, within a limit on the bytes that are hashed.

use crate::verify::{
    claim::{Claim, Message, Part, Proof, Text, pieces},
    crypto,
    doctor::{finding::Question, keys},
    request::Request,
    scheme::Scheme,
    secret::{Keys, Secret},
    senders,
};

/// How much is hashed at most: less than half a second's worth.
const BUDGET: usize = 256 << 20;

/// Where claims are tried.
pub(super) struct Bench<'a> {
    scheme: Scheme,
    keys: &'a Keys,
    /// The signature to look for in place of the request's.
    computed: Option<Vec<Vec<u8>>>,
    left: Option<usize>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(question: Question<'a>) -> Self {
        Self {
            scheme: question.scheme,
            keys: question.keys,
            computed: question.computed.map(readings),
            left: Some(BUDGET),
        }
    }

    /// Whether something was not tried.
    pub(super) const fn is_spent(&self) -> bool {
        self.left.is_none()
    }

    /// Whether a signature of `claim` was made with `secret`, however it is written.
    pub(super) fn fits(&mut self, claim: &Claim<'_>, secret: &[u8]) -> bool {
        match &claim.proof {
            Proof::Mac { key, .. } => {
                let key = key.read(secret);
                key.is_some_and(|key| self.fits_key(claim, &key))
            }
            _ => self.fits_key(claim, secret),
        }
    }

    /// The same with the key itself.
    pub(super) fn fits_key(&mut self, claim: &Claim<'_>, key: &[u8]) -> bool {
        claim
            .messages
            .iter()
            .any(|message| self.pays(message) && self.fits_one(claim, message, key))
    }

    /// The words ``with the secret `name` ``, if one of `secrets` fits `request`; with `forms` in
    /// any of the forms that a secret is mistaken for.
    pub(super) fn fitting(
        &mut self,
        request: &Request<'_>,
        secrets: &[&Secret],
        forms: bool,
    ) -> Option<String> {
        let claim = senders::claim(self.scheme, request, self.keys).ok()?;
        if !self.scheme.needs_secret() {
            return self.fits(&claim, b"").then(String::new);
        }
        secrets.iter().find_map(|secret| {
            let name = secret.name();
            if self.fits(&claim, secret.value()) {
                return Some(format!("with the secret `{name}` "));
            }
            let forms = if forms {
                keys::forms(secret.value())
            } else {
                Vec::new()
            };
            let (how, _) = forms
                .into_iter()
                .find(|(_, key)| self.fits_key(&claim, key))?;
            Some(format!("with the secret `{name}` {how}, "))
        })
    }

    fn fits_one(&self, claim: &Claim<'_>, message: &Message<'_>, key: &[u8]) -> bool {
        let made = match &claim.proof {
            Proof::Mac { hash, .. } if !key.is_empty() => {
                crypto::mac(*hash, key, pieces(message, key))
            }
            Proof::Digest => crypto::sha256(pieces(message, key)),
            Proof::Mac { .. } | Proof::Token => return self.is_token(claim, key),
            Proof::Ed25519 { .. } | Proof::Ecdsa | Proof::Rsa { .. } => {
                let holds = |seen| claim.proof.holds(message, key, seen) == Some(true);
                return self.computed.is_none() && claim.seen.iter().any(|seen| holds(seen));
            }
        };
        let is_made = |seen: &Vec<u8>| crypto::same(&made, seen);
        match &self.computed {
            Some(computed) => computed.iter().any(is_made),
            None => claim
                .seen
                .iter()
                .any(|seen| readings(seen).iter().any(is_made)),
        }
    }

    fn is_token(&self, claim: &Claim<'_>, key: &[u8]) -> bool {
        let is_it = |seen: &[u8]| !key.is_empty() && crypto::same(seen, key);
        matches!(claim.proof, Proof::Token)
            && self.computed.is_none()
            && claim.seen.iter().any(|seen| is_it(seen.as_bytes()))
    }

    /// Takes what hashing `message` costs from what is left.
    fn pays(&mut self, message: &Message<'_>) -> bool {
        let bytes = message.iter().map(|part| match part {
            Part::Bytes(bytes) => bytes.len(),
            Part::Secret => 0,
        });
        let cost = bytes.sum::<usize>() + 1024;
        self.left = self.left.and_then(|left| left.checked_sub(cost));
        self.left.is_some()
    }
}

/// The bytes that `text` may stand for: hexadecimal in any case, base64 of either alphabet, with
/// or without padding, and with or without a prefix such as `sha256=`.
fn readings(text: &str) -> Vec<Vec<u8>> {
    let text = text.trim();
    let after = |mark| text.split_once(mark).map(|(_, rest)| rest);
    [Some(text), after('='), after(',')]
        .into_iter()
        .flatten()
        .flat_map(|text| {
            let alphabet = text
                .trim_end_matches('=')
                .replace('-', "+")
                .replace('_', "/");
            let padded = alphabet.clone() + &"==="[..(4 - alphabet.len() % 4) % 4];
            [
                Text::Hex.read(text.as_bytes()),
                Text::Base64.read(padded.as_bytes()),
            ]
        })
        .flatten()
        .filter(|bytes| !bytes.is_empty())
        .collect()
}
