//! The relay that this desktop is paired with, and its endpoints there. Secrets are elsewhere.

use sqlite::rusqlite::{Connection, Error, OptionalExtension, Result, params, types::Type};
use wire::pin::{NotAPin, Pin};

/// A relay, and what this desktop is called there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pairing {
    /// The relay's address.
    pub(crate) url: String,
    /// The device's id.
    pub(crate) device: String,
    /// The relay's key, where no other is accepted.
    pub(crate) pin: Option<Pin>,
}

/// An endpoint on the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) made_at_ms: i64,
}

/// The relay, if there is one.
pub(crate) fn read(db: &Connection) -> Result<Option<Pairing>> {
    db.prepare_cached("SELECT url, device, pin FROM relay")?
        .query_row((), |row| {
            let pin: Option<String> = row.get(2)?;
            let pin = pin.map(|pin| pin.parse().map_err(|error| damaged(2, error)));
            Ok(Pairing {
                url: row.get(0)?,
                device: row.get(1)?,
                pin: pin.transpose()?,
            })
        })
        .optional()
}

/// Puts `pairing` in the place of the one before; the endpoints of another relay go with it.
pub(crate) fn replace(db: &Connection, pairing: &Pairing, now_ms: i64) -> Result<()> {
    db.execute("DELETE FROM endpoints", ())?;
    db.execute(
        "INSERT OR REPLACE INTO relay (one, url, device, pin, paired_at_ms)
         VALUES (1, ?1, ?2, ?3, ?4)",
        params![
            pairing.url,
            pairing.device,
            pairing.pin.map(|pin| pin.to_string()),
            now_ms
        ],
    )?;
    changed(db)
}

/// Takes the relay away, and the endpoints there; what came through them stays.
pub(crate) fn forget(db: &Connection) -> Result<()> {
    db.execute("DELETE FROM endpoints", ())?;
    db.execute("DELETE FROM relay", ())?;
    changed(db)
}

/// The endpoints on the relay, the oldest first.
pub(crate) fn endpoints(db: &Connection) -> Result<Vec<Endpoint>> {
    db.prepare_cached("SELECT id, name, url, made_at_ms FROM endpoints ORDER BY made_at_ms, id")?
        .query_map((), |row| {
            Ok(Endpoint {
                id: row.get(0)?,
                name: row.get(1)?,
                url: row.get(2)?,
                made_at_ms: row.get(3)?,
            })
        })?
        .collect()
}

/// Adds an endpoint, or brings one up to date.
pub(crate) fn put_endpoint(db: &Connection, endpoint: &Endpoint) -> Result<()> {
    db.execute(
        "INSERT OR REPLACE INTO endpoints (id, name, url, made_at_ms) VALUES (?1, ?2, ?3, ?4)",
        params![
            endpoint.id,
            endpoint.name,
            endpoint.url,
            endpoint.made_at_ms
        ],
    )?;
    changed(db)
}

/// Removes an endpoint; its captures stay.
pub(crate) fn remove_endpoint(db: &Connection, id: &str) -> Result<()> {
    db.execute("DELETE FROM endpoints WHERE id = ?1", [id])?;
    changed(db)
}

/// A pin that is not one must not become none.
fn damaged(column: usize, error: NotAPin) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

/// Has other programs on this file look.
pub(crate) fn changed(db: &Connection) -> Result<()> {
    db.execute("UPDATE revision SET number = number + 1", ())
        .map(drop)
}
