//! What can be said of a signature. Start at [`Verdict`].

use std::fmt;

/// What a signature proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the sender's.
    Valid {
        /// The name of the secret that it was made with; of the certificate for those who use one.
        key: String,
        /// What was signed. The rest may be forged.
        covers: &'static str,
    },
    /// It proves nothing.
    Invalid(Flaw),
    /// It cannot be told without what is said here, such as `a secret`.
    Unknown(Need),
    /// This sender signs nothing.
    Unsigned,
}

/// What is needed to come to a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// No secret is known for the sender.
    Secret,
    /// The certificate at this URL, which is one of the sender's, was not fetched yet.
    Certificate(String),
    /// There are no roots to check a certificate with.
    Roots,
}

/// Why a signature proves nothing. The texts say what in words for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// A header, or the part of one, is not there.
    Missing(String),
    /// It is there and cannot be read.
    Malformed(String),
    /// It was made with another secret, or for other bytes: the doctor may tell which.
    Mismatch,
    /// It was made with another secret, or another form of it: its name in backticks, and the form.
    WrongSecret(String),
    /// It was made for another body; what was done to it.
    BodyChanged(String),
    /// It was made for another URL or host.
    UrlChanged(String),
    /// It is genuine, and was made this much longer ago than is allowed.
    TooOld {
        /// How old it was when it arrived, in seconds.
        age_s: i64,
        /// How old it may be.
        limit_s: i64,
    },
    /// It is genuine, and was made this far ahead of when it arrived.
    InTheFuture {
        /// How far ahead, in seconds.
        ahead_s: i64,
        /// How far it may be.
        limit_s: i64,
    },
    /// The key that it names is not one that the sender may use.
    UnknownKey(String),
    /// It is of another scheme or version.
    WrongScheme(String),
    /// There are several, and programs differ in which one they read.
    Ambiguous(String),
}

impl Flaw {
    /// One word for the reason, in JSON. All ways in which a well-formed signature can fail to be
    /// the right one are `mismatch`.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Missing(_) => "missing",
            Self::Malformed(_) => "malformed",
            Self::TooOld { .. } => "stale",
            Self::InTheFuture { .. } => "future",
            Self::Ambiguous(_) => "ambiguous",
            Self::Mismatch
            | Self::WrongSecret(_)
            | Self::BodyChanged(_)
            | Self::UrlChanged(_)
            | Self::UnknownKey(_)
            | Self::WrongScheme(_) => "mismatch",
        }
    }
}

impl Verdict {
    /// All words that [`Self::reason`] gives.
    pub const REASONS: [&str; 9] = [
        "ok",
        "missing",
        "malformed",
        "mismatch",
        "stale",
        "future",
        "ambiguous",
        "unknown",
        "unsigned",
    ];

    /// One word for the verdict or its reason, in JSON.
    #[must_use]
    pub const fn reason(&self) -> &'static str {
        match self {
            Self::Valid { .. } => "ok",
            Self::Invalid(flaw) => flaw.reason(),
            Self::Unknown(_) => "unknown",
            Self::Unsigned => "unsigned",
        }
    }

    /// Whether the signature is the sender's.
    #[must_use]
    pub const fn is_valid(&self) -> bool {
        matches!(self, Self::Valid { .. })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Valid { key, covers } => write!(f, "valid with `{key}`; covers: {covers}"),
            Self::Invalid(flaw) => write!(f, "not valid: {flaw}"),
            Self::Unknown(Need::Secret) => f.write_str("no secret is set for this sender"),
            Self::Unknown(Need::Certificate(url)) => write!(f, "the certificate {url} is needed"),
            Self::Unknown(Need::Roots) => f.write_str("no root certificates are set"),
            Self::Unsigned => f.write_str("this sender signs nothing"),
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "{what} is missing"),
            Self::Malformed(what) | Self::Ambiguous(what) => f.write_str(what),
            Self::Mismatch => f.write_str("made with another secret, or for other bytes"),
            Self::WrongSecret(name) => write!(f, "made with the secret {name}"),
            Self::BodyChanged(how) => write!(f, "made for another body: {how}"),
            Self::UrlChanged(how) => write!(f, "made for another URL: {how}"),
            Self::TooOld { age_s, limit_s } => {
                write!(
                    f,
                    "genuine, but {age_s} s old where {limit_s} s are allowed"
                )
            }
            Self::InTheFuture { ahead_s, limit_s } => {
                write!(
                    f,
                    "genuine, but {ahead_s} s ahead where {limit_s} s are allowed"
                )
            }
            Self::UnknownKey(which) => write!(f, "not a key of this sender: {which}"),
            Self::WrongScheme(which) => write!(f, "another scheme: {which}"),
        }
    }
}
