//! What a session has to say, in the order of its urgency: control first, whole captures next,
//! pieces of large ones last. What waits together is written together and flushed once.

use std::{future::Future, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use bytes::Bytes;
use futures_util::{SinkExt, stream::SplitSink};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use wire::frame::Frame;

/// Messages written before a flush, at most.
const GROUP: usize = 64;
/// How long the other side has to take the last words of a session that is over.
pub(crate) const LAST_WORDS: Duration = Duration::from_secs(5);

/// Where the tasks of a session put what they have to say.
#[derive(Debug, Clone)]
pub(crate) struct Outbox {
    control: mpsc::Sender<Bytes>,
    captures: mpsc::Sender<Bytes>,
    bulk: mpsc::Sender<Bytes>,
}

/// Makes an outbox and the future that writes it to `sink`, until all its senders are gone or the
/// other side is. Once the session is `over` only control is written, and not for long: a reader
/// that takes nothing would keep the line, and what waits for it, for ever.
pub(crate) fn new(
    sink: SplitSink<WebSocket, Message>,
    over: CancellationToken,
) -> (Outbox, impl Future<Output = ()> + Send + 'static) {
    let (control, control_waiting) = mpsc::channel(64);
    let (captures, captures_waiting) = mpsc::channel(GROUP * 2);
    let (bulk, bulk_waiting) = mpsc::channel(4);
    let waiting = Waiting {
        control: control_waiting,
        captures: captures_waiting,
        bulk: bulk_waiting,
    };
    (
        Outbox {
            control,
            captures,
            bulk,
        },
        write(sink, waiting, over),
    )
}

impl Outbox {
    pub(crate) async fn control(&self, frame: &Frame) {
        send(&self.control, frame).await;
    }

    /// As [`Self::control`], where nobody can wait; said only when there is room.
    pub(crate) fn try_control(&self, frame: &Frame) {
        let _ = self.control.try_send(frame.encode());
    }

    pub(crate) async fn capture(&self, frame: &Frame) {
        send(&self.captures, frame).await;
    }

    pub(crate) async fn bulk(&self, frame: &Frame) {
        send(&self.bulk, frame).await;
    }
}

async fn send(to: &mpsc::Sender<Bytes>, frame: &Frame) {
    // The writer is gone only when the socket is; the session's reader finds that out.
    let _ = to.send(frame.encode()).await;
}

struct Waiting {
    control: mpsc::Receiver<Bytes>,
    captures: mpsc::Receiver<Bytes>,
    bulk: mpsc::Receiver<Bytes>,
}

impl Waiting {
    async fn next(&mut self) -> Option<Bytes> {
        tokio::select! {
            biased;
            Some(message) = self.control.recv() => Some(message),
            Some(message) = self.captures.recv() => Some(message),
            Some(message) = self.bulk.recv() => Some(message),
            else => None,
        }
    }

    fn next_now(&mut self) -> Option<Bytes> {
        let first = self
            .control
            .try_recv()
            .or_else(|_| self.captures.try_recv());
        first.or_else(|_| self.bulk.try_recv()).ok()
    }
}

async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut waiting: Waiting,
    over: CancellationToken,
) {
    over.run_until_cancelled(write_all(&mut sink, &mut waiting))
        .await;
    let Waiting {
        mut control,
        captures,
        bulk,
    } = waiting;
    // The next session sends them again; until then they need no memory.
    drop((captures, bulk));
    let last_words = async {
        while let Some(message) = control.recv().await {
            sink.send(Message::Binary(message)).await?;
        }
        sink.close().await
    };
    // The other side may be gone already, or take nothing.
    let _ = timeout(LAST_WORDS, last_words).await;
}

async fn write_all(sink: &mut SplitSink<WebSocket, Message>, waiting: &mut Waiting) {
    while let Some(first) = waiting.next().await {
        let mut next = Some(first);
        for _ in 0..GROUP {
            let Some(message) = next else { break };
            if sink.feed(Message::Binary(message)).await.is_err() {
                return;
            }
            next = waiting.next_now();
        }
        if let Some(message) = next
            && sink.feed(Message::Binary(message)).await.is_err()
        {
            return;
        }
        if sink.flush().await.is_err() {
            return;
        }
    }
}
