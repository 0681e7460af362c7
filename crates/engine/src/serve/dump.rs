//! Requests and answers whole, for `-debug`. Pure. Start at [`request`].

use std::{collections::BTreeMap, fmt::Write};

use webhook::{head::Head, rules::response::Response};

/// A request with its fields in the order of their names and its body line by line.
pub(super) fn request(id: &str, head: &Head, body: &[u8]) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in head.headers() {
        if !field.name.eq_ignore_ascii_case(b"host") {
            let values = fields.entry(text(field.name)).or_default();
            values.push(text(field.value));
        }
    }
    let first = format!("{} {}", text(head.method()), text(head.target()));
    let fields = fields
        .iter()
        .map(|(name, values)| (name.as_str(), values.join(", ")));
    dump('>', id, &first, fields, body)
}

/// An answer.
pub(super) fn response(id: &str, response: &Response) -> String {
    let status = http::StatusCode::from_u16(response.status).ok();
    let first = status.and_then(|status| status.canonical_reason());
    let mut fields: Vec<_> = response.headers.iter().collect();
    fields.sort();
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name.as_str(), value.clone()));
    dump('<', id, first.unwrap_or_default(), fields, &response.body)
}

fn dump<'a>(
    sign: char,
    id: &str,
    first: &str,
    fields: impl Iterator<Item = (&'a str, String)>,
    body: &[u8],
) -> String {
    let mut out = format!("{sign} [{id}] {first}\n");
    for (name, value) in fields {
        writeln!(out, "{sign} [{id}] {name}: {value}").expect("a String takes all");
    }
    if !body.is_empty() {
        for line in String::from_utf8_lossy(body).split('\n') {
            writeln!(out, "{sign} [{id}] {line}").expect("a String takes all");
        }
    }
    out
}
