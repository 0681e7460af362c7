//! The corpus of raw requests from outside, run by its own runner against a real server that keeps
//! everything it is sent in memory.
#![expect(
    clippy::unwrap_used,
    reason = "a test says by panicking what went wrong"
)]

use std::{path::Path, process::Command, sync::Arc, sync::Mutex, time::Duration};

use axum::{Json, Router, extract::RawQuery, routing::get};
use base64::{Engine, prelude::BASE64_STANDARD};
use listener::{Limits, Received, Tasks, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;

type Kept = Arc<Mutex<Vec<Received>>>;

/// The runner's own measure for what is too large.
const BODY_BYTES: u64 = 1 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn strangers_requests_are_kept_or_refused_as_the_rfcs_have_it() {
    let runner =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/http_runner.py");
    if !runner.exists() {
        println!("skipped: there is no corpus at {}", runner.display());
        return;
    }
    let tasks = Tasks::new();
    let kept = Kept::default();
    let limits = Limits {
        body_bytes: BODY_BYTES,
        ..Limits::default()
    };
    let port = start(&tasks, keep_all(&kept), limits).await;
    let observer = start(&tasks, show(&kept), Limits::default()).await;

    #[expect(
        clippy::disallowed_methods,
        reason = "the runner is a program of its own"
    )]
    let mut command = Command::new("python3");
    command
        .arg(runner)
        .args(["127.0.0.1", &port.to_string(), "/in/abc123", "-q"])
        .args([
            "--observer",
            &format!("http://127.0.0.1:{observer}/?mark={{id}}"),
        ])
        .args(["--limit", &BODY_BYTES.to_string()]);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    println!("{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success());
    assert!(
        !text.contains("WARN"),
        "what the RFCs recommend is met as well"
    );
    tasks.stop(Duration::from_secs(10)).await;
}

async fn start(tasks: &Tasks, router: Router, limits: Limits) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tasks.spawn("server", |stop| serve(listener, router, limits, stop));
    port
}

fn keep_all(kept: &Kept) -> Router {
    let kept = Arc::clone(kept);
    Router::new().fallback(|received: Received| async move {
        kept.lock().unwrap().push(received);
        "kept\n"
    })
}

fn show(kept: &Kept) -> Router {
    let kept = Arc::clone(kept);
    Router::new().route(
        "/",
        get(|RawQuery(query): RawQuery| async move {
            let query = query.unwrap_or_default();
            let mark = query.trim_start_matches("mark=");
            let has_mark = |received: &&Received| {
                let head = received.head.as_bytes();
                head.windows(mark.len()).any(|part| part == mark.as_bytes())
            };
            let kept = kept.lock().unwrap();
            Json(kept.iter().filter(has_mark).map(record).collect::<Vec<_>>())
        }),
    )
}

fn record(received: &Received) -> Value {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let head = &received.head;
    let headers: Vec<_> = head
        .headers()
        .map(|header| (text(header.name), BASE64_STANDARD.encode(header.value)))
        .collect();
    assert!(
        received.flaws.is_empty(),
        "hyper saw another request: {head:?}"
    );
    json!({
        "method": text(head.method()),
        "target": text(head.target()),
        "headers": headers,
        "body_b64": BASE64_STANDARD.encode(&received.body),
    })
}
