//! The senders that are known by sight. Start at [`Sender`].

/// Somebody's service that sends webhooks, or a format that many send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sender {
    /// Adyen
    Adyen,
    /// Amazon SNS
    AwsSns,
    /// Bitbucket, in the cloud or not
    Bitbucket,
    /// Anything that speaks `CloudEvents`
    CloudEvents,
    /// Discord
    Discord,
    /// Docker Hub
    DockerHub,
    /// Dropbox
    Dropbox,
    /// Azure Event Grid
    EventGrid,
    /// Forgejo
    Forgejo,
    /// Gitea
    Gitea,
    /// GitHub
    GitHub,
    /// GitLab
    GitLab,
    /// `GoCardless`
    GoCardless,
    /// Harbor
    Harbor,
    /// `HubSpot`
    HubSpot,
    /// Intercom
    Intercom,
    /// Jira
    Jira,
    /// LINE
    Line,
    /// Linear
    Linear,
    /// Mailgun
    Mailgun,
    /// Meta
    Meta,
    /// Microsoft Graph
    MicrosoftGraph,
    /// Paddle
    Paddle,
    /// `PayPal`
    PayPal,
    /// Razorpay
    Razorpay,
    /// `SendGrid`
    SendGrid,
    /// Shopify
    Shopify,
    /// Slack
    Slack,
    /// Square
    Square,
    /// Anything that speaks Standard Webhooks
    StandardWebhooks,
    /// Stripe
    Stripe,
    /// Anything sent through Svix
    Svix,
    /// Twilio
    Twilio,
    /// Twitch
    Twitch,
    /// Typeform
    Typeform,
    /// Zoom
    Zoom,
}

impl Sender {
    /// All senders, by id.
    pub const ALL: [Self; 36] = [
        Self::Adyen,
        Self::AwsSns,
        Self::Bitbucket,
        Self::CloudEvents,
        Self::Discord,
        Self::DockerHub,
        Self::Dropbox,
        Self::EventGrid,
        Self::Forgejo,
        Self::Gitea,
        Self::GitHub,
        Self::GitLab,
        Self::GoCardless,
        Self::Harbor,
        Self::HubSpot,
        Self::Intercom,
        Self::Jira,
        Self::Line,
        Self::Linear,
        Self::Mailgun,
        Self::Meta,
        Self::MicrosoftGraph,
        Self::Paddle,
        Self::PayPal,
        Self::Razorpay,
        Self::SendGrid,
        Self::Shopify,
        Self::Slack,
        Self::Square,
        Self::StandardWebhooks,
        Self::Stripe,
        Self::Svix,
        Self::Twilio,
        Self::Twitch,
        Self::Typeform,
        Self::Zoom,
    ];

    /// The word for it in the store, in JSON, in filters and in the names of icons. It never
    /// changes.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.words().0
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.words().1
    }

    /// The sender that `id` stands for, if this version knows it.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sender| sender.id() == id)
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Adyen => ("adyen", "Adyen"),
            Self::AwsSns => ("aws-sns", "Amazon SNS"),
            Self::Bitbucket => ("bitbucket", "Bitbucket"),
            Self::CloudEvents => ("cloudevents", "CloudEvents"),
            Self::Discord => ("discord", "Discord"),
            Self::DockerHub => ("docker-hub", "Docker Hub"),
            Self::Dropbox => ("dropbox", "Dropbox"),
            Self::EventGrid => ("event-grid", "Azure Event Grid"),
            Self::Forgejo => ("forgejo", "Forgejo"),
            Self::Gitea => ("gitea", "Gitea"),
            Self::GitHub => ("github", "GitHub"),
            Self::GitLab => ("gitlab", "GitLab"),
            Self::GoCardless => ("gocardless", "GoCardless"),
            Self::Harbor => ("harbor", "Harbor"),
            Self::HubSpot => ("hubspot", "HubSpot"),
            Self::Intercom => ("intercom", "Intercom"),
            Self::Jira => ("jira", "Jira"),
            Self::Line => ("line", "LINE"),
            Self::Linear => ("linear", "Linear"),
            Self::Mailgun => ("mailgun", "Mailgun"),
            Self::Meta => ("meta", "Meta"),
            Self::MicrosoftGraph => ("microsoft-graph", "Microsoft Graph"),
            Self::Paddle => ("paddle", "Paddle"),
            Self::PayPal => ("paypal", "PayPal"),
            Self::Razorpay => ("razorpay", "Razorpay"),
            Self::SendGrid => ("sendgrid", "SendGrid"),
            Self::Shopify => ("shopify", "Shopify"),
            Self::Slack => ("slack", "Slack"),
            Self::Square => ("square", "Square"),
            Self::StandardWebhooks => ("standard-webhooks", "Standard Webhooks"),
            Self::Stripe => ("stripe", "Stripe"),
            Self::Svix => ("svix", "Svix"),
            Self::Twilio => ("twilio", "Twilio"),
            Self::Twitch => ("twitch", "Twitch"),
            Self::Typeform => ("typeform", "Typeform"),
            Self::Zoom => ("zoom", "Zoom"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sender_has_an_id_of_its_own_and_is_found_by_it() {
        assert!(Sender::ALL.is_sorted_by_key(|sender| sender.id()));
        for sender in Sender::ALL {
            assert_eq!(Sender::from_id(sender.id()), Some(sender));
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
            assert!(sender.id().bytes().all(is_plain), "{sender:?}");
        }
        assert_eq!(Sender::from_id("acme"), None);
    }
}
