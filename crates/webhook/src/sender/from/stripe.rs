//! Stripe. Sources: <https://docs.stripe.com/api/events/object>,
//! <https://docs.stripe.com/event-destinations> (its second kind of event, `v2.core.event`).

use crate::sender::{Sender, draft::Draft, field::Field, money, view::View};

pub(super) fn stripe(view: &View<'_>) -> Option<Draft> {
    let json = view.json();
    let is_event = json.is_some_and(|json| {
        let object = json.text("object");
        let is_named = matches!(object.as_deref(), Some("event" | "v2.core.event"));
        is_named && json.text("id").is_some_and(|id| id.starts_with("evt_"))
    });
    if !is_event && !view.has("Stripe-Signature") {
        return None;
    }
    let Some(json) = json.filter(|_| is_event) else {
        return Some(Draft::new(Sender::Stripe, None));
    };
    let object = json.at("data.object");
    let amount = object.and_then(amount);
    let name = match &amount {
        Some(_) => None,
        None => object
            .and_then(|object| object.first_word(&["email", "number", "name", "id"]))
            .or_else(|| json.text("related_object.id")),
    };
    let draft = Draft::new(Sender::Stripe, json.text("type").as_deref())
        .about(amount)
        .about(name)
        .delivery(json.text("id"));
    Some(draft)
}

/// What it is about in money: an object has one of these, and the first that stands there tells
/// most of it.
fn amount(object: Field<'_>) -> Option<String> {
    let is_invoice = object.text("object").as_deref() == Some("invoice");
    let is_paid = object.text("status").as_deref() == Some("paid");
    let names: &[&str] = match (is_invoice, is_paid) {
        (true, true) => &["amount_paid", "total"],
        (true, false) => &["amount_due", "total"],
        _ => &["amount", "amount_total", "unit_amount"],
    };
    money::minor(&object.first_word(names)?, &object.text("currency")?)
}
