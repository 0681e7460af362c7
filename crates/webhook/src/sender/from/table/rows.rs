//! One row a sender: where it puts its event, its id of a delivery and what tells most.
//!
//! Sources: the senders' own pages on webhooks, at docs.adyen.com, dropbox.com/developers,
//! developer.gocardless.com, developers.hubspot.com, developers.intercom.com,
//! developer.atlassian.com, developers.line.biz, documentation.mailgun.com,
//! developers.facebook.com, developer.paddle.com, developer.paypal.com, razorpay.com/docs,
//! docs.sendgrid.com, developer.squareup.com, dev.twitch.tv, typeform.com/developers and
//! developers.zoom.us.

use crate::sender::{
    Sender,
    from::table::{
        At::{Always, Body, Header, Only, Pair},
        Money::{Major, Minor},
        Row,
    },
};

const NONE: Row = Row {
    sender: Sender::Adyen,
    headers: &[],
    body: &[],
    event: &[],
    delivery: &[],
    tries: None,
    about: &[],
    money: None,
    batch: None,
};

/// The first that fits is taken, so what looks like another stands before it.
pub(super) const ROWS: [Row; 18] = [
    Row {
        sender: Sender::Zoom,
        headers: &["x-zm-signature"],
        body: &["event", "event_ts", "payload.account_id"],
        event: &[Body("event")],
        about: &["payload.object.topic"],
        ..NONE
    },
    Row {
        sender: Sender::Paddle,
        headers: &["Paddle-Signature"],
        body: &["event_id", "event_type", "notification_id", "occurred_at"],
        event: &[Body("event_type")],
        delivery: &[Body("notification_id"), Body("event_id")],
        money: Some(Minor("data.details.totals.total", "data.currency_code")),
        ..NONE
    },
    Row {
        sender: Sender::Square,
        headers: &["x-square-hmacsha256-signature", "square-environment"],
        body: &["merchant_id", "event_id", "type", "data.object"],
        event: &[Body("type")],
        delivery: &[Body("event_id")],
        tries: Some((Header("square-retry-number"), 0)),
        about: &["data.object.payment.status"],
        money: Some(Minor(
            "data.object.payment.amount_money.amount",
            "data.object.payment.amount_money.currency",
        )),
        ..NONE
    },
    Row {
        sender: Sender::HubSpot,
        headers: &["X-HubSpot-Signature-v3", "X-HubSpot-Signature"],
        body: &["0.subscriptionType", "0.portalId"],
        event: &[Body("0.subscriptionType")],
        // Its `eventId` is not promised to be unique.
        tries: Some((Body("0.attemptNumber"), 0)),
        about: &["0.propertyName", "0.propertyValue"],
        batch: Some(""),
        ..NONE
    },
    Row {
        sender: Sender::SendGrid,
        headers: &["X-Twilio-Email-Event-Webhook-Signature"],
        body: &["0.sg_event_id", "0.event"],
        event: &[Body("0.event")],
        delivery: &[Only("0.sg_event_id")],
        about: &["0.email"],
        batch: Some(""),
        ..NONE
    },
    Row {
        sender: Sender::Adyen,
        body: &["notificationItems.0.NotificationRequestItem.pspReference"],
        event: &[Body(
            "notificationItems.0.NotificationRequestItem.eventCode",
        )],
        // Both stay the same when it tries again.
        delivery: &[Pair(
            "notificationItems.0.NotificationRequestItem.pspReference",
            "notificationItems.0.NotificationRequestItem.eventCode",
        )],
        about: &["notificationItems.0.NotificationRequestItem.merchantReference"],
        money: Some(Minor(
            "notificationItems.0.NotificationRequestItem.amount.value",
            "notificationItems.0.NotificationRequestItem.amount.currency",
        )),
        batch: Some("notificationItems"),
        ..NONE
    },
    Row {
        sender: Sender::Adyen,
        headers: &["hmacsignature"],
        event: &[Body("type")],
        about: &["data.accountHolder.reference", "data.id"],
        ..NONE
    },
    Row {
        sender: Sender::Mailgun,
        body: &["signature.token", "event-data.event"],
        event: &[Body("event-data.event")],
        delivery: &[Body("event-data.id")],
        about: &["event-data.recipient", "event-data.message.headers.subject"],
        ..NONE
    },
    Row {
        sender: Sender::Typeform,
        headers: &["Typeform-Signature"],
        body: &["event_id", "event_type", "form_response.form_id"],
        event: &[Body("event_type")],
        delivery: &[Body("event_id")],
        about: &["form_response.definition.title"],
        ..NONE
    },
    Row {
        sender: Sender::Intercom,
        body: &["app_id", "topic", "data.item", "delivery_attempts"],
        event: &[Body("topic")],
        delivery: &[Body("id")],
        tries: Some((Body("delivery_attempts"), 1)),
        about: &["data.item.type"],
        ..NONE
    },
    Row {
        sender: Sender::PayPal,
        headers: &["PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-SIG"],
        body: &["event_type", "resource_type", "resource", "event_version"],
        event: &[Body("event_type")],
        delivery: &[Body("id")],
        money: Some(Major(
            "resource.amount.value",
            "resource.amount.currency_code",
        )),
        ..NONE
    },
    Row {
        sender: Sender::Dropbox,
        headers: &["X-Dropbox-Signature"],
        body: &["list_folder.accounts", "delta.users"],
        event: &[Always("list_folder")],
        ..NONE
    },
    Row {
        sender: Sender::Line,
        headers: &["X-Line-Signature"],
        body: &["destination", "events.0.webhookEventId"],
        event: &[Body("events.0.type")],
        delivery: &[Only("events.0.webhookEventId")],
        about: &["events.0.message.text"],
        batch: Some("events"),
        ..NONE
    },
    Row {
        sender: Sender::GoCardless,
        body: &[
            "events.0.resource_type",
            "events.0.action",
            "meta.webhook_id",
        ],
        event: &[
            Pair("events.0.resource_type", "events.0.action"),
            Body("events.0.resource_type"),
        ],
        delivery: &[Body("meta.webhook_id")],
        about: &["events.0.details.description"],
        batch: Some("events"),
        ..NONE
    },
    Row {
        sender: Sender::Razorpay,
        headers: &["X-Razorpay-Signature", "X-Razorpay-Event-Id"],
        body: &["entity", "account_id", "contains", "payload"],
        event: &[Body("event")],
        delivery: &[Header("X-Razorpay-Event-Id")],
        money: Some(Minor(
            "payload.payment.entity.amount",
            "payload.payment.entity.currency",
        )),
        ..NONE
    },
    Row {
        sender: Sender::Twitch,
        headers: &["Twitch-Eventsub-Message-Id"],
        event: &[Header("Twitch-Eventsub-Subscription-Type")],
        delivery: &[Header("Twitch-Eventsub-Message-Id")],
        tries: Some((Header("Twitch-Eventsub-Message-Retry"), 0)),
        about: &["event.broadcaster_user_name", "event.user_name"],
        ..NONE
    },
    Row {
        sender: Sender::Jira,
        headers: &["X-Atlassian-Webhook-Identifier"],
        body: &["webhookEvent", "issue.key"],
        event: &[Body("webhookEvent")],
        delivery: &[Header("X-Atlassian-Webhook-Identifier")],
        tries: Some((Header("X-Atlassian-Webhook-Retry"), 0)),
        about: &["issue.key", "issue.fields.summary"],
        ..NONE
    },
    Row {
        sender: Sender::Meta,
        body: &["object", "entry.0.id"],
        event: &[Body("entry.0.changes.0.field"), Body("object")],
        about: &[
            "entry.0.changes.0.value.messages.0.text.body",
            "entry.0.messaging.0.message.text",
        ],
        batch: Some("entry"),
        ..NONE
    },
];
