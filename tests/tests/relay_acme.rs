//! A relay that gets its certificate by itself, from a real authority that looks for the proof.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, net::SocketAddr, os::unix::fs::PermissionsExt, path::Path, sync::atomic::Ordering};

use tests::{
    pebble::Pebble,
    program::{Desktop, Relay, wait_for},
    sender::{ask, request, whole},
    tls::{Authority, Manner, connect, shown},
};

fn start(folder: &Path, directory: &str, roots: &Path) -> Relay {
    let config = folder.join("relay.toml");
    let roots = roots.display();
    let settings = format!(
        "acme_domains = ['localhost']\nacme_contact = 'owner@example.dev'\n\
         acme_directory = '{directory}'\nacme_ca_file = '{roots}'\nadmin = '127.0.0.1:0'\n"
    );
    fs::write(&config, settings).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Relay::start_at(folder, listen, &["--config", config.to_str().unwrap()])
}

#[test]
fn a_certificate_is_had_from_nothing_and_after_a_restart_from_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path(), "private");
    let pebble = Pebble::start(folder.path(), &authority);
    let relay = start(folder.path(), &pebble.directory, &authority.file);
    let url = format!("https://localhost:{}", relay.address.port());
    assert_eq!(relay.running.ready["url"], url);
    pebble.look_at(relay.address);
    let trusting = Manner::trusting(&pebble.root);
    let mut stream = wait_for("a certificate", || connect(relay.address, trusting).ok());
    let first = shown(&stream);
    assert!(
        pebble.visits.load(Ordering::Relaxed) > 0,
        "the proof was looked at"
    );

    // With it goes the whole trip.
    let desktop = Desktop::new(folder.path()).trusting(&pebble.root);
    let path = desktop.pair(&relay);
    let listening = desktop.listen();
    let answer = ask(&mut stream, &request("POST", &path, &[], b"by ACME")).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(listening.line()["target"], path.as_str());

    let kept = wait_for("what is kept", || {
        let kept = fs::read_dir(folder.path().join("relay/acme")).unwrap();
        let kept: Vec<_> = kept.map(Result::unwrap).collect();
        (kept.len() == 2).then_some(kept)
    });
    for file in kept {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.path().display());
    }

    // The authority is gone, and the certificate is there from the first connection on.
    relay.running.stop();
    let (directory, root) = (pebble.directory.clone(), pebble.root.clone());
    drop(pebble);
    let relay = start(folder.path(), &directory, &authority.file);
    let stream = connect(relay.address, Manner::trusting(&root)).unwrap();
    assert_eq!(shown(&stream), first);
}

#[test]
fn an_authority_that_is_away_is_told_and_keeps_nothing_from_running() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path(), "private");
    // Nobody listens there: the port was the test's own.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let directory = format!("https://{}/dir", nobody.local_addr().unwrap());
    drop(nobody);
    let relay = start(folder.path(), &directory, &authority.file);
    wait_for("the warning", || {
        let log = fs::read_to_string(folder.path().join("relay.log")).unwrap();
        log.contains("no certificate for localhost from")
            .then_some(())
    });
    let refused = connect(relay.address, Manner::trusting(&authority.file)).unwrap_err();
    assert!(refused.to_string().contains("alert"), "{refused}");
    let admin = relay.running.ready["admin"].as_str().unwrap();
    let admin = admin.trim_start_matches("http://").parse().unwrap();
    let ask = request("GET", "/healthz", &[("Connection", "close")], b"");
    assert!(whole(admin, &ask).unwrap().starts_with("HTTP/1.1 200"));
    relay.running.stop();
}

#[test]
fn what_the_authority_found_at_the_door_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path(), "private");
    let pebble = Pebble::start(folder.path(), &authority);
    let relay = start(folder.path(), &pebble.directory, &authority.file);
    // Another server has the port, with a certificate but without the proof.
    let other = tempfile::tempdir().unwrap();
    let pair = ["certificate.pem", "key.pem"].map(|name| other.path().join(name));
    authority.issue().write(other.path());
    let [certificate, key] = pair.each_ref().map(|path| path.to_str().unwrap());
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let more = ["--tls-certificate", certificate, "--tls-key", key];
    let other = Relay::start_at(other.path(), listen, &more);
    pebble.look_at(other.address);
    let said = wait_for("the warning", || {
        let log = fs::read_to_string(folder.path().join("relay.log")).unwrap();
        log.lines()
            .find(|line| line.contains("no certificate for"))
            .map(str::to_owned)
    });
    assert!(
        said.contains("is this relay what answers on port 443 of localhost?"),
        "{said}"
    );
    assert!(said.contains("for the tls-alpn-01 challenge"), "{said}");
    relay.running.stop();
}
