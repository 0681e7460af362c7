//! The verbs of a person on captures in the list: pin, note, delete, undo; and the end of what was
//! deleted. Start at [`Engine::mark`].

use std::{sync::Arc, time::Duration};

use sqlite::Database;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::{
    Clock,
    engine::{Engine, Error},
    store::marks,
    view::{MarkChange, MendedList},
};

/// So long a deletion can be undone.
const UNDO_WITHIN_MS: i64 = 60_000;
/// How often it is looked for what can be removed for good.
const LOOK_EVERY: Duration = Duration::from_secs(15);
/// Captures removed in one go, while arrivals wait for their turn to be stored.
const AT_ONCE: usize = 256;
/// A note may have so many characters; what is beyond is left out.
const NOTE_CHARS: usize = 2_000;

impl Engine {
    /// Does `change` to the captures at the places `seqs`: to all of them in one transaction. The
    /// answer is how many were changed by it.
    ///
    /// # Errors
    /// When the history cannot be written; then nothing is changed.
    pub async fn mark(&self, seqs: Vec<i64>, change: MarkChange) -> Result<usize, Error> {
        let now_ms = self.now_ms();
        let write = self.database().write(move |db| match change {
            MarkChange::Pin { is_pinned } => marks::pin(db, &seqs, is_pinned),
            MarkChange::Note { text } => {
                let text: String = text.trim().chars().take(NOTE_CHARS).collect();
                marks::note(
                    db,
                    &seqs,
                    Some(text.as_str()).filter(|text| !text.is_empty()),
                )
            }
            MarkChange::Delete => marks::delete(db, &seqs, now_ms),
            MarkChange::Restore => marks::restore(db, &seqs),
        });
        let changed = write.await?;
        self.has_changed();
        Ok(changed)
    }

    /// Makes the list right again after captures were marked, and says where the captures at
    /// `positions` are now. Until then it is as it was, so that its positions hold.
    ///
    /// # Errors
    /// When the list is closed or the history cannot be read.
    pub async fn mend_list(&self, list: u32, positions: &[usize]) -> Result<MendedList, Error> {
        let mended = self.lists().mend(self.database(), list, positions).await?;
        mended.ok_or(Error::NoList(list))
    }

    /// The places in the history of the captures of a list, from position `from` on.
    ///
    /// # Errors
    /// When the list is closed.
    pub fn list_seqs(&self, list: u32, from: usize, count: usize) -> Result<Vec<i64>, Error> {
        let seqs = self.lists().seqs(list, from, count);
        seqs.ok_or(Error::NoList(list))
    }

    /// The position in a list of the capture at the place `seq`, if it is in it.
    #[must_use]
    pub fn list_position(&self, list: u32, seq: i64) -> Option<usize> {
        self.lists().position(list, seq)
    }
}

/// Removes for good what was deleted long enough ago: now, and again and again until `stop`.
pub(crate) async fn finish(database: Arc<Database>, clock: Clock, stop: CancellationToken) {
    loop {
        let before_ms = clock() - UNDO_WITHIN_MS;
        let remove = move |db: &_| marks::remove_deleted(db, before_ms, AT_ONCE);
        let wait = match database.write(remove).await {
            Ok(AT_ONCE) => Duration::ZERO,
            Ok(_) => LOOK_EVERY,
            Err(error) => {
                warn!("what was deleted could not be removed: {error}");
                LOOK_EVERY
            }
        };
        let wait = tokio::time::sleep(wait);
        if stop.run_until_cancelled(wait).await.is_none() {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
