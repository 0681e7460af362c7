//! Endpoints: the public addresses, and the device that each belongs to. The table is the truth; a
//! copy in memory answers the senders.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use sqlite::{
    Database, Error,
    rusqlite::{ErrorCode, params},
};
use webhook::capture::EndpointId;
use wire::token::Token;

/// One public address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: EndpointId,
    /// The device's row.
    pub(crate) device: i64,
    pub(crate) name: String,
    pub(crate) made_at_ms: i64,
}

/// All endpoints of this relay.
#[derive(Debug, Default)]
pub(crate) struct Endpoints(RwLock<HashMap<EndpointId, Endpoint>>);

impl Endpoints {
    /// Reads them from the table.
    pub(crate) async fn load(database: &Database) -> Result<Self, Error> {
        let all = database.read(|db| {
            db.prepare("SELECT id, device, name, made_at_ms FROM endpoints")?
                .query_map((), |row| {
                    let id: String = row.get(0)?;
                    Ok(Endpoint {
                        // Only what parses is ever inserted.
                        id: id
                            .parse()
                            .map_err(|_| sqlite::rusqlite::Error::InvalidQuery)?,
                        device: row.get(1)?,
                        name: row.get(2)?,
                        made_at_ms: row.get(3)?,
                    })
                })?
                .map(|endpoint| endpoint.map(|one| (one.id.clone(), one)))
                .collect()
        });
        Ok(Self(RwLock::new(all.await?)))
    }

    /// The endpoint at `/h/{id}`.
    pub(crate) fn by_id(&self, id: &EndpointId) -> Option<Endpoint> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    }

    /// Those of one device, the oldest first.
    pub(crate) fn of(&self, device: i64) -> Vec<Endpoint> {
        let all = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut own: Vec<_> = all
            .values()
            .filter(|one| one.device == device)
            .cloned()
            .collect();
        own.sort_by(|a, b| (a.made_at_ms, &a.id).cmp(&(b.made_at_ms, &b.id)));
        own
    }

    /// Makes `endpoint` answer from now on, and after a restart. False when the device
    /// has one of that name.
    pub(crate) async fn add(
        &self,
        database: &Database,
        endpoint: Endpoint,
        token: &Token,
    ) -> Result<bool, Error> {
        let (row, hash) = (endpoint.clone(), token.hash());
        let added = database.write(move |db| {
            db.execute(
                "INSERT INTO endpoints (id, device, name, token_hash, made_at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![row.id.as_str(), row.device, row.name, hash, row.made_at_ms],
            )
        });
        match added.await {
            Ok(_) => {
                let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
                all.insert(endpoint.id.clone(), endpoint);
                Ok(true)
            }
            Err(Error::Sql(error))
                if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) =>
            {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Removes a device's endpoint. What waits for it is still delivered. False when the device has
    /// none of that name.
    pub(crate) async fn remove(
        &self,
        database: &Database,
        device: i64,
        id: EndpointId,
    ) -> Result<bool, Error> {
        if self
            .by_id(&id)
            .is_none_or(|endpoint| endpoint.device != device)
        {
            return Ok(false);
        }
        let name = id.as_str().to_owned();
        database
            .write(move |db| db.execute("DELETE FROM endpoints WHERE id = ?1", [name]))
            .await?;
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
        Ok(true)
    }
}
