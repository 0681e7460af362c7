//! HAR as browsers and proxies write it. The responses in it are passed over.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;

use crate::{
    head::Head,
    import::{ImportError, Imported, Parts},
};

/// Reads the requests of a log.
///
/// # Errors
/// When it is no HAR, or an entry lacks what a request needs.
pub fn read(bytes: &[u8]) -> Result<Vec<Imported>, ImportError> {
    let log: Value = serde_json::from_slice(bytes)
        .map_err(|error| ImportError::line(error.line(), error.to_string()))?;
    let entries = log["log"]["entries"].as_array();
    let entries = entries
        .ok_or_else(|| ImportError::line(1, "there is no list `log.entries`: this is no HAR"))?;
    let each = (1..)
        .zip(entries)
        .map(|(at, one)| entry(one).map_err(|why| ImportError::entry(at, why)));
    each.collect()
}

fn entry(entry: &Value) -> Result<Imported, String> {
    let request = &entry["request"];
    let body = body(&request["postData"])?;
    let mut imported = match request["_headBase64"].as_str() {
        Some(head) => {
            let head = BASE64_STANDARD
                .decode(head)
                .map_err(|error| format!("`_headBase64`: {error}"))?;
            let head =
                Head::parse(head.into()).map_err(|error| format!("`_headBase64`: {error}"))?;
            Imported::new(head, body.unwrap_or_default())
        }
        None => composed(request, body)?,
    };
    imported.id = entry["_id"].as_str().and_then(|id| id.parse().ok());
    imported.received_at_ms = entry["startedDateTime"].as_str().and_then(milliseconds);
    Ok(imported)
}

fn composed(request: &Value, body: Option<Vec<u8>>) -> Result<Imported, String> {
    let text = |name: &str| {
        let text = request[name].as_str();
        text.ok_or_else(|| format!("`request.{name}` is missing"))
    };
    let mut parts = Parts {
        method: text("method")?.as_bytes().to_vec(),
        version: version(request["httpVersion"].as_str().unwrap_or_default()),
        body,
        ..Parts::default()
    };
    parts.set_url(text("url")?.as_bytes());
    for header in request["headers"].as_array().into_iter().flatten() {
        let (Some(name), Some(value)) = (header["name"].as_str(), header["value"].as_str()) else {
            return Err("a header has no name or no value".to_owned());
        };
        // What HTTP/2 has in place of the request line.
        if !name.starts_with(':') {
            parts
                .headers
                .push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        }
    }
    parts.finish()
}

fn version(text: &str) -> Vec<u8> {
    let upper = text.to_ascii_uppercase();
    let is_version =
        upper.starts_with("HTTP/") && upper.bytes().all(|byte| byte.is_ascii_graphic());
    if is_version {
        upper.into_bytes()
    } else {
        b"HTTP/1.1".to_vec()
    }
}

fn body(data: &Value) -> Result<Option<Vec<u8>>, String> {
    let Some(text) = data["text"].as_str() else {
        let params = data["params"]
            .as_array()
            .filter(|params| !params.is_empty());
        return Ok(params.map(|params| form(params)));
    };
    let coding = data["encoding"]
        .as_str()
        .or_else(|| data["_encoding"].as_str());
    match coding {
        Some("base64") => {
            let decoded = BASE64_STANDARD.decode(text);
            decoded
                .map(Some)
                .map_err(|error| format!("`postData.text` is no base64: {error}"))
        }
        _ => Ok(Some(text.as_bytes().to_vec())),
    }
}

/// A form of which only the pairs are said.
fn form(params: &[Value]) -> Vec<u8> {
    let encoded = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let pairs = params
        .iter()
        .map(|one| format!("{}={}", encoded(&one["name"]), encoded(&one["value"])));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

/// RFC 3339, as `2025-10-09T08:53:20.123+02:00`, in milliseconds since the Unix epoch.
fn milliseconds(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let rest = text.get(19..)?;
    let zone = rest.find(['Z', 'z', '+', '-'])?;
    let fraction: String = rest[..zone]
        .trim_start_matches('.')
        .chars()
        .chain("000".chars())
        .take(3)
        .collect();
    let millis: i64 = fraction.parse().ok()?;
    let offset = match &rest[zone..] {
        "Z" | "z" => 0,
        shift => {
            let minutes = shift.get(1..3)?.parse::<i64>().ok()? * 60
                + shift.get(shift.len() - 2..)?.parse::<i64>().ok()?;
            if shift.starts_with('-') {
                -minutes
            } else {
                minutes
            }
        }
    };
    // Years from March on: the leap day is the last of them.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
        - 719_468;
    Some((((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1000 + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_with_its_zone() {
        let check = |text, want| assert_eq!(milliseconds(text), want, "{text}");
        check("1970-01-01T00:00:00.000Z", Some(0));
        check("2025-10-09T08:53:20Z", Some(1_760_000_000_000));
        check("2025-10-09T10:53:20.5+02:00", Some(1_760_000_000_500));
        check("2000-02-29T00:00:00.123456-0030", Some(951_784_200_123));
        check("2100-03-01T00:00:00Z", Some(4_107_542_400_000));
        for wrong in [
            "",
            "yesterday",
            "2025-13-09T08:53:20Z",
            "2025-10-09T08:53:20",
            "2025-10-09",
        ] {
            check(wrong, None);
        }
    }
}
