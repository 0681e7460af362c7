//! One session on the line: hello, then captures in, acknowledgements out, until something ends it.
//! Start at [`run`].

use std::{collections::HashMap, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use http::{HeaderValue, header};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, Message, client::IntoClientRequest, protocol::WebSocketConfig},
};
use tracing::{debug, info, warn};
use webhook::capture::CaptureId;
use wire::{
    DEAD_AFTER_MS, HEARTBEAT_MS, MAX_FRAME_BYTES, SUBPROTOCOL, WINDOW_BYTES,
    credit::ReceiveWindow,
    envelope,
    frame::{Deliver, Frame, ResetCode},
    hello::{Goaway, GoawayReason, Hello, Welcome},
    seal::{Label, Opener},
};

use super::{Target, Tunnel, answers::Answers};
use crate::{
    arrival::Arrival,
    client::{self, CallError, ReachError, Stream},
    handshakes,
    intake::Closed,
    view::{LineState, Source},
};

/// A relay says welcome within this.
const WELCOME_LIMIT: Duration = Duration::from_secs(10);
/// The longest envelope taken; what a relay may be set to accept, and a head.
const ENVELOPE_BYTES: u64 = 130 << 20;
/// From this size on opening takes a few milliseconds, which others shall not wait for.
const OPEN_ASIDE_BYTES: usize = 256 * 1024;

type Socket = WebSocketStream<Box<dyn Stream>>;
type Told = oneshot::Receiver<Result<(), sqlite::Error>>;

/// Why a session ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum End {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("the relay was silent for too long")]
    Silent,
    #[error("the relay says: {}", .0.text)]
    Sent(Goaway),
    #[error("the relay broke the protocol: {0}")]
    Protocol(String),
    #[error("the history cannot take more: {0}")]
    Store(sqlite::Error),
    #[error("the engine stops")]
    Stopping,
}

impl From<ReachError> for End {
    fn from(error: ReachError) -> Self {
        Self::Call(error.into())
    }
}

impl From<tungstenite::Error> for End {
    fn from(error: tungstenite::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

impl From<Closed> for End {
    fn from(Closed: Closed) -> Self {
        Self::Stopping
    }
}

impl End {
    /// Whether trying again would only fail again, or take the line from another.
    pub(super) fn is_final(&self) -> bool {
        match self {
            Self::Call(CallError::Refused(error)) => {
                use wire::api::ErrorCode::{ProtocolUnsupported, TokenUnknown};
                matches!(error.code, TokenUnknown | ProtocolUnsupported)
            }
            Self::Sent(goaway) => matches!(
                goaway.reason,
                GoawayReason::Replaced | GoawayReason::Revoked | GoawayReason::Unsupported
            ),
            _ => false,
        }
    }

    /// When the relay asked to come back.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let Self::Sent(Goaway { retry_after_ms, .. }) = self else {
            return None;
        };
        retry_after_ms.map(|ms| Duration::from_millis(ms.clamp(100, 60_000)))
    }
}

/// Makes the line and uses it until it ends.
pub(super) async fn run(tunnel: &Tunnel, target: &Target) -> End {
    match open(target).await {
        Ok(socket) => talk(tunnel, target, socket).await.unwrap_or_else(|end| end),
        Err(end) => end,
    }
}

async fn open(target: &Target) -> Result<Socket, End> {
    let url = target.relay.tunnel_url();
    let broken = |error: &dyn std::fmt::Display| ReachError::NoRelay {
        at: client::at(&url),
        reason: error.to_string(),
    };
    let mut request = url
        .as_str()
        .into_client_request()
        .map_err(|error| broken(&error))?;
    let mut bearer = HeaderValue::from_str(&format!("Bearer {}", target.token.reveal()))
        .map_err(|error| broken(&error))?;
    bearer.set_sensitive(true);
    request.headers_mut().insert(header::AUTHORIZATION, bearer);
    request.headers_mut().insert(
        header::SEC_WEBSOCKET_PROTOCOL,
        HeaderValue::from_static(SUBPROTOCOL),
    );
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_FRAME_BYTES))
        .max_frame_size(Some(MAX_FRAME_BYTES))
        .max_write_buffer_size(1 << 20);
    let stream = client::connect(&url, target.pairing.pin).await?;
    let shaken = timeout(
        WELCOME_LIMIT,
        client_async_with_config(request, stream, Some(config)),
    );
    match shaken.await {
        Ok(Ok((socket, _))) => Ok(socket),
        Ok(Err(tungstenite::Error::Http(answer))) => {
            let body = answer.body().as_deref().unwrap_or_default();
            Err(client::refusal(answer.status(), body, |reason| broken(&reason)).into())
        }
        Ok(Err(error)) => Err(broken(&error).into()),
        Err(_) => Err(broken(&"no answer in time").into()),
    }
}

async fn talk(tunnel: &Tunnel, target: &Target, socket: Socket) -> Result<End, End> {
    let (mut sink, mut source) = socket.split();
    let client = concat!("tenterhook ", env!("CARGO_PKG_VERSION"));
    sink.send(message(&Frame::Hello(Hello::new(client))))
        .await?;
    let welcome = timeout(WELCOME_LIMIT, read_welcome(&mut source));
    let welcome = welcome
        .await
        .map_err(|_| End::Protocol("no welcome came".to_owned()))??;
    let now_ms = (tunnel.clock)();
    info!(
        waiting = welcome.waiting,
        "connected; {} captures wait", welcome.waiting
    );
    tunnel.state.set(LineState::Connected {
        since_ms: now_ms,
        heard_at_ms: now_ms,
    });
    let (say, to_say) = mpsc::channel(64);
    let (brought, to_acknowledge) = mpsc::channel(1024);
    let (answers, begun) = Answers::new(say.clone());
    let reader = Reader {
        tunnel,
        opener: &target.opener,
        connected_at_ms: welcome.server_time_ms,
        say: say.clone(),
        answers: &answers,
        brought,
        unfinished: HashMap::new(),
    };
    tokio::select! {
        end = reader.read(&mut source) => end,
        end = acknowledge(to_acknowledge, say) => end,
        end = write(&mut sink, to_say) => end,
        () = answers.run(begun) => Ok(End::Stopping),
    }
}

async fn read_welcome(source: &mut SplitStream<Socket>) -> Result<Welcome, End> {
    loop {
        match frame(source.next().await)? {
            Some(Frame::Welcome(welcome)) => return Ok(welcome),
            Some(Frame::Goaway(goaway)) => return Err(End::Sent(goaway)),
            None => {}
            Some(other) => {
                return Err(End::Protocol(format!(
                    "{} came before the welcome",
                    other.name()
                )));
            }
        }
    }
}

/// The frame in a message; none when the message is to be passed over.
fn frame(message: Option<Result<Message, tungstenite::Error>>) -> Result<Option<Frame>, End> {
    match message {
        Some(Ok(Message::Binary(bytes))) => {
            Frame::decode(bytes).map_err(|error| End::Protocol(error.to_string()))
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => Ok(None),
        Some(Ok(Message::Text(_))) => Err(End::Protocol("a frame is a binary message".to_owned())),
        Some(Err(error)) => Err(error.into()),
        Some(Ok(Message::Close(_))) | None => Err(End::Broken("the relay closed it".to_owned())),
    }
}

fn message(frame: &Frame) -> Message {
    Message::Binary(frame.encode())
}

/// Writes what is to be said, together what waits together.
async fn write(
    sink: &mut SplitSink<Socket, Message>,
    mut to_say: mpsc::Receiver<Frame>,
) -> Result<End, End> {
    let mut group = Vec::new();
    while to_say.recv_many(&mut group, 64).await > 0 {
        for frame in group.drain(..) {
            sink.feed(message(&frame)).await?;
        }
        sink.flush().await?;
    }
    Ok(End::Stopping)
}

/// Tells the relay what is durable here, many at once.
async fn acknowledge(
    mut brought: mpsc::Receiver<(CaptureId, Told)>,
    say: mpsc::Sender<Frame>,
) -> Result<End, End> {
    let mut group = Vec::new();
    while brought.recv_many(&mut group, 256).await > 0 {
        let mut ids = Vec::with_capacity(group.len());
        for (id, told) in group.drain(..) {
            match told.await {
                Ok(Ok(())) => ids.push(id),
                // Not acknowledged, so the relay keeps it and sends it again in the next session.
                Ok(Err(error)) => return Err(End::Store(error)),
                Err(_) => return Ok(End::Stopping),
            }
        }
        for frame in Frame::acks(&ids) {
            if say.send(frame).await.is_err() {
                return Ok(End::Stopping);
            }
        }
    }
    Ok(End::Stopping)
}

/// A capture of which some pieces are here.
struct Unfinished {
    deliver: Deliver,
    envelope: BytesMut,
    window: ReceiveWindow,
}

struct Reader<'a> {
    tunnel: &'a Tunnel,
    opener: &'a Opener,
    /// The relay's clock when this session began: what is older has waited there.
    connected_at_ms: i64,
    say: mpsc::Sender<Frame>,
    answers: &'a Answers,
    brought: mpsc::Sender<(CaptureId, Told)>,
    unfinished: HashMap<u32, Unfinished>,
}

impl Reader<'_> {
    /// Reads until the end. Any byte proves that the relay lives; silence is asked once.
    async fn read(mut self, source: &mut SplitStream<Socket>) -> Result<End, End> {
        let quiet = Duration::from_millis(HEARTBEAT_MS);
        let patience = Duration::from_millis(DEAD_AFTER_MS);
        loop {
            let message = match timeout(quiet, source.next()).await {
                Ok(message) => message,
                Err(_) => {
                    self.say(Frame::Ping(0)).await?;
                    timeout(patience, source.next())
                        .await
                        .map_err(|_| End::Silent)?
                }
            };
            let frame = frame(message)?;
            self.tunnel.state.heard((self.tunnel.clock)());
            match frame {
                Some(Frame::Deliver(deliver)) => self.deliver(deliver).await?,
                Some(Frame::Data { stream, fin, piece }) => self.data(stream, fin, &piece).await?,
                Some(Frame::Credit { stream, bytes }) => self
                    .answers
                    .credit(stream, bytes)
                    .map_err(|error| End::Protocol(error.to_string()))?,
                Some(Frame::Reset { stream, code, .. }) => {
                    self.answers.end(stream);
                    if code != ResetCode::Unanswered {
                        self.unfinished.remove(&stream);
                    }
                }
                Some(Frame::Ping(nonce)) => self.say(Frame::Pong(nonce)).await?,
                Some(Frame::Goaway(goaway)) => return Ok(End::Sent(goaway)),
                Some(Frame::Probe(number)) => self.tunnel.state.heard_probe(number),
                Some(Frame::Pong(_)) | None => {}
                Some(
                    other
                    @ (Frame::Hello(_) | Frame::Welcome(_) | Frame::Answer(_) | Frame::Ack(_)),
                ) => {
                    return Err(End::Protocol(format!(
                        "{} is not a relay's to say",
                        other.name()
                    )));
                }
            }
        }
    }

    async fn deliver(&mut self, mut deliver: Deliver) -> Result<(), End> {
        let envelope = std::mem::take(&mut deliver.piece);
        if deliver.fin {
            return self.bring(&deliver, envelope).await;
        }
        let stream = deliver.stream;
        if deliver.envelope_bytes > ENVELOPE_BYTES {
            let text = format!(
                "{} bytes are more than this desktop takes",
                deliver.envelope_bytes
            );
            return self
                .say(Frame::Reset {
                    stream,
                    code: ResetCode::TooLarge,
                    text,
                })
                .await;
        }
        let mut unfinished = Unfinished {
            deliver,
            envelope: BytesMut::new(),
            window: ReceiveWindow::new(WINDOW_BYTES),
        };
        let credit = unfinished.take(&envelope)?;
        self.unfinished.insert(stream, unfinished);
        self.grant(stream, credit).await
    }

    async fn data(&mut self, stream: u32, fin: bool, piece: &[u8]) -> Result<(), End> {
        // A stream that was reset may still have pieces on their way.
        let Some(unfinished) = self.unfinished.get_mut(&stream) else {
            return Ok(());
        };
        let credit = unfinished.take(piece)?;
        if !fin {
            return self.grant(stream, credit).await;
        }
        let Some(whole) = self.unfinished.remove(&stream) else {
            return Ok(());
        };
        self.bring(&whole.deliver, whole.envelope.freeze()).await
    }

    async fn grant(&self, stream: u32, credit: Option<u32>) -> Result<(), End> {
        match credit {
            Some(bytes) => self.say(Frame::Credit { stream, bytes }).await,
            None => Ok(()),
        }
    }

    /// Opens a whole envelope and hands the capture in. While the road is full this waits, and the
    /// socket is not read.
    async fn bring(&self, deliver: &Deliver, envelope: Bytes) -> Result<(), End> {
        let opened = if envelope.len() > OPEN_ASIDE_BYTES {
            tokio::task::block_in_place(|| open_envelope(self.opener, deliver, &envelope))
        } else {
            open_envelope(self.opener, deliver, &envelope)
        };
        let capture = match opened {
            Ok(capture) => capture,
            Err(text) => {
                warn!(capture.id = %deliver.id, "capture {} cannot be opened: {text}", deliver.id);
                self.tunnel.state.count_unreadable();
                let (stream, code) = (deliver.stream, ResetCode::Unreadable);
                return self.say(Frame::Reset { stream, code, text }).await;
            }
        };
        let (id, body_bytes) = (capture.id, capture.body.len());
        let is_held = deliver.received_at_ms < self.connected_at_ms;
        let waits = deliver.answer_within_ms.is_some();
        let mut answer = waits.then(|| self.answers.expect(deliver.stream));
        // The relay has the capture until it is durable here, so its sender need not wait for that.
        if waits
            && let Some(challenge) = handshakes::answer(&capture, &self.tunnel.vault.ring())
            && let Some(to) = answer.take()
        {
            // A sender that hung up needs no answer.
            let _ = to.send(handshakes::on_the_line(&challenge));
        }
        let arrival = Arrival::new(capture, Source::Relay, is_held);
        let told = self.tunnel.intake.hand_in(arrival, answer).await?;
        debug!(capture.id = %id, body_bytes, "capture {id} came by the relay");
        self.brought
            .send((id, told))
            .await
            .map_err(|_| End::Stopping)
    }

    async fn say(&self, frame: Frame) -> Result<(), End> {
        self.say.send(frame).await.map_err(|_| End::Stopping)
    }
}

fn open_envelope(
    opener: &Opener,
    deliver: &Deliver,
    sealed: &[u8],
) -> Result<webhook::capture::Capture, String> {
    let label = Label {
        endpoint: &deliver.endpoint,
        id: deliver.id,
        received_at_ms: deliver.received_at_ms,
    };
    let plain = opener
        .open(&label, sealed)
        .map_err(|error| error.to_string())?;
    envelope::decode(&label, plain.into()).map_err(|error| error.to_string())
}

impl Unfinished {
    /// Takes a piece in; the answer is how much more the relay may send.
    fn take(&mut self, piece: &[u8]) -> Result<Option<u32>, End> {
        let wrong = |text: String| End::Protocol(text);
        self.window
            .received(piece.len())
            .map_err(|error| wrong(error.to_string()))?;
        self.envelope.extend_from_slice(piece);
        if self.envelope.len() as u64 > self.deliver.envelope_bytes {
            return Err(wrong(
                "an envelope is longer than it was said to be".to_owned(),
            ));
        }
        Ok(self.window.taken(piece.len()))
    }
}
