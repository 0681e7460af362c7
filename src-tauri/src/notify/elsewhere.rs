//! Notifications by macOS and Windows: shown, each on a thread of its own, and without buttons.

use std::{sync::Arc, thread};

use tracing::warn;

use super::{Done, Notification};

/// Shows notifications.
pub(super) struct Notifier(Arc<dyn Fn(Done) + Send + Sync>);

impl Notifier {
    /// `then` is told of what could not be shown.
    pub(super) fn new(then: impl Fn(Done) + Send + Sync + 'static) -> Self {
        Self(Arc::new(then))
    }

    /// Shows `notification`.
    pub(super) fn tell(&self, notification: Notification) {
        let then = Arc::clone(&self.0);
        let show = move || {
            let shown = notify_rust::Notification::new()
                .appname("Tenterhook")
                .summary(&notification.title)
                .body(&notification.body)
                .show();
            if let Err(error) = shown {
                then(Done::Unshown(error.to_string()));
            }
        };
        let thread = thread::Builder::new().name("notification".to_owned());
        if let Err(error) = thread.spawn(show) {
            warn!("a notification has no thread: {error}");
        }
    }
}
