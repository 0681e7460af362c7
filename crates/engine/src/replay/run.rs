//! A replay of many captures: it goes on by itself, tells how far it is, rests and ends when asked
//! to. Start at [`Run::go`].

use std::{collections::VecDeque, sync::Arc, sync::Mutex, time::Duration};

use futures_util::{StreamExt, stream};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};
use webhook::capture::CaptureId;

use super::{
    plan::Step,
    send::{Shipper, lock},
};
use crate::{
    engine::Error,
    store::deliveries::Stored,
    view::{Event, ReplayProgress, ReplayReport, ReplaySend, ReplayState, ReplayedOne},
};

/// How often it is told how far a replay is.
const TELL_EVERY: Duration = Duration::from_millis(100);
/// Replays that are remembered, the newest.
const REMEMBERED: usize = 16;

/// The replays of this program.
#[derive(Default)]
pub(crate) struct Runs(Mutex<(u32, VecDeque<Arc<Run>>)>);

impl Runs {
    /// Adds a replay of `total` captures.
    pub(super) fn add(&self, total: usize, seed: u32) -> Arc<Run> {
        let mut runs = lock(&self.0);
        runs.0 += 1;
        let run = Arc::new(Run::new(runs.0, total, seed));
        runs.1.push_back(Arc::clone(&run));
        let mut extra = runs.1.len().saturating_sub(REMEMBERED);
        runs.1.retain(|run| {
            // What still goes on is not forgotten.
            let is_forgotten = extra > 0 && run.is_over();
            extra -= usize::from(is_forgotten);
            !is_forgotten
        });
        run
    }

    /// The replay of that number.
    pub(super) fn find(&self, number: u32) -> Option<Arc<Run>> {
        let runs = lock(&self.0);
        runs.1.iter().find(|run| run.number == number).cloned()
    }
}

/// What is wished of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Go,
    Rest,
    End,
}

/// One replay.
pub(super) struct Run {
    number: u32,
    wish: watch::Sender<Wish>,
    state: watch::Sender<ReplayState>,
    so_far: Mutex<ReplayReport>,
    told: Mutex<Option<Instant>>,
}

impl Run {
    fn new(number: u32, total: usize, seed: u32) -> Self {
        let state = ReplayState::Running;
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        let progress = ReplayProgress {
            run: number,
            state,
            total,
            done: 0,
            failed: 0,
        };
        let report = ReplayReport {
            progress,
            seed,
            captures: Vec::new(),
            differing: 0,
        };
        Self {
            number,
            wish: watch::Sender::new(Wish::Go),
            state: watch::Sender::new(state),
            so_far: Mutex::new(report),
            told: Mutex::default(),
        }
    }

    fn is_over(&self) -> bool {
        matches!(
            *self.state.borrow(),
            ReplayState::Done | ReplayState::Cancelled
        )
    }

    /// Has it rest, go on or end.
    pub(super) fn wish(&self, wish: Wish) {
        // What was ended stays so.
        self.wish.send_if_modified(|now| {
            let is_new = *now != Wish::End && *now != wish;
            if is_new {
                *now = wish;
            }
            is_new
        });
    }

    /// What came of it so far.
    pub(super) fn report(&self) -> ReplayReport {
        let mut report = lock(&self.so_far).clone();
        report.progress.state = *self.state.borrow();
        report
    }

    pub(super) fn progress(&self) -> ReplayProgress {
        let mut progress = lock(&self.so_far).progress;
        progress.state = *self.state.borrow();
        progress
    }

    /// Waits until it is over.
    pub(super) async fn ended(&self) {
        let mut state = self.state.subscribe();
        // The sender is this very run's.
        let _ = state
            .wait_for(|now| matches!(now, ReplayState::Done | ReplayState::Cancelled))
            .await;
    }

    /// Sends the captures `ids` by `shipper` as `steps` say, `at_once` of them at once at most.
    pub(super) async fn go(
        &self,
        shipper: &Shipper,
        ids: &[CaptureId],
        steps: Vec<Step>,
        twice: bool,
        at_once: usize,
    ) {
        let began = Instant::now();
        let wishes = self.wish.subscribe();
        // Where the reports go stands before the first is sent: they end in any order.
        let steps = steps.into_iter();
        let due = stream::unfold(
            (steps, began, wishes),
            |(mut steps, mut began, mut wishes)| async move {
                let step = steps.next()?;
                loop {
                    let wish = *wishes.borrow_and_update();
                    match wish {
                        Wish::End => return None,
                        Wish::Rest => {
                            let since = Instant::now();
                            self.is_now(shipper, ReplayState::Paused);
                            wishes.changed().await.ok()?;
                            // The time of rest does not count.
                            began += since.elapsed();
                        }
                        Wish::Go => {
                            self.is_now(shipper, ReplayState::Running);
                            tokio::select! {
                                biased;
                                changed = wishes.changed() => changed.ok()?,
                                () = sleep_until(began + step.due) => break,
                            }
                        }
                    }
                }
                Some((step, (steps, began, wishes)))
            },
        );
        due.for_each_concurrent(at_once.max(1), |step| async move {
            let place = self.enter(ids[step.at]);
            let one = self.one(shipper, ids[step.at], step, twice).await;
            self.leave(place, one);
            self.tell(shipper, false);
        })
        .await;
        let is_ended = *self.wish.borrow() == Wish::End;
        let is_whole = {
            let progress = lock(&self.so_far).progress;
            progress.done == progress.total
        };
        self.state.send_replace(if is_ended && !is_whole {
            ReplayState::Cancelled
        } else {
            ReplayState::Done
        });
        self.tell(shipper, true);
    }

    /// Says that it was ended from outside.
    pub(super) fn cut(&self) {
        if !self.is_over() {
            self.state.send_replace(ReplayState::Cancelled);
        }
    }

    async fn one(&self, shipper: &Shipper, id: CaptureId, step: Step, twice: bool) -> ReplayedOne {
        let mut one = ReplayedOne {
            capture: id.to_string(),
            is_dropped: step.is_dropped,
            ..ReplayedOne::default()
        };
        if step.is_dropped {
            return one;
        }
        if let Err(error) = self.send(shipper, id, step, twice, &mut one).await {
            one.error = Some(error.to_string());
        }
        one
    }

    async fn send(
        &self,
        shipper: &Shipper,
        id: CaptureId,
        step: Step,
        twice: bool,
        one: &mut ReplayedOne,
    ) -> Result<(), Error> {
        let ready = shipper.prepare(id).await?;
        one.edited = ready.is_edited.then(|| ready.capture.id.to_string());
        one.truncated_to = step
            .share
            .map(|share| part(ready.capture.body.len(), share));
        let first = shipper.send(&ready, one.truncated_to).await?;
        one.sends.push(send_view(&first));
        if twice {
            let second = shipper.send(&ready, one.truncated_to).await?;
            one.sends.push(send_view(&second));
            one.differs = differs(&first, &second);
        }
        Ok(())
    }

    /// Where the report of a capture goes, in the order in which they are sent.
    fn enter(&self, id: CaptureId) -> usize {
        let mut report = lock(&self.so_far);
        report.captures.push(ReplayedOne {
            capture: id.to_string(),
            ..ReplayedOne::default()
        });
        report.captures.len() - 1
    }

    fn leave(&self, place: usize, one: ReplayedOne) {
        let mut report = lock(&self.so_far);
        let failed = one.sends.iter().filter(|send| !send.is_good()).count();
        let failed = failed + usize::from(one.error.is_some());
        report.progress.done += 1;
        report.progress.failed += u32::try_from(failed).unwrap_or(u32::MAX);
        report.differing += u32::from(!one.differs.is_empty());
        report.captures[place] = one;
    }

    fn is_now(&self, shipper: &Shipper, state: ReplayState) {
        let is_new = self.state.send_if_modified(|now| {
            let is_new = *now != state;
            *now = state;
            is_new
        });
        if is_new {
            self.tell(shipper, true);
        }
    }

    /// Tells how far it is, not too often unless it matters.
    fn tell(&self, shipper: &Shipper, matters: bool) {
        {
            let mut told = lock(&self.told);
            if !matters && told.is_some_and(|at| at.elapsed() < TELL_EVERY) {
                return;
            }
            *told = Some(Instant::now());
        }
        let progress = self.progress();
        // Where nobody listens, nobody is to be told.
        let _ = shipper.means.events.send(Event::Replay { progress });
    }
}

/// So many of `bytes` that at least one is missing, where there is one.
fn part(bytes: usize, share: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "a share of a length is none longer, and any will do"
    )]
    let part = (bytes as f64 * share) as usize;
    part.min(bytes.saturating_sub(1))
}

fn send_view(Stored { number, delivery }: &Stored) -> ReplaySend {
    ReplaySend {
        number: *number,
        began_at_ms: delivery.began_at_ms,
        target: delivery.target.clone(),
        changes: delivery
            .changes
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        status: delivery.status,
        error: delivery.error.clone(),
        total_ms: delivery.total_ms,
    }
}

/// In what the second answer differs from the first.
fn differs(first: &Stored, second: &Stored) -> Vec<String> {
    let (first, second) = (&first.delivery, &second.delivery);
    let body = (first.body_bytes, &first.body) != (second.body_bytes, &second.body);
    [("status", first.status != second.status), ("body", body)]
        .into_iter()
        .filter(|(_, differs)| *differs)
        .map(|(what, _)| what.to_owned())
        .collect()
}
