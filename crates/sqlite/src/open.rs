//! Opening a file: made private, checked, migrated in one transaction with its version mark.

use std::{
    fs::{self, OpenOptions},
    path::Path,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior, config::DbConfig};
use tracing::info;

use crate::error::OpenError;

/// How long one program waits for another that writes the same file.
const BUSY_LIMIT: Duration = Duration::from_secs(5);

pub(crate) fn open(path: &Path, migrations: &[&str]) -> Result<Connection, OpenError> {
    let unusable = |reason: &dyn std::fmt::Display| OpenError::Unusable {
        path: path.to_owned(),
        reason: reason.to_string(),
    };
    make_private(path).map_err(|error| unusable(&error))?;
    let sorted = |error: rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => OpenError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        },
        _ => unusable(&error),
    };
    let mut connection = Connection::open(path).map_err(sorted)?;
    configure(&connection).map_err(sorted)?;
    migrate(&mut connection, path, migrations).map_err(|error| match error {
        Stop::Sql(error) => sorted(error),
        Stop::Told(error) => error,
    })?;
    Ok(connection)
}

/// Opens an existing file for reading alone.
///
/// # Errors
/// When the file is not there or is no database.
pub fn open_read_only(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(path, flags)?;
    configure_any(&connection)?;
    Ok(connection)
}

/// Opens an existing file to write to it, whatever its schema.
///
/// # Errors
/// When the file is not there or is no database.
pub fn open_to_write(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    configure(&connection)?;
    Ok(connection)
}

/// Makes an empty file that only its owner may read; SQLite gives its side files the same mode.
fn make_private(path: &Path) -> std::io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        make_private_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.sync_all()?;
    // A new name in a folder is durable only once the folder is.
    #[cfg(unix)]
    fs::File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What reading and writing want alike.
fn configure_any(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_LIMIT)?;
    connection.set_prepared_statement_cache_capacity(64);
    // The plan of a statement does not look at what is bound to it. Otherwise each new value of a
    // `LIMIT ?` has the statement parsed and planned anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    configure_any(connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a commit is on the disk before anyone is told of it. The two below say the same to
    // macOS, where fsync alone does not.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(())
}

enum Stop {
    Sql(rusqlite::Error),
    Told(OpenError),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

fn migrate(connection: &mut Connection, path: &Path, migrations: &[&str]) -> Result<(), Stop> {
    let known = i64::try_from(migrations.len()).expect("migrations are few");
    let version = |connection: &Connection| {
        connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0))
    };
    let found = version(connection)?;
    if found > known {
        return Err(Stop::Told(OpenError::TooNew {
            path: path.to_owned(),
            found,
            known,
        }));
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        let copy = path.with_extension(format!("before-{known}.db"));
        connection.backup("main", &copy, None::<fn(rusqlite::backup::Progress)>)?;
        info!(%found, %known, "kept a copy of the database as {}", copy.display());
    }
    // Another program may be migrating the same file: the version is read again under the lock.
    let change = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&change)?;
    let from = usize::try_from(found).unwrap_or(0);
    for (at, sql) in migrations.iter().enumerate().skip(from) {
        change.execute_batch(sql).map_err(|source| {
            let to = i64::try_from(at + 1).expect("migrations are few");
            Stop::Told(OpenError::Migration {
                path: path.to_owned(),
                to,
                source,
            })
        })?;
    }
    change.pragma_update(None, "user_version", known.max(found))?;
    change.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER) STRICT;";

    fn check(error: &OpenError, want: &str) {
        assert!(error.to_string().contains(want), "{error}");
    }

    #[test]
    fn refuses_a_newer_file_and_leaves_it_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(open(&path, &[FIRST, "CREATE TABLE b (y INTEGER) STRICT;"]).unwrap());
        let before = fs::read(&path).unwrap();
        check(
            &open(&path, &[FIRST]).unwrap_err(),
            "has schema 2, and this program knows only 1",
        );
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn keeps_a_copy_before_it_migrates() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        open(&path, &[FIRST])
            .unwrap()
            .execute("INSERT INTO a VALUES (7)", ())
            .unwrap();
        drop(open(&path, &[FIRST, "ALTER TABLE a ADD y TEXT;"]).unwrap());
        let copy = open_read_only(&folder.path().join("a.before-2.db")).unwrap();
        let x: i64 = copy
            .query_row("SELECT x FROM a", (), |row| row.get(0))
            .unwrap();
        assert_eq!(x, 7);
    }

    #[test]
    fn a_statement_is_planned_once_whatever_is_bound_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let writes = open(&path, &[FIRST]).unwrap();
        let reads = open_read_only(&path).unwrap();
        for connection in [&writes, &reads] {
            let mut select = connection.prepare("SELECT x FROM a LIMIT ?1").unwrap();
            for limit in 1..20 {
                assert_eq!(select.query_map([limit], |_| Ok(())).unwrap().count(), 0);
            }
            assert_eq!(select.get_status(StatementStatus::RePrepare), 0);
        }
    }

    #[test]
    fn a_failed_migration_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        drop(open(&path, &[FIRST]).unwrap());
        check(
            &open(&path, &[FIRST, "CREATE TABLE b (y INTEGER); nonsense;"]).unwrap_err(),
            "to schema 2",
        );
        drop(open(&path, &[FIRST]).unwrap());
    }

    #[test]
    fn tells_a_file_that_is_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        fs::write(
            &path,
            "this is a text, and a long one at that, far from any database",
        )
        .unwrap();
        check(
            &open(&path, &[FIRST]).unwrap_err(),
            "is damaged or is not a database",
        );
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_may_read_the_file_and_its_side_files() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/a.db");
        let connection = open(&path, &[FIRST]).unwrap();
        connection.execute("INSERT INTO a VALUES (1)", ()).unwrap();
        for name in ["deep/a.db", "deep/a.db-wal", "deep/a.db-shm"] {
            let mode = fs::metadata(folder.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
    }
}
