//! Lists as a face sees them: a filter, and the places of the captures that it lets through. A page
//! of a list is read by those places, so the millionth costs what the first does.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlite::Database;
use webhook::query::NameField;

use crate::{
    store::{
        self, captures, index,
        search::{self, Sought},
        verdicts,
    },
    view::{CaptureRow, ListInfo, MendedList, MendedPlace},
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
    sought: Arc<Sought>,
    /// The captures, the oldest first.
    seqs: Vec<i64>,
    /// How far the history was looked through.
    seen: i64,
    /// Captures that the indexes lacked then, of the whole history.
    behind: u64,
}

impl List {
    fn info(&self, number: u32) -> ListInfo {
        ListInfo {
            list: number,
            count: self.seqs.len(),
            behind: self.behind,
        }
    }
}

/// The captures of a list.
#[derive(Debug)]
pub(crate) struct Places {
    pub(crate) sought: Arc<Sought>,
    /// Their places, the oldest first; none when nothing is left out.
    pub(crate) seqs: Option<Vec<i64>>,
}

impl Lists {
    /// Opens a list of what `sought` lets through.
    pub(crate) async fn open(
        &self,
        database: &Database,
        sought: Sought,
    ) -> Result<ListInfo, sqlite::Error> {
        let list = look(database, Arc::new(sought), 0).await?;
        let number = self.last.fetch_add(1, Ordering::Relaxed) + 1;
        let info = list.info(number);
        let mut open = self.lock();
        if open.len() >= OPEN
            && let Some(oldest) = open.keys().min().copied()
        {
            open.remove(&oldest);
        }
        open.insert(number, list);
        Ok(info)
    }

    /// Takes in what has come since. None when there is no such list.
    pub(crate) async fn grow(
        &self,
        database: &Database,
        number: u32,
    ) -> Result<Option<ListInfo>, sqlite::Error> {
        let known = |list: &List| (Arc::clone(&list.sought), list.seen);
        let Some((sought, seen)) = self.lock().get(&number).map(known) else {
            return Ok(None);
        };
        let new = look(database, sought, seen).await?;
        let mut open = self.lock();
        let Some(list) = open.get_mut(&number) else {
            return Ok(None);
        };
        // Two may have grown it at once: what the other took in is not taken in again.
        let from = new.seqs.partition_point(|seq| *seq <= list.seen);
        list.seqs.extend_from_slice(&new.seqs[from..]);
        list.seen = list.seen.max(new.seen);
        list.behind = new.behind;
        Ok(Some(list.info(number)))
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

    /// Looks through the whole history again, for captures were marked or have gone: what is deleted goes, what is
    /// back comes, in its old place. Says where the captures at `positions` are now. Only this moves
    /// captures in a list. None when there is no such list.
    pub(crate) async fn mend(
        &self,
        database: &Database,
        number: u32,
        positions: &[usize],
    ) -> Result<Option<MendedList>, sqlite::Error> {
        let sought = self
            .lock()
            .get(&number)
            .map(|list| Arc::clone(&list.sought));
        let Some(sought) = sought else {
            return Ok(None);
        };
        let mut new = look(database, sought, 0).await?;
        let mut open = self.lock();
        let Some(list) = open.get_mut(&number) else {
            return Ok(None);
        };
        // It may have grown meanwhile; and what it has not taken in yet is left for that.
        let grown = list.seqs.partition_point(|seq| *seq <= new.seen);
        new.seqs.extend_from_slice(&list.seqs[grown..]);
        new.seqs
            .truncate(new.seqs.partition_point(|seq| *seq <= list.seen));
        let place = |position: &usize| {
            let seq = list.seqs.get(*position);
            let at = seq.map_or(new.seqs.len(), |seq| {
                new.seqs.partition_point(|one| one < seq)
            });
            MendedPlace {
                at,
                is_gone: new.seqs.get(at) != seq,
            }
        };
        let places = positions.iter().map(place).collect();
        let has_moved = list.seqs != new.seqs;
        list.seqs = new.seqs;
        Ok(Some(MendedList {
            count: list.seqs.len(),
            has_moved,
            places,
        }))
    }

    /// The places in the history of the captures from position `from` on. None when there is no such
    /// list.
    pub(crate) fn seqs(&self, number: u32, from: usize, count: usize) -> Option<Vec<i64>> {
        let open = self.lock();
        let seqs = &open.get(&number)?.seqs;
        let from = from.min(seqs.len());
        Some(seqs[from..from.saturating_add(count).min(seqs.len())].to_vec())
    }

    /// The position of the capture at the place `seq`; none when it is not in the list, or there is
    /// no such list.
    pub(crate) fn position(&self, number: u32, seq: i64) -> Option<usize> {
        self.lock().get(&number)?.seqs.binary_search(&seq).ok()
    }

    /// The captures of a list. None when there is no such list.
    pub(crate) fn places(&self, number: u32) -> Option<Places> {
        let open = self.lock();
        let List { sought, seqs, .. } = open.get(&number)?;
        Some(Places {
            sought: Arc::clone(sought),
            seqs: (!sought.is_everything()).then(|| seqs.clone()),
        })
    }

    /// Forgets a list.
    pub(crate) fn close(&self, number: u32) {
        self.lock().remove(&number);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u32, List>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks through the history behind `after`.
async fn look(database: &Database, sought: Arc<Sought>, after: i64) -> Result<List, sqlite::Error> {
    database
        .read(move |db| {
            let index::Progress {
                indexed, newest, ..
            } = index::progress(db)?;
            // The newest of all that ever came, though it may be gone.
            let mut last = store::mark(db)?.seq;
            // What has no verdict yet is taken in when it has one.
            if sought.query.asks_for(NameField::Verify) {
                last = last.min(verdicts::upto(db)?);
            }
            let mut seqs = Vec::new();
            search::seek(db, &sought, after, false, |seq| {
                // One that came meanwhile is taken in the next time.
                let is_seen = seq <= last;
                if is_seen {
                    seqs.push(seq);
                }
                is_seen
            })?;
            Ok(List {
                sought,
                seqs,
                seen: last.max(after),
                behind: u64::try_from(newest - indexed).unwrap_or(0),
            })
        })
        .await
}
