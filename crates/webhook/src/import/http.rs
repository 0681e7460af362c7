//! `.http` files. Start at [`read`].
//!
//! Source: <https://github.com/JetBrains/http-request-in-editor-spec/blob/master/spec.md>

use crate::import::{ImportError, Imported, Parts};

/// Reads the requests between lines of `###`.
///
/// # Errors
/// When one is malformed, wants a variable filled in or a file read.
pub fn read(bytes: &[u8]) -> Result<Vec<Imported>, ImportError> {
    let lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let mut all = Vec::new();
    let mut from = 0;
    while from < lines.len() {
        let is_end = |line: &&[u8]| line.starts_with(b"###");
        let end = lines[from..]
            .iter()
            .position(is_end)
            .map_or(lines.len(), |at| from + at);
        all.extend(one(&lines[from..end], from + 1)?);
        from = end + 1;
    }
    Ok(all)
}

/// The request in `lines`, of which the first is number `first`; none when there are but comments.
fn one(lines: &[&[u8]], first: usize) -> Result<Option<Imported>, ImportError> {
    let mut rest = (first..).zip(lines.iter().copied());
    let is_passed = |line: &[u8]| {
        let line = line.trim_ascii();
        line.is_empty() || line.starts_with(b"#") || line.starts_with(b"//")
    };
    let Some((at, line)) = rest.by_ref().find(|(_, line)| !is_passed(line)) else {
        return Ok(None);
    };
    let mut parts = request_line(at, line.trim_ascii())?;
    let mut body = Vec::new();
    let mut is_body = false;
    for (at, line) in rest {
        let text = line.trim_ascii();
        let wrong = |why: &str| Err(ImportError::line(at, why));
        if is_body {
            if body.is_empty() && (text.starts_with(b"< ") || text.starts_with(b"<@")) {
                return wrong("the body is in a file, which is not read here");
            }
            if text.windows(2).any(|two| two == b"{{") {
                return wrong("`{{` wants a variable, and none is filled in here");
            }
            body.extend_from_slice(line);
        } else if text.is_empty() {
            is_body = true;
        } else if matches!(line.first(), Some(b' ' | b'\t'))
            && matches!(text[0], b'?' | b'&' | b'/')
        {
            parts.target.extend_from_slice(text);
        } else if !text.starts_with(b"#") && !text.starts_with(b"//") {
            let Some(colon) = text.iter().position(|byte| *byte == b':') else {
                return wrong("this is no header: write it like `Content-Type: text/xml`");
            };
            parts
                .headers
                .push((text[..colon].to_vec(), text[colon + 1..].to_vec()));
        }
    }
    // Behind a body stand the end of its last line and an empty one.
    for end in [&b"\r\n"[..], b"\n", b"\r\n", b"\n"].chunks(2) {
        let kept = end
            .iter()
            .find_map(|end| body.strip_suffix(*end))
            .map(<[u8]>::len);
        body.truncate(kept.unwrap_or(body.len()));
    }
    if !body.is_empty() {
        parts.body = Some(body);
    }
    parts
        .finish()
        .map(Some)
        .map_err(|why| ImportError::line(at, why))
}

fn request_line(at: usize, line: &[u8]) -> Result<Parts, ImportError> {
    if line.windows(2).any(|two| two == b"{{") || line.starts_with(b"@") {
        return Err(ImportError::line(at, "variables are not filled in here"));
    }
    let words: Vec<_> = line
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty())
        .collect();
    let (method, url, version) = match words.as_slice() {
        [url] => (&b"GET"[..], *url, &b"HTTP/1.1"[..]),
        [method, url] => (*method, *url, &b"HTTP/1.1"[..]),
        [method, url, version] if version.starts_with(b"HTTP/") => (*method, *url, *version),
        _ => {
            return Err(ImportError::line(
                at,
                "this is no request line: write it like `POST http://host/path`",
            ));
        }
    };
    let mut parts = Parts {
        method: method.to_vec(),
        version: version.to_vec(),
        ..Parts::default()
    };
    if url.starts_with(b"/") || url == b"*" {
        parts.target = url.to_vec();
    } else {
        parts.set_url(url);
    }
    Ok(parts)
}
