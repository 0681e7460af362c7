//! A relay as its operator sees it: health, figures, limits, settings.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::net::SocketAddr;

use tests::{
    program::{Desktop, Relay, built, command},
    sender::{request, send, whole},
};

fn start(folder: &std::path::Path, settings: &str) -> Relay {
    let config = folder.join("relay.toml");
    std::fs::write(&config, settings).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Relay::start_at(folder, listen, &["--config", config.to_str().unwrap()])
}

#[test]
fn health_and_figures_are_read_at_an_address_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let relay = start(folder.path(), "admin = \"127.0.0.1:0\"\n");
    let path = Desktop::new(folder.path()).pair(&relay);
    for _ in 0..3 {
        assert_eq!(
            send(relay.address, &request("POST", &path, &[], b"x"))
                .unwrap()
                .status,
            200
        );
    }
    let admin = relay.running.ready["admin"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    let admin: SocketAddr = admin.parse().unwrap();
    let read = |path: &str| {
        whole(
            admin,
            &request("GET", path, &[("Connection", "close")], b""),
        )
        .unwrap()
    };
    assert!(read("/healthz").starts_with("HTTP/1.1 200"));
    assert!(read("/readyz").contains("ready"));
    let figures = read("/metrics");
    for figure in [
        "tenterhook_captures_total 3",
        "tenterhook_waiting_captures 3",
        "tenterhook_waiting_bytes ",
        "tenterhook_sessions 0",
    ] {
        assert!(figures.contains(figure), "{figure} is not in {figures}");
    }
    assert!(read("/").contains("waiting     3 captures"));
    // None of it is at the public address.
    for path in ["/metrics", "/healthz", "/"] {
        assert_eq!(
            send(relay.address, &request("GET", path, &[], b""))
                .unwrap()
                .status,
            404
        );
    }
}

#[test]
fn a_verb_tells_whether_the_relay_is_well() {
    let folder = tempfile::tempdir().unwrap();
    let relay = start(folder.path(), "admin = \"0.0.0.0:0\"\n");
    let admin = relay.running.ready["admin"].as_str().unwrap();
    let admin = admin.trim_start_matches("http://").to_owned();
    let health = |admin: Option<&str>| {
        let mut health = command(built("tenterhook-relay"));
        health.arg("health").env_remove("TENTERHOOK_ADMIN");
        if let Some(admin) = admin {
            health.env("TENTERHOOK_ADMIN", admin);
        }
        let output = health.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    assert_eq!(health(Some(&admin)), (true, String::new()));
    // What answers, and is no relay's health.
    let public = relay.address.to_string();
    let (is_well, said) = health(Some(&public));
    assert!(!is_well && said.contains("404"), "{said}");
    let (is_well, said) = health(None);
    assert!(!is_well && said.contains("--admin"), "{said}");
    relay.running.stop();
    let (is_well, said) = health(Some(&admin));
    assert!(!is_well && said.contains("does not answer"), "{said}");
}

#[test]
fn each_figure_is_documented() {
    let readme = include_str!("../../README.md");
    let source = include_str!("../../relay/src/health.rs");
    let names = source
        .split('"')
        .filter(|text| text.starts_with("tenterhook_"));
    for name in names {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn a_full_relay_and_a_busy_endpoint_ask_senders_to_come_again() {
    let folder = tempfile::tempdir().unwrap();
    let relay = start(folder.path(), "relay_bytes = 3000\nendpoint_rate = 2\n");
    let path = Desktop::new(folder.path()).pair(&relay);
    let post = |bytes: usize| {
        send(
            relay.address,
            &request("POST", &path, &[], &vec![b'x'; bytes]),
        )
        .unwrap()
    };
    assert_eq!(post(2_000).status, 200);
    let full = post(2_000);
    assert_eq!(full.status, 507);
    assert!(
        full.head.to_lowercase().contains("retry-after"),
        "{}",
        full.head
    );
    let limited = (0..100)
        .map(|_| post(0))
        .find(|answer| answer.status == 429);
    assert!(
        limited
            .expect("100 at once are too many")
            .head
            .to_lowercase()
            .contains("retry-after")
    );
}

#[test]
fn check_says_what_the_settings_come_to() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("relay.toml");
    std::fs::write(
        &config,
        "public_url = \"https://hooks.example.dev\"\nbody_limit_bytes = 10\n",
    )
    .unwrap();
    let check = |text: Option<&str>| {
        if let Some(text) = text {
            std::fs::write(&config, text).unwrap();
        }
        let mut check = command(built("tenterhook-relay"));
        check
            .args(["check", "--config"])
            .arg(&config)
            .env("TENTERHOOK_BODY_LIMIT", "20")
            .env("TENTERHOOK_TRUSTED_PROXIES", "10.0.0.0/8,fd00::/8");
        check.output().unwrap()
    };
    let good = check(None);
    let said = String::from_utf8_lossy(&good.stdout).into_owned();
    // The environment stands over the file.
    assert!(
        good.status.success() && said.contains("20 bytes") && said.contains("hooks.example.dev"),
        "{said}"
    );
    assert!(said.contains("10.0.0.0/8, fd00::/8"), "{said}");
    let bad = check(Some("[tls]\nx = 1\n"));
    let said = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert!(
        !bad.status.success() && said.contains("line 1") && said.contains("tls"),
        "{said}"
    );
}
