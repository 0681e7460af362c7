//! Captures sent again from the terminal, and on to targets with settings of their own:
//! `tenterhook replay` and `tenterhook forward`.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs,
    net::SocketAddr,
    process::{Output, Stdio},
    thread,
};

use serde_json::Value;
use tests::{
    app::App,
    program::{Desktop, Running, wait_for},
    sender::{request, send},
};

struct House {
    folder: tempfile::TempDir,
    desktop: Desktop,
    app: App,
}

impl House {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desktop = Desktop::new(folder.path());
        let app = App::start();
        Self {
            folder,
            desktop,
            app,
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.app.address())
    }

    /// Starts a verb; the application answers in this thread.
    fn begin(&self, args: &[&str]) -> thread::JoinHandle<Output> {
        let mut command = self.desktop.command(args);
        command.stdin(Stdio::null());
        thread::spawn(move || command.output().unwrap())
    }

    /// Keeps captures of these paths, the oldest first; their ids.
    fn keep(&self, paths: &[&str]) -> Vec<String> {
        let listening = self.desktop.listen();
        let ids = paths.iter().map(|path| {
            post(&listening, path);
            listening.line()["id"].as_str().unwrap().to_owned()
        });
        let ids = ids.collect();
        listening.stop();
        ids
    }

    /// Answers the next request on a connection of its own; what it was.
    fn answer(&self, answer: &str) -> String {
        let mut heard = self.app.next();
        let text = heard.head.clone() + str::from_utf8(&heard.body).unwrap();
        heard.say(format!("HTTP/1.1 {answer}\r\nConnection: close\r\n\r\n").as_bytes());
        text
    }
}

fn post(listening: &Running, path: &str) {
    let receiver = listening.ready["receiver"].as_str().unwrap();
    let receiver: SocketAddr = receiver.trim_start_matches("http://").parse().unwrap();
    let headers = [("X-A", "1"), ("x-a", "2")];
    let request = request("POST", path, &headers, b"{\"n\": 1}");
    assert_eq!(send(receiver, &request).unwrap().status, 200);
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn path(request: &str) -> &str {
    request.split(' ').nth(1).unwrap()
}

#[test]
fn a_capture_is_sent_again_and_what_changed_is_told() {
    let house = House::open();
    let ids = house.keep(&["/a?b=c"]);
    let replay = house.begin(&["replay", &ids[0], "--to", &house.url()]);
    let host = house.app.address();
    let raw = text(&house.desktop.run(&["show", &ids[0], "--raw"]).stdout);
    let came = raw.lines().find(|line| line.starts_with("Host:")).unwrap();
    let want = raw.replace(came, &format!("Host: {host}"));
    assert_eq!(house.answer("200 OK"), want);
    let output = replay.join().unwrap();
    assert!(output.status.success(), "{output:?}");
    let said = text(&output.stdout);
    assert!(said.starts_with("200 in "), "{said}");
    assert!(said.contains("(Host rewritten)"), "{said}");
    let shown = house.desktop.ok(&["search", "is:replayed", "--json"]);
    assert!(shown.contains(&ids[0]), "{shown}");

    // As its sender would reach it: not a byte is another. What is not 2xx fails.
    let replay = house.begin(&["replay", &ids[0], "--to", &house.url(), "--as-sender"]);
    assert_eq!(house.answer("418 No"), raw);
    let output = replay.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout).contains("(nothing changed)"),
        "{output:?}"
    );
    assert!(text(&output.stderr).contains("1 of 1 sends were not answered with 2xx"));
}

#[test]
fn an_edited_one_is_kept_and_names_what_it_was_made_of() {
    let house = House::open();
    let ids = house.keep(&["/a"]);
    let body = house.folder.path().join("body");
    fs::write(&body, b"\x00new").unwrap();
    let replay = house.begin(&[
        "replay",
        &ids[0],
        "--to",
        &house.url(),
        "--method",
        "PATCH",
        "--path",
        "/b?c",
        "--set-header",
        "X-A: 3",
        "--without-header",
        "host",
        "--body",
        &format!("@{}", body.display()),
        "--json",
    ]);
    let heard = house.answer("204 No Content");
    let host = house.app.address();
    assert_eq!(
        heard,
        format!("PATCH /b?c HTTP/1.1\r\nHost: {host}\r\nX-A: 3\r\nContent-Length: 4\r\n\r\n\0new")
    );
    let output = replay.join().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let one = &report["captures"][0];
    assert_eq!(one["capture"], ids[0].as_str());
    let edited = house.desktop.ok(&["search", "is:edited", "--json"]);
    let edited: Value = serde_json::from_str(edited.trim()).unwrap();
    assert_eq!(one["edited"], edited["id"]);
    assert_eq!(house.desktop.captures().len(), 2);
}

#[test]
fn many_go_in_their_order_and_a_doubled_one_answered_otherwise_is_named() {
    let house = House::open();
    let ids = house.keep(&["/a/1", "/other", "/a/2"]);
    let replay = house.begin(&[
        "replay",
        "--filter",
        "path:/a*",
        "--to",
        &house.url(),
        "--twice",
    ]);
    let answers = ["200 OK", "200 OK", "200 OK", "409 Conflict"];
    let heard: Vec<_> = answers.iter().map(|answer| house.answer(answer)).collect();
    let paths: Vec<_> = heard.iter().map(|text| path(text)).collect();
    assert_eq!(paths, ["/a/1", "/a/1", "/a/2", "/a/2"]);
    let output = replay.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    let differing: Vec<_> = said
        .lines()
        .filter(|line| line.contains("DIFFERS"))
        .collect();
    assert_eq!(differing.len(), 1, "{said}");
    assert!(
        differing[0].starts_with("409 in ") && differing[0].ends_with(&ids[2]),
        "{said}"
    );
    assert!(text(&output.stderr).contains("1 captures answered differently the second time"));
}

#[test]
fn another_computer_is_confirmed_once_and_a_trick_never() {
    let house = House::open();
    let ids = house.keep(&["/a"]);
    let replay = |more: &[&str]| house.desktop.run(&[&["replay", &ids[0]], more].concat());
    let refused = replay(&["--to", "http://192.0.2.1:9"]);
    assert!(
        text(&refused.stderr).contains("--allow-remote"),
        "{refused:?}"
    );
    let trick = replay(&["--to", "http://[::ffff:169.254.169.254]/", "--allow-remote"]);
    assert!(
        text(&trick.stderr).contains("is never forwarded to"),
        "{trick:?}"
    );
    assert_eq!(house.desktop.ok(&["replay", "--confirmed"]), "");
    // Not said where to, and nothing says where by itself.
    let nowhere = replay(&[]);
    assert!(
        text(&nowhere.stderr).contains("say where to send them"),
        "{nowhere:?}"
    );
    // Nothing came of it, for not even a capture of that id is there.
    let _ = house.desktop.run(&[
        "replay",
        "ffff",
        "--to",
        "http://192.0.2.1:9",
        "--allow-remote",
    ]);
    assert_eq!(
        house.desktop.ok(&["replay", "--confirmed"]).trim(),
        "http://192.0.2.1:9"
    );
    let _ = house
        .desktop
        .ok(&["replay", "--forget", "http://192.0.2.1:9"]);
    assert_eq!(house.desktop.ok(&["replay", "--confirmed"]), "");
    assert_eq!(
        house
            .desktop
            .run(&["replay", "--forget", "x"])
            .status
            .code(),
        Some(1)
    );
}

#[test]
fn what_was_on_its_way_when_the_program_was_killed_is_missed_and_sent_when_asked_for() {
    let house = House::open();
    let _ = house.desktop.ok(&[
        "forward",
        "local",
        "add",
        &house.url(),
        "--filter",
        "-path:=/no",
        "--ordered",
    ]);
    let listening = house.desktop.listen();
    post(&listening, "/1");
    assert_eq!(path(&house.answer("200 OK")), "/1");
    let answered = listening.line()["id"].as_str().unwrap().to_owned();
    wait_for("the delivery", || {
        let shown = house
            .desktop
            .ok(&["show", &answered, "--deliveries", "--json"]);
        shown.contains("\"status\":200").then_some(())
    });
    for path in ["/2", "/no", "/3"] {
        post(&listening, path);
    }
    // The next has reached the application, which has not answered.
    let held = house.app.next();
    assert_eq!(path(&held.head), "/2");
    listening.kill();
    drop(held);
    let missed = house.desktop.ok(&["forward", "local", "missed"]);
    assert_eq!(missed.lines().count(), 2, "{missed}");
    let replay = house.begin(&["forward", "local", "missed", "--replay"]);
    let heard = [house.answer("200 OK"), house.answer("200 OK")];
    assert_eq!([path(&heard[0]), path(&heard[1])], ["/2", "/3"]);
    let output = replay.join().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(house.desktop.ok(&["forward", "local", "missed"]), "");
}

#[test]
fn the_settings_of_a_forward_are_shown_changed_and_taken_away() {
    let house = House::open();
    let forward = |more: &[&str]| house.desktop.run(&[&["forward", "local"], more].concat());
    let add = forward(&[
        "add",
        "3000/hook",
        "--filter",
        "type:push",
        "--retries",
        "2",
    ]);
    assert!(add.status.success(), "{add:?}");
    // What is not named stays.
    assert!(forward(&["add", "3000/hook", "--ordered"]).status.success());
    let shown: Value = serde_json::from_slice(&forward(&["ls", "--json"]).stdout).unwrap();
    assert_eq!(shown["target"], "http://localhost:3000/hook");
    assert_eq!(
        (&shown["filter"], &shown["retries"]),
        (&"type:push".into(), &2.into())
    );
    assert_eq!(shown["isOrdered"], true);
    let wrong = forward(&["add", "3000", "--filter", "is:red"]);
    assert!(
        text(&wrong.stderr).contains("^^^ `is:` knows no `red`"),
        "{wrong:?}"
    );
    let remote = forward(&["add", "https://example.com"]);
    assert!(
        text(&remote.stderr).contains("--allow-remote"),
        "{remote:?}"
    );
    assert!(forward(&["remove", "3000/hook"]).status.success());
    assert_eq!(forward(&["ls"]).stdout, b"");
}

#[test]
fn a_golden_capture_says_what_an_application_answers_otherwise_now() {
    let house = House::open();
    let ids = house.keep(&["/paid"]);
    let folder = house.folder.path().join("golden");
    let folder = folder.to_str().unwrap();
    let answer = |status: &str, body: &str| {
        let length = body.len();
        format!(
            "{status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let say = |text: String| {
        let mut heard = house.app.next();
        heard.say(format!("HTTP/1.1 {text}").as_bytes());
        heard.head.clone()
    };
    let replay = house.begin(&["replay", &ids[0], "--to", &house.url()]);
    let sent = say(answer("200 OK", "{\"paid\": true}"));
    assert!(replay.join().unwrap().status.success());
    let saved = house.desktop.ok(&["check", folder, "--save", &ids[0]]);
    let file = fs::read_to_string(saved.trim()).unwrap();
    assert!(
        file.contains("=== body\n{\"n\": 1}\n=== answer\nstatus: 200\n"),
        "{file}"
    );
    // One that is there is not touched.
    assert_eq!(
        house
            .desktop
            .run(&["check", folder, "--save", &ids[0]])
            .status
            .code(),
        Some(1)
    );

    let url = house.url();
    let check = house.begin(&["check", folder, "--to", &url]);
    // The same goes out as when it was sent again.
    assert_eq!(say(answer("200 OK", "{ \"paid\":true }")), sent);
    let output = check.join().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(house.desktop.captures().len(), 1);

    let junit = house.folder.path().join("report.xml");
    let check = house.begin(&[
        "check",
        folder,
        "--to",
        &url,
        "--junit",
        junit.to_str().unwrap(),
    ]);
    let _ = say(answer("500 No", "{\"paid\": \"<no>\"}"));
    let output = check.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    for line in [
        "FAIL  ",
        "- 200",
        "+ 500",
        "-   \"paid\": true",
        "+   \"paid\": \"<no>\"",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    let report = fs::read_to_string(junit).unwrap();
    assert!(report.contains("tests=\"1\" failures=\"1\""), "{report}");
    assert!(report.contains("&quot;&lt;no&gt;&quot;"), "{report}");
    let nobody = house
        .desktop
        .run(&["check", folder, "--to", "127.0.0.1:1", "--json"]);
    let line: Value = serde_json::from_slice(&nobody.stdout).unwrap();
    assert_eq!(
        (&line["ok"], &line["status"]),
        (&false.into(), &Value::Null)
    );
}
