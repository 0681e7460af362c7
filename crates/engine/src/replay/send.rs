//! One capture sent again: read, edited where that is asked for, put on the wire, kept as a delivery.
//! Start at [`Shipper::prepare`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use listener::Tasks;
use sqlite::Database;
use tokio::sync::{Notify, broadcast};
use webhook::{
    capture::{Capture, CaptureId},
    delivery::Change,
    edit::Edit,
    head::HeadError,
};

use super::ReplayError;
use crate::{
    Clock,
    arrival::Arrival,
    engine::Error,
    forward::{Lane, Outgoing, Target, Trust, attempt},
    store::{
        captures,
        deliveries::{self, Stored},
    },
    view::Event,
};

/// Makes the header fields of a fresh signature of a capture, at a time (Unix epoch, milliseconds),
/// just before it is sent. They take the place of those of their names.
pub type Signer = Arc<dyn Fn(&Capture, i64) -> Vec<(Vec<u8>, Vec<u8>)> + Send + Sync>;

/// What sending again needs of the engine.
#[derive(Clone)]
pub(crate) struct Means {
    pub(crate) database: Arc<Database>,
    pub(crate) clock: Clock,
    pub(crate) events: broadcast::Sender<Event>,
    /// Woken when the history has grown.
    pub(crate) stored: Arc<Notify>,
}

/// How each capture is sent.
pub(super) struct Shipper {
    pub(super) means: Means,
    /// By endpoint; all others go to the one of the empty name.
    ways: HashMap<String, Arc<Lane>>,
    as_sender: bool,
    edit: Edit,
    sign: Option<Signer>,
    tasks: Arc<Tasks>,
}

/// A capture that is ready to be sent, once or several times.
pub(super) struct Ready {
    pub(super) capture: Capture,
    /// It was made of the one that was asked for.
    pub(super) is_edited: bool,
    lane: Arc<Lane>,
}

impl Shipper {
    pub(super) fn new(
        means: Means,
        ways: Vec<(String, Target, Trust)>,
        as_sender: bool,
        edit: Edit,
        sign: Option<Signer>,
    ) -> Self {
        let tasks = Arc::new(Tasks::new());
        let open = |(endpoint, target, trust)| {
            let lane = Lane::new(target, trust, Arc::clone(&tasks));
            (endpoint, Arc::new(lane))
        };
        Self {
            means,
            ways: ways.into_iter().map(open).collect(),
            as_sender,
            edit,
            sign,
            tasks,
        }
    }

    /// Lets go of the connections.
    pub(super) async fn close(&self) {
        self.tasks.stop(std::time::Duration::from_secs(1)).await;
    }

    /// Reads the capture `id`. Where it is to be edited, one of its own is made and kept, which names
    /// it as its origin.
    pub(super) async fn prepare(&self, id: CaptureId) -> Result<Ready, Error> {
        let found = self
            .means
            .database
            .read(move |db| captures::by_id(db, id))
            .await?;
        let stored = found.ok_or_else(|| Error::NoCapture(id.to_string()))?;
        let endpoint = stored.capture.endpoint.as_str();
        let lane = self.ways.get(endpoint).or_else(|| self.ways.get(""));
        let lane = Arc::clone(lane.ok_or_else(|| ReplayError::NoTarget(endpoint.to_owned()))?);
        if self.edit.is_none() {
            return Ok(Ready {
                capture: stored.capture,
                is_edited: false,
                lane,
            });
        }
        let sent = stored.capture;
        let edited = self.edit.apply(&sent.head, &sent.body);
        let (head, body) = edited.map_err(ReplayError::from)?;
        let now_ms = (self.means.clock)();
        let capture = Capture {
            id: CaptureId::new(now_ms, rand::random()),
            endpoint: sent.endpoint,
            received_at_ms: now_ms,
            peer: None,
            head,
            body,
            flaws: Vec::new(),
        };
        let arrival = Arrival::new(capture.clone(), stored.source, false);
        let write = self.means.database.write(move |db| {
            captures::insert(db, &arrival, now_ms)?;
            captures::set_origin(db, arrival.capture.id, id)
        });
        write.await?;
        self.means.stored.notify_one();
        Ok(Ready {
            capture,
            is_edited: true,
            lane,
        })
    }

    /// Sends `ready`, of its body no more than `body_bytes` where that is said, and keeps what came
    /// back.
    pub(super) async fn send(
        &self,
        ready: &Ready,
        body_bytes: Option<usize>,
    ) -> Result<Stored, Error> {
        let outgoing = self.outgoing(ready, body_bytes);
        let id = ready.capture.id;
        let clock = self.means.clock;
        let mut delivery = attempt(&ready.lane, id, outgoing, &mut None, clock)
            .await
            .delivery;
        delivery.is_replay = true;
        let kept = delivery.clone();
        let write = self
            .means
            .database
            .write(move |db| deliveries::insert(db, &kept));
        let number = write.await?;
        // Where nobody listens, nobody is to be told.
        let _ = self.means.events.send(Event::Delivered {
            captures: vec![id.to_string()],
        });
        Ok(Stored { number, delivery })
    }

    fn outgoing(&self, ready: &Ready, body_bytes: Option<usize>) -> Result<Outgoing, HeadError> {
        let mut capture = ready.capture.clone();
        let mut changes = Vec::new();
        if let Some(bytes) = body_bytes {
            capture.body.truncate(bytes);
            changes.push(Change::Truncated);
        }
        if let Some(sign) = &self.sign {
            let set = sign(&capture, (self.means.clock)());
            let fresh = Edit {
                set,
                ..Edit::default()
            };
            // A signature that is no header line is not put on; what is said is what is sent.
            if let Ok((head, _)) = fresh.apply(&capture.head, &capture.body) {
                capture.head = head;
                changes.push(Change::Signature);
            }
        }
        let target = ready.lane.target();
        let mut outgoing = if self.as_sender {
            Outgoing::as_sent(target, &capture)?
        } else {
            Outgoing::to(target, &capture)?
        };
        changes.append(&mut outgoing.changes);
        Ok(Outgoing {
            changes,
            ..outgoing
        })
    }
}

/// What several hold at once.
pub(super) fn lock<T>(shared: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
