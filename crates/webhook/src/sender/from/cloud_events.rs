//! `CloudEvents` in its three forms over HTTP.
//! Source: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>

use crate::sender::{Sender, draft::Draft, view::View};

/// One event in a body of its own kind, all that is known of it in headers.
pub(super) fn binary(view: &View<'_>) -> Option<Draft> {
    view.header("ce-specversion")?;
    let event = view.header("ce-type")?;
    let source = view.header("ce-source");
    let draft = Draft::new(Sender::CloudEvents, Some(event))
        .about(view.header("ce-subject").or(source))
        .delivery(id(source, view.header("ce-id")));
    Some(draft)
}

pub(super) fn bodily(view: &View<'_>) -> Option<Draft> {
    structured(view, Sender::CloudEvents)
}

/// One event, or a batch of them, in a body of `sender`'s.
pub(super) fn structured(view: &View<'_>, sender: Sender) -> Option<Draft> {
    let json = view.json()?;
    let first = json.at("0").unwrap_or(json);
    if !first.has("specversion") || !first.has("source") {
        return None;
    }
    let event = first.text("type")?;
    let count = json.items().filter(|count| *count > 1);
    let source = first.text("source");
    let id = id(source.as_deref(), first.text("id").as_deref());
    let draft = Draft::new(sender, Some(&event))
        .about(first.text("subject").or(source))
        .about(count.map(|count| format!("{count} events")))
        .delivery(id.filter(|_| count.is_none()));
    Some(draft)
}

/// An id is its source's own: only both together name an event.
fn id(source: Option<&str>, id: Option<&str>) -> Option<String> {
    Some(format!("{} {}", source?, id?))
}
