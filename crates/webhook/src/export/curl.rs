//! curl for a POSIX shell, and the options that curl takes anywhere. Start at [`sh`].
//!
//! Source: <https://curl.se/docs/manpage.html>

use crate::export::{
    ExportError, quote,
    request::{Body, EXACT, Request, Tool},
};

pub(crate) const CURL: Tool = Tool {
    name: "curl",
    ..EXACT
};

/// One option of curl.
#[derive(Debug)]
pub(crate) struct Flag {
    /// Without its dashes.
    pub(crate) name: &'static str,
    pub(crate) value: Option<Vec<u8>>,
}

const fn flag(name: &'static str) -> Flag {
    Flag { name, value: None }
}

fn valued(name: &'static str, value: impl Into<Vec<u8>>) -> Flag {
    Flag {
        name,
        value: Some(value.into()),
    }
}

/// All options but that for the body.
pub(crate) fn flags(request: &Request<'_>) -> Vec<Flag> {
    let head = &request.capture.head;
    let (method, has_body) = (request.method(), request.announces_body());
    let mut flags = vec![flag("globoff"), flag("path-as-is")];
    if request.has_plain_target() {
        flags.push(valued("url", request.url()));
    } else {
        let root = format!("{}://{}/", request.scheme(), request.authority);
        flags.push(valued("url", root));
        flags.push(valued("request-target", &*request.target));
    }
    flags.push(flag(if head.version() == b"HTTP/1.0" {
        "http1.0"
    } else {
        "http1.1"
    }));
    match method {
        b"GET" if !has_body => {}
        b"HEAD" if !has_body => flags.push(flag("head")),
        // Left to itself curl waits for the body that an answer to HEAD only announces.
        b"HEAD" => flags.extend([valued("request", "HEAD"), valued("max-time", "10")]),
        method => flags.push(valued("request", method)),
    }
    for (name, value) in &request.headers {
        // A name with nothing behind its colon takes a header away; with a semicolon it is sent.
        let line = if value.is_empty() {
            [name, &b";"[..]].concat()
        } else {
            [name, &b": "[..], value].concat()
        };
        flags.push(valued("header", line));
    }
    let own: &[&str] = if has_body {
        &["User-Agent", "Accept", "Content-Type", "Expect"]
    } else {
        &["User-Agent", "Accept"]
    };
    for name in own.iter().filter(|name| !request.has(name)) {
        flags.push(valued("header", format!("{name}:")));
    }
    flags
}

/// A command for sh, bash and zsh.
pub(crate) fn sh(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut out = request.comments(&CURL, "#");
    let mut words: Vec<_> = flags(request).iter().map(word).collect();
    match request.body() {
        Body::Empty if request.announces_body() => words.push("--data-raw ''".to_owned()),
        Body::Empty => {}
        Body::Text(text) if !text.contains('\r') => {
            words.push(format!("--data-raw {}", quote::sh(text.as_bytes())));
        }
        Body::Text(_) | Body::Bytes(_) => {
            out.push_str(&piped(&request.body));
            words.push("--data-binary @-".to_owned());
        }
    }
    Ok((out + "curl " + &words.join(" \\\n  ") + "\n").into_bytes())
}

fn word(flag: &Flag) -> String {
    match &flag.value {
        Some(value) => format!("--{} {}", flag.name, quote::sh(value)),
        None => format!("--{}", flag.name),
    }
}

/// The beginning of a pipe that gives `body`.
pub(crate) fn piped(body: &[u8]) -> String {
    format!("base64 -d <<'.' |\n{}.\n", lines(body))
}

/// `body` in lines of base64, none of which is `.`.
pub(crate) fn lines(body: &[u8]) -> String {
    quote::base64_lines(body, 76)
        .map(|line| line + "\n")
        .collect()
}
