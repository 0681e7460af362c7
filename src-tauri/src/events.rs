//! Tells the page what changed: at once after a quiet time, then at most once in [`PAUSE`], however
//! much comes. Start at [`forward`].

use std::time::Duration;

use engine::{
    Engine,
    view::{Event, ReplayProgress, Status},
};
use tokio::{
    sync::broadcast::{
        Receiver,
        error::{RecvError, TryRecvError},
    },
    time::{Instant, sleep, sleep_until},
};

/// What the page listens to; each carries a list of [`Event`]s.
pub(crate) const NAME: &str = "engine";
/// The page hears no more often.
const PAUSE: Duration = Duration::from_millis(50);
/// The status says how many captures there are. While they come it is told so often, for counting
/// costs time in a large history.
const COUNT_EVERY: Duration = Duration::from_millis(400);
/// The status says when the relay was last heard. So often it is told although nothing changed.
const LIFE_EVERY: Duration = Duration::from_secs(5);

/// Passes what is `heard` of `engine` on by `tell`, until the engine is gone.
pub(crate) async fn forward(
    engine: Engine,
    mut heard: Receiver<Event>,
    tell: impl Fn(&[Event]) + Send,
) {
    let mut status_told = Instant::now();
    let mut status_due = status_told + LIFE_EVERY;
    loop {
        let mut news = News::default();
        tokio::select! {
            first = heard.recv() => match first {
                Ok(event) => news.add(event),
                Err(RecvError::Lagged(_)) => news.add_unheard(),
                Err(RecvError::Closed) => return,
            },
            () = sleep_until(status_due) => {}
        }
        loop {
            match heard.try_recv() {
                Ok(event) => news.add(event),
                Err(TryRecvError::Lagged(_)) => news.add_unheard(),
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        if news.captured.is_some() || news.marked {
            status_due = status_due.min(status_told + COUNT_EVERY);
        }
        if Instant::now() >= status_due {
            news.status = status(&engine).await.or(news.status);
            status_told = Instant::now();
            status_due = status_told + LIFE_EVERY;
        }
        let news = news.into_events();
        if !news.is_empty() {
            tell(&news);
            sleep(PAUSE).await;
        }
    }
}

async fn status(engine: &Engine) -> Option<Status> {
    let status = engine.status().await;
    status
        .inspect_err(|error| tracing::warn!("the status could not be read: {error}"))
        .ok()
}

/// Events made one of a kind: captures are summed, of the status only the newest counts.
#[derive(Debug, Default)]
struct News {
    captured: Option<u64>,
    delivered: Vec<String>,
    marked: bool,
    verified: Option<Vec<String>>,
    endpoints: bool,
    ran: bool,
    removed: bool,
    working: Option<Event>,
    status: Option<Status>,
    replays: Vec<ReplayProgress>,
}

impl News {
    fn add(&mut self, event: Event) {
        match event {
            Event::Captured { count } => *self.captured.get_or_insert(0) += count,
            Event::Delivered { captures } => self.delivered.extend(captures),
            Event::FellBack { .. } => {}
            Event::Marked => self.marked = true,
            // Also of none: a list that asks for verdicts may take in those without one.
            Event::Verified { captures } => {
                self.verified.get_or_insert_default().extend(captures);
            }
            Event::Endpoints => self.endpoints = true,
            Event::Ran => self.ran = true,
            Event::Removed => self.removed = true,
            // Only the newest says how far it is.
            working @ Event::Working { .. } => self.working = Some(working),
            Event::Status { status } => self.status = Some(status),
            // Of each replay the newest counts.
            Event::Replay { progress } => {
                self.replays.retain(|one| one.run != progress.run);
                self.replays.push(progress);
            }
        }
    }

    /// Some were missed, nobody knows which: the page is to look at the lists again. The status
    /// follows, as it does after captures.
    fn add_unheard(&mut self) {
        self.captured.get_or_insert(0);
        self.marked = true;
        self.endpoints = true;
        self.ran = true;
        self.removed = true;
    }

    fn into_events(self) -> Vec<Event> {
        let captured = self.captured.map(|count| Event::Captured { count });
        let captures = self.delivered;
        let delivered = (!captures.is_empty()).then_some(Event::Delivered { captures });
        let marked = self.marked.then_some(Event::Marked);
        let verified = self.verified.map(|captures| Event::Verified { captures });
        let endpoints = self.endpoints.then_some(Event::Endpoints);
        let removed = self.removed.then_some(Event::Removed);
        let ran = self.ran.then_some(Event::Ran);
        let status = self.status.map(|status| Event::Status { status });
        let replays = self.replays.into_iter();
        let replays = replays.map(|progress| Event::Replay { progress });
        [
            captured,
            delivered,
            marked,
            verified,
            removed,
            endpoints,
            ran,
            self.working,
            status,
        ]
        .into_iter()
        .flatten()
        .chain(replays)
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use engine::Options;
    use tokio::sync::{
        broadcast::Sender,
        mpsc::{UnboundedReceiver, unbounded_channel},
    };

    use super::*;

    /// A real engine of an empty folder, events of our own making, and what the page is told of them.
    struct Page {
        engine: Engine,
        events: Sender<Event>,
        told: UnboundedReceiver<(Instant, Vec<Event>)>,
        _folder: tempfile::TempDir,
    }

    impl Page {
        fn open(room: usize) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let engine = Engine::open(Options {
                data: folder.path().to_owned(),
                clock: || 0,
                use_keychain: false,
            })
            .unwrap();
            let events = Sender::new(room);
            let (to, told) = unbounded_channel();
            let tell = move |news: &[Event]| drop(to.send((Instant::now(), news.to_vec())));
            let heard = events.subscribe();
            let mut tasks = tokio::task::JoinSet::new();
            tasks.spawn(forward(engine.clone(), heard, tell));
            tasks.detach_all();
            Self {
                engine,
                events,
                told,
                _folder: folder,
            }
        }

        fn say(&self, event: Event) {
            self.events.send(event).unwrap();
        }

        async fn told(&mut self) -> (Instant, Vec<Event>) {
            self.told.recv().await.expect("the page is told")
        }

        /// All that is told once nothing is said any more.
        async fn rest(mut self) -> Vec<(Instant, Vec<Event>)> {
            drop(self.events);
            let mut all = Vec::new();
            while let Some(told) = self.told.recv().await {
                all.push(told);
            }
            all
        }
    }

    fn captured(news: &[Event]) -> u64 {
        let counts = news.iter().map(|event| match event {
            Event::Captured { count } => *count,
            _ => 0,
        });
        counts.sum()
    }

    #[tokio::test(start_paused = true)]
    async fn two_thousand_captures_are_told_as_few_sums_with_pauses_between() {
        let page = Page::open(256);
        for _ in 0..200 {
            for _ in 0..10 {
                page.say(Event::Captured { count: 1 });
            }
            sleep(Duration::from_millis(5)).await;
        }
        let all = page.rest().await;
        assert_eq!(
            all.iter().map(|(_, news)| captured(news)).sum::<u64>(),
            2_000
        );
        assert!(all.len() <= 22, "{}", all.len());
        assert!(all.is_sorted_by(|(one, _), (next, _)| *next - *one >= PAUSE));
    }

    #[tokio::test(start_paused = true)]
    async fn verdicts_of_many_batches_are_told_as_one() {
        let mut page = Page::open(256);
        let verified = |ids: &[&str]| Event::Verified {
            captures: ids.iter().map(|id| (*id).to_owned()).collect(),
        };
        page.say(verified(&["a"]));
        page.say(verified(&[]));
        page.say(verified(&["b"]));
        assert_eq!(page.told().await.1, vec![verified(&["a", "b"])]);
    }

    #[tokio::test(start_paused = true)]
    async fn one_event_after_a_quiet_time_is_told_at_once() {
        let mut page = Page::open(256);
        sleep(LIFE_EVERY / 2).await;
        let said = Instant::now();
        page.say(Event::Endpoints);
        assert_eq!(page.told().await, (said, vec![Event::Endpoints]));
    }

    #[tokio::test(start_paused = true)]
    async fn of_the_status_only_the_newest_is_told() {
        let mut page = Page::open(256);
        let status = page.engine.status().await.unwrap();
        let with = |captures| Event::Status {
            status: Status {
                captures,
                ..status.clone()
            },
        };
        for captures in 0..9 {
            page.say(with(captures));
        }
        let (_, news) = page.told().await;
        assert_eq!(news, [with(8)]);
    }

    #[tokio::test(start_paused = true)]
    async fn captures_are_followed_by_a_status_that_has_counted_them() {
        let mut page = Page::open(256);
        sleep(COUNT_EVERY).await;
        page.say(Event::Captured { count: 1 });
        let (_, news) = page.told().await;
        assert!(matches!(
            news[..],
            [Event::Captured { count: 1 }, Event::Status { .. }]
        ));
        // The next comes too early to be counted again, and is all the same.
        page.say(Event::Captured { count: 1 });
        let (early, news) = page.told().await;
        assert_eq!(news, [Event::Captured { count: 1 }]);
        let (late, news) = page.told().await;
        assert!(matches!(news[..], [Event::Status { .. }]));
        assert!(late - early <= COUNT_EVERY);
    }

    #[tokio::test(start_paused = true)]
    async fn who_missed_some_looks_at_everything_again() {
        let mut page = Page::open(2);
        for _ in 0..9 {
            page.say(Event::Endpoints);
        }
        let (_, news) = page.told().await;
        assert_eq!(
            news,
            [
                Event::Captured { count: 0 },
                Event::Marked,
                Event::Removed,
                Event::Endpoints,
                Event::Ran,
            ]
        );
        let (_, news) = page.told().await;
        assert!(matches!(news[..], [Event::Status { .. }]));
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_sign_of_life_is_told_although_nothing_changed() {
        let mut page = Page::open(256);
        let (first, _) = page.told().await;
        let (second, news) = page.told().await;
        assert!(matches!(news[..], [Event::Status { .. }]));
        assert!(second - first <= LIFE_EVERY + PAUSE);
    }
}
