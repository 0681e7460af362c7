//! The signing secrets at hand. They are read from the keychain once and beside the road, for it may
//! take seconds to answer; whoever judges or answers takes what is here. Start at [`Vault::ring`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sqlite::Database;
use tracing::warn;
use webhook::{
    capture::Capture,
    verify::{scheme::Scheme, secret::Secret},
};

use crate::{
    secrets::Secrets,
    store::{
        self, pairing,
        secrets::{self, Signing},
    },
};

/// The signing secrets of this desktop.
#[derive(Debug)]
pub(crate) struct Vault {
    secrets: Arc<Secrets>,
    /// Values by their numbers; under a number there is never another value.
    values: Mutex<HashMap<i64, Secret>>,
    ring: Mutex<Arc<Ring>>,
}

/// The secrets of all endpoints at one moment, and the public addresses of these.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    /// The history's revision then.
    pub(crate) revision: i64,
    keys: HashMap<String, Vec<Key>>,
    urls: HashMap<String, String>,
}

/// One secret of an endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// How it signs; none: as the sender does who is recognised.
    pub(crate) scheme: Option<Scheme>,
    /// Where the signature stands, if not where the scheme has it.
    pub(crate) header: Option<String>,
    pub(crate) secret: Secret,
}

impl Vault {
    pub(crate) fn new(secrets: Arc<Secrets>) -> Self {
        Self {
            secrets,
            values: Mutex::default(),
            ring: Mutex::default(),
        }
    }

    /// What is at hand. Never waits.
    pub(crate) fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in what has changed, and gives it.
    ///
    /// # Errors
    /// When the history cannot be read. A secret that the keychain does not give is left out.
    pub(crate) async fn refresh(
        self: &Arc<Self>,
        database: &Database,
    ) -> Result<Arc<Ring>, sqlite::Error> {
        let read = |db: &sqlite::rusqlite::Connection| {
            // First, so that what it names is never newer than the rest.
            let revision = store::mark(db)?.revision;
            Ok((revision, secrets::all(db)?, pairing::endpoints(db)?))
        };
        let (revision, signings, endpoints) = database.read(read).await?;
        let vault = Arc::clone(self);
        let keys = tokio::task::spawn_blocking(move || vault.keys(signings));
        let urls = endpoints.into_iter().map(|one| (one.id, one.url));
        let ring = Arc::new(Ring {
            revision,
            keys: keys.await.map_err(|_| sqlite::Error::Closed)?,
            urls: urls.collect(),
        });
        *self.ring.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&ring);
        Ok(ring)
    }

    fn keys(&self, signings: Vec<Signing>) -> HashMap<String, Vec<Key>> {
        let mut keys: HashMap<String, Vec<Key>> = HashMap::new();
        for one in signings {
            if let Some(secret) = self.value(&one) {
                keys.entry(one.endpoint).or_default().push(Key {
                    scheme: one.scheme,
                    header: one.header,
                    secret,
                });
            }
        }
        keys
    }

    fn value(&self, one: &Signing) -> Option<Secret> {
        let mut values = self.values.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = values.get(&one.number) {
            return Some(known.clone());
        }
        let name = &one.name;
        let value = match self.secrets.read(&value_name(one.number)) {
            Ok(value) => value.or_else(|| {
                warn!("the value of the secret `{name}` is not in the keychain of this computer");
                None
            })?,
            Err(error) => {
                warn!("the secret `{name}` cannot be read: {error}");
                return None;
            }
        };
        let secret = Secret::new(name.as_str(), value.reveal());
        values.insert(one.number, secret.clone());
        Some(secret)
    }
}

impl Ring {
    /// The secrets of `endpoint`, those that are not old first.
    pub(crate) fn keys(&self, endpoint: &str) -> &[Key] {
        self.keys.get(endpoint).map_or(&[], Vec::as_slice)
    }

    /// The secrets of all other endpoints, each named with its endpoint's id.
    pub(crate) fn others(&self, endpoint: &str) -> Vec<Secret> {
        let others = self.keys.iter().filter(|(id, _)| *id != endpoint);
        others
            .flat_map(|(_, keys)| keys)
            .map(|key| key.secret.clone())
            .collect()
    }

    /// The whole public URL that the sender of `capture` called.
    pub(crate) fn url(&self, capture: &Capture) -> String {
        let target = String::from_utf8_lossy(capture.head.target());
        if target.contains("://") {
            return target.into_owned();
        }
        let id = capture.endpoint.as_str();
        match self.urls.get(id) {
            Some(url) => {
                let below = target.strip_prefix(&format!("/h/{id}"));
                let origin = || {
                    let slash = url
                        .match_indices('/')
                        .nth(2)
                        .map_or(url.len(), |(at, _)| at);
                    format!("{}{target}", &url[..slash])
                };
                below.map_or_else(origin, |below| format!("{url}{below}"))
            }
            None => {
                let host = capture.head.first("host").unwrap_or_default();
                let scheme = if id == "local" { "http" } else { "https" };
                format!("{scheme}://{}{target}", String::from_utf8_lossy(host))
            }
        }
    }
}

/// What the value of the signing secret `number` is called in the keychain.
pub(crate) fn value_name(number: i64) -> String {
    format!("signing secret {number}")
}
