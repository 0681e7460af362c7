//! What an endpoint's owner may set, as its senders meet it; and what a relay's owner may do.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::net::SocketAddr;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use tests::{
    program::{Desktop, Relay, Running, built, command, wait_for},
    sender::{Answer, request, send},
};

struct Trip {
    relay: Relay,
    desktop: Desktop,
    path: String,
    id: String,
    token: String,
    folder: tempfile::TempDir,
}

impl Trip {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let relay = Relay::start(folder.path());
        let desktop = Desktop::new(folder.path());
        let _ = desktop.ok(&["pair", relay.connect()]);
        let made: Value =
            serde_json::from_str(&desktop.ok(&["endpoint", "new", "--name", "a", "--json"]))
                .unwrap();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let url = text("url");
        let path = url[url.find("/h/").unwrap()..].to_owned();
        Self {
            relay,
            desktop,
            path,
            id: text("id"),
            token: text("token"),
            folder,
        }
    }

    fn set(&self, options: &[&str]) {
        let _ = self
            .desktop
            .ok(&[&["endpoint", "set", "a"], options].concat());
    }

    fn send(&self, method: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        send(
            self.relay.address,
            &request(method, &self.path, headers, body),
        )
        .unwrap()
    }

    fn relay_verb(&self, args: &[&str]) -> String {
        let mut verb = command(built("tenterhook-relay"));
        verb.arg(args[0])
            .arg("--data")
            .arg(self.folder.path().join("relay"))
            .args(&args[1..]);
        let output = verb.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }
}

#[test]
fn the_gate_lets_in_what_the_owner_lets_in() {
    let trip = Trip::begin();
    let post = |headers: &[(&str, &str)]| trip.send("POST", headers, b"x").status;
    assert_eq!(post(&[]), 200);
    trip.set(&["--require-token", "true"]);
    let bearer = format!("Bearer {}", trip.token);
    assert_eq!(post(&[]), 401);
    assert_eq!(post(&[("Authorization", "Bearer the_wrong")]), 401);
    assert_eq!(post(&[("Authorization", &bearer)]), 200);
    let by_query = format!("{}/x?a=b&token={}", trip.path, trip.token);
    let sent = request("POST", &by_query, &[], b"");
    assert_eq!(send(trip.relay.address, &sent).unwrap().status, 200);

    let new = trip.desktop.ok(&["endpoint", "rotate", "a"]);
    assert_eq!(post(&[("Authorization", &bearer)]), 401);
    assert_eq!(
        post(&[("Authorization", &format!("Bearer {}", new.trim()))]),
        200
    );

    trip.set(&["--require-token", "false", "--methods", "PUT,DELETE"]);
    let refused = trip.send("POST", &[], b"x");
    assert_eq!(refused.status, 405);
    assert!(
        refused.head.to_lowercase().contains("allow: put, delete"),
        "{}",
        refused.head
    );
    assert_eq!(trip.send("PUT", &[], b"x").status, 200);

    trip.set(&["--methods", "any", "--allow-from", "192.0.2.0/24"]);
    assert_eq!(post(&[]), 403);
    assert_eq!(post(&[("X-Forwarded-For", "192.0.2.1")]), 403);
    trip.set(&["--allow-from", "127.0.0.0/8", "--body-limit", "10"]);
    assert_eq!(trip.send("POST", &[], &[b'x'; 11]).status, 413);
    assert_eq!(trip.send("POST", &[], &[b'x'; 10]).status, 200);
    trip.set(&["--paused", "true"]);
    let paused = trip.send("POST", &[], b"");
    assert_eq!(paused.status, 503);
    assert!(
        paused.head.to_lowercase().contains("retry-after"),
        "{}",
        paused.head
    );

    let wrong = trip
        .desktop
        .run(&["endpoint", "set", "a", "--allow-from", "10/8"]);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && said.contains("10/8"), "{said}");
}

#[test]
fn the_relay_answers_by_itself_as_its_owner_wants() {
    let trip = Trip::begin();
    let xml = [
        "--answer-header",
        "Content-Type: text/xml",
        "--answer-body",
        "<Response/>",
    ];
    trip.set(&[&xml[..], &["--answer-status", "202"]].concat());
    let answer = trip.send("POST", &[], b"x");
    assert_eq!(answer.status, 202);
    let head = answer.head.to_lowercase();
    assert!(
        head.contains("content-type: text/xml") && head.contains("content-length: 11"),
        "{head}"
    );
    trip.set(&["--answer-status", "204"]);
    let head = trip.send("POST", &[], b"x").head.to_lowercase();
    assert!(
        head.starts_with("http/1.1 204") && !head.contains("content-length: 11"),
        "{head}"
    );
    trip.set(&[
        "--answer-status",
        "302",
        "--answer-header",
        "Location: https://example.com/",
    ]);
    assert!(
        trip.send("GET", &[], b"")
            .head
            .to_lowercase()
            .contains("location: https://example.com/")
    );

    let preflight = [
        ("Origin", "https://a.example"),
        ("Access-Control-Request-Method", "POST"),
    ];
    assert!(
        !trip
            .send("OPTIONS", &preflight, b"")
            .head
            .to_lowercase()
            .contains("access-control")
    );
    trip.set(&["--cors", "true", "--answer-status", "200"]);
    let allowed = trip.send("OPTIONS", &preflight, b"");
    assert_eq!(allowed.status, 204);
    assert!(
        allowed
            .head
            .to_lowercase()
            .contains("access-control-allow-origin: *"),
        "{}",
        allowed.head
    );
    assert!(
        trip.send("POST", &[], b"")
            .head
            .to_lowercase()
            .contains("access-control-allow-origin: *")
    );
}

#[test]
fn the_token_alone_says_which_endpoint_is_meant() {
    let trip = Trip::begin();
    let listening = trip.desktop.listen();
    let bearer = format!("Bearer {}", trip.token);
    let sent = request(
        "POST",
        "/data",
        &[("Authorization", &bearer)],
        b"{\"ok\":\"hello\"}",
    );
    assert_eq!(send(trip.relay.address, &sent).unwrap().status, 200);
    let line = listening.line();
    assert_eq!(
        (line["target"].as_str(), line["endpoint"].as_str()),
        (Some("/data"), Some(&*trip.id))
    );
    assert_eq!(
        send(trip.relay.address, &request("POST", "/data", &[], b"{}"))
            .unwrap()
            .status,
        404
    );
}

#[test]
fn a_removed_endpoint_answers_no_more_and_can_be_restored() {
    let trip = Trip::begin();
    assert_eq!(trip.send("POST", &[], b"waits").status, 200);
    let _ = trip.desktop.ok(&["endpoint", "rm", "a"]);
    assert_eq!(trip.send("POST", &[], b"").status, 404);
    assert!(trip.desktop.ok(&["endpoint", "ls"]).is_empty());
    assert!(trip.relay_verb(&["endpoints"]).contains("deleted"));
    // What waited is still delivered.
    assert_eq!(
        trip.desktop.listen().line()["endpoint"].as_str(),
        Some(&*trip.id)
    );
    let _ = trip.desktop.ok(&["endpoint", "restore", &trip.id]);
    assert_eq!(trip.send("POST", &[], b"").status, 200);
}

#[test]
fn a_new_token_of_a_device_loses_no_capture() {
    let trip = Trip::begin();
    assert_eq!(trip.send("POST", &[], b"before").status, 200);
    let _ = trip.desktop.ok(&["rotate"]);
    assert_eq!(trip.send("POST", &[], b"after").status, 200);
    let listening = trip.desktop.listen();
    for body in ["before", "after"] {
        assert_eq!(listening.line()["body_b64"], BASE64_STANDARD.encode(body));
    }
}

/// Starts `listen` and waits until what it says holds `wanted`.
fn wait_until_it_says(running: &Running, log: &std::path::Path, wanted: &str) {
    let _ = running.pid();
    wait_for(wanted, || {
        std::fs::read_to_string(log)
            .unwrap()
            .contains(wanted)
            .then_some(())
    });
}

#[test]
fn a_revoked_device_is_cut_off_while_the_relay_runs() {
    let trip = Trip::begin();
    let listening = trip.desktop.listen();
    assert_eq!(trip.send("POST", &[], b"x").status, 200);
    let _ = listening.line();
    let devices = trip.relay_verb(&["devices"]);
    let id = devices.split("  ").next().unwrap();
    assert!(trip.relay_verb(&["revoke", id]).contains(id));
    wait_until_it_says(
        &listening,
        &trip.desktop.data.with_extension("log"),
        "removed this device",
    );
    assert_eq!(trip.send("POST", &[], b"x").status, 404);
    assert!(trip.relay_verb(&["devices"]).is_empty());
}

#[test]
fn an_invite_from_beside_a_running_relay_pairs_one_desktop_and_a_backup_keeps_it() {
    let trip = Trip::begin();
    let url = format!("http://{}", trip.relay.address);
    let connect = trip.relay_verb(&["invite", "--public-url", &url]);
    let other = Desktop::new(&trip.folder.path().join("other"));
    let _ = other.ok(&["pair", connect.trim()]);
    assert!(!other.run(&["pair", connect.trim()]).status.success());
    assert_eq!(trip.relay_verb(&["devices"]).lines().count(), 2);

    let copy = trip.folder.path().join("copy");
    std::fs::create_dir_all(copy.join("relay")).unwrap();
    let file = copy.join("relay/relay.db");
    assert!(
        trip.relay_verb(&["backup", file.to_str().unwrap()])
            .contains("relay.db")
    );
    let restored = Relay::start_at(&copy, SocketAddr::from(([127, 0, 0, 1], 0)), &[]);
    let sent = request("POST", &trip.path, &[], b"x");
    assert_eq!(send(restored.address, &sent).unwrap().status, 200);
}
