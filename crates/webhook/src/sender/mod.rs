//! What a capture is: who sent it, what it is about, and one line that says so. Start at
//! [`recognise`].
//!
//! All of it is a guess for the eye, for anybody can send any header: what a signature proves is
//! said by [`crate::verify`].

mod draft;
mod field;
mod from;
mod known;
mod line;
mod money;
mod view;

pub use self::{known::Sender, line::MAX_LINE_CHARS, view::MAX_BODY_BYTES};
use crate::{capture::Capture, sender::view::View};

/// What could be made out of a capture.
///
/// All texts are on one line and hold nothing invisible and nothing that steers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recognised {
    /// Who sent it, if that is unmistakable.
    pub sender: Option<Sender>,
    /// What happened, in the sender's own word, such as `pull_request` or `invoice.paid`.
    pub event: Option<String>,
    /// One line for a person, of at most [`MAX_LINE_CHARS`] characters, such as
    /// `push · acme/api · 3 commits to main`.
    pub summary: Option<String>,
    /// What the sender calls this delivery: the same for all tries of one, and no other's.
    pub delivery_id: Option<String>,
    /// How often the sender says that it tried before: 0 is the first try.
    pub retry: Option<u32>,
}

/// Says what `capture` is, from its headers and the first [`MAX_BODY_BYTES`] of its body.
///
/// Never fails: what is not where the sender's documents put it is passed over.
#[must_use]
pub fn recognise(capture: &Capture) -> Recognised {
    from::recognise(&View::of(&capture.head, &capture.body)).finish()
}
