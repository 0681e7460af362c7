//! What faces ask and hear of sending captures again, and of how they go on by themselves.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{DeliveryView, ListFilter};

/// How captures are sent again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct ReplayOptions {
    /// Where to; none is where the captures of its endpoint go by themselves, the first of them.
    pub to: Option<String>,
    /// The public `Host` stays, and so do path and query unless `to` has a path.
    pub as_sender: bool,
    /// What is to be another; each capture that is edited becomes one of its own.
    pub edit: Option<EditView>,
    /// How fast several follow each other.
    pub pace: Pace,
    /// How many are on their way at once; none is 1 where they are sent as fast as they go, and 32
    /// where the pace is kept.
    pub at_once: Option<u32>,
    /// Each is sent again as soon as it was answered.
    pub twice: bool,
    /// They go in another order.
    pub shuffle: bool,
    /// The share of captures that are left out, from 0 to 1.
    pub drop: f64,
    /// The share of captures whose body loses its end, from 0 to 1.
    pub truncate: f64,
    /// The same seed makes the same choices; none takes one by chance.
    pub seed: Option<u32>,
}

/// How fast captures follow each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "pace", rename_all = "camelCase")]
#[ts(export)]
pub enum Pace {
    /// As they came.
    Original,
    /// So many times as fast as they came.
    Times {
        /// Above 0.
        factor: f64,
    },
    /// As fast as they are answered.
    #[default]
    Now,
}

/// Which captures are sent again, always in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ReplaySelection {
    /// These.
    Ids(Vec<String>),
    /// Those that a list of this filter holds.
    Filter(ListFilter),
}

/// What of a capture is to be another; what is not named stays as it was sent, byte for byte.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct EditView {
    /// The method.
    pub method: Option<String>,
    /// Path and query.
    pub target: Option<String>,
    /// All header lines, in their order.
    pub headers: Option<Vec<HeaderEdit>>,
    /// Fields that are to have one value, after that.
    pub set: Vec<(String, String)>,
    /// Fields that are to be gone.
    pub without: Vec<String>,
    /// The body.
    pub body: Option<BodyEdit>,
}

/// One header line of an edited capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "line", rename_all = "camelCase")]
#[ts(export)]
pub enum HeaderEdit {
    /// The one that came at this place, as it was sent.
    Kept {
        /// Counted from 0.
        at: usize,
    },
    /// Another.
    Written {
        /// In its spelling.
        name: String,
        /// As UTF-8.
        value: String,
    },
}

/// An edited body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "body", rename_all = "camelCase")]
#[ts(export)]
pub enum BodyEdit {
    /// As UTF-8.
    Text {
        /// All of it.
        text: String,
    },
    /// Any bytes.
    Base64 {
        /// All of them.
        base64: String,
    },
}

/// What came of sending one capture again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Replayed {
    /// The capture that was sent: another than was asked for when it was edited.
    pub capture: String,
    /// What came back.
    pub delivery: DeliveryView,
}

/// How a replay stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ReplayState {
    /// It goes on.
    Running,
    /// It rests; what was on its way is answered.
    Paused,
    /// All of it was sent.
    Done,
    /// It was ended before that.
    Cancelled,
}

/// How far a replay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReplayProgress {
    /// Its number, for the calls that follow.
    pub run: u32,
    /// How it stands.
    pub state: ReplayState,
    /// Captures in all.
    pub total: u32,
    /// Captures that are done with, those left out among them.
    pub done: u32,
    /// Answers that were not 2xx, and sends without an answer.
    pub failed: u32,
}

/// What came of a replay, so far or in all.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReplayReport {
    /// How far it is.
    pub progress: ReplayProgress,
    /// With this seed the choices are the same again.
    pub seed: u32,
    /// In the order in which they were sent; what was not yet its turn is not among them.
    pub captures: Vec<ReplayedOne>,
    /// Captures that were sent twice and answered differently the second time.
    pub differing: u32,
}

/// What came of one capture of a replay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReplayedOne {
    /// The capture that was asked for.
    pub capture: String,
    /// The one that was made of it, where it was edited.
    pub edited: Option<String>,
    /// It was left out by chance.
    pub is_dropped: bool,
    /// So many bytes of its body were sent, where its end was left out by chance.
    pub truncated_to: Option<usize>,
    /// Each send and its answer.
    pub sends: Vec<ReplaySend>,
    /// In what the second answer differs from the first: `status`, `body`.
    pub differs: Vec<String>,
    /// Why nothing was sent.
    pub error: Option<String>,
}

/// One send of a replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReplaySend {
    /// The number of its delivery.
    #[ts(type = "number")]
    pub number: i64,
    /// When it began: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub began_at_ms: i64,
    /// The URL.
    pub target: String,
    /// In what the head that went out differs from the one that came.
    pub changes: Vec<String>,
    /// The answer's status; none when there was no answer.
    pub status: Option<u16>,
    /// Why there is no answer, or not all of it.
    pub error: Option<String>,
    /// How long it took in all.
    #[ts(type = "number")]
    pub total_ms: u64,
}

impl ReplaySend {
    /// Whether the answer was 2xx and whole.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.error.is_none() && self.status.is_some_and(|status| status / 100 == 2)
    }
}

/// How the captures of an endpoint go to one target by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ForwardSettings {
    /// The URL.
    pub target: String,
    /// It may be another computer's.
    pub is_remote: bool,
    /// A query; empty lets everything through.
    pub filter: String,
    /// Tries after the first, when nothing answers or the answer is 429 or 5xx.
    pub retries: u32,
    /// How long before the first of them, in milliseconds; it doubles with each. `Retry-After` of an
    /// answer goes before it.
    #[ts(type = "number")]
    pub backoff_ms: u64,
    /// Requests at once, at least 1.
    pub at_once: u32,
    /// One by one, in the order in which they came; a try again holds up those behind it.
    pub is_ordered: bool,
    /// Certificates in PEM that vouch for the target's, instead of the system's.
    pub authorities: Option<String>,
    /// The only key accepted: `sha256/…`.
    pub pin: Option<String>,
}

/// What never got an answer from a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Missed {
    /// The URL.
    pub target: String,
    /// Ids of the captures, in the order in which they came.
    pub captures: Vec<String>,
}

/// Another computer to which captures may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Confirmed {
    /// Scheme, name and port.
    pub origin: String,
    /// When: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub confirmed_at_ms: i64,
}
