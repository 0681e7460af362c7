//! Answers that go back on the line: each begins when the application has answered, and goes on as
//! the relay's sender takes it. Start at [`Answers::expect`].

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use wire::{
    MAX_ANSWER_HEAD_BYTES, PIECE_BYTES, WINDOW_BYTES,
    credit::{CreditOverflow, SendWindow},
    frame::{self, Frame, ResetCode},
};

use crate::answer::{Answer, AnswerTo, Body};

/// The answers of one session.
pub(super) struct Answers {
    say: mpsc::Sender<Frame>,
    open: Mutex<HashMap<u32, Arc<Way>>>,
    begin: mpsc::UnboundedSender<Begun>,
}

/// An answer that is to come, and the way that it will take.
pub(super) struct Begun {
    stream: u32,
    way: Arc<Way>,
    answer: oneshot::Receiver<Answer>,
}

/// How much of an answer the relay will take now, and whether it takes any.
struct Way {
    window: Mutex<SendWindow>,
    grown: Notify,
    over: CancellationToken,
}

impl Answers {
    /// Says what there is to say by `say`; what is begun is worked off by [`Self::run`].
    pub(super) fn new(say: mpsc::Sender<Frame>) -> (Self, mpsc::UnboundedReceiver<Begun>) {
        let (begin, begun) = mpsc::unbounded_channel();
        let open = Mutex::default();
        (Self { say, open, begin }, begun)
    }

    /// The sender of the capture on `stream` waits; who has the answer puts it in here.
    pub(super) fn expect(&self, stream: u32) -> AnswerTo {
        let (to, answer) = oneshot::channel();
        let way = Arc::new(Way {
            window: Mutex::new(SendWindow::new(WINDOW_BYTES)),
            grown: Notify::new(),
            over: CancellationToken::new(),
        });
        self.open().insert(stream, Arc::clone(&way));
        // The other end lives as long as the session.
        let _ = self.begin.send(Begun {
            stream,
            way,
            answer,
        });
        to
    }

    /// The relay takes `bytes` more on `stream`.
    pub(super) fn credit(&self, stream: u32, bytes: u32) -> Result<(), CreditOverflow> {
        if let Some(way) = self.open().get(&stream) {
            way.window().add(bytes)?;
            way.grown.notify_one();
        }
        Ok(())
    }

    /// The relay takes nothing more on `stream`.
    pub(super) fn end(&self, stream: u32) {
        if let Some(way) = self.open().remove(&stream) {
            way.over.cancel();
        }
    }

    /// Sends what is answered, each answer at its own pace, until the session ends.
    pub(super) async fn run(&self, mut begun: mpsc::UnboundedReceiver<Begun>) {
        let mut running = FuturesUnordered::new();
        loop {
            tokio::select! {
                Some(one) = begun.recv() => running.push(self.send(one)),
                Some(()) = running.next() => {}
                else => return,
            }
        }
    }

    async fn send(&self, begun: Begun) {
        let Begun {
            stream,
            way,
            answer,
        } = begun;
        let sent = way
            .over
            .run_until_cancelled(self.say_answer(stream, &way, answer));
        if let Some(Err(text)) = sent.await {
            let code = ResetCode::Unanswered;
            let text = text.to_owned();
            self.say(Frame::Reset { stream, code, text }).await;
        }
        self.open().remove(&stream);
    }

    /// The error says why there is no answer, or no more of it.
    async fn say_answer(
        &self,
        stream: u32,
        way: &Way,
        answer: oneshot::Receiver<Answer>,
    ) -> Result<(), &'static str> {
        let Ok(Answer { head, body }) = answer.await else {
            return Err("the desktop has no answer");
        };
        if head.len() > MAX_ANSWER_HEAD_BYTES {
            return Err("the answer's head is too long");
        }
        let mut pieces = match body {
            Body::Whole(piece) if head.len() + piece.len() <= PIECE_BYTES => {
                let fin = true;
                self.begin(stream, fin, head, piece).await;
                return Ok(());
            }
            Body::Whole(piece) => {
                self.begin(stream, false, head, Bytes::new()).await;
                self.go_on(stream, way, piece).await;
                return self.finish(stream).await;
            }
            Body::Pieces(pieces) => pieces,
        };
        self.begin(stream, false, head, Bytes::new()).await;
        while let Some(piece) = pieces.recv().await {
            let piece = piece.map_err(|_| "the application ended its answer before the end")?;
            self.go_on(stream, way, piece).await;
        }
        self.finish(stream).await
    }

    async fn begin(&self, stream: u32, fin: bool, head: Bytes, piece: Bytes) {
        self.say(Frame::Answer(frame::Answer {
            stream,
            fin,
            head,
            piece,
        }))
        .await;
    }

    async fn go_on(&self, stream: u32, way: &Way, mut bytes: Bytes) {
        while !bytes.is_empty() {
            let room = way.window().take(bytes.len().min(PIECE_BYTES));
            if room == 0 {
                way.grown.notified().await;
                continue;
            }
            let (fin, piece) = (false, bytes.split_to(room));
            self.say(Frame::Data { stream, fin, piece }).await;
        }
    }

    async fn finish(&self, stream: u32) -> Result<(), &'static str> {
        let (fin, piece) = (true, Bytes::new());
        self.say(Frame::Data { stream, fin, piece }).await;
        Ok(())
    }

    async fn say(&self, frame: Frame) {
        // The writer is gone only when the session is.
        let _ = self.say.send(frame).await;
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u32, Arc<Way>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Way {
    fn window(&self) -> MutexGuard<'_, SendWindow> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
