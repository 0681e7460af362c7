//! The public door: a request to `/h/{endpoint}` becomes a capture, is sealed and queued, and only
//! then answered.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use listener::Received;
use tracing::{debug, error, warn};
use webhook::capture::{Capture, CaptureId, EndpointId};
use wire::seal::Label;

use crate::{
    queue::{PushError, Sealed},
    relay::Shared,
};

/// Names the capture in the answer to its sender.
const CAPTURE: HeaderName = HeaderName::from_static("tenterhook-capture");
/// From this size on sealing takes a few milliseconds, which other senders shall not wait for.
const SEAL_ASIDE_BYTES: usize = 256 * 1024;

/// Answers whatever is not the relay's own interface.
pub(crate) async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let Some(endpoint) = endpoint(&request).and_then(|id| shared.endpoints.by_id(&id)) else {
        return refuse(StatusCode::NOT_FOUND, "no such endpoint");
    };
    let received = match Received::read(request, shared.config.body_limit_bytes).await {
        Ok(received) => received,
        Err(refusal) => return refusal.into_response(),
    };
    let now_ms = (shared.clock)();
    let capture = Capture {
        id: CaptureId::new(now_ms, rand::random()),
        endpoint: endpoint.id,
        received_at_ms: now_ms,
        peer: Some(received.peer),
        head: received.head,
        body: received.body,
        flaws: received.flaws,
    };
    let (id, body_bytes) = (capture.id, capture.body.len());
    match keep(&shared, endpoint.device, capture).await {
        Ok(()) => {
            debug!(capture.id = %id, body_bytes, "queued {id}");
            let id = HeaderValue::from_str(&id.to_string()).expect("an id is hexadecimal");
            (StatusCode::OK, [(CAPTURE, id)]).into_response()
        }
        Err(refusal) => refusal,
    }
}

/// The endpoint that the request's path names: `/h/{endpoint}` and all below it.
fn endpoint(request: &Request) -> Option<EndpointId> {
    let rest = request.uri().path().strip_prefix("/h/")?;
    rest.split('/').next()?.parse().ok()
}

async fn keep(shared: &Shared, device: i64, capture: Capture) -> Result<(), Response> {
    let broken = |what: &dyn std::fmt::Display| {
        error!("a capture could not be kept: {what}");
        try_later(
            StatusCode::SERVICE_UNAVAILABLE,
            "the relay cannot keep this now",
        )
    };
    let sealer = match shared.sealers.of(device, (shared.clock)()) {
        Some(Ok(sealer)) => sealer,
        Some(Err(error)) => return Err(broken(&error)),
        None => return Err(refuse(StatusCode::NOT_FOUND, "no such endpoint")),
    };
    let is_large = capture.body.len() > SEAL_ASIDE_BYTES;
    let seal = move || {
        let label = Label {
            endpoint: &capture.endpoint,
            id: capture.id,
            received_at_ms: capture.received_at_ms,
        };
        let envelope = sealer.seal(&label, &wire::envelope::encode(&capture));
        Sealed {
            device,
            id: capture.id,
            endpoint: capture.endpoint,
            received_at_ms: capture.received_at_ms,
            envelope,
        }
    };
    let sealed = if is_large {
        tokio::task::spawn_blocking(seal)
            .await
            .map_err(|error| broken(&error))?
    } else {
        seal()
    };
    match shared.queue.push(&shared.database, sealed).await {
        Ok(()) => {
            shared.presence.arrived(device);
            Ok(())
        }
        Err(PushError::OverQuota) => {
            warn!(
                device,
                "refused a capture: too much waits for device {device}"
            );
            Err(try_later(
                StatusCode::SERVICE_UNAVAILABLE,
                "too much waits for this endpoint",
            ))
        }
        Err(PushError::Database(sqlite::Error::Full)) => {
            error!("refused a capture: the disk is full");
            Err(try_later(
                StatusCode::INSUFFICIENT_STORAGE,
                "the relay's disk is full",
            ))
        }
        Err(PushError::Database(error)) => Err(broken(&error)),
    }
}

fn refuse(status: StatusCode, why: &'static str) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        format!("{why}\n"),
    )
        .into_response()
}

/// A refusal that asks the sender to try again.
fn try_later(status: StatusCode, why: &'static str) -> Response {
    let mut response = refuse(status, why);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from_static("60"));
    response
}
