//! The accept loop. Start at [`serve`].

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{sync::Semaphore, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};

use crate::{connection, door::Door, limits::Limits, tasks::Tasks};

/// How long requests that are being answered have to end once [`serve`] is asked to stop.
const DRAIN: Duration = Duration::from_secs(10);
/// The pause after the system could not give another socket, which takes a while to change.
const PAUSE: Duration = Duration::from_millis(100);
/// The answer to a connection over the limit. One short packet: a new socket takes it at once.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 10\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 37\r\n\r\n\
    too many connections are open already";

/// Answers what comes in by `door` with `router`, whose handlers take it as
/// [`Received`](crate::Received). Malformed requests are answered here.
///
/// Accepts until `stop` is cancelled. Then idle connections are closed, requests that have begun
/// get their answers, for ten seconds at most, and when it returns every connection has ended,
/// those apart that a handler has upgraded to another protocol.
pub async fn serve(door: impl Door, router: Router, limits: Limits, stop: CancellationToken) {
    let connections = Tasks::new();
    let permits = Arc::new(Semaphore::new(limits.connections));
    let mut is_failing = false;
    while let Some(accepted) = stop.run_until_cancelled(door.accept()).await {
        let (guest, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) if is_about_one_connection(&error) => continue,
            Err(error) => {
                if !is_failing {
                    warn!("cannot accept connections at present: {error}");
                }
                is_failing = true;
                stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
                continue;
            }
        };
        is_failing = false;
        let Ok(permit) = Arc::clone(&permits).try_acquire_owned() else {
            let is_told = door.turn_away(&guest, FULL);
            debug!(%peer, is_told, "turned {peer} away: too many connections are open");
            continue;
        };
        let (peer, router) = (canonical(peer), router.clone());
        let welcome = timeout(limits.head_timeout, door.welcome(guest));
        connections.spawn("connection", |stop| async move {
            match stop.run_until_cancelled(welcome).await {
                Some(Ok(Ok(stream))) => {
                    connection::run(stream, peer, router, limits, permit, stop).await;
                }
                Some(Ok(Err(error))) => debug!(%peer, "lost a connection from {peer}: {error}"),
                Some(Err(_)) | None => {}
            }
        });
    }
    drop(door);
    connections.stop(DRAIN).await;
}

/// Whether an error of `accept` says nothing about the next connection.
fn is_about_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
}

/// An IPv4 client of a socket for both families, as the IPv4 client that it is.
fn canonical(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}
