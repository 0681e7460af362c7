//! A whole relay in this process, and bytes for its public port: the interface, the endpoints with
//! their settings, forwarded addresses, tokens, probes, and the tunnel's handshake and frames.

#![no_main]

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::LazyLock,
    time::Duration,
};

use libfuzzer_sys::fuzz_target;
use relay::{Config, File, Relay};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// Stands for the token of a paired device.
const TOKEN: &[u8] = b"@T@";
/// Stands for the id of its endpoint.
const ENDPOINT: &[u8] = b"@E@";

struct Target {
    address: SocketAddr,
    token: String,
    endpoint: String,
    _runtime: Runtime,
    _relay: Relay,
    _folder: TempDir,
}

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let settings =
        "trusted_proxies = [\"127.0.0.0/8\"]\nqueue_captures = 50\nqueue_bytes = 1000000";
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let config: Config = File::parse(settings)
        .expect("the settings are right")
        .into_config(any, folder.path().to_owned());
    let relay = runtime
        .block_on(Relay::start(config, || 1_760_000_000_000))
        .expect("the relay starts");
    let address = relay.address();
    let connect = runtime.block_on(relay.invite()).expect("an invite");
    let key = wire::key::DeviceKey::from_bytes([7; 32]).public();
    let body = format!(
        "{{\"invite\":\"{}\",\"device_name\":\"fuzz\",\"public_key\":\"{key}\"}}",
        connect.invite.reveal()
    );
    let token = field(&call(address, "POST", "/api/pair", "", &body), "token");
    let made = call(
        address,
        "POST",
        "/api/endpoints",
        &token,
        "{\"name\":\"fuzz\"}",
    );
    Target {
        address,
        endpoint: field(&made, "id"),
        token,
        _runtime: runtime,
        _relay: relay,
        _folder: folder,
    }
});

fn call(to: SocketAddr, method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    ask(to, request.as_bytes())
}

/// The text of a field of the JSON in `answer`.
fn field(answer: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(answer);
    let json = text.split("\r\n\r\n").nth(1).expect("an answer has a body");
    let json: serde_json::Value = serde_json::from_str(json).expect("the body is JSON");
    json[name].as_str().expect("the field is there").to_owned()
}

fn ask(to: SocketAddr, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(to).expect("the relay listens");
    let patience = Some(Duration::from_secs(8));
    stream.set_read_timeout(patience).expect("a time limit");
    let mut answer = Vec::new();
    // The relay may hang up at any time; that it goes on listening is what counts.
    if stream.write_all(request).is_ok() && stream.shutdown(Shutdown::Write).is_ok() {
        let _ = stream.read_to_end(&mut answer);
    }
    answer
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(from.len()).position(|window| window == from) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

fuzz_target!(|bytes: &[u8]| {
    let target = &*TARGET;
    let bytes = replace(bytes, TOKEN, target.token.as_bytes());
    let bytes = replace(&bytes, ENDPOINT, target.endpoint.as_bytes());
    let answer = ask(target.address, &bytes);
    assert!(
        !answer.starts_with(b"HTTP/1.1 500"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
});
