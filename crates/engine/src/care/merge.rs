//! Captures of another history taken into this one: what is there already, by its id, is left out.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use sqlite::{
    Done, open_read_only,
    rusqlite::{self, Connection},
};
use webhook::{
    capture::CaptureId,
    import::{self, Imported},
};

use crate::{
    arrival::Arrival,
    care::{
        Begun, CareError,
        backup::{checked, sorted},
        blocking,
        restore::Ready,
    },
    engine::{Engine, Error},
    store::captures,
    view::{Merged, Source, Work},
};

/// Captures stored in one commit, at most.
const GROUP: usize = 64;
/// Bytes of captures stored in one commit, unless a single one is larger.
const GROUP_BYTES: usize = 8 << 20;
/// The longest line of NDJSON.
const LINE_BYTES: u64 = 512 << 20;

/// A capture of another history, and whether it is pinned there.
type Other = (Arrival, bool);

impl Engine {
    /// Takes in the captures of the file `from`: another history or a backup, or what `export`
    /// writes as NDJSON.
    ///
    /// # Errors
    /// When `from` is neither or cannot be read, the history cannot be written, or
    /// [`Self::stop_work`] was called. What was added by then stays.
    pub async fn merge(&self, from: &Path) -> Result<Merged, Error> {
        let begun = self.begin(Work::Merge)?;
        let mut start = Vec::new();
        File::open(from)
            .and_then(|file| file.take(16).read_to_end(&mut start))
            .map_err(|error| CareError::unreadable(from, &error))?;
        let merged = if start == b"SQLite format 3\0" {
            self.merge_history(from, &begun).await
        } else {
            self.merge_lines(from, &begun).await
        };
        self.has_changed();
        merged
    }

    async fn merge_history(&self, from: &Path, begun: &Begun) -> Result<Merged, Error> {
        let (from, data) = (from.to_owned(), self.data().to_owned());
        let telling = begun.clone();
        let (ready, total, pinned) = blocking(move || {
            let found = checked(&from)?;
            let ready = Ready::make(&from, &data, |done| telling.tell_part(0, 2, done))?;
            let pinned = pinned(&ready.file).map_err(|error| sorted(&from, &error))?;
            Ok((ready, found.captures, pinned))
        })
        .await?;
        let mut merged = Merged::default();
        let mut after = 0;
        loop {
            let file = ready.file.clone();
            let read = move || {
                let db = open_read_only(&file).map_err(|error| sorted(&file, &error))?;
                let some = next(&db, after).map_err(|error| sorted(&file, &error))?;
                Ok(some)
            };
            let group = blocking(read).await?;
            let Some(last) = group.last() else {
                return Ok(merged);
            };
            after = last.seq;
            let others = group.into_iter().map(|one| {
                let is_pinned = pinned.contains(&one.seq);
                (
                    Arrival::new(one.capture, one.source, one.is_held),
                    is_pinned,
                )
            });
            self.take_in(others.collect(), &mut merged).await?;
            let done = merged.added + merged.skipped;
            if !begun.tell_part(1, 2, Done { done, total }) && done < total {
                return Err(CareError::Stopped.into());
            }
        }
    }

    async fn merge_lines(&self, from: &Path, begun: &Begun) -> Result<Merged, Error> {
        let unreadable = |error: &dyn ToString| CareError::Unreadable {
            path: from.to_owned(),
            reason: error.to_string(),
        };
        let file = File::open(from).map_err(|error| unreadable(&error))?;
        let total = file.metadata().map_or(0, |file| file.len());
        let mut input = BufReader::new(file);
        if import::Kind::of(input.fill_buf().map_err(|error| unreadable(&error))?)
            != import::Kind::Ndjson
        {
            let path = from.to_owned();
            return Err(CareError::NotAHistory { path }.into());
        }
        let (mut merged, mut group, mut bytes, mut done) = (Merged::default(), vec![], 0, 0);
        let mut line = Vec::new();
        for at in 1.. {
            line.clear();
            let read = (&mut input).take(LINE_BYTES).read_until(b'\n', &mut line);
            let read = read.map_err(|error| unreadable(&error))?;
            done += read as u64;
            if !line.trim_ascii().is_empty() {
                let one = import::ndjson::line(at, &line).map_err(|error| unreadable(&error))?;
                bytes += line.len();
                group.push((self.arrival(one), false));
            }
            if group.len() == GROUP || bytes >= GROUP_BYTES || read == 0 {
                self.take_in(std::mem::take(&mut group), &mut merged)
                    .await?;
                bytes = 0;
                if !begun.tell(Done { done, total }) && read > 0 {
                    return Err(CareError::Stopped.into());
                }
            }
            if read == 0 {
                break;
            }
        }
        Ok(merged)
    }

    fn arrival(&self, imported: Imported) -> Arrival {
        let now_ms = self.now_ms();
        let at_ms = imported.received_at_ms.unwrap_or(now_ms);
        let capture = imported.into_capture(CaptureId::new(at_ms, rand::random()), now_ms);
        Arrival::new(capture, Source::Import, false)
    }

    async fn take_in(&self, others: Vec<Other>, merged: &mut Merged) -> Result<(), Error> {
        let (all, now_ms) = (others.len() as u64, self.now_ms());
        let write = move |db: &Connection| {
            let mut added = 0;
            for (arrival, is_pinned) in &others {
                if captures::insert(db, arrival, now_ms)? {
                    added += 1;
                    if *is_pinned {
                        db.prepare_cached("UPDATE captures SET is_pinned = 1 WHERE id = ?1")?
                            .execute([arrival.capture.id.to_bytes()])?;
                    }
                }
            }
            Ok(added)
        };
        let added = self.database().write(write).await?;
        merged.added += added;
        merged.skipped += all - added;
        Ok(())
    }
}

/// The next captures behind the place `after`, no more than go into one commit.
fn next(db: &Connection, after: i64) -> rusqlite::Result<Vec<captures::Stored>> {
    let (mut group, mut bytes) = (Vec::new(), 0);
    while group.len() < GROUP && bytes < GROUP_BYTES {
        let from = group.last().map_or(after, |one: &captures::Stored| one.seq);
        let Some(one) = captures::after(db, from, 1)?.pop() else {
            break;
        };
        bytes += one.capture.body.len();
        group.push(one);
    }
    Ok(group)
}

fn pinned(file: &Path) -> rusqlite::Result<HashSet<i64>> {
    let db = open_read_only(file)?;
    let mut select = db.prepare("SELECT seq FROM captures WHERE is_pinned")?;
    select.query_map((), |row| row.get(0))?.collect()
}
