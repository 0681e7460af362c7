//! The history in another file: made while all goes on, checked before it is trusted.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use sqlite::{
    copy_to_file, open_read_only,
    rusqlite::{self, Connection, ErrorCode},
};

use crate::{
    care::{CareError, blocking},
    engine::{Engine, Error},
    store,
    view::{BackupFile, HistoryFile, Work},
};

impl Engine {
    /// Copies the history, as it is at this moment, into the new file `to`, which only its owner
    /// may read. Until it is whole the file has another name.
    ///
    /// # Errors
    /// When there is a file already, it cannot be written, or [`Self::stop_work`] was called.
    pub async fn backup(&self, to: &Path) -> Result<HistoryFile, Error> {
        let begun = self.begin(Work::Backup)?;
        let (from, to) = (self.database().path().to_owned(), to.to_owned());
        blocking(move || {
            copied(&from, &to, |done| begun.tell(done))?;
            look_at(&to)
        })
        .await
    }

    /// Looks whether the file `path` is a whole history that this program can read, and what is in
    /// it. It is not changed.
    ///
    /// # Errors
    /// When it is not.
    pub async fn check_history(&self, path: &Path) -> Result<HistoryFile, Error> {
        let path = path.to_owned();
        blocking(move || checked(&path)).await
    }
}

/// Looks whether the file `path` is a whole history that this program can read, and what is in it.
/// It is not changed.
///
/// # Errors
/// When it is not.
pub fn check_history(path: &Path) -> Result<HistoryFile, Error> {
    checked(path)
}

/// Copies the database `from` into the new file `to`, by way of another name.
pub(super) fn copied(
    from: &Path,
    to: &Path,
    told: impl FnMut(sqlite::Done) -> bool,
) -> Result<(), Error> {
    let mut told = told;
    let is_there = || CareError::Exists {
        path: to.to_owned(),
    };
    if to.exists() {
        return Err(is_there().into());
    }
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).map_err(|error| CareError::unwritable(folder, &error))?;
    }
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    // What a crash left behind.
    for stale in [part.clone(), part.with_extension("part-journal")] {
        match fs::remove_file(&stale) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(CareError::unwritable(&stale, &error).into());
            }
            _ => {}
        }
    }
    match copy_to_file(from, &part, &mut told) {
        Ok(true) => {}
        Ok(false) => return Err(CareError::Stopped.into()),
        Err(error) => return Err(CareError::unwritable(to, &error).into()),
    }
    if to.exists() {
        // That it stays is no further failure.
        let _ = fs::remove_file(&part);
        return Err(is_there().into());
    }
    fs::rename(&part, to).map_err(|error| CareError::unwritable(to, &error))?;
    Ok(())
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// As [`look_at`], after the whole of the file was found to be sound.
pub(super) fn checked(path: &Path) -> Result<HistoryFile, Error> {
    let found = look_at(path)?;
    let db = open_read_only(path).map_err(|error| sorted(path, &error))?;
    let said: String = db
        .query_row("PRAGMA integrity_check(1)", (), |row| row.get(0))
        .map_err(|error| sorted(path, &error))?;
    if said == "ok" {
        return Ok(found);
    }
    Err(CareError::Damaged {
        path: path.to_owned(),
        reason: said,
    }
    .into())
}

/// What the file `path` holds, when it is a history of a version that is known.
fn look_at(path: &Path) -> Result<HistoryFile, Error> {
    let file = fs::metadata(path).map_err(|error| CareError::unreadable(path, &error))?;
    let read = || -> rusqlite::Result<_> {
        let db = open_read_only(path)?;
        let schema: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let is_history = schema > 0 && has_tables(&db)?;
        if !is_history || schema > store::schema() {
            return Ok((schema, is_history, None));
        }
        let sql = "SELECT count(*), min(received_at_ms), max(received_at_ms) FROM captures";
        let of_captures = db.query_row(sql, (), |row| {
            Ok((row.get::<_, u64>(0)?, row.get(1)?, row.get(2)?))
        })?;
        Ok((schema, is_history, Some(of_captures)))
    };
    let path = path.to_owned();
    match read().map_err(|error| sorted(&path, &error))? {
        (_, false, _) => Err(CareError::NotAHistory { path }.into()),
        (found, true, None) => {
            let known = store::schema();
            Err(CareError::TooNew { path, found, known }.into())
        }
        (schema, true, Some((captures, oldest_at_ms, newest_at_ms))) => Ok(HistoryFile {
            path: path.display().to_string(),
            bytes: file.len(),
            captures,
            oldest_at_ms,
            newest_at_ms,
            schema,
        }),
    }
}

fn has_tables(db: &Connection) -> rusqlite::Result<bool> {
    let sql = "SELECT count(*) = 2 FROM sqlite_schema
               WHERE type = 'table' AND name IN ('captures', 'contents')";
    db.query_row(sql, (), |row| row.get(0))
}

pub(super) fn sorted(path: &Path, error: &rusqlite::Error) -> CareError {
    let owned = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => CareError::NotAHistory { path: owned },
        Some(ErrorCode::DatabaseCorrupt) => CareError::Damaged {
            path: owned,
            reason: error.to_string(),
        },
        _ => CareError::unreadable(path, error),
    }
}

/// Where a backup made at `now_ms` would lie, in the folder `data`.
pub(super) fn next(data: &Path, now_ms: i64) -> PathBuf {
    folder(data).join(format!("history-{}.db", stamp(now_ms)))
}

/// `now_ms` by this computer's clock, for the name of a file.
pub(super) fn stamp(now_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(now_ms).unwrap_or_default();
    let at = at.to_zoned(jiff::tz::TimeZone::system());
    at.strftime("%Y-%m-%d-%H%M%S").to_string()
}

fn folder(data: &Path) -> PathBuf {
    data.join("backups")
}

/// The backups in the folder `data`, the newest first.
pub(super) fn all(data: &Path) -> Vec<BackupFile> {
    let Ok(entries) = fs::read_dir(folder(data)) else {
        return Vec::new();
    };
    let backup = |entry: fs::DirEntry| {
        let (path, file) = (entry.path(), entry.metadata().ok()?);
        let is_backup = file.is_file() && path.extension().is_some_and(|end| end == "db");
        let made = file.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
        is_backup.then(|| BackupFile {
            path: path.display().to_string(),
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: file.len(),
            made_at_ms: i64::try_from(made.as_millis()).unwrap_or(i64::MAX),
        })
    };
    let mut all: Vec<_> = entries.filter_map(|entry| backup(entry.ok()?)).collect();
    all.sort_by(|a, b| (b.made_at_ms, &b.name).cmp(&(a.made_at_ms, &a.name)));
    all
}
