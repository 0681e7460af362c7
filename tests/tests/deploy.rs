//! What `deploy/` hands to operators fits the relay: each setting exists, each version is this one,
//! and systemd takes the unit and finds it well shut in. `proxies.rs` and `containers.rs` start all of it.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tests::program::{built, command};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

fn read(file: &str) -> String {
    fs::read_to_string(deploy().join(file)).unwrap()
}

/// All files below `folder`.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Runs to the end; the answer is what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

#[test]
fn each_setting_is_one_of_the_relays() {
    let help = run(command(built("tenterhook-relay")).args(["serve", "--help"]));
    let is_of_a_name = |c: char| c.is_ascii_uppercase() || c == '_';
    let mut seen = 0;
    for file in files(&deploy()) {
        let text = fs::read_to_string(&file).unwrap();
        for (at, _) in text.match_indices("TENTERHOOK_") {
            let name = text[at..].split(|c| !is_of_a_name(c)).next().unwrap();
            assert!(
                help.contains(&format!("{name}=")),
                "{name} of {}",
                file.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 5, "they set something");
}

#[test]
fn the_settings_file_is_taken() {
    let file = deploy().join("relay.toml");
    let said = run(command(built("tenterhook-relay"))
        .args(["check", "--config"])
        .arg(file));
    for part in [
        "https://hooks.example.dev",
        "127.0.0.1:8080",
        "127.0.0.1:9090",
        "127.0.0.0/8, ::1/128",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
}

#[test]
fn each_version_is_this_one() {
    let version = env!("CARGO_PKG_VERSION");
    for (file, line) in [
        ("Dockerfile", format!("image.version=\"{version}\"")),
        ("compose.yaml", format!("tenterhook-relay:{version}}}")),
        (
            "kubernetes/relay.yaml",
            format!("tenterhook-relay:{version}\n"),
        ),
        (
            "helm/tenterhook-relay/Chart.yaml",
            format!("\nversion: {version}\nappVersion: \"{version}\"\n"),
        ),
        ("README.md", format!("tenterhook-relay:{version}")),
        (
            "hooks/compose.yaml",
            format!("tenterhook-hooks:{version}\n"),
        ),
        ("hooks/Dockerfile", format!("tenterhook-hooks:{version} ")),
        ("hooks/README.md", format!("tenterhook-hooks:{version} ")),
    ] {
        assert!(read(file).contains(&line), "{file} has no {line}");
    }
}

#[test]
fn each_file_that_the_page_names_is_there() {
    let readme = read("README.md");
    let named = readme
        .split(['`', '(', ')', ' ', '\n'])
        .filter(|word| word.starts_with("deploy/"));
    let mut seen = 0;
    for name in named {
        assert!(deploy().join("..").join(name).exists(), "{name}");
        seen += 1;
    }
    assert!(seen > 5, "it names them");
}

/// How open the service is, from 0 to 10, as `systemd-analyze` sees it from version 250 on.
fn exposure(low_ports: bool) -> Option<f64> {
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("tenterhook-relay.service");
    // The program that the unit starts must be there.
    let text = read("systemd/tenterhook-relay.service");
    let text = text.replace(
        "/usr/local/bin/tenterhook-relay",
        built("tenterhook-relay").to_str().unwrap(),
    );
    fs::write(&unit, text).unwrap();
    if low_ports {
        let beside = folder.path().join("tenterhook-relay.service.d");
        fs::create_dir(&beside).unwrap();
        fs::write(
            beside.join("low-ports.conf"),
            read("systemd/low-ports.conf"),
        )
        .unwrap();
    }
    let said = run(command("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&unit));
    assert_eq!(said, "", "it has nothing to say against the unit");
    let said = run(command("systemd-analyze").arg("--version"));
    let version: u32 = said.split([' ', '.']).nth(1).unwrap().parse().unwrap();
    if version < 250 {
        return None;
    }
    let said = run(command("systemd-analyze")
        .args(["security", "--offline=yes", "--no-pager"])
        .arg(&unit));
    let level = said.split("Overall exposure level").nth(1).unwrap();
    Some(level.split_whitespace().nth(2).unwrap().parse().unwrap())
}

#[test]
fn systemd_takes_the_unit_and_finds_it_well_shut_in() {
    let (Some(usual), Some(low_ports)) = (exposure(false), exposure(true)) else {
        return;
    };
    assert!(usual <= 1.5, "{usual}");
    assert!(usual < low_ports && low_ports <= 2.0, "{low_ports}");
}
