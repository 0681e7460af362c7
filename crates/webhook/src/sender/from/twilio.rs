//! Twilio, which names no events: the event is made of what it is about and how that stands, such
//! as `message.received` and `call.ringing`.
//! Sources: <https://www.twilio.com/docs/messaging/guides/webhook-request>,
//! <https://www.twilio.com/docs/voice/twiml#twilios-request-to-your-application>

use crate::sender::{Sender, draft::Draft, from::cloud_events, view::View};

/// The id of a thing, the thing, and where it says how it stands.
const THINGS: [(&str, &str, &[&str]); 4] = [
    ("RecordingSid", "recording", &["RecordingStatus"]),
    ("MessageSid", "message", &["MessageStatus", "SmsStatus"]),
    ("SmsSid", "message", &["SmsStatus"]),
    ("CallSid", "call", &["CallStatus"]),
];

pub(super) fn twilio(view: &View<'_>) -> Option<Draft> {
    let field = |name: &str| {
        let said = view.field(name).map(str::to_owned);
        // Calls may be asked about by GET.
        said.or_else(|| view.query(name).filter(|value| !value.is_empty()))
    };
    let is_signed = view.has("X-Twilio-Signature") || view.has("I-Twilio-Idempotency-Token");
    let is_account = |id: String| id.starts_with("AC") && id.len() == 34;
    if !is_signed
        && !view
            .field("AccountSid")
            .is_some_and(|id| is_account(id.to_owned()))
    {
        return None;
    }
    let delivery = view.header("I-Twilio-Idempotency-Token");
    if let Some(draft) = cloud_events::structured(view, Sender::Twilio) {
        return Some(draft.delivery(delivery));
    }
    let event = field("EventType").or_else(|| {
        let (_, thing, states) = THINGS.iter().find(|(id, ..)| field(id).is_some())?;
        let state = states.iter().find_map(|name| field(name));
        Some(state.map_or_else(|| (*thing).to_owned(), |state| format!("{thing}.{state}")))
    });
    let between = match (field("From"), field("To")) {
        (Some(from), Some(to)) => Some(format!("{from} → {to}")),
        (from, to) => from.or(to),
    };
    let draft = Draft::new(Sender::Twilio, event.as_deref())
        .about(between)
        .about(field("Body"))
        .about(field("ErrorCode").map(|code| format!("error {code}")))
        .delivery(delivery);
    Some(draft)
}
