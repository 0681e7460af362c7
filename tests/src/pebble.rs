//! A real authority that speaks ACME: Pebble, made by the people of Let's Encrypt for tests. It
//! looks for the proof at the door of the relay itself. Start at [`Pebble::start`].

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    program::{command, wait_for},
    sender::request,
    tls::{Authority, Manner, connect},
};

/// Ports may be taken between their choice and their use; then others are tried.
const TRIES: usize = 5;

/// An authority that runs.
#[derive(Debug)]
pub struct Pebble {
    child: Child,
    /// Where its directory is.
    pub directory: String,
    /// The file of the root that its certificates lead to.
    pub root: PathBuf,
    /// How often it has come to look for a proof.
    pub visits: Arc<AtomicUsize>,
    /// Where the relay is whose proof it looks for.
    leads_to: Arc<OnceLock<SocketAddr>>,
}

impl Pebble {
    /// Starts one in `folder`; `authority` vouches for its own address.
    ///
    /// # Panics
    /// When it does not get ready.
    #[must_use]
    pub fn start(folder: &Path, authority: &Authority) -> Self {
        authority.issue().write(&folder.join("pebble"));
        let (visits, leads_to) = (Arc::default(), Arc::default());
        // Pebble looks for the proof at a port that it must know before the relay has one.
        let gate = TcpListener::bind("127.0.0.1:0").expect("a port");
        let gate_port = gate.local_addr().expect("it has a port").port();
        lead(gate, Arc::clone(&leads_to), Arc::clone(&visits));
        let (child, [api, roots]) = (0..TRIES)
            .find_map(|_| try_start(folder, gate_port))
            .expect("Pebble starts: the package is called pebble");
        let root = folder.join("pebble-root.pem");
        fs::write(&root, fetch_root(roots, authority)).expect("the folder can be written");
        Self {
            child,
            directory: format!("https://localhost:{}/dir", api.port()),
            root,
            visits,
            leads_to,
        }
    }

    /// Tells it where the relay is.
    ///
    /// # Panics
    /// When it was told before.
    pub fn look_at(&self, relay: SocketAddr) {
        self.leads_to.set(relay).expect("told once");
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it on two ports that were free a moment ago; none when they are not any more.
fn try_start(folder: &Path, gate_port: u16) -> Option<(Child, [SocketAddr; 2])> {
    let free = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
    let ports = free.map(|port| port.local_addr().expect("it has a port"));
    let own = |name: &str| folder.join("pebble").join(name);
    let settings = serde_json::json!({ "pebble": {
        "listenAddress": ports[0].to_string(),
        "managementListenAddress": ports[1].to_string(),
        "certificate": own("certificate.pem"),
        "privateKey": own("key.pem"),
        "httpPort": gate_port,
        "tlsPort": gate_port,
    }});
    let config = folder.join("pebble.json");
    fs::write(&config, settings.to_string()).expect("the folder can be written");
    let log = File::create(folder.join("pebble.log")).expect("a log can be written");
    let mut child = command("pebble")
        .arg("-config")
        .arg(&config)
        // It looks at once, and takes each nonce the first time.
        .env("PEBBLE_VA_NOSLEEP", "1")
        .env("PEBBLE_WFE_NONCEREJECT", "0")
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a file has a second handle"))
        .stderr(log)
        .spawn()
        .expect("Pebble is installed: the package is called pebble");
    let is_up = wait_for("Pebble", || {
        if child.try_wait().expect("a child").is_some() {
            return Some(false);
        }
        ports
            .iter()
            .all(|port| TcpStream::connect(port).is_ok())
            .then_some(true)
    });
    is_up.then_some((child, ports))
}

fn fetch_root(from: SocketAddr, authority: &Authority) -> Vec<u8> {
    let mut stream = connect(from, Manner::trusting(&authority.file)).expect("Pebble answers");
    let ask = request("GET", "/roots/0", &[("Connection", "close")], b"");
    stream.write_all(&ask).expect("Pebble listens");
    let mut answer = Vec::new();
    // Pebble hangs up without a farewell.
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{error}");
    }
    let answer = String::from_utf8(answer).expect("PEM is text");
    let (_, root) = answer.split_once("\r\n\r\n").expect("a whole answer");
    root.into()
}

/// Leads whoever comes to `gate` on to where `to` says, once it says so.
fn lead(gate: TcpListener, to: Arc<OnceLock<SocketAddr>>, visits: Arc<AtomicUsize>) {
    thread::spawn(move || {
        for guest in gate.incoming().map_while(Result::ok) {
            visits.fetch_add(1, Ordering::Relaxed);
            let relay = TcpStream::connect(to.wait()).expect("the relay listens");
            let both = |stream: &TcpStream| stream.try_clone().expect("a second handle");
            pass_on(both(&guest), both(&relay));
            pass_on(relay, guest);
        }
    });
}

fn pass_on(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        // However it ends, it has ended.
        let _ = io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
}
