//! Tasks with an owner: whoever starts them can ask them to stop and wait until they have. The
//! only place that spawns.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, warn};

/// The tasks of one owner. Dropped, it ends those that have not ended.
#[derive(Debug, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    /// Asks them to end.
    stop: CancellationToken,
    /// Ends them where they stand.
    end: CancellationToken,
    running: Arc<Running>,
}

impl Tasks {
    /// An owner without tasks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts the future that `task` makes. It is to end soon after the token that it is handed is
    /// cancelled; `name` stands in the log when it does not.
    pub fn spawn<Work, Ending>(&self, name: &'static str, task: Work)
    where
        Work: FnOnce(CancellationToken) -> Ending,
        Ending: Future<Output = ()> + Send + 'static,
    {
        let entry = Running::enter(&self.running, name);
        // Each layer around a future would hold its size once more: ten thousand tasks feel it.
        let (work, end) = (Box::pin(task(self.stop.clone())), self.end.clone());
        let whole = async move {
            let _entry = entry;
            end.run_until_cancelled_owned(work).await;
        };
        #[expect(
            clippy::disallowed_methods,
            reason = "the owner on which all others spawn"
        )]
        tokio::spawn(self.tracker.track_future(whole));
    }

    /// A token that is cancelled when these tasks are asked to stop; cancelling it stops none.
    #[must_use]
    pub fn token(&self) -> CancellationToken {
        self.stop.child_token()
    }

    /// Asks all tasks to stop and waits for them, at most for `patience`. Those that have not ended
    /// by then are named in the log and ended where they stand.
    pub async fn stop(&self, patience: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(patience, self.tracker.wait())
            .await
            .is_ok()
        {
            return;
        }
        for (task, count) in &*self.running.lock() {
            warn!(
                task,
                count, "ended {count} `{task}` that did not stop within {patience:?}"
            );
        }
        self.end.cancel();
        self.tracker.wait().await;
    }
}

impl Drop for Tasks {
    fn drop(&mut self) {
        self.stop.cancel();
        self.end.cancel();
    }
}

/// How many tasks of each name have not ended.
#[derive(Debug, Default)]
struct Running(Mutex<BTreeMap<&'static str, usize>>);

impl Running {
    fn enter(running: &Arc<Self>, name: &'static str) -> Entry {
        *running.lock().entry(name).or_default() += 1;
        Entry {
            name,
            running: Arc::clone(running),
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A task's place in [`Running`], given up when it ends in whatever way.
struct Entry {
    name: &'static str,
    running: Arc<Running>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut running = self.running.lock();
        if let Some(count) = running.get_mut(self.name) {
            *count -= 1;
            if *count == 0 {
                running.remove(self.name);
            }
        }
        if thread::panicking() {
            error!(task = self.name, "`{}` panicked", self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn asks_and_then_waits() {
        let tasks = Tasks::new();
        let (ended, mut has_ended) = oneshot::channel();
        tasks.spawn("polite", |stop| async move {
            stop.cancelled().await;
            tokio::task::yield_now().await;
            ended.send(()).unwrap();
        });
        tasks.stop(LONG).await;
        assert_eq!(has_ended.try_recv(), Ok(()));
    }

    #[tokio::test]
    async fn ends_what_does_not_stop() {
        let tasks = Tasks::new();
        let (held, released) = oneshot::channel::<()>();
        tasks.spawn("stubborn", |_| async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        tasks.stop(Duration::ZERO).await;
        assert!(
            released.await.is_err(),
            "what the task held was dropped with it"
        );
        assert!(tasks.running.lock().is_empty());
    }

    #[tokio::test]
    async fn a_panic_ends_one_task_only() {
        let tasks = Tasks::new();
        tasks.spawn("broken", |_| async { panic!("as this test wants") });
        tasks.spawn("polite", |stop| async move { stop.cancelled().await });
        tasks.stop(LONG).await;
        assert!(tasks.running.lock().is_empty());
    }

    #[tokio::test]
    async fn leaves_nothing_behind_when_dropped() {
        let tasks = Tasks::new();
        let (held, released) = oneshot::channel::<()>();
        tasks.spawn("orphan", |_| async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        drop(tasks);
        assert!(released.await.is_err());
    }

    #[tokio::test]
    async fn its_token_hears_the_stop_and_cannot_cause_it() {
        let tasks = Tasks::new();
        tasks.token().cancel();
        let token = tasks.token();
        assert!(!token.is_cancelled());
        tasks.stop(LONG).await;
        assert!(token.is_cancelled());
    }
}
