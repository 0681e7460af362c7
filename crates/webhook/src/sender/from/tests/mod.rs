//! What is made out of each sender's documented requests.

mod forges;
mod hostile;

use crate::{
    capture::sample as capture,
    sender::{Recognised, Sender, recognise},
};

const JSON: (&str, &str) = ("Content-Type", "application/json");
const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// `sender event | summary | delivery retry`, with `-` for what is not known.
fn line(known: &Recognised) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    format!(
        "{} {} | {} | {} {}",
        known.sender.map_or("-", Sender::id),
        or_dash(&known.event),
        or_dash(&known.summary),
        or_dash(&known.delivery_id),
        or_dash(&known.retry.map(|count| count.to_string())),
    )
}

#[track_caller]
fn check(headers: &[(&str, &str)], body: &str, want: &str) {
    let known = recognise(&capture("POST /h", headers, body.as_bytes().to_vec()));
    assert_eq!(line(&known), want);
}

#[test]
fn stripe_says_how_much() {
    let event = |kind: &str, object: &str| {
        format!(r#"{{"id":"evt_1","object":"event","type":"{kind}","data":{{"object":{object}}}}}"#)
    };
    let signed = [JSON, ("Stripe-Signature", "t=1,v1=00")];
    let invoice = r#"{"object":"invoice","status":"paid","amount_due":5000,"amount_paid":4900,"currency":"eur"}"#;
    check(
        &signed,
        &event("invoice.paid", invoice),
        "stripe invoice.paid | invoice.paid · 49.00 EUR | evt_1 -",
    );
    // `stripe trigger` and a hand-made copy bring no signature.
    check(
        &[],
        &event("charge.succeeded", r#"{"amount":500,"currency":"jpy"}"#),
        "stripe charge.succeeded | charge.succeeded · 500 JPY | evt_1 -",
    );
    check(
        &[],
        &event(
            "customer.created",
            r#"{"id":"cus_1","email":"j@example.com"}"#,
        ),
        "stripe customer.created | customer.created · j@example.com | evt_1 -",
    );
    check(
        &signed,
        r#"{"id":"evt_2","object":"v2.core.event","type":"v2.core.account.closed","related_object":{"id":"acct_1"}}"#,
        "stripe v2.core.account.closed | v2.core.account.closed · acct_1 | evt_2 -",
    );
    check(&signed, "", "stripe - | - | - -");
}

#[test]
fn shopify_names_the_shop_in_either_set_of_headers() {
    check(
        &[
            ("X-Shopify-Topic", "orders/create"),
            ("X-Shopify-Shop-Domain", "acme.myshopify.com"),
            ("X-Shopify-Webhook-Id", "b54557e4"),
        ],
        r##"{"name":"#9999","total_price":"388.00","currency":"USD"}"##,
        "shopify orders/create | orders/create · acme.myshopify.com · #9999 · 388.00 USD | b54557e4 -",
    );
    check(
        &[
            ("shopify-topic", "Product"),
            ("shopify-hmac-sha256", "x"),
            ("shopify-event-id", "e"),
        ],
        "{}",
        "shopify Product | Product | e -",
    );
}

#[test]
fn slack_says_what_was_said_typed_or_pressed() {
    let signed = ("X-Slack-Signature", "v0=00");
    check(
        &[JSON, signed, ("X-Slack-Retry-Num", "1")],
        r#"{"type":"event_callback","api_app_id":"A1","team_id":"T1","event_id":"Ev1",
            "event":{"type":"app_mention","text":"<@U1> is it\nup?"}}"#,
        "slack app_mention | app_mention · <@U1> is it up? | Ev1 1",
    );
    check(
        &[JSON],
        r#"{"token":"T","challenge":"3eZb","type":"url_verification"}"#,
        "slack url_verification | url_verification | - -",
    );
    check(
        &[FORM],
        "token=T&team_id=T1&user_name=mara&command=%2Fweather&text=94070&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F1",
        "slack slash_command | /weather 94070 · mara | - -",
    );
    check(
        &[FORM, signed],
        "payload=%7B%22type%22%3A%22block_actions%22%2C%22actions%22%3A%5B%7B%22action_id%22%3A%22approve%22%7D%5D%7D",
        "slack block_actions | block_actions · approve | - -",
    );
    check(&[FORM, signed], "a=b", "slack - | - | - -");
}

#[test]
fn twilio_is_told_what_it_does_not_name() {
    let signed = ("X-Twilio-Signature", "x=");
    check(
        &[FORM, signed, ("I-Twilio-Idempotency-Token", "tok")],
        "MessageSid=SM1&SmsStatus=received&From=%2B1555&To=%2B1501&Body=Hello%21",
        "twilio message.received | message.received · +1555 → +1501 · Hello! | tok -",
    );
    check(
        &[FORM, signed],
        "CallSid=CA1&CallStatus=ringing&From=%2B1555",
        "twilio call.ringing | call.ringing · +1555 | - -",
    );
    check(
        &[FORM, signed],
        "EventType=onMessageAdded&Body=x",
        "twilio onMessageAdded | onMessageAdded · x | - -",
    );
    check(
        &[JSON, signed],
        r#"[{"specversion":"1.0","type":"com.twilio.messaging.message.sent","source":"/a","id":"EZ1"}]"#,
        "twilio com.twilio.messaging.message.sent | com.twilio.messaging.message.sent · /a | - -",
    );
    let call = capture("GET /h?CallSid=CA1&CallStatus=busy", &[signed], "");
    assert_eq!(
        line(&recognise(&call)),
        "twilio call.busy | call.busy | - -"
    );
}

#[test]
fn harbor_is_known_in_both_of_its_formats() {
    let data = r#"{"resources":[{"digest":"sha256:8a9e9863dbb6e10e","tag":"1.27"}],
        "repository":{"repo_full_name":"library/nginx"}}"#;
    check(
        &[],
        &format!(
            r#"{{"type":"PUSH_ARTIFACT","occur_at":1,"operator":"admin","event_data":{data}}}"#
        ),
        "harbor PUSH_ARTIFACT | PUSH_ARTIFACT · library/nginx:1.27 | - -",
    );
    check(
        &[("Content-Type", "application/cloudevents+json")],
        &format!(
            r#"{{"specversion":"1.0","id":"4b2f89a6","source":"/projects/1/webhook/policies/15",
                "type":"harbor.artifact.pushed","data":{data}}}"#
        ),
        "harbor harbor.artifact.pushed | harbor.artifact.pushed · library/nginx:1.27 | 4b2f89a6 -",
    );
    check(
        &[],
        r#"{"type":"DELETE_ARTIFACT","occur_at":1,"event_data":{"resources":[{"digest":"sha256:8a9e9863dbb6e10e"}],
            "repository":{"repo_full_name":"a/b"}}}"#,
        "harbor DELETE_ARTIFACT | DELETE_ARTIFACT · a/b@sha256:8a9e9863dbb6 | - -",
    );
}

#[test]
fn docker_hub_is_known_by_its_body_alone() {
    check(
        &[JSON],
        r#"{"callback_url":"https://registry.hub.docker.com/u/svendowideit/busybox/hook/1/",
            "push_data":{"pusher":"svendowideit","tag":"latest"},
            "repository":{"repo_name":"svendowideit/busybox"}}"#,
        "docker-hub push | push · svendowideit/busybox:latest · by svendowideit | - -",
    );
}

#[test]
fn linear_discord_and_sns() {
    check(
        &[("Linear-Delivery", "d1"), ("Linear-Event", "Issue")],
        r#"{"action":"create","type":"Issue","data":{"title":"Twice","number":42,"team":{"key":"API"}}}"#,
        "linear Issue | Issue create · API-42 Twice | d1 -",
    );
    let signed = [("X-Signature-Ed25519", "a"), ("X-Signature-Timestamp", "1")];
    check(
        &signed,
        r#"{"application_id":"1","id":"9","token":"t","type":2,"data":{"name":"order"},
            "member":{"user":{"username":"mara"}}}"#,
        "discord APPLICATION_COMMAND | APPLICATION_COMMAND · /order · mara | 9 -",
    );
    check(
        &signed,
        r#"{"application_id":"1","id":"9","token":"t","type":1}"#,
        "discord PING | PING | 9 -",
    );
    check(
        &signed,
        r#"{"version":1,"application_id":"1","type":1,"event":{"type":"APPLICATION_AUTHORIZED"}}"#,
        "discord APPLICATION_AUTHORIZED | APPLICATION_AUTHORIZED | - -",
    );
    check(
        &[("x-amz-sns-message-type", "SubscriptionConfirmation")],
        r#"{"Type":"SubscriptionConfirmation","MessageId":"165545c9","TopicArn":"arn:aws:sns:us-west-2:1:MyTopic",
            "Message":"You have chosen to subscribe"}"#,
        "aws-sns SubscriptionConfirmation | SubscriptionConfirmation · MyTopic · You have chosen to subscribe | 165545c9 -",
    );
    check(
        &[("Content-Type", "text/plain; charset=UTF-8")],
        r#"{"Type":"Notification","MessageId":"22b8","TopicArn":"arn:aws:sns:us-west-2:1:T","Subject":"My First"}"#,
        "aws-sns Notification | Notification · T · My First | 22b8 -",
    );
}

#[test]
fn cloud_events_are_known_in_all_their_forms() {
    check(
        &[
            ("ce-specversion", "1.0"),
            ("ce-type", "com.example.someevent"),
            ("ce-source", "/mycontext"),
            ("ce-id", "A234"),
        ],
        "",
        "cloudevents com.example.someevent | com.example.someevent · /mycontext | /mycontext A234 -",
    );
    let event = r#"{"specversion":"1.0","type":"com.example.someevent","source":"/mycontext","id":"B","subject":"s"}"#;
    check(
        &[("Content-Type", "application/cloudevents+json")],
        event,
        "cloudevents com.example.someevent | com.example.someevent · s | /mycontext B -",
    );
    check(
        &[("Content-Type", "application/cloudevents-batch+json")],
        &format!("[{event},{event}]"),
        "cloudevents com.example.someevent | com.example.someevent · s · 2 events | - -",
    );
}

#[test]
fn standard_webhooks_svix_event_grid_and_graph() {
    let body = r#"{"type":"user.created","data":{"id":"u_1"}}"#;
    check(
        &[("webhook-id", "msg_1"), ("webhook-signature", "v1,aa")],
        body,
        "standard-webhooks user.created | user.created · u_1 | msg_1 -",
    );
    check(
        &[("svix-id", "msg_1"), ("svix-signature", "v1,aa")],
        body,
        "svix user.created | user.created · u_1 | msg_1 -",
    );
    check(
        &[
            ("aeg-event-type", "Notification"),
            ("aeg-delivery-count", "0"),
        ],
        r#"[{"id":"1807","eventType":"Microsoft.Storage.BlobCreated","subject":"/blobs/a"}]"#,
        "event-grid Microsoft.Storage.BlobCreated | Microsoft.Storage.BlobCreated · /blobs/a | 1807 0",
    );
    check(
        &[JSON],
        r#"{"value":[{"subscriptionId":"s","changeType":"created","resource":"Users/1/messages/2"},{}]}"#,
        "microsoft-graph created | created · Users/1/messages/2 · 2 notifications | - -",
    );
}

#[test]
fn requests_that_only_try_an_address_are_known() {
    let check = |request: &str, headers: &[(&str, &str)], want: &str| {
        let known = recognise(&capture(request, headers, ""));
        assert_eq!(line(&known), want, "{request}");
    };
    let validates = |sender: &str| format!("{sender} validation | validation | - -");
    let meta = "GET /h?hub.mode=subscribe&hub.challenge=1158&hub.verify_token=meaty";
    check(meta, &[], &validates("meta"));
    check(
        "POST /h?validationToken=x",
        &[],
        &validates("microsoft-graph"),
    );
    let dropbox = [("User-Agent", "DropboxWebhooks/1.0")];
    check("GET /h?challenge=x", &dropbox, &validates("dropbox"));
    check("GET /h?challenge=x", &[], "- - | - | - -");
    check("GET /h?hub.challenge=x&hub.topic=y", &[], "- - | - | - -");
    check(
        "OPTIONS /h",
        &[("WebHook-Request-Origin", "eventemitter.example.com")],
        "cloudevents validation | validation · eventemitter.example.com | - -",
    );
}

#[test]
fn several_events_at_once_have_no_id_of_one_of_them() {
    check(
        &[JSON],
        r#"[{"subscriptionType":"contact.creation","portalId":1,"eventId":7,"attemptNumber":2},{}]"#,
        "hubspot contact.creation | contact.creation · 2 events | - 2",
    );
    check(
        &[JSON, ("x-zm-signature", "v0=0")],
        r#"{"event":"endpoint.url_validation","payload":{"plainToken":"q"},"event_ts":1}"#,
        "zoom endpoint.url_validation | endpoint.url_validation | - -",
    );
    check(
        &[
            ("square-environment", "Sandbox"),
            ("square-retry-number", "3"),
        ],
        r#"{"type":"payment.updated","event_id":"e"}"#,
        "square payment.updated | payment.updated | e 3",
    );
}

#[test]
fn who_is_unknown_may_still_say_what_happened() {
    check(
        &[JSON],
        r#"{"event":"user.created"}"#,
        "- user.created | user.created | - -",
    );
    check(&[("X-Event-Type", "order")], "", "- order | order | - -");
    check(&[JSON], r#"{"type":"a whole sentence"}"#, "- - | - | - -");
    check(
        &[JSON],
        r#"{"event":{"type":"x"},"type":7}"#,
        "- x | x | - -",
    );
    check(&[], "plain text", "- - | - | - -");
    check(&[FORM], "type=a", "- - | - | - -");
    check(&[], "", "- - | - | - -");
}
