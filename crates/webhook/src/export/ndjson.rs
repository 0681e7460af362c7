//! Our own form that loses nothing: one JSON object a line. Start at [`line`].

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::json;

use crate::export::{ExportError, message, request::Request};

/// The version of the lines that [`line`] writes.
pub(crate) const VERSION: u64 = 1;

/// One capture as a line.
///
/// Its members, in version 1: `tenterhook`, the version; `id`, `received_at_ms` (Unix epoch),
/// `endpoint`, `peer` (address and port of the sender, or null) and `flaws` (names) as the history
/// has them; `head_b64`, from the request line to the empty line as sent, and `body_b64`, the body
/// without its transfer coding, both in base64. `method` and `target` are for those who search, and
/// are not read again. Who reads passes over members that it does not know, and refuses a version
/// that it does not know.
pub(crate) fn line(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let capture = request.capture;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let flaws: Vec<_> = capture.flaws.iter().map(|flaw| flaw.name()).collect();
    let line = json!({
        "tenterhook": VERSION,
        "id": capture.id.to_string(),
        "received_at_ms": capture.received_at_ms,
        "endpoint": capture.endpoint.as_str(),
        "peer": capture.peer.map(|peer| peer.to_string()),
        "flaws": flaws,
        "method": text(request.method()),
        "target": text(&request.target),
        "head_b64": BASE64_STANDARD.encode(message::head(request)),
        "body_b64": BASE64_STANDARD.encode(&request.body),
    });
    Ok(format!("{line}\n").into_bytes())
}
