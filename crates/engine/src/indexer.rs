//! Fills the indexes of the search beside the road: an arrival is stored without them, and whoever
//! searches meanwhile reads what they lack. How far they are is in the store, so that a restart
//! goes on where the last run stopped.

use std::{sync::Arc, time::Duration};

use sqlite::Database;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    store::index::{self, Progress},
    view::Event,
};

/// Captures taken at once, while arrivals wait for their turn to be stored.
const BATCH: usize = 128;
/// How long arrivals have the store for themselves after some came while a batch was put in.
const REST: Duration = Duration::from_millis(100);

/// Takes in what has come whenever `events` tells of it, until `stop`.
pub(crate) async fn run(
    database: Arc<Database>,
    mut events: broadcast::Receiver<Event>,
    stop: CancellationToken,
) {
    loop {
        let caught_up = stop.run_until_cancelled(catch_up(&database)).await;
        match caught_up {
            None => return,
            Some(Ok(())) => {}
            // What is not taken in now is with the next capture.
            Some(Err(error)) => warn!("the search's index could not be filled: {error}"),
        }
        let captured = async {
            loop {
                match events.recv().await {
                    Ok(Event::Captured { .. }) | Err(RecvError::Lagged(_)) => return true,
                    Ok(_) => {}
                    Err(RecvError::Closed) => return false,
                }
            }
        };
        if stop.run_until_cancelled(captured).await != Some(true) {
            return;
        }
    }
}

async fn catch_up(database: &Database) -> Result<(), sqlite::Error> {
    let mut newest = database.read(index::progress).await?.newest;
    while let Some(batch) = database.read(|db| index::next(db, BATCH)).await? {
        database.write(move |db| index::put(db, &batch)).await?;
        let now: Progress = database.read(index::progress).await?;
        if now.newest > newest {
            newest = now.newest;
            tokio::time::sleep(REST).await;
        }
    }
    Ok(())
}
