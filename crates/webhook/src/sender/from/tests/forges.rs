//! What is made out of the requests of the places where code is kept.

use crate::sender::from::tests::{FORM, JSON, check};

#[test]
fn github_says_what_was_done_to_what() {
    let check = |event: &str, body: &str, want: &str| {
        let headers = [
            JSON,
            ("X-GitHub-Event", event),
            ("x-github-delivery", "72d3162e"),
        ];
        check(
            &headers,
            body,
            &format!("github {event} | {want} | 72d3162e -"),
        );
    };
    check(
        "push",
        r#"{"ref":"refs/heads/main","deleted":false,"commits":[{},{},{}],
            "repository":{"full_name":"acme/api"}}"#,
        "push · acme/api · 3 commits to main",
    );
    check(
        "push",
        r#"{"ref":"refs/heads/a/b","created":true,"commits":[],"repository":{"full_name":"x/y"}}"#,
        "push · x/y · new branch a/b",
    );
    check(
        "push",
        r#"{"ref":"refs/tags/v1","deleted":true,"commits":[],"repository":{"full_name":"x/y"}}"#,
        "push · x/y · deleted tag v1",
    );
    check(
        "pull_request",
        r#"{"action":"opened","number":42,"pull_request":{"number":42,"title":"Fix the parser"},
            "repository":{"full_name":"acme/api"}}"#,
        "pull_request opened · acme/api · #42 Fix the parser",
    );
    check(
        "issue_comment",
        r#"{"action":"created","issue":{"number":7,"title":"Odd"},"repository":{"full_name":"a/b"}}"#,
        "issue_comment created · a/b · #7 Odd",
    );
    check(
        "workflow_run",
        r#"{"action":"completed","workflow_run":{"name":"CI","conclusion":"failure"},
            "repository":{"full_name":"a/b"}}"#,
        "workflow_run completed · a/b · CI failure",
    );
    check(
        "ping",
        r#"{"organization":{"login":"acme"}}"#,
        "ping · acme",
    );
    check("watch", "", "watch");
    check("watch", "{\"action\":", "watch");
}

#[test]
fn github_may_put_its_json_into_a_form() {
    check(
        &[FORM, ("X-GitHub-Event", "issues")],
        "payload=%7B%22action%22%3A%22closed%22%2C%22issue%22%3A%7B%22number%22%3A1%2C%22title%22%3A%22a+b%22%7D%7D",
        "github issues | issues closed · #1 a b | - -",
    );
}

#[test]
fn gitea_and_forgejo_are_told_from_github_whose_headers_they_send_too() {
    let gitea = [
        ("X-GitHub-Event", "push"),
        ("X-GitHub-Delivery", "1"),
        ("X-Gogs-Event", "push"),
        ("X-Gitea-Event", "push"),
        ("X-Gitea-Delivery", "1"),
    ];
    let body = r#"{"ref":"refs/heads/main","total_commits":7,"commits":[{},{}],
        "repository":{"full_name":"acme/api"}}"#;
    let rest = "push | push · acme/api · 7 commits to main | 1 -";
    check(&gitea, body, &format!("gitea {rest}"));
    let forgejo = [("X-Forgejo-Event", "push"), ("X-Forgejo-Delivery", "1")];
    check(
        &[&gitea[..], &forgejo].concat(),
        body,
        &format!("forgejo {rest}"),
    );
}

#[test]
fn gitlab_hooks_lose_their_word_hook() {
    check(
        &[
            ("X-Gitlab-Event", "Merge Request Hook"),
            ("Idempotency-Key", "f5e5"),
            ("X-Gitlab-Event-UUID", "13792a34"),
        ],
        r#"{"object_kind":"merge_request","project":{"path_with_namespace":"gitlab-org/gitlab-test"},
            "object_attributes":{"iid":1,"title":"MS-Viewport","action":"open"}}"#,
        "gitlab merge_request | merge_request open · gitlab-org/gitlab-test · !1 MS-Viewport | f5e5 -",
    );
    check(
        &[("X-Gitlab-Event", "Pipeline Hook")],
        r#"{"object_kind":"pipeline","object_attributes":{"ref":"main","status":"failed"},
            "project":{"path_with_namespace":"a/b"}}"#,
        "gitlab pipeline | pipeline failed · a/b · on main | - -",
    );
    check(
        &[("X-Gitlab-Event", "System Hook")],
        r#"{"event_name":"project_create","path_with_namespace":"jsmith/storecloud"}"#,
        "gitlab project_create | project_create · jsmith/storecloud | - -",
    );
    check(
        &[("X-Gitlab-Event", "Tag Push Hook")],
        r#"{"ref":"refs/tags/v1.0.0","before":"0000000000000000000000000000000000000000",
            "after":"82b3d5ae55f7080f1e6022629cdb57bfae7cccc7","total_commits_count":0}"#,
        "gitlab tag_push | tag_push · tag v1.0.0 | - -",
    );
}

#[test]
fn bitbucket_counts_its_attempts_from_one() {
    let headers = [
        ("X-Event-Key", "pullrequest:created"),
        ("X-Request-UUID", "r1"),
        ("X-Attempt-Number", "2"),
    ];
    check(
        &headers,
        r#"{"pullrequest":{"id":1,"title":"Title"},"repository":{"full_name":"team/repo"}}"#,
        "bitbucket pullrequest:created | pullrequest:created · team/repo · #1 Title | r1 1",
    );
    check(
        &[("X-Event-Key", "repo:push"), ("X-Hook-UUID", "h")],
        r#"{"repository":{"full_name":"t/r"},"push":{"changes":[{"old":{"type":"tag","name":"v1"},"new":null}]}}"#,
        "bitbucket repo:push | repo:push · t/r · deleted tag v1 | - -",
    );
    check(
        &[("X-Event-Key", "repo:refs_changed"), ("X-Request-Id", "q")],
        r#"{"repository":{"slug":"repository","project":{"key":"PROJ"}},
            "changes":[{"ref":{"id":"refs/heads/master"},"type":"UPDATE"}]}"#,
        "bitbucket repo:refs_changed | repo:refs_changed · PROJ/repository · to master | q -",
    );
    check(&[("X-Event-Key", "repo:push")], "", "- - | - | - -");
}
