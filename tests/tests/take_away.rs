//! Captures taken away and brought in from the terminal: `tenterhook export` and `tenterhook import`.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, net::SocketAddr};

use tests::{
    program::Desktop,
    sender::{request, send},
};

struct Kept {
    folder: tempfile::TempDir,
    desktop: Desktop,
    /// The oldest first.
    ids: Vec<String>,
}

/// A history of `requests`; the desktop has stopped.
fn kept(requests: &[Vec<u8>]) -> Kept {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    let receiver = listening.ready["receiver"].as_str().unwrap();
    let receiver: SocketAddr = receiver.trim_start_matches("http://").parse().unwrap();
    let mut ids = Vec::new();
    for request in requests {
        assert_eq!(send(receiver, request).unwrap().status, 200);
        ids.push(listening.line()["id"].as_str().unwrap().to_owned());
    }
    listening.stop();
    Kept {
        folder,
        desktop,
        ids,
    }
}

fn invoice() -> Vec<u8> {
    let headers = [
        ("Authorization", "Bearer sk_live_1"),
        ("X-A", "1"),
        ("x-a", "2"),
    ];
    request(
        "POST",
        "/stripe?token=t0p&a=b",
        &headers,
        b"{\"paid\": true}",
    )
}

#[test]
fn secrets_stay_at_home_unless_they_are_asked_for() {
    let kept = kept(&[invoice()]);
    let id = &kept.ids[0];
    for format in ["curl", "http", "raw", "har", "ndjson", "python", "markdown"] {
        let without = kept.desktop.ok(&["export", id, "--format", format]);
        assert!(
            !without.contains("sk_live_1") && !without.contains("t0p"),
            "{without}"
        );
        let with = kept
            .desktop
            .ok(&["export", id, "--format", format, "--with-secrets"]);
        assert!(with.contains("sk_live_1") || format == "ndjson", "{with}");
    }
    let curl = kept.desktop.ok(&["export", id]);
    assert!(curl.contains("'Authorization: SECRET-LEFT-OUT'"), "{curl}");
    assert!(
        curl.contains("'http://hooks.example.dev/stripe?token=SECRET-LEFT-OUT&a=b'"),
        "{curl}"
    );
    assert!(
        curl.starts_with("# SECRET-LEFT-OUT stands for what was in"),
        "{curl}"
    );
}

#[test]
fn an_export_goes_where_it_is_told_to() {
    let kept = kept(&[invoice(), request("POST", "/b", &[], b"\0\xff")]);
    let [one, two] = [&*kept.ids[0], &*kept.ids[1]];
    let to = kept
        .desktop
        .ok(&["export", one, "--to", "http://localhost:3000"]);
    assert!(
        to.contains("'http://localhost:3000/stripe?token=SECRET-LEFT-OUT&a=b'"),
        "{to}"
    );
    let to = kept
        .desktop
        .ok(&["export", one, "--to", "https://example.dev/x?y"]);
    assert!(to.contains("'https://example.dev/x?y'"), "{to}");
    let har = kept.folder.path().join("both.har");
    let har_path = har.to_str().unwrap();
    let _ = kept
        .desktop
        .ok(&["export", one, two, "--format", "har", "--out", har_path]);
    let log: serde_json::Value = serde_json::from_slice(&fs::read(&har).unwrap()).unwrap();
    assert_eq!(log["log"]["entries"].as_array().unwrap().len(), 2);
    let body = kept
        .desktop
        .run(&["export", two, "--format", "body"])
        .stdout;
    assert_eq!(body, b"\0\xff");
    let folder = kept.folder.path().join("out");
    let listed = kept.desktop.ok(&[
        "export",
        one,
        two,
        "--format",
        "go",
        "--out",
        folder.to_str().unwrap(),
    ]);
    assert_eq!(listed.lines().count(), 2);
    for path in listed.lines() {
        assert!(
            fs::read_to_string(path).unwrap().contains("package main"),
            "{path}"
        );
    }
}

/// Runs an export that must fail, and looks for `wanted` in what it says.
fn refused(kept: &Kept, args: &[&str], wanted: &str) {
    let output = kept.desktop.run(&[&["export"], args].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains(wanted),
        "{args:?}: {said}"
    );
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn what_cannot_be_exported_is_said() {
    let kept = kept(&[invoice(), invoice()]);
    let [one, two] = [&*kept.ids[0], &*kept.ids[1]];
    let there = kept.folder.path().join("there");
    fs::write(&there, "old").unwrap();
    refused(
        &kept,
        &[one, "--out", there.to_str().unwrap()],
        "cannot write",
    );
    assert_eq!(fs::read(&there).unwrap(), b"old");
    refused(
        &kept,
        &[one, two, "--format", "java"],
        "takes one capture a file: name a folder",
    );
    refused(&kept, &[one, "--format", "cobol"], "possible values: curl");
    refused(&kept, &[one, "--to", "localhost"], "is no place to send to");
    refused(&kept, &["00000000"], "there is no capture 00000000");
    refused(&kept, &["../x"], "there is no capture ../x");
    // Both were captured in the same month.
    refused(&kept, &[&one[..4]], "several captures begin with");
    let new = kept.folder.path().join("new");
    refused(
        &kept,
        &[one, "00000000", "--out", new.to_str().unwrap()],
        "there is no capture",
    );
    assert!(!new.exists(), "nothing half is left");
}

#[test]
fn no_path_of_a_request_leads_out_of_the_folder() {
    let hostile = [
        "/..",
        "/../../etc/passwd",
        "//etc/passwd",
        "/%2e%2e%2f%2e%2e%2fx",
        "/C:x",
        "/con.txt",
        "/x.",
        "/$(id)",
        "/.ssh/authorized_keys",
        "/x::$DATA",
        "/~root",
        "/-rf",
        "/a%00b",
        "/..%5c..%5cx",
    ];
    let requests = hostile.map(|target| request("POST", target, &[], b"x"));
    let kept = kept(&requests);
    let folder = kept.folder.path().join("a/b/");
    let mut args = vec![
        "export",
        "--format",
        "curl",
        "--out",
        folder.to_str().unwrap(),
    ];
    args.extend(kept.ids.iter().map(String::as_str));
    let _ = kept.desktop.ok(&args);
    assert_eq!(fs::read_dir(&folder).unwrap().count(), hostile.len());
    assert_eq!(
        fs::read_dir(kept.folder.path().join("a")).unwrap().count(),
        1
    );
    let output = kept.desktop.run(&args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("exists"),
        "{said}"
    );
}

/// Head and body of every capture of `desktop`, the oldest first.
fn contents(desktop: &Desktop) -> Vec<(String, String)> {
    let mut all = desktop.captures();
    all.reverse();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let parts = all
        .iter()
        .map(|one| (text(&one["head_b64"]), text(&one["body_b64"])));
    parts.collect()
}

#[test]
fn what_is_taken_away_can_be_brought_in_elsewhere() {
    let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let all = [
        invoice(),
        request(
            "PUT",
            "/b%zz?q='$(id)",
            &[("X-E", ""), ("X-e", "\u{e9}")],
            &binary,
        ),
    ];
    let kept = kept(&all);
    let [one, two] = [&*kept.ids[0], &*kept.ids[1]];
    for (format, name) in [("ndjson", "x.ndjson"), ("har", "x.har"), ("curl", "x.sh")] {
        let file = kept.folder.path().join(name);
        let file = file.to_str().unwrap();
        let args = [
            "export",
            one,
            two,
            "--with-secrets",
            "--format",
            format,
            "--out",
            file,
        ];
        let _ = kept.desktop.ok(&args);
        let elsewhere = tempfile::tempdir().unwrap();
        let other = Desktop::new(elsewhere.path());
        let printed = other.ok(&["import", file]);
        assert_eq!(printed.lines().count(), 2, "{format}");
        // curl says lengths where it says them, behind all else, as the sender of this test does.
        assert_eq!(contents(&other), contents(&kept.desktop), "{format}");
        let records = other.captures();
        assert!(
            records.iter().all(|one| one["source"] == "import"),
            "{records:?}"
        );
        if format == "ndjson" {
            assert_eq!(
                printed,
                format!("{one}\n{two}\n"),
                "ids are kept where they are free"
            );
        }
        // Again: nothing is left out, and no id stands twice.
        let again = other.ok(&["import", file]);
        assert!(!again.contains(one) || format != "ndjson", "{again}");
        assert_eq!(other.captures().len(), 4, "{format}");
    }
}

#[test]
fn a_mistake_in_what_is_brought_in_is_placed() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let check = |text: &str, wanted: &str| {
        let file = folder.path().join("file");
        fs::write(&file, text).unwrap();
        let output = desktop.run(&["import", file.to_str().unwrap()]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && said.contains(wanted),
            "{text}: {said}"
        );
        assert!(!said.contains("panicked"), "{said}");
    };
    check("", "there is no request in it");
    check(
        "curl example.dev\ncurl -d @/etc/passwd example.dev\n",
        "line 2: `-d @/etc/passwd` reads a file",
    );
    check("{\"log\": {}}", "line 1: there is no list");
    check(
        "{\"tenterhook\":9,\"head_b64\":\"\",\"body_b64\":\"\"}\n",
        "line 1: it has version 9",
    );
    check(
        "hello, world, this is prose\n",
        "line 1: this is no request line",
    );
    assert!(
        desktop.captures().is_empty(),
        "of what is wrong nothing is kept"
    );
    let missing = desktop.run(&["import", "/nowhere/x.har"]);
    assert!(String::from_utf8_lossy(&missing.stderr).contains("/nowhere/x.har"));
}
