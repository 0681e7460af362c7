//! Linear. Source: <https://linear.app/developers/webhooks>

use crate::sender::{Sender, draft::Draft, from::forge::titled, view::View};

pub(super) fn linear(view: &View<'_>) -> Option<Draft> {
    let is_theirs = ["Linear-Event", "Linear-Delivery", "Linear-Signature"];
    is_theirs.into_iter().find(|name| view.has(name))?;
    let json = view.json();
    let said = json.and_then(|json| json.text("type"));
    let event = view.header("Linear-Event").or(said.as_deref());
    let action = json.and_then(|json| json.text("action"));
    let title = event.map(|event| titled(event, action));
    let draft = Draft::titled(Sender::Linear, event, title.as_deref())
        .delivery(view.header("Linear-Delivery"));
    let Some(data) = json.and_then(|json| json.at("data")) else {
        return Some(draft);
    };
    let key = data.word("identifier").map(String::from).or_else(|| {
        let (team, number) = (data.text("team.key")?, data.word("number")?);
        Some(format!("{team}-{number}"))
    });
    let name = data.first_word(&["title", "name", "issue.title", "body"]);
    let words: Vec<_> = [key, name.map(String::from)]
        .into_iter()
        .flatten()
        .collect();
    Some(draft.about(Some(words.join(" "))))
}
