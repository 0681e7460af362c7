//! A capture on its way into the history, and the receipt that whoever brought it waits for.

use tokio::sync::oneshot;
use webhook::{
    capture::Capture,
    sender::{self, Recognised},
};

use crate::view::Source;

/// A capture, and how it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) capture: Capture,
    pub(crate) source: Source,
    /// It waited on the relay because this desktop was away.
    pub(crate) is_held: bool,
    /// Who seems to have sent it, and what it is about.
    pub(crate) recognised: Recognised,
}

impl Arrival {
    /// Looks at `capture` for what it is: here, where it holds up whoever brought it and no other.
    pub(crate) fn new(capture: Capture, source: Source, is_held: bool) -> Self {
        Self {
            recognised: sender::recognise(&capture),
            capture,
            source,
            is_held,
        }
    }
}

/// Told once the arrival is durable, or that it is not.
pub(crate) type Receipt = oneshot::Sender<Result<(), sqlite::Error>>;
