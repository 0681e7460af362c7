//! The only place that starts programs: arguments, never a shell line; each in a process group of its
//! own that ends as a whole. Start at [`Runner::run`].

mod output;
pub(crate) mod plan;
mod process;
mod search;

use std::{
    ffi::OsString,
    io,
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::Bytes;
use subprocess::ExitStatus;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::runner::{output::Kept, process::Group};
pub use search::{SearchError, find};

/// Starts programs, so many at one time. Clones are the same runner.
#[derive(Debug, Clone)]
pub struct Runner {
    permits: Arc<Semaphore>,
    stop: CancellationToken,
}

/// A program to be run, with all that it is given.
#[derive(Debug, Clone, Default)]
pub struct Job {
    /// The file to execute; see [`find`].
    pub program: PathBuf,
    /// What the program is called with, its own name first. No shell reads this.
    pub arguments: Vec<OsString>,
    /// Comes after this process's own environment, in this order; of one name the last counts.
    pub environment: Vec<(OsString, OsString)>,
    /// Where it runs; none for this process's own folder.
    pub folder: Option<PathBuf>,
    /// What it reads; when empty its input is closed.
    pub input: Bytes,
    /// How long it may take; none for ever.
    pub timeout: Option<Duration>,
    /// How many bytes of its output and errors are kept. The rest is read and counted.
    pub keep_bytes: usize,
    /// Where what is kept can be seen while it runs.
    pub seen: Seen,
}

/// What a program has written so far.
pub type Seen = Arc<Mutex<Vec<u8>>>;

/// What became of a program that was started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// How it ended.
    pub how: How,
    /// What it wrote to its output and its errors, as it came, up to [`Job::keep_bytes`].
    pub output: Vec<u8>,
    /// How many bytes it wrote beyond that.
    pub lost_bytes: u64,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// By itself, or by a signal from elsewhere.
    Exited(ExitStatus),
    /// Killed with its whole group: its time was over.
    TimedOut,
    /// Killed with its whole group: the runner was stopped.
    Stopped,
}

impl How {
    /// Whether it left with status 0.
    #[must_use]
    pub fn is_success(self) -> bool {
        matches!(self, Self::Exited(status) if status.success())
    }
}

impl std::fmt::Display for How {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exited(status) => match (status.code(), status.signal()) {
                (Some(code), _) => write!(f, "exit status {code}"),
                (None, Some(signal)) => write!(f, "killed by signal {signal}"),
                (None, None) => f.write_str("nobody knows how it ended"),
            },
            Self::TimedOut => f.write_str("killed: its time was over"),
            Self::Stopped => f.write_str("killed: the runner was stopped"),
        }
    }
}

/// Why a program was not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The system refused to start it.
    #[error("cannot start {}: {source}", program.display())]
    Start {
        /// The file.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was started, and nothing more is known of it.
    #[error("lost sight of {}: {source}", program.display())]
    Lost {
        /// The file.
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The runner was stopped before its turn came.
    #[error("the runner was stopped before the program's turn came")]
    Stopped,
}

impl Runner {
    /// A runner of at most `at_once` programs; further ones wait for their turn.
    #[must_use]
    pub fn new(at_once: usize) -> Self {
        Self {
            permits: Arc::new(Semaphore::new(at_once)),
            stop: CancellationToken::new(),
        }
    }

    /// Kills what runs, group by group, and starts nothing more. Whoever called [`Self::run`] hears
    /// of it there. What a program left running when it ended is left alone.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Runs a program to its end, and until nobody writes to its output any more: what it left
    /// running may be writing still.
    ///
    /// Dropped before the program has ended, it is killed with its whole group.
    ///
    /// # Errors
    /// When it cannot be started. A program that fails is no error.
    pub async fn run(&self, job: Job) -> Result<Ended, RunError> {
        let turn = self.permits.acquire();
        let Some(Ok(permit)) = self.stop.run_until_cancelled(turn).await else {
            return Err(RunError::Stopped);
        };
        // Its turn may have come just because the one before was stopped.
        if self.stop.is_cancelled() {
            return Err(RunError::Stopped);
        }
        let (program, timeout, mut kept) = (
            job.program.clone(),
            job.timeout,
            Kept::new(job.keep_bytes, Arc::clone(&job.seen)),
        );
        let (mut group, mut output) = match Group::start(job).await {
            Ok(started) => started,
            Err(source) => return Err(RunError::Start { program, source }),
        };
        let by_itself = async {
            let exited = async {
                let status = group.wait().await;
                // What it left running takes nobody's turn.
                drop(permit);
                status
            };
            let (status, ()) = tokio::join!(exited, kept.fill_from(&mut output));
            status
        };
        let ended = tokio::select! {
            status = by_itself => status.map(How::Exited),
            how = self.cut(timeout) => match (how, group.status()) {
                // What it left running is not the runner's, and its output has lasted long enough.
                (How::Stopped, Some(status)) => Ok(How::Exited(status)),
                _ => group.end().await.map(|()| how),
            },
        };
        let how = ended.map_err(|source| RunError::Lost { program, source })?;
        let (output, lost_bytes) = kept.into_parts();
        Ok(Ended {
            how,
            output,
            lost_bytes,
        })
    }

    /// Waits until a program has to be ended.
    async fn cut(&self, timeout: Option<Duration>) -> How {
        let over = async {
            match timeout {
                Some(timeout) => tokio::time::sleep(timeout).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = over => How::TimedOut,
            () = self.stop.cancelled() => How::Stopped,
        }
    }
}
