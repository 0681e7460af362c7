//! Harbor, in both of its formats.
//! Source: <https://goharbor.io/docs/latest/working-with-projects/project-configuration/configure-webhooks/>

use crate::sender::{Sender, draft::Draft, field::Field, view::View};

pub(super) fn harbor(view: &View<'_>) -> Option<Draft> {
    let json = view.json()?;
    let event = json.text("type")?;
    let is_own = json.has("event_data") && json.has("occur_at");
    let is_cloud_event = event.starts_with("harbor.") && json.has("specversion");
    let data = match (is_own, is_cloud_event) {
        (true, _) => json.at("event_data")?,
        (_, true) => json.at("data")?,
        _ => return None,
    };
    let draft = Draft::new(Sender::Harbor, Some(&event))
        .about(artifact(data))
        .about(
            data.count("resources")
                .filter(|count| *count > 1)
                .map(|count| format!("{count} artifacts")),
        )
        .about(data.text("custom_attributes.Details"));
    Some(match is_cloud_event {
        true => draft.delivery(json.text("id")),
        false => draft,
    })
}

/// `library/nginx:1.27`, or with the beginning of its digest if it has no tag.
fn artifact(data: Field<'_>) -> Option<String> {
    let name = data.first_word(&[
        "repository.repo_full_name",
        "replication.src_resource.namespace",
        "retention.project_name",
        "resources.0.resource_url",
    ])?;
    let tag = data
        .text("resources.0.tag")
        .filter(|tag| !tag.starts_with("sha256:"));
    let digest = data.text("resources.0.digest");
    Some(match (tag, digest) {
        (Some(tag), _) => format!("{name}:{tag}"),
        (None, Some(digest)) => format!("{name}@{}", digest.chars().take(19).collect::<String>()),
        (None, None) => name.into_owned(),
    })
}
