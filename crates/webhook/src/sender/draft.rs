//! What was made out so far. Start at [`Draft`].

use crate::sender::{
    Recognised, Sender,
    line::{Line, clean},
};

/// A longer word is no name of an event.
const MAX_EVENT_CHARS: usize = 80;

/// A longer id is passed over: cut short it could be another's.
const MAX_ID_BYTES: usize = 256;

/// What was made out so far, and the line as far as it is written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    made_out: Recognised,
    line: Line,
}

impl Draft {
    /// Sent by `sender`, who calls it `event`; the line begins with that.
    pub(super) fn new(sender: Sender, event: Option<&str>) -> Self {
        Self::titled(sender, event, event)
    }

    /// As [`Self::new`], but the line begins with `title`.
    pub(super) fn titled(sender: Sender, event: Option<&str>, title: Option<&str>) -> Self {
        Self::begin(Some(sender), event).about(title)
    }

    /// Sent by somebody unknown.
    pub(super) fn of_nobody(event: Option<&str>) -> Self {
        Self::begin(None, event).about(event)
    }

    fn begin(sender: Option<Sender>, event: Option<&str>) -> Self {
        let event = event.map(|event| clean(event, MAX_EVENT_CHARS));
        Self {
            made_out: Recognised {
                sender,
                event: event.filter(|event| !event.is_empty()),
                ..Recognised::default()
            },
            line: Line::default(),
        }
    }

    /// Adds a part to the line, if there is one.
    pub(super) fn about(mut self, part: Option<impl AsRef<str>>) -> Self {
        if let Some(part) = part {
            self.line.add(part.as_ref());
        }
        self
    }

    /// The sender's own id of this delivery.
    pub(super) fn delivery(mut self, id: Option<impl AsRef<str>>) -> Self {
        let is_whole = |id: &String| (1..=MAX_ID_BYTES).contains(&id.len());
        let id = id.map(|id| id.as_ref().to_owned()).filter(is_whole);
        // An id that cannot be shown as it is would be two ids that look the same.
        self.made_out.delivery_id = id.filter(|id| clean(id, MAX_ID_BYTES) == *id);
        self
    }

    /// How often it was tried before.
    pub(super) fn retry(mut self, count: Option<u32>) -> Self {
        self.made_out.retry = count;
        self
    }

    pub(super) fn finish(self) -> Recognised {
        Recognised {
            summary: self.line.finish(),
            ..self.made_out
        }
    }
}
