//! A request as the rules see it, and what is read out of it once. Start at [`RequestView`].

use std::net::SocketAddr;

use crate::{
    capture::Capture,
    rules::{
        fault::{Crash, LookupFault},
        go::{header::canonical, url::parse_query},
        hook::{Hook, Parameter},
        payload,
        value::{Object, Value, object_to_json},
    },
};

/// The parts of a request that a hook can ask for.
#[derive(Debug, Clone)]
pub struct RequestView<'a> {
    /// The method in the sender's own spelling.
    pub method: &'a [u8],
    /// What follows the `?` of the target, undecoded.
    pub query: &'a [u8],
    /// The header fields in the order of the wire.
    pub headers: Vec<(&'a [u8], &'a [u8])>,
    /// The body without its transfer coding.
    pub body: &'a [u8],
    /// The sender's address and port; `@` when it came over a Unix socket.
    pub remote_addr: String,
}

impl<'a> RequestView<'a> {
    /// The view of a capture.
    #[must_use]
    pub fn of(capture: &'a Capture) -> Self {
        let head = &capture.head;
        Self {
            method: head.method(),
            query: head.query().unwrap_or_default(),
            headers: head
                .headers()
                .map(|header| (header.name, header.value))
                .collect(),
            body: &capture.body,
            remote_addr: remote_addr(capture.peer),
        }
    }
}

/// An address as Go prints it: an IPv4 one that came over an IPv6 socket without its wrapping.
#[must_use]
pub fn remote_addr(peer: Option<SocketAddr>) -> String {
    peer.map_or_else(
        || "@".to_owned(),
        |peer| SocketAddr::new(peer.ip().to_canonical(), peer.port()).to_string(),
    )
}

/// What was read out of a request: the ground on which a hook's rule and command stand.
#[derive(Debug, Clone)]
pub(crate) struct Facts<'a> {
    pub(crate) method: &'a [u8],
    pub(crate) remote_addr: &'a str,
    /// The body as the rules see it: empty for a multipart form, whose bytes the original does not
    /// keep.
    pub(crate) body: &'a [u8],
    /// The body as sent.
    pub(crate) sent: &'a [u8],
    pub(crate) headers: Object,
    pub(crate) query: Object,
    /// Nothing when the body was not understood.
    pub(crate) payload: Option<Object>,
}

impl<'a> Facts<'a> {
    /// Reads `view` for `hook`; what could not be read is told to `log`.
    ///
    /// # Errors
    /// When a multipart form is broken, which ends the request.
    pub(crate) fn read(
        view: &'a RequestView<'_>,
        hook: &Hook,
        multipart_memory_bytes: u64,
        log: &mut Vec<String>,
    ) -> Result<Self, payload::FormFault> {
        let headers = headers(&view.headers);
        let sent_type = match headers.get(&b"Content-Type"[..]) {
            Some(Value::Text(text)) => String::from_utf8_lossy(text).into_owned(),
            _ => String::new(),
        };
        let content_type = match hook.incoming_payload_content_type.as_str() {
            "" => &sent_type,
            told => told,
        };
        let is_multipart = content_type.starts_with("multipart/form-data;");
        let (query, query_fault) = parse_query(view.query);
        let form = payload::Form {
            sent_type: &sent_type,
            bytes: view.body,
            query_fault,
            memory_bytes: multipart_memory_bytes,
        };
        let body = if is_multipart { &[] } else { view.body };
        let payload = payload::read(content_type, body, &form, hook, log)?;
        Ok(Self {
            method: view.method,
            remote_addr: &view.remote_addr,
            body,
            sent: view.body,
            headers,
            query,
            payload,
        })
    }

    /// Puts the objects in place of the texts that `parse-parameters-as-json` names.
    ///
    /// # Errors
    /// When the original breaks off the request: the name has a dot.
    pub(crate) fn parse_json(
        &mut self,
        parameters: &[Parameter],
        log: &mut Vec<String>,
    ) -> Result<(), Crash> {
        for parameter in parameters {
            let text = match parameter.look_up(self) {
                Ok(text) => text,
                Err(LookupFault::Lookup(super::value::LookupError::Overflow(index))) => {
                    return Err(Crash(index));
                }
                Err(_) => {
                    let shown = parameter.shown();
                    log.push(format!(
                        "error parsing JSON parameters: couldn't retrieve argument for {shown}"
                    ));
                    continue;
                }
            };
            let object = match super::go::json::decode_object(&text) {
                Ok(object) => object.map_or(Value::Unread, Value::Object),
                Err(error) => {
                    log.push(format!("error parsing JSON parameters: {error}"));
                    continue;
                }
            };
            let (source, name) = match parameter.source.as_str() {
                "header" => (&mut self.headers, canonical(parameter.name.as_bytes())),
                "url" | "query" => (&mut self.query, parameter.name.clone().into_bytes()),
                "payload" => match &mut self.payload {
                    Some(payload) => (payload, parameter.name.clone().into_bytes()),
                    None => continue,
                },
                _ => {
                    let shown = parameter.shown();
                    log.push(format!(
                        "error parsing JSON parameters: invalid source for argument {shown}"
                    ));
                    continue;
                }
            };
            if name.contains(&b'.') {
                return Err(Crash(parameter.name.clone()));
            }
            source.insert(name, object);
        }
        Ok(())
    }

    pub(crate) fn payload_json(&self) -> Vec<u8> {
        self.payload
            .as_ref()
            .map_or_else(|| b"null".to_vec(), object_to_json)
    }
}

/// The first value of each name, as Go's server hands the header on.
fn headers(fields: &[(&[u8], &[u8])]) -> Object {
    let mut headers = Object::new();
    for (name, value) in fields {
        let name = canonical(name);
        // These describe the message, and Go keeps them apart.
        if !matches!(name.as_slice(), b"Host" | b"Transfer-Encoding" | b"Trailer") {
            headers
                .entry(name)
                .or_insert_with(|| Value::Text(value.to_vec()));
        }
    }
    // RFC 7234 section 5.4: what an old sender means by `Pragma`.
    if headers.get(&b"Pragma"[..]) == Some(&Value::Text(b"no-cache".to_vec())) {
        headers
            .entry(b"Cache-Control".to_vec())
            .or_insert_with(|| Value::Text(b"no-cache".to_vec()));
    }
    headers
}
