//! Requests as strangers send them, from a corpus beside the checkout: what RFC 9110 and 9112 demand
//! of the relay's public port and of the local receiver alike.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a helper of tests: what fails is the test, and what it says is read"
)]

use std::path::Path;

use serde_json::Value;
use tests::program::{Desktop, Relay, built, command};

/// The corpus's own runner; none where the corpus is not.
const RUNNER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../shared/conformance/http_runner.py"
);

fn check(host_and_port: &str, prefix: &str, api: Option<&str>, desktop: &Desktop) {
    if !Path::new(RUNNER).exists() {
        println!("SKIPPED: the corpus is not beside this checkout: {RUNNER}");
        return;
    }
    let (host, port) = host_and_port.rsplit_once(':').unwrap();
    let observer = format!(
        "cmd:'{}' --no-keychain --data '{}' ls --json --grep {{id}}",
        built("tenterhook").display(),
        desktop.data.display()
    );
    let mut runner = command("python3");
    runner.args([RUNNER, host, port, prefix, "--observer", &observer, "-q"]);
    // The bodies of the corpus are scaled to the limit of the target.
    runner.args(["--limit", &(1 << 20).to_string()]);
    if let Some(api) = api {
        runner.args(["--api", api]);
    }
    let output = runner.output().expect("python3 runs");
    let report = String::from_utf8_lossy(&output.stdout);
    println!("{report}");
    assert!(
        output.status.success(),
        "{report}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // All of them were run, but for those that need an interface where there is none.
    let of_api = |case: &&Value| case["target"] == "api";
    let cases = cases();
    let skipped = if api.is_some() {
        0
    } else {
        cases.iter().filter(of_api).count()
    };
    let passed = cases.len() - skipped;
    let wanted = format!("{passed} passed, 0 failed, {skipped} skipped");
    assert!(report.contains(&wanted), "{report}");
}

/// The corpus.
fn cases() -> Vec<Value> {
    let text = std::fs::read(Path::new(RUNNER).with_file_name("http_cases.json")).unwrap();
    let mut corpus: Value = serde_json::from_slice(&text).unwrap();
    serde_json::from_value(corpus["cases"].take()).unwrap()
}

/// Nothing went wrong of which the sender was not told.
fn check_log(path: &Path) {
    let log = std::fs::read_to_string(path).unwrap();
    assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
}

#[test]
fn the_relays_public_port_passes_the_corpus() {
    let folder = tempfile::tempdir().unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let relay = Relay::start_at(folder.path(), listen, &["--body-limit", "1048576"]);
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let _listening = desktop.listen();
    check(
        &relay.address.to_string(),
        &path,
        Some("/api/device"),
        &desktop,
    );
    check_log(&folder.path().join("relay.log"));
}

#[test]
fn the_local_receiver_passes_the_corpus() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    std::fs::create_dir_all(&desktop.data).unwrap();
    let settings = "[receiver]\nbody_limit_bytes = 1048576\n";
    std::fs::write(desktop.data.join("settings.toml"), settings).unwrap();
    let listening = desktop.listen();
    let receiver = listening.ready["receiver"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    check(receiver, "/in", None, &desktop);
    check_log(&desktop.data.with_extension("log"));
}
