//! Hot reload: files are looked at, again and again. Looking sees what no notification tells of: a
//! file renamed over another, a link that is swapped, a folder that is mounted. Start at [`watch`].

use std::{
    fs,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

use crate::serve::{ServeError, hooks::Hooks, log::Log};

/// Between two looks. One costs a few microseconds a file.
const PACE: Duration = Duration::from_millis(50);

/// What tells one state of a file from the next; none while it is not there.
type Stamp = Option<(u64, u64, u64, SystemTime)>;

/// A file as it is watched.
struct Watched {
    path: String,
    /// As it was when its hooks were read.
    read: Stamp,
    /// As it was at the last look.
    seen: Stamp,
}

/// Follows the files of `hooks` for ever.
///
/// The answer is that the last hooks are gone, unless that is all right.
pub(super) async fn watch(
    hooks: &Arc<Hooks>,
    is_content_without_hooks: bool,
    log: &Log,
) -> ServeError {
    let mut files: Vec<_> = hooks.paths().into_iter().map(Watched::new).collect();
    for file in &files {
        let path = &file.path;
        log.line(&format!("setting up file watcher for {path}"));
    }
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pace.tick().await;
        let looking = {
            let (hooks, log) = (Arc::clone(hooks), log.clone());
            move || {
                let mut is_one_gone = false;
                for file in &mut files {
                    is_one_gone |= file.look(&hooks, &log);
                }
                (files, is_one_gone)
            }
        };
        let is_one_gone;
        (files, is_one_gone) = match spawn_blocking(looking).await {
            Ok(looked) => looked,
            Err(error) => {
                log.line(&format!("watcher error: {error}"));
                let paths = hooks.paths().into_iter();
                (paths.map(Watched::new).collect(), false)
            }
        };
        // A file that was emptied is its owner's will, and may be filled again.
        if is_one_gone && !is_content_without_hooks && hooks.count() == 0 {
            return ServeError::NoHooks { is_start: false };
        }
    }
}

impl Watched {
    fn new(path: String) -> Self {
        let stamp = stamp(&path);
        Self {
            path,
            read: stamp,
            seen: stamp,
        }
    }

    /// Reads the file again if it has changed and was left in peace since the last look: one that
    /// is just being written is not to be caught half done. The answer is whether it is gone.
    fn look(&mut self, hooks: &Hooks, log: &Log) -> bool {
        let now = stamp(&self.path);
        let is_settled = now == std::mem::replace(&mut self.seen, now);
        if now == self.read || !is_settled {
            return false;
        }
        self.read = now;
        let path = &self.path;
        if now.is_some() {
            log.line(&format!("hooks file {path} modified"));
            hooks.reload(path);
        } else {
            log.line(&format!(
                "hooks file {path} removed, removing hooks that were loaded from it until it is back"
            ));
            hooks.remove(path);
        }
        now.is_none()
    }
}

fn stamp(path: &str) -> Stamp {
    let metadata = fs::metadata(path).ok()?;
    let (device, number) = identity(&metadata);
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    Some((device, number, metadata.len(), modified))
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;

    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &fs::Metadata) -> (u64, u64) {
    (0, 0)
}
