//! The properties of a hooks file, one after the other, into a [`Hook`].

use super::{error::LoadError, spot::Spot};
use crate::rules::{
    go::yaml::{
        node::{Content, Node},
        scalar::Scalar,
    },
    hook::{Hook, Match, Parameter, ResponseHeader, Rule},
};

/// The properties of a hook.
pub(crate) const HOOK: &[&str] = &[
    "id",
    "execute-command",
    "command-working-directory",
    "response-message",
    "response-headers",
    "include-command-output-in-response",
    "include-command-output-in-response-on-error",
    "pass-environment-to-command",
    "pass-arguments-to-command",
    "pass-file-to-command",
    "parse-parameters-as-json",
    "trigger-rule",
    "trigger-rule-mismatch-http-response-code",
    "trigger-signature-soft-failures",
    "incoming-payload-content-type",
    "success-http-response-code",
    "http-methods",
    "command-timeout",
    "command-concurrency",
    "pass-body-to-stdin",
];
/// The properties of a header.
pub(crate) const HEADER: &[&str] = &["name", "value"];
/// The properties of a parameter.
pub(crate) const PARAMETER: &[&str] = &["source", "name", "envname", "base64decode", "default"];
/// The properties of a rule.
pub(crate) const RULE: &[&str] = &["and", "or", "not", "match"];
/// The properties of a match.
pub(crate) const MATCH: &[&str] = &["type", "regex", "secret", "value", "parameter", "ip-range"];

pub(super) fn read_hook(spot: &Spot, node: &Node, hook: &mut Hook) -> Result<(), LoadError> {
    for (name, node) in spot.members(node, "hook.Hook", HOOK)? {
        let spot = spot.below("Hook", name);
        let parameters = |into: &mut Vec<Parameter>| {
            let list = spot.list(node, "[]hook.Argument", read_parameter)?;
            *into = list.unwrap_or_default();
            Ok(())
        };
        match name {
            "id" => spot.text(node, &mut hook.id),
            "execute-command" => spot.text(node, &mut hook.execute_command),
            "command-working-directory" => spot.text(node, &mut hook.command_working_directory),
            "response-message" => spot.text(node, &mut hook.response_message),
            "response-headers" => {
                let list = spot.list(node, "hook.ResponseHeaders", read_header)?;
                hook.response_headers = list.unwrap_or_default();
                Ok(())
            }
            "include-command-output-in-response" => {
                spot.flag(node, &mut hook.include_command_output_in_response)
            }
            "include-command-output-in-response-on-error" => {
                spot.flag(node, &mut hook.include_command_output_in_response_on_error)
            }
            "pass-environment-to-command" => parameters(&mut hook.pass_environment_to_command),
            "pass-arguments-to-command" => parameters(&mut hook.pass_arguments_to_command),
            "pass-file-to-command" => parameters(&mut hook.pass_file_to_command),
            "parse-parameters-as-json" => parameters(&mut hook.parse_parameters_as_json),
            "trigger-rule" => {
                hook.trigger_rule = optional(node, |rule| read_rule(&spot, node, rule))?;
                Ok(())
            }
            "trigger-rule-mismatch-http-response-code" => {
                spot.number(node, &mut hook.trigger_rule_mismatch_http_response_code)
            }
            "trigger-signature-soft-failures" => {
                spot.flag(node, &mut hook.trigger_signature_soft_failures)
            }
            "incoming-payload-content-type" => {
                spot.text(node, &mut hook.incoming_payload_content_type)
            }
            "success-http-response-code" => spot.number(node, &mut hook.success_http_response_code),
            "http-methods" => {
                let list = spot.list(node, "[]string", Spot::text)?;
                hook.http_methods = list.unwrap_or_default();
                Ok(())
            }
            "command-timeout" => spot.number(node, &mut hook.command_timeout),
            "command-concurrency" => spot.number(node, &mut hook.command_concurrency),
            _ => spot.flag(node, &mut hook.pass_body_to_stdin),
        }?;
    }
    Ok(())
}

/// Nothing for a null, and otherwise what `read` fills in.
fn optional<T: Default>(
    node: &Node,
    read: impl FnOnce(&mut T) -> Result<(), LoadError>,
) -> Result<Option<T>, LoadError> {
    if node.content == Content::Scalar(Scalar::Null) {
        return Ok(None);
    }
    let mut value = T::default();
    read(&mut value)?;
    Ok(Some(value))
}

fn read_header(spot: &Spot, node: &Node, header: &mut ResponseHeader) -> Result<(), LoadError> {
    for (name, node) in spot.members(node, "hook.Header", HEADER)? {
        let spot = spot.below("Header", name);
        match name {
            "name" => spot.text(node, &mut header.name),
            _ => spot.text(node, &mut header.value),
        }?;
    }
    Ok(())
}

fn read_parameter(spot: &Spot, node: &Node, parameter: &mut Parameter) -> Result<(), LoadError> {
    for (name, node) in spot.members(node, "hook.Argument", PARAMETER)? {
        let spot = spot.below("Argument", name);
        match name {
            "source" => spot.text(node, &mut parameter.source),
            "name" => spot.text(node, &mut parameter.name),
            "envname" => spot.text(node, &mut parameter.envname),
            "base64decode" => spot.flag(node, &mut parameter.base64decode),
            _ => {
                parameter.default = optional(node, |text| spot.text(node, text))?;
                Ok(())
            }
        }?;
    }
    Ok(())
}

fn read_rule(spot: &Spot, node: &Node, rule: &mut Rule) -> Result<(), LoadError> {
    for (name, node) in spot.members(node, "hook.Rules", RULE)? {
        let spot = spot.below("Rules", name);
        match name {
            "and" => rule.and = spot.list(node, "hook.AndRule", read_rule)?,
            "or" => rule.or = spot.list(node, "hook.OrRule", read_rule)?,
            "not" => {
                rule.not =
                    optional(node, |inner: &mut Rule| read_rule(&spot, node, inner))?.map(Box::new);
            }
            _ => rule.matches = optional(node, |inner| read_match(&spot, node, inner))?,
        }
    }
    Ok(())
}

fn read_match(spot: &Spot, node: &Node, inner: &mut Match) -> Result<(), LoadError> {
    for (name, node) in spot.members(node, "hook.MatchRule", MATCH)? {
        let spot = spot.below("MatchRule", name);
        match name {
            "type" => spot.text(node, &mut inner.kind),
            "regex" => spot.text(node, &mut inner.regex),
            "secret" => spot.text(node, &mut inner.secret),
            "value" => spot.text(node, &mut inner.value),
            "parameter" => read_parameter(&spot, node, &mut inner.parameter),
            _ => spot.text(node, &mut inner.ip_range),
        }?;
    }
    Ok(())
}
