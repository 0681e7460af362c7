//! A relay that does TLS with certificate files of its owner's, and the desktops that trust it.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs,
    io::Read,
    net::{SocketAddr, TcpStream},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use rustls::version::{TLS12, TLS13};
use serde_json::Value;
use tempfile::TempDir;
use tests::{
    program::{Desktop, Relay, Running, built, command, wait_for},
    sender::{ask, request},
    tls::{Authority, Issued, Manner, connect, self_signed, shown},
};

/// A relay whose certificate is in the folder `live`.
struct Setting {
    folder: TempDir,
    relay: Relay,
    authority: Authority,
}

impl Setting {
    fn new(issue: impl FnOnce(&Authority) -> Issued) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new(folder.path(), "private");
        issue(&authority).write(&folder.path().join("live"));
        let relay = start(folder.path(), SocketAddr::from(([127, 0, 0, 1], 0)));
        Self {
            folder,
            relay,
            authority,
        }
    }

    fn live(&self) -> PathBuf {
        self.folder.path().join("live")
    }

    fn desktop(&self) -> Desktop {
        Desktop::new(self.folder.path()).trusting(&self.authority.file)
    }

    fn trusting(&self) -> Manner<'_> {
        Manner::trusting(&self.authority.file)
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("relay.log")).unwrap()
    }

    /// Posts on a new connection.
    fn post(&self, path: &str, body: &[u8]) -> u16 {
        let mut stream = connect(self.relay.address, self.trusting()).unwrap();
        ask(&mut stream, &request("POST", path, &[], body))
            .unwrap()
            .status
    }

    /// Waits until new connections are shown `issued`.
    fn wait_until_shown(&self, issued: &Issued) {
        wait_for("the new certificate", || {
            let stream = connect(self.relay.address, self.trusting()).unwrap();
            (shown(&stream) == issued.der()).then_some(())
        });
    }
}

fn start(folder: &Path, listen: SocketAddr) -> Relay {
    let file = |name: &str| folder.join("live").join(name).display().to_string();
    let (certificate, key) = (file("certificate.pem"), file("key.pem"));
    let more = ["--tls-certificate", &certificate, "--tls-key", &key];
    Relay::start_at(folder, listen, &more)
}

/// Starts to listen with a log that tells of each session.
fn listen(desktop: &Desktop) -> (Running, PathBuf) {
    let log = desktop.data.with_extension("log");
    let mut listen = desktop.command(&["listen", "--json", "--receiver", "127.0.0.1:0"]);
    (Running::start(listen.env("RUST_LOG", "info"), &log), log)
}

fn error(desktop: &Desktop, args: &[&str]) -> String {
    let output = desktop.run(args);
    assert!(!output.status.success(), "{args:?} went well");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_whole_trip_is_encrypted_where_the_system_trusts_a_private_authority() {
    let setting = Setting::new(Authority::issue);
    assert_eq!(
        setting.relay.running.ready["url"],
        format!("https://{}", setting.relay.address)
    );
    assert!(
        !setting.relay.connect().contains("pin"),
        "others vouch for it"
    );
    let desktop = setting.desktop();
    let path = desktop.pair(&setting.relay);
    let (live, _) = listen(&desktop);
    assert_eq!(setting.post(&path, b"over TLS"), 200);
    assert_eq!(live.line()["target"], path.as_str());

    // Whoever does not trust it is told what to do.
    let stranger = Authority::new(setting.folder.path(), "another");
    let stranger = Desktop::new(&setting.folder.path().join("b")).trusting(&stranger.file);
    let said = error(&stranger, &["pair", setting.relay.connect()]);
    assert!(
        said.contains("no safe connection") && said.contains("invite --pin"),
        "{said}"
    );
}

#[test]
fn a_renewed_certificate_is_taken_up_and_no_connection_is_dropped() {
    let setting = Setting::new(Authority::issue);
    let (desktop, live) = (setting.desktop(), setting.live());
    let path = desktop.pair(&setting.relay);
    let (listening, log) = listen(&desktop);
    let mut kept = connect(setting.relay.address, setting.trusting()).unwrap();
    let mut post = |body: &[u8]| {
        let answer = ask(&mut kept, &request("POST", &path, &[], body)).unwrap();
        assert_eq!(answer.status, 200);
        assert_eq!(listening.line()["body_bytes"], body.len());
    };
    post(b"1");

    // Renamed over the old ones.
    let renewed = setting.authority.issue();
    renewed.write(&setting.folder.path().join("new"));
    for name in ["certificate.pem", "key.pem"] {
        fs::rename(
            setting.folder.path().join("new").join(name),
            live.join(name),
        )
        .unwrap();
    }
    setting.wait_until_shown(&renewed);
    post(b"22");

    // Links into an archive, exchanged one after the other.
    let link = |name: &str, version: u32| {
        let archive = setting.folder.path().join(format!("archive{version}"));
        let new = live.join("new link");
        symlink(archive.join(name), &new).unwrap();
        fs::rename(new, live.join(name)).unwrap();
    };
    for version in [1, 2] {
        let renewed = setting.authority.issue();
        let archive = setting.folder.path().join(format!("archive{version}"));
        renewed.write(&archive);
        link("certificate.pem", version);
        link("key.pem", version);
        setting.wait_until_shown(&renewed);
    }
    post(b"333");

    // Links by way of a folder that is itself a link, which is exchanged.
    let point = |version: &str| {
        let new = live.join("..new");
        symlink(version, &new).unwrap();
        fs::rename(new, live.join("..data")).unwrap();
    };
    let renewed = [setting.authority.issue(), setting.authority.issue()];
    renewed[0].write(&live.join("..v1"));
    renewed[1].write(&live.join("..v2"));
    point("..v1");
    for name in ["certificate.pem", "key.pem"] {
        fs::remove_file(live.join(name)).unwrap();
        symlink(Path::new("..data").join(name), live.join(name)).unwrap();
    }
    setting.wait_until_shown(&renewed[0]);
    point("..v2");
    setting.wait_until_shown(&renewed[1]);
    post(b"4444");

    let sessions = fs::read_to_string(log)
        .unwrap()
        .matches("connected; ")
        .count();
    assert_eq!(sessions, 1, "the session of the beginning is there still");
}

#[test]
fn a_broken_renewal_changes_nothing_and_is_told() {
    let setting = Setting::new(Authority::issue);
    let live = setting.live();
    let address = setting.relay.address;
    let first = shown(&connect(address, setting.trusting()).unwrap());
    let check = |said: &str| {
        wait_for(said, || setting.log().contains(said).then_some(()));
        let now = shown(&connect(address, setting.trusting()).unwrap());
        assert_eq!(now, first, "the old one stays");
    };
    let other = setting.authority.issue();
    fs::write(live.join("certificate.pem"), &other.certificate).unwrap();
    check("key.pem is not the key of the certificate in");
    fs::write(live.join("certificate.pem"), "no certificate").unwrap();
    check("certificate.pem holds no certificate in PEM");
    fs::remove_file(live.join("certificate.pem")).unwrap();
    check("cannot read");
    other.write(&live);
    setting.wait_until_shown(&other);
    // Each was said once, however often the files were looked at.
    for said in ["is not the key", "holds no certificate"] {
        assert_eq!(setting.log().matches(said).count(), 1, "{said}");
    }
}

#[test]
fn http_1_1_is_all_that_is_agreed_on_by_tls_1_2_and_1_3() {
    let setting = Setting::new(Authority::issue);
    for versions in [[&TLS12], [&TLS13]] {
        let agreed = |alpn: &[&str]| {
            let manner = Manner {
                alpn,
                versions: &versions,
                ..setting.trusting()
            };
            let stream = connect(setting.relay.address, manner)?;
            let agreed = stream.conn.alpn_protocol().map(<[u8]>::to_vec);
            std::io::Result::Ok(agreed.map(|name| String::from_utf8(name).unwrap()))
        };
        assert_eq!(
            agreed(&["h2", "http/1.1"]).unwrap().as_deref(),
            Some("http/1.1")
        );
        assert_eq!(agreed(&[]).unwrap(), None);
        for other in [["h2"], ["acme-tls/1"]] {
            let refused = agreed(&other).unwrap_err().to_string();
            assert!(refused.contains("NoApplicationProtocol"), "{refused}");
        }
    }
}

#[test]
fn a_connection_ends_with_a_farewell() {
    let setting = Setting::new(Authority::issue);
    let mut stream = connect(setting.relay.address, setting.trusting()).unwrap();
    let last = request("GET", "/", &[("Connection", "close")], b"");
    assert_eq!(ask(&mut stream, &last).unwrap().status, 404);
    // An end without one could be an answer that somebody cut off.
    stream.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn who_says_nothing_is_ended_and_harms_nobody() {
    let setting = Setting::new(Authority::issue);
    let path = setting.desktop().pair(&setting.relay);
    let silent: Vec<_> = (0..200)
        .map(|_| TcpStream::connect(setting.relay.address).unwrap())
        .collect();
    assert_eq!(setting.post(&path, b"meanwhile"), 200);
    for mut stream in silent {
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        assert_eq!(stream.read(&mut [0]).unwrap(), 0, "it is ended");
    }
}

#[test]
fn a_pin_makes_a_certificate_good_that_nobody_vouches_for() {
    let setting = Setting::new(|_| self_signed());
    // The authority that this desktop's system trusts has nothing to do with it.
    let desktop = setting.desktop();
    let connect_string = setting.relay.connect().to_owned();
    let (without, pin) = connect_string
        .split_once("&pin=sha256%2F")
        .expect("it pins");
    assert!(error(&desktop, &["pair", without]).contains("invite --pin"));
    let first = if pin.starts_with('A') { 'B' } else { 'A' };
    let wrong = format!("{without}&pin=sha256%2F{first}{}", &pin[1..]);
    let said = error(&desktop, &["pair", &wrong]);
    assert!(
        said.contains(&format!("its key is sha256/{pin}"))
            && said.contains("invite --pin")
            && said.contains("somebody else"),
        "{said}"
    );
    let path = desktop.pair(&setting.relay);
    let (listening, _) = listen(&desktop);
    let roots = setting.live().join("certificate.pem");
    let mut stream = connect(setting.relay.address, Manner::trusting(&roots)).unwrap();
    let answer = ask(&mut stream, &request("POST", &path, &[], b"pinned")).unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(listening.line()["target"], path.as_str());
    listening.stop();

    // From the day on which another key is shown, this desktop says nothing there any more.
    let Setting { folder, relay, .. } = setting;
    let address = relay.address;
    relay.running.stop();
    self_signed().write(&folder.path().join("live"));
    let relay = start(folder.path(), address);
    let said = error(&desktop, &["endpoint", "new"]);
    assert!(said.contains(pin) && said.contains("its key is"), "{said}");
    assert!(!relay.connect().contains(pin));
}

#[test]
fn an_invite_pins_the_key_of_a_certificate_on_demand() {
    let setting = Setting::new(Authority::issue);
    let stranger = Authority::new(setting.folder.path(), "another");
    let desktop = Desktop::new(setting.folder.path()).trusting(&stranger.file);
    let invite = |url: &str| {
        let mut invite = command(built("tenterhook-relay"));
        invite
            .args(["invite", "--pin", "--public-url", url, "--data"])
            .arg(setting.folder.path().join("relay"))
            .arg("--tls-certificate")
            .arg(setting.live().join("certificate.pem"));
        let output = invite.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim().to_owned();
        (text(output.stdout), text(output.stderr))
    };
    let (printed, _) = invite(&format!("https://{}", setting.relay.address));
    let _ = desktop.ok(&["pair", &printed]);
    let endpoint = |desktop: &Desktop| desktop.ok(&["endpoint", "new", "--json"]);
    let made: Value = serde_json::from_str(&endpoint(&desktop)).unwrap();
    assert!(made["url"].as_str().unwrap().starts_with("https://"));

    // What is renewed for the same key stays good; another key does not, whoever vouches for it.
    let key = fs::read_to_string(setting.live().join("key.pem")).unwrap();
    let certificate = String::new();
    let renewed = setting.authority.renew(&Issued { certificate, key });
    renewed.write(&setting.live());
    setting.wait_until_shown(&renewed);
    let _ = endpoint(&desktop);
    let other = setting.authority.issue();
    other.write(&setting.live());
    setting.wait_until_shown(&other);
    let said = error(
        &desktop.trusting(&setting.authority.file),
        &["endpoint", "new"],
    );
    assert!(said.contains("its key is"), "{said}");
    wait_for("the warning", || {
        setting.log().contains("the key is a new one").then_some(())
    });

    let (_, refused) = invite("http://hooks.example.dev");
    assert!(refused.contains("no https address"), "{refused}");
}

#[test]
fn check_names_the_file_that_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new(folder.path(), "private");
    authority.issue().write(folder.path());
    authority.issue().write(&folder.path().join("other"));
    let own = |name: &str| folder.path().join(name).display().to_string();
    let check = |settings: &str| {
        let config = folder.path().join("relay.toml");
        fs::write(&config, settings).unwrap();
        let mut check = command(built("tenterhook-relay"));
        let output = check
            .args(["check", "--config"])
            .arg(&config)
            .output()
            .unwrap();
        let said = if output.status.success() {
            output.stdout
        } else {
            output.stderr
        };
        (output.status.success(), String::from_utf8(said).unwrap())
    };
    let files = |certificate: &str, key: &str| {
        let (certificate, key) = (own(certificate), own(key));
        check(&format!(
            "tls_certificate = '{certificate}'\ntls_key = '{key}'\n"
        ))
    };
    let (is_good, said) = files("certificate.pem", "key.pem");
    assert!(
        is_good
            && said.contains("certificate.pem, one good until 4096-01-01T00:00:00Z, pin sha256/"),
        "{said}"
    );
    let wrong = |(is_good, said): (bool, String), names: &[&str]| {
        assert!(
            !is_good && names.iter().all(|name| said.contains(name)),
            "{said}"
        );
    };
    wrong(
        files("certificate.pem", "other/key.pem"),
        &["other/key.pem is not the key", "certificate.pem"],
    );
    wrong(
        files("certificate.pem", "none.pem"),
        &["cannot read", "none.pem"],
    );
    wrong(
        files("key.pem", "key.pem"),
        &["key.pem holds no certificate"],
    );
    wrong(
        files("certificate.pem", "certificate.pem"),
        &["certificate.pem holds no key"],
    );
    wrong(
        check(&format!("tls_key = '{}'\n", own("key.pem"))),
        &["tls_key needs tls_certificate"],
    );
    wrong(
        check("acme_domains = ['*.example.dev']\n"),
        &["`*.example.dev`"],
    );
    wrong(
        check("acme_domains = ['a.example.dev']\nacme_ca_file = '/none.pem'\n"),
        &["/none.pem"],
    );
}
