//! What relay and desktop must agree on across versions: frames, flow control, the envelope and
//! its seal, tokens, the small HTTP API. PROTOCOL.md says it for strangers; start at
//! [`frame::Frame`].

pub mod api;
pub mod connect;
pub mod credit;
pub mod envelope;
pub mod frame;
pub mod hello;
pub mod key;
pub mod pin;
pub mod seal;
mod text;
pub mod token;

/// The WebSocket subprotocol (RFC 6455 section 1.9); it carries the major version.
pub const SUBPROTOCOL: &str = "tenterhook.v1";

/// The version that this build speaks, agreed on by [`hello::Hello`] and [`hello::Welcome`].
pub const PROTOCOL: u16 = 1;

/// The most bytes of a sealed envelope that one frame carries.
pub const PIECE_BYTES: usize = 65_536;

/// The most capture ids that one acknowledgement names.
pub const MAX_ACKS: usize = 4_096;

/// The longest head of an answer.
pub const MAX_ANSWER_HEAD_BYTES: usize = 32_768;

/// The longest frame: an awaited `DELIVER` with the longest endpoint id and a whole piece. A
/// WebSocket message over it is refused before it is read.
pub const MAX_FRAME_BYTES: usize =
    frame::HEADER_BYTES + frame::DELIVER_BYTES + 64 + frame::WITHIN_BYTES + PIECE_BYTES;

/// What may be sent on a new stream before the first credit, in bytes.
pub const WINDOW_BYTES: u32 = 262_144;

/// How long a desktop may take from the upgrade to its `HELLO`, in milliseconds.
pub const HELLO_WITHIN_MS: u64 = 5_000;

/// The silence of the other side after which a `PING` is sent, in milliseconds.
pub const HEARTBEAT_MS: u64 = 15_000;

/// How long the silence may last after that `PING` before the session is dead, in milliseconds.
pub const DEAD_AFTER_MS: u64 = 10_000;
