//! How much the bodies that are coming in may take together, whoever sends them.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::refusal::Refusal;

/// Bytes of bodies that may be in memory at one time.
#[derive(Debug, Clone)]
pub struct Budget {
    bytes: usize,
    left: Arc<Semaphore>,
}

/// What one body has taken of a [`Budget`]; given back when it goes.
#[derive(Debug, Default)]
pub struct Room(Option<OwnedSemaphorePermit>);

impl Budget {
    /// A budget of `bytes`.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        let bytes = bytes.min(Semaphore::MAX_PERMITS);
        let left = Arc::new(Semaphore::new(bytes));
        Self { bytes, left }
    }

    /// How many bytes are taken now.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.bytes.saturating_sub(self.left.available_permits())
    }

    /// Takes `bytes` more for the body that has `room` already.
    pub(crate) fn take(&self, room: &mut Room, bytes: usize) -> Result<(), Refusal> {
        let bytes = u32::try_from(bytes).map_err(|_| Refusal::Busy)?;
        let more = Arc::clone(&self.left)
            .try_acquire_many_owned(bytes)
            .map_err(|_| Refusal::Busy)?;
        match &mut room.0 {
            Some(all) => all.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
}
