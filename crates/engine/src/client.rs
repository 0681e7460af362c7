//! Speaking to a relay: connecting to it, and the calls of its small interface.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::Url;
use wire::{api::ApiError, pin::Pin};

use crate::{secrets::Secret, trust};

/// Each of the steps below may take this long.
const STEP: Duration = Duration::from_secs(10);
/// What is said of a step that took longer.
const LATE: &str = "no answer in time";
/// The largest answer read.
const ANSWER_BYTES: usize = 1 << 20;

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Why a relay could not be reached, by how far the way led.
#[derive(Debug, thiserror::Error)]
pub enum ReachError {
    /// Its name has no address.
    #[error("cannot find `{host}`: {reason}; is the address right, and this computer online?")]
    Name {
        /// The name.
        host: String,
        /// What the system says.
        reason: String,
    },
    /// Nobody answers there.
    #[error("cannot connect to {at}: {reason}; is the relay running?")]
    Connect {
        /// Name and port.
        at: String,
        /// What the system says.
        reason: String,
    },
    /// Its certificate is refused, or it speaks no TLS.
    #[error("no safe connection to {at}: {reason}")]
    Tls {
        /// Name and port.
        at: String,
        /// What is wrong.
        reason: String,
    },
    /// It is connected and does not answer as a relay.
    #[error("{at} does not answer as a relay: {reason}; is the address right?")]
    NoRelay {
        /// Name and port.
        at: String,
        /// What is wrong.
        reason: String,
    },
}

/// Why a call did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The relay was not reached.
    #[error(transparent)]
    Reach(#[from] ReachError),
    /// The relay refused.
    #[error("the relay refused: {0}")]
    Refused(ApiError),
}

/// Opens a connection to where `url` points, with TLS for `https` and `wss`; there with `pin` the
/// other side has to have that key.
pub(crate) async fn connect(url: &Url, pin: Option<Pin>) -> Result<Box<dyn Stream>, ReachError> {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let port = url.port_or_known_default().unwrap_or(80);
    let at = at(url);
    let unknown = |reason| ReachError::Name {
        host: host.to_owned(),
        reason,
    };
    let addresses = timeout(STEP, tokio::net::lookup_host((host, port))).await;
    let addresses: Vec<_> = addresses
        .map_err(|_| unknown(LATE.to_owned()))?
        .map_err(|error| unknown(error.to_string()))?
        .collect();
    let stream = match tcp(&addresses, STEP).await {
        Ok(stream) => stream,
        Err(reason) => return Err(ReachError::Connect { at, reason }),
    };
    if !matches!(url.scheme(), "https" | "wss") {
        return Ok(Box::new(stream));
    }
    let secured = tls(stream, host, pin, STEP).await;
    secured.map_err(|reason| ReachError::Tls { at, reason })
}

/// Connects to the first of `addresses` that answers, within the time; the error is what a person
/// is told.
pub(crate) async fn tcp(addresses: &[SocketAddr], within: Duration) -> Result<TcpStream, String> {
    let stream = timeout(within, TcpStream::connect(addresses)).await;
    let stream = stream
        .map_err(|_| LATE.to_owned())?
        .map_err(|error| error.to_string())?;
    // Without it each small request waits for the acknowledgement of the one before: 40 ms.
    stream
        .set_nodelay(true)
        .map_err(|error| error.to_string())?;
    Ok(stream)
}

/// Makes `stream` safe: the other side has to be `host`, or to have the key of `pin`. The error is
/// what a person is told.
pub(crate) async fn tls(
    stream: TcpStream,
    host: &str,
    pin: Option<Pin>,
    within: Duration,
) -> Result<Box<dyn Stream>, String> {
    let config = trust::config(pin).map_err(|error| error.to_string())?;
    tls_as(stream, host, config, trust::reason, within).await
}

/// As [`tls`], the other side judged as `config` says, a failure told as `reason` does.
pub(crate) async fn tls_as(
    stream: TcpStream,
    host: &str,
    config: Arc<ClientConfig>,
    reason: fn(&io::Error) -> String,
    within: Duration,
) -> Result<Box<dyn Stream>, String> {
    let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
    let stream = timeout(within, TlsConnector::from(config).connect(name, stream)).await;
    let stream = stream
        .map_err(|_| LATE.to_owned())?
        .map_err(|error| reason(&error))?;
    Ok(Box::new(stream))
}

/// Name and port of `url`, as a person writes them.
pub(crate) fn at(url: &Url) -> String {
    url.authority().to_owned()
}

/// Asks `url` with `body` as JSON and reads the answer.
pub(crate) async fn call<T: DeserializeOwned>(
    method: Method,
    url: &Url,
    pin: Option<Pin>,
    token: Option<&Secret>,
    body: Option<&(impl Serialize + Sync)>,
) -> Result<T, CallError> {
    let wrong = |reason: String| ReachError::NoRelay {
        at: at(url),
        reason,
    };
    let json = body.map_or_else(|| Ok(Vec::new()), serde_json::to_vec);
    let mut request = Request::builder()
        .method(method)
        .uri(&url[url::Position::BeforePath..])
        .header(header::HOST, at(url))
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", token.reveal()));
    }
    let json = json.map_err(|error| wrong(error.to_string()))?;
    let request = request
        .body(Full::new(Bytes::from(json)))
        .map_err(|error| wrong(error.to_string()))?;
    let stream = connect(url, pin).await?;
    let (status, bytes) = timeout(STEP, exchange(stream, request))
        .await
        .map_err(|_| wrong(LATE.to_owned()))?
        .map_err(|error| wrong(error.to_string()))?;
    if status.is_success() {
        // 204 has no body; what is asked for then is nothing.
        let bytes = if bytes.is_empty() {
            Bytes::from_static(b"null")
        } else {
            bytes
        };
        Ok(serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?)
    } else {
        Err(refusal(status, &bytes, wrong))
    }
}

/// What a relay says when it does not do as asked.
pub(crate) fn refusal(
    status: http::StatusCode,
    body: &[u8],
    wrong: impl FnOnce(String) -> ReachError,
) -> CallError {
    match serde_json::from_slice::<ApiError>(body) {
        Ok(error) => CallError::Refused(error),
        // A proxy between, or something else altogether.
        Err(_) => wrong(format!("it answers {status}")).into(),
    }
}

async fn exchange(
    stream: Box<dyn Stream>,
    request: Request<Full<Bytes>>,
) -> Result<(http::StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let mut connection = pin!(connection);
    let mut answer = pin!(async {
        let response = sender.send_request(request).await?;
        let status = response.status();
        let body = Limited::new(response.into_body(), ANSWER_BYTES)
            .collect()
            .await?;
        Ok((status, body.to_bytes()))
    });
    tokio::select! {
        answer = &mut answer => answer,
        // The connection may end before the answer has been taken out of it.
        _ = &mut connection => answer.await,
    }
}

/// Posts nothing to `url`, with one header of ours.
pub(crate) async fn post_empty(
    url: &Url,
    pin: Option<Pin>,
    name: &'static str,
    value: &str,
) -> Result<http::StatusCode, ReachError> {
    let wrong = |reason: String| ReachError::NoRelay {
        at: at(url),
        reason,
    };
    let request = Request::post(&url[url::Position::BeforePath..])
        .header(header::HOST, at(url))
        .header(
            header::USER_AGENT,
            concat!("Tenterhook/", env!("CARGO_PKG_VERSION")),
        )
        .header(name, value)
        .body(Full::new(Bytes::new()))
        .map_err(|error| wrong(error.to_string()))?;
    let stream = connect(url, pin).await?;
    let answered = timeout(STEP, exchange(stream, request)).await;
    let answered = answered.map_err(|_| wrong(LATE.to_owned()))?;
    Ok(answered.map_err(|error| wrong(error.to_string()))?.0)
}

/// Sends `request` to its own URL; the answer is the status that came back.
pub(crate) async fn send(
    request: &webhook::verify::request::Request<'_>,
    pin: Option<Pin>,
) -> Result<u16, ReachError> {
    let broken = |reason: String| ReachError::NoRelay {
        at: request.url.to_string(),
        reason,
    };
    let url: Url = request
        .url
        .parse()
        .map_err(|error: url::ParseError| broken(error.to_string()))?;
    let wrong = |reason: String| ReachError::NoRelay {
        at: at(&url),
        reason,
    };
    let mut sent = Request::builder()
        .method(&*request.method)
        .uri(&url[url::Position::BeforePath..])
        .header(header::HOST, at(&url));
    for (name, value) in &request.headers {
        sent = sent.header(&**name, &**value);
    }
    let sent = sent
        .body(Full::new(Bytes::copy_from_slice(&request.body)))
        .map_err(|error| wrong(error.to_string()))?;
    let stream = connect(&url, pin).await?;
    let answered = timeout(STEP, exchange(stream, sent)).await;
    let answered = answered.map_err(|_| wrong(LATE.to_owned()))?;
    let (status, _) = answered.map_err(|error| wrong(error.to_string()))?;
    Ok(status.as_u16())
}

/// Posts a sample to the receiver at `address`.
pub(crate) async fn send_sample(address: SocketAddr) -> Result<(), ReachError> {
    const SAMPLE: &str = r#"{"event":"test","message":"Hello from Tenterhook","items":[1,2,3]}"#;
    let wrong = |reason: String| ReachError::NoRelay {
        at: address.to_string(),
        reason,
    };
    let request = Request::post("/test")
        .header(header::HOST, address.to_string())
        .header(header::CONTENT_TYPE, "application/json")
        .header(
            header::USER_AGENT,
            concat!("Tenterhook/", env!("CARGO_PKG_VERSION")),
        )
        .body(Full::new(Bytes::from_static(SAMPLE.as_bytes())))
        .map_err(|error| wrong(error.to_string()))?;
    let stream = TcpStream::connect(address)
        .await
        .map_err(|error| wrong(error.to_string()))?;
    let (status, _) = timeout(STEP, exchange(Box::new(stream), request))
        .await
        .map_err(|_| wrong(LATE.to_owned()))?
        .map_err(|error| wrong(error.to_string()))?;
    if status.is_success() {
        Ok(())
    } else {
        Err(wrong(format!("it answers {status}")))
    }
}
