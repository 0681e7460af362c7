//! From the bytes of a hooks file to its hooks, or to the one reason why the file is refused.
//! Start at [`HooksFile::load`].

use std::collections::BTreeMap;

use crate::rules::{
    go::{
        number::short_float,
        scalar::Scalar,
        yaml::{self, Content, Entry, Node},
    },
    hook::{Hook, Match, Parameter, ResponseHeader, Rule},
    place::Place,
    template::{self, TemplateEnv, TemplateError},
};

/// The hooks of one file, in its order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HooksFile {
    /// Two may have one id: then the first answers.
    pub hooks: Vec<Hook>,
}

/// Why a hooks file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Its template cannot be run.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// It is no YAML, which JSON is a part of.
    #[error("error converting YAML to JSON: yaml: {place}: {message}")]
    Syntax {
        /// Where reading stopped.
        place: Place,
        /// Why.
        message: String,
    },
    /// A property holds what does not belong there.
    #[error("error unmarshaling JSON: json: cannot unmarshal {found} into Go {target} ({place})")]
    Shape {
        /// Where the value begins.
        place: Place,
        /// What was found, such as `string`.
        found: String,
        /// What it was for, such as `struct field Hook.id of type string`.
        target: String,
    },
    /// A number that JSON cannot carry.
    #[error("error converting YAML to JSON: json: unsupported value: {value} ({place})")]
    Unsupported {
        /// Where it stands.
        place: Place,
        /// The value as Go prints it.
        value: String,
    },
}

impl LoadError {
    /// Where in the text the fault lies. Of a file that was a template this is a place in what the
    /// template wrote.
    #[must_use]
    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::Template(_) => None,
            Self::Syntax { place, .. }
            | Self::Shape { place, .. }
            | Self::Unsupported { place, .. } => Some(*place),
        }
    }
}

impl HooksFile {
    /// Reads a hooks file, JSON or YAML. With an environment it is run as a template first.
    ///
    /// # Errors
    /// When the file is refused; one bad hook is enough.
    pub fn load(bytes: &[u8], template: Option<&TemplateEnv>) -> Result<Self, LoadError> {
        let written;
        let bytes = match template {
            Some(env) => {
                written = template::run(bytes, env)?;
                written.as_bytes()
            }
            None => bytes,
        };
        let document = yaml::parse(bytes).map_err(|error| LoadError::Syntax {
            place: error.place,
            message: error.message,
        })?;
        let Some(root) = &document.root else {
            return Ok(Self::default());
        };
        let hooks = Spot::root().list(root, "[]hook.Hook", read_hook)?;
        let hooks = hooks.unwrap_or_default();
        Ok(Self { hooks })
    }

    /// The hook that answers to `id`.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Hook> {
        self.hooks.iter().find(|hook| hook.id == id)
    }
}

/// The place of a property among Go's types, for the words of an error.
pub(crate) struct Spot {
    owner: &'static str,
    path: String,
}

impl Spot {
    pub(crate) fn root() -> Self {
        let (owner, path) = ("", String::new());
        Self { owner, path }
    }

    pub(crate) fn below(&self, owner: &'static str, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{name}", self.path);
        Self { owner, path }
    }

    fn refuse<T>(&self, node: &Node, wanted: &str) -> Result<T, LoadError> {
        let place = node.place;
        let found = match &node.content {
            Content::Scalar(Scalar::Float(value)) if !value.is_finite() => {
                let value = short_float(*value);
                return Err(LoadError::Unsupported { place, value });
            }
            Content::Scalar(Scalar::Text(_)) => "string".to_owned(),
            Content::Scalar(Scalar::Bool(_)) => "bool".to_owned(),
            Content::Scalar(Scalar::Float(value)) if wanted == "int" => format!("number {value}"),
            Content::Scalar(Scalar::Uint(value)) if wanted == "int" => format!("number {value}"),
            Content::Scalar(_) => "number".to_owned(),
            Content::List(_) => "array".to_owned(),
            Content::Map(_) => "object".to_owned(),
        };
        let target = if self.path.is_empty() {
            format!("value of type {wanted}")
        } else {
            format!("struct field {}.{} of type {wanted}", self.owner, self.path)
        };
        Err(LoadError::Shape {
            place,
            found,
            target,
        })
    }

    pub(crate) fn text(&self, node: &Node, into: &mut String) -> Result<(), LoadError> {
        *into = match &node.content {
            Content::Scalar(Scalar::Null) => return Ok(()),
            Content::Scalar(Scalar::Text(text)) => text.clone(),
            Content::Scalar(Scalar::Bool(is_true)) => is_true.to_string(),
            Content::Scalar(Scalar::Int(int)) => int.to_string(),
            Content::Scalar(Scalar::Uint(int)) => int.to_string(),
            Content::Scalar(Scalar::Float(float)) => short_float(*float),
            Content::List(_) | Content::Map(_) => return self.refuse(node, "string"),
        };
        Ok(())
    }

    pub(crate) fn flag(&self, node: &Node, into: &mut bool) -> Result<(), LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => {}
            Content::Scalar(Scalar::Bool(is_true)) => *into = *is_true,
            _ => return self.refuse(node, "bool"),
        }
        Ok(())
    }

    pub(crate) fn number(&self, node: &Node, into: &mut i64) -> Result<(), LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => {}
            Content::Scalar(Scalar::Int(int)) => *into = *int,
            Content::Scalar(Scalar::Float(float)) => match format!("{float}").parse() {
                Ok(int) => *into = int,
                Err(_) => return self.refuse(node, "int"),
            },
            _ => return self.refuse(node, "int"),
        }
        Ok(())
    }

    pub(crate) fn list<T: Default>(
        &self,
        node: &Node,
        wanted: &str,
        read: impl Fn(&Self, &Node, &mut T) -> Result<(), LoadError>,
    ) -> Result<Option<Vec<T>>, LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => Ok(None),
            Content::List(items) => {
                let read = |item| {
                    let mut value = T::default();
                    read(self, item, &mut value)?;
                    Ok(value)
                };
                items.iter().map(read).collect::<Result<_, _>>().map(Some)
            }
            _ => self.refuse(node, wanted),
        }
    }

    /// The members of a map that are called as one of `known`, in the order in which they count.
    pub(crate) fn members<'n>(
        &self,
        node: &'n Node,
        wanted: &str,
        known: &[&'static str],
    ) -> Result<Vec<(&'static str, &'n Node)>, LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => Ok(Vec::new()),
            Content::Map(entries) => {
                let mut members = Vec::new();
                for (key, entry) in last_of_each(entries) {
                    match known_name(key, known) {
                        Some(name) => members.push((name, &entry.value)),
                        None => check_numbers(&entry.value)?,
                    }
                }
                Ok(members)
            }
            _ => self.refuse(node, wanted),
        }
    }
}

/// The entries that count, in the order of their keys: of equal ones the last.
fn last_of_each(entries: &[Entry]) -> BTreeMap<&str, &Entry> {
    entries
        .iter()
        .map(|entry| (entry.key.as_str(), entry))
        .collect()
}

/// The property that `key` names: its exact spelling or, failing that, any case of it.
pub(crate) fn known_name(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let fold = |char: char| match char {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        _ => char.to_ascii_lowercase(),
    };
    known
        .iter()
        .find(|name| key.chars().map(fold).eq(name.chars()))
        .copied()
}

/// JSON has no infinities, and they are refused wherever no text is wanted.
fn check_numbers(node: &Node) -> Result<(), LoadError> {
    match &node.content {
        Content::Scalar(Scalar::Float(value)) if !value.is_finite() => {
            Err(LoadError::Unsupported {
                place: node.place,
                value: short_float(*value),
            })
        }
        Content::Scalar(_) => Ok(()),
        Content::List(items) => items.iter().try_for_each(check_numbers),
        Content::Map(entries) => last_of_each(entries)
            .values()
            .try_for_each(|entry| check_numbers(&entry.value)),
    }
}

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
];
/// The properties of a header.
pub(crate) const HEADER: &[&str] = &["name", "value"];
/// The properties of a parameter.
pub(crate) const PARAMETER: &[&str] = &["source", "name", "envname", "base64decode"];
/// The properties of a rule.
pub(crate) const RULE: &[&str] = &["and", "or", "not", "match"];
/// The properties of a match.
pub(crate) const MATCH: &[&str] = &["type", "regex", "secret", "value", "parameter", "ip-range"];

fn read_hook(spot: &Spot, node: &Node, hook: &mut Hook) -> Result<(), LoadError> {
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
            _ => {
                let list = spot.list(node, "[]string", Spot::text)?;
                hook.http_methods = list.unwrap_or_default();
                Ok(())
            }
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
            _ => spot.flag(node, &mut parameter.base64decode),
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
