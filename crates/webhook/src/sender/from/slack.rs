//! Slack: events, slash commands and what people press.
//! Sources: <https://docs.slack.dev/apis/events-api/>,
//! <https://docs.slack.dev/interactivity/implementing-slash-commands>,
//! <https://docs.slack.dev/reference/interaction-payloads>

use crate::sender::{Sender, draft::Draft, field::Field, view::View};

pub(super) fn slack(view: &View<'_>) -> Option<Draft> {
    let is_signed = view.has("X-Slack-Signature") || view.has("X-Slack-Request-Timestamp");
    let found = command(view).or_else(|| said(view, is_signed));
    let found = found.or_else(|| is_signed.then(|| Draft::new(Sender::Slack, None)))?;
    Some(found.retry(view.number("X-Slack-Retry-Num")))
}

/// `/deploy prod`, whose answer goes to Slack.
fn command(view: &View<'_>) -> Option<Draft> {
    let command = view.field("command").filter(|name| name.starts_with('/'))?;
    view.field("response_url")
        .filter(|url| url.starts_with("https://hooks.slack.com/"))?;
    let line = format!("{command} {}", view.field("text").unwrap_or_default());
    let user = view.field("user_name");
    Some(Draft::titled(Sender::Slack, Some("slash_command"), Some(&line)).about(user))
}

/// What stands in the JSON of an event, or in the field `payload` of an interaction.
fn said(view: &View<'_>, is_signed: bool) -> Option<Draft> {
    let json = view.json()?;
    let kind = json.text("type")?;
    let is_event = kind == "event_callback" && json.has("api_app_id") && json.has("event");
    let is_challenge = kind == "url_verification" && json.has("challenge");
    let is_interaction = view.field("payload").is_some()
        && json.has("token")
        && (json.has("team") || json.has("enterprise"));
    if is_event {
        let event = json.text("event.type");
        let draft = Draft::new(Sender::Slack, event.as_deref()).about(json.first_word(&[
            "event.text",
            "event.reaction",
            "event.channel",
        ]));
        return Some(draft.delivery(json.text("event_id")));
    }
    let is_theirs = is_challenge || is_interaction || is_signed;
    is_theirs.then(|| Draft::new(Sender::Slack, Some(&kind)).about(pressed(json)))
}

fn pressed(json: Field<'_>) -> Option<std::borrow::Cow<'_, str>> {
    json.first_word(&[
        "actions.0.action_id",
        "actions.0.name",
        "view.callback_id",
        "callback_id",
        "action_id",
    ])
}
