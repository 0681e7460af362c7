//! Strangers who take their time or send without end: each is ended by the relay's limits, none
//! costs it much memory, and senders in good faith do not notice.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use tests::{
    program::{Desktop, Relay, memory_bytes, sockets, wait_for},
    sender::{request, send, whole},
};

/// What a crowd may cost the relay in memory.
const LITTLE_BYTES: u64 = 48 << 20;
/// Crawling clients of each kind.
const EACH: usize = 40;

fn post(relay: SocketAddr, path: &str) {
    let answer = send(relay, &request("POST", path, &[], b"in good faith")).unwrap();
    assert_eq!(answer.status, 200);
}

/// A client that has sent `begun` and sends `rest` byte by byte, if at all.
struct Slow {
    stream: TcpStream,
    rest: Vec<u8>,
    heard: Vec<u8>,
    is_ended: bool,
}

impl Slow {
    fn new(relay: SocketAddr, begun: &[u8], rest: &[u8]) -> Self {
        let mut stream = TcpStream::connect(relay).unwrap();
        stream.write_all(begun).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self {
            stream,
            rest: rest.iter().rev().copied().collect(),
            heard: Vec::new(),
            is_ended: false,
        }
    }

    /// Sends one byte more, and hears what has come.
    fn step(&mut self) {
        if self.is_ended {
            return;
        }
        if self.heard.is_empty()
            && let Some(byte) = self.rest.pop()
        {
            // Whoever was cut off finds that out by reading.
            let _ = self.stream.write(&[byte]);
        }
        match self.stream.read_to_end(&mut self.heard) {
            Ok(_) => self.is_ended = true,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(_) => self.is_ended = true,
        }
    }
}

#[test]
fn who_crawls_is_ended_while_good_traffic_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (address, path) = (relay.address, Desktop::new(folder.path()).pair(&relay));
    post(address, &path);
    let (pid, idle) = (relay.running.pid(), sockets(relay.running.pid()));
    let (_, before) = memory_bytes(pid);
    let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 4096\r\n\r\n");
    let chunked = format!("POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    let slow_head = format!(
        "OST {path} HTTP/1.1\r\nHost: a\r\nX-A: {}\r\n",
        "a".repeat(4000)
    );
    let chunks = "1\r\nx\r\n".repeat(900);
    // Heads and bodies that stand still, and heads and bodies that come byte by byte.
    let kinds: [(&str, &[u8], &[u8]); 6] = [
        ("half a head", b"POST /h/x HTTP/1.1\r\nHo", b""),
        ("half a body", head.as_bytes(), b""),
        ("half a chunk", chunked.as_bytes(), b"5\r\nhe"),
        ("a slow head", b"P", slow_head.as_bytes()),
        ("a slow body", head.as_bytes(), &[b'x'; 4000]),
        ("slow chunks", chunked.as_bytes(), chunks.as_bytes()),
    ];
    let mut crowd: Vec<_> = kinds
        .iter()
        .flat_map(|(kind, begun, rest)| {
            (0..EACH).map(move |_| (*kind, Slow::new(address, begun, rest)))
        })
        .collect();
    wait_for("the end of those who crawl", || {
        for (_, slow) in &mut crowd {
            slow.step();
        }
        post(address, &path);
        crowd.iter().all(|(_, slow)| slow.is_ended).then_some(())
    });
    for (kind, slow) in &crowd {
        let heard = String::from_utf8_lossy(&slow.heard);
        assert!(heard.starts_with("HTTP/1.1 408"), "{kind}: {heard:?}");
    }
    drop(crowd);
    wait_for("their sockets to be closed", || {
        (sockets(pid) <= idle + 1).then_some(())
    });
    let (_, after) = memory_bytes(pid);
    assert!(
        after < before + LITTLE_BYTES,
        "{before} bytes became {after}"
    );
}

#[test]
fn whoever_reads_no_answer_is_not_answered_without_end() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (address, path) = (relay.address, Desktop::new(folder.path()).pair(&relay));
    post(address, &path);
    let (_, before) = memory_bytes(relay.running.pid());
    let requests = b"GET /nobody HTTP/1.1\r\nHost: a\r\n\r\n".repeat(512);
    let stalled: Vec<_> = (0..3)
        .map(|_| {
            let mut stream = TcpStream::connect(address).unwrap();
            let patience = Some(Duration::from_millis(500));
            stream.set_write_timeout(patience).unwrap();
            // Until the relay reads no more of them, since nobody takes what it answers.
            while stream.write_all(&requests).is_ok() {}
            post(address, &path);
            stream
        })
        .collect();
    let (_, after) = memory_bytes(relay.running.pid());
    assert!(
        after < before + LITTLE_BYTES,
        "{before} bytes became {after}"
    );
    drop(stalled);
}

/// Sends `begun` and then `more` without end, until the relay ends it; what it said.
fn flood(relay: SocketAddr, begun: &[u8], more: &[u8]) -> String {
    let mut stream = TcpStream::connect(relay).unwrap();
    let mut reader = stream.try_clone().unwrap();
    let heard = thread::spawn(move || {
        let mut heard = Vec::new();
        // A reset that follows the answer takes nothing of what was read before.
        let _ = reader.read_to_end(&mut heard);
        String::from_utf8_lossy(&heard).into_owned()
    });
    let mut sent = stream.write_all(begun);
    while sent.is_ok() {
        sent = stream.write_all(more);
    }
    heard.join().unwrap()
}

#[test]
fn heads_without_end_are_refused_at_their_limit() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (address, path) = (relay.address, Desktop::new(folder.path()).pair(&relay));
    post(address, &path);
    let (_, before) = memory_bytes(relay.running.pid());
    let begun = format!("POST {path} HTTP/1.1\r\nHost: a\r\n");
    let kinds = [
        ("431", begun.clone(), "X-Flood: yes\r\n".repeat(500)),
        ("431", begun.clone(), "a:\r\n".repeat(500)),
        ("431", format!("{begun}X-Long: "), "x".repeat(8192)),
        ("431", format!("{begun}Cookie: "), "a=b; ".repeat(2000)),
        ("414", format!("POST {path}?"), "x".repeat(8192)),
    ];
    thread::scope(|scope| {
        for (status, begun, more) in &kinds {
            for _ in 0..4 {
                scope.spawn(move || {
                    let heard = flood(address, begun.as_bytes(), more.as_bytes());
                    let wanted = format!("HTTP/1.1 {status}");
                    assert!(heard.starts_with(&wanted), "{begun}: {heard}");
                });
            }
        }
        for _ in 0..20 {
            post(address, &path);
        }
    });
    let (_, after) = memory_bytes(relay.running.pid());
    assert!(
        after < before + LITTLE_BYTES,
        "{before} bytes became {after}"
    );
}

#[test]
fn bodies_that_come_in_at_once_have_a_common_limit() {
    const MIB: usize = 1 << 20;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("relay.toml");
    let limits = format!(
        "body_limit_bytes = {MIB}\nbodies_bytes = {}\nadmin = \"127.0.0.1:0\"\n",
        MIB * 3 / 2
    );
    std::fs::write(&config, limits).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let relay = Relay::start_at(
        folder.path(),
        listen,
        &["--config", config.to_str().unwrap()],
    );
    let path = Desktop::new(folder.path()).pair(&relay);
    let large = request("POST", &path, &[], &vec![b'x'; MIB]);

    let mut slow = TcpStream::connect(relay.address).unwrap();
    let (most, rest) = large.split_at(large.len() - 8192);
    slow.write_all(most).unwrap();
    let mut rest = rest.chunks(1);
    let admin = relay.running.ready["admin"].as_str().unwrap();
    let admin = admin.trim_start_matches("http://").parse().unwrap();
    let figures = b"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    wait_for("the body", || {
        // A byte now and then, for who stands still is ended.
        slow.write_all(rest.next().unwrap()).unwrap();
        let figures = whole(admin, figures).unwrap();
        let mut lines = figures.lines();
        let taken = lines.find_map(|line| line.strip_prefix("tenterhook_bodies_bytes "));
        let taken: usize = taken.unwrap().parse().unwrap();
        (taken > MIB - 8192).then_some(())
    });
    slow.write_all(rest.next().unwrap()).unwrap();
    let refused = send(relay.address, &large).unwrap();
    assert_eq!(refused.status, 503);
    let head = refused.head.to_lowercase();
    assert!(head.contains("retry-after: "), "{head}");
    let small = request("POST", &path, &[], b"small");
    assert_eq!(send(relay.address, &small).unwrap().status, 200);
    slow.write_all(&rest.collect::<Vec<_>>().concat()).unwrap();
    let mut answer = [0; 15];
    slow.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    assert_eq!(send(relay.address, &large).unwrap().status, 200);
}

#[test]
fn what_is_compressed_is_kept_as_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let (address, path) = (relay.address, desktop.pair(&relay));
    // Fifty thousand bytes that are fifty million when they are unpacked, twice over.
    let zeros = vec![0; 50 << 20];
    let once = gzip(&zeros);
    let bombs = [gzip(&once), once];
    post(address, &path);
    let (_, before) = memory_bytes(relay.running.pid());
    for bomb in &bombs {
        let headers = [
            ("Content-Encoding", "gzip"),
            ("Content-Type", "application/json"),
        ];
        let sent = request("POST", &path, &headers, bomb);
        for _ in 0..20 {
            assert_eq!(send(address, &sent).unwrap().status, 200);
        }
    }
    let (_, after) = memory_bytes(relay.running.pid());
    assert!(after < before + (24 << 20), "{before} bytes became {after}");
    let listening = desktop.listen();
    let _ = listening.line();
    let decode = |record: serde_json::Value| {
        let text = record["body_b64"].as_str().unwrap().to_owned();
        BASE64_STANDARD.decode(text).unwrap()
    };
    for bomb in &bombs {
        for _ in 0..20 {
            assert!(decode(listening.line()) == *bomb);
        }
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
