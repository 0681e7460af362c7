//! The way to one target: its connections, and one request at a time on each.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::http1::{self, SendRequest},
    ext::ReasonPhrase,
};
use hyper_util::rt::TokioIo;
use listener::Tasks;
use tokio::time::{Instant, timeout};
use webhook::head::Head;
use wire::pin::Pin;

use super::{
    swap::{Heads, SwapIo},
    target::{Target, TargetError},
};
use crate::{
    client::{self, Stream},
    trust,
};

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How long a program may take to begin its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// How long a connection is kept for the next request. Servers close theirs after 5 s or more; one
/// that is closed while a request is on its way would lose it.
const KEPT_FOR: Duration = Duration::from_secs(2);
/// Connections kept, at most.
const KEPT: usize = 64;

/// Why a delivery failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeliveryError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error("nothing answers at {at}: {reason}; is the application running?")]
    Connect { at: String, reason: String },
    #[error("no safe connection to {at}: {reason}")]
    Tls { at: String, reason: String },
    #[error("{at} did not answer within {} s", ANSWER_WITHIN.as_secs())]
    Late { at: String },
    #[error("{at} broke off: {reason}")]
    Broken { at: String, reason: String },
    #[error("this capture cannot be sent by HTTP/1.1: {0}")]
    Unsendable(String),
}

/// What a target answers, its body still to come.
pub(crate) struct Answered {
    /// As it came, from the status line to the empty line.
    pub(crate) head: Bytes,
    pub(crate) status: u16,
    pub(crate) body: Incoming,
    /// How long connecting took, in milliseconds; none on a connection that was up.
    pub(crate) connect_ms: Option<u64>,
    /// The connection, for the next request once the body is read.
    pub(crate) connection: Connection,
}

/// A connection to the target.
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    heads: Heads,
    since: Instant,
}

/// Whose certificate is accepted of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Trust {
    /// One that the system vouches for.
    #[default]
    System,
    /// One that these vouch for, in PEM.
    Authorities(String),
    /// One that has this key.
    Key(Pin),
}

/// The way to one target.
pub(crate) struct Lane {
    target: Target,
    trust: Trust,
    kept: Mutex<Vec<Connection>>,
    tasks: Arc<Tasks>,
}

impl Lane {
    pub(crate) fn new(target: Target, trust: Trust, tasks: Arc<Tasks>) -> Self {
        let kept = Mutex::default();
        Self {
            target,
            trust,
            kept,
            tasks,
        }
    }

    pub(crate) const fn target(&self) -> &Target {
        &self.target
    }

    /// Sends `head` and `body` as they are; the answer's body is still to be read.
    pub(crate) async fn send(&self, head: &Head, body: Bytes) -> Result<Answered, DeliveryError> {
        let at = || self.target.host().to_owned();
        let unsendable =
            |error: &dyn std::fmt::Display| DeliveryError::Unsendable(error.to_string());
        // hyper frames by the method; all else of its head is ours.
        let method = Method::from_bytes(head.method()).map_err(|error| unsendable(&error))?;
        let request = Request::builder().method(method).uri("/");
        let request = request
            .body(Full::new(body))
            .map_err(|error| unsendable(&error))?;
        let (mut connection, connect_ms) = match self.take() {
            Some(connection) => (connection, None),
            None => {
                let began = Instant::now();
                let connection = self.connect().await?;
                (connection, Some(millis(began)))
            }
        };
        connection.heads.arm(head.as_bytes().clone());
        let answered = timeout(ANSWER_WITHIN, connection.sender.send_request(request)).await;
        let response = answered
            .map_err(|_| DeliveryError::Late { at: at() })?
            .map_err(|error| DeliveryError::Broken {
                at: at(),
                reason: reason(&error),
            })?;
        let (parts, body) = response.into_parts();
        let head = connection.heads.answered();
        let phrase = parts.extensions.get::<ReasonPhrase>();
        Ok(Answered {
            head: head.unwrap_or_else(|| written(parts.status, phrase, &parts.headers)),
            status: parts.status.as_u16(),
            body,
            connect_ms,
            connection,
        })
    }

    /// Keeps `connection` for the next request; its last answer has been read.
    pub(crate) fn keep(&self, mut connection: Connection) {
        connection.since = Instant::now();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.since.elapsed() < KEPT_FOR && !one.sender.is_closed());
        if kept.len() < KEPT && !connection.sender.is_closed() {
            kept.push(connection);
        }
    }

    fn take(&self) -> Option<Connection> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some(one) = kept.pop() {
            if one.since.elapsed() < KEPT_FOR && one.sender.is_ready() {
                return Some(one);
            }
        }
        None
    }

    /// Whether a connection can be made at all.
    pub(crate) async fn reach(&self) -> Result<(), DeliveryError> {
        self.dial().await.map(drop)
    }

    async fn connect(&self) -> Result<Connection, DeliveryError> {
        let (io, heads) = SwapIo::new(self.dial().await?);
        let made = http1::Builder::new()
            .max_headers(256)
            .handshake(TokioIo::new(io))
            .await;
        let (sender, connection) = made.map_err(|error| DeliveryError::Broken {
            at: self.target.host().to_owned(),
            reason: reason(&error),
        })?;
        self.tasks.spawn("forward-connection", |stop| async move {
            // How it ends is heard by whoever waits for an answer on it.
            stop.run_until_cancelled(connection).await;
        });
        Ok(Connection {
            sender,
            heads,
            since: Instant::now(),
        })
    }

    async fn dial(&self) -> Result<Box<dyn Stream>, DeliveryError> {
        let at = || self.target.host().to_owned();
        let addresses = self.target.addresses().await?;
        // What was judged is what is connected to: the name is not looked up again.
        let stream = client::tcp(&addresses, CONNECT_WITHIN).await;
        let stream = stream.map_err(|reason| DeliveryError::Connect { at: at(), reason })?;
        if self.target.url().scheme() == "http" {
            return Ok(Box::new(stream));
        }
        let host = self.target.url().host_str().unwrap_or_default();
        let host = host.trim_matches(['[', ']']);
        let failed = |reason| DeliveryError::Tls { at: at(), reason };
        let config = match &self.trust {
            Trust::System => trust::config(None).map_err(|error| failed(error.to_string()))?,
            Trust::Key(pin) => {
                trust::config(Some(*pin)).map_err(|error| failed(error.to_string()))?
            }
            Trust::Authorities(pem) => trust::of_authorities(pem).map_err(failed)?,
        };
        let reason = trust::reason_of_target;
        let secured = client::tls_as(stream, host, config, reason, CONNECT_WITHIN).await;
        secured.map_err(failed)
    }
}

/// Whole milliseconds since `began`.
pub(crate) fn millis(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// What hyper says, with what lies below it.
pub(crate) fn reason(error: &hyper::Error) -> String {
    use std::error::Error;
    match error.source() {
        Some(below) => format!("{error}: {below}"),
        None => error.to_string(),
    }
}

/// A head in the plain form, where the bytes could not be kept.
fn written(status: StatusCode, phrase: Option<&ReasonPhrase>, headers: &HeaderMap) -> Bytes {
    let phrase = phrase.map_or_else(
        || status.canonical_reason().unwrap_or_default().as_bytes(),
        ReasonPhrase::as_bytes,
    );
    let mut head = [
        b"HTTP/1.1 ",
        status.as_str().as_bytes(),
        b" ",
        phrase,
        b"\r\n",
    ]
    .concat();
    for (name, value) in headers {
        head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"].concat());
    }
    head.extend(b"\r\n");
    head.into()
}
