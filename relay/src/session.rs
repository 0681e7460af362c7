//! One desktop's line: it follows the device's queue and forgets what the desktop says it has.
//! Start at [`run`]; what waits to be written is ordered in `outbox`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::extract::ws::{Message, WebSocket};
use futures_util::{StreamExt, stream::SplitStream};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    time::{Instant, timeout, timeout_at},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};
use webhook::capture::CaptureId;
use wire::{
    DEAD_AFTER_MS, HEARTBEAT_MS, HELLO_WITHIN_MS, PIECE_BYTES, PROTOCOL,
    frame::{Deliver, Frame, ResetCode},
    hello::{Goaway, GoawayReason, Hello, Limits, Welcome},
    seal::OVERHEAD_BYTES,
};

use crate::{
    answers::Answers,
    devices::Device,
    outbox::{self, LAST_WORDS, Outbox},
    presence::Present,
    queue::Waiting,
    relay::Shared,
    stream::{Rest, Stream},
};

/// When the desktops of a relay that restarts come back.
const RESTART_MS: u64 = 1_000;
/// Captures sent and not yet acknowledged, at most.
const IN_FLIGHT: usize = 1024;
/// Captures sent in pieces at once, at most; each has one piece in memory.
const STREAMS: u32 = 4;
/// Characters of what a desktop says of itself that the log takes.
const MOST_SAID: usize = 200;
/// Captures read from the queue at once.
const BATCH: usize = 64;
/// What an envelope holds besides the body, at most: the head, and little more.
const ENVELOPE_EXTRA_BYTES: u64 = 128 * 1024 + OVERHEAD_BYTES as u64;

/// Why a session ended, for the log and for the desktop.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the desktop has gone")]
    Gone,
    #[error("the desktop was silent for too long")]
    Silent,
    #[error("a newer session of the same device is up")]
    Replaced,
    #[error("the relay's owner has removed this device: pair it again")]
    Revoked,
    #[error("the relay stops")]
    Stopping,
    #[error("the desktop broke the protocol: {0}")]
    Protocol(String),
    #[error(
        "this relay speaks protocol {PROTOCOL}, the desktop {min} to {max}: update the older one"
    )]
    Unsupported { min: u16, max: u16 },
    #[error(transparent)]
    Database(#[from] sqlite::Error),
}

/// What the tasks of one session share.
struct Session {
    shared: Arc<Shared>,
    device: Device,
    present: Present,
    outbox: Outbox,
    /// Sent and not acknowledged.
    in_flight: Mutex<HashMap<CaptureId, InFlight>>,
    /// The captures that go in pieces.
    streams: Mutex<HashMap<u32, Arc<Stream>>>,
    /// What the desktop answers to senders that wait.
    answers: Answers,
    /// Ends the tasks that send them.
    over: CancellationToken,
}

struct InFlight {
    stream: u32,
    /// Makes room for another when this entry goes.
    _turn: OwnedSemaphorePermit,
}

/// Runs the session of `device` on `socket` until either side ends it.
pub(crate) async fn run(
    shared: Arc<Shared>,
    device: Device,
    socket: WebSocket,
    stop: CancellationToken,
) {
    let (sink, mut source) = socket.split();
    let over = stop.child_token();
    let (outbox, writing) = outbox::new(sink, over.clone());
    // It ends soon after the session, whether the other side reads or not.
    shared.tasks.spawn("session-writer", |_| writing);
    let present = shared.presence.enter(device.number);
    let session = Session {
        answers: Answers::new(Arc::clone(&shared), outbox.clone()),
        shared: Arc::clone(&shared),
        device,
        present,
        outbox,
        in_flight: Mutex::default(),
        streams: Mutex::default(),
        over,
    };
    let end = tokio::select! {
        end = session.talk(&mut source) => end,
        () = session.present.replaced() => End::Replaced,
        () = session.present.revoked() => End::Revoked,
        () = stop.cancelled() => End::Stopping,
    };
    session.over.cancel();
    session.leave(&end).await;
    drop(session);
    // A line that is closed with something unread is reset, and the last words may be lost with it.
    let hearing = async { while let Some(Ok(_)) = source.next().await {} };
    let _ = timeout(LAST_WORDS, hearing).await;
}

impl Session {
    async fn talk(&self, source: &mut SplitStream<WebSocket>) -> End {
        let hello = match timeout(Duration::from_millis(HELLO_WITHIN_MS), read_hello(source)).await
        {
            Ok(Ok(hello)) => hello,
            Ok(Err(end)) => return end,
            Err(_) => return End::Protocol("no hello came".to_owned()),
        };
        let Some(protocol) = hello.agreed() else {
            return End::Unsupported {
                min: hello.protocol_min,
                max: hello.protocol_max,
            };
        };
        let waiting = self.shared.queue.waiting(self.device.number).captures;
        info!(
            device = self.device.id, waiting, client = ?short(&hello.client),
            "device `{}` connected; {waiting} wait for it", self.device.id
        );
        self.outbox
            .control(&Frame::Welcome(self.welcome(protocol, waiting)))
            .await;
        let (acknowledged, to_remove) = mpsc::channel(256);
        let end = tokio::select! {
            end = self.follow() => end,
            end = self.listen(source, acknowledged) => end,
            end = self.remove(to_remove) => end,
            () = self.tell_probes() => Ok(End::Gone),
        };
        end.unwrap_or_else(|end| end)
    }

    fn welcome(&self, protocol: u16, waiting: u64) -> Welcome {
        Welcome {
            protocol,
            session: crate::names::device(),
            server: concat!("tenterhook-relay ", env!("CARGO_PKG_VERSION")).to_owned(),
            heartbeat_ms: HEARTBEAT_MS,
            server_time_ms: (self.shared.clock)(),
            waiting,
            limits: Limits {
                envelope_bytes: self.shared.config.body_limit_bytes + ENVELOPE_EXTRA_BYTES,
                streams: STREAMS,
            },
            capabilities: Vec::new(),
        }
    }

    /// Sends what waits, in order, and then what comes.
    async fn follow(&self) -> Result<End, End> {
        let (turns, lanes) = (
            Arc::new(Semaphore::new(IN_FLIGHT)),
            Semaphore::new(STREAMS as usize),
        );
        let lanes = Arc::new(lanes);
        let (mut number, mut stream) = (0, 1);
        loop {
            let (queue, database) = (&self.shared.queue, &self.shared.database);
            let device = self.device.number;
            let batch = queue.after(database, device, number, BATCH).await?;
            if batch.is_empty() {
                self.present.arrival().await;
                continue;
            }
            for waiting in batch {
                let Ok(turn) = Arc::clone(&turns).acquire_owned().await else {
                    return Ok(End::Gone);
                };
                number = waiting.number;
                self.in_flight().insert(
                    waiting.id,
                    InFlight {
                        stream,
                        _turn: turn,
                    },
                );
                self.send(waiting, stream, &lanes).await?;
                // A number is never used again; who comes back begins with 1.
                let Some(next) = stream.checked_add(2) else {
                    return Ok(End::Stopping);
                };
                stream = next;
            }
        }
    }

    async fn send(&self, waiting: Waiting, stream: u32, lanes: &Arc<Semaphore>) -> Result<(), End> {
        let whole = waiting.envelope.is_some();
        let piece = match &waiting.envelope {
            Some(envelope) => envelope.clone(),
            None => {
                let (queue, database) = (&self.shared.queue, &self.shared.database);
                queue
                    .piece(database, waiting.number, 0, PIECE_BYTES)
                    .await?
            }
        };
        let sent = piece.len();
        let answer_within_ms = self.shared.held.left_ms(waiting.id);
        if let Some(ms) = answer_within_ms {
            self.answers.expect(stream, waiting.id, ms);
        }
        let deliver = Frame::Deliver(Deliver {
            stream,
            fin: whole,
            id: waiting.id,
            endpoint: waiting.endpoint,
            received_at_ms: waiting.received_at_ms,
            attempt: waiting.attempts + 1,
            envelope_bytes: waiting.envelope_bytes,
            answer_within_ms,
            piece,
        });
        if whole {
            self.outbox.capture(&deliver).await;
            return Ok(());
        }
        let Ok(lane) = Arc::clone(lanes).acquire_owned().await else {
            return Err(End::Gone);
        };
        let own = Arc::new(Stream::new(self.over.child_token(), sent));
        self.streams().insert(stream, Arc::clone(&own));
        self.outbox.capture(&deliver).await;
        let rest = Rest {
            shared: Arc::clone(&self.shared),
            outbox: self.outbox.clone(),
            number: waiting.number,
            sent: sent as u64,
            envelope_bytes: waiting.envelope_bytes,
            stream,
        };
        self.shared
            .tasks
            .spawn("session-stream", move |_| async move {
                let _lane = lane;
                own.run(rest).await;
            });
        Ok(())
    }

    /// Reads what the desktop says. Any byte proves that it lives; silence is asked once.
    async fn listen(
        &self,
        source: &mut SplitStream<WebSocket>,
        acknowledged: mpsc::Sender<Vec<CaptureId>>,
    ) -> Result<End, End> {
        let quiet = Duration::from_millis(HEARTBEAT_MS);
        let patience = Duration::from_millis(DEAD_AFTER_MS);
        loop {
            let message = match timeout(quiet, source.next()).await {
                Ok(message) => message,
                Err(_) => {
                    self.outbox.control(&Frame::Ping(0)).await;
                    let late = timeout_at(Instant::now() + patience, source.next()).await;
                    late.map_err(|_| End::Silent)?
                }
            };
            match frame(message)? {
                Some(Frame::Ack(ids)) => {
                    let ids = self.sent_of(ids);
                    if !ids.is_empty() && acknowledged.send(ids).await.is_err() {
                        return Ok(End::Gone);
                    }
                }
                Some(Frame::Credit { stream, bytes }) => {
                    if let Some(own) = self.streams().get(&stream) {
                        own.add(bytes)
                            .map_err(|error| End::Protocol(error.to_string()))?;
                    }
                }
                Some(Frame::Answer(answer)) => self.answers.begin(answer).await,
                Some(Frame::Data { stream, fin, piece }) => {
                    self.answers.go_on(stream, fin, piece).await;
                }
                Some(Frame::Reset {
                    stream,
                    code: ResetCode::Unanswered,
                    ..
                }) => self.answers.give_up(stream),
                Some(Frame::Reset { stream, code, text }) => {
                    self.answers.give_up(stream);
                    if let Some(own) = self.streams().remove(&stream) {
                        own.reset();
                    }
                    // It stays in the queue, for a session that can take it.
                    let refused = self
                        .in_flight()
                        .extract_if(|_, sent| sent.stream == stream)
                        .count();
                    // Once for each capture: what a desktop repeats does not fill the log.
                    if refused > 0 {
                        warn!(
                            device = self.device.id,
                            ?code,
                            text = short(&text),
                            "device `{}` cannot take a capture: {code:?}",
                            self.device.id
                        );
                    }
                }
                Some(Frame::Ping(nonce)) => self.outbox.control(&Frame::Pong(nonce)).await,
                Some(Frame::Goaway(_)) => return Ok(End::Gone),
                Some(Frame::Pong(_)) | None => {}
                Some(
                    other @ (Frame::Hello(_)
                    | Frame::Welcome(_)
                    | Frame::Deliver(_)
                    | Frame::Probe(_)),
                ) => {
                    return Err(End::Protocol(format!(
                        "{} is not a desktop's to say",
                        other.name()
                    )));
                }
            }
        }
    }

    /// Those of `ids` that this session has sent, which wait for an acknowledgement no more. What
    /// it did not send is no concern of its desktop's.
    fn sent_of(&self, ids: Vec<CaptureId>) -> Vec<CaptureId> {
        let mut in_flight = self.in_flight();
        ids.into_iter()
            .filter(|id| in_flight.remove(id).is_some())
            .collect()
    }

    async fn tell_probes(&self) {
        loop {
            let number = self.present.probe().await;
            self.outbox.control(&Frame::Probe(number)).await;
        }
    }

    /// Takes acknowledged captures out of the queue, many at once.
    async fn remove(&self, mut acknowledged: mpsc::Receiver<Vec<CaptureId>>) -> Result<End, End> {
        let mut waiting = Vec::new();
        while acknowledged.recv_many(&mut waiting, 64).await > 0 {
            let ids = waiting.drain(..).flatten().collect();
            self.shared
                .queue
                .remove(&self.shared.database, self.device.number, ids)
                .await?;
        }
        Ok(End::Gone)
    }

    async fn leave(&self, end: &End) {
        let device = &self.device.id;
        debug!(device, "the session of device `{device}` ended: {end}");
        self.answers.end();
        let unanswered: Vec<_> = self.in_flight().drain().map(|(id, _)| id).collect();
        if !unanswered.is_empty()
            && let Err(error) = self
                .shared
                .queue
                .unanswered(&self.shared.database, unanswered)
                .await
        {
            warn!("what was sent in vain could not be counted: {error}");
        }
        let reason = match end {
            End::Gone | End::Silent => return,
            End::Replaced => GoawayReason::Replaced,
            End::Revoked => GoawayReason::Revoked,
            End::Stopping => GoawayReason::Restarting,
            End::Protocol(_) => GoawayReason::Protocol,
            End::Unsupported { .. } => GoawayReason::Unsupported,
            End::Database(_) => GoawayReason::Restarting,
        };
        let retry_after_ms = (reason == GoawayReason::Restarting).then_some(RESTART_MS);
        let text = end.to_string();
        let goaway = Goaway {
            reason,
            text,
            retry_after_ms,
        };
        let _ = timeout(
            Duration::from_secs(1),
            self.outbox.control(&Frame::Goaway(goaway)),
        )
        .await;
    }

    fn in_flight(&self) -> MutexGuard<'_, HashMap<CaptureId, InFlight>> {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn streams(&self) -> MutexGuard<'_, HashMap<u32, Arc<Stream>>> {
        self.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As much of what a desktop says as the log takes.
fn short(said: &str) -> String {
    said.chars().take(MOST_SAID).collect()
}

async fn read_hello(source: &mut SplitStream<WebSocket>) -> Result<Hello, End> {
    loop {
        match frame(source.next().await)? {
            Some(Frame::Hello(hello)) => return Ok(hello),
            None => {}
            Some(other) => {
                return Err(End::Protocol(format!(
                    "{} came before the hello",
                    other.name()
                )));
            }
        }
    }
}

/// The frame in a message; none when the message is to be passed over.
fn frame(message: Option<Result<Message, axum::Error>>) -> Result<Option<Frame>, End> {
    match message {
        Some(Ok(Message::Binary(bytes))) => {
            Frame::decode(bytes).map_err(|error| End::Protocol(error.to_string()))
        }
        Some(Ok(Message::Ping(_) | Message::Pong(_))) => Ok(None),
        Some(Ok(Message::Text(_))) => Err(End::Protocol("a frame is a binary message".to_owned())),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Err(End::Gone),
    }
}
