//! Only you: what waits on the relay cannot be read there.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, path::Path};

use tests::{
    program::{Desktop, Relay},
    sender::{request, send},
};

const IN_PATH: &str = "canary-in-the-path-5f1c0a7e";
const IN_HEADER: &str = "canary-in-a-header-93b2d8e4";
const IN_BODY: &str = "canary-in-the-body-c07a41f9";

/// Which of the canaries are in the files below `folder`.
fn found(folder: &Path) -> Vec<(String, &'static str)> {
    let mut hits = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        for canary in [IN_PATH, IN_HEADER, IN_BODY] {
            if bytes
                .windows(canary.len())
                .any(|window| window == canary.as_bytes())
            {
                hits.push((path.display().to_string(), canary));
            }
        }
    }
    hits
}

#[test]
fn whoever_takes_the_relays_disk_has_ciphertext() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let body = format!("{IN_BODY} {}", "x".repeat(400_000));
    for body in [IN_BODY, &body] {
        let target = format!("{path}/{IN_PATH}");
        let sent = request("POST", &target, &[("X-Canary", IN_HEADER)], body.as_bytes());
        assert_eq!(send(relay.address, &sent).unwrap().status, 200);
    }
    let data = folder.path().join("relay");
    assert_eq!(found(&data), [], "while it waits");
    let queued: u64 = fs::read_dir(&data)
        .unwrap()
        .map(|e| e.unwrap().metadata().unwrap().len())
        .sum();
    assert!(queued > 400_000, "it waits on the disk: {queued} bytes");

    let listening = desktop.listen();
    for _ in 0..2 {
        assert!(
            listening.line()["target"]
                .as_str()
                .unwrap()
                .ends_with(IN_PATH)
        );
    }
    assert_eq!(found(&data), [], "after it was fetched");
    let log = fs::read_to_string(folder.path().join("relay.log")).unwrap();
    assert!(!log.contains("canary"), "{log}");
}
