//! Looks after the history as a whole: what is kept, backups, its file. One such work runs at a time
//! in a program, beside the road; arrivals go on. Start at [`Engine::history`].

mod backup;
mod compact;
mod merge;
mod restore;
pub(crate) mod retention;

#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sqlite::Done;
use tokio::sync::{Notify, broadcast};
use tokio_util::sync::CancellationToken;

pub use self::{backup::check_history, restore::restore_damaged};
use crate::{
    engine::{Engine, Error},
    store::retention as rules,
    view::{Event, HistoryView, Work, WorkProgress},
};

/// How often those who watch hear how far work is.
const TELL_EVERY: Duration = Duration::from_millis(80);

/// Why work on the history was not done. The history is as it was.
#[derive(Debug, thiserror::Error)]
pub enum CareError {
    /// Other work on it goes on.
    #[error("the history is being worked on already: try again when that has ended")]
    Working,
    /// It was asked to stop.
    #[error("stopped; the history is as it was")]
    Stopped,
    /// There is a file already.
    #[error("{path} is there already: choose another name")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file cannot be made or moved.
    #[error("cannot write {path}: {reason}")]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// What the system or SQLite says.
        reason: String,
    },
    /// A file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system or SQLite says.
        reason: String,
    },
    /// A file holds something else.
    #[error("{path} is no history of Tenterhook")]
    NotAHistory {
        /// The file.
        path: PathBuf,
    },
    /// A newer program wrote the file.
    #[error(
        "{path} has schema {found}, and this program knows only {known}: use the newer program that \
         wrote it"
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// A file is damaged.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// Another program uses the folder, and here that cannot be.
    #[error("another Tenterhook runs on {folder}: end it first")]
    InUse {
        /// The data folder.
        folder: PathBuf,
    },
    /// Nothing says which captures are to go.
    #[error("nothing says which captures are to go: name an age, a number, a size or a query")]
    NoRule,
}

impl CareError {
    /// A word for it, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Working => "care_working",
            Self::Stopped => "care_stopped",
            Self::Exists { .. } => "care_exists",
            Self::Unwritable { .. } => "care_unwritable",
            Self::Unreadable { .. } => "care_unreadable",
            Self::NotAHistory { .. } => "care_not_a_history",
            Self::TooNew { .. } => "care_too_new",
            Self::Damaged { .. } => "care_damaged",
            Self::InUse { .. } => "care_in_use",
            Self::NoRule => "care_no_rule",
        }
    }

    fn unwritable(path: &Path, reason: &impl ToString) -> Self {
        Self::Unwritable {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }

    fn unreadable(path: &Path, reason: &impl ToString) -> Self {
        Self::Unreadable {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}

/// What an engine remembers of it.
#[derive(Debug, Default)]
pub(crate) struct Care {
    /// Stops the work that goes on.
    stop: Mutex<Option<CancellationToken>>,
    /// What the history is kept by has changed.
    pub(crate) rules_changed: Notify,
}

impl Care {
    fn begin(
        self: &Arc<Self>,
        work: Work,
        events: &broadcast::Sender<Event>,
        stop: CancellationToken,
    ) -> Result<Begun, CareError> {
        let mut running = self.stop.lock().unwrap_or_else(PoisonError::into_inner);
        if running.is_some() {
            return Err(CareError::Working);
        }
        *running = Some(stop.clone());
        drop(running);
        let begun = Begun(Arc::new(Begin {
            care: Arc::clone(self),
            work,
            stop,
            events: events.clone(),
            told_at: Mutex::new(None),
        }));
        begun.tell(Done { done: 0, total: 0 });
        Ok(begun)
    }
}

/// Work that goes on, until the last clone is dropped.
#[derive(Clone)]
struct Begun(Arc<Begin>);

struct Begin {
    care: Arc<Care>,
    work: Work,
    stop: CancellationToken,
    events: broadcast::Sender<Event>,
    told_at: Mutex<Option<Instant>>,
}

impl Begun {
    /// Says how far it is. The answer is whether to go on.
    fn tell(&self, Done { done, total }: Done) -> bool {
        let mut told_at = self
            .0
            .told_at
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if told_at.is_none_or(|at| at.elapsed() >= TELL_EVERY) {
            *told_at = Some(Instant::now());
            let work = self.0.work;
            // Where nobody listens, nobody is to be told.
            let _ = self.0.events.send(Event::Working {
                progress: Some(WorkProgress { work, done, total }),
            });
        }
        !self.0.stop.is_cancelled()
    }

    /// As [`Self::tell`], for one of `parts` of the whole, of which `part` are done.
    fn tell_part(&self, part: u64, parts: u64, Done { done, total }: Done) -> bool {
        self.tell(Done {
            done: part * total + done,
            total: parts * total,
        })
    }
}

impl Drop for Begin {
    fn drop(&mut self) {
        let mut running = self
            .care
            .stop
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *running = None;
        // Where nobody listens, nobody is to be told.
        let _ = self.events.send(Event::Working { progress: None });
    }
}

impl Engine {
    /// The history, what it is kept by, and the backups beside it.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn history(&self) -> Result<HistoryView, Error> {
        let read = |db: &sqlite::rusqlite::Connection| Ok((rules::sizes(db)?, rules::read(db)?));
        let (sizes, retention) = self.database().read(read).await?;
        Ok(HistoryView {
            sizes,
            retention,
            next_backup: backup::next(self.data(), self.now_ms())
                .display()
                .to_string(),
            backups: backup::all(self.data()),
        })
    }

    /// Asks the work on the history that goes on to stop, if any does.
    pub fn stop_work(&self) {
        let running = self.care().stop.lock();
        if let Some(stop) = &*running.unwrap_or_else(PoisonError::into_inner) {
            stop.cancel();
        }
    }

    fn begin(&self, work: Work) -> Result<Begun, Error> {
        let stop = CancellationToken::new();
        Ok(self.care().begin(work, self.events(), stop)?)
    }
}

/// Runs `work` where it may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| sqlite::Error::Closed)?
}
