//! Shopify. Sources: <https://shopify.dev/docs/apps/build/webhooks/delivery-structure>; the second
//! set of names is that of its events (`ShopifyEventsHeader` of `@shopify/shopify-api` 13).

use crate::sender::{Sender, draft::Draft, field::Field, money, view::View};

pub(super) fn shopify(view: &View<'_>) -> Option<Draft> {
    let header = |name: &str| {
        view.header(&format!("X-Shopify-{name}"))
            .or_else(|| view.header(&format!("Shopify-{name}")))
    };
    let signed = header("Hmac-Sha256");
    let topic = header("Topic");
    topic.or(signed)?;
    let draft = Draft::new(Sender::Shopify, topic)
        .delivery(header("Webhook-Id").or_else(|| header("Event-Id")))
        .about(header("Shop-Domain"));
    let Some(json) = view.json() else {
        return Some(draft);
    };
    let names = ["name", "title", "email", "id"];
    Some(draft.about(json.first_word(&names)).about(total(json)))
}

fn total(json: Field<'_>) -> Option<String> {
    let amount = json.first_word(&["total_price", "amount"])?;
    money::major(&amount, &json.text("currency")?)
}
