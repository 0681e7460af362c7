//! The sample of every scheme, signed as its sender signs, is known by sight.
#![expect(clippy::unwrap_used, reason = "this is a test")]

mod pairs;

use webhook::{
    capture::{Capture, CaptureId, EndpointId},
    head::Head,
    sender::{Sender, recognise},
    verify::{request::Request, sample::test_event, scheme::Scheme},
};

use crate::pairs::{URL, pair, stamp};

fn captured(request: &Request<'_>) -> Capture {
    let target = request
        .url
        .strip_prefix("https://hooks.example.test")
        .unwrap();
    let headers = request
        .headers
        .iter()
        .map(|(name, value)| (&**name, &**value));
    Capture {
        id: CaptureId::new(0, [0; 10]),
        endpoint: EndpointId::local(),
        received_at_ms: request.received_at_ms,
        peer: None,
        head: Head::compose(&request.method, target.as_bytes(), b"HTTP/1.1", headers).unwrap(),
        body: request.body.to_vec().into(),
        flaws: Vec::new(),
    }
}

/// The sender's id and the line that the list shows.
fn want(scheme: Scheme) -> (&'static str, &'static str) {
    match scheme {
        Scheme::GitHub | Scheme::GitHubSha1 => ("github", "ping · acme/api"),
        Scheme::Bitbucket => ("bitbucket", "repo:push · acme/api · to main"),
        Scheme::Meta => ("meta", "page · Is the blue one still available?"),
        Scheme::Dropbox => ("dropbox", "list_folder"),
        Scheme::Intercom => ("intercom", "conversation.user.created · conversation"),
        Scheme::Shopify => (
            "shopify",
            "orders/paid · acme.myshopify.com · #9999 · 388.00 EUR",
        ),
        Scheme::Line => ("line", "message · こんにちは"),
        Scheme::GoCardless => (
            "gocardless",
            "payments.confirmed · The payment went through.",
        ),
        Scheme::Razorpay => ("razorpay", "payment.captured · 500.00 INR"),
        Scheme::Typeform => ("typeform", "form_response · How was it?"),
        Scheme::AdyenPayload => ("adyen", "balancePlatform.accountHolder.updated · acme-1"),
        Scheme::AdyenPayments => ("adyen", "AUTHORISATION · order-1407 · 11.30 EUR"),
        Scheme::Square => ("square", "payment.updated · COMPLETED · 1.00 USD"),
        Scheme::Stripe => ("stripe", "invoice.paid · 20.00 EUR"),
        Scheme::Paddle => ("paddle", "transaction.completed · 357.00 EUR"),
        Scheme::Slack => (
            "slack",
            "app_mention · <@U0LAN0Z89> how many orders are open?",
        ),
        Scheme::Zoom => ("zoom", "meeting.started · Stand-up"),
        Scheme::StandardWebhooks | Scheme::StandardWebhooksV1a => {
            ("standard-webhooks", "invoice.paid · inv_1f81eb52")
        }
        Scheme::Svix => ("svix", "invoice.paid · inv_1f81eb52"),
        Scheme::GitLabSigning | Scheme::GitLabToken => {
            ("gitlab", "push · acme/api · 1 commit to main")
        }
        Scheme::Harbor => ("harbor", "PUSH_ARTIFACT · acme/api:1.4.2"),
        Scheme::Twilio => (
            "twilio",
            "message.received · +15558675310 → +15017122661 · Hello there! 👋",
        ),
        Scheme::Linear => ("linear", "Issue create · API-42 Rounding is done twice"),
        Scheme::HubSpotV1 | Scheme::HubSpotV2 | Scheme::HubSpotV3 => (
            "hubspot",
            "contact.propertyChange · lifecyclestage · customer",
        ),
        Scheme::SendGrid => ("sendgrid", "delivered · jon@example.com"),
        Scheme::Discord => ("discord", "APPLICATION_COMMAND · /order · mara"),
        Scheme::Mailgun => ("mailgun", "delivered · jon@example.com · Your receipt"),
        Scheme::PayPal => ("paypal", "PAYMENT.CAPTURE.COMPLETED · 30.00 EUR"),
        Scheme::AwsSns => ("aws-sns", "Notification · orders · Order 1234"),
        Scheme::DockerHub => ("docker-hub", "push · acme/api:1.4.2 · by mara"),
    }
}

#[test]
fn the_sample_of_every_sender_is_known_by_sight() {
    for scheme in Scheme::ALL {
        let event = test_event(scheme, URL, &pair(scheme, &[7; 32]).signing, &stamp()).unwrap();
        let known = recognise(&captured(&event));
        let (sender, summary) = want(scheme);
        assert_eq!(known.sender, Sender::from_id(sender), "{scheme:?}");
        assert_eq!(known.summary.as_deref(), Some(summary), "{scheme:?}");
        // The samples call their delivery by the id of the stamp, where the sender has one.
        let id = known.delivery_id.unwrap_or_default();
        let has_own = matches!(
            scheme,
            Scheme::AdyenPayments | Scheme::Discord | Scheme::Mailgun
        );
        assert!(
            id.is_empty() || has_own || id.ends_with(&stamp().id),
            "{scheme:?}: {id}"
        );
    }
}
