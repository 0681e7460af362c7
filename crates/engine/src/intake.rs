//! THE road: every arrival goes through here and nowhere else. It is stored, then acknowledged to
//! whoever brought it, then those who watch the history are told and those who pass it on.

use std::sync::Arc;

use sqlite::Database;
use tokio::sync::{Notify, mpsc, oneshot};
use tracing::error;

use crate::{
    Clock,
    answer::AnswerTo,
    arrival::{Arrival, Receipt},
    forward::Due,
    store::captures,
};

/// Arrivals that may wait; then those who bring them wait, and stop reading their sockets.
const WAITING: usize = 1024;
/// Arrivals stored in one commit, at most.
const GROUP: usize = 256;

/// Where arrivals are handed in.
#[derive(Debug, Clone)]
pub(crate) struct Intake(mpsc::Sender<Item>);

/// An arrival, who is told that it is durable, and who waits for an answer.
type Item = (Arrival, Receipt, Option<AnswerTo>);

/// The road has been closed: the engine stops.
#[derive(Debug, thiserror::Error)]
#[error("the engine stops")]
pub(crate) struct Closed;

impl Intake {
    /// Makes the road; the receiver is for [`run`].
    pub(crate) fn new() -> (Self, mpsc::Receiver<Item>) {
        let (to, from) = mpsc::channel(WAITING);
        (Self(to), from)
    }

    /// Hands `arrival` in, waiting for room. What comes back is told when it is durable; `answer`
    /// is told what the application answers to which it is passed on, if there is one.
    pub(crate) async fn hand_in(
        &self,
        arrival: Arrival,
        answer: Option<AnswerTo>,
    ) -> Result<oneshot::Receiver<Result<(), sqlite::Error>>, Closed> {
        let (receipt, told) = oneshot::channel();
        self.0
            .send((arrival, receipt, answer))
            .await
            .map_err(|_| Closed)?;
        Ok(told)
    }
}

/// Stores what comes until nobody can hand in any more, so that nothing handed in is left behind.
pub(crate) async fn run(
    mut arrivals: mpsc::Receiver<Item>,
    database: Arc<Database>,
    clock: Clock,
    stored: Arc<Notify>,
    due: mpsc::UnboundedSender<Due>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while arrivals.recv_many(&mut group, GROUP).await > 0 {
        let (mut batch, mut waiting) = (Vec::new(), Vec::new());
        for (arrival, receipt, answer) in group.drain(..) {
            let (id, endpoint) = (arrival.capture.id, arrival.capture.endpoint.clone());
            batch.push(arrival);
            waiting.push((
                receipt,
                Due {
                    id,
                    endpoint,
                    answer,
                },
            ));
        }
        let now_ms = clock();
        let insert = database.write(move |db| {
            let new = batch.iter().map(|one| captures::insert(db, one, now_ms));
            new.collect::<Result<Vec<bool>, _>>()
        });
        let (result, are_new) = match insert.await {
            Ok(are_new) => (Ok(()), are_new),
            Err(error) => {
                error!("{} captures could not be stored: {error}", waiting.len());
                (Err(error), Vec::new())
            }
        };
        let mut are_new = are_new.into_iter();
        for (receipt, one) in waiting {
            // A sender that hung up needs no receipt; its capture stays.
            let _ = receipt.send(result.clone());
            // What came a second time was passed on the first time.
            if are_new.next() == Some(true) {
                // Nobody passes on when the engine stops.
                let _ = due.send(one);
            }
        }
        stored.notify_one();
    }
}
