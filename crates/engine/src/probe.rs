//! The honest status: a request through the public address of this desktop, out on the side of the
//! internet and back by the line. "Connected" alone shows only half of that way. Start at [`run`].

use std::{sync::Arc, time::Duration};

use http::{Method, StatusCode};
use sqlite::Database;
use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use url::Url;
use wire::{
    api::{DEVICE, DeviceInfo, PROBE_HEADER},
    pin::Pin,
};

use crate::{
    Clock,
    client::{self, ReachError},
    forward,
    secrets::Secrets,
    store::forwards,
    store::pairing::{self, Endpoint, Pairing},
    tunnel::{self, State},
    view::{Leg, LineState, Probe, ProbeFailure},
};

/// How often a probe is sent.
const EVERY: Duration = Duration::from_secs(60);
/// How long a probe may take from the relay to here.
const HEARD_WITHIN: Duration = Duration::from_secs(5);

/// What probing needs.
pub(crate) struct Prober {
    pub(crate) database: Arc<Database>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) state: Arc<State>,
    pub(crate) clock: Clock,
}

impl Prober {
    /// Probes whenever the line comes up, and each minute while it is.
    pub(crate) async fn run(self, stop: CancellationToken) {
        let mut line = self.state.changes();
        while stop
            .run_until_cancelled(self.next(&mut line))
            .await
            .is_some()
        {}
    }

    async fn next(&self, line: &mut watch::Receiver<LineState>) {
        let is_up = matches!(*line.borrow_and_update(), LineState::Connected { .. });
        if is_up {
            let read = self
                .database
                .read(|db| Ok((pairing::read(db)?, pairing::endpoints(db)?)));
            if let Ok((Some(pairing), endpoints)) = read.await {
                let probe = match endpoints.first() {
                    Some(endpoint) => Some(self.probe(endpoint, pairing.pin).await),
                    None => None,
                };
                self.state
                    .set_probe(probe, self.refused(pairing).await.unwrap_or(0));
            }
        } else {
            self.state.set_probe(None, self.state.refused());
        }
        // The line's end is the engine's.
        let changed = timeout(EVERY, line.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            sleep(EVERY).await;
        }
    }

    async fn probe(&self, endpoint: &Endpoint, pin: Option<Pin>) -> Probe {
        let at_ms = (self.clock)();
        let failed = match self.go_round(endpoint, pin).await {
            Ok(()) => self.reach_applications().await.err(),
            Err(failed) => Some(failed),
        };
        let took_ms = (self.clock)().saturating_sub(at_ms);
        Probe {
            at_ms,
            took_ms,
            failed,
        }
    }

    /// Whether something answers wherever captures are passed on to.
    async fn reach_applications(&self) -> Result<(), ProbeFailure> {
        // What cannot be read now is asked for again in a minute.
        let read = self
            .database
            .read(|db| Ok((forwards::all(db)?, pairing::endpoints(db)?)));
        let (forwards, endpoints) = read.await.unwrap_or_default();
        // One that was removed keeps its forwards, for it may be restored.
        let is_there = |id: &str| id == "local" || endpoints.iter().any(|one| one.id == id);
        for forward in forwards.iter().filter(|one| is_there(&one.endpoint)) {
            let app = |reason: String| ProbeFailure {
                leg: Leg::App,
                at: Some(forward.target.clone()),
                reason,
            };
            forward::reach(forward).await.map_err(app)?;
        }
        Ok(())
    }

    async fn go_round(&self, endpoint: &Endpoint, pin: Option<Pin>) -> Result<(), ProbeFailure> {
        let number: u64 = rand::random();
        let mut heard = self.state.heard_probes();
        let relay = |reason: String| ProbeFailure {
            leg: Leg::Relay,
            at: None,
            reason,
        };
        let url = Url::parse(&endpoint.url).map_err(|error| relay(error.to_string()))?;
        let digits = format!("{number:016x}");
        let status = client::post_empty(&url, pin, PROBE_HEADER, &digits)
            .await
            .map_err(|error| {
                let leg = match &error {
                    ReachError::Name { .. } => Leg::Dns,
                    ReachError::Connect { .. } => Leg::Tcp,
                    ReachError::Tls { .. } => Leg::Tls,
                    ReachError::NoRelay { .. } => Leg::Relay,
                };
                ProbeFailure {
                    leg,
                    at: None,
                    reason: error.to_string(),
                }
            })?;
        if status != StatusCode::NO_CONTENT {
            return Err(relay(format!("{} answers {status}", endpoint.url)));
        }
        match timeout(HEARD_WITHIN, heard.wait_for(|heard| *heard == Some(number))).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(ProbeFailure {
                leg: Leg::Tunnel,
                at: None,
                reason: "the relay took the probe, and it did not come by the line".to_owned(),
            }),
        }
    }

    /// How many requests the relay has refused because too much waits.
    async fn refused(&self, pairing: Pairing) -> Option<u64> {
        let relay: wire::connect::RelayUrl = pairing.url.parse().ok()?;
        let (secrets, name) = (
            Arc::clone(&self.secrets),
            tunnel::token_name(&pairing.device),
        );
        let token = tokio::task::spawn_blocking(move || secrets.read(&name))
            .await
            .ok()?
            .ok()??;
        let url = relay.api_url(DEVICE);
        let info =
            client::call::<DeviceInfo>(Method::GET, &url, pairing.pin, Some(&token), None::<&()>);
        Some(info.await.ok()?.refused)
    }
}
