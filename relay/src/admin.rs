//! What the owner of a relay does beside serving: invite, list, revoke, back up. Each works on the
//! database file, whether the relay runs or not; one that runs takes the change up at once.

use std::path::{Path, PathBuf};

use sqlite::{Database, rusqlite::backup};
use wire::{
    connect::{ConnectString, RelayUrl},
    pin::Pin,
    token::{Token, TokenKind},
};

use crate::{devices, store};

/// The database of a relay, opened beside it.
#[derive(Debug)]
pub struct Admin {
    database: Database,
}

/// One device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// What [`Admin::revoke`] takes.
    pub id: String,
    /// Given by its owner; a stranger's text, to be escaped.
    pub name: String,
    /// Unix epoch, milliseconds.
    pub paired_at_ms: i64,
    /// Its endpoints.
    pub endpoints: u64,
    /// Captures that wait for it.
    pub waiting: u64,
}

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointRow {
    /// The last part of its address.
    pub id: String,
    /// Given by its owner; a stranger's text, to be escaped.
    pub name: String,
    /// The device's id.
    pub device: String,
    /// It was deleted and can be restored.
    pub is_deleted: bool,
}

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// There is no database in the folder.
    #[error("there is no relay in {0}: name its folder with --data")]
    NoRelay(PathBuf),
    /// There is no such device.
    #[error("there is no device `{0}`: `tenterhook-relay devices` lists them")]
    NoDevice(String),
    /// The database cannot be opened.
    #[error(transparent)]
    Open(#[from] sqlite::OpenError),
    /// The database refuses.
    #[error(transparent)]
    Database(#[from] sqlite::Error),
}

impl Admin {
    /// Opens the database of the relay whose folder is `data`.
    ///
    /// # Errors
    /// When there is none, or it cannot be opened.
    pub fn open(data: &Path) -> Result<Self, AdminError> {
        if !store::path(data).exists() {
            return Err(AdminError::NoRelay(data.to_owned()));
        }
        Ok(Self {
            database: store::open(data)?,
        })
    }

    /// Makes a connect string for one desktop, good for `valid_ms`; with `pin` it accepts that key
    /// and no other.
    ///
    /// # Errors
    /// When the invite cannot be kept.
    pub async fn invite(
        &self,
        relay: RelayUrl,
        pin: Option<Pin>,
        now_ms: i64,
        valid_ms: i64,
    ) -> Result<ConnectString, AdminError> {
        let invite = Token::generate(TokenKind::Invite);
        let until_ms = now_ms.saturating_add(valid_ms);
        devices::invite(&self.database, &invite, now_ms, until_ms).await?;
        Ok(ConnectString { relay, invite, pin })
    }

    /// All devices, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn devices(&self) -> Result<Vec<DeviceRow>, AdminError> {
        Ok(self.database.read(devices::list).await?)
    }

    /// All endpoints, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn endpoints(&self) -> Result<Vec<EndpointRow>, AdminError> {
        let read = self.database.read(|db| {
            db.prepare(
                "SELECT e.id, e.name, d.id, deleted_at_ms IS NOT NULL
                 FROM endpoints e JOIN devices d ON d.number = e.device ORDER BY e.made_at_ms, e.id",
            )?
            .query_map((), |row| {
                Ok(EndpointRow {
                    id: row.get(0)?,
                    name: row.get(1)?,
                    device: row.get(2)?,
                    is_deleted: row.get(3)?,
                })
            })?
            .collect()
        });
        Ok(read.await?)
    }

    /// Removes a device, its endpoints, and what waits for it. Its session ends.
    ///
    /// # Errors
    /// When there is no such device.
    pub async fn revoke(&self, device: &str) -> Result<(), AdminError> {
        if devices::revoke(&self.database, device.to_owned()).await? {
            Ok(())
        } else {
            Err(AdminError::NoDevice(device.to_owned()))
        }
    }

    /// Copies the database to `file` while the relay goes on.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn backup(&self, file: PathBuf) -> Result<(), AdminError> {
        let copy = self
            .database
            .read(move |db| db.backup("main", &file, None::<fn(backup::Progress)>));
        Ok(copy.await?)
    }
}
