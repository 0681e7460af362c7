//! One attempt to send a capture: what goes out, and what came back. Start at [`attempt`].

use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};

use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use webhook::{
    capture::{Capture, CaptureId},
    delivery::{self, Change, Destination},
    head::{Head, HeadError},
};

use super::{
    lane::{Answered, DeliveryError, Lane, millis, reason},
    target::{Target, TargetError},
};
use crate::{
    Clock,
    answer::{Answer, AnswerTo, Body, CutOff},
    store::deliveries::Delivery,
};

/// Of an answer's body so much is kept.
const BODY_KEPT: usize = 256 * 1024;
/// A body of at most this length is given back in one piece.
const WHOLE_BYTES: u64 = 32 * 1024;
/// How long the rest of an answer may take when nobody waits for it.
const REST_WITHIN: Duration = Duration::from_secs(30);
/// Pieces of an answer that may wait for the sender.
const PIECES: usize = 4;

/// What is put on the wire.
#[derive(Debug, Clone)]
pub(crate) struct Outgoing {
    pub(crate) head: Head,
    pub(crate) body: Bytes,
    /// In what it differs from what came.
    pub(crate) changes: Vec<Change>,
}

impl Outgoing {
    /// `capture` as it goes to `target`: what came below its endpoint goes below the target's path.
    ///
    /// # Errors
    /// When the target has what no head may have.
    pub(crate) fn to(target: &Target, capture: &Capture) -> Result<Self, HeadError> {
        let path = &target.url()[url::Position::BeforePath..];
        let below = delivery::target_below(path, capture.head.target(), capture.endpoint.as_str());
        Self::made(
            capture,
            &Destination {
                host: Some(target.host()),
                target: &below,
            },
        )
    }

    /// `capture` as its sender would reach `target`: the public `Host` stays, and unless the target
    /// has a path of its own, so do path and query.
    ///
    /// # Errors
    /// As [`Self::to`].
    pub(crate) fn as_sent(target: &Target, capture: &Capture) -> Result<Self, HeadError> {
        let path = &target.url()[url::Position::BeforePath..];
        let sent_to = capture.head.target();
        let below = match path {
            "/" => sent_to.to_vec(),
            path => delivery::target_below(path, sent_to, capture.endpoint.as_str()),
        };
        Self::made(
            capture,
            &Destination {
                host: None,
                target: &below,
            },
        )
    }

    fn made(capture: &Capture, to: &Destination<'_>) -> Result<Self, HeadError> {
        let (head, changes) = delivery::outgoing(&capture.head, capture.body.len(), to)?;
        Ok(Self {
            head,
            body: capture.body.clone(),
            changes,
        })
    }
}

/// What came of an attempt.
pub(crate) struct Attempted {
    pub(crate) delivery: Delivery,
    /// There was no answer, and another time there may be.
    pub(crate) may_pass: bool,
    /// Whoever waited for the answer had given up when it began.
    pub(crate) fell_back: bool,
}

/// Sends `outgoing`, made of the capture `id`, by `lane`, and gives what is answered to `answer` if
/// anything is. Nothing is stored.
pub(crate) async fn attempt(
    lane: &Lane,
    id: CaptureId,
    outgoing: Result<Outgoing, HeadError>,
    answer: &mut Option<AnswerTo>,
    clock: Clock,
) -> Attempted {
    let mut delivery = Delivery {
        capture: id,
        began_at_ms: clock(),
        target: lane.target().url().to_string(),
        changes: String::new(),
        status: None,
        head: Vec::new(),
        body: Vec::new(),
        body_bytes: 0,
        error: None,
        connect_ms: None,
        first_byte_ms: None,
        total_ms: 0,
        is_replay: false,
        attempt: 1,
    };
    let began = Instant::now();
    let (mut may_pass, mut fell_back) = (false, false);
    let sent = async {
        let Outgoing {
            head,
            body,
            changes,
        } = outgoing.map_err(|error| DeliveryError::Unsendable(error.to_string()))?;
        let changes: Vec<_> = changes.into_iter().map(Change::name).collect();
        delivery.changes = changes.join(" ");
        lane.send(&head, body).await
    };
    match sent.await {
        Ok(answered) => {
            delivery.first_byte_ms = Some(millis(began));
            fell_back = answer.as_ref().is_some_and(AnswerTo::is_closed);
            take(lane, answered, answer.take(), &mut delivery).await;
        }
        Err(error) => {
            may_pass = match &error {
                DeliveryError::Unsendable(_) => false,
                DeliveryError::Target(target) => matches!(target, TargetError::Name { .. }),
                DeliveryError::Connect { .. }
                | DeliveryError::Tls { .. }
                | DeliveryError::Late { .. }
                | DeliveryError::Broken { .. } => true,
            };
            delivery.error = Some(error.to_string());
        }
    }
    delivery.total_ms = millis(began);
    Attempted {
        delivery,
        may_pass,
        fell_back,
    }
}

/// Reads an answer to its end, keeps its beginning, and gives it to who waits for it.
async fn take(lane: &Lane, answered: Answered, answer: Option<AnswerTo>, delivery: &mut Delivery) {
    let Answered {
        head,
        status,
        mut body,
        connect_ms,
        connection,
    } = answered;
    delivery.status = Some(status);
    delivery.head = head.to_vec();
    delivery.connect_ms = connect_ms;
    let answer = answer.filter(|answer| !answer.is_closed());
    let whole = body.size_hint().exact().is_some_and(|n| n <= WHOLE_BYTES);
    let ended = match answer {
        Some(answer) if !whole => {
            let (to, pieces) = mpsc::channel(PIECES);
            let body_ = Body::Pieces(pieces);
            if answer.send(Answer { head, body: body_ }).is_ok() {
                read(&mut body, delivery, Some(to)).await
            } else {
                read_rest(&mut body, delivery).await
            }
        }
        Some(answer) => {
            let ended = read_rest(&mut body, delivery).await;
            if ended.is_ok() {
                let body = Body::Whole(Bytes::copy_from_slice(&delivery.body));
                // Who waits no more needs no answer.
                let _ = answer.send(Answer { head, body });
            }
            ended
        }
        None => read_rest(&mut body, delivery).await,
    };
    match ended {
        Ok(()) => lane.keep(connection),
        Err(error) => delivery.error = Some(error),
    }
}

/// Reads a body that nobody waits for.
async fn read_rest(body: &mut Incoming, delivery: &mut Delivery) -> Result<(), String> {
    let read = timeout(REST_WITHIN, read(body, delivery, None)).await;
    read.unwrap_or_else(|_| {
        let within = REST_WITHIN.as_secs();
        Err(format!(
            "the answer went on for over {within} s; the rest was not read"
        ))
    })
}

async fn read(
    body: &mut Incoming,
    delivery: &mut Delivery,
    to: Option<mpsc::Sender<Result<Bytes, CutOff>>>,
) -> Result<(), String> {
    while let Some(frame) = body.frame().await {
        let piece = match frame {
            Ok(frame) => frame.into_data().unwrap_or_default(),
            Err(error) => {
                if let Some(to) = to {
                    // Whoever waited hears of it, or is gone.
                    let _ = to.send(Err(CutOff)).await;
                }
                return Err(format!("the answer was cut off: {}", reason(&error)));
            }
        };
        delivery.body_bytes += piece.len() as u64;
        let room = BODY_KEPT.saturating_sub(delivery.body.len());
        delivery
            .body
            .extend_from_slice(&piece[..piece.len().min(room)]);
        if let Some(to) = &to
            && !piece.is_empty()
        {
            let put = to.send(Ok(piece)).await;
            put.map_err(|_| "the sender hung up before the answer's end".to_owned())?;
        }
    }
    Ok(())
}
