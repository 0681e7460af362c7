//! The answer of a local program on its way back to a sender that waits for it: made by `forward`,
//! taken by whoever holds the sender.

use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

/// Told the answer; dropped when there is none.
pub(crate) type AnswerTo = oneshot::Sender<Answer>;

/// What a program answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// From the status line to the empty line, as it came.
    pub(crate) head: Bytes,
    pub(crate) body: Body,
}

/// The body of an answer, its transfer coding removed.
#[derive(Debug)]
pub(crate) enum Body {
    /// All of it.
    Whole(Bytes),
    /// As it comes; who lets go of it wants no more.
    Pieces(mpsc::Receiver<Result<Bytes, CutOff>>),
}

/// The program ended its answer before the end.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the answer was cut off")]
pub(crate) struct CutOff;
