//! Sees the history change, whoever changed it: this engine, or another program on the same file.
//! From here, and from here alone, the faces hear of captures.

use std::{sync::Arc, time::Duration};

use sqlite::Database;
use tokio::{
    sync::{Notify, broadcast},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{store, view::Event};

/// How soon the changes of another program are seen.
const LOOK_EVERY: Duration = Duration::from_millis(400);

/// What is watched, and who is told.
pub(crate) struct Watched {
    pub(crate) database: Arc<Database>,
    /// Wakes the watch at once.
    pub(crate) stored: Arc<Notify>,
    /// Told when the pairing may be another.
    pub(crate) line_changed: Arc<Notify>,
    pub(crate) events: broadcast::Sender<Event>,
}

impl Watched {
    /// Tells what changed since `seen`, until `stop`.
    pub(crate) async fn run(self, mut seen: store::Mark, stop: CancellationToken) {
        loop {
            let wait = timeout(LOOK_EVERY, self.stored.notified());
            if stop.run_until_cancelled(wait).await.is_none() {
                return;
            }
            match self.database.read(store::mark).await {
                Ok(now) => {
                    self.tell(seen, now);
                    seen = now;
                }
                Err(error) => warn!("the history could not be read: {error}"),
            }
        }
    }

    fn tell(&self, seen: store::Mark, now: store::Mark) {
        // Where nobody listens, nobody is to be told.
        if now.seq > seen.seq {
            let count = u64::try_from(now.seq - seen.seq).unwrap_or(0);
            let _ = self.events.send(Event::Captured { count });
        }
        if now.removals != seen.removals {
            let _ = self.events.send(Event::Removed);
        }
        if now.marks != seen.marks {
            let _ = self.events.send(Event::Marked);
        }
        if now.revision != seen.revision {
            let _ = self.events.send(Event::Endpoints);
            self.line_changed.notify_one();
        }
    }
}
