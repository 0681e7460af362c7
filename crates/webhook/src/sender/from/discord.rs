//! Discord: interactions, and the events of an app.
//! Sources: <https://docs.discord.com/developers/interactions/receiving-and-responding>,
//! <https://docs.discord.com/developers/events/webhook-events>

use crate::sender::{Sender, draft::Draft, view::View};

pub(super) fn discord(view: &View<'_>) -> Option<Draft> {
    let json = view.json()?;
    let is_signed = view.has("X-Signature-Ed25519") && view.has("X-Signature-Timestamp");
    if !is_signed || !json.has("application_id") || !json.has("type") {
        return None;
    }
    let kind = json.number("type");
    // An interaction is answered with its token; an event has none.
    if !json.has("token") {
        let event = json.text("event.type");
        let event = event.as_deref().or((kind == Some(0)).then_some("PING"));
        return Some(Draft::new(Sender::Discord, event));
    }
    let event = match kind {
        Some(1) => Some("PING"),
        Some(2) => Some("APPLICATION_COMMAND"),
        Some(3) => Some("MESSAGE_COMPONENT"),
        Some(4) => Some("APPLICATION_COMMAND_AUTOCOMPLETE"),
        Some(5) => Some("MODAL_SUBMIT"),
        _ => None,
    };
    let what = json.text("data.name").map(|name| format!("/{name}"));
    let what = what.or_else(|| json.text("data.custom_id").map(Into::into));
    let draft = Draft::new(Sender::Discord, event)
        .about(what)
        .about(json.first_word(&["member.user.username", "user.username"]))
        .delivery(json.text("id"));
    Some(draft)
}
