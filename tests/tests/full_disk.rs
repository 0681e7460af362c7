//! A disk without room: the sender is told to come again, nothing acknowledged is lost, and all goes
//! on by itself once there is room. The disk is a small one in memory, mounted for the program
//! alone.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{net::SocketAddr, path::Path};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tests::{
    program::{Desktop, Relay, Running, built, command, wait_for},
    sender::{request, send},
};

/// Starts `program` with a disk of 24 MiB at `disk`; `filler` on it is there to be removed.
fn start_on_small_disk(disk: &Path, program: &str, args: &str, log: &Path) -> Running {
    std::fs::create_dir_all(disk).unwrap();
    let (disk, program) = (disk.display(), built(program));
    let script = format!(
        "mount -t tmpfs -o size=24m none '{disk}' && dd if=/dev/zero of='{disk}/filler' bs=1M \
         count=12 status=none && exec '{}' {args}",
        program.display()
    );
    let mut unshare = command("unshare");
    Running::start(
        unshare.args(["--mount", "--map-root-user", "sh", "-c", &script]),
        log,
    )
}

/// Makes room, as another program would, on the disk that only that process sees.
fn make_room(running: &Running, disk: &Path) {
    let seen = Path::new("/proc")
        .join(running.pid().to_string())
        .join("root");
    std::fs::remove_file(seen.join(disk.strip_prefix("/").unwrap()).join("filler")).unwrap();
}

/// Posts until the disk is full, makes room, posts again; the answer is what was acknowledged.
fn fill_and_recover(to: SocketAddr, path: &str, room: impl FnOnce()) -> Vec<String> {
    let mut acknowledged = Vec::new();
    let mut post = |number: u32| {
        let body = format!("number {number} {}", "x".repeat(400_000));
        let answer = send(to, &request("POST", path, &[], body.as_bytes())).unwrap();
        if answer.status == 200 {
            acknowledged.push(format!("number {number} "));
        }
        answer
    };
    let refused = (0..100)
        .map(&mut post)
        .find(|answer| answer.status != 200)
        .expect("it gets full");
    assert_eq!(refused.status, 507, "{}", refused.head);
    assert!(
        refused.head.to_lowercase().contains("retry-after"),
        "{}",
        refused.head
    );
    room();
    let mut number = 100;
    wait_for("recovery", || {
        number += 1;
        (post(number).status == 200).then_some(())
    });
    acknowledged
}

fn check_all_there(desktop: &Desktop, acknowledged: &[String]) {
    assert!(acknowledged.len() > 5, "{acknowledged:?}");
    for text in acknowledged {
        wait_for(text, || {
            (desktop.ok(&["ls", "--grep", text]).lines().count() == 1).then_some(())
        });
    }
}

#[test]
fn a_relay_without_room_says_so_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("relay");
    let args = format!("serve --listen 127.0.0.1:0 --data '{}'", disk.display());
    let log = folder.path().join("relay.log");
    let running = start_on_small_disk(&disk, "tenterhook-relay", &args, &log);
    let url = running.ready["url"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    let relay = Relay {
        address: url.parse().unwrap(),
        running,
    };
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let room = || make_room(&relay.running, &disk);
    let acknowledged = fill_and_recover(relay.address, &path, room);
    let _listening = desktop.listen();
    check_all_there(&desktop, &acknowledged);
}

#[test]
fn a_desktop_without_room_says_so_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("desktop");
    let args = format!(
        "--no-keychain --data '{}' listen --json --receiver 127.0.0.1:0",
        disk.display()
    );
    let log = folder.path().join("desktop.log");
    let running = start_on_small_disk(&disk, "tenterhook", &args, &log);
    let receiver = running.ready["receiver"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    let room = || make_room(&running, &disk);
    let acknowledged = fill_and_recover(receiver.parse().unwrap(), "/", room);
    // Its disk is its own, so its word is taken: it prints what is in its history.
    assert!(acknowledged.len() > 5, "{acknowledged:?}");
    for wanted in acknowledged {
        let line = running.line();
        let body = BASE64_STANDARD
            .decode(line["body_b64"].as_str().unwrap())
            .unwrap();
        assert!(body.starts_with(wanted.as_bytes()), "{wanted}");
    }
}
