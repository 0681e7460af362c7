//! What came lately, for those who tell of it beside the page: the tray and the notifications.
//! Start at [`Engine::arrived_after`].

use sqlite::rusqlite::{Connection, OptionalExtension, Result, params};
use webhook::capture::CaptureId;

use crate::{
    engine::{Engine, Error},
    forward::Due,
    store::{self, captures},
    view::CaptureRow,
};

/// Ids that are looked up at once, the newest of those that are asked for.
const MOST: usize = 1_000;

/// What came at one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// Captures.
    pub count: u64,
    /// The newest of them.
    pub newest: CaptureRow,
}

impl Engine {
    /// What came behind the place `after`, one for each endpoint, and the newest place. What was
    /// brought in from a file did not come.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn arrived_after(&self, after: i64) -> Result<(Vec<Arrived>, i64), Error> {
        let read = move |db: &Connection| Ok((arrived(db, after)?, store::mark(db)?.seq));
        Ok(self.database().read(read).await?)
    }

    /// The newest captures, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn newest_rows(&self, limit: usize) -> Result<Vec<CaptureRow>, Error> {
        let read = move |db: &Connection| {
            let seqs = db
                .prepare_cached("SELECT seq FROM captures ORDER BY seq DESC LIMIT ?1")?
                .query_map([limit], |row| row.get(0))?
                .collect::<Result<Vec<i64>>>()?;
            captures::rows(db, &seqs)
        };
        Ok(self.database().read(read).await?)
    }

    /// Captures behind the place `after`.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn count_after(&self, after: i64) -> Result<u64, Error> {
        let read = move |db: &Connection| {
            db.prepare_cached("SELECT count(*) FROM captures WHERE seq > ?1 AND is_local < 2")?
                .query_row([after], |row| row.get(0))
        };
        Ok(self.database().read(read).await?)
    }

    /// The rows of `ids`, of many those of the last ones. What is no id, or gone, is left out.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn rows_of(&self, ids: &[String]) -> Result<Vec<CaptureRow>, Error> {
        let ids: Vec<CaptureId> = ids
            .iter()
            .rev()
            .take(MOST)
            .filter_map(|id| id.parse().ok())
            .collect();
        let read = move |db: &Connection| {
            let found = ids.into_iter().map(|id| captures::row_by_id(db, id));
            found.filter_map(Result::transpose).collect()
        };
        Ok(self.database().read(read).await?)
    }

    /// Has the capture `id` go once more to where the captures of its endpoint go by themselves.
    /// What comes of it is a delivery, as ever.
    ///
    /// # Errors
    /// When there is no such capture or the history cannot be read.
    pub async fn send_again(&self, id: &str) -> Result<(), Error> {
        let parsed: CaptureId = id.parse()?;
        let read = self.database().read(move |db| endpoint_of(db, parsed));
        let endpoint = read.await?.and_then(|endpoint| endpoint.parse().ok());
        let endpoint = endpoint.ok_or_else(|| Error::NoCapture(id.to_owned()))?;
        let due = Due {
            id: parsed,
            endpoint,
            answer: None,
        };
        self.forward_now(due);
        Ok(())
    }
}

fn arrived(db: &Connection, after: i64) -> Result<Vec<Arrived>> {
    let groups = db
        .prepare_cached(
            "SELECT count(*), max(seq) FROM captures WHERE seq > ?1 AND is_local < 2
             GROUP BY endpoint ORDER BY max(seq)",
        )?
        .query_map([after], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<Vec<(u64, i64)>>>()?;
    let mut all = Vec::new();
    for (count, seq) in groups {
        let newest = captures::rows(db, &[seq])?.into_iter().next();
        all.extend(newest.map(|newest| Arrived { count, newest }));
    }
    Ok(all)
}

fn endpoint_of(db: &Connection, id: CaptureId) -> Result<Option<String>> {
    db.prepare_cached("SELECT endpoint FROM captures WHERE id = ?1")?
        .query_row(params![id.to_bytes()], |row| row.get(0))
        .optional()
}
