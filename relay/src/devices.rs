//! Devices and the invites that let them in. Tokens are known by their hashes alone, so a look-up
//! compares no secret.

use sqlite::{
    Database, Error,
    rusqlite::{self, Connection, OptionalExtension, params},
};
use wire::{key::PublicKey, token::Token};

use crate::{admin::DeviceRow, revision};

/// A desktop that has paired with this relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Device {
    /// Its row, and what other tables name it by.
    pub(crate) number: i64,
    pub(crate) id: String,
    pub(crate) name: String,
}

/// What came of trying to pair.
#[derive(Debug)]
pub(crate) enum Pairing {
    Paired(Device),
    InviteUnknown,
    InviteExpired,
}

/// Keeps `invite` until `expires_at_ms`, and forgets those whose time is over.
pub(crate) async fn invite(
    database: &Database,
    invite: &Token,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), Error> {
    let hash = invite.hash();
    database
        .write(move |db| {
            // A day more, so that one who comes late is told so.
            let long_over = now_ms - 24 * 3_600_000;
            db.prepare_cached("DELETE FROM invites WHERE expires_at_ms < ?1")?
                .execute([long_over])?;
            db.prepare_cached("INSERT INTO invites (hash, expires_at_ms) VALUES (?1, ?2)")?
                .execute(params![hash, expires_at_ms])
                .map(drop)
        })
        .await
}

/// Makes a device of whoever holds `invite`, which is used up by it.
pub(crate) async fn pair(
    database: &Database,
    invite: &Token,
    name: String,
    public_key: PublicKey,
    token: &Token,
    now_ms: i64,
) -> Result<Pairing, Error> {
    let (invite, token) = (invite.hash(), token.hash());
    let id = crate::names::device();
    database
        .write(move |db| {
            let expires_at_ms: Option<i64> = db
                .query_row(
                    "DELETE FROM invites WHERE hash = ?1 RETURNING expires_at_ms",
                    [invite],
                    |row| row.get(0),
                )
                .optional()?;
            match expires_at_ms {
                None => return Ok(Pairing::InviteUnknown),
                Some(at_ms) if at_ms < now_ms => return Ok(Pairing::InviteExpired),
                Some(_) => {}
            }
            db.execute(
                "INSERT INTO devices (id, name, token_hash, public_key, paired_at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![id, name, token, public_key.to_bytes(), now_ms],
            )?;
            Ok(Pairing::Paired(Device {
                number: db.last_insert_rowid(),
                id,
                name,
            }))
        })
        .await
}

/// Gives a device a new token; the old one is good until the new one is first used.
pub(crate) async fn next_token(
    database: &Database,
    device: i64,
    token: &Token,
) -> Result<(), Error> {
    let (hash, sql) = (
        token.hash(),
        "UPDATE devices SET next_token_hash = ?2 WHERE number = ?1",
    );
    database
        .write(move |db| db.execute(sql, params![device, hash]).map(drop))
        .await
}

/// The device whose token this is.
pub(crate) async fn by_token(database: &Database, token: &Token) -> Result<Option<Device>, Error> {
    let found = by_hash(database, token.hash()).await?;
    let Some((device, is_next)) = found else {
        return Ok(None);
    };
    if is_next {
        let (number, sql) = (
            device.number,
            "UPDATE devices SET token_hash = next_token_hash, next_token_hash = NULL
             WHERE number = ?1 AND next_token_hash IS NOT NULL",
        );
        database.write(move |db| db.execute(sql, [number])).await?;
    }
    Ok(Some(device))
}

/// The device whose token has this hash, and whether it is the new one, not used before.
async fn by_hash(database: &Database, hash: [u8; 32]) -> Result<Option<(Device, bool)>, Error> {
    database
        .read(move |db| {
            db.prepare_cached(
                "SELECT number, id, name, token_hash <> ?1 FROM devices
                 WHERE token_hash = ?1 OR next_token_hash = ?1",
            )?
            .query_row([hash], |row| {
                let device = Device {
                    number: row.get(0)?,
                    id: row.get(1)?,
                    name: row.get(2)?,
                };
                Ok((device, row.get(3)?))
            })
            .optional()
        })
        .await
}

/// All devices, the oldest first.
pub(crate) fn list(db: &Connection) -> rusqlite::Result<Vec<DeviceRow>> {
    db.prepare(
        "SELECT id, name, paired_at_ms,
                (SELECT count(*) FROM endpoints e
                 WHERE e.device = d.number AND deleted_at_ms IS NULL),
                (SELECT count(*) FROM queue q WHERE q.device = d.number)
         FROM devices d ORDER BY number",
    )?
    .query_map((), |row| {
        Ok(DeviceRow {
            id: row.get(0)?,
            name: row.get(1)?,
            paired_at_ms: row.get(2)?,
            endpoints: row.get(3)?,
            waiting: row.get(4)?,
        })
    })?
    .collect()
}

/// Removes the device `id` with its endpoints and what waits for it. False when there is none.
pub(crate) async fn revoke(database: &Database, id: String) -> Result<bool, Error> {
    database
        .write(move |db| {
            let removed = db.execute("DELETE FROM devices WHERE id = ?1", [id])?;
            revision::grow(db)?;
            Ok(removed > 0)
        })
        .await
}

/// Every device's row and key.
pub(crate) async fn keys(database: &Database) -> Result<Vec<(i64, PublicKey)>, Error> {
    database
        .read(|db| {
            db.prepare("SELECT number, public_key FROM devices")?
                .query_map((), |row| {
                    Ok((row.get(0)?, PublicKey::from_bytes(row.get(1)?)))
                })?
                .collect()
        })
        .await
}
