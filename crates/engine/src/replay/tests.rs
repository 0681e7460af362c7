//! Sending again over real sockets: what an application hears, in which order, and what is told.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use listener::Tasks;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};
use webhook::{
    capture::{Capture, EndpointId},
    head::Head,
};

use super::*;
use crate::{
    Options, ReceiveAt,
    arrival::Arrival,
    forward::tricks,
    view::{Event, ForwardSettings, ListFilter, ReplayState, Source},
};

/// An application that hands each request to the test and answers what it is told.
struct App {
    address: SocketAddr,
    heard: mpsc::UnboundedReceiver<Heard>,
    _tasks: Tasks,
}

struct Heard {
    at: Instant,
    text: String,
    answer: oneshot::Sender<String>,
}

impl Heard {
    fn say(self, status: &str, body: &str) {
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
        self.answer.send(answer).unwrap();
    }
}

impl App {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (to, heard) = mpsc::unbounded_channel();
        let tasks = Tasks::new();
        tasks.spawn("app", |stop| async move {
            let each = Tasks::new();
            while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
                let to = to.clone();
                each.spawn("exchange", |_| async move {
                    exchanges(stream, to).await;
                });
            }
        });
        Self {
            address,
            heard,
            _tasks: tasks,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn next(&mut self) -> Heard {
        let heard = timeout(Duration::from_secs(20), self.heard.recv()).await;
        heard.expect("a request within the time").unwrap()
    }

    /// Answers so many requests with `status`; what they were.
    async fn take(&mut self, count: usize, status: &str) -> Vec<String> {
        let mut all = Vec::new();
        for _ in 0..count {
            let heard = self.next().await;
            all.push(heard.text.clone());
            heard.say(status, "");
        }
        all
    }
}

async fn exchanges(mut stream: TcpStream, to: mpsc::UnboundedSender<Heard>) {
    let mut bytes = Vec::new();
    loop {
        let whole = |bytes: &[u8]| {
            let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
            let head = Head::parse(bytes[..end].to_vec().into()).unwrap();
            let length = head.first("content-length").unwrap_or(b"0");
            let length: usize = str::from_utf8(length).unwrap().parse().unwrap();
            (bytes.len() >= end + length).then_some(end + length)
        };
        let end = loop {
            if let Some(end) = whole(&bytes) {
                break end;
            }
            if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                return;
            }
        };
        let text = String::from_utf8(bytes.drain(..end).collect()).unwrap();
        let (answer, told) = oneshot::channel();
        let at = Instant::now();
        if to.send(Heard { at, text, answer }).is_err() {
            return;
        }
        let Ok(answer) = told.await else { return };
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

struct House {
    engine: Engine,
    _folder: tempfile::TempDir,
}

fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let engine = Engine::open(Options {
        data: folder.path().to_owned(),
        clock: || 1_700_000_000_000,
        use_keychain: false,
    });
    House {
        engine: engine.unwrap(),
        _folder: folder,
    }
}

impl House {
    /// Keeps a capture whose target is its number, received at `at_ms`; its id.
    async fn keep(&self, number: u8, at_ms: i64) -> String {
        let head =
            format!("POST /{number} HTTP/1.1\r\nhOST:hooks.example.dev\r\nX-b: 1\r\nx-B:2\r\n\r\n");
        let capture = Capture {
            id: CaptureId::new(at_ms, [number; 10]),
            endpoint: EndpointId::local(),
            received_at_ms: at_ms,
            peer: None,
            head: Head::parse(head.into()).unwrap(),
            body: format!("body {number}").into(),
            flaws: Vec::new(),
        };
        let id = capture.id.to_string();
        let arrival = Arrival::new(capture, Source::Local, false);
        let write = self
            .engine
            .database()
            .write(move |db| captures::insert(db, &arrival, at_ms));
        assert!(write.await.unwrap());
        id
    }

    async fn found(&self, query: &str) -> Vec<String> {
        let filter = ListFilter {
            query: Some(query.to_owned()),
            ..ListFilter::default()
        };
        let mut ids = Vec::new();
        for seq in self.engine.newest_of(filter, 100).await.unwrap() {
            ids.push(self.engine.record_at(seq).await.unwrap().unwrap().id);
        }
        ids
    }
}

fn to(app: &App) -> ReplayOptions {
    ReplayOptions {
        to: Some(app.url()),
        ..ReplayOptions::default()
    }
}

fn all() -> ReplaySelection {
    ReplaySelection::Filter(ListFilter::default())
}

fn targets(requests: &[String]) -> Vec<&str> {
    let word = |text: &'_ str| text.split(' ').nth(1).map(str::len);
    requests
        .iter()
        .map(|text| {
            let from = text.find(' ').unwrap() + 1;
            &text[from..from + word(text).unwrap()]
        })
        .collect()
}

#[tokio::test]
async fn what_goes_out_is_what_came_but_for_what_is_told() {
    let (house, mut app) = (house(), App::start().await);
    let id = house.keep(1, 1_000).await;
    for (as_sender, host, told) in [
        (
            false,
            format!("hOST: {}", app.address),
            &["host", "content-length"][..],
        ),
        (
            true,
            "hOST:hooks.example.dev".to_owned(),
            &["content-length"][..],
        ),
    ] {
        let options = ReplayOptions {
            as_sender,
            ..to(&app)
        };
        let (replayed, ()) = tokio::join!(house.engine.replay(&id, &options, None), async {
            let heard = app.next().await;
            let want = format!(
                "POST /1 HTTP/1.1\r\n{host}\r\nX-b: 1\r\nx-B:2\r\nContent-Length: 6\r\n\r\nbody 1"
            );
            assert_eq!(heard.text, want);
            heard.say("201 Made", "ok");
        });
        let Replayed { capture, delivery } = replayed.unwrap();
        assert_eq!((capture, delivery.status), (id.clone(), Some(201)));
        assert_eq!(delivery.changes, told);
        assert!(delivery.is_replay);
    }
    assert_eq!(house.engine.deliveries(&id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn an_edited_replay_is_a_capture_of_its_own_that_names_its_origin() {
    let (house, mut app) = (house(), App::start().await);
    let (id, other) = (house.keep(1, 1_000).await, house.keep(2, 2_000).await);
    let edit = EditView {
        method: Some("PUT".to_owned()),
        set: vec![("X-B".to_owned(), "9".to_owned())],
        body: Some(BodyEdit::Base64 {
            base64: "AAE=".to_owned(),
        }),
        ..EditView::default()
    };
    let options = ReplayOptions {
        edit: Some(edit),
        as_sender: true,
        ..to(&app)
    };
    let (replayed, ()) = tokio::join!(house.engine.replay(&id, &options, None), async {
        let heard = app.next().await;
        let want = "PUT /1 HTTP/1.1\r\nhOST:hooks.example.dev\r\nX-b: 9\r\n\
                    Content-Length: 2\r\n\r\n\0\u{1}";
        assert_eq!(heard.text, want);
        heard.say("200 OK", "");
    });
    let made = replayed.unwrap().capture;
    assert_eq!(house.found("is:edited").await, vec![made.clone()]);
    assert_eq!(house.found("is:replayed").await, vec![made.clone()]);
    assert_eq!(house.found("-is:edited").await, [other, id.clone()]);
    let row = house.engine.detail(&made).await.unwrap().row;
    assert_eq!(
        (row.origin, row.endpoint.as_str()),
        (Some(id.clone()), "local")
    );
    // What came is as it came.
    let record = house.engine.record(&id).await.unwrap();
    assert_eq!((record.method.as_str(), record.body_bytes), ("POST", 6));
}

#[tokio::test]
async fn a_fresh_signature_covers_what_is_sent() {
    let (house, mut app) = (house(), App::start().await);
    let id = house.keep(1, 1_000).await;
    let sign: Signer = Arc::new(|capture, now_ms| {
        let value = format!("{now_ms}-{}", capture.body.len());
        vec![(b"X-B".to_vec(), value.into_bytes())]
    });
    let options = to(&app);
    let replay = house.engine.replay(&id, &options, Some(sign));
    let (replayed, heard) = tokio::join!(replay, async { app.take(1, "200 OK").await });
    assert!(
        heard[0].contains("\r\nX-b: 1700000000000-6\r\n"),
        "{heard:?}"
    );
    assert_eq!(
        replayed.unwrap().delivery.changes,
        ["signature", "host", "content-length"]
    );
}

#[tokio::test]
async fn no_trick_leads_a_replay_elsewhere() {
    let house = house();
    let id = house.keep(1, 1_000).await;
    let sent = async |to: &str| {
        let options = ReplayOptions {
            to: Some(to.to_owned()),
            ..ReplayOptions::default()
        };
        house.engine.replay(&id, &options, None).await
    };
    for text in tricks::REFUSED {
        assert!(matches!(sent(text).await, Err(Error::Target(_))), "{text}");
        // Nor can it be confirmed.
        assert!(house.engine.confirm_target(text).await.is_err(), "{text}");
    }
    for text in tricks::REMOTE {
        assert!(matches!(sent(text).await, Err(Error::Target(_))), "{text}");
    }
    assert!(house.engine.deliveries(&id).await.unwrap().is_empty());
    // One that was confirmed is known by scheme, name and port, and until it is forgotten.
    let engine = &house.engine;
    let origin = engine
        .confirm_target("http://192.0.2.1:81/a")
        .await
        .unwrap();
    assert_eq!(origin, "http://192.0.2.1:81");
    assert!(engine.target("http://192.0.2.1:81/b").await.is_ok());
    for other in [
        "https://192.0.2.1:81/",
        "http://192.0.2.1:82/",
        "http://192.0.2.11/",
    ] {
        assert!(engine.target(other).await.is_err(), "{other}");
    }
    assert_eq!(engine.confirmed_targets().await.unwrap()[0].origin, origin);
    assert!(engine.forget_target(origin).await.unwrap());
    assert!(engine.target("http://192.0.2.1:81/b").await.is_err());
}

#[tokio::test]
async fn many_go_in_the_order_in_which_they_came_with_their_gaps() {
    let (house, mut app) = (house(), App::start().await);
    let mut ids = Vec::new();
    for (number, at_ms) in [(1, 1_000), (2, 1_300), (3, 1_300), (4, 2_000)] {
        ids.push(house.keep(number, at_ms).await);
    }
    ids.reverse();
    for (pace, gap_ms) in [(Pace::Original, 300), (Pace::Times { factor: 10.0 }, 30)] {
        let options = ReplayOptions {
            pace,
            at_once: Some(1),
            ..to(&app)
        };
        let selection = ReplaySelection::Ids(ids.clone());
        let run = house
            .engine
            .start_replay(selection, &options, None)
            .await
            .unwrap();
        let (mut times, mut heard) = (Vec::new(), Vec::new());
        for _ in 0..4 {
            let one = app.next().await;
            times.push(one.at);
            heard.push(one.text.clone());
            one.say("200 OK", "");
        }
        assert_eq!(targets(&heard), ["/1", "/2", "/3", "/4"]);
        // The first is sent at the beginning, or later; the others no earlier than they are due.
        let began = times[3] - times[0];
        assert!(
            times[1] > times[0] && began >= Duration::from_millis(gap_ms * 2),
            "{began:?}"
        );
        let report = house.engine.replay_ended(run).await.unwrap();
        let progress = report.progress;
        assert_eq!((progress.done, progress.failed), (4, 0));
        assert_eq!(progress.state, ReplayState::Done);
    }
}

#[tokio::test]
async fn a_replay_rests_goes_on_and_ends_when_asked_to() {
    let (house, mut app) = (house(), App::start().await);
    for number in 1..=4 {
        house.keep(number, i64::from(number)).await;
    }
    let mut events = house.engine.subscribe();
    let mut stands = async |wanted: ReplayState| {
        loop {
            if let Event::Replay { progress } = events.recv().await.unwrap()
                && progress.state == wanted
            {
                return progress;
            }
        }
    };
    let run = house
        .engine
        .start_replay(all(), &to(&app), None)
        .await
        .unwrap();
    let first = app.next().await;
    house.engine.pause_replay(run, true).unwrap();
    first.say("200 OK", "");
    assert_eq!(stands(ReplayState::Paused).await.done, 1);
    assert!(
        app.heard.try_recv().is_err(),
        "something was sent while it rested"
    );
    house.engine.pause_replay(run, false).unwrap();
    let second = app.next().await;
    house.engine.cancel_replay(run).unwrap();
    // What is on its way is answered all the same, and what was ended does not go on.
    house.engine.pause_replay(run, false).unwrap();
    second.say("500 No", "");
    let report = house.engine.replay_ended(run).await.unwrap();
    assert_eq!(report.progress.state, ReplayState::Cancelled);
    assert_eq!((report.progress.done, report.progress.failed), (2, 1));
    assert_eq!(report.captures.len(), 2);
    assert!(app.heard.try_recv().is_err());
    assert!(house.engine.pause_replay(99, true).is_err());
}

#[tokio::test]
async fn what_is_answered_otherwise_the_second_time_is_found() {
    let (house, mut app) = (house(), App::start().await);
    for number in 1..=3 {
        house.keep(number, i64::from(number)).await;
    }
    let options = ReplayOptions {
        twice: true,
        ..to(&app)
    };
    let run = house
        .engine
        .start_replay(all(), &options, None)
        .await
        .unwrap();
    for (path, first, second) in [
        ("/1", ("200 OK", "a"), ("200 OK", "a")),
        ("/2", ("200 OK", "a"), ("409 Conflict", "a")),
        ("/3", ("200 OK", "1"), ("200 OK", "2")),
    ] {
        for (status, body) in [first, second] {
            let heard = app.next().await;
            assert!(heard.text.contains(path), "{}", heard.text);
            heard.say(status, body);
        }
    }
    let report = house.engine.replay_ended(run).await.unwrap();
    let differs: Vec<_> = report
        .captures
        .iter()
        .map(|one| one.differs.clone())
        .collect();
    assert_eq!(
        differs,
        [vec![], vec!["status".to_owned()], vec!["body".to_owned()]]
    );
    assert_eq!((report.differing, report.progress.failed), (2, 1));
}

#[tokio::test]
async fn choices_are_repeated_by_their_seed() {
    let (house, mut app) = (house(), App::start().await);
    for number in 1..=20 {
        house.keep(number, i64::from(number)).await;
    }
    let mut runs = Vec::new();
    for _ in 0..2 {
        let options = ReplayOptions {
            shuffle: true,
            drop: 0.3,
            truncate: 0.5,
            seed: Some(7),
            ..to(&app)
        };
        let run = house
            .engine
            .start_replay(all(), &options, None)
            .await
            .unwrap();
        let mut heard = Vec::new();
        let report = {
            let ended = house.engine.replay_ended(run);
            tokio::pin!(ended);
            loop {
                tokio::select! {
                    report = &mut ended => break report.unwrap(),
                    Some(one) = app.heard.recv() => {
                        heard.push(one.text.clone());
                        one.say("200 OK", "");
                    }
                }
            }
        };
        assert_eq!(report.captures.len(), 20);
        let sent: Vec<_> = report
            .captures
            .iter()
            .filter(|one| !one.is_dropped)
            .collect();
        assert_eq!(sent.len(), heard.len());
        assert!((1..20).contains(&heard.len()));
        for (one, text) in sent.iter().zip(&heard) {
            let body = text.split("\r\n\r\n").nth(1).unwrap();
            let told = one.sends[0].changes.contains(&"truncated".to_owned());
            assert_eq!(told, one.truncated_to.is_some());
            assert!(
                one.truncated_to.is_none_or(|bytes| bytes == body.len()),
                "{text}"
            );
        }
        assert!(!targets(&heard).is_sorted());
        runs.push(heard);
    }
    assert_eq!(runs[0], runs[1]);
}

fn forward(app: &App) -> ForwardSettings {
    ForwardSettings {
        target: app.url(),
        is_remote: false,
        filter: String::new(),
        retries: 0,
        backoff_ms: 1,
        at_once: 32,
        is_ordered: false,
        authorities: None,
        pin: None,
    }
}

/// Starts `house`; where its receiver listens.
async fn receiver(house: &House) -> SocketAddr {
    let at = ReceiveAt::Address("127.0.0.1:0".parse().unwrap());
    house.engine.start(at).await.unwrap().unwrap()
}

async fn post(to: SocketAddr, path: &str) {
    let mut stream = TcpStream::connect(to).await.unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
}

#[tokio::test]
async fn each_target_gets_what_its_filter_lets_through_and_none_waits_for_another() {
    let (house, mut pushes, mut rest) = (house(), App::start().await, App::start().await);
    let push = ForwardSettings {
        filter: "path:=/push".to_owned(),
        ..forward(&pushes)
    };
    let not = ForwardSettings {
        filter: "-path:=/push".to_owned(),
        ..forward(&rest)
    };
    for one in [push, not] {
        house.engine.put_forward("local", one).await.unwrap();
    }
    let receiver = receiver(&house).await;
    for path in ["/push", "/a", "/push", "/b"] {
        post(receiver, path).await;
    }
    // None of the first target's is answered before all of the second's have come and are answered.
    let mut paths = targets(&rest.take(2, "200 OK").await)
        .into_iter()
        .map(str::to_owned)
        .collect::<Vec<_>>();
    paths.sort_unstable();
    assert_eq!(paths, ["/a", "/b"]);
    assert_eq!(targets(&pushes.take(2, "200 OK").await), ["/push", "/push"]);
    house.engine.stop().await;
}

#[tokio::test]
async fn a_delivery_is_tried_again_so_often_and_each_try_is_kept() {
    let (house, mut app) = (house(), App::start().await);
    let settings = ForwardSettings {
        retries: 2,
        is_ordered: true,
        ..forward(&app)
    };
    house.engine.put_forward("local", settings).await.unwrap();
    let receiver = receiver(&house).await;
    post(receiver, "/1").await;
    post(receiver, "/2").await;
    post(receiver, "/3").await;
    let mut heard = app.take(2, "503 Busy").await;
    heard.extend(app.take(1, "429 Slow\r\nRetry-After: 0").await);
    heard.extend(app.take(1, "500 No").await);
    heard.extend(app.take(1, "404 Not Here").await);
    heard.extend(app.take(1, "200 OK").await);
    // In strict order: one is done with before the next begins; 404 is an answer.
    let want = ["/1", "/1", "/1", "/2", "/2", "/3"];
    assert_eq!(targets(&heard), want);
    house.engine.stop().await;
    let ids = house.found("").await;
    let mut tries = HashMap::new();
    for id in &ids {
        let all = house.engine.deliveries(id).await.unwrap();
        let statuses: Vec<_> = all.iter().map(|one| (one.attempt, one.status)).collect();
        tries.insert(id.clone(), statuses);
    }
    assert_eq!(
        tries[&ids[2]],
        [
            (Some(3), Some(429)),
            (Some(2), Some(503)),
            (None, Some(503))
        ]
    );
    assert_eq!(tries[&ids[1]], [(Some(2), Some(404)), (None, Some(500))]);
}

#[tokio::test]
async fn a_single_slot_is_free_for_a_retry_when_nothing_else_comes() {
    let (house, mut app) = (house(), App::start().await);
    let settings = ForwardSettings {
        retries: 1,
        at_once: 1,
        ..forward(&app)
    };
    house.engine.put_forward("local", settings).await.unwrap();
    post(receiver(&house).await, "/1").await;
    app.take(1, "503 Busy").await;
    app.take(1, "200 OK").await;
    house.engine.stop().await;
}

#[tokio::test]
async fn a_target_is_trusted_by_its_own_authority_or_key_and_not_otherwise() {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = made.signing_key.serialize_der().try_into().unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tasks = Tasks::new();
    tasks.spawn("app", |stop| async move {
        while let Some(Ok((stream, _))) = stop.run_until_cancelled(listener.accept()).await {
            // Who does not trust it says no more.
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let answer = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
            let _ = stream.write_all(answer).await;
        }
    });
    let house = house();
    let id = house.keep(1, 1_000).await;
    let spki = rustls::server::ParsedCertificate::try_from(made.cert.der()).unwrap();
    let pin = wire::pin::Pin::of(&spki.subject_public_key_info()).to_string();
    let other = wire::pin::Pin::of(b"another").to_string();
    let app = App::start().await;
    for (authorities, pin, fails) in [
        (Some(made.cert.pem()), None, None),
        (None, Some(pin), None),
        (None, Some(other), Some("is the one accepted there")),
        (None, None, Some("--ca FILE")),
    ] {
        let settings = ForwardSettings {
            target: format!("https://localhost:{port}/"),
            authorities,
            pin,
            ..forward(&app)
        };
        house.engine.put_forward("local", settings).await.unwrap();
        let replayed = house
            .engine
            .replay(&id, &ReplayOptions::default(), None)
            .await;
        let delivery = replayed.unwrap().delivery;
        match fails {
            None => assert_eq!((delivery.status, delivery.error), (Some(204), None)),
            Some(says) => assert!(delivery.error.unwrap().contains(says)),
        }
    }
}

#[tokio::test]
async fn what_never_got_an_answer_is_known_and_goes_in_order_when_asked_for() {
    let (house, mut app) = (house(), App::start().await);
    house.keep(9, 1).await;
    let filter = "-path:=/3".to_owned();
    let settings = ForwardSettings {
        filter,
        ..forward(&app)
    };
    house.engine.put_forward("local", settings).await.unwrap();
    // They came while nobody passed them on; the one from before the forward is not due.
    let mut ids = Vec::new();
    for number in 1..=4 {
        ids.push(house.keep(number, i64::from(number) + 1).await);
    }
    let options = to(&app);
    let (answered, _) = tokio::join!(house.engine.replay(&ids[1], &options, None), async {
        app.take(1, "500 No").await
    });
    answered.unwrap();
    let missed = house.engine.missed("local").await.unwrap();
    assert_eq!(missed[0].captures, [ids[0].clone(), ids[3].clone()]);
    let run = house
        .engine
        .replay_missed("local", &app.url())
        .await
        .unwrap();
    assert_eq!(targets(&app.take(2, "200 OK").await), ["/1", "/4"]);
    house.engine.replay_ended(run).await.unwrap();
    assert!(
        house.engine.missed("local").await.unwrap()[0]
            .captures
            .is_empty()
    );
    let again = house.engine.replay_missed("local", &app.url()).await;
    assert!(matches!(again, Err(Error::Replay(ReplayError::Nothing))));
}

#[tokio::test]
async fn how_captures_go_on_stays_when_the_list_of_targets_is_set_anew() {
    let (house, app) = (house(), App::start().await);
    let settings = ForwardSettings {
        filter: "type:push".to_owned(),
        retries: 3,
        ..forward(&app)
    };
    let engine = &house.engine;
    engine.put_forward("local", settings.clone()).await.unwrap();
    let other = Target::parse("1", false).unwrap();
    let same = Target::parse(&settings.target, false).unwrap();
    engine.set_forwards("local", &[other, same]).await.unwrap();
    let all = engine.forward_settings("local").await.unwrap();
    assert_eq!(
        (all[0].retries, all[0].target.as_str()),
        (0, "http://localhost:1/")
    );
    assert_eq!((all[1].retries, all[1].filter.as_str()), (3, "type:push"));
    for wrong in [
        ForwardSettings {
            filter: "is:red".to_owned(),
            ..settings.clone()
        },
        ForwardSettings {
            at_once: 0,
            ..settings.clone()
        },
        ForwardSettings {
            retries: 101,
            ..settings.clone()
        },
        ForwardSettings {
            pin: Some("sha256/x".to_owned()),
            ..settings.clone()
        },
        ForwardSettings {
            authorities: Some("none".to_owned()),
            ..settings.clone()
        },
        ForwardSettings {
            target: "http://192.0.2.1".to_owned(),
            ..settings.clone()
        },
    ] {
        assert!(
            engine.put_forward("local", wrong.clone()).await.is_err(),
            "{wrong:?}"
        );
    }
    engine
        .remove_forward("local", &settings.target)
        .await
        .unwrap();
    assert!(
        engine
            .remove_forward("local", &settings.target)
            .await
            .is_err()
    );
}
