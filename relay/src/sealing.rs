//! Seals what arrives to its device before it touches the disk. One sealer a device, made anew
//! when it is worn, so that a leaked one opens little.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use sqlite::Database;
use wire::{
    key::PublicKey,
    seal::{SealError, Sealer},
};

/// The sealers of all devices.
#[derive(Debug)]
pub(crate) struct Sealers(Mutex<HashMap<i64, Own>>);

#[derive(Debug)]
struct Own {
    key: PublicKey,
    sealer: Option<Arc<Sealer>>,
}

impl Sealers {
    pub(crate) async fn load(database: &Database) -> Result<Self, sqlite::Error> {
        let keys = crate::devices::keys(database).await?;
        let own = keys
            .into_iter()
            .map(|(device, key)| (device, Own { key, sealer: None }));
        Ok(Self(Mutex::new(own.collect())))
    }

    /// Forgets all devices but those in `living`; the answer is the forgotten.
    pub(crate) fn keep(&self, living: &[(i64, PublicKey)]) -> Vec<i64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_living = |device: &i64| living.iter().any(|(one, _)| one == device);
        let gone = all
            .keys()
            .copied()
            .filter(|device| !is_living(device))
            .collect();
        all.retain(|device, _| is_living(device));
        gone
    }

    /// Makes `device` known by its key.
    pub(crate) fn add(&self, device: i64, key: PublicKey) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(device, Own { key, sealer: None });
    }

    /// The sealer of `device`; none when there is no such device.
    pub(crate) fn of(&self, device: i64, now_ms: i64) -> Option<Result<Arc<Sealer>, SealError>> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all.get_mut(&device)?;
        if let Some(sealer) = own.sealer.as_ref().filter(|sealer| !sealer.is_worn(now_ms)) {
            return Some(Ok(Arc::clone(sealer)));
        }
        let made = Sealer::new(&own.key, now_ms).map(Arc::new);
        own.sealer = made.as_ref().ok().cloned();
        Some(made)
    }
}
