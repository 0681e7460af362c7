//! The schemes by which senders sign, and the facts about each that fit a table.
//! Start at [`Scheme`]; how each one is read stands in `senders/`.

/// One way in which a sender signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// GitHub
    GitHub,
    /// GitHub (SHA-1, legacy)
    GitHubSha1,
    /// Bitbucket
    Bitbucket,
    /// Meta
    Meta,
    /// Dropbox
    Dropbox,
    /// Intercom
    Intercom,
    /// Shopify
    Shopify,
    /// LINE
    Line,
    /// `GoCardless`
    GoCardless,
    /// Razorpay
    Razorpay,
    /// Typeform
    Typeform,
    /// Adyen (banking, management)
    AdyenPayload,
    /// Adyen (payments)
    AdyenPayments,
    /// Square
    Square,
    /// Stripe
    Stripe,
    /// Paddle
    Paddle,
    /// Slack
    Slack,
    /// Zoom
    Zoom,
    /// Standard Webhooks
    StandardWebhooks,
    /// Standard Webhooks (Ed25519)
    StandardWebhooksV1a,
    /// Svix
    Svix,
    /// GitLab (signing token)
    GitLabSigning,
    /// GitLab (secret token)
    GitLabToken,
    /// Harbor
    Harbor,
    /// Twilio
    Twilio,
    /// Linear
    Linear,
    /// `HubSpot` (v1)
    HubSpotV1,
    /// `HubSpot` (v2)
    HubSpotV2,
    /// `HubSpot` (v3)
    HubSpotV3,
    /// `SendGrid`
    SendGrid,
    /// Discord
    Discord,
    /// Mailgun
    Mailgun,
    /// `PayPal`
    PayPal,
    /// AWS SNS
    AwsSns,
    /// Docker Hub
    DockerHub,
}

/// How far from its arrival a signature may have been made, in seconds; `None` is any time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age {
    /// Before it arrived.
    pub past_s: Option<i64>,
    /// After it arrived: the sender's clock is ahead.
    pub future_s: Option<i64>,
}

impl Scheme {
    /// All schemes.
    pub const ALL: [Self; 35] = [
        Self::GitHub,
        Self::GitHubSha1,
        Self::Bitbucket,
        Self::Meta,
        Self::Dropbox,
        Self::Intercom,
        Self::Shopify,
        Self::Line,
        Self::GoCardless,
        Self::Razorpay,
        Self::Typeform,
        Self::AdyenPayload,
        Self::AdyenPayments,
        Self::Square,
        Self::Stripe,
        Self::Paddle,
        Self::Slack,
        Self::Zoom,
        Self::StandardWebhooks,
        Self::StandardWebhooksV1a,
        Self::Svix,
        Self::GitLabSigning,
        Self::GitLabToken,
        Self::Harbor,
        Self::Twilio,
        Self::Linear,
        Self::HubSpotV1,
        Self::HubSpotV2,
        Self::HubSpotV3,
        Self::SendGrid,
        Self::Discord,
        Self::Mailgun,
        Self::PayPal,
        Self::AwsSns,
        Self::DockerHub,
    ];

    /// The word for it in JSON, in the store and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitHubSha1 => "github-sha1",
            Self::Bitbucket => "bitbucket",
            Self::Meta => "meta",
            Self::Dropbox => "dropbox",
            Self::Intercom => "intercom",
            Self::Shopify => "shopify",
            Self::Line => "line",
            Self::GoCardless => "gocardless",
            Self::Razorpay => "razorpay",
            Self::Typeform => "typeform",
            Self::AdyenPayload => "adyen-payload",
            Self::AdyenPayments => "adyen-payments",
            Self::Square => "square",
            Self::Stripe => "stripe",
            Self::Paddle => "paddle",
            Self::Slack => "slack",
            Self::Zoom => "zoom",
            Self::StandardWebhooks => "standard-webhooks",
            Self::StandardWebhooksV1a => "standard-webhooks-v1a",
            Self::Svix => "svix",
            Self::GitLabSigning => "gitlab-signing",
            Self::GitLabToken => "gitlab-token",
            Self::Harbor => "harbor",
            Self::Twilio => "twilio",
            Self::Linear => "linear",
            Self::HubSpotV1 => "hubspot-v1",
            Self::HubSpotV2 => "hubspot-v2",
            Self::HubSpotV3 => "hubspot-v3",
            Self::SendGrid => "sendgrid",
            Self::Discord => "discord",
            Self::Mailgun => "mailgun",
            Self::PayPal => "paypal",
            Self::AwsSns => "aws-sns",
            Self::DockerHub => "docker-hub",
        }
    }

    /// The scheme that `name` stands for.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scheme| scheme.name() == name)
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitHubSha1 => "GitHub (SHA-1, legacy)",
            Self::Bitbucket => "Bitbucket",
            Self::Meta => "Meta",
            Self::Dropbox => "Dropbox",
            Self::Intercom => "Intercom",
            Self::Shopify => "Shopify",
            Self::Line => "LINE",
            Self::GoCardless => "GoCardless",
            Self::Razorpay => "Razorpay",
            Self::Typeform => "Typeform",
            Self::AdyenPayload => "Adyen (banking, management)",
            Self::AdyenPayments => "Adyen (payments)",
            Self::Square => "Square",
            Self::Stripe => "Stripe",
            Self::Paddle => "Paddle",
            Self::Slack => "Slack",
            Self::Zoom => "Zoom",
            Self::StandardWebhooks => "Standard Webhooks",
            Self::StandardWebhooksV1a => "Standard Webhooks (Ed25519)",
            Self::Svix => "Svix",
            Self::GitLabSigning => "GitLab (signing token)",
            Self::GitLabToken => "GitLab (secret token)",
            Self::Harbor => "Harbor",
            Self::Twilio => "Twilio",
            Self::Linear => "Linear",
            Self::HubSpotV1 => "HubSpot (v1)",
            Self::HubSpotV2 => "HubSpot (v2)",
            Self::HubSpotV3 => "HubSpot (v3)",
            Self::SendGrid => "SendGrid",
            Self::Discord => "Discord",
            Self::Mailgun => "Mailgun",
            Self::PayPal => "PayPal",
            Self::AwsSns => "AWS SNS",
            Self::DockerHub => "Docker Hub",
        }
    }

    /// What a valid signature vouches for; whatever is not named here may be forged.
    #[must_use]
    pub const fn covers(self) -> &'static str {
        match self {
            Self::GitHub
            | Self::GitHubSha1
            | Self::Bitbucket
            | Self::Meta
            | Self::Dropbox
            | Self::Intercom
            | Self::Shopify
            | Self::Line
            | Self::GoCardless
            | Self::Razorpay
            | Self::Typeform
            | Self::AdyenPayload
            | Self::HubSpotV1 => "body",
            Self::AdyenPayments => "eight fields of the item only",
            Self::Square => "url+body",
            Self::Stripe
            | Self::Paddle
            | Self::Slack
            | Self::Zoom
            | Self::SendGrid
            | Self::Discord => "timestamp+body",
            Self::StandardWebhooks
            | Self::StandardWebhooksV1a
            | Self::Svix
            | Self::GitLabSigning => "id+timestamp+body",
            Self::GitLabToken | Self::Harbor => "nothing (bearer secret in clear)",
            Self::Twilio => "url+form params",
            Self::Linear => "body incl. webhookTimestamp",
            Self::HubSpotV2 => "method+url+body",
            Self::HubSpotV3 => "method+url+body+timestamp",
            Self::Mailgun => "timestamp+token only (event-data is not covered)",
            Self::PayPal => {
                "id+time+webhook id+CRC32 of body (a CRC is not collision resistant: body can be forged)"
            }
            Self::AwsSns => "listed fields",
            Self::DockerHub => "nothing",
        }
    }

    /// How old a signature may be: what the sender's own packages enforce.
    #[must_use]
    pub const fn age(self) -> Age {
        let (past_s, future_s) = match self {
            Self::StandardWebhooks
            | Self::StandardWebhooksV1a
            | Self::Svix
            | Self::GitLabSigning
            | Self::Slack => (Some(300), Some(300)),
            Self::Stripe | Self::HubSpotV3 => (Some(300), None),
            Self::Linear => (Some(60), Some(60)),
            Self::Paddle => (Some(5), Some(5)),
            _ => (None, None),
        };
        Age { past_s, future_s }
    }

    /// Whether the URL is part of what is signed.
    #[must_use]
    pub const fn covers_url(self) -> bool {
        matches!(
            self,
            Self::Square | Self::Twilio | Self::HubSpotV2 | Self::HubSpotV3
        )
    }

    /// Whether a verdict needs a secret (or public key, or id) of the user's.
    #[must_use]
    pub const fn needs_secret(self) -> bool {
        !matches!(self, Self::AwsSns | Self::DockerHub)
    }
}

impl Age {
    /// The same rule with another limit; 0 takes the limit away.
    #[must_use]
    pub fn with_limit(self, limit_s: i64) -> Self {
        let changed = |known: Option<i64>| known.map(|_| limit_s).filter(|limit| *limit > 0);
        Self {
            past_s: changed(self.past_s),
            future_s: changed(self.future_s),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_scheme_has_a_name_of_its_own_and_is_found_by_it() {
        let names: BTreeSet<_> = Scheme::ALL.iter().map(|scheme| scheme.name()).collect();
        assert_eq!(names.len(), Scheme::ALL.len());
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::from_name(scheme.name()), Some(scheme));
        }
        assert_eq!(Scheme::from_name("acme"), None);
    }
}
