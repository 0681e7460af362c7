//! The programs as their users start them: `tenterhook-relay` and `tenterhook`, each a process of
//! its own.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

/// How long anything may take before a test gives up on it.
pub const LIMIT: Duration = Duration::from_secs(60);

/// The clock of a test: milliseconds since the Unix epoch.
///
/// # Panics
/// When it is before that.
#[expect(
    clippy::disallowed_methods,
    reason = "a program reads the clock, and here the test is it"
)]
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("the clock is set");
    i64::try_from(since.as_millis()).expect("the clock is set")
}

/// One of the built programs, or of the system's.
#[expect(
    clippy::disallowed_methods,
    reason = "the tests start the programs, here and nowhere else"
)]
#[must_use]
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    Command::new(program)
}

/// Where the built program `name` is: beside the program that runs, or above it when that is a
/// test, for tests lie in a folder of their own.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running program has a file");
    let beside = own.parent().expect("a program lies in a folder");
    let folder = match beside.parent() {
        Some(above) if beside.ends_with("deps") => above,
        _ => beside,
    };
    let path = folder.join(name);
    assert!(
        path.exists(),
        "{} is not built: cargo build --workspace",
        path.display()
    );
    path
}

/// Waits until `look` finds something, for [`LIMIT`] at most.
///
/// # Panics
/// When it does not; `what` says what was looked for.
pub fn wait_for<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    wait_for_within(LIMIT, what, look)
}

/// Waits until `look` finds something, for `limit` at most.
///
/// # Panics
/// When it does not; `what` says what was looked for.
pub fn wait_for_within<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < limit, "{what} did not come");
        thread::yield_now();
        thread::park_timeout(Duration::from_millis(20));
    }
}

/// A program that says on its output when it is ready, and lines after that.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// The first line.
    pub ready: Value,
    lines: Receiver<String>,
}

impl Running {
    /// Starts `command` and waits until it is ready. What it logs goes to `log`.
    ///
    /// # Panics
    /// When it does not get ready.
    #[must_use]
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .expect("a log can be written");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(file)
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("its output is piped");
        let lines = read_lines(output);
        let first = lines.recv_timeout(LIMIT).unwrap_or_else(|_| {
            panic!(
                "not ready: {}",
                std::fs::read_to_string(log).unwrap_or_default()
            )
        });
        let ready = serde_json::from_str(&first).expect("the first line is JSON");
        Self {
            child,
            ready,
            lines,
        }
    }

    /// The next line that it prints.
    ///
    /// # Panics
    /// When none comes in time.
    #[must_use]
    pub fn line(&self) -> Value {
        match self.lines.recv_timeout(LIMIT) {
            Ok(line) => serde_json::from_str(&line).expect("each line is JSON"),
            Err(RecvTimeoutError::Timeout) => panic!("no line came"),
            Err(RecvTimeoutError::Disconnected) => panic!("the program has ended"),
        }
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.end();
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Panics
    /// When it does not stop in time, or fails.
    pub fn stop(self) {
        signal(self.pid(), "TERM");
        self.stopped();
    }

    /// Waits until it has stopped, as it was asked to.
    ///
    /// # Panics
    /// When it does not stop in time, or fails.
    pub fn stopped(mut self) {
        let status = wait_for("the end of the program", || {
            self.child.try_wait().expect("a child")
        });
        assert!(status.success(), "it ended with {status}");
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

fn read_lines(output: ChildStdout) -> Receiver<String> {
    let (to, from) = channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
    from
}

/// Sends a signal to a process.
///
/// # Panics
/// When it cannot be sent.
pub fn signal(pid: u32, name: &str) {
    let sent = command("kill")
        .arg(format!("-{name}"))
        .arg(pid.to_string())
        .status();
    assert!(
        sent.expect("kill runs").success(),
        "cannot send {name} to {pid}"
    );
}

/// Bytes of memory that a process holds now, and that it held at the most.
///
/// # Panics
/// When it has ended, or this is not Linux.
#[must_use]
pub fn memory_bytes(pid: u32) -> (u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let kib = |name: &str| -> u64 {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok());
        number.expect("the kernel counts memory")
    };
    (kib("VmRSS:") << 10, kib("VmHWM:") << 10)
}

/// Sockets that a process has open.
///
/// # Panics
/// When it has ended, or this is not Linux.
#[must_use]
pub fn sockets(pid: u32) -> usize {
    let open = std::fs::read_dir(format!("/proc/{pid}/fd")).expect("the process runs");
    // One that is closed meanwhile is no socket any more.
    let names = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    names
        .filter(|name| name.to_string_lossy().starts_with("socket:"))
        .count()
}

/// A relay on loopback, its data in `folder`.
#[derive(Debug)]
pub struct Relay {
    /// The process.
    pub running: Running,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Relay {
    /// Starts a relay on a free port.
    #[must_use]
    pub fn start(folder: &Path) -> Self {
        Self::start_at(folder, SocketAddr::from(([127, 0, 0, 1], 0)), &[])
    }

    /// Starts a relay at `listen`, with further arguments.
    ///
    /// # Panics
    /// When it does not get ready.
    #[must_use]
    pub fn start_at(folder: &Path, listen: SocketAddr, more: &[&str]) -> Self {
        let mut relay = command(built("tenterhook-relay"));
        relay
            .args(["serve", "--listen", &listen.to_string(), "--data"])
            .arg(folder.join("relay"));
        let running = Running::start(relay.args(more), &folder.join("relay.log"));
        let url = running.ready["url"].as_str().expect("it says its URL");
        let (_, address) = url.split_once("://").expect("a URL has a scheme");
        let address = address.replace("localhost", "127.0.0.1");
        let address = address.parse().expect("an address");
        Self { running, address }
    }

    /// With which a desktop pairs.
    ///
    /// # Panics
    /// When it printed none.
    #[must_use]
    pub fn connect(&self) -> &str {
        self.running.ready["connect"]
            .as_str()
            .expect("it prints a connect string")
    }
}

/// A desktop's data folder, and the verbs of `tenterhook` on it.
#[derive(Debug, Clone)]
pub struct Desktop {
    /// The folder.
    pub data: PathBuf,
    /// The file of the roots that its system trusts; the system's own when absent.
    pub roots: Option<PathBuf>,
}

impl Desktop {
    /// A desktop whose data is in `folder`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self {
            data: folder.join("desktop"),
            roots: None,
        }
    }

    /// The same desktop on a system that trusts the roots in `file` and no others.
    #[must_use]
    pub fn trusting(mut self, file: &Path) -> Self {
        self.roots = Some(file.to_owned());
        self
    }

    /// `tenterhook --data … ` and no keychain, for a test has none of its own.
    #[must_use]
    pub fn command(&self, args: &[&str]) -> Command {
        let mut tenterhook = command(built("tenterhook"));
        tenterhook
            .args(["--no-keychain", "--data"])
            .arg(&self.data)
            .args(args);
        if let Some(roots) = &self.roots {
            tenterhook
                .env("SSL_CERT_FILE", roots)
                .env_remove("SSL_CERT_DIR");
        }
        tenterhook
    }

    /// Runs a verb to its end.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().expect("tenterhook runs")
    }

    /// Runs a verb that must succeed; the answer is what it printed.
    ///
    /// # Panics
    /// When it fails.
    #[must_use]
    pub fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            text(&output.stderr)
        );
        text(&output.stdout)
    }

    /// Pairs with `relay` and makes an endpoint; the answer is the path of its URL.
    ///
    /// # Panics
    /// When either fails.
    #[must_use]
    pub fn pair(&self, relay: &Relay) -> String {
        let _ = self.ok(&["pair", relay.connect()]);
        let made = self.ok(&["endpoint", "new", "--json"]);
        let made: Value = serde_json::from_str(&made).expect("it prints JSON");
        let url = made["url"].as_str().expect("it has a URL");
        let path = url.find("/h/").expect("endpoints lie below /h/");
        url[path..].to_owned()
    }

    /// Starts `listen --json` with a receiver on a free port.
    #[must_use]
    pub fn listen(&self) -> Running {
        let mut listen = self.command(&["listen", "--json", "--receiver", "127.0.0.1:0"]);
        Running::start(&mut listen, &self.data.with_extension("log"))
    }

    /// All captures, the newest first.
    ///
    /// # Panics
    /// When they cannot be listed.
    #[must_use]
    pub fn captures(&self) -> Vec<Value> {
        let lines = self.ok(&["ls", "--json", "--limit", "1000000"]);
        lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("a record a line"))
            .collect()
    }
}
