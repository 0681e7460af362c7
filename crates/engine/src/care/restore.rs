//! Another file in the history's place, while all goes on: in one transaction, so that a crash leaves
//! the one or the other, and never before the history of now lies beside it as a whole.
//!
//! What is this desktop's own stays: its pairing and its endpoints. Rules that let captures go are
//! switched off, for an old history would go at once.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sqlite::{
    OpenError, copy, open_read_only, open_to_write,
    rusqlite::{self, Connection},
};

use crate::{
    care::{
        Begun, CareError,
        backup::{checked, copied, sorted, stamp},
        blocking,
    },
    engine::{Engine, Error},
    store::{self, retention as rules},
    tunnel,
    view::{Restored, Work},
};

/// How often another program may write between the copy of now and the change before it is given up.
const ATTEMPTS: usize = 5;

impl Engine {
    /// Puts the history in the file `from` in the place of this one, which is kept in a file beside
    /// it. Other programs on the same folder may go on.
    ///
    /// # Errors
    /// When `from` is no whole history that this program can read, a file cannot be written, or
    /// [`Self::stop_work`] was called. The history is as it was.
    pub async fn restore(&self, from: &Path) -> Result<Restored, Error> {
        let begun = self.begin(Work::Restore)?;
        let live = self.database().path().to_owned();
        let (from, telling) = (from.to_owned(), begun.clone());
        let (live_, data) = (live.clone(), self.data().to_owned());
        let ready = blocking(move || {
            checked(&from)?;
            let ready = Ready::make(&from, &data, |done| telling.tell_part(0, 3, done))?;
            adopt(&ready.file, &live_).map_err(|error| sorted(&ready.file, &error))?;
            Ok(ready)
        })
        .await?;
        let kept = kept_beside(&live, self.now_ms());
        let (kept_, live_) = (kept.clone(), live.clone());
        let put = move |_: &Connection| Ok(put_in_place(&ready, &live_, &kept_, &begun));
        let is_retention_off = self.database().alone(put).await??;
        let captures = self.database().read(store::captures::count).await?;
        self.has_changed();
        Ok(Restored {
            captures,
            kept: kept.display().to_string(),
            is_retention_off,
        })
    }
}

/// Puts the history in the file `from` in the place of one in the folder `data` that cannot be
/// opened, whose files are kept under another name. `now_ms` is in milliseconds since the Unix epoch.
///
/// # Errors
/// When `from` is no whole history that this program can read, another program runs on the folder,
/// or a file cannot be moved.
pub fn restore_damaged(data: &Path, from: &Path, now_ms: i64) -> Result<Restored, Error> {
    if tunnel::is_held(data) {
        let folder = data.to_owned();
        return Err(CareError::InUse { folder }.into());
    }
    let found = checked(from)?;
    let ready = Ready::make(from, data, |_| true)?;
    let live = data.join("history.db");
    let kept = kept_beside(&live, now_ms);
    // The journal goes first: without its file nobody reads it, with another one it would do harm.
    for end in ["-wal", "-shm", ""] {
        let [old, new] = [&live, &kept].map(|path| beside(path, end));
        if old.exists() {
            fs::rename(&old, &new).map_err(|error| CareError::unwritable(&new, &error))?;
        }
    }
    fs::rename(&ready.file, &live).map_err(|error| CareError::unwritable(&live, &error))?;
    let db = open_to_write(&live).map_err(|error| sorted(&live, &error))?;
    let was_on = !rules::read(&db).map_err(sqlite::Error::from)?.is_off();
    let off = crate::view::Retention::default();
    rules::write(&db, &off).map_err(sqlite::Error::from)?;
    Ok(Restored {
        captures: found.captures,
        kept: kept.display().to_string(),
        is_retention_off: was_on,
    })
}

/// Where the history of now is kept.
fn kept_beside(live: &Path, now_ms: i64) -> PathBuf {
    let name = |more: &str| {
        let stamp = stamp(now_ms);
        live.with_file_name(format!("history-before-restore-{stamp}{more}.db"))
    };
    let numbered = (2..).map(|number| name(&format!("-{number}")));
    let mut names = std::iter::once(name("")).chain(numbered);
    names
        .find(|path| !path.exists())
        .expect("there are more names than files")
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// A copy of a history that has the schema of today. Dropped, it is removed.
pub(super) struct Ready {
    pub(super) file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Ready {
    /// Makes one of `from` in the folder `data`. `from` is not changed.
    pub(super) fn make(
        from: &Path,
        data: &Path,
        told: impl FnMut(sqlite::Done) -> bool,
    ) -> Result<Self, Error> {
        let made = tempfile::Builder::new()
            .prefix(".restore-")
            .tempdir_in(data);
        let folder = made.map_err(|error| CareError::unwritable(data, &error))?;
        let file = folder.path().join("history.db");
        copied(from, &file, told)?;
        let path = from.to_owned();
        drop(store::open_file(&file).map_err(|error| match error {
            OpenError::TooNew { found, known, .. } => CareError::TooNew { path, found, known },
            other => CareError::Damaged {
                path,
                reason: other.to_string(),
            },
        })?);
        Ok(Self {
            file,
            _folder: folder,
        })
    }
}

/// Gives the history in `ready` what is this desktop's own in `live`.
fn adopt(ready: &Path, live: &Path) -> rusqlite::Result<()> {
    let mut db = open_to_write(ready)?;
    db.execute("ATTACH ?1 AS live", [live.to_string_lossy()])?;
    let change = db.transaction()?;
    let is_paired = "SELECT count(*) > 0 FROM live.relay";
    if change.query_row(is_paired, (), |row| row.get::<_, bool>(0))? {
        for table in ["relay", "endpoints", "forwards"] {
            change.execute_batch(&format!(
                "DELETE FROM main.{table}; INSERT INTO main.{table} SELECT * FROM live.{table};"
            ))?;
        }
    }
    // Places go on behind both, so that whoever follows the history misses none that comes.
    change.execute_batch(
        "UPDATE main.revision SET number = 1 + (SELECT number FROM live.revision);
         UPDATE main.removals SET number = 1 + (SELECT number FROM live.removals);
         INSERT INTO main.sqlite_sequence (name, seq)
             SELECT 'captures', 0
             WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = 'captures');
         UPDATE main.sqlite_sequence SET seq = max(seq, coalesce(
             (SELECT seq FROM live.sqlite_sequence WHERE name = 'captures'), 0))
             WHERE name = 'captures';",
    )?;
    change.commit()?;
    db.execute("DETACH live", ())?;
    Ok(())
}

/// Keeps the history of now in `kept` and makes it the one in `ready`. Whether rules were switched
/// off. Nobody of this program writes meanwhile; where another one did, all begins anew.
fn put_in_place(ready: &Ready, live: &Path, kept: &Path, begun: &Begun) -> Result<bool, Error> {
    let failed = |error: rusqlite::Error| Error::from(sqlite::Error::from(error));
    let seen = open_read_only(live).map_err(failed)?;
    let version =
        |db: &Connection| db.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0));
    let new = open_to_write(&ready.file).map_err(failed)?;
    let was_on = !rules::read(&new).map_err(failed)?.is_off()
        || !rules::read(&seen).map_err(failed)?.is_off();
    rules::write(&new, &crate::view::Retention::default()).map_err(failed)?;
    drop(new);
    for _ in 0..ATTEMPTS {
        let before = version(&seen).map_err(failed)?;
        copied(live, kept, |done| begun.tell_part(1, 3, done))?;
        let from = open_read_only(&ready.file).map_err(failed)?;
        let mut to = open_to_write(live).map_err(failed)?;
        let mut has_changed = false;
        let mut locked = || {
            has_changed = version(&seen)? != before;
            Ok(!has_changed)
        };
        let mut told = |done| begun.tell_part(2, 3, done);
        let is_done = copy(&from, &mut to, &mut locked, &mut told);
        if matches!(is_done, Ok(true)) {
            return Ok(was_on);
        }
        // What was kept is of no use any more; that it stays is no further failure.
        let _ = fs::remove_file(kept);
        is_done.map_err(failed)?;
        if !has_changed {
            return Err(CareError::Stopped.into());
        }
    }
    Err(sqlite::Error::Busy.into())
}
