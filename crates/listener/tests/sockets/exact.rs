//! What is kept is what was sent.

use listener::{Limits, Received};

use crate::server::Server;

/// Sends `head` and `coded`, and expects to find `head` and `body` kept.
async fn check(head: &[u8], coded: &[u8], body: &[u8]) {
    let mut server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    client.send([head, coded].concat()).await;
    let received = server.kept().await;
    assert_eq!(received.head.as_bytes(), head);
    assert_eq!(received.body, body);
    assert_eq!(received.flaws, []);
    assert_eq!(received.peer, client.0.local_addr().unwrap());
    assert!(client.until("kept\n").await.starts_with("HTTP/1."));
}

fn targets(received: &[Received]) -> Vec<&[u8]> {
    received
        .iter()
        .map(|received| received.head.target())
        .collect()
}

#[tokio::test]
async fn names_keep_their_spelling_their_order_and_their_repeats() {
    let head = b"pOsT /a?b=c&b HTTP/1.1\r\nX-B: 1\r\nhost:h\r\nx-a:2\r\nX-b:\t 3 \r\nSet-Cookie: d\r\nset-cookie: e\r\n\r\n";
    check(head, b"", b"").await;
}

#[tokio::test]
async fn values_keep_their_bytes() {
    let head =
        b"GET / HTTP/1.1\r\nHost: h\r\nA: caf\xc3\xa9\r\nB: \xff\xfe\r\nC:\r\nD: e\tf  g\r\n\r\n";
    check(head, b"", b"").await;
}

#[tokio::test]
async fn bare_line_feeds_are_kept_as_such() {
    check(b"GET / HTTP/1.1\nHost: h\r\nA: b\n\n", b"", b"").await;
}

#[tokio::test]
async fn targets_are_not_normalised() {
    for target in [
        "/a/../b//c",
        "/%7e%7E%2f",
        "/?a=1&a=2&&=&?",
        "/a;b=c",
        "/a#b",
        "/a\"{}|^",
    ] {
        let head = format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        check(head.as_bytes(), b"", b"").await;
    }
    let long = format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "a".repeat(60_000));
    check(long.as_bytes(), b"", b"").await;
}

#[tokio::test]
async fn absolute_targets_and_the_star_are_kept() {
    for line in [
        "GET http://h/a?b",
        "GET http://h",
        "GET HTTPS://other:8443/a",
        "GET http://h?b",
        "OPTIONS *",
    ] {
        let head = format!("{line} HTTP/1.1\r\nHost: h\r\n\r\n");
        check(head.as_bytes(), b"", b"").await;
    }
}

#[tokio::test]
async fn bodies_keep_their_bytes() {
    let body: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let head =
        b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\nContent-Encoding: gzip\r\n\r\n";
    check(head, &body, &body).await;
}

#[tokio::test]
async fn repeats_of_one_content_length_are_kept() {
    let head = b"PUT / HTTP/1.1\r\nContent-Length: 5\r\nHost: h\r\nContent-Length: 5\r\n\r\n";
    check(head, b"hello", b"hello").await;
}

#[tokio::test]
async fn chunks_are_joined_and_their_extensions_and_trailers_dropped() {
    let head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\nTrailer: X\r\n\r\n";
    let coded =
        b"5;a=\"b\"\r\nhello\r\n01\r\n,\r\n6 \r\n world\r\n0\r\nX: GET /evil HTTP/1.1\r\n\r\n";
    check(head, coded, b"hello, world").await;
}

#[tokio::test]
async fn a_client_that_waits_to_be_asked_for_its_body_is_asked() {
    let mut server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    let head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    client.send(head).await;
    assert_eq!(
        client.until("\r\n\r\n").await,
        "HTTP/1.1 100 Continue\r\n\r\n"
    );
    client.send("hello").await;
    let received = server.kept().await;
    assert_eq!(
        (received.head.as_bytes().as_ref(), received.body.as_ref()),
        (head.as_bytes(), &b"hello"[..])
    );
}

#[tokio::test]
async fn an_unknown_expectation_is_kept_and_not_answered() {
    let head = b"POST / HTTP/1.1\r\nHost: h\r\nExpect: y 100-continue\r\nContent-Length: 5\r\n\r\n";
    check(head, b"hello", b"hello").await;
}

#[tokio::test]
async fn an_offer_to_upgrade_is_kept_and_not_taken() {
    check(
        b"GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
        b"",
        b"",
    )
    .await;
}

#[tokio::test]
async fn http_1_0_is_kept_and_closed() {
    let mut server = Server::start(Limits::default()).await;
    let answer = server
        .ask("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello")
        .await;
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    assert_eq!(server.kept().await.head.version(), b"HTTP/1.0");
}

#[tokio::test]
async fn requests_follow_each_other_on_one_connection() {
    let mut server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    for at in 0..3 {
        client
            .send(format!(
                "POST /{at} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n{at}"
            ))
            .await;
        let received = server.kept().await;
        assert_eq!(
            (received.head.target(), &received.body[..]),
            (format!("/{at}").as_bytes(), at.to_string().as_bytes())
        );
        client.until("kept\n").await;
    }
}

#[tokio::test]
async fn requests_sent_ahead_are_answered_in_order_wherever_they_are_cut() {
    let sent = "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 35\r\n\r\nGET /evil HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n\
        POST /2 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nGET: /evil HTTP/1.1\r\n\r\n\
        \r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    let mut server = Server::start(Limits::default()).await;
    for cut in (0..sent.len()).step_by(7) {
        let mut client = server.connect().await;
        client.send(&sent[..cut]).await;
        tokio::task::yield_now().await;
        client.send(&sent[cut..]).await;
        assert_eq!(
            client.rest().await.matches("kept\n").count(),
            3,
            "cut at {cut}"
        );
        let kept = [
            server.kept().await,
            server.kept().await,
            server.kept().await,
        ];
        assert_eq!(targets(&kept), [b"/1", b"/2", b"/3"], "cut at {cut}");
        assert_eq!(kept[1].body, "abc");
    }
}

#[tokio::test]
async fn a_request_that_comes_byte_by_byte_is_kept() {
    let mut server = Server::start(Limits::default()).await;
    let mut client = server.connect().await;
    for byte in b"POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc" {
        client.send([*byte]).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(server.kept().await.body, "abc");
}

#[tokio::test]
async fn a_client_that_has_closed_its_side_is_answered() {
    let mut server = Server::start(Limits::default()).await;
    for _ in 0..50 {
        let mut client = server.connect().await;
        client
            .send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello")
            .await;
        tokio::io::AsyncWriteExt::shutdown(&mut client.0)
            .await
            .unwrap();
        assert!(client.rest().await.ends_with("kept\n"));
        assert_eq!(server.kept().await.body, "hello");
    }
}
