//! A hook as its file defines it. Every property is there, in the file's own values.

use std::fmt;

/// What answers one address: when it triggers, what it runs and what it says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hook {
    /// The last part of its address; may hold slashes and spaces.
    pub id: String,
    /// The program, never a shell line.
    pub execute_command: String,
    /// Where it runs and where its files are made; empty for the server's own.
    pub command_working_directory: String,
    /// The body of an answer that is given at once.
    pub response_message: String,
    /// Set on the answers of triggered requests.
    pub response_headers: Vec<ResponseHeader>,
    /// Whether the sender waits for the command and gets its output.
    pub include_command_output_in_response: bool,
    /// Whether the sender gets the output of a command that failed, too.
    pub include_command_output_in_response_on_error: bool,
    /// What becomes environment entries.
    pub pass_environment_to_command: Vec<Parameter>,
    /// What becomes arguments.
    pub pass_arguments_to_command: Vec<Parameter>,
    /// What is written to files.
    pub pass_file_to_command: Vec<Parameter>,
    /// Texts of the request that are JSON objects themselves.
    pub parse_parameters_as_json: Vec<Parameter>,
    /// When it triggers: always without a rule.
    pub trigger_rule: Option<Rule>,
    /// The status when the rule is not satisfied; 0 for the default.
    pub trigger_rule_mismatch_http_response_code: i64,
    /// Whether a wrong signature inside an `or` lets the other branches try.
    pub trigger_signature_soft_failures: bool,
    /// Read instead of the request's own content type, unless empty.
    pub incoming_payload_content_type: String,
    /// The status when the hook triggered; 0 for the default.
    pub success_http_response_code: i64,
    /// The methods that it answers; empty for all.
    pub http_methods: Vec<String>,
    /// How many seconds the command may take before it is ended with all that it started; 0 for no
    /// limit. Not of the original, as are the two that follow.
    pub command_timeout: i64,
    /// How many of its commands run at one time in the app; 0 for no limit of its own.
    pub command_concurrency: i64,
    /// Whether the command reads the body, as sent.
    pub pass_body_to_stdin: bool,
}

/// A header of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResponseHeader {
    /// Its name, in any spelling.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Where in a request a value is found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameter {
    /// The part of the request, such as `payload`.
    pub source: String,
    /// The dotted name within that part.
    pub name: String,
    /// The name of the environment entry that carries it; empty for one made from `name`.
    pub envname: String,
    /// Whether a file gets what the Base64 text stands for.
    pub base64decode: bool,
    /// What it stands for where a request has no such value, or `null`. Not of the original.
    pub default: Option<String>,
}

/// A condition. Of several members the first of these counts; with none it is never satisfied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rule {
    /// All of these.
    pub and: Option<Vec<Self>>,
    /// Any of these.
    pub or: Option<Vec<Self>>,
    /// Not this.
    pub not: Option<Box<Self>>,
    /// This comparison.
    pub matches: Option<Match>,
}

/// One comparison.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Match {
    /// The kind of comparison, such as `value`; see [`MatchKind`].
    pub kind: String,
    /// The pattern of a `regex`.
    pub regex: String,
    /// The key of a signature.
    pub secret: String,
    /// The text of a `value`.
    pub value: String,
    /// What is compared.
    pub parameter: Parameter,
    /// The addresses of an `ip-whitelist`, spaces between them.
    pub ip_range: String,
}

/// Without the secret, for what is debugged ends up in logs.
impl fmt::Debug for Match {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Match")
            .field("kind", &self.kind)
            .field("regex", &self.regex)
            .field("value", &self.value)
            .field("parameter", &self.parameter)
            .field("ip_range", &self.ip_range)
            .finish_non_exhaustive()
    }
}

/// The comparisons that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchKind {
    /// The value is this text.
    Value,
    /// The value has a part that this pattern matches.
    Regex,
    /// The value is a hexadecimal HMAC of the body.
    Hmac(Hash),
    /// The sender's address is one of these.
    IpWhitelist,
    /// Scalr's signature over body and date.
    ScalrSignature,
}

/// The hash under an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl Hash {
    /// The name as rules and signatures spell it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }
}

impl MatchKind {
    /// The comparison that `name` stands for, and whether that name is an old one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<(Self, bool)> {
        let hash = |text: &str| {
            [Hash::Sha1, Hash::Sha256, Hash::Sha512]
                .into_iter()
                .find(|hash| hash.name() == text)
        };
        if let Some(rest) = name.strip_prefix("payload-hmac-") {
            return Some((Self::Hmac(hash(rest)?), false));
        }
        if let Some(rest) = name.strip_prefix("payload-hash-") {
            return Some((Self::Hmac(hash(rest)?), true));
        }
        match name {
            "value" => Some((Self::Value, false)),
            "regex" => Some((Self::Regex, false)),
            "ip-whitelist" => Some((Self::IpWhitelist, false)),
            "scalr-signature" => Some((Self::ScalrSignature, false)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_debugged() {
        let inner = Match {
            secret: "hush".to_owned(),
            ..Match::default()
        };
        assert!(!format!("{inner:?}").contains("hush"));
    }
}
