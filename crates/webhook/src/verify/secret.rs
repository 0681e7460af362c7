//! What a signature is checked with: secrets that never show themselves, and certificates.

use std::{collections::BTreeMap, fmt};

use zeroize::Zeroizing;

use crate::verify::{crypto, scheme::Scheme};

/// One secret (or public key) under a name that may be shown. Its value is wiped when dropped and
/// has no way out of this crate.
#[derive(Clone)]
pub struct Secret {
    name: String,
    value: Zeroizing<Vec<u8>>,
}

impl Secret {
    /// Keeps `value` under `name`.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            value: Zeroizing::new(value.into()),
        }
    }

    /// The name that a person gave it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn value(&self) -> &[u8] {
        &self.value
    }
}

/// A secret such as `scheme`'s sender would make, of 32 `random` bytes; none where the key is a
/// pair of which the sender keeps one half, or where nothing is signed with a secret.
#[must_use]
pub fn fresh(scheme: Option<Scheme>, random: &[u8; 32]) -> Option<Zeroizing<String>> {
    let text = match scheme {
        Some(
            Scheme::StandardWebhooksV1a
            | Scheme::SendGrid
            | Scheme::Discord
            | Scheme::PayPal
            | Scheme::AwsSns
            | Scheme::DockerHub,
        ) => return None,
        Some(Scheme::StandardWebhooks | Scheme::Svix | Scheme::GitLabSigning | Scheme::Stripe) => {
            format!("whsec_{}", crypto::base64(random))
        }
        Some(Scheme::Harbor) => format!("Bearer {}", crypto::hex(random)),
        _ => crypto::hex(random),
    };
    Some(Zeroizing::new(text))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.name)
    }
}

/// All that a signature may be checked with.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// The secrets of the sender; while one is rotated there are two. At `PayPal`: the webhook's id.
    pub secrets: Vec<Secret>,
    /// Certificates that were fetched, in PEM, by their URL. See
    /// [`crate::verify::certificate_url`].
    pub certificates: BTreeMap<String, Vec<u8>>,
    /// Certificates in PEM that others may be signed by, for the senders whose own must be.
    pub roots: Vec<Vec<u8>>,
}

impl Keys {
    /// One secret and nothing else.
    #[must_use]
    pub fn one(secret: Secret) -> Self {
        Self {
            secrets: vec![secret],
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::{judge::verify, sample::test_event, stamp::Stamp};

    #[test]
    fn a_fresh_secret_is_one_that_its_sender_signs_with() {
        let stamp = Stamp {
            now_ms: 1_760_000_000_000,
            id: "one".to_owned(),
        };
        for scheme in Scheme::ALL {
            let Some(made) = fresh(Some(scheme), &[0xfe; 32]) else {
                continue;
            };
            let secret = Secret::new("made", made.as_bytes());
            let url = "https://a.example/h/1";
            let sent = test_event(scheme, url, &secret, &stamp).unwrap();
            let verdict = verify(scheme, &sent, &Keys::one(secret), scheme.age());
            assert!(verdict.is_valid(), "{scheme:?}: {verdict}");
        }
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let keys = Keys::one(Secret::new("acme", "hunter2"));
        let shown = format!("{keys:?} {keys:#?}");
        assert!(
            shown.contains("acme") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
