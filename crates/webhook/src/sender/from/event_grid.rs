//! Azure Event Grid. Sources: <https://learn.microsoft.com/azure/event-grid/event-schema>,
//! <https://learn.microsoft.com/azure/event-grid/receive-events>

use crate::sender::{Sender, draft::Draft, view::View};

pub(super) fn event_grid(view: &View<'_>) -> Option<Draft> {
    let kind = view.header("aeg-event-type")?;
    let json = view.json();
    let of_first = |names: &[&str]| {
        let event = json.map(|json| json.at("0").unwrap_or(json))?;
        event.first_word(names)
    };
    let said = of_first(&["eventType", "type"]);
    let count = json
        .and_then(|json| json.items())
        .filter(|count| *count > 1);
    let id = of_first(&["id"]).filter(|_| count.is_none());
    let draft = Draft::new(Sender::EventGrid, said.as_deref().or(Some(kind)))
        .about(of_first(&["subject"]))
        .about(count.map(|count| format!("{count} events")))
        .delivery(id)
        .retry(view.number("aeg-delivery-count"));
    Some(draft)
}
