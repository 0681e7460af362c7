//! Captures judged, and judged again, in a real history with its real secrets.

use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    head::Head,
    verify::{sample::test_event, scheme::Scheme, secret::Secret, sign::Stamp},
};

use super::*;
use crate::{
    arrival::Arrival,
    engine::{Engine, Options},
    signatures::NewSecret,
    store::captures,
    view::{ListFilter, Source},
};

const NOW_MS: i64 = 1_760_000_000_000;

fn opened(folder: &tempfile::TempDir) -> Engine {
    Engine::open(Options {
        data: folder.path().to_owned(),
        clock: || NOW_MS,
        use_keychain: false,
    })
    .unwrap()
}

async fn add(engine: &Engine, name: &str, scheme: Option<&str>, value: &str) {
    let new = NewSecret {
        name: Some(name.to_owned()),
        scheme: scheme.map(str::to_owned),
        header: None,
    };
    let value = crate::secrets::Secret::new(value);
    engine
        .add_signing_secret("local", new, Some(value))
        .await
        .unwrap();
}

/// A webhook as `scheme`'s sender signs it with `value`.
fn signed(scheme: Scheme, value: &str, number: u8) -> Arrival {
    let stamp = Stamp {
        now_ms: NOW_MS,
        id: number.to_string(),
    };
    let secret = Secret::new("a sender's", value);
    let event = test_event(scheme, "http://localhost/", &secret, &stamp).unwrap();
    let host: (&[u8], &[u8]) = (b"Host", b"localhost");
    let own = event
        .headers
        .iter()
        .map(|(name, value)| (&**name, &**value));
    let headers = [host].into_iter().chain(own);
    let capture = Capture {
        id: CaptureId::new(NOW_MS, [number; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: NOW_MS,
        peer: None,
        head: Head::compose(b"POST", b"/", b"HTTP/1.1", headers).unwrap(),
        body: event.body.into_owned().into(),
        flaws: Vec::new(),
    };
    Arrival::new(capture, Source::Local, false)
}

async fn arrive(engine: &Engine, arrivals: Vec<Arrival>) {
    let insert = move |db: &sqlite::rusqlite::Connection| {
        let mut all = arrivals.iter();
        all.try_for_each(|one| captures::insert(db, one, NOW_MS).map(drop))
    };
    engine.database().write(insert).await.unwrap();
}

/// The verdicts of all captures, the oldest first: the word, and the secret.
async fn verdicts(engine: &Engine) -> Vec<String> {
    engine.judge_all().await.unwrap();
    let list = engine.open_list(ListFilter::default()).await.unwrap();
    let rows = engine.rows(list.list, 0, 100).await.unwrap();
    let told = rows.into_iter().map(|row| {
        row.verdict.map_or("-".to_owned(), |verdict| {
            [verdict.reason, verdict.secret.unwrap_or_default()].join(" ")
        })
    });
    told.collect()
}

async fn found(engine: &Engine, query: &str) -> usize {
    let filter = ListFilter {
        query: Some(query.to_owned()),
        ..ListFilter::default()
    };
    engine.newest_of(filter, 100).await.unwrap().len()
}

#[tokio::test]
async fn what_came_is_judged_again_when_a_secret_comes_changes_or_goes() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    let github = |value, number| signed(Scheme::GitHub, value, number);
    arrive(&engine, vec![github("one", 1), github("two", 2)]).await;
    assert_eq!(verdicts(&engine).await, ["unknown ", "unknown "]);
    add(&engine, "first", Some("github"), "one").await;
    assert_eq!(verdicts(&engine).await, ["ok first", "mismatch "]);
    // Rotated: the old one still counts.
    add(&engine, "second", None, "two").await;
    engine
        .retire_signing_secret("local", "first", true)
        .await
        .unwrap();
    arrive(&engine, vec![github("one", 3), github("two", 4)]).await;
    let both = ["ok first", "ok second", "ok first", "ok second"];
    assert_eq!(verdicts(&engine).await, both);
    let names = engine.signing_secrets("local").await.unwrap();
    let names: Vec<_> = names.iter().map(|one| (&*one.name, one.is_old)).collect();
    assert_eq!(names, [("second", false), ("first", true)]);
    engine
        .remove_signing_secret("local", "first")
        .await
        .unwrap();
    let left = ["mismatch ", "ok second", "mismatch ", "ok second"];
    assert_eq!(verdicts(&engine).await, left);
    assert_eq!(found(&engine, "verify:valid").await, 2);
    assert_eq!(found(&engine, "verify:mismatch").await, 2);
    assert_eq!(found(&engine, "verify:none").await, 0);
    // Another program, or the same one after a restart, finds the same.
    drop(engine);
    assert_eq!(verdicts(&opened(&folder)).await, left);
}

#[tokio::test]
async fn a_capture_is_judged_beside_the_road_and_those_who_watch_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    let any = crate::ReceiveAt::Address("127.0.0.1:0".parse().unwrap());
    engine.start(any).await.unwrap();
    let mut heard = engine.subscribe();
    add(&engine, "acme", Some("stripe"), "whsec_1").await;
    let sent = engine.send_test_event("local", "stripe").await.unwrap();
    assert_eq!((sent.status, sent.secret.as_deref()), (200, Some("acme")));
    let told = async {
        loop {
            if let Event::Verified { captures } = heard.recv().await.unwrap()
                && !captures.is_empty()
            {
                return captures;
            }
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await;
    let detail = engine.detail(&told.unwrap()[0]).await.unwrap();
    let verdict = detail.row.verdict.unwrap();
    assert_eq!(
        (&*verdict.reason, verdict.secret.as_deref()),
        ("ok", Some("acme"))
    );
    assert_eq!(verdict.covers.as_deref(), Some("timestamp+body"));
    engine.stop().await;
}

#[tokio::test]
async fn a_list_of_verdicts_takes_in_what_is_judged_after_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    add(&engine, "acme", None, "one").await;
    let filter = ListFilter {
        query: Some("verify:valid".to_owned()),
        ..ListFilter::default()
    };
    let list = engine.open_list(filter).await.unwrap().list;
    arrive(&engine, vec![signed(Scheme::GitHub, "one", 1)]).await;
    assert_eq!(engine.grow_list(list).await.unwrap().count, 0);
    engine.judge_all().await.unwrap();
    assert_eq!(engine.grow_list(list).await.unwrap().count, 1);
}

#[tokio::test]
async fn no_value_is_in_the_data_folder_but_in_the_file_of_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    let value = "hunter2-this-is-the-value";
    add(&engine, "acme", None, value).await;
    arrive(&engine, vec![signed(Scheme::GitHub, value, 1)]).await;
    assert_eq!(verdicts(&engine).await, ["ok acme"]);
    let views = engine.verification(&first_id(&engine).await, None).await;
    assert!(!format!("{views:?}").contains(value));
    let mut seen = 0;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        let has = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(value);
        assert_eq!(has, path.ends_with("secrets.json"), "{}", path.display());
        seen += usize::from(has);
    }
    assert_eq!(seen, 1);
    engine.remove_signing_secret("local", "acme").await.unwrap();
    let file = std::fs::read_to_string(folder.path().join("secrets.json")).unwrap();
    assert!(!file.contains(value));
}

async fn first_id(engine: &Engine) -> String {
    let list = engine.open_list(ListFilter::default()).await.unwrap().list;
    engine.rows(list, 0, 1).await.unwrap()[0].id.clone()
}

#[tokio::test]
async fn a_verification_says_what_was_signed_and_where_the_signatures_part() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    arrive(&engine, vec![signed(Scheme::Stripe, "whsec_1", 1)]).await;
    let id = first_id(&engine).await;
    let view = engine.verification(&id, None).await.unwrap();
    assert_eq!(view.guesses[0].id, "stripe");
    assert_eq!(view.verdict.unwrap().reason, "unknown");
    add(&engine, "other", Some("stripe"), "whsec_2").await;
    let view = engine.verification(&id, None).await.unwrap();
    let steps = view.steps.unwrap();
    assert_eq!(
        (steps.key.as_str(), steps.signed_at_ms),
        ("other", Some(NOW_MS))
    );
    assert_ne!(steps.expected.as_ref(), steps.seen.first());
    assert!(steps.differ_at.is_some_and(|at| at < 64));
    assert_eq!(
        (view.headers[0].name.as_str(), view.most_age_s),
        ("Stripe-Signature", Some(300))
    );
    let signed = engine.signed_bytes(&id, 0, 11).await.unwrap();
    assert_eq!(signed, b"1760000000.");
    let rest = engine.signed_bytes(&id, 11, usize::MAX).await.unwrap();
    assert_eq!(rest.len(), steps.signed_bytes - 11);
}

#[tokio::test]
async fn the_doctor_names_the_secret_of_another_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    arrive(&engine, vec![signed(Scheme::GitHub, "right", 1)]).await;
    add(&engine, "wrong", None, "wrong").await;
    add(&engine, "a slack app", Some("slack"), "right").await;
    let found = engine
        .diagnose(&first_id(&engine).await, None)
        .await
        .unwrap();
    let finding = found.finding.unwrap();
    assert_eq!(finding.area, "secret");
    assert!(finding.text.contains("`a slack app`"), "{}", finding.text);
    assert!(!finding.mends.is_empty());
}

#[tokio::test]
async fn captures_are_judged_in_several_batches() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    let body = signed(Scheme::GitHub, "one", 1);
    let many = (0..1_050_u16).map(|number| {
        let mut one = body.clone();
        let [high, low] = number.to_be_bytes();
        one.capture.id = CaptureId::new(NOW_MS, [high, low, 0, 0, 0, 0, 0, 0, 0, 0]);
        one
    });
    arrive(&engine, many.collect()).await;
    add(&engine, "acme", None, "one").await;
    engine.judge_all().await.unwrap();
    assert_eq!(found(&engine, "verify:valid").await, 100);
}

#[tokio::test]
async fn a_secret_has_a_name_of_its_own_and_a_scheme_that_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let engine = opened(&folder);
    let new = |name: Option<&str>, scheme: Option<&str>| NewSecret {
        name: name.map(str::to_owned),
        scheme: scheme.map(str::to_owned),
        header: None,
    };
    let (made, value) = engine
        .add_signing_secret("local", new(None, Some("svix")), None)
        .await
        .unwrap();
    assert_eq!(made.name, "svix");
    assert!(value.unwrap().reveal().starts_with("whsec_"));
    let again = engine.add_signing_secret("local", new(None, Some("svix")), None);
    assert_eq!(again.await.unwrap().0.name, "svix 2");
    for (name, scheme, code) in [
        (Some("svix"), None, "secret_name_taken"),
        (Some("a\nb"), None, "signature"),
        (None, Some("acme"), "signature"),
        (None, Some("discord"), "signature"),
    ] {
        let refused = engine.add_signing_secret("local", new(name, scheme), None);
        assert_eq!(
            refused.await.unwrap_err().code(),
            code,
            "{name:?} {scheme:?}"
        );
    }
    assert!(
        engine
            .remove_signing_secret("local", "nobody")
            .await
            .is_err()
    );
}
