//! Finding captures by what came of them and by their sender's delivery, and filters that are kept:
//! from the terminal, with a real application behind.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::net::SocketAddr;

use serde_json::Value;
use tests::{
    app::App,
    program::{Desktop, Running, wait_for},
    sender::{request, send},
};

/// The targets of what `search` finds for `args`, the newest first.
fn found(desktop: &Desktop, args: &[&str]) -> Vec<String> {
    let args = [&["search", "--json"], args].concat();
    let lines = desktop.ok(&args);
    let target = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["target"].as_str().unwrap().to_owned()
    };
    lines.lines().map(target).collect()
}

fn receiver(listening: &Running) -> SocketAddr {
    let url = listening.ready["receiver"].as_str().unwrap();
    url.trim_start_matches("http://").parse().unwrap()
}

fn push(to: SocketAddr, target: &str, delivery: &str) {
    let headers = [
        ("User-Agent", "GitHub-Hookshot/044aadd"),
        ("X-GitHub-Event", "push"),
        ("X-GitHub-Delivery", delivery),
        ("Content-Type", "application/json"),
    ];
    send(to, &request("POST", target, &headers, b"{}")).unwrap();
}

#[test]
fn a_capture_is_found_by_what_the_application_answered() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let app = App::start();
    let to = format!("http://{}", app.address());
    let mut listen = desktop.command(&[
        "listen",
        "--json",
        "--receiver",
        "127.0.0.1:0",
        "--forward",
        &to,
    ]);
    let listening = Running::start(&mut listen, &folder.path().join("listen.log"));
    let at = receiver(&listening);
    for status in ["200 OK", "404 Not Found", "503 Service Unavailable"] {
        let target = format!("/{}", &status[..3]);
        push(at, &target, &target);
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        app.next().say(answer.as_bytes());
        wait_for("its outcome", || {
            (found(&desktop, &["is:answered", &format!("path:{target}")]).len() == 1).then_some(())
        });
    }
    assert_eq!(found(&desktop, &["status:200"]), ["/200"]);
    assert_eq!(found(&desktop, &["status:5xx"]), ["/503"]);
    assert_eq!(found(&desktop, &["status>=400"]), ["/503", "/404"]);
    assert_eq!(found(&desktop, &["is:failed", "not(status:404)"]), ["/503"]);
    assert!(found(&desktop, &["status:none"]).is_empty());
    listening.stop();
}

#[test]
fn the_tries_of_one_delivery_are_found_together() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    let at = receiver(&listening);
    for (target, delivery) in [
        ("/1", "aa-11"),
        ("/2", "bb-22"),
        ("/3", "AA-11"),
        ("/4", "aa-11"),
    ] {
        push(at, target, delivery);
    }
    assert_eq!(found(&desktop, &["delivery:aa-11"]), ["/4", "/3", "/1"]);
    assert_eq!(found(&desktop, &["is:retry"]), ["/4", "/3"]);
    assert_eq!(found(&desktop, &["status:none"]).len(), 4);
    listening.stop();
}

#[test]
fn a_filter_is_kept_under_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    for (target, delivery) in [("/orders", "1"), ("/shops", "2")] {
        push(receiver(&listening), target, delivery);
    }
    assert_eq!(
        found(&desktop, &["path:/o*", "--save", "Orders"]),
        ["/orders"]
    );
    assert_eq!(found(&desktop, &["--saved", "orders"]), ["/orders"]);
    assert!(found(&desktop, &["--saved", "orders", "method:put"]).is_empty());
    assert_eq!(
        found(&desktop, &["path:/s*", "--save", "orders"]),
        ["/shops"]
    );
    assert_eq!(desktop.ok(&["search", "--saved"]), "Orders\tpath:/s*\n");
    let output = desktop.run(&["search", "--saved", "gone"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is no saved filter `gone`"), "{said}");
    let output = desktop.run(&["search", "status:abc", "--save", "x"]);
    assert!(!output.status.success());
    assert_eq!(desktop.ok(&["search", "--saved"]).lines().count(), 1);
    listening.stop();
}
