//! Signatures from the terminal, with the real programs: secrets are kept and never shown, captures
//! judged as they come, failures explained, and what is signed here is valid there.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    process::{Output, Stdio},
};

use serde_json::Value;
use tests::{
    program::{Desktop, Relay, wait_for},
    sender::{request, send},
};

/// Runs the terminal with `input`.
fn fed(desktop: &Desktop, args: &[&str], input: &str) -> Output {
    let mut command = desktop.command(args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut running = command.spawn().unwrap();
    let mut stdin = running.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    running.wait_with_output().unwrap()
}

fn out(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{wrong}");
    said
}

/// The headers that `tenterhook sign` prints for `body`.
fn signed(desktop: &Desktop, scheme: &str, name: &str, body: &str) -> Vec<(String, String)> {
    let file = desktop.data.with_extension("json");
    fs::write(&file, body).unwrap();
    let file = file.to_str().unwrap();
    let args = [
        "sign",
        "--file",
        file,
        "--scheme",
        scheme,
        "--secret-name",
        name,
    ];
    let header = |line: &str| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.to_owned(), value.to_owned())
    };
    desktop.ok(&args).lines().map(header).collect()
}

fn add(desktop: &Desktop, scheme: &str, name: &str, value: &str) {
    let args = ["secret", "add", "local", "--scheme", scheme, "--name", name];
    let said = out(&fed(desktop, &args, &format!("{value}\n")));
    assert!(!said.contains(value), "{said}");
}

fn verdict(desktop: &Desktop, id: &str) -> (Value, Option<i32>) {
    let output = desktop.run(&["verify", id, "--json"]);
    let said = serde_json::from_slice(&output.stdout).unwrap();
    (said, output.status.code())
}

/// Sends `body` with `headers` to the receiver; the capture's id.
fn sent(desktop: &Desktop, headers: &[(String, String)], body: &str) -> String {
    let listening = desktop.listen();
    let receiver = listening.ready["receiver"].as_str().unwrap();
    let receiver: SocketAddr = receiver.trim_start_matches("http://").parse().unwrap();
    let headers: Vec<_> = headers.iter().map(|(a, b)| (&**a, &**b)).collect();
    let request = request("POST", "/", &headers, body.as_bytes());
    assert_eq!(send(receiver, &request).unwrap().status, 200);
    let id = listening.line()["id"].as_str().unwrap().to_owned();
    listening.stop();
    id
}

#[test]
fn what_is_signed_here_is_valid_here_and_says_what_it_covers() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    add(&desktop, "stripe", "acme", "whsec_a-secret-value");
    let body = r#"{"id": "evt_1", "type": "invoice.paid"}"#;
    let headers = signed(&desktop, "stripe", "acme", body);
    let id = sent(&desktop, &headers, body);
    let (said, code) = verdict(&desktop, &id);
    assert_eq!((&said["valid"], code), (&Value::Bool(true), Some(0)));
    assert_eq!(
        (&said["secret"], &said["covers"]),
        (&"acme".into(), &"timestamp+body".into())
    );
    let listed = desktop.ok(&["ls", "--filter", "verify:valid"]);
    assert!(listed.contains(&id), "{listed}");
    assert_eq!(desktop.ok(&["ls", "--filter", "verify:invalid"]), "");
    let curl = [
        "sign",
        &id,
        "--scheme",
        "stripe",
        "--secret-name",
        "acme",
        "--curl",
    ];
    let curl = desktop.ok(&curl);
    assert!(
        curl.contains("curl ") && curl.contains("Stripe-Signature: t="),
        "{curl}"
    );
}

#[test]
fn a_failure_is_explained_and_told_by_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    add(&desktop, "github", "wrong", "not this one");
    add(&desktop, "slack", "right", "but this one");
    let body = r#"{"zen": "Keep it logically awesome."}"#;
    let value = ["sign", "--file", "-", "--scheme", "github"];
    let file = desktop.data.with_extension("json");
    fs::write(&file, body).unwrap();
    let args = [
        value[0],
        value[1],
        file.to_str().unwrap(),
        value[3],
        value[4],
    ];
    let line = out(&fed(&desktop, &args, "but this one\n"));
    let (name, value) = line.trim().split_once(": ").unwrap();
    let headers = [
        ("X-GitHub-Event".to_owned(), "ping".to_owned()),
        (name.to_owned(), value.to_owned()),
    ];
    let id = sent(&desktop, &headers, body);
    let (said, code) = verdict(&desktop, &id);
    assert_eq!((&said["reason"], code), (&"mismatch".into(), Some(1)));
    let said = desktop.ok(&["doctor", &id]);
    assert!(said.contains("with the secret `right`"), "{said}");
    // With the right one alone it is not GitHub's to judge, and a name that is none is refused.
    assert!(
        !desktop
            .run(&["verify", &id, "--secret-name", "nobody"])
            .status
            .success()
    );
    let plain = sent(&desktop, &[], "{}");
    let (said, code) = verdict(&desktop, &plain);
    assert_eq!((&said["reason"], code), (&"missing".into(), Some(1)));
}

#[test]
fn without_a_secret_nothing_is_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let headers = [
        ("X-GitHub-Event", "ping"),
        ("X-Hub-Signature-256", "sha256=00"),
    ];
    let headers = headers.map(|(a, b)| (a.to_owned(), b.to_owned()));
    let id = sent(&desktop, &headers, "{}");
    let plain = sent(&desktop, &[], "{}");
    assert_eq!(verdict(&desktop, &plain).1, Some(2));
    let (said, code) = verdict(&desktop, &id);
    assert_ne!(code, Some(0), "{said}");
    let said = desktop.ok(&["ls", "--filter", "verify:none"]);
    assert!(said.contains(&plain) && !said.contains(&id), "{said}");
}

#[test]
fn secrets_are_added_rotated_and_removed_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let made = desktop.ok(&["secret", "add", "local", "--scheme", "svix", "--generate"]);
    assert!(made.starts_with("whsec_"), "{made}");
    add(&desktop, "github", "old", "first-value");
    let _ = desktop.ok(&["secret", "retire", "local", "old"]);
    let listed = desktop.ok(&["secret", "ls"]);
    assert!(listed.contains("local  old  GitHub  old"), "{listed}");
    let secret = made.trim();
    assert!(!listed.contains(secret) && !listed.contains("first-value"));
    let as_json = desktop.ok(&["secret", "ls", "local", "--json"]);
    assert!(
        !as_json.contains(secret) && as_json.lines().count() == 2,
        "{as_json}"
    );
    let _ = desktop.ok(&["secret", "rm", "local", "old"]);
    assert!(
        !desktop
            .run(&["secret", "rm", "local", "old"])
            .status
            .success()
    );
    let empty = fed(&desktop, &["secret", "add", "local"], "");
    assert!(!empty.status.success());
}

#[test]
fn no_output_and_no_file_but_the_fallback_has_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let value = "hunter2-the-value-of-a-secret";
    add(&desktop, "github", "acme", value);
    let body = "{}";
    let mut headers = signed(&desktop, "github", "acme", body);
    headers.push(("X-GitHub-Event".to_owned(), "ping".to_owned()));
    let id = sent(&desktop, &headers, body);
    for args in [
        &["verify", &id][..],
        &["verify", &id, "--json"],
        &["doctor", &id],
        &["doctor", &id, "--json"],
        &["status"],
        &["show", &id, "--json"],
        &["export", &id, "--with-secrets"],
        &["secret", "ls", "--json"],
        &["sign", &id, "--scheme", "github", "--secret-name", "acme"],
    ] {
        let mut command = desktop.command(args);
        command.env("RUST_LOG", "trace").stdin(Stdio::null());
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(
            !said.is_empty() && !said.contains(value),
            "{args:?}: {said}"
        );
    }
    for file in fs::read_dir(&desktop.data).unwrap() {
        let path = file.unwrap().path();
        let is_fallback = path.ends_with("secrets.json");
        let has = String::from_utf8_lossy(&fs::read(&path).unwrap_or_default()).contains(value);
        assert_eq!(has, is_fallback, "{}", path.display());
    }
}

#[test]
fn a_test_event_arrives_signed_and_its_verdict_is_told_as_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let endpoint = path.trim_start_matches("/h/");
    let args = [
        "secret", "add", endpoint, "--scheme", "twilio", "--name", "line",
    ];
    let _ = out(&fed(&desktop, &args, "an auth token\n"));
    let log = desktop.data.with_extension("told");
    let mut listen = desktop.command(&["listen", "--receiver", "127.0.0.1:0"]);
    listen
        .stdout(Stdio::null())
        .stderr(fs::File::create(&log).unwrap());
    let mut running = listen.spawn().unwrap();
    let told = |text: &str| {
        let said = fs::read_to_string(&log).unwrap();
        said.contains(text).then_some(())
    };
    // Twilio signs the public URL, which is not what the receiver would see.
    let said = desktop.ok(&["send-test", endpoint, "--sender", "twilio"]);
    assert!(said.contains("answered 200, signed with `line`"), "{said}");
    wait_for("the verdict", || {
        told("✔  Twilio: valid with `line`; covers: url+form params")
    });
    running.kill().unwrap();
    let _ = running.wait();
}
