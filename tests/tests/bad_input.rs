//! What goes wrong is said: which thing, and what to do. No panic, nothing lost.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, net::TcpListener, path::Path};

use tests::{
    program::{Desktop, Relay, built, command, wait_for},
    sender::{request, send},
};

/// Runs a verb that must fail, and looks for `wanted` in what it says.
fn check_fails(desktop: &Desktop, args: &[&str], wanted: &[&str]) {
    let output = desktop.run(args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
    for text in wanted {
        assert!(said.contains(text), "{args:?}: `{text}` is not in: {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

/// Starts a relay that must fail.
fn check_relay_fails(folder: &Path, args: &[&str], wanted: &[&str]) {
    let mut relay = command(built("tenterhook-relay"));
    let relay = relay
        .args(["serve", "--data"])
        .arg(folder.join("relay"))
        .args(args);
    let output = relay.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && !said.contains("panicked"),
        "{said}"
    );
    for text in wanted {
        assert!(said.contains(text), "`{text}` is not in: {said}");
    }
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let _other = TcpListener::bind(&taken).unwrap();
    check_relay_fails(folder.path(), &["--listen", &taken], &[&taken, "--listen"]);
    let desktop = Desktop::new(folder.path());
    check_fails(
        &desktop,
        &["listen", "--receiver", &taken],
        &[&taken, "--receiver"],
    );
}

#[test]
fn a_wrong_relay_or_invite_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    check_fails(&desktop, &["pair", "hello"], &["tenterhook://pair?"]);
    check_fails(&desktop, &["endpoint", "new"], &["not paired"]);
    let nobody = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let relay = Relay::start(folder.path());
    let elsewhere = relay.connect().replace(
        &relay.address.port().to_string(),
        &nobody.port().to_string(),
    );
    check_fails(
        &desktop,
        &["pair", &elsewhere],
        &[&nobody.to_string(), "is the relay running?"],
    );
    let (start, invite) = relay.connect().rsplit_once("invite=").unwrap();
    let other: String = invite.chars().rev().collect::<String>().to_lowercase();
    check_fails(
        &desktop,
        &["pair", &format!("{start}invite={other}")],
        &["invite"],
    );
    let _ = desktop.pair(&relay);
    check_fails(
        &desktop,
        &["pair", relay.connect()],
        &["used already", "ask the relay for a new one"],
    );
}

#[test]
fn a_relay_that_forgot_the_device_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let _ = desktop.pair(&relay);
    let address = relay.address;
    relay.running.stop();
    fs::remove_dir_all(folder.path().join("relay")).unwrap();
    let _relay = Relay::start_at(folder.path(), address, &[]);
    let log = desktop.data.with_extension("log");
    let mut listen = desktop.command(&["listen", "--json", "--receiver", "127.0.0.1:0"]);
    let _running = tests::program::Running::start(&mut listen, &log);
    wait_for("the reason", || {
        let said = fs::read_to_string(&log).unwrap();
        said.contains("pair it again").then_some(())
    });
}

#[test]
fn a_newer_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let _ = desktop.ok(&["ls"]);
    let path = desktop.data.join("history.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 999)
        .unwrap();
    let before = fs::read(&path).unwrap();
    check_fails(
        &desktop,
        &["ls"],
        &["history.db", "schema 999", "newer program"],
    );
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn unreadable_settings_are_named_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let _ = desktop.ok(&["ls"]);
    fs::write(
        desktop.data.join("settings.toml"),
        "[receiver]\nlisten = \"nowhere\"\n",
    )
    .unwrap();
    check_fails(&desktop, &["listen"], &["settings.toml", "line 2"]);
    let config = folder.path().join("relay.toml");
    fs::write(&config, "body_limit = 1\n").unwrap();
    check_relay_fails(
        folder.path(),
        &["--config", config.to_str().unwrap()],
        &["relay.toml", "line 1"],
    );
}

#[test]
fn limits_are_told_to_the_sender() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("relay.toml");
    fs::write(&config, "body_limit_bytes = 1000\nqueue_captures = 3\n").unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let relay = Relay::start_at(
        folder.path(),
        listen,
        &["--config", config.to_str().unwrap()],
    );
    let path = Desktop::new(folder.path()).pair(&relay);
    let post = |headers: &[(&str, &str)], body: &[u8]| {
        send(relay.address, &request("POST", &path, headers, body)).unwrap()
    };
    // Refused by its length alone: no body is sent, and the answer comes.
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1001\r\n\r\n"
    );
    assert_eq!(send(relay.address, head.as_bytes()).unwrap().status, 413);
    assert_eq!(post(&[("X-Long", &"x".repeat(70_000))], b"").status, 431);
    assert_eq!(
        send(relay.address, &request("POST", "/h/nobody", &[], b""))
            .unwrap()
            .status,
        404
    );
    for _ in 0..3 {
        assert_eq!(post(&[], &[b'x'; 1000]).status, 200);
    }
    let full = post(&[], b"one too many");
    assert_eq!(full.status, 503);
    assert!(
        full.head.to_lowercase().contains("retry-after:"),
        "{}",
        full.head
    );
}

#[test]
fn control_characters_of_strangers_do_not_reach_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    let receiver = listening.ready["receiver"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    let body = b"\x1b]0;owned\x07\x1b[2J \xc2\x9b31m \xe2\x80\xae evil";
    let sent = request("POST", "/x", &[("X-Esc", "a\tb \u{9b}")], body);
    assert_eq!(send(receiver.parse().unwrap(), &sent).unwrap().status, 200);
    let id = listening.line()["id"].as_str().unwrap().to_owned();
    for args in [&["show", id.as_str()][..], &["ls"]] {
        let said = desktop.ok(args);
        let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(
            !said.contains(|c| is_control(c) || c == '\u{202e}'),
            "{said:?}"
        );
    }
    assert_eq!(desktop.run(&["show", &id, "--raw"]).stdout, sent);
}
