//! What a challenge is answered with. Start at [`Handshake`].

/// What to do with a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handshake {
    /// Send this answer.
    Answer(Answer),
    /// Ask the user whether this URL may be called: it confirms a subscription. The request was
    /// checked to be the sender's, and the URL to be on a host of its own.
    Ask {
        /// Whose it is.
        sender: &'static str,
        /// What to call.
        url: String,
    },
}

/// An answer to a challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whose challenge it is.
    pub sender: &'static str,
    /// The status: 401 or 403 where the challenge did not prove what it had to.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// A challenge longer than this is none that a known sender sends.
pub(super) const MAX_ECHO: usize = 2048;

impl Answer {
    pub(super) fn empty(sender: &'static str, status: u16) -> Self {
        Self {
            sender,
            status,
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A body that a browser neither guesses a type for nor runs.
    fn inert(sender: &'static str, content_type: &str, body: String) -> Option<Self> {
        (body.len() <= MAX_ECHO).then(|| Self {
            sender,
            status: 200,
            headers: vec![
                ("content-type", content_type.to_owned()),
                ("x-content-type-options", "nosniff".to_owned()),
                ("content-security-policy", "default-src 'none'".to_owned()),
            ],
            body: body.into_bytes(),
        })
    }

    pub(super) fn text(sender: &'static str, body: impl Into<String>) -> Option<Self> {
        Self::inert(sender, "text/plain", body.into())
    }

    pub(super) fn json(sender: &'static str, body: &serde_json::Value) -> Option<Self> {
        Self::inert(sender, "application/json", body.to_string())
    }
}
