//! Challenges that prove who asks, or ask for proof of the secret.
//!
//! Some want an HMAC of a text of the asker's choice, by the very secret that signs webhooks:
//! they are given one only of a random token, never of what could be a webhook's body.
//!
//! Sources: <https://docs.slack.dev/reference/events/url_verification>,
//! <https://developers.zoom.us/docs/api/webhooks/#validate-your-webhook-endpoint>,
//! <https://developers.facebook.com/docs/graph-api/webhooks/getting-started#verification-requests>,
//! <https://discord.com/developers/docs/interactions/overview#setting-up-an-endpoint>,
//! <https://docs.x.com/x-api/webhooks/quickstart>,
//! <https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#responding-to-a-challenge-request>,
//! <https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.confirm.html>

use serde_json::json;

use crate::verify::{
    claim::Text,
    crypto::{self, Hash},
    handshake::{
        answer::{Answer, Handshake},
        challenge::{Challenge, is_token, parameter},
    },
    json::Document,
    scheme::Scheme,
    senders::{discord as discord_headers, sns as sns_host, timed_mac},
};

pub(super) fn slack(challenge: &Challenge<'_>) -> Option<Answer> {
    let document = Document::parse(&challenge.request.body).ok()?;
    let is_challenge = document.string(&["type"])? == "url_verification";
    let text = document.string(&["challenge"]).filter(|_| is_challenge)?;
    if challenge.has_secret() && !challenge.is_valid(Scheme::Slack) {
        return Some(Answer::empty("slack", 401));
    }
    Answer::text("slack", text)
}

pub(super) fn zoom(challenge: &Challenge<'_>) -> Option<Answer> {
    let document = Document::parse(&challenge.request.body).ok()?;
    let is_challenge = document.string(&["event"])? == "endpoint.url_validation";
    let token = document
        .string(&["payload", "plainToken"])
        .filter(|_| is_challenge)?;
    let secret = challenge.keys.secrets.first()?;
    let is_signed = challenge.request.has(timed_mac::headers(Scheme::Zoom).0);
    if !is_token(&token) || is_signed && !challenge.is_valid(Scheme::Zoom) {
        return Some(Answer::empty("zoom", 401));
    }
    let mac = crypto::mac(Hash::Sha256, secret.value(), [token.as_bytes()].into_iter());
    Answer::json(
        "zoom",
        &json!({ "plainToken": token, "encryptedToken": Text::Hex.write(&mac) }),
    )
}

/// `Meta`'s token is one that the user chose for it: a secret of the endpoint.
pub(super) fn meta(challenge: &Challenge<'_>) -> Option<Answer> {
    let request = challenge.request;
    let is_subscription = parameter(request, "hub.mode")? == "subscribe";
    let token = parameter(request, "hub.verify_token").filter(|_| is_subscription)?;
    let text = parameter(request, "hub.challenge")?;
    let is_known = |known: &[u8]| !known.is_empty() && crypto::same(known, token.as_bytes());
    if challenge
        .keys
        .secrets
        .iter()
        .any(|secret| is_known(secret.value()))
    {
        Answer::text("meta", text)
    } else {
        Some(Answer::empty("meta", 403))
    }
}

pub(super) fn x(challenge: &Challenge<'_>) -> Option<Answer> {
    let token = parameter(challenge.request, "crc_token")?;
    let secret = challenge.keys.secrets.first()?;
    if !is_token(&token) {
        return Some(Answer::empty("x", 401));
    }
    let mac = crypto::mac(Hash::Sha256, secret.value(), [token.as_bytes()].into_iter());
    let response = format!("sha256={}", Text::Base64.write(&mac));
    Answer::json("x", &json!({ "response_token": response }))
}

/// Discord also sends bad signatures, to see that they are refused.
pub(super) fn discord(challenge: &Challenge<'_>) -> Option<Answer> {
    let is_signed = challenge.request.has(discord_headers::SIGNATURE);
    let is_proven = challenge.has_secret() && challenge.is_valid(Scheme::Discord);
    if is_signed && challenge.has_secret() && !is_proven {
        return Some(Answer::empty("discord", 401));
    }
    let document = Document::parse(&challenge.request.body).ok()?;
    let kind = document.at(&["type"]).map(|node| document.scalar(node))?;
    let is_discord = is_signed || document.at(&["application_id"]).is_some();
    let answer = match &*kind {
        "1" => Answer::json("discord", &json!({ "type": 1 })),
        "0" => Some(Answer::empty("discord", 204)),
        _ => None,
    };
    let answer = answer.filter(|_| is_discord)?;
    // Without a key nothing can be proven; a request that claims to be signed is then refused.
    let is_refused = !is_proven && (is_signed || challenge.has_secret());
    Some(if is_refused {
        Answer::empty("discord", 401)
    } else {
        answer
    })
}

pub(super) fn twitch(challenge: &Challenge<'_>) -> Option<Answer> {
    let request = challenge.request;
    let header = |name: &str| request.one(&format!("Twitch-Eventsub-Message-{name}")).ok();
    let is_challenge = header("Type")? == "webhook_callback_verification";
    let document = Document::parse(&request.body).ok()?;
    let text = document.string(&["challenge"]).filter(|_| is_challenge)?;
    let is_proven = || {
        let (id, at, seen) = (header("Id")?, header("Timestamp")?, header("Signature")?);
        let holds = |secret: &[u8]| {
            let parts = [id.as_bytes(), at.as_bytes(), &*request.body];
            let mac = crypto::mac(Hash::Sha256, secret, parts.into_iter());
            crypto::same(
                format!("sha256={}", Text::Hex.write(&mac)).as_bytes(),
                seen.as_bytes(),
            )
        };
        Some(
            challenge
                .keys
                .secrets
                .iter()
                .any(|secret| holds(secret.value())),
        )
    };
    if challenge.has_secret() && is_proven() != Some(true) {
        return Some(Answer::empty("twitch", 403));
    }
    Answer::text("twitch", text)
}

/// What subscribes this endpoint to a topic is the user's to decide.
pub(super) fn sns(challenge: &Challenge<'_>) -> Option<Handshake> {
    let document = Document::parse(&challenge.request.body).ok()?;
    let is_challenge = document.string(&["Type"])? == "SubscriptionConfirmation";
    let url = document
        .string(&["SubscribeURL"])
        .filter(|_| is_challenge)?;
    let (host, _) = url.strip_prefix("https://")?.split_once('/')?;
    let is_own = sns_host::is_host(host) && url.bytes().all(|byte| byte.is_ascii_graphic());
    (is_own && challenge.is_valid(Scheme::AwsSns)).then(|| Handshake::Ask {
        sender: "aws-sns",
        url: url.into_owned(),
    })
}
