//! Microsoft Graph: change notifications.
//! Source: <https://learn.microsoft.com/graph/change-notifications-delivery-webhooks>

use crate::sender::{Sender, draft::Draft, view::View};

pub(super) fn graph(view: &View<'_>) -> Option<Draft> {
    let json = view.json()?;
    let first = json.at("value.0")?;
    if !first.has("subscriptionId") {
        return None;
    }
    let event = first.first_word(&["changeType", "lifecycleEvent"]);
    let count = json.count("value").filter(|count| *count > 1);
    let draft = Draft::new(Sender::MicrosoftGraph, event.as_deref())
        .about(first.text("resource"))
        .about(count.map(|count| format!("{count} notifications")));
    Some(draft)
}
