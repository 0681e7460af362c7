//! An endpoint's settings as faces show and change them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use wire::api::{EndpointSettings, FixedAnswer};

/// How an endpoint treats what is sent to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SettingsView {
    /// Nothing is taken; senders are asked to come again.
    pub is_paused: bool,
    /// A sender has to show the endpoint's token.
    pub requires_token: bool,
    /// The methods taken, as they are written; all of them when empty.
    pub methods: Vec<String>,
    /// The addresses that may send, such as `192.0.2.0/24`; all of them when empty.
    pub allow_from: Vec<String>,
    /// The longest body taken, when it is to be less than the relay takes.
    #[ts(type = "number | null")]
    pub body_limit_bytes: Option<u64>,
    /// A browser's page of any origin may send.
    pub allows_cors: bool,
    /// What senders are answered.
    pub answer: AnswerView,
    /// When present an application answers, and `answer` is for the sender whom it does not answer
    /// within this time, in milliseconds.
    #[ts(type = "number | null")]
    pub deadline_ms: Option<u64>,
}

/// An answer that the relay gives by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AnswerView {
    /// From 200 to 599.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    /// Its body, as text.
    pub body: String,
    /// How long the sender waits for it, in milliseconds.
    #[ts(type = "number")]
    pub delay_ms: u64,
}

impl From<EndpointSettings> for SettingsView {
    fn from(settings: EndpointSettings) -> Self {
        let FixedAnswer {
            status,
            headers,
            body,
            delay_ms,
        } = settings.answer;
        Self {
            is_paused: settings.is_paused,
            requires_token: settings.requires_token,
            methods: settings.methods,
            allow_from: settings.allow_from,
            body_limit_bytes: settings.body_limit_bytes,
            allows_cors: settings.allows_cors,
            answer: AnswerView {
                status,
                headers,
                body,
                delay_ms,
            },
            deadline_ms: settings.deadline_ms,
        }
    }
}

impl From<SettingsView> for EndpointSettings {
    fn from(view: SettingsView) -> Self {
        let AnswerView {
            status,
            headers,
            body,
            delay_ms,
        } = view.answer;
        Self {
            is_paused: view.is_paused,
            requires_token: view.requires_token,
            methods: view.methods,
            allow_from: view.allow_from,
            body_limit_bytes: view.body_limit_bytes,
            allows_cors: view.allows_cors,
            answer: FixedAnswer {
                status,
                headers,
                body,
                delay_ms,
            },
            deadline_ms: view.deadline_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_from_the_page_as_they_went() {
        let settings = EndpointSettings {
            is_paused: true,
            requires_token: true,
            methods: vec!["PUT".to_owned()],
            allow_from: vec!["192.0.2.0/24".to_owned()],
            body_limit_bytes: Some(5),
            allows_cors: true,
            answer: FixedAnswer {
                status: 202,
                headers: vec![("X-A".to_owned(), "b".to_owned())],
                body: "later".to_owned(),
                delay_ms: 7,
            },
            deadline_ms: Some(9),
        };
        let shown = serde_json::to_string(&SettingsView::from(settings.clone())).unwrap();
        let back: SettingsView = serde_json::from_str(&shown).unwrap();
        assert_eq!(EndpointSettings::from(back), settings);
    }
}
