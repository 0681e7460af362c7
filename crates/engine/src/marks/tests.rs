//! Marks on a real history, held against all that counts, lists and seeks.

use sqlite::rusqlite::Connection;
use tokio::time::timeout;
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    head::Head,
};

use super::*;
use crate::{
    Options, ReceiveAt,
    arrival::Arrival,
    store::{self, captures, index},
    view::{CaptureRow, Event, ListFilter, Source},
};

const LIMIT: Duration = Duration::from_secs(30);

/// A history in `folder` of `count` captures, whose bodies are their numbers in words.
async fn fill(folder: &std::path::Path, count: i64) {
    let database = store::open(folder).unwrap();
    let insert = move |db: &Connection| {
        for number in 1..=count {
            let capture = Capture {
                id: CaptureId::new(number, [0; 10]),
                endpoint: EndpointId::local(),
                received_at_ms: number,
                peer: None,
                head: Head::compose(b"POST", b"/", b"HTTP/1.1", []).unwrap(),
                body: format!("number n{number} parity p{}", number % 2).into(),
                flaws: Vec::new(),
            };
            captures::insert(db, &Arrival::new(capture, Source::Local, false), number)?;
        }
        while let Some(batch) = index::next(db, 64)? {
            index::put(db, &batch)?;
        }
        Ok(())
    };
    database.write(insert).await.unwrap();
}

fn open(folder: &std::path::Path) -> Engine {
    let options = Options {
        data: folder.to_owned(),
        clock: || 1_000,
        use_keychain: false,
    };
    Engine::open(options).unwrap()
}

async fn history(count: i64) -> (Engine, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    fill(folder.path(), count).await;
    (open(folder.path()), folder)
}

fn query(text: &str) -> ListFilter {
    ListFilter {
        query: Some(text.to_owned()),
        ..ListFilter::default()
    }
}

/// The places that `text` finds, by a new list.
async fn found(engine: &Engine, text: &str) -> Vec<i64> {
    let list = engine.open_list(query(text)).await.unwrap();
    let seqs = engine.list_seqs(list.list, 0, list.count).unwrap();
    engine.close_list(list.list);
    let mut newest = engine.newest_of(query(text), 100).await.unwrap();
    newest.reverse();
    assert_eq!(newest, seqs, "both ways find the same");
    seqs
}

async fn mark(engine: &Engine, seqs: &[i64], change: MarkChange) -> usize {
    engine.mark(seqs.to_vec(), change).await.unwrap()
}

fn id(seq: i64) -> String {
    CaptureId::new(seq, [0; 10]).to_string()
}

#[tokio::test]
async fn what_is_deleted_is_nowhere_and_after_an_undo_everywhere() {
    let (engine, _folder) = history(9).await;
    assert_eq!(mark(&engine, &[2, 4, 9, 77], MarkChange::Delete).await, 3);
    for _ in 0..2 {
        assert_eq!(found(&engine, "").await, [1, 3, 5, 6, 7, 8]);
        assert_eq!(found(&engine, "p0").await, [6, 8]);
        assert_eq!(found(&engine, "-p0").await, [1, 3, 5, 7]);
        assert_eq!(engine.status().await.unwrap().captures, 6);
        assert_eq!(engine.endpoints().await.unwrap()[0].captures, 6);
        assert_eq!(engine.records_after(0, 99).await.unwrap().len(), 6);
        assert!(engine.record_at(4).await.unwrap().is_none());
        assert!(engine.detail(&id(4)).await.is_err());
        assert!(engine.find(&id(4)).await.is_err());
        // A second time changes nothing.
        assert_eq!(mark(&engine, &[2, 4], MarkChange::Delete).await, 0);
    }
    assert_eq!(mark(&engine, &[2, 4, 9], MarkChange::Restore).await, 3);
    assert_eq!(found(&engine, "").await, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(found(&engine, "p0").await, [2, 4, 6, 8]);
    assert_eq!(engine.status().await.unwrap().captures, 9);
    assert!(engine.detail(&id(4)).await.is_ok());
}

#[tokio::test]
async fn an_open_list_keeps_its_places_until_it_is_mended() {
    let (engine, _folder) = history(8).await;
    let list = engine.open_list(ListFilter::default()).await.unwrap().list;
    mark(&engine, &[3, 4, 8], MarkChange::Delete).await;
    let seqs = |rows: Vec<CaptureRow>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    let rows = engine.rows(list, 0, 99).await.unwrap();
    assert_eq!(seqs(rows), [1, 2, 3, 4, 5, 6, 7, 8]);

    let mended = engine.mend_list(list, &[2, 4, 7, 8]).await.unwrap();
    assert!(mended.has_moved);
    let places: Vec<_> = mended.places.iter().map(|it| (it.at, it.is_gone)).collect();
    assert_eq!(places, [(2, true), (2, false), (5, true), (5, false)]);
    let rows = engine.rows(list, 0, 99).await.unwrap();
    assert_eq!((mended.count, seqs(rows)), (5, vec![1, 2, 5, 6, 7]));
    assert_eq!(engine.list_position(list, 5), Some(2));
    assert_eq!(engine.list_position(list, 4), None);
    assert_eq!(engine.grow_list(list).await.unwrap().count, 5);

    mark(&engine, &[4, 8], MarkChange::Restore).await;
    let mended = engine.mend_list(list, &[2, 5]).await.unwrap();
    let places: Vec<_> = mended.places.iter().map(|it| (it.at, it.is_gone)).collect();
    assert_eq!(places, [(3, false), (7, false)]);
    assert_eq!(
        engine.list_seqs(list, 0, 99).unwrap(),
        [1, 2, 4, 5, 6, 7, 8]
    );
    assert!(!engine.mend_list(list, &[]).await.unwrap().has_moved);
}

#[tokio::test]
async fn a_list_that_has_not_grown_yet_does_not_grow_by_being_mended() {
    let (engine, folder) = history(3).await;
    let list = engine.open_list(ListFilter::default()).await.unwrap().list;
    fill(folder.path(), 5).await; // two that are new
    mark(&engine, &[1], MarkChange::Delete).await;
    assert_eq!(engine.mend_list(list, &[]).await.unwrap().count, 2);
    assert_eq!(engine.grow_list(list).await.unwrap().count, 4);
    assert_eq!(engine.list_seqs(list, 0, 9).unwrap(), [2, 3, 4, 5]);
}

#[tokio::test]
async fn pins_and_notes_are_kept_shown_and_sought() {
    let (engine, folder) = history(5).await;
    let pin = |is_pinned| MarkChange::Pin { is_pinned };
    let note = |text: &str| MarkChange::Note {
        text: text.to_owned(),
    };
    assert_eq!(mark(&engine, &[2, 3], pin(true)).await, 2);
    assert_eq!(mark(&engine, &[3, 5], note(" ask Ada ")).await, 2);
    assert_eq!(found(&engine, "is:pinned").await, [2, 3]);
    assert_eq!(found(&engine, "is:noted p1").await, [3, 5]);
    drop(engine);

    let engine = open(folder.path());
    let row = engine.detail(&id(3)).await.unwrap().row;
    assert_eq!(
        (row.is_pinned, row.note.as_deref()),
        (true, Some("ask Ada"))
    );
    assert_eq!(mark(&engine, &[2, 3, 4], pin(false)).await, 2);
    assert_eq!(mark(&engine, &[3, 4, 5], note("  ")).await, 2);
    assert!(found(&engine, "or(is:pinned, is:noted)").await.is_empty());
}

#[tokio::test]
async fn what_another_program_on_the_same_file_does_is_told_and_seen() {
    let (engine, folder) = history(6).await;
    engine.start(ReceiveAt::Off).await.unwrap();
    let mut events = engine.subscribe();
    let list = engine.open_list(ListFilter::default()).await.unwrap().list;
    let other = open(folder.path());
    for change in [MarkChange::Delete, MarkChange::Restore] {
        let left = if change == MarkChange::Delete { 4 } else { 6 };
        mark(&other, &[1, 6], change).await;
        let marked = async { while events.recv().await.unwrap() != Event::Marked {} };
        timeout(LIMIT, marked).await.unwrap();
        assert_eq!(engine.mend_list(list, &[]).await.unwrap().count, left);
        assert_eq!(engine.status().await.unwrap().captures, left as u64);
    }
    engine.stop().await;
}

#[tokio::test]
async fn after_its_time_what_was_deleted_is_gone_with_all_that_hung_on_it() {
    let (engine, _folder) = history(700).await;
    let all: Vec<i64> = (1..=600).collect();
    engine
        .database()
        .write(move |db| marks::delete(db, &all, 5))
        .await
        .unwrap();
    mark(&engine, &[601], MarkChange::Delete).await; // at 1,000 ms
    let (database, stop) = (Arc::new(reopened(&engine)), CancellationToken::new());
    let clock: Clock = || UNDO_WITHIN_MS + 500;
    let finishing = timeout(LIMIT, finish(Arc::clone(&database), clock, stop.clone()));
    let gone = async {
        while engine.database().read(left).await.unwrap().0 > 100 {
            tokio::task::yield_now().await;
        }
        stop.cancel();
    };
    let (finished, ()) = tokio::join!(finishing, gone);
    finished.unwrap();
    // The one deleted later can still be brought back, and nothing that is gone.
    assert_eq!(engine.database().read(left).await.unwrap(), (100, 100, 100));
    assert_eq!(mark(&engine, &[600, 601], MarkChange::Restore).await, 1);
    assert_eq!(engine.newest().await.unwrap(), 700);
}

#[tokio::test]
async fn arrivals_after_the_newest_was_removed_are_counted_right() {
    let (engine, folder) = history(4).await;
    let database = engine.database();
    let remove = |db: &Connection| {
        marks::delete(db, &[3, 4], 1)?;
        marks::remove_deleted(db, 2, 9)
    };
    assert_eq!(database.write(remove).await.unwrap(), 2);
    let before = database.read(store::mark).await.unwrap();
    fill(folder.path(), 5).await; // the two that are gone come again, and one that is new
    let after = database.read(store::mark).await.unwrap();
    assert_eq!(after.seq - before.seq, 3);
    assert_eq!(found(&engine, "").await, [1, 2, 5, 6, 7]);
    assert_eq!(found(&engine, "p1").await, [1, 5, 7]);
}

fn reopened(engine: &Engine) -> Database {
    store::open(engine.data()).unwrap()
}

/// Captures, their contents and their entries in the search's index.
fn left(db: &Connection) -> sqlite::rusqlite::Result<(i64, i64, i64)> {
    let sql = "SELECT (SELECT count(*) FROM captures), (SELECT count(*) FROM contents),
               (SELECT count(*) FROM words WHERE words MATCH '\"number\"')";
    db.query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
}
