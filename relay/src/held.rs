//! Senders that wait for their desktop's answer, by the capture that they sent.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::Response;
use tokio::{
    sync::oneshot,
    time::{Instant, timeout_at},
};
use webhook::capture::CaptureId;

/// All who wait.
#[derive(Debug, Default)]
pub(crate) struct Held(Mutex<HashMap<CaptureId, Waiter>>);

#[derive(Debug)]
struct Waiter {
    until: Instant,
    answer: oneshot::Sender<Response>,
}

/// One sender's place among those who wait; it is free again when this goes.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    held: &'a Held,
    id: CaptureId,
    until: Instant,
    answer: oneshot::Receiver<Response>,
}

/// What became of a wait.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The desktop answers.
    Answered(Response),
    /// It has no answer, or is gone.
    Unanswered,
    /// The time is over.
    Late,
}

impl Held {
    /// Has the sender of `id` wait for at most `time`.
    pub(crate) fn enter(&self, id: CaptureId, time: Duration) -> Place<'_> {
        let (to, answer) = oneshot::channel();
        let until = Instant::now() + time;
        self.waiters().insert(id, Waiter { until, answer: to });
        Place {
            held: self,
            id,
            until,
            answer,
        }
    }

    /// How long the sender of `id` still waits, in milliseconds; none when it does not.
    pub(crate) fn left_ms(&self, id: CaptureId) -> Option<u32> {
        let until = self.waiters().get(&id)?.until;
        let left = until.checked_duration_since(Instant::now())?;
        u32::try_from(left.as_millis()).ok()
    }

    /// Gives the sender of `id` its answer. False when it waits no more.
    pub(crate) fn answer(&self, id: CaptureId, response: Response) -> bool {
        let waiter = self.waiters().remove(&id);
        waiter.is_some_and(|waiter| waiter.answer.send(response).is_ok())
    }

    /// No answer will come for `id`.
    pub(crate) fn give_up(&self, id: CaptureId) {
        self.waiters().remove(&id);
    }

    /// How many wait.
    pub(crate) fn count(&self) -> usize {
        self.waiters().len()
    }

    fn waiters(&self) -> MutexGuard<'_, HashMap<CaptureId, Waiter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Waits for the answer until the time is over.
    pub(crate) async fn outcome(mut self) -> Outcome {
        match timeout_at(self.until, &mut self.answer).await {
            Ok(Ok(response)) => Outcome::Answered(response),
            Ok(Err(_)) => Outcome::Unanswered,
            Err(_) => Outcome::Late,
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.held.give_up(self.id);
    }
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_sender_gets_its_answer_or_none_or_waits_out_its_time() {
        let held = Held::default();
        let id = |n| CaptureId::new(n, [0; 10]);
        let wait = |n| held.enter(id(n), Duration::from_millis(2_500));
        let (answered, given_up, late) = (wait(1), wait(2), wait(3));
        assert_eq!(held.left_ms(id(1)), Some(2_500));
        assert!(held.answer(id(1), "done".into_response()));
        held.give_up(id(2));
        assert!(matches!(answered.outcome().await, Outcome::Answered(_)));
        assert!(matches!(given_up.outcome().await, Outcome::Unanswered));
        assert!(matches!(late.outcome().await, Outcome::Late));
        assert!(!held.answer(id(3), "too late".into_response()));
        assert_eq!((held.count(), held.left_ms(id(3))), (0, None));
    }

    #[tokio::test]
    async fn a_sender_that_hangs_up_leaves_nothing_behind() {
        let held = Held::default();
        drop(held.enter(CaptureId::new(1, [0; 10]), Duration::from_secs(1)));
        assert_eq!(held.count(), 0);
    }
}
