//! Keeps the history, copies it, puts it back: each with a real file.

use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use proptest::prelude::{Strategy, any, prop, prop_assert_eq, proptest};
use sqlite::rusqlite::{self, Connection};
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    head::Head,
};

use super::*;
use crate::{
    Options, ReceiveAt,
    arrival::Arrival,
    store::{self, captures, index},
    view::{ListFilter, Merged, Retention, Source},
};

/// The clock of these tests.
const NOW_MS: i64 = 1_000_000;
const LIMIT: Duration = Duration::from_secs(60);

fn engine(folder: &Path) -> Engine {
    Engine::open(Options {
        data: folder.to_owned(),
        clock: || NOW_MS,
        use_keychain: false,
    })
    .unwrap()
}

fn capture(number: i64, body: Vec<u8>) -> Capture {
    Capture {
        id: CaptureId::new(number, [0; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: number,
        peer: None,
        head: Head::compose(b"POST", b"/", b"HTTP/1.1", []).unwrap(),
        body: body.into(),
        flaws: Vec::new(),
    }
}

/// Captures received at the times `numbers`, each with `body_bytes` bytes.
async fn arrive(engine: &Engine, numbers: std::ops::Range<i64>, body_bytes: usize) {
    let insert = move |db: &Connection| {
        for number in numbers {
            let body = format!(
                "{{\"n\": {number}, \"pad\": \"{}\"}}",
                "x".repeat(body_bytes)
            );
            let arrival = Arrival::new(capture(number, body.into()), Source::Local, false);
            captures::insert(db, &arrival, number)?;
        }
        Ok(())
    };
    engine.database().write(insert).await.unwrap();
}

async fn pin(engine: &Engine, number: i64) {
    let sql = "UPDATE captures SET is_pinned = 1 WHERE received_at_ms = ?1";
    let pin = move |db: &Connection| db.execute(sql, [number]);
    assert_eq!(engine.database().write(pin).await.unwrap(), 1);
}

/// When the captures were received, which is their number here.
async fn times(engine: &Engine) -> Vec<i64> {
    let read = |db: &Connection| {
        let mut select = db.prepare("SELECT received_at_ms FROM captures ORDER BY seq")?;
        select.query_map((), |row| row.get(0))?.collect()
    };
    engine.database().read(read).await.unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    result.unwrap_err().code()
}

const fn rules(
    max_age_ms: Option<i64>,
    max_captures: Option<u64>,
    max_bytes: Option<u64>,
) -> Retention {
    Retention {
        max_age_ms,
        max_captures,
        max_bytes,
    }
}

#[tokio::test]
async fn what_the_preview_says_goes_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..100, 10).await;
    for number in [3, 97] {
        pin(&engine, number).await;
    }
    let check = async |retention, query: Option<&str>, want: (u64, u64)| {
        let query = query.map(str::to_owned);
        let preview = engine.prune_preview(retention, query).await.unwrap();
        assert_eq!((preview.captures, preview.pinned), want, "{retention:?}");
        preview
    };
    check(rules(None, None, None), None, (0, 0)).await;
    check(rules(Some(NOW_MS), None, None), None, (0, 0)).await;
    let by_age = check(rules(Some(NOW_MS - 10), None, None), None, (9, 1)).await;
    assert_eq!(
        (by_age.oldest_at_ms, by_age.newest_at_ms),
        (Some(0), Some(9))
    );
    check(rules(None, Some(90), None), None, (9, 1)).await;
    check(rules(None, Some(0), None), None, (98, 2)).await;
    check(rules(Some(NOW_MS - 5), Some(80), None), None, (19, 1)).await;
    check(rules(None, None, None), Some("n"), (98, 2)).await;
    check(rules(None, Some(1), None), Some("body.n:42"), (0, 0)).await;
    check(rules(None, None, None), Some("body.n:42"), (1, 0)).await;

    assert_eq!(
        code(engine.prune(rules(None, None, None), None).await),
        "care_no_rule"
    );
    let wrong = engine.prune(rules(None, Some(1), None), Some("status:x".to_owned()));
    assert_eq!(code(wrong.await), "query");
    assert_eq!(
        engine
            .prune(rules(None, Some(90), None), None)
            .await
            .unwrap(),
        9
    );
    let left = times(&engine).await;
    assert_eq!(left[..2], [3, 10]);
    assert_eq!(left.len(), 91);
    let gone = "SELECT (SELECT count(*) FROM contents) - (SELECT count(*) FROM captures)";
    let read = |db: &Connection| db.query_row(gone, (), |row| row.get::<_, i64>(0));
    assert_eq!(engine.database().read(read).await.unwrap(), 0);
}

#[tokio::test]
async fn by_its_size_the_oldest_go_until_the_rest_fits() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let used = async || engine.history().await.unwrap().sizes.used_bytes;
    let empty = used().await;
    arrive(&engine, 0..300, 20_000).await;
    let most = empty + (used().await - empty) / 2;
    let rule = rules(None, None, Some(most));
    let preview = engine.prune_preview(rule, None).await.unwrap();
    assert!(preview.captures.abs_diff(150) <= 2, "{preview:?}");
    assert!(
        preview.bytes.abs_diff(most - empty) < most / 20,
        "{preview:?}"
    );
    assert_eq!(engine.prune(rule, None).await.unwrap(), preview.captures);
    assert!(used().await <= most + most / 50);
    assert_eq!(times(&engine).await.last(), Some(&299));
    // Once it fits nothing more goes.
    arrive(&engine, 300..301, 20_000).await;
    assert!(engine.prune(rule, None).await.unwrap() <= 4);
}

fn any_rules() -> impl Strategy<Value = Retention> {
    let age = prop::option::of(NOW_MS - 60..NOW_MS + 1);
    let most = prop::option::of(0_u64..70);
    (age, most, prop::option::of(0_u64..400_000))
        .prop_map(|(age, most, bytes)| rules(age, most, bytes))
}

proptest! {
    #[test]
    fn pinned_captures_stay_whatever_the_rules_and_the_newest_go_last(
        pins in prop::collection::vec(any::<bool>(), 60),
        retention in any_rules(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let database = store::open(folder.path()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (pinned, rule) = (pins.clone(), retention);
        let result = runtime.block_on(database.write(move |db| {
            for (number, is_pinned) in (0..).zip(&pinned) {
                let arrival = Arrival::new(capture(number, vec![0; 2_000]), Source::Local, false);
                captures::insert(db, &arrival, number)?;
                db.execute(
                    "UPDATE captures SET is_pinned = ?2 WHERE received_at_ms = ?1",
                    rusqlite::params![number, is_pinned],
                )?;
            }
            let due = store::retention::due(db, &rule, NOW_MS, None)?;
            // Also what is pinned between the two stays.
            let all: Vec<i64> = (1..=60).collect();
            let (_, removed) = store::retention::remove(db, &due.seqs, u64::MAX)?;
            let mut left = db.prepare("SELECT received_at_ms FROM captures ORDER BY seq")?;
            let left = left.query_map((), |row| row.get(0))?;
            let left = left.collect::<rusqlite::Result<BTreeSet<i64>>>()?;
            let (_, forced) = store::retention::remove(db, &all, u64::MAX)?;
            Ok((due, removed, left, forced))
        }));
        let (due, removed, left, forced) = result.unwrap();
        prop_assert_eq!(due.preview.captures, removed);
        let pinned: BTreeSet<i64> = (0..).zip(&pins).filter(|(_, is)| **is).map(|(n, _)| n).collect();
        prop_assert_eq!(pinned.difference(&left).count(), 0);
        prop_assert_eq!(forced, (left.len() - pinned.len()) as u64);
        // Of what is not pinned, those that went are older than those that stayed.
        let gone: Vec<i64> = (0..60).filter(|number| !left.contains(number)).collect();
        let oldest_kept = left.difference(&pinned).min();
        if let (Some(newest_gone), Some(oldest_kept)) = (gone.last(), oldest_kept) {
            assert!(newest_gone < oldest_kept);
        }
        if retention.is_off() {
            prop_assert_eq!(removed, 0);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arrivals_are_stored_between_the_batches() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..2_000, 10).await;
    let prune = engine.prune(rules(Some(NOW_MS - 3_000), None, None), None);
    let mut came = 0;
    let arrivals = async {
        for number in 5_000..5_040 {
            arrive(&engine, number..number + 1, 10).await;
            came += 1;
        }
        engine.database().read(captures::count).await.unwrap()
    };
    let (removed, counted) = tokio::join!(prune, arrivals);
    // All that came is there while some of what was to go still is.
    assert!(counted > 40, "{counted}");
    assert_eq!((removed.unwrap(), came), (2_000, 40));
    assert_eq!(times(&engine).await.len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_lets_go_by_itself_and_lists_follow() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..50, 10).await;
    let mut events = engine.subscribe();
    engine.start(ReceiveAt::Off).await.unwrap();
    let list = engine.open_list(ListFilter::default()).await.unwrap();
    assert_eq!(list.count, 50);
    engine
        .set_retention(rules(None, Some(5), None))
        .await
        .unwrap();
    let told = async {
        let mut was_told = false;
        while !was_told || times(&engine).await.len() > 5 {
            was_told |= events.recv().await.unwrap() == Event::Removed;
        }
    };
    tokio::time::timeout(LIMIT, told).await.unwrap();
    let mended = engine.mend_list(list.list, &[]).await.unwrap();
    assert_eq!(mended.count, 5);
    let rows = engine.rows(list.list, 0, 10).await.unwrap();
    let seen: Vec<_> = rows.iter().map(|row| row.received_at_ms).collect();
    assert_eq!(seen, [45, 46, 47, 48, 49]);
    engine.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_arrival_during_compaction_is_kept_and_the_disk_gets_its_bytes_back() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..400, 20_000).await;
    engine
        .prune(rules(None, Some(50), None), None)
        .await
        .unwrap();
    let (compacted, ()) = tokio::join!(engine.compact(), async {
        for number in 1_000..1_020 {
            arrive(&engine, number..number + 1, 10).await;
        }
    });
    let compacted = compacted.unwrap();
    assert!(compacted.freed_bytes > 6_000_000, "{compacted:?}");
    let left = times(&engine).await;
    assert_eq!((left.len(), left.last()), (70, Some(&1_019)));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_work_at_a_time_and_stopped_work_leaves_the_history_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..400, 20_000).await;
    let to = folder.path().join("a.db");
    let begun = engine.begin(Work::Compact).unwrap();
    assert_eq!(code(engine.backup(&to).await), "care_working");
    drop(begun);
    let mut events = engine.subscribe();
    let stop = async {
        while !matches!(
            events.recv().await.unwrap(),
            Event::Working { progress: Some(_) }
        ) {}
        engine.stop_work();
    };
    let (stopped, ()) = tokio::join!(engine.backup(&to), stop);
    assert_eq!(code(stopped), "care_stopped");
    assert!(!to.exists() && !folder.path().join("a.db.part").exists());
    let to = engine.backup(&to).await.unwrap();
    assert_eq!(to.captures, 400);
    let (stopped, ()) = tokio::join!(engine.restore(Path::new(&to.path)), async {
        while !matches!(
            events.recv().await.unwrap(),
            Event::Working {
                progress: Some(WorkProgress {
                    work: Work::Restore,
                    ..
                })
            }
        ) {}
        engine.stop_work();
    });
    assert_eq!(code(stopped), "care_stopped");
    assert_eq!(times(&engine).await.len(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_history_is_that_of_then_and_the_one_of_now_lies_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..10, 10).await;
    pin(&engine, 3).await;
    let backup = folder.path().join("backups/then.db");
    engine.backup(&backup).await.unwrap();
    assert_eq!(code(engine.backup(&backup).await), "care_exists");
    assert_eq!(engine.history().await.unwrap().backups[0].name, "then.db");
    arrive(&engine, 10..15, 10).await;
    engine
        .prune(rules(None, Some(6), None), None)
        .await
        .unwrap();
    let paired =
        "INSERT INTO relay (one, url, device, paired_at_ms) VALUES (1, 'https://r', 'd', 1)";
    engine
        .database()
        .write(move |db| db.execute(paired, ()))
        .await
        .unwrap();
    engine
        .set_retention(rules(None, Some(6), None))
        .await
        .unwrap();
    // Another program on the same folder goes on.
    let other = self::engine(folder.path());
    let list = other.open_list(ListFilter::default()).await.unwrap();
    assert_eq!(list.count, 7);

    let restored = engine.restore(&backup).await.unwrap();
    assert_eq!((restored.captures, restored.is_retention_off), (10, true));
    assert_eq!(times(&engine).await, (0..10).collect::<Vec<_>>());
    assert!(engine.retention().await.unwrap().is_off());
    assert_eq!(
        engine.status().await.unwrap().relay.as_deref(),
        Some("https://r")
    );
    let mended = other.mend_list(list.list, &[]).await.unwrap();
    assert_eq!(mended.count, 10);
    assert_eq!(engine.check_history(&backup).await.unwrap().captures, 10);
    let kept = engine
        .check_history(Path::new(&restored.kept))
        .await
        .unwrap();
    assert_eq!((kept.captures, kept.newest_at_ms), (7, Some(14)));
    // Places go on behind those of before; what comes is found by its words, as what was restored.
    arrive(&other, 20..21, 10).await;
    let newest = engine.newest().await.unwrap();
    assert_eq!(newest, 16);
    while let Some(batch) = engine
        .database()
        .read(|db| index::next(db, 100))
        .await
        .unwrap()
    {
        engine
            .database()
            .write(move |db| index::put(db, &batch))
            .await
            .unwrap();
    }
    let of = |query: &str| ListFilter {
        query: Some(query.to_owned()),
        ..ListFilter::default()
    };
    assert_eq!(engine.newest_of(of("body.n:20"), 9).await.unwrap(), [16]);
    assert_eq!(other.newest_of(of("body.n:7"), 9).await.unwrap(), [8]);

    // What came since then is brought back.
    let merged = engine.merge(Path::new(&restored.kept)).await.unwrap();
    assert_eq!(
        merged,
        Merged {
            added: 5,
            skipped: 2
        }
    );
    let again = engine.merge(Path::new(&restored.kept)).await.unwrap();
    assert_eq!(
        again,
        Merged {
            added: 0,
            skipped: 7
        }
    );
    assert_eq!(engine.history().await.unwrap().sizes.pinned, 1);
}

#[tokio::test]
async fn what_is_no_sound_history_is_refused_and_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..200, 5_000).await;
    let file = |name: &str| folder.path().join(name);
    let [newer, damaged, other] = ["newer", "damaged", "other"].map(&file);
    for path in [&newer, &damaged] {
        engine.backup(path).await.unwrap();
    }
    let db = Connection::open(&newer).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let mut bytes = fs::read(&damaged).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40_000].fill(0xa5);
    fs::write(&damaged, bytes).unwrap();
    fs::write(&other, "a text, and no database").unwrap();
    let before = times(&engine).await;
    for (path, want) in [
        (&newer, "care_too_new"),
        (&damaged, "care_damaged"),
        (&other, "care_not_a_history"),
        (&file("nowhere"), "care_unreadable"),
    ] {
        assert_eq!(code(engine.check_history(path).await), want);
        assert_eq!(code(engine.restore(path).await), want);
        assert_eq!(code(engine.merge(path).await), want);
    }
    assert_eq!(times(&engine).await, before);
    let too_new = engine.restore(&newer).await.unwrap_err().to_string();
    assert!(
        too_new.contains("has schema 99, and this program knows only"),
        "{too_new}"
    );
}

#[tokio::test]
async fn a_damaged_history_is_replaced_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let opened = engine(&data);
    arrive(&opened, 0..5, 10).await;
    let backup = folder.path().join("a.db");
    opened.backup(&backup).await.unwrap();
    drop(opened);
    fs::write(data.join("history.db"), "damaged, and a long text at that").unwrap();
    let restored = restore_damaged(&data, &backup, NOW_MS).unwrap();
    assert!(fs::read(restored.kept).unwrap().starts_with(b"damaged"));
    assert_eq!(times(&engine(&data)).await.len(), 5);
    assert_eq!(
        fs::read_dir(&data)
            .unwrap()
            .filter(|entry| {
                entry
                    .as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with(".restore-")
            })
            .count(),
        0
    );
}

#[tokio::test]
async fn ndjson_is_taken_in_without_what_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    arrive(&engine, 0..3, 10).await;
    let line = |number| {
        let format = webhook::export::Format::find("ndjson").unwrap();
        let options = webhook::export::Options {
            with_secrets: true,
            ..Default::default()
        };
        webhook::export::export(&capture(number, vec![b'x']), format, &options).unwrap()
    };
    let path = folder.path().join("some.ndjson");
    fs::write(&path, [line(2), line(3), line(3)].concat()).unwrap();
    let merged = engine.merge(&path).await.unwrap();
    assert_eq!(
        merged,
        Merged {
            added: 1,
            skipped: 2
        }
    );
    fs::write(&path, "{\"tenterhook\":1,\"head_b64\":5}\n").unwrap();
    assert_eq!(code(engine.merge(&path).await), "care_unreadable");
}
