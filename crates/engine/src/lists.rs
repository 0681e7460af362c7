//! Lists as a face sees them: a filter, and the places of the captures that it lets through. A page
//! of a list is read by those places, so the millionth costs what the first does.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlite::Database;

use crate::{
    store::captures,
    view::{CaptureRow, ListFilter, ListInfo},
};

/// Lists open at once; the oldest is closed for a new one, for a face may have forgotten it.
const OPEN: usize = 16;

/// The lists that are open.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    last: AtomicU32,
    open: Mutex<HashMap<u32, List>>,
}

#[derive(Debug, Clone)]
struct List {
    filter: ListFilter,
    /// The captures, the oldest first.
    seqs: Vec<i64>,
    /// How far the history was looked through.
    seen: i64,
}

impl Lists {
    /// Opens a list of what `filter` lets through.
    pub(crate) async fn open(
        &self,
        database: &Database,
        filter: ListFilter,
    ) -> Result<ListInfo, sqlite::Error> {
        let list = grown(
            database,
            List {
                filter,
                seqs: Vec::new(),
                seen: 0,
            },
        )
        .await?;
        let (number, count) = (
            self.last.fetch_add(1, Ordering::Relaxed) + 1,
            list.seqs.len(),
        );
        let mut open = self.lock();
        if open.len() >= OPEN
            && let Some(oldest) = open.keys().min().copied()
        {
            open.remove(&oldest);
        }
        open.insert(number, list);
        Ok(ListInfo {
            list: number,
            count,
        })
    }

    /// Takes in what has come since. None when there is no such list.
    pub(crate) async fn grow(
        &self,
        database: &Database,
        number: u32,
    ) -> Result<Option<ListInfo>, sqlite::Error> {
        let Some((filter, seen)) = self.lock().get(&number).map(|l| (l.filter.clone(), l.seen))
        else {
            return Ok(None);
        };
        let new = grown(
            database,
            List {
                filter,
                seqs: Vec::new(),
                seen,
            },
        )
        .await?;
        let mut open = self.lock();
        let Some(list) = open.get_mut(&number) else {
            return Ok(None);
        };
        // Two may have grown it at once: what the other took in is not taken in again.
        let from = new.seqs.partition_point(|seq| *seq <= list.seen);
        list.seqs.extend_from_slice(&new.seqs[from..]);
        list.seen = list.seen.max(new.seen);
        Ok(Some(ListInfo {
            list: number,
            count: list.seqs.len(),
        }))
    }

    /// The rows from position `from` on, the oldest being 0. None when there is no such list.
    pub(crate) async fn rows(
        &self,
        database: &Database,
        number: u32,
        from: usize,
        count: usize,
    ) -> Result<Option<Vec<CaptureRow>>, sqlite::Error> {
        let seqs = self.lock().get(&number).map(|list| {
            let from = from.min(list.seqs.len());
            list.seqs[from..from.saturating_add(count).min(list.seqs.len())].to_vec()
        });
        let Some(seqs) = seqs else { return Ok(None) };
        database
            .read(move |db| captures::rows(db, &seqs))
            .await
            .map(Some)
    }

    /// Forgets a list.
    pub(crate) fn close(&self, number: u32) {
        self.lock().remove(&number);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u32, List>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks through the history behind what `list` has seen.
async fn grown(database: &Database, mut list: List) -> Result<List, sqlite::Error> {
    database
        .read(move |db| {
            let seen = crate::store::mark(db)?.seq;
            captures::seek(db, &list.filter, list.seen, false, |seq| {
                // One that came after the mark is taken in the next time.
                let is_seen = seq <= seen;
                if is_seen {
                    list.seqs.push(seq);
                }
                is_seen
            })?;
            list.seen = seen;
            Ok(list)
        })
        .await
}
