//! A capture that goes in pieces: each is read from the queue when the desktop has room for it, so
//! that a large body or a reader that is stuck holds up nobody else.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::warn;
use wire::{
    PIECE_BYTES, WINDOW_BYTES,
    credit::{CreditOverflow, SendWindow},
    frame::Frame,
};

use crate::{outbox::Outbox, relay::Shared};

/// How much of one capture the desktop will take now.
pub(crate) struct Stream {
    window: Mutex<SendWindow>,
    grown: Notify,
    over: CancellationToken,
}

/// What of a capture is still to be sent.
pub(crate) struct Rest {
    pub(crate) shared: Arc<Shared>,
    pub(crate) outbox: Outbox,
    /// Its place in the queue.
    pub(crate) number: i64,
    pub(crate) sent: u64,
    pub(crate) envelope_bytes: u64,
    pub(crate) stream: u32,
}

impl Stream {
    /// A stream of which the first `sent` bytes are on their way; it ends with `over`.
    pub(crate) fn new(over: CancellationToken, sent: usize) -> Self {
        let mut window = SendWindow::new(WINDOW_BYTES);
        window.take(sent);
        Self {
            window: Mutex::new(window),
            grown: Notify::new(),
            over,
        }
    }

    /// The desktop has taken `bytes` more.
    ///
    /// # Errors
    /// When it grants more than a window can hold.
    pub(crate) fn add(&self, bytes: u32) -> Result<(), CreditOverflow> {
        self.window().add(bytes)?;
        self.grown.notify_one();
        Ok(())
    }

    /// Sends nothing more.
    pub(crate) fn reset(&self) {
        self.over.cancel();
    }

    /// Sends `rest` as the window allows.
    pub(crate) async fn run(&self, rest: Rest) {
        self.over.run_until_cancelled(self.send(rest)).await;
    }

    async fn send(&self, mut rest: Rest) {
        while rest.sent < rest.envelope_bytes {
            let room = self.window().take(PIECE_BYTES);
            if room == 0 {
                self.grown.notified().await;
                continue;
            }
            let (queue, database) = (&rest.shared.queue, &rest.shared.database);
            let piece = match queue.piece(database, rest.number, rest.sent, room).await {
                Ok(piece) if !piece.is_empty() => piece,
                // Acknowledged and gone meanwhile, or unreadable: either way nothing to send.
                Ok(_) => return,
                Err(error) => {
                    warn!("a queued capture could not be read: {error}");
                    return;
                }
            };
            rest.sent += piece.len() as u64;
            let fin = rest.sent == rest.envelope_bytes;
            rest.outbox
                .bulk(&Frame::Data {
                    stream: rest.stream,
                    fin,
                    piece,
                })
                .await;
        }
    }

    fn window(&self) -> MutexGuard<'_, SendWindow> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
