//! Reads a hooks file as a careful colleague would: what is unguarded, what never fires, what is
//! misspelt. Start at [`lint`].

mod finding;
mod members;
mod parameters;
mod rule;

use std::collections::HashMap;

use self::{
    finding::Findings,
    members::Members,
    parameters::{Use, check_parameters},
    rule::check_rule,
};
use crate::rules::{
    go::yaml::{
        self,
        node::{Content, Node},
    },
    hook::Hook,
    load::{
        HooksFile, LoadError,
        read::{HOOK, MATCH, RULE},
        spot::known_name,
    },
    response::known_status,
    template::{self, TemplateEnv},
};

pub use self::finding::{Finding, FindingKind};

/// Everything worth saying about a hooks file, in its order.
///
/// With an environment the file is run as a template first, and places are those in what it writes.
#[must_use]
pub fn lint(bytes: &[u8], template: Option<&TemplateEnv>) -> Vec<Finding> {
    let refused = |error: &LoadError| {
        let (kind, place, message) = (FindingKind::Refused, error.place(), error.to_string());
        vec![Finding {
            kind,
            place,
            message,
        }]
    };
    let written;
    let bytes = match template {
        Some(env) => match template::run(bytes, env) {
            Ok(text) => {
                written = text;
                written.as_bytes()
            }
            Err(error) => return refused(&error.into()),
        },
        None => bytes,
    };
    let file = match HooksFile::load(bytes, None) {
        Ok(file) => file,
        Err(error) => return refused(&error),
    };
    let mut findings = Findings::default();
    if let Ok(document) = yaml::parse(bytes) {
        if let Some(Node {
            content: Content::List(nodes),
            ..
        }) = &document.root
        {
            check_ids(nodes, &file.hooks, &mut findings);
            for (node, hook) in nodes.iter().zip(&file.hooks) {
                check_hook(node, hook, &mut findings);
            }
        }
        if let Some(place) = document.ignored {
            let message = "this document is ignored: only the first one of a file is read";
            findings.add_at(FindingKind::IgnoredField, place, message);
        }
    }
    findings.0.sort_by_key(|finding| finding.place);
    findings.0
}

fn check_ids(nodes: &[Node], hooks: &[Hook], findings: &mut Findings) {
    let mut seen = HashMap::new();
    for (node, hook) in nodes.iter().zip(hooks) {
        if let Some(first) = seen.insert(&hook.id, node.place) {
            let id = &hook.id;
            let message =
                format!("another hook at {first} has the id `{id}` too: only the first answers");
            findings.add(FindingKind::DuplicateId, node, message);
            seen.insert(&hook.id, first);
        }
    }
}

fn check_hook(node: &Node, hook: &Hook, findings: &mut Findings) {
    let members = Members::of(node, HOOK);
    members.check_repeats(findings);
    let mut is_misplaced = false;
    for entry in &members.unknown {
        let key = &entry.key;
        if known_name(key, RULE).or(known_name(key, MATCH)).is_some() && hook.trigger_rule.is_none()
        {
            is_misplaced = true;
            let message =
                format!("`{key}` is not inside `trigger-rule`, so the hook runs for everybody");
            findings.add_at(FindingKind::Unguarded, entry.place, message);
        }
    }
    if !is_misplaced {
        members.check_unknown("a hook", findings);
        if hook.trigger_rule.is_none() {
            let message = "the hook has no `trigger-rule`, so it runs for everybody";
            findings.add(FindingKind::Unguarded, node, message);
        }
    }
    if hook.id.is_empty() {
        let message = "the hook has no `id`, so its address ends in a slash";
        findings.add(FindingKind::Surprising, node, message);
    }
    check_command(node, &members, hook, findings);
    for (name, code) in [
        (
            "success-http-response-code",
            hook.success_http_response_code,
        ),
        (
            "trigger-rule-mismatch-http-response-code",
            hook.trigger_rule_mismatch_http_response_code,
        ),
    ] {
        if let Some(node) = members.get(name)
            && code != 0
            && known_status(code).is_none()
        {
            let message = format!("{code} is no known status, so 200 is answered");
            findings.add(FindingKind::Surprising, node, message);
        }
    }
    for (name, parameters, uses) in [
        (
            "pass-arguments-to-command",
            &hook.pass_arguments_to_command,
            Use::Argument,
        ),
        (
            "pass-environment-to-command",
            &hook.pass_environment_to_command,
            Use::Environment,
        ),
        (
            "pass-file-to-command",
            &hook.pass_file_to_command,
            Use::File,
        ),
        (
            "parse-parameters-as-json",
            &hook.parse_parameters_as_json,
            Use::Json,
        ),
    ] {
        if let Some(node) = members.get(name) {
            check_parameters(node, parameters, uses, findings);
        }
    }
    if let (Some(node), Some(rule)) = (members.get("trigger-rule"), &hook.trigger_rule) {
        check_rule(node, rule, findings);
    }
}

fn check_command(node: &Node, members: &Members<'_>, hook: &Hook, findings: &mut Findings) {
    match members.get("execute-command") {
        Some(node) if hook.execute_command.contains(' ') => {
            let program = hook
                .execute_command
                .split_whitespace()
                .next()
                .unwrap_or_default();
            let message = format!(
                "the whole text is the program's path: use `pass-arguments-to-command` to specify arguments for `{program}`"
            );
            findings.add(FindingKind::Surprising, node, message);
        }
        _ if hook.execute_command.is_empty() => {
            let message =
                "the hook has no `execute-command`, so there is nothing that it could run";
            findings.add(FindingKind::AlwaysFails, node, message);
        }
        _ => {}
    }
    if let Some(node) = members.get("response-message")
        && hook.include_command_output_in_response
    {
        let message = "`response-message` is not sent, for the command's output is";
        findings.add(FindingKind::IgnoredField, node, message);
    }
    if let Some(node) = members.get("include-command-output-in-response-on-error")
        && hook.include_command_output_in_response_on_error
        && !hook.include_command_output_in_response
    {
        let message = "this means nothing without `include-command-output-in-response`";
        findings.add(FindingKind::IgnoredField, node, message);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, want: &[(&str, usize, usize, &str)]) {
        let findings = lint(text.as_bytes(), None);
        let got: Vec<_> = findings
            .iter()
            .map(|finding| {
                let place = finding.place.unwrap();
                (
                    finding.kind.name(),
                    place.line,
                    place.column,
                    finding.message.as_str(),
                )
            })
            .collect();
        let fits = got.len() == want.len()
            && got.iter().zip(want).all(|(got, want)| {
                (got.0, got.1, got.2) == (want.0, want.1, want.2) && got.3.contains(want.3)
            });
        assert!(fits, "{text}\n{got:#?}");
    }

    /// A hook with `rule` on its fourth line.
    fn guarded(rule: &str) -> String {
        format!("- id: a\n  execute-command: /x\n  trigger-rule:\n    {rule}\n")
    }

    #[test]
    fn a_file_in_order_has_no_findings() {
        check(
            &guarded("match: {type: value, value: x, parameter: {source: header, name: X-Token}}"),
            &[],
        );
        check("", &[]);
    }

    #[test]
    fn a_refused_file_says_where() {
        check("- id: [", &[("refused", 1, 8, "expected node content")]);
        check(
            "- id: a\n- id: [b]",
            &[("refused", 2, 7, "cannot unmarshal array")],
        );
    }

    #[test]
    fn an_unguarded_hook_is_found_whatever_its_indentation() {
        check(
            "- id: a\n  execute-command: /x",
            &[("unguarded", 1, 3, "no `trigger-rule`")],
        );
        check(
            "- id: a\n  execute-command: /x\n  trigger-rule:\n  match:\n    type: value\n",
            &[("unguarded", 4, 3, "`match` is not inside `trigger-rule`")],
        );
        check(
            &guarded("and: []"),
            &[("unguarded", 4, 10, "an `and` of nothing")],
        );
    }

    #[test]
    fn rules_that_never_fire_are_found() {
        check(&guarded("{}"), &[("never-fires", 4, 5, "an empty rule")]);
        check(
            &guarded("or: []"),
            &[("never-fires", 4, 9, "an `or` of nothing")],
        );
        check(
            &guarded("match: {value: x}"),
            &[("never-fires", 4, 12, "no `type`")],
        );
        check(
            &guarded("match: {type: hmac}"),
            &[("never-fires", 4, 19, "`hmac`")],
        );
    }

    #[test]
    fn rules_that_always_fail_are_found() {
        let parameter = "parameter: {source: header, name: X-S}";
        check(
            &guarded(&format!(
                "match: {{type: regex, regex: '(?=a)', {parameter}}}"
            )),
            &[("always-fails", 4, 33, "Perl syntax")],
        );
        check(
            &guarded(&format!("match: {{type: payload-hmac-sha1, {parameter}}}")),
            &[("always-fails", 4, 12, "no `secret`")],
        );
        check(
            &guarded("match: {type: ip-whitelist, ip-range: '10.0.0.1,10.0.0.2'}"),
            &[("always-fails", 4, 43, "spaces between")],
        );
        check(
            &guarded("match: {type: value, value: x, parameter: {source: body}}"),
            &[("always-fails", 4, 56, "no source `body`")],
        );
    }

    #[test]
    fn a_secret_in_a_value_rule_is_found() {
        check(
            &guarded("match: {type: value, secret: x, parameter: {source: header, name: X-Token}}"),
            &[
                ("surprising", 4, 12, "equals the empty text"),
                ("ignored-field", 4, 26, "`secret` means nothing to `value`"),
            ],
        );
    }

    #[test]
    fn what_is_misspelt_repeated_or_beside_the_point_is_found() {
        check(
            &guarded(
                "match: {type: value, value: x, valeu: y, parameter: {source: string, name: x}}",
            ),
            &[("unknown-field", 4, 36, "did you mean `value`?")],
        );
        check(
            &guarded("or: [{match: {type: ip-whitelist, ip-range: 10.0.0.1}}]\n    and: []"),
            &[
                ("ignored-field", 4, 5, "only `and` counts"),
                ("unguarded", 5, 10, "an `and` of nothing"),
            ],
        );
        check(
            "- {id: a, id: b, execute-command: /x y, trigger-rule: {not: {}}}\n- {id: b, execute-command: /x, trigger-rule: {not: {}}}",
            &[
                ("ignored-field", 1, 4, "`id` is said again"),
                ("surprising", 1, 35, "specify arguments for `/x`"),
                ("never-fires", 1, 61, "an empty rule"),
                ("duplicate-id", 2, 3, "line 1, column 3"),
                ("never-fires", 2, 52, "an empty rule"),
            ],
        );
        check(
            &guarded(
                "match: {type: ip-whitelist, ip-range: '::1'}\n  parse-parameters-as-json: [{source: payload, name: a.b}]\n  success-http-response-code: 999",
            ),
            &[
                ("surprising", 4, 43, "::/32"),
                ("always-fails", 5, 54, "a dot"),
                ("surprising", 6, 31, "999"),
            ],
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64), text in "[-\\[\\]{}:,a-e \n#&*'\"|>!?]{0,48}") {
            let _ = (lint(&bytes, None), lint(text.as_bytes(), None));
        }
    }
}
