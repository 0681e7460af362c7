//! Endpoints: the public addresses, and the device that each belongs to. The table is the truth; a
//! copy in memory answers the senders.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use sqlite::{
    Database, Error,
    rusqlite::{self, Connection, ErrorCode, params},
};
use webhook::capture::EndpointId;
use wire::{api::EndpointSettings, token::Token};

use crate::{gate::Gate, revision};

/// How long a deleted endpoint can be restored.
const RESTORABLE_MS: i64 = 7 * 24 * 3_600_000;

/// One public address.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: EndpointId,
    /// The device's row.
    pub(crate) device: i64,
    pub(crate) name: String,
    pub(crate) made_at_ms: i64,
    pub(crate) settings: EndpointSettings,
    /// Who may send what, read out of the settings.
    pub(crate) gate: Gate,
}

/// All endpoints that answer, by their id and by the hash of their token.
#[derive(Debug, Default)]
struct Index {
    by_id: HashMap<EndpointId, Arc<Endpoint>>,
    by_token: HashMap<[u8; 32], Arc<Endpoint>>,
}

/// Whether an endpoint was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// It answers from now on.
    Done,
    /// The device has one of that name.
    NameTaken,
    /// The relay has one at that address, or had it until lately.
    AddressTaken,
}

/// The endpoints of this relay.
#[derive(Debug, Default)]
pub(crate) struct Endpoints(RwLock<Index>);

impl Endpoints {
    /// Reads them from the table.
    pub(crate) async fn load(database: &Database) -> Result<Self, Error> {
        let all = Self::default();
        all.reload(database).await?;
        Ok(all)
    }

    /// Reads them anew, for the table has changed.
    pub(crate) async fn reload(&self, database: &Database) -> Result<(), Error> {
        let index = database.read(read).await?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = index;
        Ok(())
    }

    /// The endpoint at `/h/{id}`.
    pub(crate) fn by_id(&self, id: &EndpointId) -> Option<Arc<Endpoint>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .by_id
            .get(id)
            .cloned()
    }

    /// The endpoint whose token this is.
    pub(crate) fn by_token(&self, token: &Token) -> Option<Arc<Endpoint>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        all.by_token.get(&token.hash()).cloned()
    }

    /// Those of one device, the oldest first.
    pub(crate) fn of(&self, device: i64) -> Vec<Arc<Endpoint>> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut own: Vec<_> = all
            .by_id
            .values()
            .filter(|one| one.device == device)
            .cloned()
            .collect();
        own.sort_by(|a, b| (a.made_at_ms, &a.id).cmp(&(b.made_at_ms, &b.id)));
        own
    }

    /// Makes an endpoint that answers from now on, unless its name or address is taken.
    pub(crate) async fn add(
        &self,
        database: &Database,
        id: &EndpointId,
        device: i64,
        name: String,
        token: &Token,
        now_ms: i64,
    ) -> Result<Added, Error> {
        let (id, hash) = (id.as_str().to_owned(), token.hash());
        let settings = json(&EndpointSettings::default());
        let change = move |db: &Connection| {
            forget_deleted(db, now_ms)?;
            db.execute(
                "INSERT INTO endpoints (id, device, name, token_hash, made_at_ms, settings)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![id, device, name, hash, now_ms, settings],
            )
        };
        match self.change(database, change).await {
            Err(Error::Sql(error)) if is_conflict(&error) => {
                // The address is the primary key.
                let code = error.sqlite_error().map(|error| error.extended_code);
                Ok(match code {
                    Some(rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Added::AddressTaken,
                    _ => Added::NameTaken,
                })
            }
            result => result.map(|_| Added::Done),
        }
    }

    /// Gives a device's endpoint other settings. False when it has none of that id.
    pub(crate) async fn set(
        &self,
        database: &Database,
        device: i64,
        id: EndpointId,
        settings: &EndpointSettings,
    ) -> Result<bool, Error> {
        let settings = json(settings);
        let sql = "UPDATE endpoints SET settings = ?3
                   WHERE device = ?1 AND id = ?2 AND deleted_at_ms IS NULL";
        let change = move |db: &Connection| db.execute(sql, params![device, id.as_str(), settings]);
        self.change(database, change).await
    }

    /// Gives a device's endpoint another token. False when it has none of that id.
    pub(crate) async fn rotate(
        &self,
        database: &Database,
        device: i64,
        id: EndpointId,
        token: &Token,
    ) -> Result<bool, Error> {
        let hash = token.hash();
        let sql = "UPDATE endpoints SET token_hash = ?3
                   WHERE device = ?1 AND id = ?2 AND deleted_at_ms IS NULL";
        let change = move |db: &Connection| db.execute(sql, params![device, id.as_str(), hash]);
        self.change(database, change).await
    }

    /// Lets a device's endpoint answer no more; what waits is still delivered. False when it has
    /// none of that id.
    pub(crate) async fn remove(
        &self,
        database: &Database,
        device: i64,
        id: EndpointId,
        now_ms: i64,
    ) -> Result<bool, Error> {
        let change = move |db: &Connection| {
            forget_deleted(db, now_ms)?;
            db.execute(
                "UPDATE endpoints SET deleted_at_ms = ?3
                 WHERE device = ?1 AND id = ?2 AND deleted_at_ms IS NULL",
                params![device, id.as_str(), now_ms],
            )
        };
        self.change(database, change).await
    }

    /// Undoes [`Self::remove`]. False when there is nothing to restore, or its name is another's by
    /// now.
    pub(crate) async fn restore(
        &self,
        database: &Database,
        device: i64,
        id: EndpointId,
    ) -> Result<bool, Error> {
        let sql = "UPDATE endpoints SET deleted_at_ms = NULL
                   WHERE device = ?1 AND id = ?2 AND deleted_at_ms IS NOT NULL";
        let change = move |db: &Connection| db.execute(sql, params![device, id.as_str()]);
        match self.change(database, change).await {
            Err(Error::Sql(error)) if is_conflict(&error) => Ok(false),
            result => result,
        }
    }

    async fn change(
        &self,
        database: &Database,
        change: impl FnOnce(&Connection) -> rusqlite::Result<usize> + Send + 'static,
    ) -> Result<bool, Error> {
        let changed = database.write(move |db| {
            let changed = change(db)?;
            revision::grow(db)?;
            Ok(changed)
        });
        let changed = changed.await?;
        self.reload(database).await?;
        Ok(changed > 0)
    }
}

fn json(settings: &EndpointSettings) -> String {
    serde_json::to_string(settings).expect("settings are plain data")
}

fn read(db: &Connection) -> rusqlite::Result<Index> {
    let mut index = Index::default();
    let mut select = db.prepare(
        "SELECT id, device, name, made_at_ms, settings, token_hash FROM endpoints
         WHERE deleted_at_ms IS NULL",
    )?;
    let mut rows = select.query(())?;
    while let Some(row) = rows.next()? {
        let (id, settings): (String, String) = (row.get(0)?, row.get(4)?);
        // Only what parses is ever inserted; what a newer relay set and this one does not
        // understand stays in the table.
        let Ok(id) = id.parse::<EndpointId>() else {
            continue;
        };
        let settings: EndpointSettings = serde_json::from_str(&settings).unwrap_or_default();
        let endpoint = Arc::new(Endpoint {
            id: id.clone(),
            device: row.get(1)?,
            name: row.get(2)?,
            made_at_ms: row.get(3)?,
            gate: Gate::new(&settings).unwrap_or_default(),
            settings,
        });
        index.by_token.insert(row.get(5)?, Arc::clone(&endpoint));
        index.by_id.insert(id, endpoint);
    }
    Ok(index)
}
/// Removes those that can be restored no more.
fn forget_deleted(db: &Connection, now_ms: i64) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM endpoints WHERE deleted_at_ms < ?1";
    db.execute(sql, [now_ms - RESTORABLE_MS])
}

fn is_conflict(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation)
}
