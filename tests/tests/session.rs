//! The line between desktop and relay, as PROTOCOL.md has it, with desktops that do not behave.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::net::SocketAddr;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tests::{
    line::{Line, paired},
    program::{Desktop, Relay, signal, wait_for_within},
    sender::{request, send},
};
use tokio::time::Duration;
use tokio_tungstenite::tungstenite::{self, Message};
use wire::{
    SUBPROTOCOL,
    frame::Frame,
    hello::{GoawayReason, Hello},
};

fn post(relay: SocketAddr, path: &str, body: &str) {
    let answer = send(relay, &request("POST", path, &[], body.as_bytes())).unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn the_newer_session_wins_and_the_older_is_told_why() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    let mut older = Line::ready(relay.address, &token).await;
    let mut newer = Line::ready(relay.address, &token).await;
    assert_eq!(older.goaway().await.reason, GoawayReason::Replaced);
    assert_eq!(older.hear().await, None);
    post(relay.address, &path, "one");
    newer.delivery().await;
}

#[tokio::test]
async fn what_is_not_acknowledged_comes_again_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    for body in ["one", "two", "three"] {
        post(relay.address, &path, body);
    }
    let mut line = Line::ready(relay.address, &token).await;
    let first = [
        line.delivery().await,
        line.delivery().await,
        line.delivery().await,
    ];
    line.say(&Frame::Ack(vec![first[1].id])).await;
    // Answered after the acknowledgement, so that one was read.
    line.say(&Frame::Ping(7)).await;
    while line.hear().await.unwrap() != Frame::Pong(7) {}
    drop(line);
    let again = loop {
        let mut line = Line::ready(relay.address, &token).await;
        let again = [line.delivery().await, line.delivery().await];
        // The queue may have been asked before it had heard what became of the session before.
        if again[1].id == first[2].id && again[0].attempt > first[0].attempt {
            break again;
        }
    };
    assert_eq!(again[0].id, first[0].id);
}

#[tokio::test]
async fn one_device_cannot_acknowledge_what_is_anothers() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    post(relay.address, &path, "mine");
    let mut own = Line::ready(relay.address, &token).await;
    let delivery = own.delivery().await;
    drop(own);

    let address = relay.address;
    relay.running.stop();
    let relay = Relay::start_at(folder.path(), address, &[]);
    let (_, other_path, other_token) = paired(&folder.path().join("other"), &relay);
    let mut other = Line::ready(address, &other_token).await;
    other.say(&Frame::Ack(vec![delivery.id])).await;
    post(address, &other_path, "theirs");
    let theirs = other.delivery().await;
    assert_ne!(theirs.id, delivery.id);
    other
        .say(&Frame::Ack(vec![theirs.id, theirs.id, delivery.id]))
        .await;
    other.say(&Frame::Ping(7)).await;
    assert_eq!(other.hear().await, Some(Frame::Pong(7)));
    assert_eq!(
        Line::ready(address, &token).await.delivery().await.id,
        delivery.id
    );
}

#[tokio::test]
async fn a_desktop_that_breaks_the_protocol_is_told_and_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    let unknown = [&[0x7e, 0, 0, 0, 0, 0][..], b"?"].concat();
    let cases = [
        Message::Text("hello".into()),
        Message::Binary(vec![].into()),
        Message::Binary(vec![0x10; 5].into()),
        Message::Binary(unknown.into()),
        Message::Binary(Frame::Hello(Hello::new("again")).encode()),
        Message::Binary(Frame::Probe(1).encode()),
        Message::Binary(vec![0; wire::MAX_FRAME_BYTES + 1].into()),
    ];
    for message in cases {
        let mut line = Line::ready(relay.address, &token).await;
        let kind = format!("{message:.60?}");
        line.say_bytes(message).await;
        match line.hear().await {
            Some(Frame::Goaway(goaway)) => {
                assert_eq!(goaway.reason, GoawayReason::Protocol, "{kind}");
            }
            // What the WebSocket itself refuses is not answered in frames.
            None => {}
            other => panic!("{kind}: {other:?}"),
        }
    }
    // Harmless: what is not known but optional, acknowledgements of nothing, credit for nothing.
    let mut line = Line::ready(relay.address, &token).await;
    line.say_bytes(Message::Binary(vec![0x7e, 2, 0, 0, 0, 0].into()))
        .await;
    line.say(&Frame::Credit {
        stream: 99,
        bytes: 1,
    })
    .await;
    for nonce in 0..2_000 {
        line.say(&Frame::Ping(nonce)).await;
        assert_eq!(line.hear().await, Some(Frame::Pong(nonce)));
    }
    post(relay.address, &path, "still there");
    line.delivery().await;
}

#[tokio::test]
async fn strangers_get_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, _, token) = paired(folder.path(), &relay);
    let status = |result: tungstenite::Result<Line>| match result {
        Err(tungstenite::Error::Http(answer)) => answer.status().as_u16(),
        Err(error) => panic!("{error}"),
        Ok(_) => 101,
    };
    let stranger = wire::token::Token::generate(wire::token::TokenKind::Device);
    assert_eq!(
        status(Line::open(relay.address, stranger.reveal(), SUBPROTOCOL).await),
        401
    );
    assert_eq!(
        status(Line::open(relay.address, "nonsense", SUBPROTOCOL).await),
        401
    );
    assert_eq!(
        status(Line::open(relay.address, &token, "tenterhook.v99").await),
        426
    );
    assert_eq!(
        status(Line::open(relay.address, &token, SUBPROTOCOL).await),
        101
    );
}

#[tokio::test]
async fn a_desktop_of_another_protocol_or_without_a_hello_is_sent_away() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, _, token) = paired(folder.path(), &relay);
    let mut newer = Line::open(relay.address, &token, SUBPROTOCOL)
        .await
        .unwrap();
    let hello = Hello {
        protocol_min: 90,
        protocol_max: 91,
        ..Hello::new("from the future")
    };
    newer.say(&Frame::Hello(hello)).await;
    assert_eq!(newer.goaway().await.reason, GoawayReason::Unsupported);
    let mut mute = Line::open(relay.address, &token, SUBPROTOCOL)
        .await
        .unwrap();
    assert_eq!(mute.goaway().await.reason, GoawayReason::Protocol);
}

#[test]
fn a_frozen_relay_is_noticed_and_what_comes_after_it_thaws_arrives() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let listening = desktop.listen();
    post(relay.address, &path, "before");
    let _ = listening.line();
    signal(relay.running.pid(), "STOP");
    let log = desktop.data.with_extension("log");
    // 15 s of silence, a question, 10 s for its answer.
    wait_for_within(Duration::from_secs(45), "the notice", || {
        let said = std::fs::read_to_string(&log).unwrap();
        said.contains("silent for too long").then_some(())
    });
    signal(relay.running.pid(), "CONT");
    post(relay.address, &path, "after");
    let body = BASE64_STANDARD
        .decode(listening.line()["body_b64"].as_str().unwrap())
        .unwrap();
    assert_eq!(body, b"after");
}
