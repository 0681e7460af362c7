//! What `deploy/hooks` hands to operators: systemd takes the units and finds them well shut in, the
//! first request starts the server, and `nsenter` leads a command from a container to the host.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs::{self, Permissions},
    io::{Read, Write},
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use tests::{
    hooks::{folder, request, script},
    program::{built, command, wait_for},
    sender::github_signature,
};

fn read(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/hooks");
    fs::read_to_string(folder.join(file)).unwrap()
}

/// Runs to the end; the answer is what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    said
}

/// A server that is ended with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const SECRET: &str = "PUT-A-SECRET-OF-YOUR-OWN-HERE";

/// A push to main as GitHub sends it, signed.
fn push(commit: &str) -> Vec<u8> {
    let body = format!(r#"{{"ref":"refs/heads/main","after":"{commit}"}}"#);
    let signature = github_signature(SECRET.as_bytes(), body.as_bytes());
    let headers = [
        ("Content-Type", "application/json"),
        ("X-GitHub-Event", "push"),
        ("X-Hub-Signature-256", signature.as_str()),
    ];
    request("/hooks/deploy", &headers, body.as_bytes())
}

fn ask(socket: &Path, request: &[u8]) -> String {
    let mut stream = wait_for("the socket", || UnixStream::connect(socket).ok());
    stream.write_all(request).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// How open the service is, from 0 to 10, as `systemd-analyze` sees it from version 250 on.
fn exposure(with_more: bool) -> Option<f64> {
    let folder = folder();
    let unit = folder.path().join("tenterhook-hooks.service");
    // The program that the unit starts must be there.
    let text = read("tenterhook-hooks.service");
    let own = built("tenterhook");
    let text = text.replace("/usr/local/bin/tenterhook", own.to_str().unwrap());
    fs::write(&unit, text).unwrap();
    let socket = folder.path().join("tenterhook-hooks.socket");
    fs::write(&socket, read("tenterhook-hooks.socket")).unwrap();
    if with_more {
        let beside = folder.path().join("tenterhook-hooks.service.d");
        fs::create_dir(&beside).unwrap();
        fs::write(beside.join("more.conf"), read("more.conf")).unwrap();
    }
    let mut verify = command("systemd-analyze");
    let said = run(verify.args(["verify", "--man=no"]).arg(&unit).arg(&socket));
    assert_eq!(said, "", "it has nothing to say against the units");
    let said = run(command("systemd-analyze").arg("--version"));
    let version: u32 = said.split([' ', '.']).nth(1).unwrap().parse().unwrap();
    if version < 250 {
        return None;
    }
    let mut security = command("systemd-analyze");
    let said = run(security
        .args(["security", "--offline=yes", "--no-pager"])
        .arg(&unit));
    let level = said.split("Overall exposure level").nth(1).unwrap();
    Some(level.split_whitespace().nth(2).unwrap().parse().unwrap())
}

#[test]
fn systemd_takes_the_units_and_finds_the_service_well_shut_in() {
    let (Some(usual), Some(more)) = (exposure(false), exposure(true)) else {
        return;
    };
    assert!(usual <= 1.5, "{usual}");
    assert!(usual < more && more <= 2.0, "{more}");
}

#[test]
fn the_first_request_starts_the_server_and_is_answered() {
    let folder = folder();
    let (socket, hooks) = (
        folder.path().join("socket"),
        folder.path().join("hooks.yaml"),
    );
    fs::write(&hooks, read("hooks.yaml")).unwrap();
    // The unit's own command, with this build and this folder.
    let unit = read("tenterhook-hooks.service");
    let line = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let line = line.unwrap().replace("%d", folder.path().to_str().unwrap());
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some("/usr/local/bin/tenterhook"));
    let mut activate = command("systemd-socket-activate");
    activate.arg("-l").arg(&socket).arg(built("tenterhook"));
    let child = activate.args(words).stderr(Stdio::null()).spawn().unwrap();
    let server = Server(child);
    let name = || fs::read_to_string(format!("/proc/{}/comm", server.0.id())).unwrap();
    wait_for("the socket", || socket.exists().then_some(()));
    assert!(name().starts_with("systemd-socket"), "{}", name());
    // It is signed, and of another branch.
    let body = br#"{"ref":"refs/heads/other","after":"f00d"}"#;
    let signature = github_signature(SECRET.as_bytes(), body);
    let headers = [
        ("Content-Type", "application/json"),
        ("X-GitHub-Event", "push"),
        ("X-Hub-Signature-256", signature.as_str()),
    ];
    let answer = ask(&socket, &request("/hooks/deploy", &headers, body));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(
        answer.ends_with("Hook rules were not satisfied."),
        "{answer}"
    );
    assert_eq!(name(), "tenterhook\n", "the server has taken its place");
    // The next finds it running.
    let forged = ask(&socket, &request("/hooks/deploy", &headers, b"{}"));
    assert!(forged.starts_with("HTTP/1.1 500"), "{forged}");
}

/// The rights that the compose file adds, as `setpriv` names them.
fn rights() -> Vec<String> {
    let text = read("compose.yaml");
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix("cap_add: ["));
    let names = line.unwrap().trim_end_matches(']').split(", ");
    names
        .map(|name| format!("+{}", name.to_lowercase()))
        .collect()
}

/// What came of a push to a container.
struct Answered {
    answer: String,
    /// The host's namespaces.
    host: String,
    /// What the command wrote; none when it did not run.
    ran: Option<String>,
}

/// `on-host.yaml` served where a container of the compose file would be: with its rights and in
/// namespaces of its own, all but that of processes.
fn from_a_container(rights: &[String]) -> Answered {
    let folder = folder();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let site = folder.path().join("site");
    fs::create_dir(&site).unwrap();
    fs::set_permissions(&site, Permissions::from_mode(0o777)).unwrap();
    let text =
        "cd \"$1\" && for one in mnt uts ipc net pid; do readlink /proc/self/ns/$one; done > new
id -u >> new; id -G >> new; printf '%s %s\\n' \"$2\" \"$3\" >> new; mv new ran";
    let deploy = script(folder.path(), "deploy", text);
    let hooks = folder.path().join("hooks.yaml");
    let text = read("on-host.yaml")
        .replace("/usr/local/lib/tenterhook-hooks/deploy.sh", &deploy)
        .replace("/srv/site", site.to_str().unwrap())
        .replace(
            "response-message: deploying",
            "include-command-output-in-response: true\n  include-command-output-in-response-on-error: true",
        );
    fs::write(&hooks, text).unwrap();
    let socket = folder.path().join("socket");
    let all = [&["-all".to_owned()], rights].concat().join(",");
    // The host: process 1 of namespaces of its own, which says what they are, and the container.
    let host = "for one in mnt uts ipc net pid; do readlink /proc/self/ns/$one; done > \"$0\"
\"$@\" & wait";
    let mut outer = command("unshare");
    outer
        .args(["--fork", "--kill-child", "--mount-proc"])
        .args(["--pid", "--mount", "--uts", "--ipc", "--net"])
        .args(["--", "sh", "-c", host])
        .arg(folder.path().join("host"))
        .args(["unshare", "--mount", "--uts", "--ipc", "--net"])
        .args(["--", "setpriv", "--bounding-set", &all])
        .args(["--inh-caps", &all, "--"])
        .arg(built("tenterhook"))
        .args(["serve", "-hooks"])
        .arg(&hooks)
        .arg("-socket")
        .arg(&socket);
    let _server = Server(outer.stderr(Stdio::null()).spawn().unwrap());
    let answer = ask(&socket, &push("f00d"));
    let host = fs::read_to_string(folder.path().join("host")).unwrap();
    let ran = fs::read_to_string(site.join("ran")).ok();
    Answered { answer, host, ran }
}

#[test]
fn nsenter_leads_from_a_container_to_the_host_with_the_rights_that_are_named() {
    let own = fs::read_to_string("/proc/self/status").unwrap();
    if !own.contains("\nUid:\t0\t0\t") {
        println!("SKIPPED: only the superuser may make a container");
        return;
    }
    let all = rights();
    assert_eq!(all.len(), 5);
    let with_all = from_a_container(&all);
    let want = format!("{}1000\n1000\nrefs/heads/main f00d\n", with_all.host);
    assert_eq!(with_all.ran, Some(want), "{}", with_all.answer);
    // None of them is one too many.
    for left_out in &all {
        let others: Vec<_> = all.iter().filter(|one| *one != left_out).cloned().collect();
        let without = from_a_container(&others);
        let answer = without.answer;
        assert_eq!(without.ran, None, "without {left_out}: {answer}");
    }
}
