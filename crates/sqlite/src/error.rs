//! What can go wrong with a database, told apart by what its user can do about it.

use std::{path::PathBuf, sync::Arc};

use rusqlite::ErrorCode;

/// Why a file could not be opened. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer program wrote it.
    #[error(
        "the database {path} has schema {found}, and this program knows only {known}: use the \
         newer program that wrote it, or another data folder"
    )]
    TooNew {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// It is damaged or no database at all.
    #[error("{path} is damaged or is not a database ({reason}): move it away to start anew")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        reason: String,
    },
    /// The file or its folder cannot be made or written.
    #[error("cannot open the database {path}: {reason}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What the system or SQLite says.
        reason: String,
    },
    /// A migration failed and was undone.
    #[error("cannot bring the database {path} to schema {to}: {source}")]
    Migration {
        /// The file.
        path: PathBuf,
        /// The schema that it was to have.
        to: i64,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// The writer's thread could not be started.
    #[error("cannot start the database's thread: {0}")]
    Thread(std::io::Error),
}

/// Why a change or a query failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// There is no room on the disk. The change may succeed when there is.
    #[error("the disk is full")]
    Full,
    /// Another program held the file for too long.
    #[error("the database is busy: another program holds it")]
    Busy,
    /// SQLite refused.
    #[error("the database refused: {0}")]
    Sql(Arc<rusqlite::Error>),
    /// The writer's thread has ended.
    #[error("the database is closed")]
    Closed,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sql(Arc::new(error)),
        }
    }
}
