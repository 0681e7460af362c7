//! The body of a request, read as its content type says. Start at [`read`].

use crate::rules::{
    go::{json, multipart, url, xml},
    hook::Hook,
    value::{Object, Value},
};

/// A multipart form, whose broken ends end the request; the reason in Go's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormFault(pub(crate) String);

/// What a multipart form is read from: the request itself, whatever type the hook reads it as.
pub(crate) struct Form<'a> {
    pub(crate) sent_type: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) query_fault: Option<url::QueryError>,
    pub(crate) memory_bytes: u64,
}

/// Reads `body` as `content_type` says, nothing when it cannot be.
///
/// # Errors
/// When a multipart form is broken.
pub(crate) fn read(
    content_type: &str,
    body: &[u8],
    form: &Form<'_>,
    hook: &Hook,
    log: &mut Vec<String>,
) -> Result<Option<Object>, FormFault> {
    let read = if content_type.contains("json") {
        read_json(body)
    } else if content_type.contains("x-www-form-urlencoded") {
        match url::parse_query(body) {
            (object, None) => Ok(Some(object)),
            (_, Some(fault)) => Err(format!("error parsing form payload {fault}")),
        }
    } else if content_type.contains("xml") {
        let read = xml::decode(body).map(Some);
        read.map_err(|error| format!("error parsing XML payload: {error}"))
    } else if content_type.starts_with("multipart/form-data;") {
        return read_multipart(form, hook, log);
    } else {
        let reason = "unsupported content type header";
        Err(format!(
            "error parsing body payload due to {reason}: {content_type}"
        ))
    };
    Ok(read.unwrap_or_else(|message| {
        log.push(message);
        None
    }))
}

fn read_json(body: &[u8]) -> Result<Option<Object>, String> {
    let first = body
        .iter()
        .find(|byte| !matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0));
    if first == Some(&b'[') {
        let list = json::decode(body);
        let list = list.map_err(|error| format!("error parsing JSON array payload {error}"))?;
        return Ok(Some(Object::from([(b"root".to_vec(), list)])));
    }
    json::decode_object(body).map_err(|error| format!("error parsing JSON payload {error}"))
}

fn read_multipart(
    form: &Form<'_>,
    hook: &Hook,
    log: &mut Vec<String>,
) -> Result<Option<Object>, FormFault> {
    let parts = multipart::parse(form.bytes, form.sent_type, form.memory_bytes);
    let parts = parts.map_err(|error| FormFault(error.to_string()))?;
    if let Some(fault) = &form.query_fault {
        return Err(FormFault(fault.to_string()));
    }
    let mut payload = Object::new();
    for part in parts.iter().filter(|part| !part.is_file) {
        let value = || Value::Text(part.content.to_vec());
        payload
            .entry(part.name.clone().into_bytes())
            .or_insert_with(value);
    }
    let mut seen = Vec::new();
    for part in parts.iter().filter(|part| part.is_file) {
        if seen.contains(&&part.name) {
            continue;
        }
        seen.push(&part.name);
        let is_named = hook
            .parse_parameters_as_json
            .iter()
            .any(|parameter| parameter.source == "payload" && parameter.name == part.name);
        if !is_named
            && !part
                .content_types
                .iter()
                .any(|kind| kind == "application/json")
        {
            continue;
        }
        let object = json::decode_object(part.content).unwrap_or_else(|error| {
            log.push(format!("error parsing JSON payload file: {error}"));
            None
        });
        let value = object.map_or(Value::Unread, Value::Object);
        payload.insert(part.name.clone().into_bytes(), value);
    }
    Ok((!payload.is_empty()).then_some(payload))
}
