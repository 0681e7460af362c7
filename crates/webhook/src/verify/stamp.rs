//! What makes a signature fresh.

/// What makes a signature fresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// When it is made, in milliseconds since the Unix epoch.
    pub now_ms: i64,
    /// A text that was never used before, in letters and digits, for senders that name a delivery
    /// or add a token, where the request does not bring its own.
    pub id: String,
}
