//! THE road: every arrival goes through here and nowhere else. It is stored, then acknowledged to
//! whoever brought it, then those who watch the history are told.

use std::sync::Arc;

use sqlite::Database;
use tokio::sync::{Notify, mpsc, oneshot};
use tracing::error;

use crate::{
    Clock,
    arrival::{Arrival, Receipt},
    store::captures,
};

/// Arrivals that may wait; then those who bring them wait, and stop reading their sockets.
const WAITING: usize = 1024;
/// Arrivals stored in one commit, at most.
const GROUP: usize = 256;

/// Where arrivals are handed in.
#[derive(Debug, Clone)]
pub(crate) struct Intake(mpsc::Sender<(Arrival, Receipt)>);

/// The road has been closed: the engine stops.
#[derive(Debug, thiserror::Error)]
#[error("the engine stops")]
pub(crate) struct Closed;

impl Intake {
    /// Makes the road; the receiver is for [`run`].
    pub(crate) fn new() -> (Self, mpsc::Receiver<(Arrival, Receipt)>) {
        let (to, from) = mpsc::channel(WAITING);
        (Self(to), from)
    }

    /// Hands `arrival` in, waiting for room. What comes back is told when it is durable.
    pub(crate) async fn hand_in(
        &self,
        arrival: Arrival,
    ) -> Result<oneshot::Receiver<Result<(), sqlite::Error>>, Closed> {
        let (receipt, told) = oneshot::channel();
        self.0.send((arrival, receipt)).await.map_err(|_| Closed)?;
        Ok(told)
    }
}

/// Stores what comes until nobody can hand in any more, so that nothing handed in is left behind.
pub(crate) async fn run(
    mut arrivals: mpsc::Receiver<(Arrival, Receipt)>,
    database: Arc<Database>,
    clock: Clock,
    stored: Arc<Notify>,
) {
    let mut group = Vec::with_capacity(GROUP);
    while arrivals.recv_many(&mut group, GROUP).await > 0 {
        let (batch, receipts): (Vec<_>, Vec<_>) = group.drain(..).unzip();
        let now_ms = clock();
        let insert = database.write(move |db| {
            for arrival in &batch {
                captures::insert(db, arrival, now_ms)?;
            }
            Ok(())
        });
        let result = insert.await;
        if let Err(error) = &result {
            error!("{} captures could not be stored: {error}", receipts.len());
        }
        for receipt in receipts {
            // A sender that hung up needs no receipt; its capture stays.
            let _ = receipt.send(result.clone());
        }
        stored.notify_one();
    }
}
