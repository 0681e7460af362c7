//! The relay's one database file. The tables live with the modules that use them.

use std::path::Path;

use sqlite::{Database, OpenError};

const MIGRATIONS: &[&str] = &[include_str!("../migrations/1.sql")];

/// Opens the database in the folder `data`.
///
/// # Errors
/// As [`Database::open`].
pub(crate) fn open(data: &Path) -> Result<Database, OpenError> {
    Database::open(&data.join("relay.db"), MIGRATIONS)
}
