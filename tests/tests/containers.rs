//! The image that `deploy/Dockerfile` makes, started for real: by itself, and as the compose file
//! says. `make deploy-test` runs these; `DEPLOY_TOOLS` has `podman` with the image, and compose.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command},
};

use serde_json::Value;
use tests::{
    program::{Desktop, Relay, Running, command, wait_for},
    sender::{request, send},
};

const IMAGE: &str = concat!("localhost/tenterhook-relay:", env!("CARGO_PKG_VERSION"));
/// The most that an image may have.
const IMAGE_BYTES: u64 = 8_000_000;

fn tool(name: &str) -> Command {
    let tools = std::env::var_os("DEPLOY_TOOLS").expect("make deploy-test sets DEPLOY_TOOLS");
    command(PathBuf::from(tools).join(name))
}

fn podman(args: &[&str]) -> Command {
    let mut podman = tool("podman");
    podman.args(args);
    podman
}

/// Runs to the end; the answer is what it printed.
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// A container and its volume, both removed at the end.
struct Container {
    name: String,
    address: SocketAddr,
}

impl Container {
    fn new() -> Self {
        let port = free_port();
        Self {
            name: format!("tenterhook-test-{port}"),
            address: (Ipv4Addr::LOCALHOST, port).into(),
        }
    }

    /// Starts the relay in it, with nothing but what the page says that it needs.
    fn start(&self, folder: &Path) -> Relay {
        let (url, port) = (
            format!("TENTERHOOK_PUBLIC_URL=http://{}", self.address),
            self.address.port(),
        );
        let volume = format!("{}:/var/lib/tenterhook-relay", self.name);
        let mut podman = podman(&[
            "run", "--rm", "--name", &self.name, "--env", &url, "--volume", &volume,
        ]);
        podman.args([
            "--read-only",
            "--read-only-tmpfs=false",
            "--cap-drop",
            "all",
            "--security-opt",
            "no-new-privileges",
        ]);
        podman.args(["--publish", &format!("127.0.0.1:{port}:8080"), IMAGE]);
        Relay {
            running: Running::start(&mut podman, &folder.join("relay.log")),
            address: self.address,
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        // What is not there need not go.
        let _ = podman(&["rm", "--force", "--time", "0", &self.name]).output();
        let _ = podman(&["volume", "rm", "--force", &self.name]).output();
    }
}

#[test]
fn the_image_is_small_and_has_nothing_but_the_relay() {
    let size = run(&mut podman(&[
        "image",
        "inspect",
        IMAGE,
        "--format",
        "{{.Size}}",
    ]));
    let size: u64 = size.parse().unwrap();
    assert!(size <= IMAGE_BYTES, "{size}");
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("image.tar");
    let made = run(&mut podman(&["create", IMAGE]));
    run(podman(&["export", &made, "--output"]).arg(&archive));
    run(&mut podman(&["rm", &made]));
    let listed = run(command("tar").arg("-tf").arg(&archive));
    // The engine itself lays the other folders, for its own mounts.
    let files: Vec<_> = listed.lines().filter(|name| !name.ends_with('/')).collect();
    let of_the_engine = ["dev/", "etc/", "proc/", "run/", "sys/"];
    let ours: Vec<_> = files
        .iter()
        .filter(|name| !of_the_engine.iter().any(|folder| name.starts_with(folder)))
        .collect();
    assert_eq!(ours, [&"tenterhook-relay"], "{listed}");
}

#[test]
fn a_container_without_any_right_takes_keeps_and_hands_over() {
    let (folder, container) = (tempfile::tempdir().unwrap(), Container::new());
    let desktop = Desktop::new(folder.path());
    let relay = container.start(folder.path());
    let path = desktop.pair(&relay);
    let post = request("POST", &path, &[], &[7; 100_000]);
    assert_eq!(send(relay.address, &post).unwrap().status, 200);
    // As the engine asks, and as a person does.
    run(&mut podman(&["healthcheck", "run", &container.name]));
    run(&mut podman(&[
        "exec",
        &container.name,
        "/tenterhook-relay",
        "health",
    ]));
    let invite = run(&mut podman(&[
        "exec",
        &container.name,
        "/tenterhook-relay",
        "invite",
    ]));
    assert!(invite.starts_with("tenterhook://"), "{invite}");
    let pid = run(&mut podman(&[
        "inspect",
        &container.name,
        "--format",
        "{{.State.Pid}}",
    ]));
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    for line in [
        "Uid:\t65532\t65532\t65532\t65532",
        "CapEff:\t0000000000000000",
        "NoNewPrivs:\t1",
    ] {
        assert!(status.contains(line), "{line} is not in {status}");
    }
    let mounts = fs::read_to_string(format!("/proc/{pid}/mounts")).unwrap();
    let root = mounts
        .lines()
        .find(|line| line.split(' ').nth(1) == Some("/"))
        .unwrap();
    assert!(root.split(' ').nth(3).unwrap().starts_with("ro,"), "{root}");
    // The first process of a container is told to end like any other, and obeys.
    relay.running.stop();
    let relay = container.start(folder.path());
    let listen = desktop.listen();
    assert_eq!(listen.line()["body_bytes"], 100_000);
    relay.running.stop();
}

/// What the compose file starts, on an engine that is there for this alone.
struct Project {
    folder: tempfile::TempDir,
    engine: Child,
    port: u16,
}

impl Project {
    fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let socket = folder.path().join("engine.sock");
        let mut engine = podman(&["system", "service", "--time", "0"]);
        let engine = engine
            .arg(format!("unix://{}", socket.display()))
            .spawn()
            .unwrap();
        wait_for("the engine", || socket.exists().then_some(()));
        let compose = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/compose.yaml");
        fs::copy(compose, folder.path().join("compose.yaml")).unwrap();
        let env = format!("HOST=localhost\nEMAIL=you@example.dev\nIMAGE={IMAGE}\n");
        fs::write(folder.path().join(".env"), env).unwrap();
        // A port that is free and an engine that is another's; the last because runc may not raise
        // the limits of a machine that is itself shut in.
        let here = format!(
            "services:\n  traefik:\n    ports: !override ['127.0.0.1:{port}:443']\n    \
             volumes: ['{}:/var/run/docker.sock:ro']\n  relay:\n    ulimits: {{ nproc: 4096 }}\n",
            socket.display()
        );
        fs::write(folder.path().join("here.yaml"), here).unwrap();
        let project = Self {
            folder,
            engine,
            port,
        };
        run(&mut project.compose(&["up", "--detach"]));
        project
    }

    fn compose(&self, args: &[&str]) -> Command {
        let mut compose = tool("docker-compose");
        compose
            .current_dir(self.folder.path())
            .args(["-f", "compose.yaml", "-f", "here.yaml"])
            .args(args)
            .env(
                "DOCKER_HOST",
                format!(
                    "unix://{}",
                    self.folder.path().join("engine.sock").display()
                ),
            );
        compose
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // What is not there need not go.
        let _ = self
            .compose(&["down", "--volumes", "--timeout", "0"])
            .output();
        let _ = self.engine.kill();
        let _ = self.engine.wait();
    }
}

#[test]
fn the_compose_file_puts_the_relay_behind_traefik() {
    let project = Project::start();
    // Traefik leads nobody to a container that has not said that it is well. An engine asks by
    // itself where systemd gives it a timer; here there is none.
    wait_for("the relay's health", || {
        let asked = podman(&["healthcheck", "run", "tenterhook-relay-1"])
            .output()
            .unwrap();
        asked.status.success().then_some(())
    });
    let url = format!("https://localhost:{}/h/none", project.port);
    wait_for("the relay behind traefik", || {
        let asked = command("curl")
            .args(["-sk", "--max-time", "5", &url])
            .output()
            .unwrap();
        (asked.stdout == b"no such endpoint\n" || asked.stdout == b"no such endpoint").then_some(())
    });
    let invite = run(&mut project.compose(&["exec", "-T", "relay", "/tenterhook-relay", "invite"]));
    assert!(
        invite.starts_with("tenterhook://pair?relay=https%3A%2F%2Flocalhost&"),
        "{invite}"
    );
    let said = run(&mut project.compose(&["config", "--format", "json"]));
    let said: Value = serde_json::from_str(&said).unwrap();
    let relay = &said["services"]["relay"];
    assert_eq!(
        (&relay["read_only"], &relay["cap_drop"]),
        (&true.into(), &serde_json::json!(["ALL"]))
    );
}
