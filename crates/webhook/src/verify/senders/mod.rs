//! How each sender signs: a file a sender or family, each reading a request into a claim.

pub(crate) mod adyen;
pub(crate) mod body_mac;
mod certificate;
pub(crate) mod discord;
pub(crate) mod hubspot;
pub(crate) mod linear;
pub(crate) mod mailgun;
pub(crate) mod paddle;
pub(crate) mod paypal;
pub(crate) mod sendgrid;
pub(crate) mod sns;
pub(crate) mod square;
pub(crate) mod standard;
pub(crate) mod stripe;
pub(crate) mod timed_mac;
pub(crate) mod token;
pub(crate) mod twilio;

use crate::verify::{
    claim::{Claim, Proof},
    request::Request,
    scheme::Scheme,
    secret::{Keys, Secret},
    verdict::{Flaw, Verdict},
};

/// Reads what `request` claims under `scheme`, with the key of its certificate where it names one;
/// the verdict itself where it claims nothing.
pub(crate) fn claim<'a>(
    scheme: Scheme,
    request: &'a Request<'_>,
    keys: &Keys,
) -> Result<Claim<'a>, Verdict> {
    let mut claim = unkeyed(scheme, request).map_err(Verdict::Invalid)?;
    if let Proof::Rsa { key, .. } = &mut claim.proof {
        *key = match scheme {
            Scheme::PayPal => paypal::key(request, keys)?,
            _ => sns::key(request, keys)?,
        };
    }
    Ok(claim)
}

/// Reads what `request` claims under `scheme`.
pub(crate) fn unkeyed<'a>(scheme: Scheme, request: &'a Request<'_>) -> Result<Claim<'a>, Flaw> {
    match scheme {
        Scheme::GitHub
        | Scheme::GitHubSha1
        | Scheme::Bitbucket
        | Scheme::Meta
        | Scheme::Dropbox
        | Scheme::Intercom
        | Scheme::Shopify
        | Scheme::Line
        | Scheme::GoCardless
        | Scheme::Razorpay
        | Scheme::Typeform
        | Scheme::AdyenPayload => body_mac::claim(scheme, request),
        Scheme::AdyenPayments => adyen::claim(request),
        Scheme::Square => square::claim(request),
        Scheme::Stripe => stripe::claim(request),
        Scheme::Paddle => paddle::claim(request),
        Scheme::Slack | Scheme::Zoom => timed_mac::claim(scheme, request),
        Scheme::StandardWebhooks
        | Scheme::StandardWebhooksV1a
        | Scheme::Svix
        | Scheme::GitLabSigning => standard::claim(scheme, request),
        Scheme::GitLabToken | Scheme::Harbor => token::claim(scheme, request),
        Scheme::Twilio => twilio::claim(request),
        Scheme::Linear => linear::claim(request),
        Scheme::HubSpotV1 | Scheme::HubSpotV2 | Scheme::HubSpotV3 => {
            hubspot::claim(scheme, request)
        }
        Scheme::SendGrid => sendgrid::claim(request),
        Scheme::Discord => discord::claim(request),
        Scheme::Mailgun => mailgun::claim(request),
        Scheme::PayPal => paypal::claim(request),
        Scheme::AwsSns => sns::claim(request),
        Scheme::DockerHub => Err(Flaw::Missing("a signature of this sender's".to_owned())),
    }
}

/// Why none of `secrets` fits `claim`, as far as that is known without a search.
pub(crate) fn misfit(scheme: Scheme, claim: &Claim<'_>, secrets: &[Secret]) -> Flaw {
    let is_unreadable = |secret: &Secret| {
        let holds = |message| claim.proof.holds(message, secret.value(), &claim.seen[0]);
        claim
            .messages
            .iter()
            .all(|message| holds(message).is_none())
    };
    if secrets.iter().all(is_unreadable) {
        let what = "the secret is not written as this sender's secrets are";
        return Flaw::Malformed(what.to_owned());
    }
    match scheme {
        Scheme::Stripe => stripe::misfit(claim, secrets),
        _ => Flaw::Mismatch,
    }
}

/// The URL of the certificate that `request` says it was signed with, if it is one of the
/// sender's: `https`, and a host of its own. What it holds is to be put into
/// [`Keys::certificates`]; no other URL of a request is ever to be fetched.
#[must_use]
pub fn certificate_url(scheme: Scheme, request: &Request<'_>) -> Option<String> {
    match scheme {
        Scheme::PayPal => paypal::certificate_url(request).ok(),
        Scheme::AwsSns => sns::certificate_url(request).ok(),
        _ => None,
    }
}

/// The names of the headers that `scheme` signs with, the one with the signature first; none where
/// it stands in the body.
#[must_use]
pub fn headers(scheme: Scheme) -> Vec<&'static str> {
    if let Some(form) = body_mac::form(scheme) {
        return vec![form.header];
    }
    match scheme {
        Scheme::Square => vec![square::HEADER],
        Scheme::Stripe => vec![stripe::HEADER],
        Scheme::Paddle => vec![paddle::HEADER],
        Scheme::Slack | Scheme::Zoom => {
            let (signature, timestamp) = timed_mac::headers(scheme);
            vec![signature, timestamp]
        }
        Scheme::Svix => standard::SVIX.into_iter().rev().collect(),
        Scheme::StandardWebhooks | Scheme::StandardWebhooksV1a | Scheme::GitLabSigning => {
            standard::STANDARD.into_iter().rev().collect()
        }
        Scheme::GitLabToken | Scheme::Harbor => vec![token::header(scheme)],
        Scheme::Twilio => vec![twilio::HEADER],
        Scheme::Linear => vec![linear::HEADER],
        Scheme::HubSpotV1 | Scheme::HubSpotV2 => vec![hubspot::V1_V2],
        Scheme::HubSpotV3 => vec![hubspot::V3, hubspot::TIMESTAMP],
        Scheme::SendGrid => vec![sendgrid::SIGNATURE, sendgrid::TIMESTAMP],
        Scheme::Discord => vec![discord::SIGNATURE, discord::TIMESTAMP],
        Scheme::PayPal => vec![
            paypal::SIGNATURE,
            paypal::ID,
            paypal::TIME,
            paypal::CERTIFICATE,
            paypal::ALGORITHM,
        ],
        _ => Vec::new(),
    }
}
