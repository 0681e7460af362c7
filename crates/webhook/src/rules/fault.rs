//! Why a parameter has no value, a signature does not count, a rule cannot be decided.

use crate::rules::value::LookupError;

/// Why a parameter has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupFault {
    /// Its name leads nowhere.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// A request has no such property.
    #[error("unsupported request key: {0}")]
    RequestKey(String),
    /// There is no such source.
    #[error("no source for value retrieval")]
    NoSource,
}

impl LookupFault {
    /// Whether the value is merely not there, which a rule may live with.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Lookup(LookupError::NotFound(_)))
    }
}

/// Why a signature does not count. No message tells what the right one would be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// None of those sent is right.
    #[error("invalid payload signatures [{}]{}", .sent.join(" "), if *.is_empty { " on empty payload" } else { "" })]
    Wrong {
        /// What was sent, without the name of the hash.
        sent: Vec<String>,
        /// Whether there was no body at all, as with a multipart form.
        is_empty: bool,
    },
    /// Scalr's signature is not right.
    #[error("invalid payload signature {0}")]
    WrongScalr(String),
    /// Scalr's date is more than five minutes off.
    #[error("invalid payload signature outdated")]
    Outdated,
    /// Scalr's date is none.
    #[error("parsing time {0:?} as \"Mon 02 Jan 2006 15:04:05 MST\"")]
    Date(String),
    /// The rule has no secret.
    #[error("signature validation secret can not be empty")]
    NoSecret,
    /// The rule has no secret for Scalr.
    #[error("signature validation signing key can not be empty")]
    NoSigningKey,
    /// A header that was parsed as JSON is no signature.
    #[error("the signature is no text")]
    NoText,
}

impl SignatureFault {
    /// Whether the signature was looked at and found wrong, which soft failures forgive.
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        matches!(
            self,
            Self::Wrong { .. } | Self::WrongScalr(_) | Self::Outdated
        )
    }
}

/// Why a clause could not be decided.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// A parameter has no value.
    #[error(transparent)]
    Lookup(#[from] LookupFault),
    /// A signature is wrong, or cannot be checked.
    #[error(transparent)]
    Signature(#[from] SignatureFault),
    /// The pattern or the addresses of the rule are unreadable, or the sender's address is.
    #[error("{0}")]
    Unreadable(String),
}

impl RuleFault {
    /// Whether a value is merely not there. Everything else ends the request with 500.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Lookup(fault) if fault.is_missing())
    }

    /// Whether the original breaks off without a word.
    #[must_use]
    pub(crate) const fn is_crash(&self) -> bool {
        matches!(
            self,
            Self::Lookup(LookupFault::Lookup(LookupError::Overflow(_)))
                | Self::Signature(SignatureFault::NoText)
        )
    }
}

/// The original breaks off here and answers 500 with nothing; what led to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crash(pub(crate) String);
