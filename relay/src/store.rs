//! The relay's one database file. The tables live with the modules that use them.

use std::path::{Path, PathBuf};

use sqlite::{Database, OpenError};

const MIGRATIONS: &[&str] = &[include_str!("../migrations/1.sql")];

/// Opens the database in the folder `data`.
///
/// # Errors
/// As [`Database::open`].
pub(crate) fn open(data: &Path) -> Result<Database, OpenError> {
    Database::open(&path(data), MIGRATIONS)
}

/// Where the database in the folder `data` is.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join("relay.db")
}
