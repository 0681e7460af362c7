//! Many requests to verify as JSON lines, for scripts and for checks against the senders' own
//! packages. Start at [`line()`].

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::verify::{
    json,
    judge::verify,
    request::Request,
    scheme::Scheme,
    secret::{Keys, Secret},
    verdict::Verdict,
};

/// A request with what it is to be verified with.
#[derive(Deserialize)]
struct Case {
    id: String,
    provider: String,
    #[serde(default)]
    secrets: Vec<String>,
    secret: Option<String>,
    #[serde(default = "post")]
    method: String,
    url: String,
    /// When it arrived, in seconds since the Unix epoch.
    now: i64,
    tolerance_s: Option<i64>,
    headers: Vec<(String, String)>,
    body_b64: String,
    #[serde(default)]
    extra: Extra,
}

#[derive(Deserialize, Default)]
struct Extra {
    #[serde(default)]
    certs: BTreeMap<String, String>,
    trust_root_pem: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    valid: Option<bool>,
    reason: &'a str,
    covers: Option<&'a str>,
}

/// Reads one case (an object with `id`, `provider`, `secret` or `secrets`, `method`, `url`, `now`
/// and `tolerance_s` in seconds, `headers` as pairs, `body_b64`, and `extra` with `certs` by URL
/// and `trust_root_pem`) and gives its verdict: `{"id","valid","reason","covers"}`.
///
/// `valid` is `null` where there is nothing to be valid, and `covers` is what a valid signature of
/// the scheme vouches for; a case that cannot be read has the reason
/// `unreadable: …` and no id.
#[must_use]
pub fn line(case: &str) -> String {
    let case: Case = match serde_json::from_str(case) {
        Ok(case) => case,
        Err(error) => return unreadable(&error.to_string()),
    };
    let Some(scheme) = Scheme::from_name(&case.provider) else {
        return unreadable(&format!("`{}` is not a scheme", case.provider));
    };
    let Ok(body) = STANDARD.decode(&case.body_b64) else {
        return unreadable("body_b64 is no base64");
    };
    let limit = |limit_s| scheme.age().with_limit(limit_s);
    let age = case.tolerance_s.map_or_else(|| scheme.age(), limit);
    let verdict = verify(scheme, &request(&case, &body), &keys(&case), age);
    json::line(&Answer {
        id: &case.id,
        valid: (verdict != Verdict::Unsigned).then(|| verdict.is_valid()),
        reason: verdict.reason(),
        covers: Some(scheme.covers()),
    })
}

fn request<'a>(case: &'a Case, body: &'a [u8]) -> Request<'a> {
    let header =
        |(name, value): &'a (String, String)| (name.as_bytes().into(), value.as_bytes().into());
    Request {
        method: case.method.as_bytes().into(),
        url: case.url.as_str().into(),
        headers: case.headers.iter().map(header).collect(),
        body: body.into(),
        received_at_ms: case.now.saturating_mul(1000),
    }
}

fn keys(case: &Case) -> Keys {
    let texts: Vec<_> = if case.secrets.is_empty() {
        case.secret.iter().collect()
    } else {
        case.secrets.iter().collect()
    };
    let named = |(at, text): (usize, &String)| Secret::new(format!("secret {at}"), text.as_str());
    let pem = |(url, pem): (&String, &String)| (url.clone(), pem.clone().into_bytes());
    Keys {
        secrets: (1..).zip(texts).map(named).collect(),
        certificates: case.extra.certs.iter().map(pem).collect(),
        roots: case
            .extra
            .trust_root_pem
            .iter()
            .map(|pem| pem.clone().into_bytes())
            .collect(),
    }
}

fn unreadable(why: &str) -> String {
    json::line(&Answer {
        id: "",
        valid: None,
        reason: &format!("unreadable: {why}"),
        covers: None,
    })
}
