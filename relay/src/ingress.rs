//! The public door: a request to `/h/{endpoint}` becomes a capture, is sealed and queued, and only
//! then answered.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use listener::Received;
use tracing::{debug, error, warn};
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    verify::{self, handshake},
};
use wire::{
    api::{PROBE_HEADER, USUAL_DEADLINE_MS},
    seal::Label,
};

use crate::{
    endpoints::Endpoint,
    gate::{Refused, shown_token},
    held::{Outcome, Place},
    queue::{PushError, Sealed},
    relay::Shared,
};

/// Names the capture in the answer to its sender.
const CAPTURE: HeaderName = HeaderName::from_static("tenterhook-capture");
/// Says in the answer of an endpoint that its desktop answers for whether it did.
const OUTCOME: HeaderName = HeaderName::from_static("tenterhook-outcome");
/// From this size on sealing takes a few milliseconds, which other senders shall not wait for.
const SEAL_ASIDE_BYTES: usize = 256 * 1024;

/// Answers whatever is not the relay's own interface.
pub(crate) async fn receive(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (endpoint, peer) = match admit(&shared, &request) {
        Ok(admitted) => admitted,
        Err(answer) => return *answer,
    };
    let settings = &endpoint.settings;
    let limit_bytes = settings.body_limit_bytes.unwrap_or(u64::MAX);
    let limit_bytes = limit_bytes.min(shared.config.body_limit_bytes);
    let read = Received::read_within(request, limit_bytes, &shared.bodies).await;
    let (received, room) = match read {
        Ok(read) => read,
        Err(refusal) => return refusal.into_response(),
    };
    let now_ms = (shared.clock)();
    let capture = Capture {
        id: CaptureId::new(now_ms, rand::random()),
        endpoint: endpoint.id.clone(),
        received_at_ms: now_ms,
        peer: peer.or(Some(received.peer)),
        head: received.head,
        body: received.body,
        flaws: received.flaws,
    };
    let (id, body_bytes) = (capture.id, capture.body.len());
    let target = String::from_utf8_lossy(capture.head.target());
    let url = format!("https://relay{target}");
    let asked = verify::request::Request::of(&capture, &url);
    let challenge = handshake::open_answer(&asked);
    // What proves a secret only the desktop can say: it is asked, as long as it is up.
    let asks = challenge.is_none() && handshake::wants_secret(&asked);
    let deadline_ms = settings
        .deadline_ms
        .or_else(|| asks.then_some(USUAL_DEADLINE_MS))
        .filter(|_| challenge.is_none());
    // Before it is queued, so that the session knows of it when it delivers.
    let place = deadline_ms
        .filter(|_| shared.presence.is_up(endpoint.device))
        .map(|ms| shared.held.enter(id, Duration::from_millis(ms)));
    if let Err(refusal) = keep(&shared, endpoint.device, capture).await {
        metrics::counter!("tenterhook_captures_refused_total").increment(1);
        return refusal;
    }
    drop(room);
    metrics::counter!("tenterhook_captures_total").increment(1);
    debug!(capture.id = %id, body_bytes, "queued {id}");
    let mut response = if let Some(challenge) = challenge {
        challenged(challenge)
    } else if deadline_ms.is_some() {
        held_answer(&endpoint, place).await
    } else {
        if settings.answer.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(settings.answer.delay_ms)).await;
        }
        endpoint.gate.answer(settings)
    };
    let id = HeaderValue::from_str(&id.to_string()).expect("an id is hexadecimal");
    response.headers_mut().insert(CAPTURE, id);
    if settings.allows_cors {
        with_cors(response)
    } else {
        response
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

/// The answer of the desktop, if it comes in time, and else the endpoint's own.
async fn held_answer(endpoint: &Endpoint, place: Option<Place<'_>>) -> Response {
    let outcome = match place {
        Some(place) => place.outcome().await,
        None => Outcome::Unanswered,
    };
    let (mut response, word) = match outcome {
        Outcome::Answered(response) => (response, "live"),
        Outcome::Unanswered => (endpoint.gate.answer(&endpoint.settings), "stored"),
        Outcome::Late => (endpoint.gate.answer(&endpoint.settings), "timeout"),
    };
    metrics::counter!("tenterhook_held_total", "outcome" => word).increment(1);
    response
        .headers_mut()
        .insert(OUTCOME, HeaderValue::from_static(word));
    response
}

/// The endpoint that is meant and who sends, or the answer to a request that is not to be taken.
fn admit(
    shared: &Shared,
    request: &Request,
) -> Result<(Arc<Endpoint>, Option<SocketAddr>), Box<Response>> {
    let token = || shown_token(request.headers(), request.uri());
    let endpoint = match endpoint(request) {
        Some(id) => shared.endpoints.by_id(&id),
        // The token alone says which endpoint is meant.
        None if request.uri().path() == "/data" => {
            token().and_then(|token| shared.endpoints.by_token(&token))
        }
        None => None,
    };
    let endpoint =
        endpoint.ok_or_else(|| Box::new(refuse(StatusCode::NOT_FOUND, "no such endpoint")))?;
    if let Some(number) = probe(request)
        && shared.presence.probe(endpoint.device, number)
    {
        return Err(Box::new(StatusCode::NO_CONTENT.into_response()));
    }
    let peer = peer(shared, request);
    if !shared.rates.allow(peer.map(|peer| peer.ip()), &endpoint.id) {
        metrics::counter!("tenterhook_requests_limited_total").increment(1);
        let mut answer = refuse(StatusCode::TOO_MANY_REQUESTS, "too many requests");
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        return Err(Box::new(answer));
    }
    if endpoint.settings.allows_cors && is_preflight(request) {
        return Err(Box::new(with_cors(StatusCode::NO_CONTENT.into_response())));
    }
    let is_own = || {
        let shown = token().and_then(|token| shared.endpoints.by_token(&token));
        shown.is_some_and(|shown| shown.id == endpoint.id)
    };
    let ip = peer.map(|peer| peer.ip());
    let checked = endpoint
        .gate
        .check(&endpoint.settings, ip, request.method(), is_own);
    checked.map_err(|refused| Box::new(turned_away(&refused)))?;
    Ok((endpoint, peer))
}

fn turned_away(refused: &Refused) -> Response {
    match refused {
        Refused::Paused => try_later(StatusCode::SERVICE_UNAVAILABLE, "this endpoint is paused"),
        Refused::Address => refuse(StatusCode::FORBIDDEN, "this address may not send here"),
        Refused::Method(allowed) => {
            let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "this method is not taken");
            if let Ok(allowed) = HeaderValue::from_str(allowed) {
                response.headers_mut().insert(header::ALLOW, allowed);
            }
            response
        }
        Refused::Token => {
            let mut response = refuse(StatusCode::UNAUTHORIZED, "this endpoint asks for its token");
            let bearer = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, bearer);
            response
        }
    }
}

/// The number of a probe, if the request is one.
fn probe(request: &Request) -> Option<u64> {
    let digits = request.headers().get(PROBE_HEADER)?.to_str().ok()?;
    let is_whole = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| is_whole)
}

fn is_preflight(request: &Request) -> bool {
    request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// Lets a page of any origin send and read the answer.
fn with_cors(mut response: Response) -> Response {
    let any = HeaderValue::from_static("*");
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, any);
    // The star does not stand for `Authorization`: it has to be named.
    let allowed = HeaderValue::from_static("*, Authorization");
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("*"),
    );
    response
}

/// Whose request it is: the other end of the connection, or, where that is a proxy that the owner
/// trusts, the nearest one in `X-Forwarded-For` that is not.
fn peer(shared: &Shared, request: &Request) -> Option<SocketAddr> {
    let ConnectInfo(peer) = *request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let is_trusted = |ip: IpAddr| {
        shared
            .config
            .trusted_proxies
            .iter()
            .any(|net| net.contains(&ip.to_canonical()))
    };
    if !is_trusted(peer.ip()) {
        return Some(peer);
    }
    let forwarded = request.headers().get_all("x-forwarded-for").iter();
    let named: Vec<_> = forwarded.filter_map(|value| value.to_str().ok()).collect();
    let named = named
        .iter()
        .flat_map(|value| value.split(','))
        .map(|one| one.trim().parse());
    let named: Vec<Option<IpAddr>> = named.map(Result::ok).collect();
    // From the right: each proxy appends whom it heard; what strangers wrote stands left of that.
    let sender = named
        .iter()
        .rev()
        .find(|ip| ip.is_none_or(|ip| !is_trusted(ip)));
    Some(
        sender
            .copied()
            .flatten()
            .map_or(peer, |ip| SocketAddr::new(ip, 0)),
    )
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
        Err(PushError::RelayFull) => {
            warn!("refused a capture: too much waits on this relay");
            Err(try_later(
                StatusCode::INSUFFICIENT_STORAGE,
                "too much waits on this relay",
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
