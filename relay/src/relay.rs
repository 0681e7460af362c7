//! A relay that runs: its parts, its doors, its end. Start at [`Relay::start`].

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use listener::{Budget, Limits, Tasks};
use sqlite::Database;
use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use wire::{
    connect::{ConnectString, RelayUrl},
    token::{Token, TokenKind},
};

use crate::{
    api,
    config::Config,
    devices,
    endpoints::Endpoints,
    health,
    held::Held,
    ingress,
    presence::Presence,
    queue::{Queue, Quota},
    rates::Rates,
    revision,
    sealing::Sealers,
    store,
    tls::{Secured, Shown, Tls, TlsError},
};

/// How long an invite that was printed at the start may be used.
const INVITE_MS: i64 = 24 * 3_600_000;
/// How soon the change of another program is seen.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// How often what is too old is removed.
const TIDY_EVERY: Duration = Duration::from_secs(600);
/// How long those connected have to finish when the relay stops.
const DRAIN: Duration = Duration::from_secs(10);

/// The clock: milliseconds since the Unix epoch.
pub type Clock = fn() -> i64;

/// What all of a relay's tasks share.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) public_url: RelayUrl,
    pub(crate) database: Database,
    pub(crate) endpoints: Endpoints,
    pub(crate) queue: Queue,
    pub(crate) sealers: Sealers,
    pub(crate) presence: Arc<Presence>,
    pub(crate) held: Held,
    /// What bodies that are coming in may take of the memory.
    pub(crate) bodies: Budget,
    pub(crate) rates: Rates,
    pub(crate) tasks: Tasks,
}

/// A relay that is up.
pub struct Relay {
    address: SocketAddr,
    admin: Option<SocketAddr>,
    shared: Arc<Shared>,
    /// The certificate, where TLS is on.
    shown: Option<Arc<Shown>>,
    accepting: Tasks,
}

/// Why a relay could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its address is taken or not this machine's.
    #[error(
        "cannot listen on {address}: {reason}; another program may have the port: choose one with --listen"
    )]
    Listen {
        /// The address wanted.
        address: SocketAddr,
        /// What the system says.
        reason: std::io::Error,
    },
    /// Its settings of TLS are wrong, or the files that they name.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Its database cannot be opened.
    #[error(transparent)]
    Open(#[from] sqlite::OpenError),
    /// Its database cannot be read.
    #[error(transparent)]
    Database(#[from] sqlite::Error),
}

impl Relay {
    /// Opens the database and both doors; when it returns, requests are answered.
    ///
    /// # Errors
    /// When the address, the certificate's files or the database cannot be had.
    pub async fn start(config: Config, clock: Clock) -> Result<Self, StartError> {
        let tls = Tls::of(&config)?;
        let database = store::open(&config.data)?;
        let (listener, address) = bind(config.listen).await?;
        let public_url = config
            .public_url
            .clone()
            .unwrap_or_else(|| own_url(address, tls.as_ref()));
        let quota = Quota {
            captures: config.queue_captures,
            bytes: config.queue_bytes,
            relay_bytes: config.relay_bytes,
        };
        let limits = Limits {
            body_bytes: config.body_limit_bytes,
            connections: config.connections,
            ..Limits::default()
        };
        let shared = Arc::new(Shared {
            endpoints: Endpoints::load(&database).await?,
            queue: Queue::load(&database, quota).await?,
            sealers: Sealers::load(&database).await?,
            presence: Arc::default(),
            tasks: Tasks::new(),
            held: Held::default(),
            // Each body alone has room.
            bodies: Budget::new(config.bodies_bytes.max(config.body_limit_bytes)),
            rates: Rates::new(config.address_rate, config.endpoint_rate),
            config,
            clock,
            public_url,
            database,
        });
        let router = Router::new()
            .nest("/api", api::router())
            .fallback(ingress::receive)
            .with_state(Arc::clone(&shared));
        let watched = Arc::clone(&shared);
        shared.tasks.spawn("watch", |stop| watch(watched, stop));
        let tidied = Arc::clone(&shared);
        shared.tasks.spawn("tidy", |stop| tidy(tidied, stop));
        let accepting = Tasks::new();
        let admin = match shared.config.admin {
            Some(at) => Some(open_admin(at, &shared, &accepting).await?),
            None => None,
        };
        let shown = if let Some(tls) = tls {
            info!("TLS with {tls}");
            let (shown, keep) = tls.begin().await;
            let door = Secured::new(listener, Arc::clone(&shown));
            accepting.spawn("accept", |stop| listener::serve(door, router, limits, stop));
            accepting.spawn("certificate", |stop| async move {
                stop.run_until_cancelled(keep).await;
            });
            Some(shown)
        } else {
            accepting.spawn("accept", |stop| {
                listener::serve(listener, router, limits, stop)
            });
            None
        };
        info!(%address, is_encrypted = shown.is_some(), "listening on {address}");
        Ok(Self {
            address,
            admin,
            shared,
            shown,
            accepting,
        })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its health and figures are read.
    #[must_use]
    pub const fn admin(&self) -> Option<SocketAddr> {
        self.admin
    }

    /// The address that senders and desktops use.
    #[must_use]
    pub fn public_url(&self) -> &RelayUrl {
        &self.shared.public_url
    }

    /// Makes a connect string, with which one desktop may pair within a day. It pins a certificate
    /// that has signed itself, for no desktop would accept that otherwise.
    ///
    /// # Errors
    /// When the invite cannot be kept.
    pub async fn invite(&self) -> Result<ConnectString, sqlite::Error> {
        let (invite, now_ms) = (Token::generate(TokenKind::Invite), (self.shared.clock)());
        devices::invite(&self.shared.database, &invite, now_ms, now_ms + INVITE_MS).await?;
        let relay = self.shared.public_url.clone();
        let pin = self.shown.as_ref().and_then(|shown| shown.pin());
        Ok(ConnectString {
            pin: pin.filter(|_| relay.is_encrypted()),
            relay,
            invite,
        })
    }

    /// Stops: tells the desktops, lets running requests end, and closes the database.
    pub async fn stop(self) {
        self.shared.tasks.stop(DRAIN).await;
        self.accepting.stop(DRAIN).await;
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = TcpListener::bind(address).await;
    bound
        .and_then(|listener| Ok((listener.local_addr()?, listener)))
        .map(|(address, listener)| (listener, address))
        .map_err(|reason| StartError::Listen { address, reason })
}

/// Opens the door of the relay's own health and figures.
async fn open_admin(
    at: SocketAddr,
    shared: &Arc<Shared>,
    accepting: &Tasks,
) -> Result<SocketAddr, StartError> {
    let (listener, address) = bind(at).await?;
    let router = health::router(Arc::clone(shared), health::count());
    let limits = Limits {
        connections: 64,
        ..Limits::default()
    };
    accepting.spawn("admin", |stop| {
        listener::serve(listener, router, limits, stop)
    });
    info!(%address, "health and figures are at http://{address}/");
    Ok(address)
}

/// Sees what another program changes in the database, such as a device that is revoked.
async fn watch(shared: Arc<Shared>, stop: CancellationToken) {
    let mut seen = None;
    while stop.run_until_cancelled(sleep(LOOK_EVERY)).await.is_some() {
        let now = shared.database.read(revision::now).await.ok();
        if now == seen {
            continue;
        }
        seen = now;
        if let Err(error) = take_up(&shared).await {
            warn!("a change of devices or endpoints could not be read: {error}");
            seen = None;
        }
    }
}

/// Removes what nobody fetched in time, and forgets who has not sent for a while.
async fn tidy(shared: Arc<Shared>, stop: CancellationToken) {
    let keep_ms = i64::from(shared.config.keep_days) * 24 * 3_600_000;
    loop {
        let before_ms = (shared.clock)().saturating_sub(keep_ms);
        match shared.queue.expire(&shared.database, before_ms).await {
            Ok(expired) => {
                for (device, count) in expired {
                    warn!(
                        device,
                        count, "removed {count} captures that device number {device} did not fetch"
                    );
                }
            }
            Err(error) => warn!("what is too old could not be removed: {error}"),
        }
        shared.rates.tidy();
        if stop.run_until_cancelled(sleep(TIDY_EVERY)).await.is_none() {
            return;
        }
    }
}

async fn take_up(shared: &Shared) -> Result<(), sqlite::Error> {
    shared.endpoints.reload(&shared.database).await?;
    let living = devices::keys(&shared.database).await?;
    for device in shared.sealers.keep(&living) {
        info!(device, "device number {device} is one no more");
        shared.presence.revoke(device);
    }
    Ok(())
}

/// The address that senders use when the owner has named none.
fn own_url(address: SocketAddr, tls: Option<&Tls>) -> RelayUrl {
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = if let Some(host) = tls.and_then(Tls::host) {
        format!("{scheme}://{host}:{}", address.port())
    } else {
        if address.ip().is_unspecified() {
            warn!(
                "senders cannot use {address} as an address: name the public one with --public-url"
            );
        }
        format!("{scheme}://{address}")
    };
    url.parse().expect("a scheme and a host make a URL")
}
