//! What differs between two captures: in their request lines, headers, queries and bodies. Start
//! at [`diff`]; [`Volatile`] learns which differences say nothing.

mod align;
mod body;
mod classes;
mod collect;
mod json;
mod named;
mod place;
#[cfg(test)]
mod tests;
mod volatile;

pub use self::{
    body::MAX_BODY_BYTES,
    collect::{MAX_CHANGES, MAX_TEXT_BYTES},
    place::{Place, Step},
    volatile::{MIN_PAIRS, Volatile},
};
use crate::{capture::Capture, diff::collect::Collector};

/// All that differs between two captures, in the order of the later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diff {
    /// Of the request line, then of the headers, the query and the body.
    pub changes: Vec<Change>,
    /// How many more changes there are than [`MAX_CHANGES`].
    pub left_out: usize,
    /// How the bodies were compared.
    pub body: Compared,
}

/// How two bodies were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compared {
    /// They are the same, byte for byte.
    Same,
    /// By their values. If no change of the body is listed, then only white space, the order of
    /// members or the escapes in strings differ.
    Json,
    /// By their fields. If no change of the body is listed, then only the encoding differs.
    Form,
    /// Line by line.
    Lines,
    /// To the first byte that differs: no text, or longer than [`MAX_BODY_BYTES`].
    Bytes,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: Kind,
    /// Where it is, or where it was if it is gone.
    pub place: Place,
    /// Where and what it was; `None` if it is new.
    pub before: Option<Part>,
    /// Where and what it is; `None` if it is gone.
    pub after: Option<Part>,
}

/// What happened to a part of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// It was not there before.
    Added,
    /// It is there no longer.
    Removed,
    /// It has another value.
    Changed,
    /// It stands elsewhere among the same. Another change follows if its value differs too.
    Moved,
    /// The header's name is spelled otherwise, its value is the same.
    Respelled,
}

/// A part of one capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it stands in that capture.
    pub place: Place,
    /// Its value as it stands there: JSON as written, other bytes as UTF-8. At [`Place::Byte`] up
    /// to sixteen bytes in hexadecimal. Credentials are not masked: see [`crate::redact`].
    pub text: String,
    /// How many bytes the whole value has; at [`Place::Byte`] the whole body.
    pub bytes: usize,
    /// Whether `text` is not all of it.
    pub is_cut: bool,
}

/// Says what is different in `after`, which may have nothing to do with `before`.
///
/// Names of headers are compared without regard to case, paths as they were sent, numbers in JSON
/// as they were written.
#[must_use]
pub fn diff(before: &Capture, after: &Capture) -> Diff {
    let mut into = Collector::default();
    let (old, new) = (&before.head, &after.head);
    into.value(Place::Method, old.method(), new.method());
    into.value(Place::Path, old.path(), new.path());
    into.value(Place::Version, old.version(), new.version());
    named::headers(old, new, &mut into);
    named::queries(old, new, &mut into);
    let body = body::compare(before, after, &mut into);
    let (changes, left_out) = into.finish();
    Diff {
        changes,
        left_out,
        body,
    }
}
