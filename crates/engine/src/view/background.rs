//! What the window does while nobody looks at it: notifications, the tray, starting and closing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How the window behaves in the background. What a file leaves out has its usual value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
#[ts(export)]
pub struct Background {
    /// Arrivals and failures are notified at all.
    pub is_notifying: bool,
    /// A notification says how many came and where, and nothing of what they hold.
    pub hides_contents: bool,
    /// Nothing is notified while the window has the focus.
    pub is_quiet_in_focus: bool,
    /// Nothing is notified until then: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub muted_until_ms: Option<i64>,
    /// How loud an endpoint is, by its id; one that is not named notifies of everything.
    pub endpoints: BTreeMap<String, Loudness>,
    /// What closing the window does.
    pub on_close: OnClose,
    /// The system starts it when its user logs in.
    pub starts_at_login: bool,
    /// It then begins without its window.
    pub starts_hidden: bool,
    /// The page's language, for what stands outside the page.
    pub language: Language,
}

impl Default for Background {
    fn default() -> Self {
        Self {
            is_notifying: true,
            hides_contents: false,
            is_quiet_in_focus: true,
            muted_until_ms: None,
            endpoints: BTreeMap::new(),
            on_close: OnClose::Ask,
            starts_at_login: false,
            starts_hidden: true,
            language: Language::En,
        }
    }
}

impl Background {
    /// Whether nothing is to be notified at `now_ms`.
    #[must_use]
    pub fn is_muted(&self, now_ms: i64) -> bool {
        self.muted_until_ms.is_some_and(|until| now_ms < until)
    }

    /// How loud `endpoint` is.
    #[must_use]
    pub fn loudness(&self, endpoint: &str) -> Loudness {
        self.endpoints.get(endpoint).copied().unwrap_or_default()
    }
}

/// What an endpoint notifies of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Loudness {
    /// Of every arrival.
    #[default]
    All,
    /// Of what failed alone.
    Failures,
    /// Of nothing.
    Off,
}

/// What closing the window does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum OnClose {
    /// Its user is asked.
    #[default]
    Ask,
    /// It is hidden, and the program goes on.
    Hide,
    /// The program ends.
    Quit,
}

/// A language that the window speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// What the page is told by the window around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export)]
pub enum WindowNews {
    /// The settings became these.
    Background {
        /// All of them.
        background: Background,
    },
    /// Its user wants to close the window and has not said yet what that is to do.
    Closing,
    /// A capture is to be shown.
    Show {
        /// Its id.
        capture: String,
    },
}
