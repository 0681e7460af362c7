//! The receiver on this computer: captures every request on every path, and answers it once it is
//! durable.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use listener::Received;
use tokio::net::TcpListener;
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    verify::handshake,
};

use crate::{Clock, arrival::Arrival, handshakes, intake::Intake, vault::Vault, view::Source};

/// Names the capture in the answer to its sender.
const CAPTURE: HeaderName = HeaderName::from_static("tenterhook-capture");

/// Why the receiver is not up.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot receive on {address}: {reason}; another program may have the port: choose one in the \
     settings, or with --receiver"
)]
pub struct ReceiverError {
    /// The address wanted.
    pub address: SocketAddr,
    /// What the system says.
    pub reason: std::io::Error,
}

/// Takes the address; requests wait from now on.
///
/// # Errors
/// When it is taken or not this computer's.
pub(crate) async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ReceiverError> {
    let bound = TcpListener::bind(address).await;
    bound
        .and_then(|listener| Ok((listener.local_addr()?, listener)))
        .map(|(address, listener)| (listener, address))
        .map_err(|reason| ReceiverError { address, reason })
}

struct Shared {
    intake: Intake,
    clock: Clock,
    vault: Arc<Vault>,
    body_limit_bytes: u64,
}

/// What a bound receiver answers with.
pub(crate) fn router(
    intake: Intake,
    clock: Clock,
    vault: Arc<Vault>,
    body_limit_bytes: u64,
) -> Router {
    Router::new().fallback(receive).with_state(Arc::new(Shared {
        intake,
        clock,
        vault,
        body_limit_bytes,
    }))
}

async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let received = match Received::read(request, shared.body_limit_bytes).await {
        Ok(received) => received,
        Err(refusal) => return refusal.into_response(),
    };
    let now_ms = (shared.clock)();
    let id = CaptureId::new(now_ms, rand::random());
    let capture = Capture {
        id,
        endpoint: EndpointId::local(),
        received_at_ms: now_ms,
        peer: Some(received.peer),
        head: received.head,
        body: received.body,
        flaws: received.flaws,
    };
    let challenge = handshakes::answer(&capture, &shared.vault.ring());
    let arrival = Arrival::new(capture, Source::Local, false);
    let Ok(told) = shared.intake.hand_in(arrival, None).await else {
        return try_later(StatusCode::SERVICE_UNAVAILABLE, "Tenterhook stops");
    };
    match told.await {
        Ok(Ok(())) => {
            let id = HeaderValue::from_str(&id.to_string()).expect("an id is hexadecimal");
            let mut response = challenge.map_or_else(Response::default, challenged);
            response.headers_mut().insert(CAPTURE, id);
            response
        }
        Ok(Err(sqlite::Error::Full)) => {
            try_later(StatusCode::INSUFFICIENT_STORAGE, "the disk is full")
        }
        Ok(Err(_)) | Err(_) => try_later(
            StatusCode::SERVICE_UNAVAILABLE,
            "the history cannot be written",
        ),
    }
}

/// What a sender is answered who asks whether this is an endpoint at all.
fn challenged(answer: handshake::Answer) -> Response {
    let mut response = Response::new(answer.body.into());
    *response.status_mut() =
        StatusCode::from_u16(answer.status).expect("a handshake's status is one");
    for (name, value) in answer.headers {
        // What is echoed may be no header.
        if let Ok(value) = HeaderValue::from_str(&value) {
            let name = HeaderName::from_static(name);
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A refusal that asks the sender to try again.
fn try_later(status: StatusCode, why: &'static str) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/plain; charset=utf-8"),
        ),
        (header::RETRY_AFTER, HeaderValue::from_static("30")),
    ];
    (status, headers, format!("{why}\n")).into_response()
}
