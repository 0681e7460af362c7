//! What a parameter stands for in a request, and why it may stand for nothing.

use crate::rules::{
    fault::LookupFault,
    go::{header::canonical, text::quote},
    hook::Parameter,
    request::Facts,
    value::{LookupError, Object, Value, find, object_to_json},
};

/// The sources that there are.
pub(crate) const SOURCES: &[&str] = &[
    "header",
    "url",
    "query",
    "payload",
    "raw-request-body",
    "request",
    "string",
    "entire-payload",
    "entire-headers",
    "entire-query",
];

impl Parameter {
    /// The text that a command or a rule gets.
    ///
    /// # Errors
    /// When there is no such value, and no default.
    pub(crate) fn read(&self, facts: &Facts<'_>) -> Result<Vec<u8>, LookupFault> {
        match (self.look_up(facts), &self.default) {
            (
                Err(LookupFault::Lookup(LookupError::NotFound(_) | LookupError::ThroughNull)),
                Some(default),
            ) => Ok(default.clone().into_bytes()),
            (found, _) => found,
        }
    }

    /// The text that stands in the request.
    ///
    /// # Errors
    /// When there is no such value.
    pub(crate) fn look_up(&self, facts: &Facts<'_>) -> Result<Vec<u8>, LookupFault> {
        let name = self.name.as_bytes();
        let text = |object: &Object, name: &[u8]| match find(object, name)? {
            Value::Null if self.default.is_some() => Err(LookupError::ThroughNull.into()),
            value => Ok(value.to_text()),
        };
        match self.source.as_str() {
            "header" => text(&facts.headers, &canonical(name)),
            "url" | "query" => text(&facts.query, name),
            "payload" => text(facts.payload.as_ref().unwrap_or(&Object::new()), name),
            "string" => Ok(name.to_vec()),
            "raw-request-body" => Ok(facts.body.to_vec()),
            "request" => match self.name.to_lowercase().as_str() {
                "remote-addr" => Ok(facts.remote_addr.as_bytes().to_vec()),
                "method" => Ok(facts.method.to_vec()),
                _ => Err(LookupFault::RequestKey(quote(name))),
            },
            "entire-payload" => Ok(facts.payload_json()),
            "entire-headers" => Ok(object_to_json(&facts.headers)),
            "entire-query" => Ok(object_to_json(&facts.query)),
            _ => Err(LookupFault::NoSource),
        }
    }

    /// The parameter as Go prints it in messages.
    pub(crate) fn shown(&self) -> String {
        let Self {
            source,
            name,
            envname,
            base64decode,
            ..
        } = self;
        format!("{{Source:{source} Name:{name} EnvName:{envname} Base64Decode:{base64decode}}}")
    }
}
