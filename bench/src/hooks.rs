//! Hooks: how many a second `tenterhook serve` answers and what it holds, beside Debian's package of
//! adnanh/webhook with the same file, in turns. Start at [`measure`].

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use ::tests::{
    program::{built, command, memory_bytes, wait_for},
    sender::{github_signature, request},
};
use serde_json::json;

use crate::{
    load,
    report::{Figure, Part, median, note},
};

const SENDERS: usize = 32;
const ROUNDS: usize = 3;
const SECRET: &str = "what GitHub signs with";

/// Takes the figures of both, or of Tenterhook alone where the other is not installed.
///
/// # Errors
/// When a server cannot be started, or answers otherwise than with 200.
pub(crate) fn measure(data: &Path, lasting: Duration) -> anyhow::Result<Vec<Figure>> {
    let file = data.join("hooks.json");
    fs::write(&file, hooks())?;
    let mut tenterhook = command(built("tenterhook"));
    tenterhook.arg("serve");
    let own = Server::start("tenterhook serve", tenterhook, &file)?;
    let mut all = vec![own];
    match Server::start("webhook", command("webhook"), &file) {
        Ok(other) => all.push(other),
        Err(error) => note(&format!(
            "nothing to compare hooks with ({error}): apt install webhook"
        )),
    }
    let mut figures: Vec<_> = all.iter().map(|one| one.memory("at rest").0).collect();
    // A push to a branch that its rule does not want, and one that runs a command.
    for (what, branch) in [
        ("a signed push that runs nothing", "other"),
        ("a signed push and its `true`, awaited", "main"),
    ] {
        let push = push(branch);
        let mut rates = vec![Vec::new(); all.len()];
        for round in 1..=ROUNDS {
            note(&format!("hooks: {what}, round {round}"));
            for (server, rates) in all.iter().zip(&mut rates) {
                let load = load::run(server.address, &push, SENDERS, lasting)?;
                rates.push((load.per_s(), load.quantile_ms(0.99)));
            }
        }
        for (server, rates) in all.iter().zip(rates) {
            let name = server.name;
            let (per_s, p99_ms): (Vec<_>, Vec<_>) = rates.into_iter().unzip();
            figures.push(figure(
                format!("{name}: {what}, {SENDERS} senders"),
                median(per_s),
                "hooks/s",
            ));
            figures.push(figure(
                format!("{name}: slowest of a hundred of them"),
                median(p99_ms),
                "ms",
            ));
        }
    }
    for server in &all {
        figures.extend(<[_; 2]>::from(server.memory("afterwards")));
    }
    Ok(figures)
}

const fn figure(what: String, value: f64, unit: &'static str) -> Figure {
    Figure {
        part: Part::Hooks,
        what,
        value,
        unit,
    }
}

/// A server of hooks, ended when this is dropped.
struct Server {
    name: &'static str,
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(name: &'static str, mut program: Command, hooks: &PathBuf) -> anyhow::Result<Self> {
        // Free a moment ago: neither says which port it took of its own.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        program
            .args(["-ip", "127.0.0.1", "-port", &address.port().to_string()])
            .arg("-hooks")
            .arg(hooks)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let server = Self {
            name,
            child: program.spawn()?,
            address,
        };
        drop(wait_for(name, || TcpStream::connect(address).ok()));
        Ok(server)
    }

    /// What it holds, and what it held at the most.
    fn memory(&self, when: &str) -> (Figure, Figure) {
        let (now, most) = memory_bytes(self.child.id());
        let mib = |bytes: u64| bytes as f64 / f64::from(1 << 20);
        let name = self.name;
        (
            figure(format!("{name}: resident, {when}"), mib(now), "MiB"),
            figure(format!("{name}: resident, at the most"), mib(most), "MiB"),
        )
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn hooks() -> String {
    json!([{
        "id": "deploy", "execute-command": "/bin/true",
        "include-command-output-in-response": true,
        "pass-arguments-to-command": [{"source": "payload", "name": "after"}],
        "trigger-rule": {"and": [
            {"match": {"type": "payload-hmac-sha256", "secret": SECRET,
                "parameter": {"source": "header", "name": "X-Hub-Signature-256"}}},
            {"match": {"type": "value", "value": "refs/heads/main",
                "parameter": {"source": "payload", "name": "ref"}}},
        ]},
    }])
    .to_string()
}

/// A push of GitHub's size, signed.
fn push(branch: &str) -> Vec<u8> {
    let body = json!({
        "ref": format!("refs/heads/{branch}"), "after": "f".repeat(40),
        "head_commit": {"message": "x".repeat(7_000)},
    });
    let body = body.to_string();
    let signature = github_signature(SECRET.as_bytes(), body.as_bytes());
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Hub-Signature-256", signature.as_str()),
    ];
    request("POST", "/hooks/deploy", &headers, body.as_bytes())
}
