//! Nothing is lost: programs killed at any moment, and everything that was acknowledged is there
//! afterwards, once.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tests::{
    program::{Desktop, Relay, Running, wait_for},
    sender::{request, send},
};

/// Senders that post at the same time.
const SENDERS: u32 = 4;
/// How often a program is killed.
const KILLS: u32 = 20;

/// Posts numbered bodies until `stop`; those that were answered 2xx are kept in `acknowledged`.
fn post_numbers(
    to: &impl Fn() -> SocketAddr,
    path: &str,
    next: &AtomicU32,
    stop: &AtomicBool,
) -> Vec<u32> {
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        // Every eighth is large enough to cross in pieces.
        let filler = if number.is_multiple_of(8) {
            300_000
        } else {
            200
        };
        let body = format!("number {number} {}", "x".repeat(filler));
        let sent = send(to(), &request("POST", path, &[], body.as_bytes()));
        if sent.is_ok_and(|answer| (200..300).contains(&answer.status)) {
            acknowledged.push(number);
        }
    }
    acknowledged
}

/// How often each number is in the history.
fn stored(desktop: &Desktop) -> BTreeMap<u32, u32> {
    let mut numbers = BTreeMap::new();
    for capture in desktop.captures() {
        let body = BASE64_STANDARD
            .decode(capture["body_b64"].as_str().unwrap())
            .unwrap();
        let text = String::from_utf8_lossy(&body);
        let number = text.split(' ').nth(1).unwrap().parse().unwrap();
        *numbers.entry(number).or_default() += 1;
    }
    numbers
}

/// Runs senders against `to` while `kill` does its worst, and holds what they were told against
/// what is there in the end.
fn check(
    desktop: &Desktop,
    path: &str,
    to: impl Fn() -> SocketAddr + Sync,
    kill: impl FnOnce(&AtomicU32),
) {
    let (next, stop) = (AtomicU32::new(0), AtomicBool::new(false));
    let acknowledged: Vec<u32> = thread::scope(|scope| {
        let post = || post_numbers(&to, path, &next, &stop);
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(post)).collect();
        kill(&next);
        stop.store(true, Ordering::Relaxed);
        senders
            .into_iter()
            .flat_map(|sender| sender.join().unwrap())
            .collect()
    });
    assert!(
        acknowledged.len() > KILLS as usize,
        "only {} were acknowledged",
        acknowledged.len()
    );
    let all = wait_for("every acknowledged capture", || {
        let all = stored(desktop);
        acknowledged
            .iter()
            .all(|number| all.contains_key(number))
            .then_some(all)
    });
    let twice: Vec<_> = all.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "stored more than once: {twice:?}");
}

/// Waits until the senders have come a little further.
fn a_little_later(next: &AtomicU32) {
    let from = next.load(Ordering::Relaxed);
    wait_for("progress of the senders", || {
        (next.load(Ordering::Relaxed) > from + 7).then_some(())
    });
}

#[test]
fn a_desktop_killed_twenty_times_has_everything_once() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let mut running = desktop.listen();
    check(
        &desktop,
        &path,
        || relay.address,
        |next| {
            for _ in 0..KILLS {
                a_little_later(next);
                std::mem::replace(&mut running, desktop.listen()).kill();
            }
        },
    );
    running.stop();
}

#[test]
fn a_relay_killed_twenty_times_has_lost_nothing_that_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (address, desktop) = (relay.address, Desktop::new(folder.path()));
    let path = desktop.pair(&relay);
    let listening = desktop.listen();
    let mut running: Option<Running> = Some(relay.running);
    check(
        &desktop,
        &path,
        || address,
        |next| {
            for _ in 0..KILLS {
                a_little_later(next);
                running.take().unwrap().kill();
                running = Some(Relay::start_at(folder.path(), address, &[]).running);
            }
        },
    );
    listening.stop();
}
