//! Which captures are compared, and what is said of it: on a real history.

use sqlite::Database;
use webhook::{capture::EndpointId, head::Head};

use super::*;
use crate::{Options, arrival::Arrival, store, view::Source};

/// An engine whose history has `requests`: a target, an event of GitHub or none, and a body.
async fn engine(requests: &[(&str, Option<&str>, &str)]) -> (Engine, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let database: Database = store::open(folder.path()).unwrap();
    for (number, (target, event, body)) in (1..).zip(requests) {
        let mut headers: Vec<(&[u8], &[u8])> = vec![(b"Host", b"hooks.example.dev")];
        if let Some(event) = event {
            headers.push((b"X-GitHub-Event", event.as_bytes()));
            headers.push((b"Content-Type", b"application/json"));
        }
        let capture = Capture {
            id: id(number),
            endpoint: EndpointId::local(),
            received_at_ms: i64::from(number),
            peer: None,
            head: Head::compose(b"POST", target.as_bytes(), b"HTTP/1.1", headers).unwrap(),
            body: (*body).to_owned().into(),
            flaws: Vec::new(),
        };
        let arrival = Arrival::new(capture, Source::Local, false);
        let insert = move |db: &Connection| captures::insert(db, &arrival, 0);
        assert!(database.write(insert).await.unwrap());
    }
    let options = Options {
        data: folder.path().to_owned(),
        clock: || 0,
        use_keychain: false,
    };
    (Engine::open(options).unwrap(), folder)
}

fn id(number: u8) -> CaptureId {
    CaptureId::new(i64::from(number), [number; 10])
}

async fn against(engine: &Engine, number: u8, with: Option<u8>) -> Comparison {
    let (one, other) = (
        id(number).to_string(),
        with.map(|with| id(with).to_string()),
    );
    engine.compare(&one, other.as_deref()).await.unwrap()
}

/// A change in few words: `body $.n 1 2`, a volatile one behind a `~`.
fn said(comparison: &Comparison) -> Vec<String> {
    let text = |side: &Option<ChangeSide>| {
        let text = side.as_ref().map(|side| side.text.clone());
        text.unwrap_or_else(|| "-".to_owned())
    };
    let line = |change: &ChangeView| {
        let sign = if change.is_volatile { "~" } else { "" };
        let (old, new) = (text(&change.before), text(&change.after));
        format!("{sign}{:?} {} {old} {new}", change.part, change.place)
    };
    comparison.changes.iter().map(line).collect()
}

#[tokio::test]
async fn a_capture_is_compared_with_the_one_before_of_its_sender_and_event() {
    let (engine, _folder) = engine(&[
        ("/a", Some("push"), r#"{"n": 1}"#),
        ("/a", Some("ping"), r#"{"n": 2}"#),
        ("/a", None, "n=3"),
        ("/b", Some("push"), r#"{"n": 4}"#),
    ])
    .await;
    let found = against(&engine, 4, None).await;
    assert_eq!(found.kinship, Kinship::Event);
    assert_eq!(found.before.as_ref().unwrap().id, id(1).to_string());
    assert_eq!(said(&found), ["Request path /a /b", "Body $.n 1 4"]);
    assert_eq!((found.body, found.left_out), (ComparedBody::Json, 0));
}

#[tokio::test]
async fn one_without_its_like_is_compared_with_the_one_before_at_its_path() {
    let (engine, _folder) = engine(&[
        ("/a?x=1", None, "one\ntwo"),
        ("/b", None, ""),
        ("/a?x=2", None, "one\n2"),
        ("/c", Some("push"), "{}"),
    ])
    .await;
    let found = against(&engine, 3, None).await;
    assert_eq!(found.kinship, Kinship::Path);
    assert_eq!(said(&found), ["Query x 1 2", "Body line 2 two 2"]);
    assert_eq!(found.body, ComparedBody::Lines);
    let alone = against(&engine, 4, None).await;
    assert_eq!((alone.kinship, alone.before), (Kinship::Alone, None));
}

#[tokio::test]
async fn what_each_of_the_kind_has_otherwise_is_known_as_such() {
    let bodies: Vec<_> = (1..6)
        .map(|n| format!(r#"{{"id": {n}, "state": "{}"}}"#, ["open", "closed"][n / 5]))
        .collect();
    let requests: Vec<_> = bodies
        .iter()
        .map(|body| ("/a", Some("push"), body.as_str()))
        .collect();
    let (engine, _folder) = engine(&requests).await;
    let found = against(&engine, 5, None).await;
    assert_eq!(
        said(&found),
        ["~Body $.id 4 5", r#"Body $.state "open" "closed""#]
    );
    assert_eq!(found.learned_from, 5);
    // Of two nothing is learned.
    let found = against(&engine, 2, None).await;
    assert_eq!(said(&found), ["Body $.id 1 2"]);
    assert_eq!(found.learned_from, 0);
}

#[tokio::test]
async fn any_two_can_be_compared_and_what_is_deleted_with_none() {
    let (engine, _folder) = engine(&[
        ("/a", Some("push"), "{}"),
        ("/a", None, "text"),
        ("/a", Some("push"), "{}"),
    ])
    .await;
    let found = against(&engine, 2, Some(3)).await;
    assert_eq!(found.kinship, Kinship::Chosen);
    assert_eq!(found.before.unwrap().id, id(3).to_string());
    let same = against(&engine, 3, Some(1)).await;
    assert_eq!((same.changes.len(), same.body), (0, ComparedBody::Same));
    engine
        .mark(vec![1], crate::view::MarkChange::Delete)
        .await
        .unwrap();
    let found = against(&engine, 3, None).await;
    assert_eq!(found.kinship, Kinship::Path, "the other push is gone");
    let (one, other) = (id(3).to_string(), id(1).to_string());
    let gone = engine.compare(&one, Some(&other)).await;
    assert!(matches!(gone, Err(Error::NoCapture(_))));
}
