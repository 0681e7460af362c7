//! What the page is told of the window around it, kept until the page takes it: it may not be there
//! yet, as when a notification opens the window.

use std::{
    mem,
    sync::{Mutex, PoisonError},
};

use engine::view::WindowNews;
use tauri::{AppHandle, Emitter, Manager};

/// Tells the page that there is something to take.
const NAME: &str = "window";

/// What the page has not taken yet, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct News(Mutex<Vec<WindowNews>>);

impl News {
    /// Lets the page of `app` know of `news`.
    pub(crate) fn tell(app: &AppHandle, news: WindowNews) {
        app.state::<Self>().put(news);
        if let Err(error) = app.emit(NAME, ()) {
            tracing::warn!("the page could not be told of its window: {error}");
        }
    }

    fn put(&self, news: WindowNews) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Of each kind the newest counts: one capture is shown at a time.
        kept.retain(|one| mem::discriminant(one) != mem::discriminant(&news));
        kept.push(news);
    }

    /// Each but once.
    pub(crate) fn take(&self) -> Vec<WindowNews> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(capture: &str) -> WindowNews {
        WindowNews::Show {
            capture: capture.to_owned(),
        }
    }

    #[test]
    fn of_each_kind_the_newest_is_taken_once() {
        let news = News::default();
        for one in [show("1"), WindowNews::Closing, show("2")] {
            news.put(one);
        }
        assert_eq!(news.take(), [WindowNews::Closing, show("2")]);
        assert!(news.take().is_empty());
    }
}
