//! Which schemes a request looks to be signed by, from its headers and, where there are none, its
//! body. Start at [`detect`].

use crate::verify::{
    json::Document,
    request::Request,
    scheme::Scheme,
    senders::{body_mac, headers},
};

/// The schemes that `request` shows signs of, the likeliest first.
///
/// A guess for a person to confirm: anybody can send any header.
#[must_use]
pub fn detect(request: &Request<'_>) -> Vec<Scheme> {
    let mut found: Vec<_> = Scheme::ALL
        .into_iter()
        .filter(|scheme| shows(*scheme, request))
        .collect();
    // Some share a header with one that tells more of itself.
    let is_github = request.has("X-GitHub-Event");
    let is_gitlab = request.has("X-Gitlab-Event");
    found.retain(|scheme| match scheme {
        Scheme::GitHub | Scheme::GitHubSha1 => is_github,
        Scheme::Meta | Scheme::Intercom | Scheme::Bitbucket => !is_github,
        Scheme::GitLabSigning => is_gitlab,
        Scheme::StandardWebhooks | Scheme::StandardWebhooksV1a => !is_gitlab,
        _ => true,
    });
    found
}

fn shows(scheme: Scheme, request: &Request<'_>) -> bool {
    match scheme {
        Scheme::AdyenPayments | Scheme::Mailgun | Scheme::DockerHub | Scheme::AwsSns => {
            // Reading the body comes last, and only where its first byte promises an object.
            request.body.trim_ascii_start().starts_with(b"{") && shows_in_body(scheme, request)
        }
        Scheme::Harbor => request.has("Authorization") && shows_in_body(scheme, request),
        Scheme::Svix => request.has(headers(scheme)[0]),
        Scheme::StandardWebhooks | Scheme::GitLabSigning => versions(request).any(|v| v == "v1"),
        Scheme::StandardWebhooksV1a => versions(request).any(|v| v == "v1a"),
        Scheme::HubSpotV1 | Scheme::HubSpotV2 => {
            let version = if scheme == Scheme::HubSpotV1 {
                b"v1"
            } else {
                b"v2"
            };
            let versions = request.all("X-HubSpot-Signature-Version");
            request.has(headers(scheme)[0]) && versions.into_iter().any(|known| known == version)
        }
        _ => {
            let prefix = body_mac::form(scheme).map_or("", |form| form.prefix);
            let mut values = request.all(headers(scheme)[0]);
            values.any(|value| value.starts_with(prefix.as_bytes()))
        }
    }
}

/// The versions in `webhook-signature`.
fn versions<'a>(request: &'a Request<'_>) -> impl Iterator<Item = &'a str> {
    request
        .all("webhook-signature")
        .filter_map(|value| std::str::from_utf8(value).ok())
        .flat_map(|value| value.split(' '))
        .filter_map(|entry| entry.split_once(','))
        .map(|(version, _)| version)
}

fn shows_in_body(scheme: Scheme, request: &Request<'_>) -> bool {
    let Ok(document) = Document::parse(&request.body) else {
        return false;
    };
    let has = |path: &[&str]| document.at(path).is_some();
    match scheme {
        Scheme::AdyenPayments => has(&["notificationItems"]),
        Scheme::Mailgun => has(&["signature", "token"]) && has(&["event-data"]),
        Scheme::DockerHub => has(&["push_data"]) && has(&["repository", "repo_name"]),
        Scheme::AwsSns => has(&["SigningCertURL"]) && has(&["TopicArn"]),
        Scheme::Harbor => has(&["event_data"]) && has(&["occur_at"]),
        _ => false,
    }
}
