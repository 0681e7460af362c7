//! Captures as HTTP: the bytes themselves, `.http` files, and an issue's Markdown.

use crate::export::{
    ExportError, LEFT_OUT,
    curl::lines,
    request::{Body, EXACT, Request, Tool},
};
use crate::{decode::BodyKind, escape, redact, verify::envelope::date_time};

/// What the file itself needs no tool for.
const FILE: Tool = EXACT;

/// The head line by line as it was sent, but for secrets that are left out, and for target and
/// `Host` when it goes elsewhere.
pub(crate) fn head(request: &Request<'_>) -> Vec<u8> {
    write_head(request, false)
}

/// Head and body. A body that was sent in chunks is whole now, and its length says so.
pub(crate) fn raw(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut bytes = write_head(request, true);
    bytes.extend_from_slice(&request.body);
    Ok(bytes)
}

fn write_head(request: &Request<'_>, is_framed: bool) -> Vec<u8> {
    let head = &request.capture.head;
    let is_chunked = head.first("transfer-encoding").is_some();
    let is_changed = is_framed && (is_chunked || request.body.len() != request.capture.body.len());
    let mut out = if request.target == head.target() {
        head.request_line().to_vec()
    } else {
        [
            request.method(),
            b" ",
            &request.target,
            b" ",
            head.version(),
            b"\r\n",
        ]
        .concat()
    };
    for header in head.headers() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name.as_bytes());
        let is_framing = is("transfer-encoding") || is("trailer") || is("content-length");
        if is_changed && is_framing {
            continue;
        }
        let instead = if is("host") && request.is_redirected {
            request.authority.as_bytes()
        } else if !request.left_out.is_empty() && redact::is_secret_header(header.name) {
            LEFT_OUT.as_bytes()
        } else {
            out.extend_from_slice(header.line);
            continue;
        };
        out.extend_from_slice(&[header.name, b": ", instead, b"\r\n"].concat());
    }
    if is_changed {
        out.extend_from_slice(format!("Content-Length: {}\r\n", request.body.len()).as_bytes());
    }
    out.extend_from_slice(b"\r\n");
    out
}

/// The body and nothing else.
pub(crate) fn body(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    Ok(request.body.to_vec())
}

/// A request of a `.http` file, as editors send them.
/// Source: <https://github.com/JetBrains/http-request-in-editor-spec/blob/master/spec.md>
pub(crate) fn http(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut names = request.headers.iter().map(|(name, _)| *name);
    if request.method().starts_with(b"#") || names.any(|name| name.starts_with(b"#")) {
        return Err(ExportError::Cannot {
            tool: "a .http file",
            why: "a line that begins with a number sign is a comment there",
        });
    }
    let id = request.capture.id;
    let mut out = format!("### {id}\n{}", request.comments(&FILE, "#")).into_bytes();
    let is_written = |text: &str| {
        !text.contains('\r') && !text.contains("{{") && !text.lines().any(is_directive)
    };
    let body = match request.body() {
        Body::Empty => Vec::new(),
        Body::Text(text) if is_written(text) => [b"\n", text.as_bytes(), b"\n"].concat(),
        Body::Text(_) | Body::Bytes(_) => {
            let note = format!("# first: tenterhook export {id} --format body --out {id}.bin\n");
            out.extend_from_slice(note.as_bytes());
            format!("\n< ./{id}.bin\n").into_bytes()
        }
    };
    let url = if request.target.starts_with(b"/") {
        request.url()
    } else {
        request.target.clone()
    };
    let version = request.capture.head.version();
    out.extend_from_slice(&[request.method(), b" ", &url, b" ", version, b"\n"].concat());
    for (name, value) in &request.headers {
        out.extend_from_slice(&[name, &b": "[..], value, b"\n"].concat());
    }
    out.extend_from_slice(&body);
    out.push(b'\n');
    Ok(out)
}

/// Whether a line of a body means something to those who read `.http` files.
pub(crate) fn is_directive(line: &str) -> bool {
    line.starts_with("###")
        || line.starts_with("< ")
        || line.starts_with("<@")
        || line.starts_with("> ")
}

/// Head and body in fences, whole, for an issue.
pub(crate) fn markdown(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let capture = request.capture;
    let when = date_time(capture.received_at_ms.div_euclid(1000));
    let bytes = capture.body.len();
    let mut out = format!(
        "Webhook of {when}Z, {bytes} bytes of body, `{}`\n\n",
        capture.id
    );
    for note in request.notes(&FILE) {
        out.push_str(&format!("{note}\n\n"));
    }
    let (head, is_clean) = escape::for_terminal_text(&plain_lines(&head(request)));
    out.push_str(&fenced("http", &head));
    if !is_clean {
        out.push_str("What does not print in the head is escaped.\n\n");
    }
    match std::str::from_utf8(&request.body) {
        _ if request.body.is_empty() => {}
        Ok(text) => {
            let (shown, _) = escape::for_terminal_text(text.replace("\r\n", "\n").as_bytes());
            let kind = match crate::decode::kind(&capture.head, &request.body) {
                BodyKind::Json => "json",
                BodyKind::Xml => "xml",
                BodyKind::Empty | BodyKind::Form | BodyKind::Text | BodyKind::Binary => "text",
            };
            out.push_str(&fenced(kind, &shown));
            if shown != text {
                out.push_str(
                    "What does not print in the body is escaped, ends of lines are plain.\n\n",
                );
            }
        }
        Err(_) => {
            out.push_str("The body in base64:\n\n");
            out.push_str(&fenced("text", &lines(&request.body)));
        }
    }
    Ok(out.into_bytes())
}

/// `text` in a fence that nothing in it ends.
fn fenced(kind: &str, text: &str) -> String {
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{kind}\n{text}{end}{fence}\n\n")
}

/// `bytes` with plain ends of lines.
fn plain_lines(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let plain = lines.map(|line| match line.strip_suffix(b"\r\n") {
        Some(text) => [text, b"\n"].concat(),
        None => line.to_vec(),
    });
    plain.collect::<Vec<_>>().concat()
}
