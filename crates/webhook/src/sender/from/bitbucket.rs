//! Bitbucket, in the cloud and not.
//! Sources: <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/>,
//! <https://confluence.atlassian.com/bitbucketserver/event-payload-938025882.html>

use std::borrow::Cow;

use crate::sender::{
    Sender, draft::Draft, field::Field, from::forge::numbered, from::forge::push, view::View,
};

pub(super) fn bitbucket(view: &View<'_>) -> Option<Draft> {
    let event = view.header("X-Event-Key")?;
    let id = ["X-Request-UUID", "X-Request-Id"];
    let id = id.into_iter().find_map(|name| view.header(name));
    let is_theirs = id.is_some() || view.has("X-Hook-UUID");
    if !is_theirs {
        return None;
    }
    let draft = Draft::new(Sender::Bitbucket, Some(event))
        .delivery(id)
        .retry(
            view.number("X-Attempt-Number")
                .and_then(|nth| nth.checked_sub(1)),
        );
    let Some(json) = view.json() else {
        return Some(draft);
    };
    Some(draft.about(place(json)).about(subject(json)))
}

fn place(json: Field<'_>) -> Option<Cow<'_, str>> {
    json.text("repository.full_name").or_else(|| {
        let repository = json
            .at("repository")
            .or_else(|| json.at("pullRequest.toRef.repository"))?;
        let (project, name) = (repository.text("project.key")?, repository.text("slug")?);
        Some(format!("{project}/{name}").into())
    })
}

fn subject(json: Field<'_>) -> Option<String> {
    let change = json
        .at("push.changes.0")
        .and_then(|change| {
            let is_deleted = !change.has("new");
            let side = change.at(if is_deleted { "old" } else { "new" })?;
            Some(cloud(change, side, is_deleted))
        })
        .flatten();
    change
        .or_else(|| numbered(json.at("pullrequest")?, '#', "id", "title"))
        .or_else(|| numbered(json.at("pullRequest")?, '#', "id", "title"))
        .or_else(|| numbered(json.at("issue")?, '#', "id", "title"))
        .or_else(|| {
            let change = json.at("changes.0")?;
            let is_kind = |kind| change.text("type").as_deref() == Some(kind);
            let name = change.text("ref.id")?;
            Some(push(&name, None, is_kind("DELETE"), is_kind("ADD")))
        })
}

fn cloud(change: Field<'_>, side: Field<'_>, is_deleted: bool) -> Option<String> {
    let kind = match side.text("type").as_deref() {
        Some("tag") => "refs/tags/",
        _ => "refs/heads/",
    };
    let git_ref = format!("{kind}{}", side.text("name")?);
    // At most five commits are listed; `truncated` says that there were more.
    let count = change
        .count("commits")
        .filter(|_| !change.is_true("truncated"));
    Some(push(&git_ref, count, is_deleted, change.is_true("created")))
}
