//! Requests that only try an address before anything is sent there; the event of each is
//! `validation`.
//! Sources: <https://developers.facebook.com/docs/graph-api/webhooks/getting-started>,
//! <https://learn.microsoft.com/graph/change-notifications-delivery-webhooks>,
//! <https://www.dropbox.com/developers/reference/webhooks>,
//! <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md>

use crate::sender::{Sender, draft::Draft, view::View};

pub(super) fn challenge(view: &View<'_>) -> Option<Draft> {
    let has = |name| view.query(name).is_some();
    let agent = view.header("User-Agent").unwrap_or_default();
    let sender = match view.method() {
        b"OPTIONS" if view.has("WebHook-Request-Origin") => Sender::CloudEvents,
        b"GET" if has("hub.challenge") && has("hub.verify_token") => Sender::Meta,
        b"GET" if agent.starts_with("DropboxWebhooks") && has("challenge") => Sender::Dropbox,
        b"POST" if has("validationToken") => Sender::MicrosoftGraph,
        _ => return None,
    };
    let origin = view.header("WebHook-Request-Origin");
    Some(Draft::new(sender, Some("validation")).about(origin))
}
