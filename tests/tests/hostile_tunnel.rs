//! Paired desktops that mean ill: what they say and what they leave unsaid on their lines costs the
//! relay little, and others nothing.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use tests::{
    line::{Line, paired},
    program::{Relay, memory_bytes, sockets, wait_for},
    sender::{request, send, whole},
};
use tokio_tungstenite::tungstenite::Message;
use wire::{
    SUBPROTOCOL,
    frame::Frame,
    hello::{GoawayReason, Hello},
};

/// What hostile lines may cost the relay, all of them together.
const LITTLE_BYTES: u64 = 80 << 20;

fn post(relay: SocketAddr, path: &str, body: &[u8]) {
    let answer = send(relay, &request("POST", path, &[], body)).unwrap();
    assert_eq!(answer.status, 200);
}

/// How many captures the relay says wait for a device.
fn waiting(relay: SocketAddr, token: &str) -> u64 {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
    let answer = whole(relay, &request("GET", "/api/device", &headers, b"")).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    json["waiting"].as_u64().unwrap()
}

/// A line without a WebSocket library, so that its bytes can be anything.
struct Raw(TcpStream);

impl Raw {
    /// A line that is upgraded and on which nothing was said.
    fn open(relay: SocketAddr, token: &str) -> Self {
        let mut stream = TcpStream::connect(relay).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let upgrade = format!(
            "GET /api/tunnel HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\
             Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(upgrade.as_bytes()).unwrap();
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        assert!(head.starts_with(b"HTTP/1.1 101"));
        Self(stream)
    }

    /// A line on which the relay was told hello.
    fn ready(relay: SocketAddr, token: &str) -> Self {
        let mut raw = Self::open(relay, token);
        let hello = Frame::Hello(Hello::new("raw")).encode();
        raw.0.write_all(&fragment(0x82, &hello)).unwrap();
        raw
    }

    /// Reads until the relay has said `words`.
    fn until(&mut self, words: &[u8]) {
        let (mut said, mut byte) = (Vec::new(), [0]);
        while !said.ends_with(words) {
            self.0.read_exact(&mut byte).unwrap();
            said.push(byte[0]);
        }
    }

    /// All that comes until the relay closes, or resets a line that it will hear no more of.
    fn rest(mut self) -> Vec<u8> {
        let mut all = Vec::new();
        match self.0.read_to_end(&mut all) {
            Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
            _ => all,
        }
    }
}

/// A part of a message as RFC 6455 section 5.2 has it, masked by zeros. `first` is its first byte:
/// 0x82 begins and ends a binary message, 0x02 begins one, 0x00 goes on, 0x80 ends it.
fn fragment(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len();
    let mut bytes = vec![first];
    match u8::try_from(length) {
        Ok(short @ 0..=125) => bytes.push(0x80 | short),
        _ => {
            bytes.push(0x80 | 127);
            bytes.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(payload);
    bytes
}

#[tokio::test]
async fn a_message_in_fragments_of_one_byte_is_read_and_others_are_served_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    let hello = Frame::Hello(Hello::new("in small pieces")).encode();
    let mut raw = Raw::open(relay.address, &token);
    for (at, byte) in hello.iter().enumerate() {
        let first = match at {
            0 => 0x02,
            at if at + 1 == hello.len() => 0x80,
            _ => 0x00,
        };
        for part in fragment(first, &[*byte]) {
            raw.0.write_all(&[part]).unwrap();
        }
        if at % 16 == 0 {
            post(relay.address, &path, b"meanwhile");
        }
    }
    let mut first = [0; 3];
    raw.0.read_exact(&mut first).unwrap();
    assert_eq!(first[0], 0x82, "a whole binary message");
    let mut welcome = vec![0; 400];
    raw.0.read_exact(&mut welcome).unwrap();
    assert!(String::from_utf8_lossy(&welcome).contains("\"protocol\":1"));
}

#[test]
fn what_is_no_websocket_ends_its_line_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    let unmasked = [0x82, 0x01, 0x00];
    let endless = [&[0x82, 0xff][..], &[0xff; 8], &[0; 4]].concat();
    let cases: [(&str, Vec<u8>); 9] = [
        ("not masked", unmasked.to_vec()),
        ("a reserved bit", fragment(0xc2, b"x")),
        ("a reserved kind", fragment(0x83, b"x")),
        ("a reserved control", fragment(0x8b, b"x")),
        ("a control in fragments", fragment(0x09, b"x")),
        ("a long control", fragment(0x89, &[0; 200])),
        ("the middle of nothing", fragment(0x00, b"x")),
        ("a length beyond all", endless),
        (
            "no WebSocket at all",
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec(),
        ),
    ];
    for (what, bytes) in cases {
        let mut raw = Raw::ready(relay.address, &token);
        raw.0.write_all(&bytes).unwrap();
        raw.rest();
        post(relay.address, &path, what.as_bytes());
    }
    // A message that grows by fragments over the limit, none of them too large by itself.
    let mut raw = Raw::ready(relay.address, &token);
    let mut sent = raw.0.write_all(&fragment(0x02, &[0; 1000]));
    for _ in 0..200 {
        sent = sent.and_then(|()| raw.0.write_all(&fragment(0x00, &[0; 1000])));
    }
    raw.rest();
    post(relay.address, &path, b"still there");
    let log = std::fs::read_to_string(folder.path().join("relay.log")).unwrap();
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn a_handshake_that_is_not_finished_is_ended() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    let mut half = TcpStream::connect(relay.address).unwrap();
    half.write_all(b"GET /api/tunnel HTTP/1.1\r\nHost: a\r\nUpgrade: webso")
        .unwrap();
    let mut half_hello = Raw::open(relay.address, &token);
    let hello = Frame::Hello(Hello::new("test")).encode();
    half_hello
        .0
        .write_all(&fragment(0x82, &hello)[..20])
        .unwrap();
    post(relay.address, &path, b"meanwhile");
    let mut answer = String::new();
    half.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    half_hello.until(b"no hello came");
}

#[tokio::test]
async fn of_many_sessions_with_one_token_one_is_left_and_gets_what_comes() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    let mut lines = Vec::new();
    for _ in 0..20 {
        let line = Line::open(relay.address, &token, SUBPROTOCOL).await;
        lines.push(line.unwrap());
    }
    for line in &mut lines {
        line.say(&Frame::Hello(Hello::new("one of many"))).await;
    }
    let mut last = lines.pop().unwrap();
    for line in &mut lines {
        assert_eq!(line.goaway().await.reason, GoawayReason::Replaced);
        assert_eq!(line.hear().await, None);
    }
    post(relay.address, &path, b"for the last");
    last.delivery().await;
}

#[tokio::test]
async fn an_acknowledgement_counts_once_however_often_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    for body in [b"1", b"2", b"3"] {
        post(relay.address, &path, body);
    }
    let mut line = Line::ready(relay.address, &token).await;
    let first = line.delivery().await;
    for _ in 0..50 {
        line.say(&Frame::Ack(vec![first.id; 40])).await;
    }
    let (second, third) = (line.delivery().await, line.delivery().await);
    line.is_read().await;
    wait_for("the capture to be forgotten", || {
        (waiting(relay.address, &token) == 2).then_some(())
    });
    // In another session, to which it was not sent, it counts for nothing.
    drop(line);
    let mut line = Line::ready(relay.address, &token).await;
    line.say(&Frame::Ack(vec![first.id])).await;
    assert_eq!(line.delivery().await.id, second.id);
    assert_eq!(line.delivery().await.id, third.id);
    line.is_read().await;
    assert_eq!(waiting(relay.address, &token), 2);
}

#[tokio::test]
async fn credit_beyond_all_ends_the_session_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    post(relay.address, &path, &vec![b'x'; 3 << 20]);
    let mut line = Line::ready(relay.address, &token).await;
    let first = line.delivery().await;
    for _ in 0..2 {
        let (stream, bytes) = (first.stream, u32::MAX);
        line.say(&Frame::Credit { stream, bytes }).await;
    }
    assert_eq!(line.goaway().await.reason, GoawayReason::Protocol);
    let mut line = Line::ready(relay.address, &token).await;
    assert_eq!(line.delivery().await.id, first.id);
}

/// Writes `bytes` again and again until the other side takes no more, or has taken `most`.
fn flood(raw: &mut Raw, bytes: &[u8], most: usize) {
    let patience = Some(Duration::from_millis(500));
    raw.0.set_write_timeout(patience).unwrap();
    let mut sent = 0;
    while sent < most {
        match raw.0.write(bytes) {
            // A part of it is a part of a frame, and what follows is none: that ends the line.
            Ok(taken) if taken < bytes.len() => return,
            Ok(taken) => sent += taken,
            Err(_) => return,
        }
    }
}

#[tokio::test]
async fn a_flood_of_questions_whose_answers_nobody_reads_is_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    post(relay.address, &path, b"first");
    let (_, before) = memory_bytes(relay.running.pid());
    let ping = Frame::Ping(7).encode();
    let kinds = [fragment(0x82, &ping), fragment(0x89, &[7; 100])];
    for one in kinds {
        let mut raw = Raw::ready(relay.address, &token);
        flood(&mut raw, &one.repeat(4096), 64 << 20);
        post(relay.address, &path, b"meanwhile");
        let (_, after) = memory_bytes(relay.running.pid());
        assert!(
            after < before + LITTLE_BYTES,
            "{before} bytes became {after}"
        );
    }
    let mut line = Line::ready(relay.address, &token).await;
    for _ in 0..3 {
        line.delivery().await;
    }
}

#[tokio::test]
async fn sessions_that_read_nothing_cost_little_and_end_with_their_turn() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(&folder.path().join("mute"), &relay);
    let pid = relay.running.pid();
    // What waits is far more than any buffer on the way holds.
    let body = vec![b'x'; 60_000];
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..250 {
                    post(relay.address, &path, &body);
                }
            });
        }
    });
    let (idle, before) = (sockets(pid), memory_bytes(pid).1);
    // Each takes the place of the one before, and none of them reads.
    let mute: Vec<_> = (0..40)
        .map(|_| {
            let raw = Raw::ready(relay.address, &token);
            post(relay.address, &path, b"meanwhile");
            raw
        })
        .collect();
    let (_, after) = memory_bytes(pid);
    assert!(
        after < before + LITTLE_BYTES,
        "{before} bytes became {after}"
    );
    wait_for("the end of the lines whose session is over", || {
        (sockets(pid) <= idle + 1).then_some(())
    });
    let mut line = Line::ready(relay.address, &token).await;
    for _ in 0..1_040 {
        let delivery = line.delivery().await;
        line.say(&Frame::Ack(vec![delivery.id])).await;
    }
    line.is_read().await;
    drop(mute);
}

#[tokio::test]
async fn what_a_desktop_says_of_itself_does_not_fill_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(folder.path(), &relay);
    post(relay.address, &path, b"x");
    let mut line = Line::open(relay.address, &token, SUBPROTOCOL)
        .await
        .unwrap();
    line.say(&Frame::Hello(Hello::new("n".repeat(60_000))))
        .await;
    let delivery = line.delivery().await;
    for stream in [delivery.stream; 100]
        .into_iter()
        .chain((5..105).step_by(2))
    {
        let (code, text) = (wire::frame::ResetCode::Unreadable, "t".repeat(60_000));
        line.say(&Frame::Reset { stream, code, text }).await;
    }
    line.is_read().await;
    let mut bad = [0x7e, 0, 0, 0, 0, 0].to_vec();
    bad.extend_from_slice(&[b'x'; 60_000]);
    line.say_bytes(Message::Binary(bad.into())).await;
    assert_eq!(line.goaway().await.reason, GoawayReason::Protocol);
    let log = std::fs::read_to_string(folder.path().join("relay.log")).unwrap();
    assert!(log.len() < 4_000, "{} bytes: {:.300}", log.len(), log);
    assert!(log.contains("cannot take a capture"), "it is said once");
}
