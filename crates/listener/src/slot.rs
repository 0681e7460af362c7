//! What the recording stream and the service tell each other about one connection, past hyper,
//! which has no place for it. Start at [`Slot::put`] and [`Slot::take`].

use std::{
    io,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use hyper::upgrade::{OnUpgrade, Upgraded};
use webhook::head::Head;

use crate::refusal::Refusal;

/// Takes heads from the recorder to the service, for hyper has no place for them.
#[derive(Debug, Default)]
pub(crate) struct Slot {
    /// hyper asks for a head only when the one before is answered: there is one at most.
    head: Mutex<Option<Result<Head, Refusal>>>,
    is_upgraded: AtomicBool,
    unused: Mutex<Option<OnUpgrade>>,
}

impl Slot {
    /// Takes the head of the request that hyper has just read.
    pub(crate) fn take(&self) -> Option<Result<Head, Refusal>> {
        lock(&self.head).take()
    }

    /// From now on the stream carries another protocol: nothing is recorded or timed any more.
    pub(crate) fn upgrade(&self) {
        self.is_upgraded.store(true, Ordering::Release);
    }

    /// Keeps an upgrade that was offered and not taken, for [`Self::give_back`].
    pub(crate) fn keep(&self, unused: OnUpgrade) {
        *lock(&self.unused) = Some(unused);
    }

    /// The stream, when hyper has let go of it for an upgrade that nobody took. hyper leaves it
    /// open then, and closing is more than dropping it.
    pub(crate) async fn give_back(&self) -> Option<Upgraded> {
        let unused = lock(&self.unused).take()?;
        unused.await.ok()
    }

    pub(crate) fn put(&self, head: Result<Head, Refusal>) -> io::Result<()> {
        match lock(&self.head).replace(head) {
            None => Ok(()),
            Some(_) => Err(io::Error::other(
                "hyper sees other requests than were recorded",
            )),
        }
    }

    pub(crate) fn is_upgraded(&self) -> bool {
        self.is_upgraded.load(Ordering::Acquire)
    }
}

fn lock<T>(slot: &Mutex<T>) -> MutexGuard<'_, T> {
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}
