//! A capture on its way into the history, and the receipt that whoever brought it waits for.

use tokio::sync::oneshot;
use webhook::capture::Capture;

use crate::view::Source;

/// A capture, and how it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrival {
    pub(crate) capture: Capture,
    pub(crate) source: Source,
    /// It waited on the relay because this desktop was away.
    pub(crate) is_held: bool,
}

/// Told once the arrival is durable, or that it is not.
pub(crate) type Receipt = oneshot::Sender<Result<(), sqlite::Error>>;
