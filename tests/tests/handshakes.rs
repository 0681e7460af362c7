//! Challenges are answered by themselves: by the relay while the desktop is away, where no secret is
//! needed, and by the desktop where one is.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{io::Write, net::SocketAddr, process::Stdio, time::Instant};

use tests::{
    program::{Desktop, Relay},
    sender::{request as composed, whole},
};

const SLACK: &[u8] = br#"{"type":"url_verification","token":"t","challenge":"3eZbrw1aB"}"#;
const ZOOM: &[u8] =
    br#"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#;

fn add_secret(desktop: &Desktop, endpoint: &str, scheme: &str, value: &str) {
    let mut command = desktop.command(&["secret", "add", endpoint, "--scheme", scheme]);
    let mut running = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(value.as_bytes()).unwrap();
    drop(stdin);
    assert!(running.wait().unwrap().success());
}

/// A request on a connection of its own.
fn request(method: &str, target: &str, body: &[u8]) -> Vec<u8> {
    composed(method, target, &[("Connection", "close")], body)
}

/// Status and body of what `request` is answered.
fn answered(address: SocketAddr, request: &[u8]) -> (u16, String) {
    let answer = whole(address, request).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

#[track_caller]
fn check(address: SocketAddr, request: &[u8], status: u16, body: &str) {
    assert_eq!(answered(address, request), (status, body.to_owned()));
}

#[test]
fn a_relay_answers_what_needs_no_secret_while_the_desktop_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let times = std::iter::repeat_with(|| {
        let began = Instant::now();
        check(
            relay.address,
            &request("POST", &path, SLACK),
            200,
            "3eZbrw1aB",
        );
        began.elapsed()
    });
    // The best of five, for a busy machine takes its time for anything.
    let took = times.take(5).min().unwrap();
    assert!(took.as_millis() < 250, "{took:?}");
    let graph = format!("{path}?validationToken=a%3Ab'c");
    check(relay.address, &request("POST", &graph, b""), 200, "a:b'c");
    let dropbox = format!("{path}?challenge=abc");
    check(relay.address, &request("GET", &dropbox, b""), 200, "abc");
    // What proves a secret is nobody's to answer now, and an ordinary webhook is one.
    check(relay.address, &request("POST", &path, ZOOM), 200, "");
    check(relay.address, &request("POST", &path, b"{}"), 200, "");
    // All of them are kept all the same.
    let listening = desktop.listen();
    let came = std::iter::repeat_with(|| listening.line()).take(9).count();
    assert_eq!(came, 9);
    listening.stop();
}

#[test]
fn a_desktop_answers_what_needs_a_secret_through_the_relay_and_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let endpoint = path.trim_start_matches("/h/");
    for endpoint in [endpoint, "local"] {
        add_secret(&desktop, endpoint, "zoom", "s3cret");
        add_secret(&desktop, endpoint, "meta", "meat");
    }
    let listening = desktop.listen();
    let receiver = listening.ready["receiver"].as_str().unwrap();
    let receiver: SocketAddr = receiver.trim_start_matches("http://").parse().unwrap();
    // One that is ordinary: when it is here, so are line and secrets.
    check(relay.address, &request("POST", &path, b"{}"), 200, "");
    let _ = listening.line();
    for (address, path) in [(relay.address, path.as_str()), (receiver, "/")] {
        let (_, said) = answered(address, &request("POST", path, ZOOM));
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!(said["plainToken"], "qgg8vlvZRS6UYooatFL8Aw");
        assert_eq!(said["encryptedToken"].as_str().unwrap().len(), 64);
        let meta = |token: &str| {
            format!("{path}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={token}")
        };
        check(
            address,
            &request("GET", &meta("meat"), b""),
            200,
            "1158201444",
        );
        check(address, &request("GET", &meta("fish"), b""), 403, "");
    }
    listening.stop();
}
