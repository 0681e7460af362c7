//! The desktop's database: one file in the data folder, one module a table.

mod bits;
pub(crate) mod captures;
pub(crate) mod confirmed;
pub(crate) mod deliveries;
pub(crate) mod forwards;
pub(crate) mod index;
pub(crate) mod marks;
pub(crate) mod outcomes;
pub(crate) mod pairing;
pub(crate) mod retention;
pub(crate) mod runs;
pub(crate) mod saved;
pub(crate) mod search;
pub(crate) mod secrets;
pub(crate) mod tries;
pub(crate) mod verdicts;

use std::path::Path;

use sqlite::{Database, OpenError, rusqlite::Connection};

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/1.sql"),
    include_str!("../../migrations/2.sql"),
    include_str!("../../migrations/3.sql"),
];

/// Opens the history in the folder `data`.
///
/// # Errors
/// As [`Database::open`].
pub(crate) fn open(data: &Path) -> Result<Database, OpenError> {
    open_file(&data.join("history.db"))
}

/// Opens the history that is the file `path`.
///
/// # Errors
/// As [`Database::open`].
pub(crate) fn open_file(path: &Path) -> Result<Database, OpenError> {
    Database::open(path, MIGRATIONS)
}

/// The newest schema that is known.
pub(crate) fn schema() -> i64 {
    i64::try_from(MIGRATIONS.len()).expect("migrations are few")
}

/// What another program on the same file may have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The newest capture that ever was: deleting it takes nothing back.
    pub(crate) seq: i64,
    /// Grows with each pin, note, deletion and undoing.
    pub(crate) marks: i64,
    /// Grows with each change to pairing and endpoints.
    pub(crate) revision: i64,
    /// Grows with each capture that goes.
    pub(crate) removals: i64,
}

/// How far the file is now.
pub(crate) fn mark(db: &Connection) -> sqlite::rusqlite::Result<Mark> {
    let sql = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'captures'), 0),
                   revision.number, removals.number, marks.number
               FROM revision, removals, marks";
    db.prepare_cached(sql)?.query_row((), |row| {
        Ok(Mark {
            seq: row.get(0)?,
            revision: row.get(1)?,
            removals: row.get(2)?,
            marks: row.get(3)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A history of the version before, with one capture and its pairing, is taken over whole.
    #[tokio::test]
    async fn a_history_of_the_first_version_is_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history.db");
        let old = Database::open(&file, &MIGRATIONS[..1]).unwrap();
        let filled = old.write(|db| {
            db.execute_batch(
                "INSERT INTO captures VALUES (1, x'0199c82cc0007102830405060708090a', 'local', 1, 0,
                     5, 6, NULL, 'POST', '/a', NULL, 2, '');
                 INSERT INTO contents VALUES
                     (1, CAST('POST /a HTTP/1.1' || char(13, 10, 13, 10) AS BLOB), x'7b7d');
                 INSERT INTO relay VALUES (1, 'https://hooks.example.dev', 'd-1', 7);",
            )
        });
        filled.await.unwrap();
        drop(old);

        let new = open(folder.path()).unwrap();
        let read = |db: &Connection| {
            Ok((
                captures::after(db, 0, 10)?,
                captures::rows(db, &[1])?,
                pairing::read(db)?,
                forwards::all(db)?,
            ))
        };
        let (captures, rows, pairing, forwards) = new.read(read).await.unwrap();
        assert_eq!(captures[0].capture.body, "{}");
        assert_eq!((rows[0].target.as_str(), &rows[0].sender), ("/a", &None));
        let pairing = pairing.unwrap();
        assert_eq!((pairing.device.as_str(), pairing.pin), ("d-1", None));
        assert!(forwards.is_empty());
    }

    /// What came of the captures of before is known at once.
    #[tokio::test]
    async fn a_history_of_the_second_version_brings_its_outcomes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("history.db");
        let old = Database::open(&file, &MIGRATIONS[..2]).unwrap();
        let filled = old.write(|db| {
            db.execute_batch(
                "INSERT INTO captures (id, endpoint, is_local, is_held, received_at_ms, stored_at_ms,
                     method, target, body_bytes, flaws)
                 SELECT randomblob(16), 'local', 1, 0, value, 0, 'POST', '/', 0, ''
                 FROM json_each('[59999, 60000, 960000]');
                 INSERT INTO deliveries (seq, began_at_ms, target, changes, status, head, body,
                     body_bytes, total_ms) VALUES (1, 0, '', '', 200, x'', x'', 0, 1),
                     (2, 0, '', '', 200, x'', x'', 0, 1), (2, 0, '', '', 503, x'', x'', 0, 1);",
            )
        });
        filled.await.unwrap();
        drop(old);

        let new = open(folder.path()).unwrap();
        let read = |db: &Connection| {
            let mut slots = Vec::new();
            for minutes in [1, 15] {
                outcomes::slots(db, minutes, |slot| {
                    slots.push((slot.start, slot.captures, slot.ok, slot.failed));
                })?;
            }
            Ok((slots, outcomes::of(db, 2)?, outcomes::of(db, 3)?))
        };
        let (slots, second, third) = new.read(read).await.unwrap();
        let minutes = [(0, 1, 1, 0), (1, 1, 0, 1), (16, 1, 0, 0)];
        let quarters = [(0, 2, 1, 1), (15, 1, 0, 0)];
        assert_eq!(slots, [&minutes[..], &quarters[..]].concat());
        let second = second.unwrap();
        assert_eq!((second.status, second.is_failed), (Some(503), true));
        assert_eq!(third, None);
    }
}
