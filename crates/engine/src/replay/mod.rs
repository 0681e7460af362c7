//! Sending captures again: one or many, as they were sent or edited, as fast as they came or at once.
//! The verbs; what goes out is made in `send`, many go in `run`.

mod plan;
mod run;
mod send;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sqlite::rusqlite::Connection;
use webhook::{
    capture::CaptureId,
    edit::{Edit, EditError, Line},
};

pub use self::send::Signer;
use self::{
    plan::{Choices, plan},
    run::{Run, Wish},
    send::Shipper,
};
pub(crate) use self::{run::Runs, send::Means};
use crate::{
    deliveries::delivery_view,
    engine::{Engine, Error},
    forward::{Target, TargetError, Trust, way},
    store::{
        captures::{self, Place},
        confirmed, forwards, search,
    },
    view::{
        BodyEdit, Confirmed, EditView, HeaderEdit, Pace, ReplayOptions, ReplayReport,
        ReplaySelection, Replayed,
    },
};

/// Captures on their way at once, where their pace is kept.
const AT_ONCE: u32 = 32;

/// Why captures were not sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// They cannot be edited so.
    #[error(transparent)]
    Edit(#[from] EditError),
    /// An edited body is no base64.
    #[error("the body is no base64: {0}")]
    Base64(#[from] base64::DecodeError),
    /// It is not said where to.
    #[error(
        "the captures of `{0}` go nowhere by themselves: say where to send them, such as \
         --to http://localhost:3000"
    )]
    NoTarget(String),
    /// A forward leads nowhere.
    #[error("{0}")]
    NoWay(String),
    /// Nothing was chosen.
    #[error("there is no capture to send")]
    Nothing,
    /// A number has a value that it cannot have.
    #[error("{0}")]
    Number(&'static str),
    /// There is no such replay.
    #[error("there is no replay {0}")]
    NoRun(u32),
    /// There is no such forward.
    #[error("nothing goes to {0} by itself")]
    NoForward(String),
}

impl ReplayError {
    /// A word for it, for programs.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Edit(_) | Self::Base64(_) => "edit",
            Self::NoTarget(_) | Self::NoWay(_) => "no_target",
            Self::Nothing => "no_capture",
            Self::Number(_) => "setting_invalid",
            Self::NoRun(_) => "no_replay",
            Self::NoForward(_) => "no_forward",
        }
    }
}

impl Engine {
    /// Sends the capture `id` again and gives what came back. Edited, it becomes a capture of its own.
    ///
    /// # Errors
    /// When there is no such capture, it is not said where to, or the target is another computer's
    /// that nobody confirmed. That nothing answers is in the delivery.
    pub async fn replay(
        &self,
        id: &str,
        options: &ReplayOptions,
        sign: Option<Signer>,
    ) -> Result<Replayed, Error> {
        let id = self.find(id).await?;
        let places = self
            .places(ReplaySelection::Ids(vec![id.to_string()]))
            .await?;
        let shipper = self.shipper(&places, options, sign).await?;
        let ready = shipper.prepare(id).await?;
        let sent = shipper.send(&ready, None).await?;
        shipper.close().await;
        Ok(Replayed {
            capture: ready.capture.id.to_string(),
            delivery: delivery_view(sent),
        })
    }

    /// Sends captures again, in the order in which they came, and goes on by itself; the answer is the
    /// number of the replay. How far it is, is told as [`crate::view::Event::Replay`].
    ///
    /// # Errors
    /// As [`Self::replay`], or when there is nothing to send; then nothing was sent.
    pub async fn start_replay(
        &self,
        selection: ReplaySelection,
        options: &ReplayOptions,
        sign: Option<Signer>,
    ) -> Result<u32, Error> {
        let rates = [options.drop, options.truncate];
        if !rates.iter().all(|rate| (0.0..=1.0).contains(rate)) {
            return Err(ReplayError::Number("a share is from 0 to 1").into());
        }
        if let Pace::Times { factor } = options.pace
            && !(1e-6..=1e6).contains(&factor)
        {
            return Err(ReplayError::Number("a pace is from 0.000001 to 1000000 times").into());
        }
        let places = self.places(selection).await?;
        if places.is_empty() {
            return Err(ReplayError::Nothing.into());
        }
        let shipper = self.shipper(&places, options, sign).await?;
        let choices = Choices {
            shuffle: options.shuffle,
            drop: options.drop,
            truncate: options.truncate,
            seed: options.seed.unwrap_or_else(rand::random),
        };
        let times: Vec<_> = places.iter().map(|one| one.received_at_ms).collect();
        let steps = plan(&times, options.pace, choices);
        let usual = if options.pace == Pace::Now {
            1
        } else {
            AT_ONCE
        };
        let at_once = usize::try_from(options.at_once.unwrap_or(usual)).unwrap_or(1);
        let ids: Vec<CaptureId> = places.into_iter().map(|one| one.id).collect();
        let run = self.replays().add(ids.len(), choices.seed);
        let (running, twice) = (Arc::clone(&run), options.twice);
        self.tasks().spawn("replay", |stop| async move {
            let work = running.go(&shipper, &ids, steps, twice, at_once);
            stop.run_until_cancelled(work).await;
            running.cut();
            shipper.close().await;
        });
        Ok(run.progress().run)
    }

    /// Has a replay rest, or go on. What is on its way is answered.
    ///
    /// # Errors
    /// When there is no such replay.
    pub fn pause_replay(&self, run: u32, rest: bool) -> Result<(), Error> {
        self.run(run)?
            .wish(if rest { Wish::Rest } else { Wish::Go });
        Ok(())
    }

    /// Ends a replay. What is on its way is answered.
    ///
    /// # Errors
    /// When there is no such replay.
    pub fn cancel_replay(&self, run: u32) -> Result<(), Error> {
        self.run(run)?.wish(Wish::End);
        Ok(())
    }

    /// What came of a replay so far.
    ///
    /// # Errors
    /// When there is no such replay.
    pub fn replay_report(&self, run: u32) -> Result<ReplayReport, Error> {
        Ok(self.run(run)?.report())
    }

    /// Waits until a replay is over; what came of it.
    ///
    /// # Errors
    /// When there is no such replay.
    pub async fn replay_ended(&self, run: u32) -> Result<ReplayReport, Error> {
        let run = self.run(run)?;
        run.ended().await;
        Ok(run.report())
    }

    fn run(&self, run: u32) -> Result<Arc<Run>, Error> {
        let found = self.replays().find(run);
        found.ok_or_else(|| ReplayError::NoRun(run).into())
    }

    /// The target that `text` names: this computer, or another that was confirmed.
    ///
    /// # Errors
    /// When it is none, or another computer's that nobody confirmed.
    pub async fn target(&self, text: &str) -> Result<Target, Error> {
        match Target::parse(text, false) {
            Err(TargetError::Remote { host }) => {
                let target = Target::parse(text, true)?;
                let origin = target.url().origin().ascii_serialization();
                let read = self.database().read(move |db| confirmed::is(db, &origin));
                if read.await? {
                    Ok(target)
                } else {
                    Err(TargetError::Remote { host }.into())
                }
            }
            other => Ok(other?),
        }
    }

    /// Keeps that captures may be sent to the other computer of `text`; the answer is what was
    /// confirmed: scheme, name and port.
    ///
    /// # Errors
    /// When it is no target, or one that is never sent to.
    pub async fn confirm_target(&self, text: &str) -> Result<String, Error> {
        let origin = Target::parse(text, true)?
            .url()
            .origin()
            .ascii_serialization();
        let (kept, now_ms) = (origin.clone(), self.now_ms());
        let write = self
            .database()
            .write(move |db| confirmed::put(db, &kept, now_ms));
        write.await?;
        Ok(origin)
    }

    /// The other computers to which captures may be sent.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub async fn confirmed_targets(&self) -> Result<Vec<Confirmed>, Error> {
        let all = self.database().read(confirmed::all).await?;
        let view = |(origin, confirmed_at_ms)| Confirmed {
            origin,
            confirmed_at_ms,
        };
        Ok(all.into_iter().map(view).collect())
    }

    /// Takes back what [`Self::confirm_target`] allowed; false when it was not there.
    ///
    /// # Errors
    /// When the history cannot be written.
    pub async fn forget_target(&self, origin: String) -> Result<bool, Error> {
        let write = self
            .database()
            .write(move |db| confirmed::remove(db, &origin));
        Ok(write.await?)
    }

    /// The captures of `selection`, each once, in the order in which they came.
    async fn places(&self, selection: ReplaySelection) -> Result<Vec<Place>, Error> {
        let seqs = match selection {
            ReplaySelection::Ids(ids) => {
                let mut found = Vec::with_capacity(ids.len());
                for id in &ids {
                    found.push(self.find(id).await?);
                }
                let read = self.database().read(move |db| {
                    let seqs = found.iter().map(|id| captures::seq(db, *id));
                    seqs.filter_map(Result::transpose).collect()
                });
                let mut seqs: Vec<i64> = read.await?;
                seqs.sort_unstable();
                seqs.dedup();
                seqs
            }
            ReplaySelection::Filter(filter) => {
                let sought = self.sought(filter)?;
                let read = self.database().read(move |db| {
                    let mut seqs = Vec::new();
                    search::seek(db, &sought, 0, false, |seq| {
                        seqs.push(seq);
                        true
                    })?;
                    Ok(seqs)
                });
                read.await?
            }
        };
        let read = self
            .database()
            .read(move |db: &Connection| captures::places(db, &seqs));
        Ok(read.await?)
    }

    /// How `places` go out as `options` say.
    async fn shipper(
        &self,
        places: &[Place],
        options: &ReplayOptions,
        sign: Option<Signer>,
    ) -> Result<Shipper, Error> {
        let all = self.database().read(forwards::all).await?;
        let mut ways = Vec::new();
        if let Some(to) = &options.to {
            let origin = Target::parse(to, true)?.url().origin();
            // Whom a forward to there trusts is trusted here too, and what it may reach, is reached.
            let known = all.iter().filter_map(|one| way(one).ok());
            let known: Vec<_> = known
                .filter(|(known, _)| known.url().origin() == origin)
                .collect();
            let target = if known.iter().any(|(known, _)| known.is_remote_allowed()) {
                Target::parse(to, true)?
            } else {
                self.target(to).await?
            };
            let mut trust = known.into_iter().map(|(_, trust)| trust);
            let trust = trust.find(|trust| *trust != Trust::System);
            ways.push((String::new(), target, trust.unwrap_or_default()));
        } else {
            for place in places {
                if ways
                    .iter()
                    .any(|(endpoint, ..)| *endpoint == place.endpoint)
                {
                    continue;
                }
                let own = all.iter().find(|one| one.endpoint == place.endpoint);
                let own = own.ok_or_else(|| ReplayError::NoTarget(place.endpoint.clone()))?;
                let (target, trust) = way(own).map_err(ReplayError::NoWay)?;
                ways.push((place.endpoint.clone(), target, trust));
            }
        }
        let edit = edit(options.edit.clone().unwrap_or_default())?;
        Ok(Shipper::new(
            self.means(),
            ways,
            options.as_sender,
            edit,
            sign,
        ))
    }
}

fn edit(view: EditView) -> Result<Edit, ReplayError> {
    let line = |line| match line {
        HeaderEdit::Kept { at } => Line::Kept(at),
        HeaderEdit::Written { name, value } => Line::Written(name.into(), value.into()),
    };
    let body = match view.body {
        None => None,
        Some(BodyEdit::Text { text }) => Some(text.into_bytes().into()),
        Some(BodyEdit::Base64 { base64 }) => Some(BASE64_STANDARD.decode(base64)?.into()),
    };
    let set = view.set.into_iter();
    Ok(Edit {
        method: view.method.map(String::into_bytes),
        target: view.target.map(String::into_bytes),
        headers: view
            .headers
            .map(|lines| lines.into_iter().map(line).collect()),
        set: set
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        without: view.without.into_iter().map(String::into_bytes).collect(),
        body,
    })
}
