//! What can be said about the parameters of a hook.

use super::{
    finding::{FindingKind, Findings},
    members::Members,
};
use crate::rules::{
    go::yaml::node::{Content, Node},
    hook::Parameter,
    load::read::PARAMETER,
    parameter::SOURCES,
};

/// What a parameter is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Argument,
    Environment,
    File,
    Json,
    Rule,
}

pub(super) fn check_parameters(
    node: &Node,
    parameters: &[Parameter],
    uses: Use,
    findings: &mut Findings,
) {
    if let Content::List(nodes) = &node.content {
        for (node, parameter) in nodes.iter().zip(parameters) {
            check_parameter(node, parameter, uses, findings);
        }
    }
}

pub(super) fn check_parameter(
    node: &Node,
    parameter: &Parameter,
    uses: Use,
    findings: &mut Findings,
) {
    let members = Members::of(node, PARAMETER);
    members.check_repeats(findings);
    members.check_unknown("a parameter", findings);
    let Parameter { source, name, .. } = parameter;
    let at = members.get("source").unwrap_or(node);
    let lost = match uses {
        Use::Argument => "the argument is always empty",
        Use::Environment => "the entry is always left out",
        Use::File => "the file is always left out",
        Use::Json => "nothing is ever parsed",
        Use::Rule => "every request ends with an error",
    };
    if !SOURCES.contains(&source.as_str()) {
        let message = format!("there is no source `{source}`, so {lost}");
        findings.add(FindingKind::AlwaysFails, at, message);
    } else if source == "request"
        && !matches!(name.to_lowercase().as_str(), "method" | "remote-addr")
    {
        let message =
            format!("a request has no `{name}`, only `method` and `remote-addr`, so {lost}");
        findings.add(FindingKind::AlwaysFails, at, message);
    }
    if uses == Use::Json {
        if SOURCES.contains(&source.as_str())
            && !matches!(source.as_str(), "header" | "url" | "query" | "payload")
        {
            let message =
                format!("what comes from `{source}` cannot be replaced, so nothing is ever parsed");
            findings.add(FindingKind::NeverFires, at, message);
        } else if name.contains('.') {
            let message = format!(
                "the name `{name}` has a dot: every request that has it ends with an error"
            );
            findings.add(
                FindingKind::AlwaysFails,
                members.get("name").unwrap_or(node),
                message,
            );
        }
    }
    for (property, is_used) in [
        ("base64decode", uses == Use::File),
        ("envname", matches!(uses, Use::File | Use::Environment)),
        (
            "default",
            uses != Use::Json && matches!(source.as_str(), "header" | "url" | "query" | "payload"),
        ),
    ] {
        if let Some(entry) = members.entry(property)
            && !is_used
        {
            let message = format!("`{property}` means nothing here");
            findings.add_at(FindingKind::IgnoredField, entry.place, message);
        }
    }
    let entry_name = if parameter.envname.is_empty() {
        name
    } else {
        &parameter.envname
    };
    if uses == Use::File && entry_name.contains('/') {
        let message = format!("no file can be named `{entry_name}`, so it is always left out");
        findings.add(FindingKind::NeverFires, node, message);
    }
    if matches!(uses, Use::File | Use::Environment) && entry_name.is_empty() {
        let message = "without `envname` and `name` the entry is called `HOOK_`";
        findings.add(FindingKind::Surprising, node, message);
    }
}
