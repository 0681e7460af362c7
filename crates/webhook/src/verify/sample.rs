//! A realistic test event of every sender, to try an endpoint with before the sender is set up.
//! Start at [`test_event`]. The bodies stand in files of their own under `sample/`.

use crate::verify::{
    envelope::date_time,
    request::Request,
    scheme::Scheme,
    secret::Secret,
    sign::{SignError, sign},
    stamp::Stamp,
};

/// A test event as `scheme`'s sender would post it to `url` now, signed with `secret`.
///
/// # Errors
/// When the secret cannot sign: see [`sign`].
pub fn test_event(
    scheme: Scheme,
    url: &str,
    secret: &Secret,
    stamp: &Stamp,
) -> Result<Request<'static>, SignError> {
    sign(scheme, &unsigned(scheme, url, stamp), secret, stamp)
}

/// The same without what signing adds.
fn unsigned(scheme: Scheme, url: &str, stamp: &Stamp) -> Request<'static> {
    let (headers, body) = template(scheme);
    let seconds = stamp.now_ms.div_euclid(1000);
    let fill = |text: &str| {
        text.replace("{id}", &stamp.id)
            .replace("{url}", url)
            .replace("{now_s}", &seconds.to_string())
            .replace("{now_ms}", &stamp.now_ms.to_string())
            .replace("{iso}", &date_time(seconds))
    };
    let content_type = match scheme {
        Scheme::Twilio => "application/x-www-form-urlencoded; charset=UTF-8",
        Scheme::AwsSns => "text/plain; charset=UTF-8",
        _ => "application/json",
    };
    let header =
        |name: &str, value: String| (name.as_bytes().to_vec().into(), value.into_bytes().into());
    let given = headers
        .iter()
        .map(|(name, value)| header(name, fill(value)));
    Request {
        method: b"POST".into(),
        url: url.to_owned().into(),
        headers: [header("Content-Type", content_type.to_owned())]
            .into_iter()
            .chain(given)
            .collect(),
        body: fill(body).into_bytes().into(),
        received_at_ms: stamp.now_ms,
    }
}

/// Headers besides the content type and those of the signature, and the body.
type Template = (&'static [(&'static str, &'static str)], &'static str);

/// A file under `sample/` without the line feed that ends it.
macro_rules! body {
    ($name:literal) => {
        include_str!(concat!("sample/", $name)).trim_ascii_end()
    };
}

fn template(scheme: Scheme) -> Template {
    match scheme {
        Scheme::GitHub | Scheme::GitHubSha1 => (
            &[
                ("User-Agent", "GitHub-Hookshot/044aadd"),
                ("X-GitHub-Delivery", "{id}"),
                ("X-GitHub-Event", "ping"),
                ("X-GitHub-Hook-ID", "509123841"),
            ],
            body!("github.json"),
        ),
        Scheme::GitLabToken | Scheme::GitLabSigning => (
            &[
                ("User-Agent", "GitLab/18.4.1"),
                ("Idempotency-Key", "{id}"),
                ("X-Gitlab-Event", "Push Hook"),
                ("X-Gitlab-Instance", "https://gitlab.example.com"),
            ],
            body!("gitlab.json"),
        ),
        Scheme::Bitbucket => (
            &[
                ("User-Agent", "Bitbucket-Webhooks/2.0"),
                ("X-Event-Key", "repo:push"),
                ("X-Hook-UUID", "{id}"),
                ("X-Attempt-Number", "1"),
            ],
            body!("bitbucket.json"),
        ),
        Scheme::Meta => (&[("User-Agent", "facebookexternalua")], body!("meta.json")),
        Scheme::Dropbox => (
            &[("User-Agent", "DropboxWebhooks/1.0")],
            body!("dropbox.json"),
        ),
        Scheme::Intercom => (
            &[
                ("User-Agent", "intercom-webhook/1.0"),
                ("X-Topic", "conversation.user.created"),
            ],
            body!("intercom.json"),
        ),
        Scheme::Shopify => (
            &[
                ("X-Shopify-Topic", "orders/paid"),
                ("X-Shopify-Shop-Domain", "acme.myshopify.com"),
                ("X-Shopify-API-Version", "2025-07"),
                ("X-Shopify-Webhook-Id", "{id}"),
                ("X-Shopify-Triggered-At", "{iso}Z"),
                ("X-Shopify-Test", "true"),
            ],
            body!("shopify.json"),
        ),
        Scheme::Line => (&[("User-Agent", "LineBotWebhook/2.0")], body!("line.json")),
        Scheme::GoCardless => (
            &[("User-Agent", "gocardless-webhook-service/1.1")],
            body!("gocardless.json"),
        ),
        Scheme::Razorpay => (
            &[
                ("User-Agent", "Razorpay-Webhook/v1"),
                ("X-Razorpay-Event-Id", "{id}"),
            ],
            body!("razorpay.json"),
        ),
        Scheme::Typeform => (
            &[("User-Agent", "Typeform Webhooks")],
            body!("typeform.json"),
        ),
        Scheme::AdyenPayload => (&[("protocol", "HmacSHA256")], body!("adyen_payload.json")),
        Scheme::AdyenPayments => (
            &[("User-Agent", "Adyen HttpClient 1.0")],
            body!("adyen_payments.json"),
        ),
        Scheme::Square => (
            &[
                ("User-Agent", "Square Connect v2"),
                ("square-environment", "Sandbox"),
            ],
            body!("square.json"),
        ),
        Scheme::Stripe => (
            &[(
                "User-Agent",
                "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            )],
            body!("stripe.json"),
        ),
        Scheme::Paddle => (&[("User-Agent", "Paddle")], body!("paddle.json")),
        Scheme::Slack => (
            &[("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")],
            body!("slack.json"),
        ),
        Scheme::Zoom => (
            &[("User-Agent", "Zoom Marketplace/1.0a")],
            body!("zoom.json"),
        ),
        Scheme::StandardWebhooks | Scheme::StandardWebhooksV1a => (
            &[("User-Agent", "standard-webhooks/1.0")],
            body!("standard.json"),
        ),
        Scheme::Svix => (
            &[("User-Agent", "Svix-Webhooks/1.0")],
            body!("standard.json"),
        ),
        Scheme::Harbor => (
            &[("User-Agent", "Go-http-client/1.1")],
            body!("harbor.json"),
        ),
        Scheme::Twilio => (
            &[
                ("User-Agent", "TwilioProxy/1.1"),
                ("I-Twilio-Idempotency-Token", "{id}"),
            ],
            body!("twilio.txt"),
        ),
        Scheme::Linear => (
            &[
                ("User-Agent", "Linear-Webhook"),
                ("Linear-Delivery", "{id}"),
                ("Linear-Event", "Issue"),
            ],
            body!("linear.json"),
        ),
        Scheme::HubSpotV1 | Scheme::HubSpotV2 | Scheme::HubSpotV3 => (
            &[("User-Agent", "HubSpot Connect 2.0")],
            body!("hubspot.json"),
        ),
        // SendGrid ends its bodies with CRLF and signs that too.
        Scheme::SendGrid => (
            &[("User-Agent", "SendGrid Event API")],
            include_str!("sample/sendgrid.json"),
        ),
        Scheme::Discord => (
            &[(
                "User-Agent",
                "Discord-Interactions/1.0 (+https://discord.com)",
            )],
            body!("discord.json"),
        ),
        Scheme::Mailgun => (&[("User-Agent", "mailgun/webhooks")], body!("mailgun.json")),
        Scheme::PayPal => (
            &[
                ("User-Agent", "PayPal/AUHD-214.0-58937641"),
                (
                    "PAYPAL-CERT-URL",
                    "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-test",
                ),
            ],
            body!("paypal.json"),
        ),
        Scheme::AwsSns => (
            &[
                ("User-Agent", "Amazon Simple Notification Service Agent"),
                ("x-amz-sns-message-type", "Notification"),
                (
                    "x-amz-sns-topic-arn",
                    "arn:aws:sns:eu-central-1:123456789012:orders",
                ),
            ],
            body!("sns.json"),
        ),
        Scheme::DockerHub => (
            &[("User-Agent", "Go-http-client/2.0")],
            body!("docker_hub.json"),
        ),
    }
}
