//! The history's file made as small as what it holds. SQLite writes it anew in one transaction; who
//! brings a capture meanwhile waits for that, and the capture is kept.

use std::{path::Path, time::Duration};

use sqlite::{
    Done,
    rusqlite::{self, Connection, ErrorCode},
};
use tokio::{sync::oneshot, time::interval};

use crate::{
    care::CareError,
    engine::{Engine, Error},
    store::retention as rules,
    view::{Compacted, Work},
};

/// How often it is looked how far it is.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl Engine {
    /// Gives the free bytes of the history's file back to the disk, which needs as much room again
    /// while it lasts.
    ///
    /// # Errors
    /// When the disk has too little room, another program writes all the time, or
    /// [`Self::stop_work`] was called. The history is as it was.
    pub async fn compact(&self) -> Result<Compacted, Error> {
        let begun = self.begin(Work::Compact)?;
        let path = self.database().path().to_owned();
        let before = disk_bytes(&path);
        let (used, _) = self.database().read(rules::bytes).await?;
        let (begins, has_begun) = oneshot::channel();
        let work = self.database().alone(move |db| {
            // Whoever asked may have gone.
            let _ = begins.send(db.get_interrupt_handle());
            vacuum(db)
        });
        let watched = async {
            // Without it the work has ended already.
            let Ok(interrupt) = has_begun.await else {
                return std::future::pending().await;
            };
            let mut look = interval(LOOK_EVERY);
            loop {
                look.tick().await;
                // What is written anew lies in the file beside it until all of it is there.
                let done = file_bytes(&path.with_extension("db-wal")).min(used);
                if !begun.tell(Done { done, total: used }) {
                    interrupt.interrupt();
                }
            }
        };
        let ended = tokio::select! {
            ended = work => ended,
            never = watched => never,
        };
        match ended {
            Err(sqlite::Error::Sql(error)) if is_interrupted(&error) => {
                return Err(CareError::Stopped.into());
            }
            ended => ended?,
        }
        let disk_bytes = disk_bytes(&path);
        self.has_changed();
        Ok(Compacted {
            disk_bytes,
            freed_bytes: before.saturating_sub(disk_bytes),
        })
    }
}

fn vacuum(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch("VACUUM")?;
    // The file becomes shorter when what lies beside it is taken in. Whoever reads just now makes
    // that happen later.
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()))
}

fn is_interrupted(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted)
}

/// Bytes of the history's files.
fn disk_bytes(path: &Path) -> u64 {
    file_bytes(path) + file_bytes(&path.with_extension("db-wal"))
}

fn file_bytes(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}
