//! What can be said of a capture whose sender is unknown: the event, where many put it.

use std::borrow::Cow;

use crate::sender::{draft::Draft, field::Field, view::View};

pub(super) fn nobody(view: &View<'_>) -> Draft {
    const HEADERS: [&str; 5] = [
        "X-Event-Type",
        "X-Event",
        "X-Webhook-Event",
        "X-Webhook-Topic",
        "X-Event-Name",
    ];
    let header = HEADERS.into_iter().find_map(|name| view.header(name));
    let said = || view.json().and_then(event);
    let event = header
        .filter(|word| is_word(word))
        .map(Cow::from)
        .or_else(said);
    let id = ["webhook-id", "Idempotency-Key"];
    Draft::of_nobody(event.as_deref()).delivery(id.into_iter().find_map(|name| view.header(name)))
}

/// The event in a body of no known form, where it reads as one.
pub(super) fn event(json: Field<'_>) -> Option<Cow<'_, str>> {
    const NAMES: [&str; 9] = [
        "event_type",
        "eventType",
        "event",
        "type",
        "topic",
        "event_name",
        "eventName",
        "event.type",
        "action",
    ];
    let json = json.at("0").unwrap_or(json);
    let mut words = NAMES.into_iter().filter_map(|name| json.text(name));
    words.find(|word| is_word(word))
}

/// Whether `text` may be the name of an event: short, and one word.
fn is_word(text: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "._-:/".contains(c);
    (1..=80).contains(&text.len()) && text.chars().all(is_plain)
}
