//! A relay behind each of the proxies that `deploy/` sets up, with TLS, for real: what passes, and
//! what each of them changes. `make deploy-test` runs these; it sets `DEPLOY_TOOLS`, their folder.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde_json::Value;
use socket2::{Domain, Socket, Type};
use tests::program::{Desktop, Relay, Running, command, wait_for};

/// Whence the sender comes: not the address of the proxies.
const SENDER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

fn deploy(file: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy");
    fs::read_to_string(folder.join(file)).unwrap()
}

fn tool(name: &str) -> Command {
    let tools = std::env::var_os("DEPLOY_TOOLS").expect("make deploy-test sets DEPLOY_TOOLS");
    command(PathBuf::from(tools).join(name))
}

/// `text` with each `from` as its `to`; each must be there.
fn with(mut text: String, changes: &[(&str, &str)]) -> String {
    for (from, to) in changes {
        assert!(text.contains(from), "{from} is not in {text}");
        text = text.replace(from, to);
    }
    text
}

/// A proxy that runs, with TLS at `port` of localhost.
struct Proxy(Child);

impl Proxy {
    fn start(command: &mut Command, folder: &Path, port: u16) -> Self {
        let log = folder.join("proxy.log");
        let [out, err] = [0, 1].map(|_| {
            File::options()
                .create(true)
                .append(true)
                .open(&log)
                .unwrap()
        });
        let child = command.stdin(Stdio::null()).stdout(out).stderr(err).spawn();
        let mut proxy = Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}")));
        wait_for("the proxy", || {
            let ended = proxy.0.try_wait().unwrap();
            assert!(ended.is_none(), "{}", fs::read_to_string(&log).unwrap());
            TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
        });
        proxy
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A certificate for localhost, as files: the chain and the key.
fn certificate(folder: &Path) -> (PathBuf, PathBuf) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let files = (folder.join("chain.pem"), folder.join("key.pem"));
    fs::write(&files.0, made.cert.pem()).unwrap();
    fs::write(&files.1, made.signing_key.serialize_pem()).unwrap();
    files
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// Sends bytes through TLS from [`SENDER`], and reads the beginning of the answer.
fn send(port: u16, root: &Path, bytes: &[u8]) -> io::Result<String> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SocketAddr::new(SENDER, 0).into())?;
    socket.connect(&SocketAddr::from(([127, 0, 0, 1], port)).into())?;
    let mut roots = RootCertStore::empty();
    let root = CertificateDer::from_pem_file(root).map_err(io::Error::other)?;
    roots.add(root).map_err(io::Error::other)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let client = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(client, TcpStream::from(socket));
    stream.write_all(bytes)?;
    let mut answer = [0; 4096];
    let read = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..read]).into_owned())
}

/// Headers as the sender spells and orders them.
const SENT: [&str; 5] = [
    "x-Own-SIGNATURE: t=1,v1=ab==",
    "X-OWN-b: 2",
    "x-own-a: 1",
    "X-Own-b: 3",
    "X-OWN_c: 4",
];
/// The same, as a proxy of Go spells and sorts them.
const SPELT_ANEW: [&str; 5] = [
    "X-Own-A: 1",
    "X-Own-B: 2",
    "X-Own-B: 3",
    "X-Own-Signature: t=1,v1=ab==",
    "X-Own_c: 4",
];

/// Those of a capture's headers that are like [`SENT`].
fn own_headers(capture: &Value) -> Vec<String> {
    let headers = capture["headers"].as_array().unwrap().iter();
    headers
        .map(|pair| {
            let value = BASE64_STANDARD.decode(pair[1].as_str().unwrap()).unwrap();
            let value = String::from_utf8(value).unwrap();
            format!("{}: {value}", pair[0].as_str().unwrap())
        })
        .filter(|line| line.to_lowercase().starts_with("x-own"))
        .collect()
}

/// Pairs a desktop through the proxy, sends through the proxy, and holds what arrives against what
/// was sent: the sender, the target (in whose query `;` is `semicolon`), the body. The answer is
/// what arrived of [`SENT`].
fn passes(folder: &Path, relay: &Relay, port: u16, root: &Path, semicolon: &str) -> Vec<String> {
    wait_for("the relay behind the proxy", || {
        let get = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
        let answer = send(port, root, get.as_bytes()).ok()?;
        answer.contains("no such endpoint").then_some(())
    });
    let desktop = Desktop::new(folder).trusting(root);
    let path = desktop.pair(relay);
    let listen = desktop.listen();
    let target = format!("{path}/a%2Fb//c;d?x=1&y=%20%00;z");
    // Every byte there is, and more than any buffer on the way.
    let body: Vec<u8> = (0..3_000_000_u32)
        .map(|i| (i % 251 + i / 251) as u8)
        .collect();
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: localhost:{port}\r\nX-Forwarded-For: 203.0.113.9\r\n\
         Content-Type: application/octet-stream\r\n{}\r\n",
        SENT.join("\r\n")
    );
    let whole = [
        format!("{head}Content-Length: {}\r\n\r\n", body.len()).as_bytes(),
        &body,
    ]
    .concat();
    let is_taken = |answer: String| answer.starts_with("HTTP/1.1 200 OK\r\n");
    assert!(is_taken(send(port, root, &whole).unwrap()));
    // Pieces of its own, of a length that is not known before.
    let mut pieces = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    for piece in body.chunks(70_000) {
        pieces.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
        pieces.extend_from_slice(piece);
        pieces.extend_from_slice(b"\r\n");
    }
    pieces.extend_from_slice(b"0\r\n\r\n");
    assert!(is_taken(send(port, root, &pieces).unwrap()));
    // They come over the WebSocket, which passes the proxy too.
    let [first, second] = [listen.line(), listen.line()];
    for capture in [&first, &second] {
        let kept = BASE64_STANDARD
            .decode(capture["body_b64"].as_str().unwrap())
            .unwrap();
        assert!(kept == body, "{} bytes of {}", kept.len(), body.len());
        assert_eq!(
            capture["target"],
            target.replace(";z", &format!("{semicolon}z"))
        );
        let peer = capture["peer"].as_str().unwrap();
        assert_eq!(peer.parse::<SocketAddr>().unwrap().ip(), SENDER);
    }
    own_headers(&first)
}

/// A folder, a port for the proxy, and a relay behind it.
fn relay_behind_a_proxy() -> (tempfile::TempDir, u16, Relay) {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let mut relay = command(tests::program::built("tenterhook-relay"));
    relay
        .args([
            "serve",
            "--trusted-proxies",
            "127.0.0.1/32",
            "--listen",
            &address.to_string(),
        ])
        .args([
            "--public-url",
            &format!("https://localhost:{port}"),
            "--data",
        ])
        .arg(folder.path().join("relay"));
    let running = Running::start(&mut relay, &folder.path().join("relay.log"));
    (folder, port, Relay { running, address })
}

fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn nginx_passes_the_head_in_its_spelling_and_order() {
    let (folder, port, relay) = relay_behind_a_proxy();
    let (chain, key) = certificate(folder.path());
    let site = with(
        deploy("nginx/tenterhook-relay.conf"),
        &[
            ("listen 443 ssl", &format!("listen 127.0.0.1:{port} ssl")),
            ("server_name hooks.example.dev", "server_name localhost"),
            (
                "/etc/letsencrypt/live/hooks.example.dev/fullchain.pem",
                shown(&chain),
            ),
            (
                "/etc/letsencrypt/live/hooks.example.dev/privkey.pem",
                shown(&key),
            ),
            (
                "http://127.0.0.1:8080",
                &format!("http://{}", relay.address),
            ),
        ],
    );
    fs::write(folder.path().join("site.conf"), site).unwrap();
    let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|place| format!("{place}_temp_path {place};"));
    let main = format!(
        "daemon off; pid nginx.pid; error_log stderr; events {{}}\n\
         http {{ access_log off; {} include site.conf; }}\n",
        places.concat()
    );
    let config = folder.path().join("nginx.conf");
    fs::write(&config, main).unwrap();
    let nginx = || {
        let mut nginx = tool("nginx");
        nginx.args([
            "-e",
            "stderr",
            "-p",
            shown(folder.path()),
            "-c",
            shown(&config),
        ]);
        nginx
    };
    assert!(nginx().arg("-t").status().unwrap().success());
    let _proxy = Proxy::start(&mut nginx(), folder.path(), port);
    let headers = passes(folder.path(), &relay, port, &chain, ";");
    assert_eq!(headers, SENT);
}

#[test]
fn caddy_spells_names_anew_and_drops_those_with_an_underscore() {
    let (folder, port, relay) = relay_behind_a_proxy();
    // Its own certificate in place of one by ACME, and nothing of the machine touched.
    let machine = "{\n\tadmin off\n\tskip_install_trust\n\tauto_https disable_redirects\n}\n";
    let file = folder.path().join("Caddyfile");
    fs::write(&file, [machine, &deploy("caddy/Caddyfile")].concat()).unwrap();
    let caddy = |verb: &str| {
        let mut caddy = tool("caddy");
        caddy
            .args([verb, "--adapter", "caddyfile", "--config", shown(&file)])
            .env("HOST", format!("localhost:{port}"))
            .env("RELAY", relay.address.to_string())
            .env("XDG_DATA_HOME", folder.path())
            .env("XDG_CONFIG_HOME", folder.path());
        caddy
    };
    assert!(caddy("validate").status().unwrap().success());
    let _proxy = Proxy::start(&mut caddy("run"), folder.path(), port);
    let root = folder.path().join("caddy/pki/authorities/local/root.crt");
    let headers = passes(folder.path(), &relay, port, &root, ";");
    assert_eq!(headers, SPELT_ANEW[..4]);
}

#[test]
fn traefik_spells_names_anew() {
    let (folder, port, relay) = relay_behind_a_proxy();
    let (chain, key) = certificate(folder.path());
    // The flags of the compose file, but for containers and ACME, of which there are none here.
    let compose = with(
        deploy("compose.yaml"),
        &[
            (
                "http.address=:80",
                &format!("http.address=127.0.0.1:{}", free_port()),
            ),
            (
                "https.address=:443",
                &format!("https.address=127.0.0.1:{port}"),
            ),
        ],
    );
    let flags = compose
        .lines()
        .filter_map(|line| line.strip_prefix("      - --"));
    let flags: Vec<_> = flags
        .filter(|flag| {
            !flag.starts_with("certificatesresolvers") && !flag.starts_with("providers.docker")
        })
        .map(|flag| format!("--{flag}"))
        .collect();
    assert_eq!(flags.len(), 8, "{flags:?}");
    let dynamic = folder.path().join("dynamic.yaml");
    let text = format!(
        "http:\n  routers:\n    relay: {{ rule: Host(`localhost`), entryPoints: [https], service: relay, tls: {{}} }}\n  \
         services:\n    relay: {{ loadBalancer: {{ servers: [{{ url: 'http://{}' }}] }} }}\n\
         tls:\n  certificates:\n    - {{ certFile: {}, keyFile: {} }}\n",
        relay.address,
        shown(&chain),
        shown(&key)
    );
    fs::write(&dynamic, text).unwrap();
    let mut traefik = tool("traefik");
    traefik
        .args(&flags)
        .arg(format!("--providers.file.filename={}", shown(&dynamic)));
    let _proxy = Proxy::start(&mut traefik, folder.path(), port);
    let headers = passes(folder.path(), &relay, port, &chain, "%3B");
    assert_eq!(headers, SPELT_ANEW);
}
