//! GitLab.
//! Source: <https://docs.gitlab.com/user/project/integrations/webhook_events/>

use crate::sender::{
    Sender,
    draft::Draft,
    field::Field,
    from::forge::{numbered, push, titled},
    view::View,
};

pub(super) fn gitlab(view: &View<'_>) -> Option<Draft> {
    let header = view.header("X-Gitlab-Event")?;
    let json = view.json();
    let event = event(header, json);
    // `X-Gitlab-Event-UUID` is that of what led to it, which may have led to more.
    let id = ["Idempotency-Key", "webhook-id"];
    let id = id.into_iter().find_map(|name| view.header(name));
    let Some(json) = json else {
        return Some(Draft::new(Sender::GitLab, Some(&event)).delivery(id));
    };
    let action = [
        "object_attributes.action",
        "action",
        "object_attributes.status",
        "build_status",
        "status",
    ];
    let title = titled(&event, json.first_word(&action));
    let place = [
        "project.path_with_namespace",
        "path_with_namespace",
        "project_name",
        "group_path",
    ];
    let draft = Draft::titled(Sender::GitLab, Some(&event), Some(&title))
        .about(json.first_word(&place))
        .about(subject(json, &event))
        .delivery(id);
    Some(draft)
}

/// `Merge Request Hook` as `merge_request`; a `System Hook` says in the body what it is.
fn event(header: &str, json: Option<Field<'_>>) -> String {
    if header == "System Hook" {
        let said = json.and_then(|json| json.first_word(&["event_name", "object_kind"]));
        return said.map_or_else(|| "system".to_owned(), |event| event.into_owned());
    }
    let name = header.strip_suffix(" Hook").unwrap_or(header);
    name.to_ascii_lowercase().replace(' ', "_")
}

fn subject(json: Field<'_>, event: &str) -> Option<String> {
    let object = json.at("object_attributes");
    match event {
        "push" | "tag_push" => {
            const NOTHING: &str = "0000000000000000000000000000000000000000";
            let is_nothing = |path| {
                json.text(path)
                    .is_some_and(|hash| hash.starts_with(NOTHING))
            };
            let git_ref = json.text("ref")?;
            let count = json.number("total_commits_count");
            Some(push(
                &git_ref,
                count,
                is_nothing("after"),
                is_nothing("before"),
            ))
        }
        "merge_request" => numbered(object?, '!', "iid", "title"),
        "note" | "confidential_note" => json
            .at("merge_request")
            .and_then(|request| numbered(request, '!', "iid", "title"))
            .or_else(|| numbered(json.at("issue")?, '#', "iid", "title")),
        "pipeline" => object?.text("ref").map(|name| format!("on {name}")),
        "job" | "build" => json.text("build_name").map(Into::into),
        "deployment" => json.text("environment").map(Into::into),
        "release" => json.text("tag").map(Into::into),
        "wiki_page" => object?.text("title").map(Into::into),
        _ => numbered(object?, '#', "iid", "title"),
    }
}
