//! One SQLite file: opened and migrated, one writer that commits for many, a few readers. The
//! relay's queue and the desktop's history both stand on it. Start at [`Database`].

mod copy;
mod error;
mod open;
mod readers;
mod writer;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use crate::{
    copy::{Done, copy, copy_to_file},
    error::{Error, OpenError},
    open::{open_read_only, open_to_write},
};
pub use rusqlite;

/// A database file and the threads that work on it.
///
/// Cheap to share behind an `Arc`. The writer's thread ends when the last owner drops it, after the
/// changes already handed in are committed.
#[derive(Debug)]
pub struct Database {
    path: PathBuf,
    writer: writer::Writer,
    readers: readers::Readers,
}

impl Database {
    /// Opens the file at `path`, makes it when there is none, and brings it to the schema of
    /// `migrations`: SQL texts, the first taking an empty file to version 1.
    ///
    /// The file is readable by its owner alone. Before an existing file is migrated a copy of it is
    /// put beside it.
    ///
    /// # Errors
    /// When the file is of a newer schema, damaged, no database, or cannot be written.
    pub fn open(path: &Path, migrations: &[&str]) -> Result<Self, OpenError> {
        let connection = open::open(path, migrations)?;
        Ok(Self {
            path: path.to_owned(),
            writer: writer::Writer::start(connection).map_err(OpenError::Thread)?,
            readers: readers::Readers::new(path),
        })
    }

    /// Where the file is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `change` and returns once it is durable. Changes handed in meanwhile share its commit.
    ///
    /// A change that fails is undone alone; the others of its commit stand.
    ///
    /// # Errors
    /// When `change` fails or the commit does; then nothing of it is in the file.
    pub async fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.write(change).await
    }

    /// Runs `work` on the writer's connection outside any transaction. What is handed in meanwhile
    /// waits and is written afterwards.
    ///
    /// # Errors
    /// When `work` fails.
    pub async fn alone<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.writer.alone(work).await
    }

    /// Runs `query` on a connection that only reads. It sees every change that was durable before.
    ///
    /// # Errors
    /// When `query` fails.
    pub async fn read<T, F>(&self, query: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.readers.read(query).await
    }
}
