//! HAR 1.2, as browsers and proxies exchange it. Start at [`entry`].
//!
//! Source: <http://www.softwareishard.com/blog/har-12-spec/>

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    decode::form,
    export::{ExportError, message, request::Request},
    head::Head,
    verify::envelope::date_time,
};

/// What stands before the entries, and what behind.
pub(crate) const BEGIN: &str = concat!(
    r#"{"log":{"version":"1.2","creator":{"name":"Tenterhook","version":""#,
    env!("CARGO_PKG_VERSION"),
    "\"},\"entries\":[\n"
);
pub(crate) const END: &str = "\n]}}\n";

/// A log of one entry.
pub(crate) fn document(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    Ok([BEGIN.as_bytes(), &entry(request), END.as_bytes()].concat())
}

/// One capture as an entry.
///
/// A body that is no text is in base64, which the member `_encoding` says. A head that the format
/// cannot carry (spacing of its lines, bytes that are no UTF-8) is in `_headBase64` as it was sent.
/// HAR asks for a response; there is none, and its status is 0.
pub(crate) fn entry(request: &Request<'_>) -> Vec<u8> {
    let capture = request.capture;
    let head = message::head(request);
    let parsed = Head::parse(head.clone().into()).unwrap_or_else(|_| capture.head.clone());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let pair = |(name, value): (String, String)| json!({ "name": name, "value": value });
    let headers = parsed.headers();
    let headers: Vec<_> = headers
        .map(|header| pair((text(header.name), text(header.value))))
        .collect();
    let query = parsed.query().map(form::pairs).unwrap_or_default();
    let mut sent = json!({
        "method": text(parsed.method()),
        "url": text(&request.url()),
        "httpVersion": text(parsed.version()),
        "cookies": [],
        "headers": headers,
        "queryString": query.into_iter().map(pair).collect::<Vec<_>>(),
        "headersSize": head.len(),
        "bodySize": request.body.len(),
    });
    if !request.body.is_empty() {
        sent["postData"] = post_data(request);
    }
    if !is_carried(&parsed) {
        sent["_headBase64"] = BASE64_STANDARD.encode(&head).into();
    }
    let entry = json!({
        "startedDateTime": started(capture.received_at_ms),
        "time": 0,
        "request": sent,
        "response": {
            "status": 0, "statusText": "", "httpVersion": "", "cookies": [], "headers": [],
            "content": { "size": 0, "mimeType": "" },
            "redirectURL": "", "headersSize": -1, "bodySize": -1,
        },
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
        "_id": capture.id.to_string(),
    });
    entry.to_string().into_bytes()
}

fn post_data(request: &Request<'_>) -> Value {
    let kind = request
        .capture
        .head
        .first("content-type")
        .unwrap_or_default();
    let mut data = Map::new();
    data.insert("mimeType".to_owned(), String::from_utf8_lossy(kind).into());
    let text = match std::str::from_utf8(&request.body) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            data.insert("_encoding".to_owned(), "base64".into());
            BASE64_STANDARD.encode(&request.body)
        }
    };
    data.insert("text".to_owned(), text.into());
    Value::Object(data)
}

/// Whether method, path, names and values say all that there is in `head`.
fn is_carried(head: &Head) -> bool {
    let fields = head.headers().map(|header| (header.name, header.value));
    let again = Head::compose(head.method(), head.target(), head.version(), fields);
    head.target().starts_with(b"/")
        && again.is_ok_and(|again| again == *head)
        && std::str::from_utf8(head.as_bytes()).is_ok()
        && !head.target().contains(&b'#')
}

/// RFC 3339 with milliseconds.
fn started(at_ms: i64) -> String {
    let seconds = date_time(at_ms.div_euclid(1000));
    format!("{seconds}.{:03}Z", at_ms.rem_euclid(1000))
}
