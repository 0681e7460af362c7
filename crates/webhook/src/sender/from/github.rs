//! GitHub, and Gitea and Forgejo, which send what GitHub sends.
//! Sources: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>,
//! <https://docs.gitea.com/usage/webhooks>, <https://forgejo.org/docs/latest/user/webhooks/>

use crate::sender::{
    Sender,
    draft::Draft,
    field::Field,
    from::forge::{numbered, push, titled},
    view::View,
};

pub(super) fn gitea(view: &View<'_>) -> Option<Draft> {
    let (sender, event, id) = match view.header("X-Forgejo-Event") {
        Some(event) => (Sender::Forgejo, event, "X-Forgejo-Delivery"),
        None => {
            let event = view.header("X-Gitea-Event")?;
            (Sender::Gitea, event, "X-Gitea-Delivery")
        }
    };
    Some(draft(view, sender, event).delivery(view.header(id)))
}

pub(super) fn github(view: &View<'_>) -> Option<Draft> {
    let event = view.header("X-GitHub-Event")?;
    Some(draft(view, Sender::GitHub, event).delivery(view.header("X-GitHub-Delivery")))
}

fn draft(view: &View<'_>, sender: Sender, event: &str) -> Draft {
    let Some(json) = view.json() else {
        return Draft::new(sender, Some(event));
    };
    let title = titled(event, json.text("action"));
    let place = [
        "repository.full_name",
        "organization.login",
        "enterprise.slug",
    ];
    Draft::titled(sender, Some(event), Some(&title))
        .about(json.first_word(&place))
        .about(subject(json, event))
}

/// What it is about, besides the repository.
fn subject(json: Field<'_>, event: &str) -> Option<String> {
    let pair = |left: &str, right: &str| {
        let words = [json.word(left), json.word(right)];
        let words: Vec<_> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(" "))
    };
    match event {
        "push" => {
            // Gitea cuts the list of commits and says how many there were.
            let count = json
                .number("total_commits")
                .or_else(|| json.count("commits"));
            let is_deleted = json.is_true("deleted");
            json.text("ref")
                .map(|name| push(&name, count, is_deleted, json.is_true("created")))
        }
        "create" | "delete" => pair("ref_type", "ref"),
        "release" => pair("release.tag_name", "release.name"),
        "workflow_run" => pair("workflow_run.name", "workflow_run.conclusion"),
        "workflow_job" => pair("workflow_job.name", "workflow_job.conclusion"),
        "check_run" => pair("check_run.name", "check_run.conclusion"),
        "check_suite" => pair("check_suite.head_branch", "check_suite.conclusion"),
        "status" => pair("context", "state"),
        "deployment" => pair("deployment.environment", "deployment.ref"),
        "deployment_status" => pair("deployment.environment", "deployment_status.state"),
        "fork" => pair("forkee.full_name", ""),
        "member" => pair("member.login", ""),
        "package" => pair("package.name", "package.package_version.version"),
        "registry_package" => pair(
            "registry_package.name",
            "registry_package.package_version.version",
        ),
        "dependabot_alert" => pair("alert.security_advisory.summary", ""),
        "installation" => pair("installation.account.login", ""),
        _ => ["pull_request", "issue", "discussion", "milestone"]
            .into_iter()
            .filter_map(|name| json.at(name))
            .find_map(|field| numbered(field, '#', "number", "title")),
    }
}
