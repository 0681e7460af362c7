//! The line to the relay: kept up while there is a relay to keep it to, and honest about how it is.
//! Start at [`Tunnel::run`]; what is said on the line is in `session`.

mod answers;
mod backoff;
mod session;
mod wake;

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlite::Database;
use tokio::{
    sync::{Notify, watch},
    time::sleep,
};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use wire::{connect::RelayUrl, key::DeviceKey, seal::Opener};

use self::{backoff::Backoff, wake::Wake};
use crate::{
    Clock,
    intake::Intake,
    secrets::{Secret, Secrets},
    store::pairing::{self, Pairing},
    vault::Vault,
    view::{LineState, Probe},
};

/// How soon the line is taken when another program lets it go.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the tunnel needs, and what it tells.
pub(crate) struct Tunnel {
    pub(crate) data: PathBuf,
    pub(crate) database: Arc<Database>,
    pub(crate) secrets: Arc<Secrets>,
    /// What challenges are answered with.
    pub(crate) vault: Arc<Vault>,
    pub(crate) intake: Intake,
    pub(crate) clock: Clock,
    pub(crate) state: Arc<State>,
    /// The pairing may have changed, or the user asks to try again.
    pub(crate) changed: Arc<Notify>,
}

/// How the line is, for those who ask.
#[derive(Debug)]
pub(crate) struct State {
    line: watch::Sender<LineState>,
    /// The number of the probe that was heard last.
    probed: watch::Sender<Option<u64>>,
    probe: watch::Sender<Option<Probe>>,
    refused: AtomicU64,
    heard_at_ms: AtomicI64,
    /// Its user wants no line.
    paused: watch::Sender<bool>,
    /// Captures that this desktop could not open.
    unreadable: Mutex<u64>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            line: watch::Sender::new(LineState::Unpaired),
            probed: watch::Sender::new(None),
            probe: watch::Sender::new(None),
            refused: AtomicU64::new(0),
            heard_at_ms: AtomicI64::new(0),
            paused: watch::Sender::new(false),
            unreadable: Mutex::new(0),
        }
    }
}

impl State {
    /// The line as it is now.
    pub(crate) fn now(&self) -> LineState {
        let mut line = self.line.borrow().clone();
        if let LineState::Connected { heard_at_ms, .. } = &mut line {
            *heard_at_ms = (*heard_at_ms).max(self.heard_at_ms.load(Ordering::Relaxed));
        }
        line
    }

    /// Told whenever the line becomes another.
    pub(crate) fn changes(&self) -> watch::Receiver<LineState> {
        self.line.subscribe()
    }

    /// Lets the line go, or takes it up again.
    pub(crate) fn pause(&self, is_paused: bool) {
        self.paused.send_replace(is_paused);
    }

    /// Returns once pausing is, or becomes, `is_paused`.
    async fn is_paused(&self, is_paused: bool) {
        // The sender lives as long as `self`.
        let _ = self
            .paused
            .subscribe()
            .wait_for(|now| *now == is_paused)
            .await;
    }

    /// The last probe.
    pub(crate) fn probe(&self) -> Option<Probe> {
        self.probe.borrow().clone()
    }

    /// Told whenever there is another probe.
    pub(crate) fn probes(&self) -> watch::Receiver<Option<Probe>> {
        self.probe.subscribe()
    }

    /// Says what came of a probe, and how many requests the relay has refused.
    pub(crate) fn set_probe(&self, probe: Option<Probe>, refused: u64) {
        self.refused.store(refused, Ordering::Relaxed);
        self.probe.send_if_modified(|now| {
            let is_new = *now != probe;
            *now = probe;
            is_new
        });
    }

    /// Requests that the relay has refused, for too much waits there.
    pub(crate) fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Told whenever a probe is heard, with its number.
    pub(crate) fn heard_probes(&self) -> watch::Receiver<Option<u64>> {
        self.probed.subscribe()
    }

    fn heard_probe(&self, number: u64) {
        self.probed.send_replace(Some(number));
    }

    /// Captures that came and could not be opened.
    pub(crate) fn unreadable(&self) -> u64 {
        *self
            .unreadable
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn count_unreadable(&self) {
        *self
            .unreadable
            .lock()
            .unwrap_or_else(PoisonError::into_inner) += 1;
    }

    fn heard(&self, now_ms: i64) {
        self.heard_at_ms.store(now_ms, Ordering::Relaxed);
    }

    fn set(&self, line: LineState) {
        self.line.send_if_modified(|now| {
            let is_new = *now != line;
            *now = line;
            is_new
        });
    }
}

/// What is known of the relay when the line to it is made.
struct Target {
    pairing: Pairing,
    relay: RelayUrl,
    token: Secret,
    opener: Opener,
}

impl Tunnel {
    /// Keeps the line until `stop`.
    pub(crate) async fn run(self, stop: CancellationToken) {
        // One program holds the line of a data folder; the lock goes with the program.
        let Some(_line) = stop.run_until_cancelled(self.take_line()).await else {
            return;
        };
        stop.run_until_cancelled(self.keep_up()).await;
    }

    async fn take_line(&self) -> Option<File> {
        loop {
            match lock(&line_lock(&self.data)) {
                Ok(file) => return Some(file),
                Err(std::fs::TryLockError::WouldBlock) => self.state.set(LineState::Elsewhere),
                Err(std::fs::TryLockError::Error(error)) => {
                    // A file system without locks: better two lines than none.
                    warn!("the line's lock cannot be taken: {error}");
                    return None;
                }
            }
            sleep(LOOK_EVERY).await;
        }
    }

    async fn keep_up(&self) {
        let mut backoff = Backoff::default();
        loop {
            if *self.state.paused.borrow() {
                self.state.set(LineState::Paused);
                self.state.is_paused(false).await;
            }
            let target = match self.target().await {
                Ok(Some(target)) => target,
                Ok(None) => {
                    self.rest(LineState::Unpaired).await;
                    continue;
                }
                Err(reason) => {
                    self.rest(LineState::Stopped { reason }).await;
                    continue;
                }
            };
            let wake = Wake::new(&target.relay, self.clock);
            self.state.set(LineState::Connecting);
            let began_ms = (self.clock)();
            let end = tokio::select! {
                end = session::run(self, &target) => end,
                () = self.re_paired(&target.pairing) => continue,
                () = self.state.is_paused(true) => continue,
                () = wake.woken() => {
                    info!("the computer or its network woke; connecting anew");
                    backoff = Backoff::default();
                    continue;
                }
            };
            if (self.clock)() - began_ms > 30_000 {
                backoff = Backoff::default();
            }
            if end.is_final() {
                warn!("the line to the relay is down: {end}");
                self.rest(LineState::Stopped {
                    reason: end.to_string(),
                })
                .await;
                continue;
            }
            let delay = end
                .retry_after()
                .unwrap_or_else(|| backoff.next(rand::random()));
            info!(
                "the line to the relay is down: {end}; trying again in {} ms",
                delay.as_millis()
            );
            let delay_ms = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
            self.state.set(LineState::Waiting {
                reason: end.to_string(),
                retry_at_ms: (self.clock)().saturating_add(delay_ms),
            });
            tokio::select! {
                () = sleep(delay) => {}
                () = self.changed.notified() => {}
                () = self.state.is_paused(true) => {}
                () = wake.woken() => backoff = Backoff::default(),
            }
        }
    }

    /// Says `line` and waits until there is something new to try.
    async fn rest(&self, line: LineState) {
        self.state.set(line);
        tokio::select! {
            () = self.changed.notified() => {}
            () = self.state.is_paused(true) => {}
        }
    }

    /// Returns once the pairing is another than `now`.
    async fn re_paired(&self, now: &Pairing) {
        loop {
            self.changed.notified().await;
            match self.database.read(pairing::read).await {
                Ok(Some(other)) if other == *now => {}
                Ok(_) => return,
                Err(error) => warn!("the pairing could not be read: {error}"),
            }
        }
    }

    /// The relay and what is needed to speak to it; none when there is no relay.
    async fn target(&self) -> Result<Option<Target>, String> {
        let read = self.database.read(pairing::read).await;
        let Some(pairing) = read.map_err(|error| error.to_string())? else {
            return Ok(None);
        };
        let relay: RelayUrl = pairing
            .url
            .parse()
            .map_err(|e: wire::connect::RelayUrlError| e.to_string())?;
        let (secrets, device) = (Arc::clone(&self.secrets), pairing.device.clone());
        let both = tokio::task::spawn_blocking(move || {
            Ok::<_, crate::secrets::SecretError>((
                secrets.read(&token_name(&device))?,
                secrets.read(&key_name(&device))?,
            ))
        });
        let both = both.await.map_err(|error| error.to_string())?;
        let (Some(token), Some(key)) = both.map_err(|error| error.to_string())? else {
            return Err(
                "this desktop's key is not in the keychain: unlock the keychain and try \
                        again, or pair with the relay anew"
                    .to_owned(),
            );
        };
        let key = key_from_text(&key).ok_or("this desktop's key is damaged: pair anew")?;
        Ok(Some(Target {
            pairing,
            relay,
            token,
            opener: Opener::new(&key),
        }))
    }
}

/// Whether a program holds the line of the folder `data`.
pub(crate) fn is_held(data: &Path) -> bool {
    matches!(
        lock(&line_lock(data)),
        Err(std::fs::TryLockError::WouldBlock)
    )
}

fn line_lock(data: &Path) -> PathBuf {
    data.join("line.lock")
}

/// Takes the lock that the file at `path` is, for as long as the answer is kept.
pub(crate) fn lock(path: &Path) -> Result<File, std::fs::TryLockError> {
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path);
    let file = file.map_err(std::fs::TryLockError::Error)?;
    file.try_lock()?;
    Ok(file)
}

/// What a device's token is filed under.
pub(crate) fn token_name(device: &str) -> String {
    format!("device {device} token")
}

/// What a device's private key is filed under.
pub(crate) fn key_name(device: &str) -> String {
    format!("device {device} key")
}

/// The text that a private key is kept as.
pub(crate) fn key_to_text(key: &DeviceKey) -> Secret {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    Secret::new(BASE64_STANDARD.encode(key.to_bytes().as_slice()))
}

fn key_from_text(text: &Secret) -> Option<DeviceKey> {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    let bytes = zeroize::Zeroizing::new(BASE64_STANDARD.decode(text.reveal()).ok()?);
    Some(DeviceKey::from_bytes(bytes.as_slice().try_into().ok()?))
}
