//! Notifications: one a burst and endpoint, none while its user looks on. Beside everything else: no
//! webhook waits for them. Start at [`run`]; when they come is in `burst`, how in `system`.

mod burst;
#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "elsewhere.rs")]
mod system;

use engine::{
    Engine,
    view::{Background, CaptureRow, Event, Loudness, WindowNews},
};
use tauri::{AppHandle, Manager};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};
use tracing::warn;

pub(crate) use self::burst::Told;
use self::{burst::Bursts, system::Notifier};
use crate::{attention::Attention, news::News, settings::Settings, window, words};

/// A notification as the system shows it. Plain text, of which the system may show some as markup.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Notification {
    /// It takes the place of an earlier one of the same endpoint.
    endpoint: String,
    /// The capture that it names.
    capture: String,
    title: String,
    body: String,
    is_loud: bool,
    /// What can be done, each with its label.
    actions: Vec<(Act, &'static str)>,
}

/// What can be done by a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Show,
    Replay,
    Mute,
}

impl Act {
    const ALL: [Self; 3] = [Self::Show, Self::Replay, Self::Mute];

    const fn name(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Replay => "replay",
            Self::Mute => "mute",
        }
    }

    /// A click beside every button shows.
    fn named(name: &str) -> Option<Self> {
        let shows = (name == "default").then_some(Self::Show);
        Self::ALL
            .into_iter()
            .find(|act| act.name() == name)
            .or(shows)
    }
}

/// Notifies of what is `heard` of the engine of `app`, until it is gone.
pub(crate) async fn run(app: AppHandle, mut heard: Receiver<Event>, mut seen: i64) {
    let engine = app.state::<Engine>().inner().clone();
    let notifier = {
        let app = app.clone();
        Notifier::new(move |done| act(&app, done))
    };
    let mut bursts = Bursts::default();
    loop {
        let due = bursts.due();
        let event = tokio::select! {
            event = heard.recv() => Some(event),
            () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => None,
        };
        let settings = app.state::<Settings>().now();
        let in_focus = settings.is_quiet_in_focus && app.state::<Attention>().has_focus();
        let is_quiet = !settings.is_notifying || settings.is_muted(engine.now_ms()) || in_focus;
        if is_quiet {
            bursts.clear();
        }
        let come = match event {
            None => {
                for told in bursts.take(Instant::now()) {
                    notifier.tell(notification(&engine, &settings, told).await);
                }
                continue;
            }
            Some(Err(RecvError::Closed)) => return,
            // Some were missed; what came is read from the history all the same.
            Some(Err(RecvError::Lagged(_)) | Ok(Event::Captured { .. })) => {
                arrivals(&engine, &mut seen).await.map(Come::Arrived)
            }
            Some(Ok(Event::Delivered { captures })) => {
                failures(&engine, &captures, false).await.map(Come::Failed)
            }
            Some(Ok(Event::FellBack { capture })) => {
                failures(&engine, &[capture], true).await.map(Come::Failed)
            }
            Some(Ok(_)) => continue,
        };
        match come {
            Ok(come) if !is_quiet => come.join(&mut bursts, &settings),
            Ok(_) => {}
            Err(error) => warn!("what came could not be read, and is not notified: {error}"),
        }
    }
}

/// What is new.
enum Come {
    Arrived(Vec<engine::Arrived>),
    Failed(Vec<(CaptureRow, bool)>),
}

impl Come {
    fn join(self, bursts: &mut Bursts, settings: &Background) {
        let now = Instant::now();
        match self {
            Self::Arrived(all) => {
                for one in all {
                    if settings.loudness(&one.newest.endpoint) == Loudness::All {
                        bursts.arrived(one.count, one.newest, now);
                    }
                }
            }
            Self::Failed(all) => {
                for (row, fell_back) in all {
                    if settings.loudness(&row.endpoint) != Loudness::Off {
                        bursts.failed(row, fell_back, now);
                    }
                }
            }
        }
    }
}

async fn arrivals(engine: &Engine, seen: &mut i64) -> Result<Vec<engine::Arrived>, engine::Error> {
    let (arrived, newest) = engine.arrived_after(*seen).await?;
    *seen = newest;
    Ok(arrived)
}

/// Those of `captures` that failed, or whose senders got the fallback.
async fn failures(
    engine: &Engine,
    captures: &[String],
    fell_back: bool,
) -> Result<Vec<(CaptureRow, bool)>, engine::Error> {
    let rows = engine.rows_of(captures).await?.into_iter();
    let rows = rows.filter(|row| fell_back || has_failed(row));
    Ok(rows.map(|row| (row, fell_back)).collect())
}

fn has_failed(row: &CaptureRow) -> bool {
    row.delivery.is_some_and(|last| {
        last.is_broken
            || !last
                .status
                .is_some_and(|status| (200..400).contains(&status))
    })
}

async fn notification(engine: &Engine, settings: &Background, told: Told) -> Notification {
    let endpoints = engine.endpoints_uncounted().await.unwrap_or_else(|error| {
        warn!("the endpoints could not be read: {error}");
        Vec::new()
    });
    let endpoint = endpoints.iter().find(|one| one.id == told.endpoint);
    let words = words::of(settings.language);
    let name = words::name_of(&told.endpoint, endpoint, settings.language);
    let can_replay = endpoint.is_some_and(|one| !one.forwards.is_empty());
    let mut actions = vec![(Act::Show, words.show)];
    if can_replay {
        actions.push((Act::Replay, words.replay));
    }
    actions.push((Act::Mute, words.mute));
    Notification {
        title: words::title(&name, &told, settings.language),
        body: match settings.hides_contents {
            true => String::new(),
            false => words::body(&told, settings.language),
        },
        is_loud: told.failed > 0,
        endpoint: told.endpoint,
        capture: told.newest.id,
        actions,
    }
}

/// What came of a notification.
enum Done {
    /// Its user wants something with the capture.
    Act(Act, String),
    /// It could not be shown; why.
    Unshown(String),
}

fn act(app: &AppHandle, done: Done) {
    match done {
        Done::Act(Act::Show, capture) => {
            News::tell(app, WindowNews::Show { capture });
            window::raise(app);
        }
        Done::Act(Act::Mute, _) => Settings::mute_for_an_hour(app),
        Done::Act(Act::Replay, capture) => {
            let engine = app.state::<Engine>().inner().clone();
            // Within the notification's own thread, which has nothing else to do.
            let sent = tauri::async_runtime::block_on(engine.send_again(&capture));
            if let Err(error) = sent {
                warn!("capture {capture} was not replayed: {error}");
            }
        }
        Done::Unshown(reason) => {
            let message = format!("notifications cannot be shown here: {reason}");
            app.state::<Engine>()
                .tell_notice("no_notifications", message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_known_by_its_name_and_a_click_shows() {
        for act in Act::ALL {
            assert_eq!(Act::named(act.name()), Some(act));
        }
        assert_eq!(Act::named("default"), Some(Act::Show));
        assert_eq!(Act::named("rm -rf"), None);
    }
}
