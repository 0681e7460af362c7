//! The programs that send for real: what each puts on the wire is in the desktop's history byte for
//! byte. A wire tap between them and the relay is what the history is held against.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tests::{
    program::{Desktop, Relay, Running, command},
    sender::{request, send},
    tee::Tee,
};

/// A relay with a desktop that listens, and the tap before them.
struct Wire {
    tee: Tee,
    path: String,
    listening: Running,
    folder: tempfile::TempDir,
    _relay: Relay,
}

impl Wire {
    fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let relay = Relay::start(folder.path());
        let desktop = Desktop::new(folder.path());
        let path = desktop.pair(&relay);
        Self {
            tee: Tee::before(relay.address),
            listening: desktop.listen(),
            path,
            folder,
            _relay: relay,
        }
    }

    fn url(&self, rest: &str) -> String {
        format!("http://{}{}{rest}", self.tee.address, self.path)
    }

    /// Runs a client that is to send one request with this body.
    fn run(&self, client: &mut Command, input: &[u8], body: &[u8]) {
        let mut child = client
            .env_remove("http_proxy")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{client:?}: {error}"));
        // One that takes no input may have ended already.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{client:?}: {said}");
        self.check(&format!("{client:?}"), Some(body));
    }

    /// Holds the next capture against what went over the wire since the last.
    fn check(&self, what: &str, body: Option<&[u8]>) {
        let (record, sent) = (self.listening.line(), self.tee.sent());
        let decode = |field: &str| BASE64_STANDARD.decode(record[field].as_str().unwrap());
        let (head, kept) = (decode("head_b64").unwrap(), decode("body_b64").unwrap());
        let shown = String::from_utf8_lossy(&head);
        let rest = sent.strip_prefix(&head[..]);
        let rest = rest.unwrap_or_else(|| panic!("{what}: not the head that was sent: {shown}"));
        let is_chunked = shown
            .to_lowercase()
            .contains("\r\ntransfer-encoding: chunked\r\n");
        let sent_body = if is_chunked {
            joined(rest)
        } else {
            rest.to_vec()
        };
        assert!(kept == sent_body, "{what}: not the body that was sent");
        if let Some(body) = body {
            assert!(kept == body, "{what}: not the body that was meant");
        }
        assert_eq!(record["flaws"], serde_json::json!([]), "{what}");
    }
}

/// What chunks hold together; their extensions and trailers are passed over.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|two| two == b"\r\n").unwrap();
        let line = String::from_utf8_lossy(&chunks[..end]).into_owned();
        let size = line.split(';').next().unwrap().trim();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return body;
        }
        let data = &chunks[end + 2..];
        body.extend_from_slice(&data[..size]);
        chunks = &data[size + 2..];
    }
}

/// Who sends, the headers, and the body.
type Sent<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a [u8]);

/// Every byte there is, some of them often.
fn binary(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| (at * 7 % 256) as u8).collect()
}

#[test]
fn curl_in_all_its_ways() {
    let wire = Wire::begin();
    let (small, large) = (b"{\"a\": 1}\n".to_vec(), binary(2 << 20));
    let file = wire.folder.path().join("payload.bin");
    fs::write(&file, &large).unwrap();
    let file = file.to_str().unwrap();
    let at_file = format!("@{file}");
    let form = format!("file=@{file};type=application/octet-stream;filename=\"a \\\"b\\\".bin\"");
    let curl = |arguments: &[&str], input: &[u8], body: &[u8]| {
        let mut curl = command("curl");
        curl.args(["--silent", "--show-error", "--fail", "--noproxy", "*"])
            .args(arguments)
            .arg(wire.url("/from/curl?a=b&c=%20d"));
        wire.run(&mut curl, input, body);
    };
    let json = "Content-Type: application/json";
    curl(&["--data-binary", "@-", "-H", json], &small, &small);
    curl(&["--data-binary", &at_file], b"", &large);
    curl(&["-T", file], b"", &large);
    curl(&["-T", "-", "-X", "POST"], &large, &large);
    curl(
        &["-T", ".", "-H", "Transfer-Encoding: chunked"],
        &small,
        &small,
    );
    curl(&["--http1.0", "--data-binary", "@-"], &small, &small);
    curl(&["--http0.9", "--data-binary", "@-"], &small, &small);
    curl(
        &["-H", "Expect: 100-continue", "--data-binary", &at_file],
        b"",
        &large,
    );
    curl(&["-H", "Expect: 100-continue", "-T", "-"], &large, &large);
    curl(&["-d", "a=1", "-d", "b=%41+c"], b"", b"a=1&b=%41+c");
    curl(&["--compressed", "-X", "PATCH", "--json", "{}"], b"", b"{}");
    curl(&["-X", "DELETE"], b"", b"");
    curl(&["--head"], b"", b"");
    curl(&["--get", "-d", "e=f"], b"", b"");
    curl(
        &[
            "-H",
            "X-Empty;",
            "-H",
            "x-Twice: 1",
            "-H",
            "X-twice: 2",
            "-H",
            "X-Utf8: é",
            "-H",
            "User-Agent:",
        ],
        b"",
        b"",
    );
    // A form whose boundary curl draws by chance: what went over the wire is what counts.
    let mut multipart = command("curl");
    multipart
        .args(["--silent", "--show-error", "--fail", "--noproxy", "*"])
        .args(["-F", "payload={\"a\":1};type=application/json", "-F", &form])
        .arg(wire.url("/form"));
    assert!(multipart.status().unwrap().success());
    wire.check("a form", None);
    // A path that others would straighten.
    let mut as_is = command("curl");
    as_is
        .args([
            "--silent",
            "--fail",
            "--path-as-is",
            "--noproxy",
            "*",
            "-d",
            "x",
        ])
        .arg(wire.url("/a/../b//c/./%2e%2e/d"));
    wire.run(&mut as_is, b"", b"x");
}

/// Python with the packages of the system.
fn python() -> Command {
    let of_the_system = Path::new("/usr/bin/python3");
    command(if of_the_system.exists() {
        of_the_system
    } else {
        Path::new("python3")
    })
}

#[test]
fn python_with_requests_and_without() {
    let wire = Wire::begin();
    let large = binary(300_000);
    let run = |script: &str, body: &[u8]| {
        let mut python = python();
        python
            .args([
                "-c",
                &format!("import sys\nurl = sys.argv[1]\nbody = sys.stdin.buffer.read()\n{script}"),
            ])
            .arg(wire.url("/from/python?q=1"));
        wire.run(&mut python, body, body);
    };
    let requests = |call: &str, body: &[u8]| {
        let script = format!("import requests\nassert requests.{call}.status_code == 200");
        run(&script, body);
    };
    requests("post(url, data=body)", b"{\"a\":\"\xc3\xa9\"}");
    requests("post(url, data=body)", &large);
    requests(
        "post(url, data=iter([body[:1], body[1:70000], body[70000:]]))",
        &large,
    );
    requests(
        "put(url, data=body, headers={'x-lower': 'v', 'X-Bytes': b'\\xff\\xfe'})",
        &large,
    );
    requests(
        "post(url, data=body, stream=True, auth=('user', 'pass'), cookies={'a': 'b'})",
        b"x",
    );
    requests("get(url, params={'z': 'é'})", b"");
    run(
        "import urllib.request\nassert urllib.request.urlopen(urllib.request.Request(url, data=body, method='POST')).status == 200",
        &large,
    );
    run(
        "import http.client, urllib.parse as p\nu = p.urlsplit(url)\nc = http.client.HTTPConnection(u.netloc)\n\
         c.request('POST', u.path, iter([body]), {'Transfer-Encoding': 'chunked'}, encode_chunked=True)\nassert c.getresponse().status == 200",
        &large,
    );
    // Forms have a boundary drawn by chance.
    let mut form = python();
    form.args(["-c", "import requests, sys\nassert requests.post(sys.argv[1], data={'payload': '{}'}, files={'f': ('é.bin', bytes(range(256)))}).status_code == 200"])
        .arg(wire.url("/form"));
    assert!(form.status().unwrap().success());
    wire.check("a form", None);
}

#[test]
fn node_by_fetch_and_by_http() {
    let wire = Wire::begin();
    let large = binary(300_000);
    let run = |script: &str, body: &[u8]| {
        let mut node = command("node");
        let script = format!(
            "import http from 'node:http'; import {{ readFileSync }} from 'node:fs';\n\
             const url = process.argv[1]; const body = readFileSync(0);\n\
             const ok = (status) => {{ if (status !== 200) throw new Error(`answered ${{status}}`); }};\n{script}"
        );
        node.args(["--input-type=module", "-e", &script])
            .arg(wire.url("/from/node"));
        wire.run(&mut node, body, body);
    };
    let fetch = |options: &str, body: &[u8]| {
        run(&format!("ok((await fetch(url, {options})).status);"), body);
    };
    fetch(
        "{ method: 'POST', body, headers: { 'content-type': 'application/json' } }",
        b"{}",
    );
    fetch("{ method: 'POST', body }", &large);
    fetch(
        "{ method: 'POST', duplex: 'half', body: new Blob([body]).stream() }",
        &large,
    );
    fetch(
        "{ method: 'PUT', body: new Uint8Array(body), headers: [['X-A', '1'], ['x-a', '2']] }",
        b"x",
    );
    fetch("{}", b"");
    let request = |options: &str, send: &str, body: &[u8]| {
        run(
            &format!(
                "await new Promise((done, fail) => {{ const sent = http.request(url, {options}, (answer) => {{ ok(answer.statusCode); answer.resume().on('end', done); }});\nsent.on('error', fail); {send} }});"
            ),
            body,
        );
    };
    request("{ method: 'POST' }", "sent.end(body);", &large);
    request(
        "{ method: 'POST', headers: { 'X-MiXed': ['a', 'b'], Trailer: 'X-Sum' } }",
        "sent.write(body.subarray(0, 1)); sent.write(body.subarray(1)); sent.addTrailers({ 'X-Sum': '1' }); sent.end();",
        &large,
    );
    request(
        "{ method: 'POST', headers: { Expect: '100-continue', 'Content-Length': body.length } }",
        "sent.on('continue', () => sent.end(body)); sent.flushHeaders();",
        &large,
    );
    request("{ method: 'DELETE' }", "sent.end();", b"");
}

#[test]
fn the_bytes_that_go_github_harbor_and_others_put_on_the_wire() {
    let wire = Wire::begin();
    let (path, to) = (&wire.path, wire.tee.address);
    // As Go's net/http writes a body of unknown length, one chunk for each write.
    let go = format!(
        "POST {path}?a=b HTTP/1.1\r\nHost: {to}\r\nUser-Agent: Go-http-client/1.1\r\n\
         Transfer-Encoding: chunked\r\nContent-Type: application/json\r\nX-Lower: v\r\n\
         Accept-Encoding: gzip\r\n\r\n5\r\n{{\"a\":\r\n2\r\n1}}\r\n0\r\n\r\n"
    );
    assert_eq!(send(to, go.as_bytes()).unwrap().status, 200);
    wire.check("Go, chunked", Some(b"{\"a\":1}"));

    let github: &[(&'static str, &'static str)] = &[
        ("User-Agent", "GitHub-Hookshot/044aadd"),
        ("Accept", "*/*"),
        ("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958"),
        ("X-GitHub-Event", "push"),
        ("X-GitHub-Hook-ID", "292430182"),
        ("X-GitHub-Hook-Installation-Target-ID", "79929171"),
        ("X-GitHub-Hook-Installation-Target-Type", "repository"),
        (
            "X-Hub-Signature",
            "sha1=7d38cdd689735b008b3c702edd92eea23791c5f6",
        ),
        (
            "X-Hub-Signature-256",
            "sha256=d57c68ca6f92289e6987922ff26938930f6e66a2d161ef06abdf1859230aa23c",
        ),
    ];
    let of_github = |kind: &'static str| [github, &[("Content-Type", kind)]].concat();
    let harbor = [
        ("User-Agent", "Go-http-client/1.1"),
        ("Authorization", "Bearer whatever was typed"),
        ("Content-Type", "application/json"),
        ("Accept-Encoding", "gzip"),
    ];
    let events = [("Content-Type", "application/cloudevents+json")];
    let gitlab = [
        ("Content-Type", "application/json"),
        ("User-Agent", "GitLab/17.0.0-pre"),
        ("Idempotency-Key", "f5e5f430-f57b-4e6e-9fac-d9128cd7232f"),
        ("X-Gitlab-Event", "Push Hook"),
        (
            "X-Gitlab-Webhook-UUID",
            "1966274e-8d63-4752-a8a0-a3b0b8b6b3d9",
        ),
        ("X-Gitlab-Instance", "https://gitlab.example.com"),
        (
            "X-Gitlab-Event-UUID",
            "13792a34-cac6-4fda-95a8-c58e00a3954e",
        ),
        ("X-Gitlab-Token", "in plain text"),
    ];
    let push = binary(200_000);
    let hubs_form = b"payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D";
    let harbors = b"{\"type\":\"PUSH_ARTIFACT\",\"occur_at\":1586922308,\"operator\":\"admin\",\"event_data\":{}}";
    let cases: [Sent<'_>; 5] = [
        ("GitHub", &of_github("application/json"), &push),
        (
            "GitHub's form",
            &of_github("application/x-www-form-urlencoded"),
            hubs_form,
        ),
        ("Harbor", &harbor, harbors),
        (
            "Harbor's CloudEvents",
            &events,
            b"{\"specversion\":\"1.0\",\"type\":\"harbor.artifact.pushed\"}",
        ),
        ("GitLab", &gitlab, b"{\"object_kind\":\"push\"}"),
    ];
    for (sender, headers, body) in cases {
        assert_eq!(
            send(to, &request("POST", path, headers, body))
                .unwrap()
                .status,
            200
        );
        wire.check(sender, Some(body));
    }
}
