//! A time limit on one wait after another. Start at [`Alarm::poll`].

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A time limit on one wait at a time. Until there is something to wait for it takes no memory.
#[derive(Debug, Default)]
pub(crate) struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    is_set: bool,
}

impl Alarm {
    /// Ready when the wait has lasted until `due`, which is asked for once, when it begins.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, due: impl FnOnce() -> Instant) -> Poll<()> {
        if !self.is_set {
            self.is_set = true;
            match &mut self.sleep {
                Some(sleep) => sleep.as_mut().reset(due()),
                None => self.sleep = Some(Box::pin(sleep_until(due()))),
            }
        }
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }

    /// Ends the wait; the next call of [`Self::poll`] begins another.
    pub(crate) const fn clear(&mut self) {
        self.is_set = false;
    }
}
