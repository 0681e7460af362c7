//! The desktop's database: one file in the data folder, one module a table.

mod bits;
pub(crate) mod captures;
pub(crate) mod deliveries;
pub(crate) mod index;
pub(crate) mod pairing;
pub(crate) mod search;
pub(crate) mod secrets;
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
    Database::open(&data.join("history.db"), MIGRATIONS)
}

/// What another program on the same file may have changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The newest capture.
    pub(crate) seq: i64,
    /// Grows with each change to pairing and endpoints.
    pub(crate) revision: i64,
}

/// How far the file is now.
pub(crate) fn mark(db: &Connection) -> sqlite::rusqlite::Result<Mark> {
    let sql = "SELECT coalesce((SELECT max(seq) FROM captures), 0), number FROM revision";
    db.prepare_cached(sql)?.query_row((), |row| {
        Ok(Mark {
            seq: row.get(0)?,
            revision: row.get(1)?,
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
                deliveries::forwards(db)?,
            ))
        };
        let (captures, rows, pairing, forwards) = new.read(read).await.unwrap();
        assert_eq!(captures[0].capture.body, "{}");
        assert_eq!((rows[0].target.as_str(), &rows[0].sender), ("/a", &None));
        let pairing = pairing.unwrap();
        assert_eq!((pairing.device.as_str(), pairing.pin), ("d-1", None));
        assert!(forwards.is_empty());
    }
}
