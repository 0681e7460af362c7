//! Whether its user looks at the window, and what has come since.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use engine::Engine;
use tokio::sync::Notify;

/// All that there is, wherever it ends.
const EVERYTHING: i64 = i64::MAX;

/// Whether the window has the focus, and up to where its user has seen the history.
#[derive(Debug, Default)]
pub(crate) struct Attention {
    has_focus: AtomicBool,
    /// The newest place when the focus came or went last, once it was looked up.
    seen: AtomicI64,
    changed: Notify,
    is_asked: AtomicBool,
}

impl Attention {
    /// Everything up to the place `newest` has been seen.
    pub(crate) fn new(newest: i64) -> Self {
        Self {
            seen: AtomicI64::new(newest),
            ..Self::default()
        }
    }

    /// Whether the window has the focus.
    pub(crate) fn has_focus(&self) -> bool {
        self.has_focus.load(Ordering::Relaxed)
    }

    /// The focus came or went; what has come until now is seen. Whether that is news: some desktops
    /// say it twice.
    pub(crate) fn focus(&self, has_focus: bool) -> bool {
        if self.has_focus.swap(has_focus, Ordering::Relaxed) == has_focus {
            return false;
        }
        self.seen.store(EVERYTHING, Ordering::Relaxed);
        self.changed.notify_one();
        true
    }

    /// Looks up what is the newest now, so that what comes from now on is unread.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub(crate) async fn settle(&self, engine: &Engine) -> Result<(), engine::Error> {
        let newest = engine.newest().await?;
        // A focus that came or went since then looks by itself.
        let _ =
            self.seen
                .compare_exchange(EVERYTHING, newest, Ordering::Relaxed, Ordering::Relaxed);
        Ok(())
    }

    /// Captures that came while nobody looked.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub(crate) async fn unread(&self, engine: &Engine) -> Result<u64, engine::Error> {
        let seen = self.seen.load(Ordering::Relaxed);
        if self.has_focus() || seen == EVERYTHING {
            self.seen.store(engine.newest().await?, Ordering::Relaxed);
            return Ok(0);
        }
        engine.count_after(seen).await
    }

    /// Returns once the focus has come or gone.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Its user is, or is no longer, being asked what closing is to do; the answer is how it was.
    pub(crate) fn ask(&self, is_asked: bool) -> bool {
        self.is_asked.swap(is_asked, Ordering::Relaxed)
    }
}
