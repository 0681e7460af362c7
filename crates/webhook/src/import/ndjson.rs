//! Our own form: one JSON object a line, as `export::ndjson` describes it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;

use crate::{
    capture::Flaw,
    export::NDJSON_VERSION,
    head::Head,
    import::{ImportError, Imported},
};

#[derive(Deserialize)]
struct Line {
    tenterhook: u64,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    received_at_ms: Option<i64>,
    #[serde(default)]
    endpoint: Option<String>,
    #[serde(default)]
    peer: Option<String>,
    #[serde(default)]
    flaws: Vec<String>,
    head_b64: String,
    body_b64: String,
}

/// Reads one line, the `at`th from 1.
///
/// # Errors
/// When it is no such line, or of a later version.
pub fn line(at: usize, text: &[u8]) -> Result<Imported, ImportError> {
    let wrong = |why: String| ImportError::line(at, why);
    let line: Line = serde_json::from_slice(text).map_err(|error| wrong(error.to_string()))?;
    if line.tenterhook != NDJSON_VERSION {
        let found = line.tenterhook;
        return Err(wrong(format!(
            "it has version {found}, and this program knows {NDJSON_VERSION}"
        )));
    }
    let bytes = |name: &str, text: &str| {
        let decoded = BASE64_STANDARD.decode(text);
        decoded.map_err(|error| wrong(format!("`{name}` is no base64: {error}")))
    };
    let head = Head::parse(bytes("head_b64", &line.head_b64)?.into());
    let endpoint = line.endpoint.map(|endpoint| endpoint.parse()).transpose();
    Ok(Imported {
        head: head.map_err(|error| wrong(error.to_string()))?,
        body: bytes("body_b64", &line.body_b64)?.into(),
        id: line
            .id
            .map(|id| id.parse())
            .transpose()
            .map_err(|error| wrong(format!("{error}")))?,
        endpoint: endpoint.map_err(|error| wrong(format!("{error}")))?,
        received_at_ms: line.received_at_ms,
        peer: line.peer.and_then(|peer| peer.parse().ok()),
        flaws: line
            .flaws
            .iter()
            .filter_map(|name| Flaw::from_name(name))
            .collect(),
    })
}
