//! Exported captures sent again: what arrives is held against what was captured. What a snippet
//! says that it cannot do is not asked of it, and nothing else is let pass. Start at
//! [`Replay::begin`].

use std::{collections::HashMap, fs, net::SocketAddr, path::Path, path::PathBuf, process::Command};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use engine::{Engine, Options, ReceiveAt, view::Record};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use webhook::{
    capture::Capture,
    export::{self, ExportError, Format},
    head::Head,
};

use crate::{hostile, sender};

/// How many captures are tried.
pub const CAPTURES: usize = 300;

/// An engine with its receiver, and the captures of hostile requests.
pub struct Replay {
    runtime: Runtime,
    engine: Engine,
    /// Where the receiver listens.
    pub address: SocketAddr,
    /// What it captured, by case.
    pub captures: Vec<Capture>,
    folder: TempDir,
}

/// One capture in a format.
#[derive(Debug, Clone)]
pub struct Snippet {
    /// Its place among the captures.
    pub at: usize,
    /// The snippet; all formats that run are text.
    pub text: String,
}

fn clock() -> i64 {
    1_790_000_000_000
}

fn capture(record: &Record) -> Capture {
    let bytes = |text: &str| BASE64_STANDARD.decode(text).expect("a record has base64");
    Capture {
        id: record.id.parse().expect("a record has an id"),
        endpoint: record.endpoint.parse().expect("a record has an endpoint"),
        received_at_ms: clock(),
        peer: record.peer.as_ref().and_then(|peer| peer.parse().ok()),
        head: Head::parse(bytes(&record.head_b64).into()).expect("a record has a head"),
        body: bytes(&record.body_b64).into(),
        flaws: Vec::new(),
    }
}

impl Replay {
    /// Starts an engine and has it capture [`CAPTURES`] requests.
    ///
    /// # Panics
    /// When it does not.
    #[must_use]
    pub fn begin() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let runtime = Runtime::new().expect("a runtime starts");
        let engine = Engine::open(Options {
            data: folder.path().join("desktop"),
            clock,
            use_keychain: false,
        });
        let engine = engine.expect("a new folder opens");
        let anywhere = ReceiveAt::Address(SocketAddr::from(([127, 0, 0, 1], 0)));
        let address = runtime.block_on(engine.start(anywhere)).expect("it starts");
        let address = address.expect("it receives");
        fs::create_dir(folder.path().join("here")).expect("a folder can be made");
        let taken = hostile::requests().filter(|request| {
            sender::send(address, request).is_ok_and(|answer| answer.status == 200)
        });
        assert_eq!(taken.take(CAPTURES).count(), CAPTURES);
        let mut replay = Self {
            runtime,
            engine,
            address,
            captures: Vec::new(),
            folder,
        };
        replay.captures = replay.arrived(0);
        assert_eq!(replay.captures.len(), CAPTURES);
        replay
    }

    fn arrived(&self, after: i64) -> Vec<Capture> {
        let records = self
            .runtime
            .block_on(self.engine.records_after(after, 100_000));
        let records = records.expect("the history can be read");
        records.iter().map(|(_, record)| capture(record)).collect()
    }

    /// An empty folder in which snippets run, and where nothing may be afterwards.
    #[must_use]
    pub fn here(&self) -> PathBuf {
        self.folder.path().join("here")
    }

    /// A folder for what a test writes.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The captures in `format`, bound for the receiver, secrets and all; at most `limit`, spread
    /// over all of them. Left out are those that the tool cannot send for one of the reasons
    /// `cannot`.
    ///
    /// # Panics
    /// When there is no such format, or the tool cannot send one for another reason.
    #[must_use]
    pub fn snippets(&self, format: &str, limit: usize, cannot: &[&str]) -> Vec<Snippet> {
        let format = Format::find(format).expect("a format");
        let options = export::Options {
            to: Some(format!("http://{}", self.address).parse().expect("a URL")),
            with_secrets: true,
            ..export::Options::default()
        };
        let mut snippets = Vec::new();
        let step = (CAPTURES / limit).max(1);
        for (at, capture) in self.captures.iter().enumerate().step_by(step) {
            match export::export(capture, format, &options) {
                Ok(text) => snippets.push(Snippet {
                    at,
                    text: String::from_utf8(text).expect("a snippet is text"),
                }),
                Err(ExportError::Cannot { why, .. }) if cannot.contains(&why) => {}
                Err(why) => panic!("{why}: {:?}", capture.head),
            }
        }
        // Most can be sent by anything.
        assert!(
            snippets.len() * 5 >= limit * 3,
            "{} of {limit}",
            snippets.len()
        );
        snippets
    }

    /// Runs `command`, which runs all of `snippets`, and holds what arrives against the captures.
    ///
    /// # Panics
    /// When anything else arrives, or a file is left behind.
    pub fn check(&self, command: &mut Command, snippets: &[Snippet]) {
        let before = self
            .runtime
            .block_on(self.engine.newest())
            .expect("the history can be read");
        let output = command
            .current_dir(self.here())
            .env_remove("http_proxy")
            .output();
        let output = output.expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let said = &said[said.floor_char_boundary(said.len().saturating_sub(2_000))..];
        let left: Vec<_> = fs::read_dir(self.here()).expect("a folder").collect();
        assert!(left.is_empty(), "files were made: {left:?}");
        let arrived = self.arrived(before);
        let case = |capture: &Capture| capture.head.first(hostile::CASE).map(<[u8]>::to_vec);
        let mut by_case: HashMap<_, _> = arrived.iter().map(|one| (case(one), one)).collect();
        let mut wrong = Vec::new();
        for Snippet { at, text } in snippets {
            let sent = &self.captures[*at];
            let Some(arrived) = by_case.remove(&case(sent)) else {
                wrong.push(format!("did not arrive:\n{}", start(text)));
                continue;
            };
            if let Some(difference) = difference(sent, arrived, text) {
                wrong.push(format!("{difference}\n{}", start(text)));
            }
        }
        let count = wrong.len();
        wrong.truncate(4);
        assert!(
            count == 0,
            "{count} of {}: {}\n{said}",
            snippets.len(),
            wrong.join("\n----\n")
        );
        assert_eq!(arrived.len(), snippets.len(), "each is sent once: {said}");
        assert!(by_case.is_empty(), "nothing else is sent");
    }
}

fn start(text: &str) -> &str {
    &text[..text.floor_char_boundary(1_500)]
}

/// Where `arrived` is not as `sent`, save for what the snippet says in a comment.
fn difference(sent: &Capture, arrived: &Capture, snippet: &str) -> Option<String> {
    let says = |words: &str| snippet.contains(words);
    let (one, other) = (&sent.head, &arrived.head);
    if one.method() != other.method() {
        return Some(format!("method {other:?}"));
    }
    if !says("may write the path") && one.target() != other.target() {
        return Some(format!("target {other:?} for {one:?}"));
    }
    if !says("sends HTTP 1.1") && one.version() != other.version() {
        return Some("version".to_owned());
    }
    if sent.body != arrived.body {
        return Some(format!(
            "a body of {} bytes for {}",
            arrived.body.len(),
            sent.body.len()
        ));
    }
    let added = snippet
        .split_once("adds headers: ")
        .map_or("", |(_, rest)| rest.lines().next().unwrap_or(""));
    let added: Vec<_> = added.split(", ").map(str::to_ascii_lowercase).collect();
    let headers = |head: &Head, is_arrived: bool| {
        let mut all: Vec<(String, Vec<u8>)> = Vec::new();
        for header in head.headers() {
            let name = String::from_utf8_lossy(header.name).into_owned();
            let lower = name.to_ascii_lowercase();
            let is_of_connection = [
                "host",
                "content-length",
                "transfer-encoding",
                "connection",
                "keep-alive",
            ];
            if is_of_connection.contains(&&*lower) || is_arrived && added.contains(&lower) {
                continue;
            }
            let before = all
                .iter_mut()
                .find(|(one, _)| one.eq_ignore_ascii_case(&name));
            match before.filter(|_| says("repeated headers as one")) {
                Some((_, value)) => {
                    let between: &[u8] = if lower == "cookie" { b"; " } else { b", " };
                    value.extend_from_slice(&[between, header.value].concat());
                }
                None => all.push((name, header.value.to_vec())),
            }
        }
        // What is empty at an end was joined to white space, which is no part of a value.
        for (_, value) in &mut all {
            *value = value.trim_ascii().to_vec();
        }
        if says("spells the names") {
            all.iter_mut()
                .for_each(|(name, _)| name.make_ascii_lowercase());
        }
        if says("beyond ASCII in headers") {
            let bytes = all.iter_mut().flat_map(|(_, value)| value);
            bytes
                .filter(|byte| !byte.is_ascii())
                .for_each(|byte| *byte = b'?');
        }
        if says("order of its own") {
            // Those of one name, in one spelling, stay in their order.
            all.sort_by_key(|(name, _)| (name.to_ascii_lowercase(), name.clone()));
        }
        all
    };
    let (one, other) = (headers(one, false), headers(other, true));
    let shown = |all: &[(String, Vec<u8>)]| {
        let all = all.iter().map(|(name, value)| {
            let value = &value[..value.len().min(200)];
            format!("{name}: {}", value.escape_ascii())
        });
        all.collect::<Vec<_>>().join("\n  ")
    };
    (one != other).then(|| format!("headers\n  {}\nfor\n  {}", shown(&other), shown(&one)))
}
