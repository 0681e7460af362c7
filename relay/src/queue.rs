//! What waits for the devices: sealed envelopes, in the order of their arrival, until the desktop
//! says that it has them.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use sqlite::{
    Database, Error,
    rusqlite::{Connection, Result as SqlResult, params},
};
use webhook::capture::{CaptureId, EndpointId};
use wire::PIECE_BYTES;

/// How much may wait for one device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quota {
    pub(crate) captures: u64,
    pub(crate) bytes: u64,
    /// For all devices together.
    pub(crate) relay_bytes: u64,
}

/// A capture to be kept, sealed.
#[derive(Debug)]
pub(crate) struct Sealed {
    pub(crate) device: i64,
    pub(crate) id: CaptureId,
    pub(crate) endpoint: EndpointId,
    pub(crate) received_at_ms: i64,
    pub(crate) envelope: Vec<u8>,
}

/// A capture that waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// Its place in the queue; later ones have larger numbers.
    pub(crate) number: i64,
    pub(crate) id: CaptureId,
    pub(crate) endpoint: EndpointId,
    pub(crate) received_at_ms: i64,
    /// Sessions that sent it before, and ended without an answer.
    pub(crate) attempts: u16,
    pub(crate) envelope_bytes: u64,
    /// The whole envelope when it is small enough to be sent at once, else nothing of it.
    pub(crate) envelope: Option<Bytes>,
}

/// Why a capture was not kept.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum PushError {
    #[error("too much waits for this device already")]
    OverQuota,
    #[error("too much waits on this relay already")]
    RelayFull,
    #[error(transparent)]
    Database(#[from] Error),
}

/// How much waits for a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Load {
    pub(crate) captures: u64,
    pub(crate) bytes: u64,
    /// Captures turned away for want of room since the relay started.
    pub(crate) refused: u64,
}

/// The queue of all devices.
#[derive(Debug)]
pub(crate) struct Queue {
    quota: Quota,
    loads: Mutex<HashMap<i64, Load>>,
}

impl Queue {
    pub(crate) async fn load(database: &Database, quota: Quota) -> Result<Self, Error> {
        let loads = database.read(|db| {
            db.prepare("SELECT device, count(*), sum(envelope_bytes) FROM queue GROUP BY device")?
                .query_map((), |row| {
                    let load = Load {
                        captures: row.get(1)?,
                        bytes: row.get(2)?,
                        refused: 0,
                    };
                    Ok((row.get(0)?, load))
                })?
                .collect()
        });
        Ok(Self {
            quota,
            loads: Mutex::new(loads.await?),
        })
    }

    /// How much waits for `device`.
    pub(crate) fn waiting(&self, device: i64) -> Load {
        self.with(device, |load| *load)
    }

    /// Keeps `sealed`; when this returns it is on the disk.
    pub(crate) async fn push(&self, database: &Database, sealed: Sealed) -> Result<(), PushError> {
        let (device, bytes) = (sealed.device, sealed.envelope.len() as u64);
        self.admit(device, bytes)?;
        let pushed = database.write(move |db| insert(db, &sealed));
        if let Err(error) = pushed.await {
            self.with(device, |load| load.release(1, bytes));
            return Err(error.into());
        }
        Ok(())
    }

    /// What waits for `device` behind `number`, in order: at most `limit` captures. Envelopes of one
    /// piece come along.
    pub(crate) async fn after(
        &self,
        database: &Database,
        device: i64,
        number: i64,
        limit: usize,
    ) -> Result<Vec<Waiting>, Error> {
        database
            .read(move |db| {
                db.prepare_cached(
                    "SELECT number, id, endpoint, received_at_ms, attempts, envelope_bytes, envelope
                     FROM queue WHERE device = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
                )?
                .query_map(params![device, number, limit], |row| {
                    let endpoint: String = row.get(2)?;
                    Ok(Waiting {
                        number: row.get(0)?,
                        id: CaptureId::from_bytes(row.get(1)?),
                        // Only what parses is ever inserted.
                        endpoint: endpoint
                            .parse()
                            .map_err(|_| sqlite::rusqlite::Error::InvalidQuery)?,
                        received_at_ms: row.get(3)?,
                        attempts: row.get(4)?,
                        envelope_bytes: row.get(5)?,
                        envelope: row.get::<_, Option<Vec<u8>>>(6)?.map(Bytes::from),
                    })
                })?
                .collect()
            })
            .await
    }

    /// Bytes of an envelope of several pieces, from `from` on: at most `count`, and none beyond the
    /// end of a piece.
    pub(crate) async fn piece(
        &self,
        database: &Database,
        number: i64,
        from: u64,
        count: usize,
    ) -> Result<Bytes, Error> {
        database
            .read(move |db| {
                db.prepare_cached(
                    "SELECT substr(bytes, ?2 - at + 1, ?3) FROM pieces
                     WHERE number = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1",
                )?
                .query_row(params![number, from, count], |row| row.get::<_, Vec<u8>>(0))
            })
            .await
            .map(Bytes::from)
    }

    /// Notes that captures were sent and not answered for.
    pub(crate) async fn unanswered(
        &self,
        database: &Database,
        ids: Vec<CaptureId>,
    ) -> Result<(), Error> {
        database
            .write(move |db| {
                let sql = "UPDATE queue SET attempts = min(attempts + 1, 65534) WHERE id = ?1";
                let mut count = db.prepare_cached(sql)?;
                ids.iter()
                    .try_for_each(|id| count.execute([id.to_bytes()]).map(drop))
            })
            .await
    }

    /// Forgets captures that `device` has. Ids that it does not own, or that are gone already, do
    /// nothing.
    pub(crate) async fn remove(
        &self,
        database: &Database,
        device: i64,
        ids: Vec<CaptureId>,
    ) -> Result<(), Error> {
        let removed = database.write(move |db| {
            let mut removed = (0, 0);
            let mut delete = db.prepare_cached(
                "DELETE FROM queue WHERE id = ?1 AND device = ?2 RETURNING envelope_bytes",
            )?;
            for id in ids {
                let mut rows = delete.query(params![id.to_bytes(), device])?;
                while let Some(row) = rows.next()? {
                    removed = (removed.0 + 1, removed.1 + row.get::<_, u64>(0)?);
                }
            }
            Ok(removed)
        });
        let (captures, bytes) = removed.await?;
        self.with(device, |load| load.release(captures, bytes));
        Ok(())
    }

    /// Counts a capture of `bytes` in, if there is room for it.
    fn admit(&self, device: i64, bytes: u64) -> Result<(), PushError> {
        let mut loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        let all: u64 = loads.values().map(|load| load.bytes).sum();
        let load = loads.entry(device).or_default();
        let is_over = load.captures >= self.quota.captures || load.bytes + bytes > self.quota.bytes;
        if is_over || all + bytes > self.quota.relay_bytes {
            load.refused += 1;
            return Err(if is_over {
                PushError::OverQuota
            } else {
                PushError::RelayFull
            });
        }
        load.captures += 1;
        load.bytes += bytes;
        Ok(())
    }

    /// How much waits for all devices together.
    pub(crate) fn waiting_in_all(&self) -> Load {
        let loads = self.loads.lock().unwrap_or_else(PoisonError::into_inner);
        loads.values().fold(Load::default(), |sum, load| Load {
            captures: sum.captures + load.captures,
            bytes: sum.bytes + load.bytes,
            refused: sum.refused + load.refused,
        })
    }

    /// Removes what was received before `before_ms`; the answer is how many for which device.
    pub(crate) async fn expire(
        &self,
        database: &Database,
        before_ms: i64,
    ) -> Result<HashMap<i64, u64>, Error> {
        let removed = database.write(move |db| {
            db.prepare_cached(
                "DELETE FROM queue WHERE received_at_ms < ?1 RETURNING device, envelope_bytes",
            )?
            .query_map([before_ms], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<Vec<(i64, u64)>, _>>()
        });
        let mut expired = HashMap::new();
        for (device, bytes) in removed.await? {
            self.with(device, |load| load.release(1, bytes));
            *expired.entry(device).or_default() += 1;
        }
        Ok(expired)
    }

    fn with<T>(&self, device: i64, look: impl FnOnce(&mut Load) -> T) -> T {
        look(
            self.loads
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .entry(device)
                .or_default(),
        )
    }
}

fn insert(db: &Connection, sealed: &Sealed) -> SqlResult<()> {
    let is_whole = sealed.envelope.len() <= PIECE_BYTES;
    db.prepare_cached(
        "INSERT INTO queue (device, id, endpoint, received_at_ms, envelope_bytes, envelope)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![
        sealed.device,
        sealed.id.to_bytes(),
        sealed.endpoint.as_str(),
        sealed.received_at_ms,
        sealed.envelope.len(),
        is_whole.then_some(&sealed.envelope),
    ])?;
    if is_whole {
        return Ok(());
    }
    let number = db.last_insert_rowid();
    let mut piece =
        db.prepare_cached("INSERT INTO pieces (number, at, bytes) VALUES (?1, ?2, ?3)")?;
    for (index, bytes) in sealed.envelope.chunks(PIECE_BYTES).enumerate() {
        piece.execute(params![number, index * PIECE_BYTES, bytes])?;
    }
    Ok(())
}

impl Load {
    const fn release(&mut self, captures: u64, bytes: u64) {
        self.captures = self.captures.saturating_sub(captures);
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Quota = Quota {
        captures: 100,
        bytes: 1 << 30,
        relay_bytes: 1 << 30,
    };

    /// A queue with one device, and a capture of `bytes` bytes in it.
    async fn with(bytes: usize) -> (tempfile::TempDir, Database, Queue, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(folder.path()).unwrap();
        let device = "INSERT INTO devices (number, id, name, token_hash, public_key, paired_at_ms)
                      VALUES (1, 'a', 'a', x'00', x'00', 0)";
        database.write(|db| db.execute(device, ())).await.unwrap();
        let queue = Queue::load(&database, ROOM).await.unwrap();
        let envelope: Vec<_> = (0..bytes).map(|at| (at % 251) as u8).collect();
        let sealed = Sealed {
            device: 1,
            id: CaptureId::from_bytes([7; 16]),
            endpoint: "stripe".parse().unwrap(),
            received_at_ms: 0,
            envelope: envelope.clone(),
        };
        queue.push(&database, sealed).await.unwrap();
        (folder, database, queue, envelope)
    }

    #[tokio::test]
    async fn an_envelope_of_one_piece_comes_along_and_a_larger_one_does_not() {
        for (bytes, is_whole) in [(1, true), (PIECE_BYTES, true), (PIECE_BYTES + 1, false)] {
            let (_folder, database, queue, envelope) = with(bytes).await;
            let all = queue.after(&database, 1, 0, 10).await.unwrap();
            let want = is_whole.then(|| Bytes::from(envelope));
            assert_eq!(
                (&all[0].envelope, all[0].envelope_bytes),
                (&want, bytes as u64)
            );
        }
    }

    #[tokio::test]
    async fn pieces_make_the_envelope_however_much_is_asked_for() {
        let (_folder, database, queue, envelope) = with(3 * PIECE_BYTES + 5).await;
        let number = queue.after(&database, 1, 0, 10).await.unwrap()[0].number;
        for count in [PIECE_BYTES, PIECE_BYTES - 1, 40_000, 10_007, 1 << 20] {
            let mut read = Vec::new();
            while read.len() < envelope.len() {
                let from = read.len() as u64;
                let piece = queue.piece(&database, number, from, count).await.unwrap();
                assert!((1..=count.min(PIECE_BYTES)).contains(&piece.len()));
                read.extend_from_slice(&piece);
            }
            assert!(read == envelope, "asked for {count} at a time");
        }
    }

    #[tokio::test]
    async fn what_is_removed_leaves_no_piece_behind() {
        let (_folder, database, queue, _) = with(2 * PIECE_BYTES).await;
        let ids = vec![CaptureId::from_bytes([7; 16])];
        queue.remove(&database, 1, ids).await.unwrap();
        let sql = "SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM pieces)";
        let left: i64 = database
            .read(|db| db.query_row(sql, (), |row| row.get(0)))
            .await
            .unwrap();
        assert_eq!((left, queue.waiting(1).bytes), (0, 0));
    }
}
