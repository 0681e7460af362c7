//! The time limits, tested on a clock that goes on by itself whenever nothing else is to be done.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Bytes, extract::Request, routing::any};
use http::StatusCode;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    sync::Semaphore,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::{Limits, Received, Tasks, connection};

const POST_5: &[u8] = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";

/// A client of a connection with the default limits, its socket's buffers being small.
struct Client {
    stream: DuplexStream,
    began: Instant,
    _tasks: Arc<Tasks>,
}

impl Client {
    fn new() -> Self {
        let tasks = Arc::new(Tasks::new());
        let echoes = Arc::clone(&tasks);
        let router = Router::new()
            .route("/large", any(|| async { Bytes::from(vec![0; 1 << 20]) }))
            .route(
                "/upgrade",
                any(|request| async move { upgrade(request, &echoes) }),
            )
            .fallback(|received: Received| async move { received.body });
        let (stream, server) = tokio::io::duplex(4096);
        let permit = Arc::new(Semaphore::new(10_240))
            .try_acquire_owned()
            .unwrap();
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        tasks.spawn("connection", |stop: CancellationToken| {
            connection::run(server, peer, router, Limits::default(), permit, stop)
        });
        Self {
            stream,
            began: Instant::now(),
            _tasks: tasks,
        }
    }

    async fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Sends `bytes` again and again, one part each `pause`, until it is told something.
    async fn drip(&mut self, parts: &[u8], part_bytes: usize, pause: Duration) -> String {
        let mut parts = parts.chunks(part_bytes);
        let mut first = [0];
        loop {
            tokio::select! {
                read = self.stream.read_exact(&mut first) => {
                    read.unwrap();
                    return format!("{}{}", char::from(first[0]), self.rest().await);
                }
                () = sleep(pause) => {
                    if let Some(part) = parts.next() {
                        self.send(part).await;
                    }
                }
            }
        }
    }

    /// What comes until the other side closes.
    async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        self.stream.read_to_end(&mut rest).await.unwrap();
        String::from_utf8(rest).unwrap()
    }

    fn elapsed_s(&self) -> u64 {
        self.began.elapsed().as_secs()
    }
}

/// Takes the stream over and echoes what comes on it.
fn upgrade(request: Request, tasks: &Tasks) -> (StatusCode, [(&'static str, &'static str); 2]) {
    let upgraded = hyper::upgrade::on(request);
    tasks.spawn("echo", |_| async {
        let (mut reader, mut writer) = tokio::io::split(TokioIo::new(upgraded.await.unwrap()));
        tokio::io::copy(&mut reader, &mut writer).await.unwrap();
    });
    (
        StatusCode::SWITCHING_PROTOCOLS,
        [("connection", "upgrade"), ("upgrade", "echo")],
    )
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_be_idle_for_a_minute() {
    let mut client = Client::new();
    assert_eq!(client.rest().await, "");
    assert_eq!(client.elapsed_s(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_connection_may_be_idle_for_a_minute_after_each_request() {
    let mut client = Client::new();
    for _ in 0..3 {
        sleep(Duration::from_secs(59)).await;
        client.send(POST_5).await;
        client.send(b"hello").await;
    }
    let answers = client.rest().await;
    assert_eq!(answers.matches("200 OK").count(), 3);
    assert_eq!(client.elapsed_s(), 3 * 59 + 60);
}

#[tokio::test(start_paused = true)]
async fn a_head_has_three_seconds_in_all() {
    let mut client = Client::new();
    client.send(b"G").await;
    let answer = client
        .drip(b"ET / HTTP/1.1\r\nA: aaaaaaaaa", 1, Duration::from_secs(1))
        .await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert_eq!(client.began.elapsed().as_millis() / 100, 30);
}

#[tokio::test(start_paused = true)]
async fn the_time_before_a_head_is_not_its_own() {
    let mut client = Client::new();
    sleep(Duration::from_secs(30)).await;
    client.send(&POST_5[..9]).await;
    sleep(Duration::from_secs(2)).await;
    client.send(&POST_5[9..]).await;
    client.send(b"hello").await;
    assert!(client.rest().await.ends_with("hello"));
}

#[tokio::test(start_paused = true)]
async fn a_body_may_pause_for_three_seconds() {
    let mut client = Client::new();
    client.send(POST_5).await;
    sleep(Duration::from_secs(2)).await;
    client.send(b"hello").await;
    assert!(client.rest().await.ends_with("hello"));

    let mut client = Client::new();
    client.send(POST_5).await;
    client.send(b"hell").await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert_eq!(client.elapsed_s(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_body_comes_at_a_kibibyte_a_second() {
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40960\r\n\r\n";
    let mut client = Client::new();
    client.send(head).await;
    let answer = client.drip(&[0; 40960], 1024, Duration::from_secs(1)).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let mut client = Client::new();
    client.send(head).await;
    let answer = client.drip(&[0; 40960], 512, Duration::from_secs(1)).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert_eq!(client.elapsed_s(), 19, "when it was ten seconds behind");
}

#[tokio::test(start_paused = true)]
async fn the_time_that_an_earlier_body_took_is_not_the_next_ones() {
    let mut client = Client::new();
    for _ in 0..4 {
        client.send(POST_5).await;
        sleep(Duration::from_secs(2)).await;
        client.send(b"hello").await;
    }
    assert_eq!(client.rest().await.matches("200 OK").count(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_of_its_answer_is_let_go() {
    let mut client = Client::new();
    client.send(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n").await;
    sleep(Duration::from_secs(29)).await;
    client.stream.read_exact(&mut [0; 4096]).await.unwrap();
    sleep(Duration::from_secs(31)).await;
    assert!(client.rest().await.len() < 1 << 20);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_still_sends_what_was_refused_is_read_for_a_while() {
    let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n";
    let mut client = Client::new();
    client.send(head).await;
    assert!(client.rest().await.starts_with("HTTP/1.1 413"));
    let mut sent_s = 0;
    while client.stream.write_all(&[0; 8192]).await.is_ok() {
        sleep(Duration::from_secs(1)).await;
        sent_s += 1;
    }
    assert_eq!(sent_s, 30);

    let mut client = Client::new();
    client.send(head).await;
    assert!(client.rest().await.starts_with("HTTP/1.1 413"));
    sleep(Duration::from_secs(3)).await;
    assert!(
        client.stream.write_all(b"more").await.is_err(),
        "it had fallen silent"
    );
}

#[tokio::test(start_paused = true)]
async fn an_upgraded_stream_has_no_time_limits() {
    let mut client = Client::new();
    let head =
        b"GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst";
    client.send(head).await;
    let mut echoed = [0; 5];
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(client.stream.read_u8().await.unwrap());
    }
    assert!(answer.starts_with(b"HTTP/1.1 101"));
    client.stream.read_exact(&mut echoed).await.unwrap();
    assert_eq!(&echoed, b"first", "what came with the request");
    for pause_s in [1, 100, 10_000] {
        sleep(Duration::from_secs(pause_s)).await;
        client.send(b"later").await;
        client.stream.read_exact(&mut echoed).await.unwrap();
        assert_eq!(&echoed, b"later");
    }
}
