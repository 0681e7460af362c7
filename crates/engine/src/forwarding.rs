//! The verbs on how captures go on by themselves: a filter, retries, an order, whose certificate;
//! and on what never got there.

use webhook::query::parse;
use wire::pin::Pin;

use crate::{
    engine::{Engine, Error},
    forward::Target,
    replay::ReplayError,
    store::{
        captures,
        forwards::{self, Forward},
        search,
    },
    trust,
    view::{ForwardSettings, Missed, ReplayOptions, ReplaySelection},
};

/// The longest first wait before another try: an hour.
const BACKOFF_MS: u64 = 3_600_000;
/// Tries after the first, at most.
const RETRIES: u32 = 100;
/// Requests at once to one target, at most.
const AT_ONCE: u32 = 1_024;

impl Engine {
    /// How the captures of `endpoint` go to each of its targets, in the order in which these were
    /// added. The first one that takes a capture answers to its sender.
    ///
    /// # Errors
    /// When there is no such endpoint or the history cannot be read.
    pub async fn forward_settings(&self, endpoint: &str) -> Result<Vec<ForwardSettings>, Error> {
        let all = self.forwards_of(endpoint).await?;
        Ok(all.into_iter().map(settings).collect())
    }

    /// Has the captures of `endpoint` go to a target from now on, or changes how they go there.
    ///
    /// # Errors
    /// When there is no such endpoint, a setting has a value that it cannot have, or the target is
    /// another computer's and that is not allowed.
    pub async fn put_forward(&self, endpoint: &str, forward: ForwardSettings) -> Result<(), Error> {
        let id = self.endpoint_id(endpoint).await?;
        let forward = checked(id, forward)?;
        self.database()
            .write(move |db| forwards::put(db, forward))
            .await?;
        self.has_changed();
        Ok(())
    }

    /// Has the captures of `endpoint` no longer go to `target`.
    ///
    /// # Errors
    /// When there is no such endpoint, or nothing goes there.
    pub async fn remove_forward(&self, endpoint: &str, target: &str) -> Result<(), Error> {
        let forward = self.forward_to(endpoint, target).await?;
        self.database()
            .write(move |db| forwards::remove(db, &forward.endpoint, &forward.target))
            .await?;
        self.has_changed();
        Ok(())
    }

    /// For each target of `endpoint` the captures that came for it and never got an answer, or whose
    /// tries were cut short. What is on its way now is among them.
    ///
    /// # Errors
    /// When there is no such endpoint or the history cannot be read.
    pub async fn missed(&self, endpoint: &str) -> Result<Vec<Missed>, Error> {
        let mut all = Vec::new();
        for forward in self.forwards_of(endpoint).await? {
            let now_ms = self.now_ms();
            let read = self.database().read(move |db| {
                let mut ids = Vec::new();
                for seq in forwards::missed(db, &forward)? {
                    let mut found = captures::after(db, seq - 1, 1)?;
                    if let Some(stored) = found.pop()
                        && search::passes(db, &stored, &forward.filter, now_ms)?
                    {
                        ids.push(stored.capture.id.to_string());
                    }
                }
                Ok(Missed {
                    target: forward.target,
                    captures: ids,
                })
            });
            all.push(read.await?);
        }
        Ok(all)
    }

    /// Sends what `target` missed of `endpoint` to it, in order; the answer is the number of the
    /// replay.
    ///
    /// # Errors
    /// When there is no such endpoint, nothing goes to the target, or it missed nothing.
    pub async fn replay_missed(&self, endpoint: &str, target: &str) -> Result<u32, Error> {
        let forward = self.forward_to(endpoint, target).await?;
        let missed = self.missed(endpoint).await?;
        let ids = missed.into_iter().find(|one| one.target == forward.target);
        let ids = ids.map(|one| one.captures).unwrap_or_default();
        let options = ReplayOptions {
            to: Some(forward.target.clone()),
            ..ReplayOptions::default()
        };
        let selection = ReplaySelection::Ids(ids);
        self.start_replay(selection, &options, None).await
    }

    async fn forwards_of(&self, endpoint: &str) -> Result<Vec<Forward>, Error> {
        let id = self.endpoint_id(endpoint).await?;
        let read = self.database().read(move |db| forwards::of(db, &id));
        Ok(read.await?)
    }

    async fn forward_to(&self, endpoint: &str, target: &str) -> Result<Forward, Error> {
        let url = Target::parse(target, true)?.url().to_string();
        let all = self.forwards_of(endpoint).await?;
        let found = all.into_iter().find(|one| one.target == url);
        Ok(found.ok_or(ReplayError::NoForward(url))?)
    }
}

fn settings(forward: Forward) -> ForwardSettings {
    ForwardSettings {
        target: forward.target,
        is_remote: forward.is_remote_allowed,
        filter: forward.filter,
        retries: forward.retries,
        backoff_ms: forward.backoff_ms,
        at_once: forward.at_once,
        is_ordered: forward.is_ordered,
        authorities: forward.authorities,
        pin: forward.pin,
    }
}

fn checked(endpoint: String, settings: ForwardSettings) -> Result<Forward, Error> {
    let target = Target::parse(&settings.target, settings.is_remote)?;
    let problems = parse(&settings.filter).problems;
    if !problems.is_empty() {
        return Err(Error::Query(problems));
    }
    if settings.retries > RETRIES || settings.backoff_ms > BACKOFF_MS {
        return Err(ReplayError::Number("at most 100 retries, the first within an hour").into());
    }
    if !(1..=AT_ONCE).contains(&settings.at_once) {
        return Err(ReplayError::Number("from 1 to 1024 requests at once").into());
    }
    if let Some(pem) = &settings.authorities {
        trust::of_authorities(pem).map_err(ReplayError::NoWay)?;
    }
    if let Some(pin) = &settings.pin {
        let read = pin.parse::<Pin>();
        read.map_err(|error| ReplayError::NoWay(error.to_string()))?;
    }
    Ok(Forward {
        endpoint,
        target: target.url().to_string(),
        is_remote_allowed: settings.is_remote,
        filter: settings.filter,
        retries: settings.retries,
        backoff_ms: settings.backoff_ms,
        at_once: settings.at_once,
        is_ordered: settings.is_ordered,
        authorities: settings.authorities,
        pin: settings.pin,
        since_seq: 0,
    })
}
