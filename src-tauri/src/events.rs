//! Tells the page what changed: at once after a quiet time, then at most once in [`PAUSE`], however
//! much comes. Start at [`forward`].

use std::time::Duration;

use engine::{
    Engine,
    view::{Event, Status},
};
use tokio::sync::broadcast::{
    Receiver,
    error::{RecvError, TryRecvError},
};

/// What the page listens to; each carries a list of [`Event`]s.
pub(crate) const NAME: &str = "engine";
/// The page draws at most so often for what arrives.
const PAUSE: Duration = Duration::from_millis(50);

/// Passes what is `heard` of `engine` on by `tell`, until the engine is gone.
pub(crate) async fn forward(
    engine: Engine,
    mut heard: Receiver<Event>,
    tell: impl Fn(&[Event]) + Send,
) {
    let mut news = News::default();
    loop {
        match heard.recv().await {
            Ok(event) => news.add(event),
            Err(RecvError::Lagged(_)) => news.add_all(&engine).await,
            Err(RecvError::Closed) => return,
        }
        loop {
            match heard.try_recv() {
                Ok(event) => news.add(event),
                Err(TryRecvError::Lagged(_)) => news.add_all(&engine).await,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        tell(&std::mem::take(&mut news).into_events());
        tokio::time::sleep(PAUSE).await;
    }
}

/// Events made one of a kind: captures are summed, of the status only the newest counts.
#[derive(Debug, Default)]
struct News {
    captured: Option<u64>,
    endpoints: bool,
    status: Option<Status>,
}

impl News {
    fn add(&mut self, event: Event) {
        match event {
            Event::Captured { count } => *self.captured.get_or_insert(0) += count,
            Event::Endpoints => self.endpoints = true,
            Event::Status { status } => self.status = Some(status),
        }
    }

    /// Some were missed, nobody knows which: the page is to look at everything again.
    async fn add_all(&mut self, engine: &Engine) {
        self.captured.get_or_insert(0);
        self.endpoints = true;
        match engine.status().await {
            Ok(status) => self.status = Some(status),
            Err(error) => tracing::warn!("the status could not be read: {error}"),
        }
    }

    fn into_events(self) -> Vec<Event> {
        let captured = self.captured.map(|count| Event::Captured { count });
        let endpoints = self.endpoints.then_some(Event::Endpoints);
        let status = self.status.map(|status| Event::Status { status });
        [captured, endpoints, status]
            .into_iter()
            .flatten()
            .collect()
    }
}
