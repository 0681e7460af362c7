//! Passing captures on to applications as they arrive: beside the road, each target on a lane of
//! its own, each attempt kept as a delivery. Start at [`Forwarder::run`].

mod attempt;
mod how;
mod lane;
mod swap;
mod target;

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures_util::{StreamExt, stream};
use listener::Tasks;
use sqlite::Database;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, broadcast, mpsc},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use webhook::capture::{CaptureId, EndpointId};

use self::how::How;
#[cfg(test)]
pub(crate) use self::target::tricks;
pub use self::target::{Target, TargetError};
pub(crate) use self::{
    attempt::{Attempted, Outgoing, attempt},
    how::way,
    lane::{Lane, Trust},
};
use crate::{
    Clock,
    answer::AnswerTo,
    store::{
        captures, deliveries,
        forwards::{self, Forward},
        search,
    },
    view::Event,
};

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
                let all = match self.database.read(forwards::all).await {
                    Ok(all) => all,
                    Err(error) => {
                        warn!("what is to be forwarded could not be read: {error}");
                        Vec::new()
                    }
                };
                let all: Vec<_> = all.into_iter().map(lasting).collect();
                // What nobody asks for any more is done with what it has, and ends.
                lanes.retain(|one: &Forward, _| one.endpoint.is_empty() || all.contains(one));
                for Due {
                    id,
                    endpoint,
                    mut answer,
                } in group.drain(..)
                {
                    for forward in self.passing(&all, endpoint.as_str(), id).await {
                        if let Some(to) = lane(&mut lanes, &shared, &forward) {
                            // The lane's end is this task's.
                            let _ = to.send((id, answer.take()));
                        }
                    }
                }
            }
        };
        stop.run_until_cancelled(work).await;
        drop(lanes);
        tasks.stop(Duration::from_secs(1)).await;
    }

    /// Those of the forwards that let the capture `id` of `endpoint` through.
    async fn passing(&self, all: &[Forward], endpoint: &str, id: CaptureId) -> Vec<Forward> {
        let own = all.iter().filter(|one| one.endpoint == endpoint);
        let mut own: Vec<Forward> = own.cloned().collect();
        if own.iter().any(|one| !one.filter.is_empty()) {
            let now_ms = (self.clock)();
            let read = self.database.read(move |db| {
                let Some(stored) = captures::by_id(db, id)? else {
                    return Ok(Vec::new());
                };
                let mut passing = Vec::new();
                for one in own {
                    if search::passes(db, &stored, &one.filter, now_ms)? {
                        passing.push(one);
                    }
                }
                Ok(passing)
            });
            own = read.await.unwrap_or_else(|error| {
                warn!(capture.id = %id, "capture {id} was not forwarded: {error}");
                Vec::new()
            });
        }
        let everything = self.everything.as_ref();
        own.extend(
            everything.map(|to| Forward::usual("", to.url().to_string(), to.is_remote_allowed())),
        );
        own
    }
}

/// `forward` without what does not matter to its lane.
fn lasting(forward: Forward) -> Forward {
    Forward {
        since_seq: 0,
        ..forward
    }
}

/// The lane of `forward`; it is opened when there is none, unless it leads nowhere.
fn lane<'a>(
    lanes: &'a mut HashMap<Forward, Waiting>,
    shared: &Arc<Shared>,
    forward: &Forward,
) -> Option<&'a Waiting> {
    if !lanes.contains_key(forward) {
        let (target, trust) = way(forward)
            .inspect_err(|error| warn!("an address to forward to is passed over: {error}"))
            .ok()?;
        let (to, waiting) = mpsc::unbounded_channel();
        let how = How::of(forward);
        let lane = Arc::new(Lane::new(target, trust, Arc::clone(&shared.tasks)));
        let slots = Arc::new(Semaphore::new(how.at_once));
        let shared_ = Arc::clone(shared);
        shared.tasks.spawn("forward-lane", |stop| async move {
            let begin = (waiting, Arc::clone(&slots));
            let waiting = stream::unfold(begin, |(mut waiting, slots)| async move {
                // Not the other way round: a slot that waits for a capture is none for a retry.
                let (id, answer): (CaptureId, Option<AnswerTo>) = waiting.recv().await?;
                let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
                Some(((id, answer, slot), (waiting, slots)))
            });
            let deliver = waiting.for_each_concurrent(None, move |(id, answer, slot)| {
                let (shared, lane) = (Arc::clone(&shared_), Arc::clone(&lane));
                let slots = Arc::clone(&slots);
                async move { shared.forward(&lane, how, id, answer, (slots, slot)).await }
            });
            stop.run_until_cancelled(deliver).await;
        });
        lanes.insert(forward.clone(), to);
    }
    lanes.get(forward)
}

impl Shared {
    /// Passes one capture on, if need be several times, and keeps what came of it.
    async fn forward(
        &self,
        lane: &Lane,
        how: How,
        id: CaptureId,
        mut answer: Option<AnswerTo>,
        (slots, slot): (Arc<Semaphore>, OwnedSemaphorePermit),
    ) {
        let found = self.database.read(move |db| captures::by_id(db, id)).await;
        let capture = match found {
            Ok(Some(stored)) => stored.capture,
            // Removed meanwhile.
            Ok(None) => return,
            Err(error) => return warn!(capture.id = %id, "capture {id} was not forwarded: {error}"),
        };
        let mut slot = Some(slot);
        for number in 1.. {
            let outgoing = Outgoing::to(lane.target(), &capture);
            let mut attempted = attempt(lane, id, outgoing, &mut answer, self.clock).await;
            attempted.delivery.attempt = number;
            let again = how.again(&attempted, (self.clock)());
            self.keep(attempted).await;
            let Some(wait) = again else { return };
            if !how.is_ordered {
                // Others go meanwhile.
                slot = None;
            }
            sleep(wait).await;
            if slot.is_none() {
                slot = Arc::clone(&slots).acquire_owned().await.ok();
            }
        }
    }

    async fn keep(
        &self,
        Attempted {
            delivery,
            fell_back,
            ..
        }: Attempted,
    ) {
        let id = delivery.capture;
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
        if fell_back {
            let _ = self.events.send(Event::FellBack {
                capture: id.to_string(),
            });
        }
        let _ = self.events.send(Event::Delivered {
            captures: vec![id.to_string()],
        });
    }
}

/// Whether something answers where `forward` leads; else why not.
pub(crate) async fn reach(forward: &Forward) -> Result<(), String> {
    let (target, trust) = way(forward)?;
    let lane = Lane::new(target, trust, Arc::default());
    lane.reach().await.map_err(|error| error.to_string())
}
