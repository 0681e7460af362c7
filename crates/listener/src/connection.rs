//! One connection: hyper over the recording stream, a router behind it. Start at [`run`].

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse, Response},
};
use http::{Request, StatusCode};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::OwnedSemaphorePermit,
};
use tokio_util::sync::CancellationToken;
use tower::Service;
use tracing::debug;

use crate::{
    limits::Limits,
    received::{Arrived, BodyLimit},
    record::{Recorder, Slot},
};

/// What hyper may hold beside a head of the largest size.
const BUFFER_BYTES: usize = 16 * 1024;

/// Answers the requests that come over `stream`, until either side has had enough or `stop` is
/// cancelled; then the request that is being answered is the last.
pub(crate) async fn run<S>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    permit: OwnedSemaphorePermit,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let slot = Arc::new(Slot::default());
    let recorder = Recorder::new(stream, Arc::clone(&slot), limits, permit);
    let service = service_fn(move |request| {
        answer(
            request,
            Arc::clone(&slot),
            peer,
            router.clone(),
            BodyLimit(limits.body_bytes),
        )
    });
    let connection = http1::Builder::new()
        .half_close(true)
        .header_read_timeout(None)
        .max_buf_size(limits.head_bytes + BUFFER_BYTES)
        .max_headers(limits.headers)
        .serve_connection(TokioIo::new(recorder), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = match stop.run_until_cancelled(connection.as_mut()).await {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%peer, "a connection from {peer} broke off: {error}");
    }
}

async fn answer(
    request: Request<Incoming>,
    slot: Arc<Slot>,
    peer: SocketAddr,
    mut router: Router,
    body_limit: BodyLimit,
) -> Result<Response, Infallible> {
    let head = match slot.take() {
        Some(Err(refusal)) => return Ok(refusal.into_response()),
        Some(Ok(head)) => Some(head),
        None => None,
    };
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request.extensions_mut().insert(Arrived {
        head,
        peer,
        body_limit,
    });
    let response = router.call(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        slot.upgrade();
    }
    Ok(response)
}
