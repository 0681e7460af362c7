//! Judges the signatures of what has come, beside the road: an arrival is stored without a verdict.
//! When secrets change, what came before is judged again, the newest first. How far it is, is in the
//! store. Start at [`Verifier::run`].

use std::{sync::Arc, time::Duration};

use sqlite::Database;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;
use tracing::warn;
use webhook::verify::request::Request;

use crate::{
    judge,
    store::{
        self,
        captures::Stored,
        verdicts::{self, Batch, Judged},
    },
    vault::{Ring, Vault},
    view::Event,
};

/// Captures judged at once, while arrivals wait for their turn to be stored.
const BATCH: usize = 128;
/// How long others have the store for themselves between two whole batches.
const REST: Duration = Duration::from_millis(20);

/// Who judges.
#[derive(Clone)]
pub(crate) struct Verifier {
    pub(crate) database: Arc<Database>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) events: broadcast::Sender<Event>,
}

impl Verifier {
    /// Judges what has come whenever it is told of it, until `stop`.
    pub(crate) async fn run(self, mut heard: broadcast::Receiver<Event>, stop: CancellationToken) {
        loop {
            match stop.run_until_cancelled(self.catch_up()).await {
                None => return,
                Some(Ok(())) => {}
                // What is not judged now is with the next capture.
                Some(Err(error)) => warn!("signatures could not be judged: {error}"),
            }
            let told = async {
                loop {
                    match heard.recv().await {
                        Ok(Event::Captured { .. } | Event::Endpoints)
                        | Err(RecvError::Lagged(_)) => return true,
                        Ok(_) => {}
                        Err(RecvError::Closed) => return false,
                    }
                }
            };
            if stop.run_until_cancelled(told).await != Some(true) {
                return;
            }
        }
    }

    /// Judges all that is to be judged, with the secrets that there are now.
    pub(crate) async fn catch_up(&self) -> Result<(), sqlite::Error> {
        loop {
            let read = |db: &sqlite::rusqlite::Connection| {
                // The revision last: what was read before it is not newer.
                Ok((verdicts::next(db, BATCH)?, store::mark(db)?.revision))
            };
            let (batch, revision) = self.database.read(read).await?;
            let ring = self.vault.ring();
            if ring.revision != revision {
                self.vault.refresh(&self.database).await?;
                continue;
            }
            let Some(batch) = batch else { return Ok(()) };
            let judging = tokio::task::spawn_blocking(move || {
                let found = batch
                    .captures
                    .iter()
                    .map(|one| (one.seq, judged(one, &ring)));
                let found: Vec<_> = found.collect();
                (batch, found)
            });
            let (batch, found) = judging.await.map_err(|_| sqlite::Error::Closed)?;
            let is_full = batch.captures.len() == BATCH;
            self.put(batch, found).await?;
            if is_full {
                tokio::time::sleep(REST).await;
            }
        }
    }

    /// Keeps what was found, and tells whose rows may have changed.
    async fn put(
        &self,
        batch: Batch,
        found: Vec<(i64, Option<Judged>)>,
    ) -> Result<(), sqlite::Error> {
        let both = batch.captures.iter().zip(&found);
        // A secret may have another name now, so what stays the same in a word is told too.
        let told = both.filter(|(one, (_, new))| one.verdict.is_some() || new.is_some());
        let captures: Vec<_> = told.map(|(one, _)| one.capture.id.to_string()).collect();
        let put = self
            .database
            .write(move |db| verdicts::put(db, &batch, &found));
        if put.await? {
            // Where nobody listens, nobody is to be told. Where a filter asks for verdicts, those
            // without one have come into the list by now, too.
            let _ = self.events.send(Event::Verified { captures });
        }
        Ok(())
    }
}

fn judged(stored: &Stored, ring: &Ring) -> Option<Judged> {
    let capture = &stored.capture;
    let url = ring.url(capture);
    let request = Request::of(capture, &url);
    judge::judge(&request, ring.keys(capture.endpoint.as_str()))
}

#[cfg(test)]
mod tests;
