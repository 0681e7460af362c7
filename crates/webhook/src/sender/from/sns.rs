//! Amazon SNS.
//! Source: <https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html>

use crate::sender::{Sender, draft::Draft, view::View};

pub(super) fn sns(view: &View<'_>) -> Option<Draft> {
    let header = view.header("x-amz-sns-message-type");
    let json = view.json();
    let is_theirs = json.is_some_and(|json| {
        let arn = json.text("TopicArn");
        arn.is_some_and(|arn| arn.starts_with("arn:")) && json.has("MessageId") && json.has("Type")
    });
    if header.is_none() && !is_theirs {
        return None;
    }
    let said = |name| json.and_then(|json| json.text(name));
    let event = said("Type");
    let arn = view.header("x-amz-sns-topic-arn").map(Into::into);
    let arn = arn.or_else(|| said("TopicArn"));
    let topic = arn.as_deref().and_then(|arn| arn.rsplit(':').next());
    let id = view.header("x-amz-sns-message-id").map(Into::into);
    let draft = Draft::new(Sender::AwsSns, header.or(event.as_deref()))
        .about(topic)
        .about(said("Subject").or_else(|| said("Message")))
        .delivery(id.or_else(|| said("MessageId")));
    Some(draft)
}
