//! Standard Webhooks, and Svix, which they came from.
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>

use crate::sender::{Sender, draft::Draft, from::nobody, view::View};

pub(super) fn standard(view: &View<'_>) -> Option<Draft> {
    let is_svix = view.has("svix-signature");
    let signature = view.header("webhook-signature");
    let is_standard = signature.is_some_and(|value| value.starts_with("v1"));
    let (sender, id) = match (is_svix, is_standard) {
        (true, _) => (Sender::Svix, view.header("svix-id")?),
        (_, true) => (Sender::StandardWebhooks, view.header("webhook-id")?),
        _ => return None,
    };
    let json = view.json();
    let event = json.and_then(nobody::event);
    let draft = Draft::new(sender, event.as_deref())
        .about(json.and_then(|json| json.word("data.id")))
        .delivery(Some(id));
    Some(draft)
}
