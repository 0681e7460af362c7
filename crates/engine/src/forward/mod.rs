//! Passing captures on to local applications as they arrive: beside the road, each target on a lane
//! of its own, each attempt kept as a delivery. Start at [`Forwarder::run`].

mod lane;
mod swap;
mod target;

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use listener::Tasks;
use sqlite::Database;
use tokio::{
    sync::{broadcast, mpsc},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    delivery::{self, Destination},
};

use self::lane::{Answered, DeliveryError, Lane, millis, reason};
pub use self::target::{Target, TargetError};
use crate::{
    Clock,
    answer::{Answer, AnswerTo, Body, CutOff},
    store::{
        captures,
        deliveries::{self, Delivery, Forward},
    },
    view::Event,
};

/// Requests at once to one target.
const AT_ONCE: usize = 32;
/// Of an answer's body so much is kept.
const BODY_KEPT: usize = 256 * 1024;
/// A body of at most this length is given back in one piece.
const WHOLE_BYTES: u64 = 32 * 1024;
/// How long the rest of an answer may take when nobody waits for it.
const REST_WITHIN: Duration = Duration::from_secs(30);
/// Pieces of an answer that may wait for the sender.
const PIECES: usize = 4;

/// A capture that is durable and may have to go somewhere.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) id: CaptureId,
    pub(crate) endpoint: EndpointId,
    /// Its sender waits for what the first target answers.
    pub(crate) answer: Option<AnswerTo>,
}

/// What passing on needs.
pub(crate) struct Forwarder {
    pub(crate) database: Arc<Database>,
    pub(crate) clock: Clock,
    pub(crate) events: broadcast::Sender<Event>,
    /// Where every capture goes, whatever its endpoint, as long as this program runs.
    pub(crate) everything: Option<Target>,
}

/// What the lanes share.
struct Shared {
    database: Arc<Database>,
    clock: Clock,
    events: broadcast::Sender<Event>,
    tasks: Arc<Tasks>,
}

type Waiting = mpsc::UnboundedSender<(CaptureId, Option<AnswerTo>)>;

impl Forwarder {
    /// Passes on what is `due` until nobody can say so any more or `stop`.
    pub(crate) async fn run(self, mut due: mpsc::UnboundedReceiver<Due>, stop: CancellationToken) {
        let tasks = Arc::new(Tasks::new());
        let shared = Arc::new(Shared {
            database: Arc::clone(&self.database),
            clock: self.clock,
            events: self.events.clone(),
            tasks: Arc::clone(&tasks),
        });
        let mut lanes = HashMap::new();
        let mut group = Vec::new();
        let work = async {
            while due.recv_many(&mut group, 256).await > 0 {
                let forwards = match self.database.read(deliveries::forwards).await {
                    Ok(forwards) => forwards,
                    Err(error) => {
                        warn!("what is to be forwarded could not be read: {error}");
                        Vec::new()
                    }
                };
                for Due {
                    id,
                    endpoint,
                    mut answer,
                } in group.drain(..)
                {
                    for target in self.targets(&forwards, endpoint.as_str()) {
                        let to = lane(&mut lanes, &shared, target);
                        // The lane's end is this task's.
                        let _ = to.send((id, answer.take()));
                    }
                }
            }
        };
        stop.run_until_cancelled(work).await;
        drop(lanes);
        tasks.stop(Duration::from_secs(1)).await;
    }

    fn targets(&self, forwards: &[Forward], endpoint: &str) -> Vec<Target> {
        let own = forwards.iter().filter(|one| one.endpoint == endpoint);
        let own = own.filter_map(|one| {
            let target = Target::parse(&one.target, one.is_remote_allowed);
            target
                .inspect_err(|error| warn!("an address to forward to is passed over: {error}"))
                .ok()
        });
        let mut all: Vec<Target> = own.collect();
        all.extend(self.everything.clone());
        all
    }
}

/// The lane to `target`; it is opened when there is none.
fn lane<'a>(
    lanes: &'a mut HashMap<String, Waiting>,
    shared: &Arc<Shared>,
    target: Target,
) -> &'a Waiting {
    let name = format!("{} {}", target.url(), target.is_remote_allowed());
    lanes.entry(name).or_insert_with(|| {
        let (to, waiting) = mpsc::unbounded_channel();
        let shared_ = Arc::clone(shared);
        let lane = Arc::new(Lane::new(target, Arc::clone(&shared.tasks)));
        shared.tasks.spawn("forward-lane", |stop| async move {
            let waiting = stream::unfold(waiting, |mut waiting| async {
                let next = waiting.recv().await?;
                Some((next, waiting))
            });
            let deliver = waiting.for_each_concurrent(AT_ONCE, move |(id, answer)| {
                let (shared, lane) = (Arc::clone(&shared_), Arc::clone(&lane));
                async move { shared.forward(&lane, id, answer).await }
            });
            stop.run_until_cancelled(deliver).await;
        });
        to
    })
}

impl Shared {
    /// Passes one capture on and keeps what came of it.
    async fn forward(&self, lane: &Lane, id: CaptureId, answer: Option<AnswerTo>) {
        let found = self.database.read(move |db| captures::by_id(db, id)).await;
        let capture = match found {
            Ok(Some(stored)) => stored.capture,
            // Removed meanwhile.
            Ok(None) => return,
            Err(error) => return warn!(capture.id = %id, "capture {id} was not forwarded: {error}"),
        };
        let delivery = self.deliver(lane, capture, answer).await;
        match &delivery.error {
            None => debug!(capture.id = %id, status = delivery.status, "forwarded {id}"),
            Some(error) => warn!(capture.id = %id, "capture {id} was not forwarded: {error}"),
        }
        let kept = self
            .database
            .write(move |db| deliveries::insert(db, &delivery));
        if let Err(error) = kept.await {
            warn!(capture.id = %id, "the delivery of {id} could not be kept: {error}");
        }
        // Where nobody listens, nobody is to be told.
        let _ = self.events.send(Event::Delivered {
            captures: vec![id.to_string()],
        });
    }

    async fn deliver(&self, lane: &Lane, capture: Capture, answer: Option<AnswerTo>) -> Delivery {
        let target = lane.target();
        let mut delivery = Delivery {
            capture: capture.id,
            began_at_ms: (self.clock)(),
            target: target.url().to_string(),
            changes: String::new(),
            status: None,
            head: Vec::new(),
            body: Vec::new(),
            body_bytes: 0,
            error: None,
            connect_ms: None,
            first_byte_ms: None,
            total_ms: 0,
        };
        let began = Instant::now();
        let sent = async {
            let path = &target.url()[url::Position::BeforePath..];
            let sent_to = capture.head.target();
            let below = delivery::target_below(path, sent_to, capture.endpoint.as_str());
            let to = Destination {
                host: Some(target.host()),
                target: &below,
            };
            let (head, changes) = delivery::outgoing(&capture.head, capture.body.len(), &to)
                .map_err(|error| DeliveryError::Unsendable(error.to_string()))?;
            let changes: Vec<_> = changes.into_iter().map(delivery::Change::name).collect();
            delivery.changes = changes.join(" ");
            lane.send(&head, capture.body).await
        };
        match sent.await {
            Ok(answered) => {
                delivery.first_byte_ms = Some(millis(began));
                if answer.as_ref().is_some_and(AnswerTo::is_closed) {
                    let capture = delivery.capture.to_string();
                    let _ = self.events.send(Event::FellBack { capture });
                }
                take(lane, answered, answer, &mut delivery).await;
            }
            Err(error) => delivery.error = Some(error.to_string()),
        }
        delivery.total_ms = millis(began);
        delivery
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

/// Whether something answers at `target`; else why not.
pub(crate) async fn reach(target: Target) -> Result<(), String> {
    let lane = Lane::new(target, Arc::default());
    lane.reach().await.map_err(|error| error.to_string())
}
