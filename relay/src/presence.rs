//! Which device is connected now. A session is in it as long as its [`Present`] lives; a newer
//! session of the same device takes its place and ends it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

/// Probes that may wait to be told.
const PROBES: usize = 4;

/// The sessions that are up.
#[derive(Debug, Default)]
pub(crate) struct Presence(Mutex<HashMap<i64, Line>>);

#[derive(Debug, Clone)]
struct Line {
    arrived: Arc<Notify>,
    replaced: CancellationToken,
    revoked: CancellationToken,
    probes: mpsc::Sender<u64>,
}

/// One session's place.
#[derive(Debug)]
pub(crate) struct Present {
    presence: Arc<Presence>,
    device: i64,
    line: Line,
    probed: tokio::sync::Mutex<mpsc::Receiver<u64>>,
}

impl Presence {
    /// Puts a session of `device` in place of the one that may be there.
    pub(crate) fn enter(self: &Arc<Self>, device: i64) -> Present {
        let (probes, probed) = mpsc::channel(PROBES);
        let line = Line {
            arrived: Arc::default(),
            replaced: CancellationToken::new(),
            revoked: CancellationToken::new(),
            probes,
        };
        let older = self.lines().insert(device, line.clone());
        if let Some(older) = older {
            older.replaced.cancel();
        }
        Present {
            presence: Arc::clone(self),
            device,
            line,
            probed: tokio::sync::Mutex::new(probed),
        }
    }

    /// Ends the session of `device`, which is a device no more.
    pub(crate) fn revoke(&self, device: i64) {
        if let Some(line) = self.lines().get(&device) {
            line.revoked.cancel();
        }
    }

    /// Whether a session of `device` is up.
    pub(crate) fn is_up(&self, device: i64) -> bool {
        self.lines().contains_key(&device)
    }

    /// How many sessions are up.
    pub(crate) fn count(&self) -> usize {
        self.lines().len()
    }

    /// Has the session of `device` tell its desktop of a probe. False when there is none, or it is
    /// told of too many.
    pub(crate) fn probe(&self, device: i64, number: u64) -> bool {
        self.lines()
            .get(&device)
            .is_some_and(|line| line.probes.try_send(number).is_ok())
    }

    /// Tells the session of `device`, if one is up, that its queue has grown.
    pub(crate) fn arrived(&self, device: i64) {
        if let Some(line) = self.lines().get(&device) {
            line.arrived.notify_one();
        }
    }

    fn lines(&self) -> std::sync::MutexGuard<'_, HashMap<i64, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Present {
    /// Returns when the queue has grown since the last call.
    pub(crate) async fn arrival(&self) {
        self.line.arrived.notified().await;
    }

    /// Returns when a newer session has taken this one's place.
    pub(crate) async fn replaced(&self) {
        self.line.replaced.cancelled().await;
    }
}

impl Present {
    /// The next probe that came to one of the device's endpoints.
    pub(crate) async fn probe(&self) -> u64 {
        match self.probed.lock().await.recv().await {
            Some(number) => number,
            // The sender lives as long as this session's place.
            None => std::future::pending().await,
        }
    }

    /// Returns when the device is one no more.
    pub(crate) async fn revoked(&self) {
        self.line.revoked.cancelled().await;
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        let mut lines = self.presence.lines();
        // The place may belong to a newer session already.
        if lines
            .get(&self.device)
            .is_some_and(|l| Arc::ptr_eq(&l.arrived, &self.line.arrived))
        {
            lines.remove(&self.device);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_newer_session_wins_and_the_older_leaves_it_alone() {
        let presence = Arc::new(Presence::default());
        let older = presence.enter(1);
        let newer = presence.enter(1);
        older.replaced().await;
        drop(older);
        presence.arrived(1);
        newer.arrival().await;
        drop(newer);
        assert!(presence.lines().is_empty());
    }
}
