//! What one session's desktop answers to senders that wait: each answer is expected when its capture
//! is delivered, begins with an `ANSWER`, and goes on in `DATA`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::body::Body;
use bytes::Bytes;
use tokio::time::Instant;
use webhook::capture::CaptureId;
use wire::frame::{Answer, Frame, ResetCode};

use crate::{
    answer::{self, PieceError, Pieces, unanswered},
    outbox::Outbox,
    relay::Shared,
};

/// The answers of one session, by their streams.
pub(crate) struct Answers {
    shared: Arc<Shared>,
    outbox: Outbox,
    all: Mutex<HashMap<u32, Awaited>>,
}

struct Awaited {
    id: CaptureId,
    until: Instant,
    /// Where its pieces go, once it has begun.
    pieces: Option<Pieces>,
}

impl Answers {
    pub(crate) fn new(shared: Arc<Shared>, outbox: Outbox) -> Self {
        let all = Mutex::default();
        Self {
            shared,
            outbox,
            all,
        }
    }

    /// The sender of `id`, which is delivered on `stream`, waits for `within_ms`.
    pub(crate) fn expect(&self, stream: u32, id: CaptureId, within_ms: u32) {
        let now = Instant::now();
        let until = now + Duration::from_millis(within_ms.into());
        let mut all = self.all();
        // Those that never came are forgotten here.
        all.retain(|_, one| one.pieces.is_some() || one.until > now);
        let pieces = None;
        all.insert(stream, Awaited { id, until, pieces });
    }

    /// Passes on what the desktop answers, or the beginning of it.
    pub(crate) async fn begin(&self, answer: Answer) {
        let stream = answer.stream;
        let awaited = self.all().remove(&stream);
        let Some(Awaited { id, until, .. }) = awaited.filter(|one| one.pieces.is_none()) else {
            return self.outbox.control(&unanswered(stream)).await;
        };
        let response = match answer::read_head(&answer.head) {
            Ok(response) => response,
            Err(why) => {
                self.shared.held.give_up(id);
                return self
                    .refuse(stream, format!("the answer's head: {why}"))
                    .await;
            }
        };
        if answer.fin {
            let response = response.map(|_| Body::from(answer.piece));
            self.shared.held.answer(id, response);
            return;
        }
        let (pieces, body) = answer::body(self.outbox.clone(), stream);
        let begun = pieces.put(answer.piece, false);
        // When nobody waits any more, the body goes and tells the desktop so.
        if begun.is_ok() && self.shared.held.answer(id, response.map(|_| body)) {
            let pieces = Some(pieces);
            self.all().insert(stream, Awaited { id, until, pieces });
        }
    }

    /// Passes on the next piece of an answer that has begun.
    pub(crate) async fn go_on(&self, stream: u32, fin: bool, piece: Bytes) {
        let put = match self.all().get(&stream).and_then(|one| one.pieces.as_ref()) {
            Some(pieces) => pieces.put(piece, fin),
            // Ended on this side while it was on its way.
            None => return,
        };
        if fin || put.is_err() {
            self.all().remove(&stream);
        }
        if let Err(PieceError::Overrun(error)) = put {
            self.refuse(stream, error.to_string()).await;
        }
    }

    /// The desktop has no answer on `stream`, or no more of it.
    pub(crate) fn give_up(&self, stream: u32) {
        if let Some(awaited) = self.all().remove(&stream) {
            self.shared.held.give_up(awaited.id);
        }
    }

    /// The session is over, and so are its answers.
    pub(crate) fn end(&self) {
        for (_, awaited) in self.all().drain() {
            self.shared.held.give_up(awaited.id);
        }
    }

    async fn refuse(&self, stream: u32, text: String) {
        let code = ResetCode::Protocol;
        let reset = Frame::Reset { stream, code, text };
        self.outbox.control(&reset).await;
    }

    fn all(&self) -> MutexGuard<'_, HashMap<u32, Awaited>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
