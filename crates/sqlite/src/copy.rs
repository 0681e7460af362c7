//! Whole files copied, page by page, while others use them. Start at [`copy`].

use std::{fs, path::Path};

use rusqlite::{
    Connection, Error as SqlError,
    backup::{Backup, StepResult},
    ffi,
};

use crate::open::open_read_only;

/// Pages copied between two looks at whether to go on.
const PAGES: i32 = 512;

/// How far work on a file is, in any unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Done {
    /// So much is done.
    pub done: u64,
    /// So much there is to do.
    pub total: u64,
}

/// Makes the database that `to` has open one with all that is in `from`, in one transaction: whoever
/// reads sees all of it or nothing, also after a crash. `from` is read as it is now, whatever is
/// written to it meanwhile. `locked` is called once when nobody else can write to the copy any more,
/// `told` after each piece; either stops it by saying false, and then nothing was changed.
///
/// The answer is whether it was done.
///
/// # Errors
/// When either file cannot be used, is held by another program, or their pages differ in size.
pub fn copy(
    from: &Connection,
    to: &mut Connection,
    locked: &mut dyn FnMut() -> rusqlite::Result<bool>,
    told: &mut dyn FnMut(Done) -> bool,
) -> rusqlite::Result<bool> {
    // Without a transaction of its own the copy would begin anew with each change.
    let snapshot = from.unchecked_transaction()?;
    let _: i64 = snapshot.query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))?;
    let backup = Backup::new(&snapshot, to)?;
    check(backup.step(0)?)?;
    if !locked()? {
        return Ok(false);
    }
    loop {
        let is_done = check(backup.step(PAGES)?)?;
        let progress = backup.progress();
        let number = |count: i32| u64::try_from(count).unwrap_or(0);
        let total = number(progress.pagecount);
        let done = total.saturating_sub(number(progress.remaining));
        if is_done {
            told(Done { done, total });
            return Ok(true);
        }
        if !told(Done { done, total }) {
            return Ok(false);
        }
    }
}

/// Copies the database at `from` into a new file, one file that needs no others beside it, which its
/// owner alone may read. What stopped half-way or failed leaves no file.
///
/// # Errors
/// When `from` cannot be read, or `to` is there already or cannot be written.
pub fn copy_to_file(
    from: &Path,
    to: &Path,
    told: &mut dyn FnMut(Done) -> bool,
) -> rusqlite::Result<bool> {
    let from = open_read_only(from)?;
    make_new(to).map_err(|error| cannot_open(&error))?;
    let copied = fill(&from, to, told);
    if !matches!(copied, Ok(true)) {
        // A half of it is of no use; that it stays is no further failure.
        let _ = fs::remove_file(to);
    }
    copied
}

fn fill(
    from: &Connection,
    to: &Path,
    told: &mut dyn FnMut(Done) -> bool,
) -> rusqlite::Result<bool> {
    let mut target = Connection::open(to)?;
    // Until it is whole nobody needs it, so nothing is to be undone in it.
    target.pragma_update(None, "journal_mode", "MEMORY")?;
    target.pragma_update(None, "synchronous", "OFF")?;
    let is_whole = copy(from, &mut target, &mut || Ok(true), told)?;
    drop(target);
    if is_whole {
        // The copied file says that it has a journal beside it.
        let target = Connection::open(to)?;
        target.pragma_update(None, "journal_mode", "DELETE")?;
        drop(target);
        fs::File::open(to)
            .and_then(|file| file.sync_all())
            .map_err(|error| cannot_open(&error))?;
    }
    Ok(is_whole)
}

fn make_new(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn check(step: StepResult) -> rusqlite::Result<bool> {
    match step {
        StepResult::Done => Ok(true),
        StepResult::More => Ok(false),
        StepResult::Locked => Err(failure(ffi::SQLITE_LOCKED, None)),
        _ => Err(failure(ffi::SQLITE_BUSY, None)),
    }
}

fn cannot_open(error: &std::io::Error) -> SqlError {
    let code = if error.kind() == std::io::ErrorKind::StorageFull {
        ffi::SQLITE_FULL
    } else {
        ffi::SQLITE_CANTOPEN
    };
    failure(code, Some(error.to_string()))
}

fn failure(code: i32, message: Option<String>) -> SqlError {
    SqlError::SqliteFailure(ffi::Error::new(code), message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::{open, open_to_write};

    const SCHEMA: &[&str] = &["CREATE TABLE a (x INTEGER, y BLOB) STRICT;"];

    fn filled(path: &Path, rows: i64) -> Connection {
        let db = open(path, SCHEMA).unwrap();
        for x in 0..rows {
            db.execute("INSERT INTO a VALUES (?1, zeroblob(9000))", [x])
                .unwrap();
        }
        db
    }

    fn count(path: &Path) -> i64 {
        let db = open_read_only(path).unwrap();
        db.query_row("SELECT count(*) FROM a", (), |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn a_copy_is_of_one_moment_whatever_is_written_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["a.db", "b.db"].map(|name| folder.path().join(name));
        let writer = filled(&one, 900);
        let mut pieces = 0;
        let whole = copy_to_file(&one, &two, &mut |done| {
            writer
                .execute("INSERT INTO a VALUES (0, zeroblob(9000))", ())
                .unwrap();
            pieces += 1;
            assert!(done.done <= done.total && done.total > 900);
            true
        });
        assert!(whole.unwrap() && pieces > 1);
        assert_eq!((count(&two), count(&one)), (900, 900 + pieces));
        assert!(!folder.path().join("b.db-wal").exists());
    }

    #[test]
    fn what_is_stopped_leaves_no_file_and_what_is_there_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["a.db", "b.db"].map(|name| folder.path().join(name));
        drop(filled(&one, 900));
        assert!(!copy_to_file(&one, &two, &mut |_| false).unwrap());
        assert!(!two.exists());
        fs::write(&two, "mine").unwrap();
        copy_to_file(&one, &two, &mut |_| true).unwrap_err();
        assert_eq!(fs::read(&two).unwrap(), b"mine");
    }

    #[test]
    fn a_file_in_use_becomes_the_other_at_once_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = ["a.db", "b.db"].map(|name| folder.path().join(name));
        drop(filled(&one, 900));
        let user = filled(&two, 7);
        let from = open_read_only(&one).unwrap();
        let mut to = open_to_write(&two).unwrap();
        let stopped = copy(&from, &mut to, &mut || Ok(true), &mut |_| false);
        assert!(!stopped.unwrap());
        assert_eq!(count(&two), 7);
        let seen = |db: &Connection| {
            db.query_row("SELECT count(*) FROM a", (), |row| row.get::<_, i64>(0))
                .unwrap()
        };
        let locked = &mut || {
            // Nobody else writes any more.
            user.busy_timeout(std::time::Duration::ZERO)?;
            assert!(user.execute("DELETE FROM a", ()).is_err());
            Ok(true)
        };
        let whole = copy(&from, &mut to, locked, &mut |_| {
            assert!([7, 900].contains(&seen(&user)));
            true
        });
        assert!(whole.unwrap());
        assert_eq!(seen(&user), 900);
        user.execute("DELETE FROM a", ()).unwrap();
    }
}
