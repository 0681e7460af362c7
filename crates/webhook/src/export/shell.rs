//! Other programs that send, for a POSIX shell. Start at [`httpie`] and [`wget`].
//!
//! Sources: <https://httpie.io/docs/cli/request-items>, <https://www.gnu.org/software/wget/manual/>

use crate::export::{
    ExportError,
    curl::{lines, piped},
    quote,
    request::{Body, EXACT, Request, Tool},
};

const HTTPIE: Tool = Tool {
    name: "HTTPie",
    keeps_order: false,
    keeps_target: false,
    keeps_version: false,
    // Whatever the two items say that take them away: libraries of some versions add their own.
    adds: &["User-Agent", "Accept-Encoding"],
    ..EXACT
};

const WGET: Tool = Tool {
    name: "Wget",
    keeps_repeats: false,
    keeps_order: false,
    keeps_target: false,
    keeps_version: false,
    adds: &["Accept", "Accept-Encoding"],
    ..EXACT
};

/// A command for `http`.
pub(crate) fn httpie(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let cannot = |why| ExportError::Cannot {
        tool: HTTPIE.name,
        why,
    };
    if !request.method().iter().all(u8::is_ascii_alphabetic) {
        return Err(cannot("its method is not of letters alone"));
    }
    let mut words = vec!["http".to_owned(), "--path-as-is".to_owned()];
    let mut pipe = String::new();
    match request.body() {
        Body::Empty => words.push("--ignore-stdin".to_owned()),
        Body::Text(text) if !text.contains('\r') => {
            words.push("--ignore-stdin".to_owned());
            words.push(format!("--raw={}", quote::sh(text.as_bytes())));
        }
        Body::Text(_) | Body::Bytes(_) => pipe = piped(&request.body),
    }
    words.push(format!("-- {}", quote::sh(request.method())));
    words.push(quote::sh(&request.url()));
    for (name, value) in &request.headers {
        if std::str::from_utf8(value).is_err() {
            return Err(cannot("a header is no UTF-8"));
        }
        words.push(quote::sh(&httpie_item(name, value).ok_or_else(|| {
            cannot("a header has a backslash before one of : = @ ; where it cannot be written")
        })?));
    }
    for name in ["User-Agent", "Accept", "Accept-Encoding", "Content-Type"] {
        if !request.has(name) {
            words.push(format!("{name}:"));
        }
    }
    let comments = request.comments(&HTTPIE, "#");
    Ok(format!("{comments}{pipe}{}\n", words.join(" \\\n  ")).into_bytes())
}

/// A header as an item of `http`. Before one of its marks a backslash is taken away, and there is no
/// way to write one that stays.
fn httpie_item(name: &[u8], value: &[u8]) -> Option<Vec<u8>> {
    let is_mark = |byte: &u8| b":=@;".contains(byte);
    if value.is_empty() {
        return Some([name, b";"].concat());
    }
    if value
        .windows(2)
        .any(|two| two[0] == b'\\' && is_mark(&two[1]))
    {
        return None;
    }
    let escape: &[u8] = if is_mark(&value[0]) { b"\\" } else { b"" };
    Some([name, b":", escape, value].concat())
}

/// A command for Wget.
pub(crate) fn wget(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let method = request.method();
    if method.iter().any(u8::is_ascii_lowercase) {
        return Err(ExportError::Cannot {
            tool: WGET.name,
            why: "it writes every method in capitals",
        });
    }
    let mut words = vec!["wget --tries=1 --max-redirect=0 --output-document=-".to_owned()];
    words.push(format!("--method={}", quote::sh(method)));
    if !request.has("User-Agent") {
        words.push("--user-agent=''".to_owned());
    }
    for (name, value) in request.joined_headers() {
        let line = [name, &b": "[..], &value].concat();
        words.push(format!("--header={}", quote::sh(&line)));
    }
    let (mut before, mut after) = (String::new(), String::new());
    match request.body() {
        Body::Empty if !request.announces_body() => {}
        Body::Empty => words.push("--body-data=''".to_owned()),
        Body::Text(text) if !text.contains('\r') => {
            words.push(format!("--body-data={}", quote::sh(text.as_bytes())));
        }
        Body::Text(_) | Body::Bytes(_) => {
            before = format!(
                "body=$(mktemp) && base64 -d >\"$body\" <<'.'\n{}.\n",
                lines(&request.body)
            );
            words.push("--body-file=\"$body\"".to_owned());
            after = "rm -f \"$body\"\n".to_owned();
        }
    }
    words.push(format!("-- {}", quote::sh(&request.url())));
    let mut tool = WGET;
    if request.announces_body() {
        tool.adds = &["Accept", "Accept-Encoding", "Content-Type"];
    }
    let comments = request.comments(&tool, "#");
    Ok(format!("{comments}{before}{}\n{after}", words.join(" \\\n  ")).into_bytes())
}
