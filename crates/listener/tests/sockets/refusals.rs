//! What is not to be taken is refused with its status, its sender can read that, and nothing that
//! follows on the connection is taken for a request.

use std::time::Duration;

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};
use listener::{BodyLimit, Limits, Received};

use crate::server::Server;

/// Sends `request`, to which a further one is appended, and expects `status`, the end of the
/// connection, and nothing kept.
async fn check(status: u16, request: impl AsRef<[u8]>) {
    let mut server = Server::start(LIMITS).await;
    let smuggled = b"GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";
    let answer = server.ask([request.as_ref(), smuggled].concat()).await;
    let request = String::from_utf8_lossy(request.as_ref());
    let request = request.get(..200).unwrap_or(&request);
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{request:?}: {answer}"
    );
    assert!(
        answer.contains("connection: close\r\n"),
        "{request:?}: {answer}"
    );
    assert_eq!(
        answer.matches("HTTP/1.1").count(),
        1,
        "{request:?}: {answer}"
    );
    assert_eq!(server.kept_already(), None, "{request:?}");
}

/// Times that no test lives to see: what is ended is ended for another reason.
const LIMITS: Limits = {
    let hour = Duration::from_secs(3600);
    Limits {
        head_bytes: 8 * 1024,
        headers: 50,
        body_bytes: 1000,
        head_timeout: hour,
        body_timeout: hour,
        body_grace: hour,
        body_floor_bytes_per_s: 0,
        idle_timeout: hour,
        write_timeout: hour,
        connections: 100,
    }
};

fn post(fields: &str, body: &str) -> String {
    format!("POST / HTTP/1.1\r\nHost: h\r\n{fields}\r\n\r\n{body}")
}

#[tokio::test]
async fn a_first_line_that_is_no_request_is_refused_at_once() {
    for line in [
        "GET /\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "HELO a\r\n",
        "\x16\x03\x01",
        "GET / HTTP/1.1 \r\n",
    ] {
        let mut server = Server::start(LIMITS).await;
        let answer = server.ask(line).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{line:?}: {answer}");
        assert_eq!(server.kept_already(), None);
    }
}

#[tokio::test]
async fn other_versions_are_refused() {
    for version in ["HTTP/2.0", "HTTP/3.0", "HTTP/0.9", "HTTP/1.2", "HTTP/9.9"] {
        check(505, format!("GET / {version}\r\nHost: h\r\n\r\n")).await;
    }
    check(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    for version in [
        "HTTP/1.1x",
        "HTTP/1",
        "http/1.1",
        "HTTPS/1.1",
        "HTTP /1.1",
        "HTTP/01.1",
        "ICAP/1.0",
    ] {
        check(400, format!("GET / {version}\r\nHost: h\r\n\r\n")).await;
    }
}

#[tokio::test]
async fn methods_and_targets_that_are_none_are_refused() {
    for line in [
        "G(T /",
        "G\0T /",
        "GET\t/",
        "GET a",
        "GET *",
        "GET /a b",
        "GET  /",
        "GET /\u{1}",
        "GET /\u{7f}",
        "GET /<a>",
        "GET file:///a",
    ] {
        check(400, format!("{line} HTTP/1.1\r\nHost: h\r\n\r\n")).await;
    }
    check(400, b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n").await;
    check(400, "GET /a\rb HTTP/1.1\r\nHost: h\r\n\r\n").await;
    check(400, "GET /a\nHTTP/1.1\r\nHost: h\r\n\r\n").await;
}

#[tokio::test]
async fn a_tunnel_is_refused() {
    check(
        405,
        "CONNECT internal.example:22 HTTP/1.1\r\nHost: internal.example:22\r\n\r\n",
    )
    .await;
}

#[tokio::test]
async fn hosts_are_checked() {
    for fields in [
        "A: b",
        "Host: a\r\nHost: a",
        "Host: a\r\nHost: b",
        "Host: a b",
        "Host:",
        "Host: u@a",
        "Host: a/b",
        "Host: [::g]",
    ] {
        check(400, format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n")).await;
    }
}

#[tokio::test]
async fn header_lines_that_are_none_are_refused() {
    for field in [
        "A",
        ": b",
        "A : b",
        " A: b",
        "A: b\r\n c: d",
        "A: b\r\n\tTransfer-Encoding: chunked",
        "A\0: b",
        "A: \0",
        "A: b\rc",
        "Ä: b",
        "A b: c",
    ] {
        check(400, post(field, "")).await;
    }
}

#[tokio::test]
async fn bodies_with_two_ends_or_none_are_refused() {
    for fields in [
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5, 6",
        "Content-Length: 5, 5",
        "Content-Length: +5",
        "Content-Length: -1",
        "Content-Length: 0x5",
        "Content-Length:",
        "Content-Length: 5 5",
        "Content-Length: 99999999999999999999",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5",
        "Transfer-Encoding: gzip",
        "Transfer-Encoding: chunked, gzip",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding:",
        "Transfer-Encoding: chunked;q=1",
        "Transfer-Encoding: \u{a0}chunked",
        "Transfer-Encoding: x\r\nContent-Length: 0",
    ] {
        check(400, post(fields, "0\r\n\r\n")).await;
    }
    for coding in ["gzip, chunked", "identity, chunked", "chunked, chunked"] {
        check(
            501,
            post(&format!("Transfer-Encoding: {coding}"), "0\r\n\r\n"),
        )
        .await;
    }
    check(
        400,
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    )
    .await;
}

#[tokio::test]
async fn chunks_that_are_none_are_refused() {
    for body in [
        "x\r\n",
        "-1\r\n",
        "0x5\r\n",
        "\r\n",
        " 5\r\n",
        "5\n",
        "5\r\nhello\n",
        "5\r\nhello!\r\n",
        "5;\n\r\n",
        "0\r\nA: b\n\r\n",
        "0\r\n A: b\n",
    ] {
        check(400, post("Transfer-Encoding: chunked", body)).await;
    }
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_its_status() {
    check(413, post("Content-Length: 1001", "")).await;
    check(413, post("Content-Length: 18446744073709551615", "")).await;
    check(
        413,
        post("Transfer-Encoding: chunked", "ffffffffffffffff\r\n"),
    )
    .await;
    check(
        413,
        post(
            "Transfer-Encoding: chunked",
            &format!("3e9\r\n{}\r\n0\r\n\r\n", "a".repeat(1001)),
        ),
    )
    .await;
    check(
        413,
        post(
            "Transfer-Encoding: chunked",
            &("1\r\na\r\n".repeat(1001) + "0\r\n\r\n"),
        ),
    )
    .await;
    check(431, post(&format!("A: {}", "a".repeat(8 * 1024)), "")).await;
    check(431, post(&vec!["A: b"; 50].join("\r\n"), "")).await;
    check(
        414,
        format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(8 * 1024)),
    )
    .await;
}

#[tokio::test]
async fn what_is_just_not_too_large_is_kept() {
    let mut server = Server::start(LIMITS).await;
    let body = "a".repeat(1000);
    let fields = "Connection: close\r\n".to_owned() + &["A: b"; 47].join("\r\n");
    server
        .ask(post(&format!("{fields}\r\nContent-Length: 1000"), &body))
        .await;
    assert_eq!(server.kept().await.body, body);
    let chunked = format!("3e8\r\n{body}\r\n0\r\n\r\n");
    server
        .ask(post(
            "Connection: close\r\nTransfer-Encoding: chunked",
            &chunked,
        ))
        .await;
    assert_eq!(server.kept().await.body, body);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_kept() {
    for request in [
        post("Content-Length: 9", "hello"),
        post("Transfer-Encoding: chunked", "5\r\nhello\r\n"),
    ] {
        let mut server = Server::start(LIMITS).await;
        let mut client = server.connect().await;
        client.send(request).await;
        tokio::io::AsyncWriteExt::shutdown(&mut client.0)
            .await
            .unwrap();
        assert!(client.rest().await.starts_with("HTTP/1.1 400 "));
        assert_eq!(server.kept_already(), None);
    }
}

#[tokio::test]
async fn a_head_that_breaks_off_is_not_kept() {
    let mut server = Server::start(LIMITS).await;
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\nHost: h\r\n").await;
    tokio::io::AsyncWriteExt::shutdown(&mut client.0)
        .await
        .unwrap();
    assert!(client.rest().await.starts_with("HTTP/1.1 400 "));
    assert_eq!(server.kept_already(), None);
}

#[tokio::test]
async fn a_client_that_waits_to_be_asked_for_too_much_is_not_asked() {
    let server = Server::start(LIMITS).await;
    let answer = server
        .ask(post("Expect: 100-continue\r\nContent-Length: 1001", ""))
        .await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_client_that_reads_only_after_it_has_sent_all_can_read_why_it_was_refused() {
    let server = Server::start(LIMITS).await;
    let body = "a".repeat(20_000_000);
    for request in [
        post("Content-Length: 20000000", &body),
        post(
            "Content-Length: 20000000\r\nConnection: Upgrade\r\nUpgrade: h2c",
            &body,
        ),
        post("Transfer-Encoding: chunked", &format!("1312d00\r\n{body}")),
    ] {
        let answer = server.ask(request).await;
        assert!(
            answer.ends_with("the body is over the limit of 1000 bytes\n"),
            "{answer}"
        );
    }
    let answer = server.ask(format!("GET /{body}")).await;
    assert!(answer.starts_with("HTTP/1.1 414 "), "{answer}");
}

#[tokio::test]
async fn a_request_may_have_a_limit_of_its_own() {
    async fn narrow(mut request: Request, next: Next) -> axum::response::Response {
        request.extensions_mut().insert(BodyLimit(3));
        next.run(request).await
    }
    let router = Router::new()
        .fallback(|received: Received| async move { received.body })
        .layer(from_fn(narrow));
    let server = Server::with(router, LIMITS).await;
    let answer = server
        .ask(post("Connection: close\r\nContent-Length: 3", "abc"))
        .await;
    assert!(answer.ends_with("abc"), "{answer}");
    let answer = server.ask(post("Content-Length: 4", "abcd")).await;
    assert!(answer.ends_with("over the limit of 3 bytes\n"), "{answer}");
}
