//! Notifications by the desktop's own service, each on a thread of its own, which waits for what its
//! user does with it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use notify_rust::{NotificationHandle, NotificationResponse, Timeout, Urgency};
use tauri::async_runtime::block_on;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tracing::warn;

use super::{Act, Done, Notification};

type Then = Arc<dyn Fn(Done) + Send + Sync>;

/// Shows notifications, at most one an endpoint.
pub(super) struct Notifier {
    then: Then,
    /// Those that are shown, by their endpoint.
    shown: Mutex<HashMap<String, UnboundedSender<Notification>>>,
}

impl Notifier {
    /// `then` is told what comes of each, on its own thread.
    pub(super) fn new(then: impl Fn(Done) + Send + Sync + 'static) -> Self {
        Self {
            then: Arc::new(then),
            shown: Mutex::default(),
        }
    }

    /// Shows `notification` in the place of the one that its endpoint has, if it has one.
    pub(super) fn tell(&self, notification: Notification) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.retain(|_, to| !to.is_closed());
        let notification = match shown.get(&notification.endpoint) {
            // It may be closed at this moment; then it comes back.
            Some(to) => match to.send(notification) {
                Ok(()) => return,
                Err(unsent) => unsent.0,
            },
            None => notification,
        };
        let (to, more) = unbounded_channel();
        let (endpoint, then) = (notification.endpoint.clone(), Arc::clone(&self.then));
        let thread = thread::Builder::new().name("notification".to_owned());
        match thread.spawn(move || show(notification, more, &then)) {
            Ok(_) => drop(shown.insert(endpoint, to)),
            Err(error) => warn!("a notification has no thread: {error}"),
        }
    }
}

/// Shows `first`, then whatever takes its place, until its user has done something with it.
fn show(first: Notification, more: UnboundedReceiver<Notification>, then: &Then) {
    match shown(first, more) {
        Ok(Some((act, capture))) => then(Done::Act(act, capture)),
        Ok(None) => {}
        Err(error) => then(Done::Unshown(error.to_string())),
    }
}

fn shown(
    mut now: Notification,
    mut more: UnboundedReceiver<Notification>,
) -> notify_rust::error::Result<Option<(Act, String)>> {
    let capabilities = notify_rust::get_capabilities()?;
    let can = |name: &str| capabilities.iter().any(|one| one == name);
    let dress = |plain: &Notification, to: &mut notify_rust::Notification| {
        to.appname("Tenterhook")
            .icon("tenterhook-desktop")
            .summary(&plain.title)
            .body(&match can("body-markup") {
                true => as_markup(&plain.body),
                false => plain.body.clone(),
            })
            .urgency(match plain.is_loud {
                true => Urgency::Critical,
                false => Urgency::Normal,
            })
            .timeout(Timeout::Default);
        to.actions.clear();
        if can("actions") {
            to.action("default", plain.actions[0].1);
            for (act, label) in &plain.actions {
                to.action(act.name(), label);
            }
        }
    };
    let mut notification = notify_rust::Notification::new();
    dress(&now, &mut notification);
    let mut handle = notification.show()?;
    loop {
        let next = block_on(async {
            tokio::select! {
                Some(next) = more.recv() => Next::Instead(next),
                response = response(&handle) => Next::Response(response),
            }
        });
        match next {
            Next::Instead(next) => {
                dress(&next, &mut handle);
                handle.update()?;
                now = next;
            }
            Next::Response(response) => {
                let name = match response {
                    Some(NotificationResponse::Default) => "default".to_owned(),
                    Some(NotificationResponse::Action(name)) => name,
                    _ => return Ok(None),
                };
                // Clicked on and still shown by some: it has done what it was for.
                more.close();
                handle.close();
                return Ok(Act::named(&name).map(|act| (act, now.capture)));
            }
        }
    }
}

enum Next {
    Instead(Notification),
    Response(Option<NotificationResponse>),
}

async fn response(handle: &NotificationHandle) -> Option<NotificationResponse> {
    let mut heard = None;
    handle
        .wait_for_action_async(|response: &NotificationResponse| heard = Some(response.clone()))
        .await;
    heard
}

/// `text` for a service that reads markup.
fn as_markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn markup_of_a_stranger_is_text() {
        assert_eq!(
            as_markup("<a href=\"x\">&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&apos;&lt;/a&gt;"
        );
    }

    proptest! {
        #[test]
        fn nothing_in_what_is_shown_opens_a_tag(text in any::<String>()) {
            let markup = as_markup(&text);
            prop_assert!(!markup.contains(['<', '>', '"', '\'']));
        }
    }
}
