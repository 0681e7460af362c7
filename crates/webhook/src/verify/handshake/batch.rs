//! Many challenges to answer as JSON lines, for scripts and for checks. Start at [`line()`].

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::verify::{
    handshake::{answer::Handshake, respond::respond},
    json,
    request::Request,
    scheme::{Age, Scheme},
    secret::{Keys, Secret},
};

#[derive(Deserialize)]
struct Case {
    id: String,
    method: String,
    target: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body_b64: String,
    secret: Option<String>,
    /// When it arrived, in seconds since the Unix epoch; without it no signature is too old.
    now: Option<i64>,
}

#[derive(Serialize, Default)]
struct Line {
    id: String,
    /// Whose challenge it is; `null` for an ordinary request.
    handshake: Option<String>,
    status: u16,
    headers: BTreeMap<String, String>,
    body_b64: String,
    /// What the user would be asked to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    ask: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Reads one case (an object with `id`, `method`, `target`, `headers` as pairs, `body_b64`,
/// `secret` or `null`, and perhaps `now` in seconds) and gives the answer:
/// `{"id","handshake","status","headers","body_b64"}`, with `ask` where the user is asked.
///
/// An ordinary request gets what an endpoint answers unless it is told otherwise: 200 and nothing.
/// A case that cannot be read has an `error`.
#[must_use]
pub fn line(case: &str) -> String {
    json::line(&read(case).unwrap_or_else(|error| Line {
        error: Some(error),
        ..Line::default()
    }))
}

fn read(case: &str) -> Result<Line, String> {
    let case: Case = serde_json::from_str(case).map_err(|error| error.to_string())?;
    let body = STANDARD
        .decode(&case.body_b64)
        .map_err(|error| error.to_string())?;
    let url = format!("https://localhost{}", case.target);
    let header = |(name, value): &'_ (String, String)| {
        (
            name.clone().into_bytes().into(),
            value.clone().into_bytes().into(),
        )
    };
    let request = Request {
        method: case.method.into_bytes().into(),
        url: url.into(),
        headers: case.headers.iter().map(header).collect(),
        body: body.into(),
        received_at_ms: case.now.unwrap_or(0).saturating_mul(1000),
    };
    let secret = case.secret.map(|text| Secret::new("the secret", text));
    let keys = Keys {
        secrets: secret.into_iter().collect(),
        ..Keys::default()
    };
    let age = if case.now.is_some() {
        Scheme::age
    } else {
        timeless
    };
    let id = case.id;
    Ok(match respond(&request, &keys, age) {
        Some(Handshake::Answer(answer)) => Line {
            id,
            handshake: Some(answer.sender.to_owned()),
            status: answer.status,
            headers: answer
                .headers
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            body_b64: STANDARD.encode(answer.body),
            ..Line::default()
        },
        Some(Handshake::Ask { sender, url }) => Line {
            id,
            handshake: Some(sender.to_owned()),
            status: 200,
            ask: Some(url),
            ..Line::default()
        },
        None => Line {
            id,
            status: 200,
            ..Line::default()
        },
    })
}

fn timeless(scheme: Scheme) -> Age {
    scheme.age().with_limit(0)
}
