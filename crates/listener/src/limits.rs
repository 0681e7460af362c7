//! What a stranger may take: bytes, time and connections.

use std::time::Duration;

/// What one listener allows its clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a head, from the request line to the empty line. More is answered 431, or 414 when
    /// the request line alone is longer.
    pub head_bytes: usize,
    /// Field lines of a head. More is answered 431.
    pub headers: usize,
    /// Bytes of a body, unless the request has a [`BodyLimit`](crate::BodyLimit) of its own. More
    /// is answered 413, and 4 GiB in any case, for bodies are held in memory.
    pub body_bytes: u64,
    /// From the first byte of a head to its last. Longer is answered 408.
    pub head_timeout: Duration,
    /// Between two bytes of a body. Longer is answered 408.
    pub body_timeout: Duration,
    /// How fast a body comes at the least, once it has been coming for
    /// [`body_grace`](Self::body_grace). Slower is answered 408; 0 allows any pace.
    pub body_floor_bytes_per_s: u64,
    /// How long a body may come at any pace.
    pub body_grace: Duration,
    /// From the opening of a connection or the end of a request to the next byte.
    pub idle_timeout: Duration,
    /// How long a client may take nothing of an answer.
    pub write_timeout: Duration,
    /// Connections at one time. Further ones are answered 503, and from half of them on a
    /// connection is closed after its next answer.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 * 1024,
            headers: 256,
            body_bytes: 25 * 1024 * 1024,
            // The senders with the least patience, Slack and Harbor, give an answer 3 s in all: a
            // request that stands still for as long is one that nobody waits for any more.
            head_timeout: Duration::from_secs(3),
            body_timeout: Duration::from_secs(3),
            body_floor_bytes_per_s: 1024,
            body_grace: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(60),
            write_timeout: Duration::from_secs(30),
            connections: 10_240,
        }
    }
}
