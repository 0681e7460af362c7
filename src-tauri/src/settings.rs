//! The settings of the window in the background, as they are now: kept in the data folder, told to
//! the page, to the tray and to the notifications. Start at [`Settings::change`].

use std::io;

use engine::{
    Engine,
    view::{Background, WindowNews},
};
use tauri::{AppHandle, Manager};
use tokio::sync::watch;

use crate::{autostart::Autostart, news::News};

/// An hour, in milliseconds.
pub(crate) const HOUR_MS: i64 = 3_600_000;

/// The settings, and where they are kept.
pub(crate) struct Settings {
    engine: Engine,
    autostart: Autostart,
    now: watch::Sender<Background>,
}

impl Settings {
    /// As they were kept last. Whether the system starts the program is what the system says.
    pub(crate) fn open(engine: Engine, autostart: Autostart) -> Self {
        let now = Background {
            starts_at_login: autostart.is_on(),
            ..engine.background()
        };
        Self {
            engine,
            autostart,
            now: watch::Sender::new(now),
        }
    }

    /// As they are.
    pub(crate) fn now(&self) -> Background {
        self.now.borrow().clone()
    }

    /// Told whenever they become others.
    pub(crate) fn changes(&self) -> watch::Receiver<Background> {
        self.now.subscribe()
    }

    /// Changes them, keeps them and tells the page.
    ///
    /// # Errors
    /// When they cannot be kept, or the system does not take the autostart; then they are as they
    /// were.
    pub(crate) fn change(
        app: &AppHandle,
        change: impl FnOnce(&mut Background),
    ) -> io::Result<Background> {
        let settings = app.state::<Self>();
        let before = settings.now();
        let mut now = before.clone();
        change(&mut now);
        if now == before {
            return Ok(now);
        }
        let login = |of: &Background| (of.starts_at_login, of.starts_hidden);
        if login(&now) != login(&before) {
            settings
                .autostart
                .set(now.starts_at_login, now.starts_hidden)?;
        }
        settings.engine.keep_background(&now)?;
        settings.now.send_replace(now.clone());
        let background = now.clone();
        News::tell(app, WindowNews::Background { background });
        Ok(now)
    }

    /// Says nothing for an hour.
    pub(crate) fn mute_for_an_hour(app: &AppHandle) {
        let until_ms = app.state::<Engine>().now_ms() + HOUR_MS;
        let muted = Self::change(app, |now| now.muted_until_ms = Some(until_ms));
        if let Err(error) = muted {
            tracing::warn!("the notifications could not be muted: {error}");
        }
    }
}
