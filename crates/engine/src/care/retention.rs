//! What is kept, and letting the rest go: in small batches with rests between, so that no arrival
//! waits for it. Start at [`run`] for what happens by itself, at [`Engine::prune`] for the rest.

use std::{sync::Arc, time::Duration};

use sqlite::{Database, Done};
use tokio::{
    sync::{Notify, broadcast},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::{
    Clock,
    care::{Begun, Care, CareError},
    engine::{Engine, Error},
    store::{
        retention::{self as rules, Due},
        search::{self, Sought},
    },
    view::{Event, ListFilter, PrunePreview, Retention, Work},
};

/// Captures that go at once, at most.
const BATCH: usize = 64;
/// Bytes of bodies that go at once, unless a single one is larger.
const BATCH_BYTES: u64 = 4 << 20;
/// How long arrivals have the store for themselves between two batches.
const REST: Duration = Duration::from_millis(10);
/// How long an engine that starts is left in peace.
const FIRST_AFTER: Duration = Duration::from_secs(3);
/// How often captures go by themselves.
const EVERY: Duration = Duration::from_secs(60 * 60);

/// What lets captures go by themselves.
pub(crate) struct Keeper {
    pub(crate) database: Arc<Database>,
    pub(crate) clock: Clock,
    pub(crate) events: broadcast::Sender<Event>,
    pub(crate) stored: Arc<Notify>,
    pub(crate) care: Arc<Care>,
}

impl Keeper {
    /// Lets go what the rules say, soon after the start, each hour, and when the rules change, until
    /// `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut wait = FIRST_AFTER;
        loop {
            let woken = timeout(wait, self.care.rules_changed.notified());
            if stop.run_until_cancelled(woken).await.is_none() {
                return;
            }
            wait = EVERY;
            match self.round(&stop).await {
                Ok(0) | Err(Error::Care(CareError::Stopped)) => {}
                Ok(captures) => info!(
                    captures,
                    "{captures} captures have gone by their age or number"
                ),
                // Somebody works on the history; that ends.
                Err(Error::Care(CareError::Working)) => wait = FIRST_AFTER,
                Err(error) => warn!("captures that are due could not go: {error}"),
            }
        }
    }

    async fn round(&self, stop: &CancellationToken) -> Result<u64, Error> {
        let now_ms = (self.clock)();
        let due = self
            .database
            .read(move |db| rules::due(db, &rules::read(db)?, now_ms, None))
            .await?;
        if due.seqs.is_empty() {
            return Ok(0);
        }
        let begun = self
            .care
            .begin(Work::Prune, &self.events, stop.child_token())?;
        let removed = remove(&self.database, due, &begun, &self.stored).await?;
        Ok(removed)
    }
}

/// Lets `due` go. What has gone when it is stopped stays gone.
async fn remove(
    database: &Database,
    due: Due,
    begun: &Begun,
    stored: &Notify,
) -> Result<u64, Error> {
    let (total, mut rest, mut removed) = (due.seqs.len() as u64, &due.seqs[..], 0);
    while !rest.is_empty() {
        let batch = rest[..rest.len().min(BATCH)].to_vec();
        let (dealt_with, gone) = database
            .write(move |db| rules::remove(db, &batch, BATCH_BYTES))
            .await?;
        (rest, removed) = (&rest[dealt_with..], removed + gone);
        stored.notify_one();
        let done = total - rest.len() as u64;
        if !begun.tell(Done { done, total }) && !rest.is_empty() {
            return Err(CareError::Stopped.into());
        }
        sleep(REST).await;
    }
    Ok(removed)
}

impl Engine {
    /// What the history is kept by.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn retention(&self) -> Result<Retention, Error> {
        Ok(self.database().read(rules::read).await?)
    }

    /// Keeps the history by `retention` from now on. A running engine lets go at once what is due.
    ///
    /// # Errors
    /// When the history cannot be written.
    pub async fn set_retention(&self, retention: Retention) -> Result<(), Error> {
        self.database()
            .write(move |db| rules::write(db, &retention))
            .await?;
        self.care().rules_changed.notify_one();
        Ok(())
    }

    /// What would go by `retention`; with `query`, of the captures that it lets through alone.
    ///
    /// # Errors
    /// When the query or the history cannot be read.
    pub async fn prune_preview(
        &self,
        retention: Retention,
        query: Option<String>,
    ) -> Result<PrunePreview, Error> {
        Ok(self.due(retention, query).await?.preview)
    }

    /// Lets go once what `retention` and `query` say, as [`Self::prune_preview`] tells. The answer
    /// is how many captures went.
    ///
    /// # Errors
    /// When neither says anything, the query cannot be read, or the history cannot be written. What
    /// has gone by then stays gone.
    pub async fn prune(&self, retention: Retention, query: Option<String>) -> Result<u64, Error> {
        if retention.is_off() && query.is_none() {
            return Err(CareError::NoRule.into());
        }
        let begun = self.begin(Work::Prune)?;
        let due = self.due(retention, query).await?;
        remove(self.database(), due, &begun, self.stored()).await
    }

    async fn due(&self, retention: Retention, query: Option<String>) -> Result<Due, Error> {
        let now_ms = self.now_ms();
        let filter = ListFilter {
            query,
            ..ListFilter::default()
        };
        let is_all = filter.query.is_none();
        let sought = Sought::new(filter, now_ms).map_err(Error::Query)?;
        let read = move |db: &sqlite::rusqlite::Connection| {
            if is_all {
                return rules::due(db, &retention, now_ms, None);
            }
            let mut among = Vec::new();
            search::seek(db, &sought, 0, false, |seq| {
                among.push(seq);
                true
            })?;
            rules::due(db, &retention, now_ms, Some(&among))
        };
        Ok(self.database().read(read).await?)
    }
}
