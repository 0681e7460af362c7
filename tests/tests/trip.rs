//! What the product does, in one test: a request sent to the relay's public address is in the
//! desktop's history byte for byte, also when it was sent while the desktop slept.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{net::SocketAddr, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use engine::{
    Engine, Options, ReceiveAt,
    view::{Event, LineState, ListFilter, Record},
};
use relay::{Config, Relay};
use tests::{
    program::now_ms,
    sender::{request, send},
};

async fn relay(folder: &Path, port: u16) -> Relay {
    let listen = SocketAddr::from(([127, 0, 0, 1], port));
    Relay::start(Config::new(listen, folder.join("relay")), now_ms)
        .await
        .unwrap()
}

fn desktop(folder: &Path) -> Engine {
    let data = folder.join("desktop");
    Engine::open(Options {
        data,
        clock: now_ms,
        use_keychain: false,
    })
    .unwrap()
}

/// The history, the oldest first, once it has `count` captures.
async fn history(engine: &Engine, count: usize) -> Vec<Record> {
    let mut events = engine.subscribe();
    loop {
        let all = engine.records_after(0, 1_000).await.unwrap();
        if all.len() >= count {
            return all.into_iter().map(|(_, record)| record).collect();
        }
        while !matches!(events.recv().await.unwrap(), Event::Captured { .. }) {}
    }
}

async fn post(to: SocketAddr, bytes: Vec<u8>) -> u16 {
    let sent = tokio::task::spawn_blocking(move || send(to, &bytes).unwrap().status);
    sent.await.unwrap()
}

fn check(record: &Record, sent: &[u8]) {
    let head = BASE64_STANDARD.decode(&record.head_b64).unwrap();
    let body = BASE64_STANDARD.decode(&record.body_b64).unwrap();
    assert_eq!([head, body].concat(), sent);
    assert!(record.flaws.is_empty(), "{:?}", record.flaws);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_arrives_byte_for_byte_awake_asleep_and_after_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let server = relay(folder.path(), 0).await;
    let engine = desktop(folder.path());
    engine
        .pair(&server.invite().await.unwrap().to_string(), "test")
        .await
        .unwrap();
    let (endpoint, token) = engine
        .new_endpoint(Some("first".to_owned()), None)
        .await
        .unwrap();
    assert!(token.is_some());
    let path = &endpoint.url[endpoint.url.find("/h/").unwrap()..];
    let headers = [
        ("X-GitHub-Event", "push"),
        ("x-ODD", "1"),
        ("X-Odd", "2"),
        ("x-odd", "1"),
    ];
    let sent = |text: &str| {
        request(
            "POST",
            &format!("{path}/a?b=%20c"),
            &headers,
            text.as_bytes(),
        )
    };

    // Asleep: the relay keeps it.
    assert_eq!(post(server.address(), sent("asleep")).await, 200);

    // Awake: what waited comes, then what is sent now.
    engine.start(ReceiveAt::Off).await.unwrap();
    history(&engine, 1).await;
    assert_eq!(post(server.address(), sent("awake")).await, 200);
    let all = history(&engine, 2).await;
    check(&all[0], &sent("asleep"));
    check(&all[1], &sent("awake"));
    assert_eq!((all[0].held, all[1].held), (true, false));
    assert!(matches!(
        engine.status().await.unwrap().line,
        LineState::Connected { .. }
    ));

    // Both restart; address, endpoint, pairing and history are as they were.
    engine.stop().await;
    drop(engine);
    let address = server.address();
    server.stop().await;
    let server = relay(folder.path(), address.port()).await;
    assert_eq!(post(address, sent("restarted")).await, 200);
    let engine = desktop(folder.path());
    engine.start(ReceiveAt::Off).await.unwrap();
    let all = history(&engine, 3).await;
    check(&all[2], &sent("restarted"));
    assert_eq!(all.len(), 3);
    let filter = ListFilter {
        endpoint: Some(endpoint.id),
        text: Some("RESTARTED".to_owned()),
        query: Some("restarted".to_owned()),
    };
    assert_eq!(engine.open_list(filter).await.unwrap().count, 1);
    engine.stop().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_receiver_takes_every_path() {
    let folder = tempfile::tempdir().unwrap();
    let engine = desktop(folder.path());
    let at = ReceiveAt::Address(SocketAddr::from(([127, 0, 0, 1], 0)));
    let address = engine.start(at).await.unwrap().unwrap();
    let sent = [
        request("POST", "/", &[], b"one"),
        request("PROPFIND", "/deep/er?q", &[("x-A", "b")], b""),
    ];
    for bytes in &sent {
        assert_eq!(post(address, bytes.clone()).await, 200);
    }
    let all = history(&engine, 2).await;
    check(&all[0], &sent[0]);
    check(&all[1], &sent[1]);
    engine.stop().await;
}
