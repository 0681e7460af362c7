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

#[cfg(test)]
mod tests {
    use listener::Tasks;
    use webhook::{
        capture::{Capture, CaptureId, EndpointId},
        head::Head,
    };

    use super::*;
    use crate::{arrival::Arrival, store::captures, view::Source};

    async fn arrive(database: &Database, numbers: std::ops::Range<i64>) {
        let insert = move |db: &sqlite::rusqlite::Connection| {
            for number in numbers {
                let capture = Capture {
                    id: CaptureId::new(number, [0; 10]),
                    endpoint: EndpointId::local(),
                    received_at_ms: number,
                    peer: None,
                    head: Head::compose(b"POST", b"/", b"HTTP/1.1", []).unwrap(),
                    body: format!("{{\"number\": {number}}}").into(),
                    flaws: Vec::new(),
                };
                let arrival = Arrival::new(capture, Source::Local, false);
                captures::insert(db, &arrival, number)?;
            }
            Ok(())
        };
        database.write(insert).await.unwrap();
    }

    /// Waits until the indexes have all captures, of which there are `count`.
    async fn indexed(database: &Database, count: i64) {
        let reaches = async {
            while database.read(index::progress).await.unwrap().indexed < count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), reaches)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn what_came_while_nothing_ran_is_taken_in_and_then_what_comes() {
        let folder = tempfile::tempdir().unwrap();
        let database = Arc::new(crate::store::open(folder.path()).unwrap());
        let limit = Duration::from_secs(30);
        for run in 0..2 {
            arrive(&database, run * 500..run * 500 + 300).await;
            let events = broadcast::Sender::new(8);
            let tasks = Tasks::new();
            let (own, heard) = (Arc::clone(&database), events.subscribe());
            tasks.spawn("indexer", |stop| super::run(own, heard, stop));
            indexed(&database, run * 500 + 300).await;
            arrive(&database, run * 500 + 300..run * 500 + 500).await;
            events.send(Event::Captured { count: 200 }).unwrap();
            indexed(&database, run * 500 + 500).await;
            tasks.stop(limit).await;
        }
        let each = "SELECT count(*) FROM words WHERE words MATCH '\"number\"'";
        let count = database.read(|db| db.query_row(each, (), |row| row.get::<_, i64>(0)));
        assert_eq!(count.await.unwrap(), 1_000);
    }
}
