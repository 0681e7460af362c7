//! Only you: what waits on the relay cannot be read there, nor in what the relay says of itself.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, net::SocketAddr, path::Path};

use serde_json::Value;
use tests::{
    line::device_token,
    program::{Desktop, Running, built, command},
    sender::{request, send, whole},
};

const IN_PATH: &str = "canary-in-the-path-5f1c0a7e";
const IN_QUERY: &str = "canary-in-the-query-e2d90b64";
const IN_NAME: &str = "x-canary-in-a-name-77c1f2a0";
const IN_HEADER: &str = "canary-in-a-header-93b2d8e4";
const IN_BODY: &str = "canary-in-the-body-c07a41f9";
const ALL: [&str; 5] = [IN_PATH, IN_QUERY, IN_NAME, IN_HEADER, IN_BODY];

/// Those of `secrets` that are in `bytes`, whatever their case.
fn found_in<'a>(bytes: &[u8], secrets: &[&'a str]) -> Vec<&'a str> {
    let lower = bytes.to_ascii_lowercase();
    let is_there = |secret: &&&str| {
        let wanted = secret.to_ascii_lowercase();
        lower
            .windows(wanted.len())
            .any(|window| window == wanted.as_bytes())
    };
    secrets.iter().filter(is_there).copied().collect()
}

/// Those of `secrets` that are in the files below `folder`: the database, its log of writes, and
/// whatever else is there.
fn found<'a>(folder: &Path, secrets: &[&'a str]) -> Vec<(String, &'a str)> {
    let mut hits = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let here = found_in(&fs::read(&path).unwrap(), secrets);
        hits.extend(
            here.into_iter()
                .map(|hit| (path.display().to_string(), hit)),
        );
    }
    hits
}

#[test]
fn whoever_takes_the_relays_disk_log_and_figures_has_ciphertext() {
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("relay"), folder.path().join("relay.log"));
    let config = folder.path().join("relay.toml");
    fs::write(&config, "admin = \"127.0.0.1:0\"\n").unwrap();
    let mut serve = command(built("tenterhook-relay"));
    serve
        .args(["serve", "--listen", "127.0.0.1:0", "--config"])
        .arg(&config)
        .arg("--data")
        .arg(&data)
        .env("RUST_LOG", "trace");
    let relay = Running::start(&mut serve, &log);
    let address = |name: &str| -> SocketAddr {
        let url = relay.ready[name].as_str().unwrap();
        url.trim_start_matches("http://").parse().unwrap()
    };
    let (public, admin) = (address("url"), address("admin"));
    let desktop = Desktop::new(folder.path());
    let connect = relay.ready["connect"].as_str().unwrap();
    let _ = desktop.ok(&["pair", connect]);
    let made: Value =
        serde_json::from_str(&desktop.ok(&["endpoint", "new", "--name", "a", "--json"])).unwrap();
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    let (url, endpoint_token) = (text("url"), text("token"));
    let path = &url[url.find("/h/").unwrap()..];
    let _ = desktop.ok(&["endpoint", "set", "a", "--require-token", "true"]);

    let target = format!("{path}/{IN_PATH}?{IN_QUERY}=1&token={endpoint_token}");
    let large = format!("{IN_BODY} {}", "x".repeat(400_000));
    for body in [IN_BODY, &large] {
        let headers = [
            ("X-Canary", IN_HEADER),
            (IN_NAME, "1"),
            ("Cookie", IN_HEADER),
        ];
        let sent = request("POST", &target, &headers, body.as_bytes());
        assert_eq!(send(public, &sent).unwrap().status, 200);
    }
    // Refused ones are told of nowhere either.
    let bad = format!("POST /{IN_PATH} HTTP/1.1\r\n{IN_NAME} : {IN_HEADER}\r\n\r\n");
    assert_eq!(send(public, bad.as_bytes()).unwrap().status, 400);
    let unknown = request("POST", &format!("/h/{IN_PATH}"), &[], IN_BODY.as_bytes());
    assert_eq!(send(public, &unknown).unwrap().status, 404);
    assert_eq!(found(&data, &ALL), [], "while it waits");
    let queued: u64 = fs::read_dir(&data)
        .unwrap()
        .map(|e| e.unwrap().metadata().unwrap().len())
        .sum();
    assert!(queued > 400_000, "it waits on the disk: {queued} bytes");

    let listening = desktop.listen();
    for _ in 0..2 {
        let line = listening.line();
        assert!(line["target"].as_str().unwrap().contains(IN_PATH));
    }
    // The rights to be a device, to pair and to send are known by their hashes alone.
    let invite = connect.rsplit_once("invite=").unwrap().1;
    let device_token = device_token(&desktop);
    let secrets = [&ALL[..], &[invite, &device_token, &endpoint_token]].concat();
    assert_eq!(found(&data, &secrets), [], "after it was fetched");
    for page in ["/", "/metrics", "/healthz", "/readyz"] {
        let read = whole(
            admin,
            &request("GET", page, &[("Connection", "close")], b""),
        )
        .unwrap();
        assert_eq!(found_in(read.as_bytes(), &secrets), [""; 0], "{page}");
    }
    let said = fs::read(&log).unwrap();
    assert!(
        said.windows(5).any(|word| word == b"TRACE"),
        "all is logged"
    );
    assert_eq!(found_in(&said, &secrets), [""; 0], "in the log");
}
