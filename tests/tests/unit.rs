//! The unit of `deploy/`, started by a real systemd with all that shuts it in. `make deploy-test`
//! runs this, after it has built the static relay.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Child,
};

use tests::program::{command, signal, wait_for};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A systemd beside the machine's own, and all that it started.
struct Booted {
    outer: Child,
    _folder: tempfile::TempDir,
    groups: BTreeSet<PathBuf>,
}

/// The control groups that there are, where systemd makes its own.
fn groups() -> BTreeSet<PathBuf> {
    let (mut found, mut open) = (BTreeSet::new(), vec![]);
    open.extend(["systemd", "unified"].map(|one| Path::new("/sys/fs/cgroup").join(one)));
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(entry.path());
                found.insert(entry.path());
            }
        }
    }
    found
}

impl Booted {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut outer = command("unshare");
        outer
            .args([
                "--fork",
                "--kill-child",
                "--pid",
                "--mount",
                "--uts",
                "--ipc",
                "--net",
                "--cgroup",
            ])
            .arg(repository().join("tests/boot.sh"))
            .arg(folder.path())
            .arg(repository().join("dist/tenterhook-relay"))
            .arg(repository().join("deploy/relay.toml"))
            .arg(repository().join("deploy/systemd/tenterhook-relay.service"));
        let groups = groups();
        Self {
            outer: outer.spawn().unwrap(),
            _folder: folder,
            groups,
        }
    }

    /// The inner systemd's process, once it is there.
    fn init(&self) -> Option<String> {
        let outer = self.outer.id();
        let children = fs::read_to_string(format!("/proc/{outer}/task/{outer}/children")).ok()?;
        children.split_whitespace().next().map(str::to_owned)
    }

    /// Runs `line` inside; the answer is what it printed, or nothing when it failed.
    fn ask(&self, line: &str) -> Option<String> {
        let mut inside = command("nsenter");
        inside.args(["--target", &self.init()?, "--all", "sh", "-c", line]);
        let output = inside.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(said)
    }

    fn ok(&self, line: &str) -> String {
        let said = self.ask(line);
        said.unwrap_or_else(|| panic!("{line}: {}", self.log()))
    }

    fn log(&self) -> String {
        let log = self.ask("systemctl status --no-pager --lines=50 tenterhook-relay; true");
        log.unwrap_or_default()
    }

    /// Waits until the relay can take captures, by systemd and by itself.
    fn well(&self) {
        wait_for("the relay", || {
            self.ask(
                "systemctl is-active tenterhook-relay && curl -fs http://127.0.0.1:9090/readyz",
            )
        });
    }

    /// The lines of the relay's own status that begin with `names`.
    fn rights(&self) -> String {
        let pid = self.ok("systemctl show -P MainPID tenterhook-relay");
        self.ok(&format!(
            "grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/{pid}/status"
        ))
    }
}

impl Drop for Booted {
    fn drop(&mut self) {
        // Its end ends all that it started; the outer process waits for that.
        match self.init().and_then(|init| init.parse().ok()) {
            Some(init) => signal(init, "KILL"),
            None => drop(self.outer.kill()),
        }
        let _ = self.outer.wait();
        // Its control groups stay behind, empty; the innermost go first.
        for group in groups()
            .difference(&self.groups)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            let _ = fs::remove_dir(group);
        }
    }
}

#[test]
fn systemd_starts_the_relay_shut_in_and_starts_it_again() {
    let booted = Booted::new();
    booted.well();
    let rights = booted.rights();
    assert!(!rights.contains("Uid:\t0"), "{rights}");
    for line in [
        "CapEff:\t0000000000000000",
        "CapBnd:\t0000000000000000",
        "NoNewPrivs:\t1",
        "Seccomp:\t2",
    ] {
        assert!(rights.contains(line), "{line} is not in {rights}");
    }
    // Whoever owns the machine works beside it, and the relay still owns its files.
    let invite = booted.ok("tenterhook-relay invite --public-url https://hooks.example.dev");
    assert!(invite.starts_with("tenterhook://"), "{invite}");
    booted.ok("systemctl kill --signal=KILL tenterhook-relay");
    wait_for("its start anew", || {
        booted.ask("test $(systemctl show -P NRestarts tenterhook-relay) = 1")
    });
    booted.well();
    booted.ok("systemctl stop tenterhook-relay");
    assert_eq!(
        booted.ok("systemctl show -P Result tenterhook-relay"),
        "success"
    );
    // At a port of the machine's own.
    let drop_in = repository()
        .join("deploy/systemd/low-ports.conf")
        .canonicalize()
        .unwrap();
    let folder = "/etc/systemd/system/tenterhook-relay.service.d";
    booted.ok(&format!("install -D -t {folder} {}", drop_in.display()));
    booted.ok("sed -i 's/^listen.*/listen = \"0.0.0.0:443\"/' /etc/tenterhook-relay.toml && systemctl daemon-reload");
    booted.ok("systemctl start tenterhook-relay");
    booted.well();
    assert!(
        booted.rights().contains("CapEff:\t0000000000000400"),
        "binding low ports alone"
    );
    assert_eq!(
        booted.ok("curl -s http://127.0.0.1:443/"),
        "no such endpoint"
    );
}
