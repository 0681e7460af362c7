//! How the server stops, what it does when it is full, and how a connection leaves HTTP.

use std::sync::Arc;

use axum::{
    Router,
    extract::{WebSocketUpgrade, ws},
    routing::{any, get},
};
use futures_util::{SinkExt, StreamExt};
use listener::Limits;
use tokio::{net::TcpStream, sync::Notify};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use crate::server::Server;

const GET: &str = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

#[tokio::test]
async fn a_request_that_has_begun_is_answered_before_the_server_stops() {
    let (began, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&began), Arc::clone(&go_on));
    let slow = || async move {
        tell.notify_one();
        wait.notified().await;
        "done\n"
    };
    let server = Server::with(Router::new().route("/", get(slow)), Limits::default()).await;
    let (mut idle, mut fresh, mut busy) = (
        server.connect().await,
        server.connect().await,
        server.connect().await,
    );
    idle.send("GET /none HTTP/1.1\r\nHost: h\r\n\r\n").await;
    idle.until("\r\n\r\n").await;
    busy.send(GET).await;
    began.notified().await;
    let stopped = server.stop();
    let clients = async {
        assert_eq!(
            (idle.rest().await, fresh.rest().await),
            (String::new(), String::new())
        );
        assert!(
            TcpStream::connect(server.address).await.is_err(),
            "nobody listens any more"
        );
        go_on.notify_one();
        assert!(busy.rest().await.ends_with("done\n"));
    };
    tokio::join!(stopped, clients);
}

#[tokio::test]
async fn connections_over_the_limit_are_turned_away_until_there_is_room() {
    let limits = Limits {
        connections: 4,
        ..Limits::default()
    };
    let mut server = Server::start(limits).await;
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    for client in [&mut first, &mut second] {
        client.send(GET).await;
        client.until("kept\n").await;
        server.kept().await;
    }
    let _others = (server.connect().await, server.connect().await);
    let answer = server.connect().await.rest().await;
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.ends_with("already"),
        "{answer}"
    );
    let body_bytes = answer.split("\r\n\r\n").last().unwrap().len();
    assert!(
        answer.contains(&format!("content-length: {body_bytes}\r\n")),
        "{answer}"
    );

    first
        .send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        .await;
    first.rest().await;
    drop(first);
    loop {
        // The place is given up a moment after the socket.
        let mut client = server.connect().await;
        client.send(GET).await;
        if client.until("\r\n\r\n").await.starts_with("HTTP/1.1 200 ") {
            break;
        }
    }
}

#[tokio::test]
async fn from_half_of_all_places_on_a_connection_goes_after_its_answer() {
    let limits = Limits {
        connections: 4,
        ..Limits::default()
    };
    let mut server = Server::start(limits).await;
    let mut kept = [server.connect().await, server.connect().await];
    for client in &mut kept {
        client.send(GET).await;
        client.until("kept\n").await;
        server.kept().await;
    }
    for _ in 0..5 {
        let mut client = server.connect().await;
        client.send(GET).await;
        let answer = client.rest().await;
        assert!(answer.contains("connection: close\r\n"), "{answer}");
        assert!(answer.ends_with("kept\n"), "{answer}");
        server.kept().await;
    }
    for client in &mut kept {
        client.send(GET).await;
        client.until("kept\n").await;
        server.kept().await;
    }
}

#[tokio::test]
async fn a_websocket_and_requests_share_the_port() {
    async fn echo(mut socket: ws::WebSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            if matches!(message, ws::Message::Binary(_)) {
                socket.send(message).await.unwrap();
            }
        }
    }
    let upgrade = |upgrade: WebSocketUpgrade| async move { upgrade.on_upgrade(echo) };
    let router = Router::new()
        .route("/socket", any(upgrade))
        .fallback(|| async { "kept\n" });
    let limits = Limits {
        connections: 3,
        ..Limits::default()
    };
    let server = Server::with(router, limits).await;
    let url = format!("ws://{}/socket", server.address);
    let (mut socket, _) = connect_async(url).await.unwrap();
    let mut client = server.connect().await;
    for bytes in [0, 1, 125, 126, 70_000, 300_000] {
        let message = Message::Binary(vec![7; bytes].into());
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
        client.send(GET).await;
        client.until("kept\n").await;
    }
    let _other = server.connect().await;
    let turned_away = server.connect().await.rest().await;
    assert!(
        turned_away.starts_with("HTTP/1.1 503 "),
        "an upgraded connection keeps its place"
    );
    socket.close(None).await.unwrap();
}
