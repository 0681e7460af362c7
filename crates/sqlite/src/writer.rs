//! The one thread that writes. It takes what waits, runs it in one transaction, commits once, and
//! only then answers (group commit).

use std::thread;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tracing::warn;

use crate::error::Error;

/// Changes in one commit at the most, so that the first of them does not wait for ever.
const GROUP: usize = 256;
/// Changes that may wait; then those who hand them in wait.
const WAITING: usize = 1024;

/// Runs a change, or hears why it cannot run, and returns what answers its owner once the fate of
/// the commit is known.
type Change = Box<dyn FnOnce(Result<&Connection, Error>) -> Ran + Send>;

enum Job {
    Change(Change),
    /// Runs outside any transaction and answers by itself.
    Alone(Box<dyn FnOnce(&Connection) + Send>),
}

struct Ran {
    failed: bool,
    answer: Box<dyn FnOnce(Result<(), Error>) + Send>,
}

#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let thread = thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_all(&connection, waiting))?;
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread),
        })
    }

    pub(crate) async fn write<T, F>(&self, change: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let change: Change = Box::new(move |connection| {
            let result = connection.and_then(|connection| Ok(change(connection)?));
            Ran {
                failed: result.is_err(),
                answer: Box::new(move |committed| {
                    // Whoever asked may have gone; the change stands all the same.
                    let _ = answer.send(result.and_then(|value| committed.map(|()| value)));
                }),
            }
        });
        self.hand_in(Job::Change(change)).await?;
        answered.await.map_err(|_| Error::Closed)?
    }

    pub(crate) async fn alone<T, F>(&self, work: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let alone = Box::new(move |connection: &Connection| {
            // Whoever asked may have gone.
            let _ = answer.send(work(connection).map_err(Error::from));
        });
        self.hand_in(Job::Alone(alone)).await?;
        answered.await.map_err(|_| Error::Closed)?
    }

    async fn hand_in(&self, job: Job) -> Result<(), Error> {
        let jobs = self.jobs.as_ref().ok_or(Error::Closed)?;
        jobs.send(job).await.map_err(|_| Error::Closed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if self
            .thread
            .take()
            .is_some_and(|thread| thread.join().is_err())
        {
            warn!("the database's writer panicked");
        }
    }
}

fn write_all(connection: &Connection, mut waiting: mpsc::Receiver<Job>) {
    let mut group = Vec::with_capacity(GROUP);
    let mut changes = Vec::with_capacity(GROUP);
    while waiting.blocking_recv_many(&mut group, GROUP) > 0 {
        for job in group.drain(..) {
            match job {
                Job::Change(change) => changes.push(change),
                Job::Alone(work) => {
                    write_group(connection, &mut changes);
                    work(connection);
                }
            }
        }
        write_group(connection, &mut changes);
    }
    // Leaves one file behind instead of three; without it the next opening does the same.
    let _ = connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
}

fn write_group(connection: &Connection, group: &mut Vec<Change>) {
    if group.is_empty() {
        return;
    }
    let mut ran = Vec::with_capacity(group.len());
    let committed = commit_group(connection, group, &mut ran);
    if let Err(error) = &committed {
        warn!(%error, "a commit of {} changes failed: {error}", ran.len());
    }
    for one in ran {
        (one.answer)(committed.clone());
    }
}

fn commit_group(
    connection: &Connection,
    group: &mut Vec<Change>,
    ran: &mut Vec<Ran>,
) -> Result<(), Error> {
    let run = |sql| connection.prepare_cached(sql)?.execute(()).map(drop);
    let mut lost = run("BEGIN IMMEDIATE").err().map(Error::from);
    for job in group.drain(..) {
        if lost.is_none() {
            lost = run("SAVEPOINT one").err().map(Error::from);
        }
        let one = job(lost.clone().map_or(Ok(connection), Err));
        if lost.is_none() {
            let undone = if one.failed {
                run("ROLLBACK TO one")
            } else {
                Ok(())
            };
            // A full disk makes SQLite undo the whole transaction by itself.
            lost = if connection.is_autocommit() {
                Some(Error::Full)
            } else {
                undone
                    .and_then(|()| run("RELEASE one"))
                    .err()
                    .map(Error::from)
            };
        }
        ran.push(one);
    }
    let result = match lost {
        Some(error) => Err(error),
        None => run("COMMIT").map_err(Error::from),
    };
    if result.is_err() && !connection.is_autocommit() {
        // The answer is already an error; a failed rollback leaves the next BEGIN to say so.
        let _ = run("ROLLBACK");
    }
    result
}

#[cfg(test)]
mod tests {
    use std::{path::Path, sync::Arc};

    use crate::{Database, Error};

    const SCHEMA: &[&str] = &["CREATE TABLE a (x INTEGER UNIQUE) STRICT;"];

    async fn count(database: &Database) -> i64 {
        let sql = "SELECT count(*) FROM a";
        database
            .read(|db| db.query_row(sql, (), |row| row.get(0)))
            .await
            .unwrap()
    }

    async fn insert(database: &Database, x: i64) -> Result<usize, Error> {
        database
            .write(move |db| db.execute("INSERT INTO a VALUES (?1)", [x]))
            .await
    }

    fn open(folder: &Path) -> Database {
        Database::open(&folder.join("a.db"), SCHEMA).unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn many_changes_at_once_are_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let database = Arc::new(open(folder.path()));
        let mut all = tokio::task::JoinSet::new();
        for x in 0..2_000 {
            let database = Arc::clone(&database);
            all.spawn(async move { insert(&database, x).await.unwrap() });
        }
        assert_eq!(all.join_all().await.len(), 2_000);
        assert_eq!(count(&database).await, 2_000);
    }

    #[tokio::test]
    async fn a_change_that_fails_is_undone_alone() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let half = database.write(|db| {
            db.execute("INSERT INTO a VALUES (1)", ())?;
            db.execute("INSERT INTO nowhere VALUES (1)", ())
        });
        let (half, whole) = tokio::join!(half, insert(&database, 2));
        assert!(matches!(half, Err(Error::Sql(_))), "{half:?}");
        assert_eq!(whole.unwrap(), 1);
        assert_eq!(count(&database).await, 1);
    }

    #[tokio::test]
    async fn what_was_answered_is_there_after_the_file_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        insert(&database, 1).await.unwrap();
        drop(database);
        assert_eq!(count(&open(folder.path())).await, 1);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_comes_while_one_works_alone_is_written_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        insert(&database, 0).await.unwrap();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go, may_end) = std::sync::mpsc::channel::<()>();
        let alone = database.alone(move |db| {
            let _ = begun.send(());
            may_end.recv().unwrap();
            db.execute_batch("VACUUM")?;
            db.query_row("SELECT count(*) FROM a", (), |row| row.get::<_, i64>(0))
        });
        let others = async {
            has_begun.await.unwrap();
            let writing = async { tokio::join!(insert(&database, 1), insert(&database, 2)) };
            let (written, ()) = tokio::join!(writing, async {
                tokio::task::yield_now().await;
                go.send(()).unwrap();
            });
            (written.0.unwrap(), written.1.unwrap())
        };
        let (seen, written) = tokio::join!(alone, others);
        assert_eq!((seen.unwrap(), written), (1, (1, 1)));
        assert_eq!(count(&database).await, 3);
    }

    #[tokio::test]
    async fn two_programs_write_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (open(folder.path()), open(folder.path()));
        for x in 0..50 {
            let (a, b) = tokio::join!(insert(&one, x), insert(&other, 1_000 + x));
            assert_eq!((a.unwrap(), b.unwrap()), (1, 1));
        }
        assert_eq!(count(&one).await, 100);
    }

    #[tokio::test]
    async fn a_full_file_is_told_and_recovers_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let database = open(folder.path());
        let limit = |pages: i64| {
            database.write(move |db| {
                db.pragma_update_and_check(None, "max_page_count", pages, |row| {
                    row.get::<_, i64>(0)
                })
            })
        };
        database
            .write(|db| db.execute_batch("CREATE TABLE b (y BLOB) STRICT"))
            .await
            .unwrap();
        limit(8).await.unwrap();
        let big = || database.write(|db| db.execute("INSERT INTO b VALUES (zeroblob(100000))", ()));
        let (failed, beside) = tokio::join!(big(), insert(&database, 1));
        assert!(matches!(failed, Err(Error::Full)), "{failed:?}");
        // Those that shared the transaction either stand or know that they do not.
        assert_eq!(count(&database).await, i64::from(beside.is_ok()));
        limit(1_000).await.unwrap();
        big().await.unwrap();
    }
}
