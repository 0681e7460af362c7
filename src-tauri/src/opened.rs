//! The link that the program was opened with, kept until the page asks for it; the newest counts.

use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter, Manager};

use crate::window;

/// Tells the page that there is a link to take.
const NAME: &str = "link";

/// A link that the page has not taken yet, as a stranger may have written it.
#[derive(Debug, Default)]
pub(crate) struct Opened(Mutex<Option<String>>);

impl From<Option<String>> for Opened {
    fn from(link: Option<String>) -> Self {
        Self(Mutex::new(link))
    }
}

impl Opened {
    fn put(&self, link: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }

    /// None but once for each link.
    pub(crate) fn take(&self) -> Option<String> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take()
    }
}

/// Raises the window of `app` and lets its page know of `link`. The answer is whether there is a
/// window to do so.
pub(crate) fn show(app: &AppHandle, link: Option<String>) -> bool {
    if !window::raise(app) {
        return false;
    }
    if let Some(link) = link {
        app.state::<Opened>().put(link);
        if let Err(error) = app.emit(NAME, ()) {
            tracing::warn!("the page could not be told of a link: {error}");
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_taken_once_and_the_newest_counts() {
        let opened = Opened::from(Some("first".to_owned()));
        assert_eq!(opened.take().as_deref(), Some("first"));
        assert_eq!(opened.take(), None);
        opened.put("second".to_owned());
        opened.put("third".to_owned());
        assert_eq!(opened.take().as_deref(), Some("third"));
    }
}
