//! A relay that is restarted in good order: whoever is sending is answered, the desktops are told,
//! and nothing is lost or comes twice.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tests::{
    line::{Line, paired},
    program::{Desktop, Relay, signal, wait_for},
    sender::{request, send},
};
use wire::{frame::Frame, hello::GoawayReason};

/// How often each body is in the history.
fn bodies(desktop: &Desktop) -> BTreeMap<String, u32> {
    let mut bodies = BTreeMap::new();
    for capture in desktop.captures() {
        let body = BASE64_STANDARD.decode(capture["body_b64"].as_str().unwrap());
        *bodies
            .entry(String::from_utf8(body.unwrap()).unwrap())
            .or_default() += 1;
    }
    bodies
}

#[tokio::test]
async fn a_body_that_is_arriving_is_finished_and_desktops_are_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (desktop, path, token) = paired(folder.path(), &relay);
    let (address, pid) = (relay.address, relay.running.pid());
    let mut line = Line::ready(address, &token).await;
    let mut sender = TcpStream::connect(address).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n"
    );
    sender.write_all(head.as_bytes()).unwrap();
    let mut asked = [0; 25];
    // Asked for its body, the request is being read.
    sender.read_exact(&mut asked).unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
    sender.write_all(b"half ").unwrap();

    signal(pid, "TERM");
    let goaway = line.goaway().await;
    assert_eq!(goaway.reason, GoawayReason::Restarting);
    assert!(
        goaway
            .retry_after_ms
            .is_some_and(|ms| (1..=60_000).contains(&ms))
    );
    drop(line);
    wait_for("nobody to listen any more", || {
        TcpStream::connect(address).is_err().then_some(())
    });
    sender.write_all(b"whole").unwrap();
    let mut answer = String::new();
    sender.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    relay.running.stopped();

    let _relay = Relay::start_at(folder.path(), address, &[]);
    let listening = desktop.listen();
    let _ = listening.line();
    assert_eq!(
        bodies(&desktop),
        BTreeMap::from([("half whole".to_owned(), 1)])
    );
}

#[tokio::test]
async fn a_desktop_that_is_talking_hears_why_its_line_ends() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, _, token) = paired(folder.path(), &relay);
    let mut line = Line::ready(relay.address, &token).await;
    let pid = relay.running.pid();
    let mut rounds = 0;
    // All that it says before it has heard the last words is taken, though it is not read any more.
    let last = 'talk: loop {
        for _ in 0..100 {
            line.try_say(&Frame::Ping(7)).await.unwrap();
        }
        rounds += 1;
        if rounds == 10 {
            signal(pid, "TERM");
        }
        for _ in 0..100 {
            match line.hear().await {
                Some(Frame::Goaway(goaway)) => break 'talk goaway,
                Some(_) => {}
                None => panic!("it hears nothing"),
            }
        }
    };
    assert_eq!(last.reason, GoawayReason::Restarting);
    drop(line);
    relay.running.stopped();
}

#[test]
fn restarts_under_load_lose_nothing_and_deliver_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (address, desktop) = (relay.address, Desktop::new(folder.path()));
    let path = desktop.pair(&relay);
    let listening = desktop.listen();
    let stop = AtomicBool::new(false);
    let mut running = Some(relay.running);
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let senders: Vec<_> = (0..3)
            .map(|sender| {
                scope.spawn({
                    let (path, stop) = (&path, &stop);
                    move || post_until(address, path, sender, stop)
                })
            })
            .collect();
        // More would be met by a desktop that comes back later each time.
        for round in 1..=2_usize {
            wait_for("what is sent to arrive", || {
                (desktop.captures().len() > round * 10).then_some(())
            });
            running.take().unwrap().stop();
            running = Some(Relay::start_at(folder.path(), address, &[]).running);
        }
        stop.store(true, Ordering::Relaxed);
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });
    let all = wait_for("all that was acknowledged", || {
        let all = bodies(&desktop);
        acknowledged
            .iter()
            .all(|body| all.contains_key(body))
            .then_some(all)
    });
    assert!(all.values().all(|times| *times == 1), "{all:?}");
    listening.stop();
    let log = std::fs::read_to_string(folder.path().join("relay.log")).unwrap();
    assert!(
        !log.contains("panicked") && !log.contains("that did not stop"),
        "{log}"
    );
}

/// Posts bodies of its own until it is told to stop; those that were acknowledged.
fn post_until(to: SocketAddr, path: &str, sender: u32, stop: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let body = format!("{sender} {number}");
        let sent = send(to, &request("POST", path, &[], body.as_bytes()));
        if sent.is_ok_and(|answer| answer.status == 200) {
            acknowledged.push(body);
        }
    }
    acknowledged
}
