//! The relay's own health and figures, on an address of their own that is not for the internet.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header};
use metrics::{describe_counter, describe_gauge, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::time::timeout;

use crate::relay::Shared;

/// A database that does not answer within this is not ready.
const READY_WITHIN: Duration = Duration::from_secs(2);

struct Health {
    shared: Arc<Shared>,
    figures: PrometheusHandle,
}

/// Begins to count; the answer gives the figures out.
pub(crate) fn count() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // A second relay in one program counts with the first.
    let _ = metrics::set_global_recorder(recorder);
    describe_counter!(
        "tenterhook_captures_total",
        "captures taken, sealed and queued"
    );
    describe_counter!(
        "tenterhook_captures_refused_total",
        "requests refused for want of room"
    );
    describe_counter!("tenterhook_requests_limited_total", "requests over a rate");
    describe_gauge!(
        "tenterhook_waiting_captures",
        "captures that wait for their desktops"
    );
    describe_gauge!("tenterhook_waiting_bytes", "bytes of their envelopes");
    describe_counter!(
        "tenterhook_held_total",
        "requests whose sender waited for its desktop's answer, by outcome"
    );
    describe_gauge!(
        "tenterhook_held",
        "senders that wait for their desktop's answer"
    );
    describe_gauge!(
        "tenterhook_bodies_bytes",
        "bytes of bodies that are coming in"
    );
    describe_gauge!("tenterhook_sessions", "desktops that are connected");
    handle
}

/// `/healthz`, `/readyz`, `/metrics`, and a page for people.
pub(crate) fn router(shared: Arc<Shared>, figures: PrometheusHandle) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(figures_now))
        .with_state(Arc::new(Health { shared, figures }))
}

async fn ready(State(health): State<Arc<Health>>) -> (StatusCode, &'static str) {
    // Writing is what senders wait for.
    let write = health
        .shared
        .database
        .write(|db| db.execute("UPDATE revision SET number = number", ()));
    match timeout(READY_WITHIN, write).await {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        Ok(Err(_)) | Err(_) => (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database cannot be written\n",
        ),
    }
}

async fn figures_now(State(health): State<Arc<Health>>) -> Response {
    let waiting = health.shared.queue.waiting_in_all();
    #[expect(clippy::cast_precision_loss, reason = "a figure for a chart")]
    {
        gauge!("tenterhook_waiting_captures").set(waiting.captures as f64);
        gauge!("tenterhook_waiting_bytes").set(waiting.bytes as f64);
        gauge!("tenterhook_sessions").set(health.shared.presence.count() as f64);
        gauge!("tenterhook_bodies_bytes").set(health.shared.bodies.taken() as f64);
        gauge!("tenterhook_held").set(health.shared.held.count() as f64);
    }
    let text = [(
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    )];
    (text, health.figures.render()).into_response()
}

async fn page(State(health): State<Arc<Health>>) -> Response {
    let (shared, waiting) = (&health.shared, health.shared.queue.waiting_in_all());
    let lines = [
        format!("tenterhook-relay {}", env!("CARGO_PKG_VERSION")),
        format!("public URL  {}", shared.public_url),
        format!("sessions    {}", shared.presence.count()),
        format!(
            "waiting     {} captures, {} bytes",
            waiting.captures, waiting.bytes
        ),
        format!("refused     {} since the start", waiting.refused),
    ];
    (
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        lines.join("\n") + "\n",
    )
        .into_response()
}
