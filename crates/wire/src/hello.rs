//! What the two sides say about themselves when a session begins and when it must end. Each is the
//! JSON payload of a frame; fields that a version does not know are ignored.

use serde::{Deserialize, Serialize};

use crate::PROTOCOL;

/// A desktop's first message, within [`crate::HELLO_WITHIN_MS`] of the upgrade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The oldest protocol version that it speaks.
    pub protocol_min: u16,
    /// The newest protocol version that it speaks.
    pub protocol_max: u16,
    /// Program and version, such as `tenterhook 0.1.0`; for people and logs.
    pub client: String,
    /// Names of what it can do beyond the version; unknown ones are ignored.
    #[serde(default)]
    pub capabilities: Vec<String>,
}

impl Hello {
    /// What this build says of itself; `client` is program and version.
    #[must_use]
    pub fn new(client: impl Into<String>) -> Self {
        Self {
            protocol_min: PROTOCOL,
            protocol_max: PROTOCOL,
            client: client.into(),
            capabilities: Vec::new(),
        }
    }

    /// The version to speak with this desktop; `None` when none is known to both.
    #[must_use]
    pub fn agreed(&self) -> Option<u16> {
        (self.protocol_min..=self.protocol_max)
            .contains(&PROTOCOL)
            .then_some(PROTOCOL)
    }
}

/// The relay's answer to a [`Hello`]; deliveries follow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version that both speak from here on.
    pub protocol: u16,
    /// The session's name in the relay's logs.
    pub session: String,
    /// Program and version of the relay; for people and logs.
    pub server: String,
    /// The silence after which either side sends a `PING`, in milliseconds.
    pub heartbeat_ms: u64,
    /// What the relay keeps to in this session.
    pub limits: Limits,
    /// The relay's clock, in milliseconds since the Unix epoch.
    pub server_time_ms: i64,
    /// How many captures wait for this device.
    pub waiting: u64,
    /// Names of what the relay can do beyond the version; unknown ones are ignored.
    #[serde(default)]
    pub capabilities: Vec<String>,
}

/// What a relay promises not to exceed, so that a desktop can refuse before it allocates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The longest sealed envelope, in bytes.
    pub envelope_bytes: u64,
    /// How many streams are unfinished at once.
    pub streams: u32,
}

/// The last message of a session: why the other side is about to close it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Goaway {
    /// What a program acts on.
    pub reason: GoawayReason,
    /// The same for a person.
    pub text: String,
    /// When to come back, in milliseconds from now; the usual delays when it is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// Why a session ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoawayReason {
    /// A newer session of the same device has taken over: do not come back.
    Replaced,
    /// The other side restarts: come back soon.
    Restarting,
    /// The device was removed or its token withdrawn: pair again.
    Revoked,
    /// The other side broke the protocol; the text says how.
    Protocol,
    /// No protocol version is known to both: one of the two must be updated.
    Unsupported,
    /// A reason that this version does not know, in the sender's word.
    #[serde(untagged)]
    Other(String),
}
