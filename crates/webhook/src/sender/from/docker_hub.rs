//! Docker Hub, which names no event: a push is all that it tells of.
//! Source: <https://docs.docker.com/docker-hub/repos/manage/webhooks/>

use crate::sender::{Sender, draft::Draft, view::View};

pub(super) fn docker_hub(view: &View<'_>) -> Option<Draft> {
    let json = view.json()?;
    let push = json.at("push_data")?;
    let name = json.text("repository.repo_name")?;
    let image = push.text("tag").map(|tag| format!("{name}:{tag}"));
    let draft = Draft::new(Sender::DockerHub, Some("push"))
        .about(Some(image.as_deref().unwrap_or(&name)))
        .about(push.text("pusher").map(|who| format!("by {who}")));
    Some(draft)
}
