//! Challenges that prove nothing and ask for an echo.
//!
//! Sources: <https://github.com/cloudevents/spec/blob/main/cloudevents/http-webhook.md>,
//! <https://learn.microsoft.com/graph/change-notifications-delivery-webhooks>,
//! <https://www.dropbox.com/developers/reference/webhooks>,
//! <https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema>,
//! <https://www.w3.org/TR/websub/#hub-verifies-intent>,
//! <https://developers.asana.com/docs/webhooks-guide>,
//! <https://developer.okta.com/docs/concepts/event-hooks/>,
//! <https://developer.monday.com/api-reference/docs/webhooks>

use serde_json::json;

use crate::verify::{
    handshake::{
        answer::Answer,
        challenge::{is_token, parameter},
    },
    json::Document,
    request::Request,
    secret::Keys,
};

/// The permission that a sender of `CloudEvents` asks for. Its callback is never called.
pub(super) fn cloud_events(request: &Request<'_>) -> Option<Answer> {
    let origin = request.one("WebHook-Request-Origin").ok()?;
    let is_origin = |byte: u8| byte.is_ascii_graphic();
    if !origin.bytes().all(is_origin) || origin.len() > 255 {
        return None;
    }
    let rate = request.one("WebHook-Request-Rate").ok();
    let is_rate = |rate: &&str| rate.len() < 10 && rate.bytes().all(|byte| byte.is_ascii_digit());
    let mut answer = Answer::empty("cloudevents", 200);
    answer.headers = vec![
        ("webhook-allowed-origin", origin.to_owned()),
        (
            "webhook-allowed-rate",
            rate.filter(is_rate).unwrap_or("*").to_owned(),
        ),
        ("allow", "POST".to_owned()),
    ];
    Some(answer)
}

pub(super) fn microsoft_graph(request: &Request<'_>) -> Option<Answer> {
    let token = parameter(request, "validationToken").filter(|_| request.body.is_empty())?;
    Answer::text("microsoft-graph", token)
}

pub(super) fn dropbox(request: &Request<'_>) -> Option<Answer> {
    let is_alone = !request.query()?.contains('&');
    let challenge = parameter(request, "challenge").filter(|_| is_alone)?;
    Answer::text("dropbox", challenge)
}

/// A hub that asks whether a subscription was meant; `Meta` asks with a token besides.
pub(super) fn web_sub(request: &Request<'_>) -> Option<Answer> {
    let is_subscription = parameter(request, "hub.mode")? == "subscribe"
        && parameter(request, "hub.topic").is_some()
        && parameter(request, "hub.verify_token").is_none();
    let challenge = parameter(request, "hub.challenge").filter(|_| is_subscription)?;
    Answer::text("websub", challenge)
}

pub(super) fn event_grid(request: &Request<'_>) -> Option<Answer> {
    let document = Document::parse(&request.body).ok()?;
    let event = document.children(0).next()?;
    let text = |path: &[&str]| {
        document
            .below(event, path)
            .map(|node| document.scalar(node))
    };
    let is_validation = text(&["eventType"])? == "Microsoft.EventGrid.SubscriptionValidationEvent";
    let code = text(&["data", "validationCode"]).filter(|code| is_validation && is_token(code))?;
    Answer::json("event-grid", &json!({ "validationResponse": code }))
}

/// The secret itself, which is echoed only while there is none: a stranger could set it otherwise.
pub(super) fn asana(request: &Request<'_>, keys: &Keys) -> Option<Answer> {
    let secret = request.one("X-Hook-Secret").ok()?;
    (keys.secrets.is_empty() && is_token(secret)).then(|| {
        let mut answer = Answer::empty("asana", 200);
        answer.headers.push(("x-hook-secret", secret.to_owned()));
        answer
    })
}

pub(super) fn okta(request: &Request<'_>) -> Option<Answer> {
    let challenge = request.one("X-Okta-Verification-Challenge").ok()?;
    Answer::json("okta", &json!({ "verification": challenge }))
}

/// A body with a challenge and nothing else.
pub(super) fn monday(request: &Request<'_>) -> Option<Answer> {
    let document = Document::parse(&request.body).ok()?;
    let is_alone = document.children(0).count() == 1;
    let challenge = document.string(&["challenge"]).filter(|_| is_alone)?;
    Answer::json("monday", &json!({ "challenge": challenge }))
}
