//! Captures taken away: as commands, as code, as HTTP, as HAR. Start at [`export`]; the formats are
//! in [`FORMATS`], and several captures in one file are a [`Bundle`].
//!
//! What a snippet sends is the capture: its method, target, headers and body. Left to whoever runs
//! it is what belongs to a connection: `Host`, lengths and codings of the transfer, and the like.
//! Strangers chose every byte of it, so each format quotes by a rule of its own, and nothing of a
//! capture but its header names stands in a comment.

mod bundle;
mod compiled;
mod curl;
mod har;
mod message;
pub mod name;
mod ndjson;
mod quote;
mod request;
mod script;
mod shell;
mod windows;

pub use bundle::Bundle;
pub(crate) use ndjson::VERSION as NDJSON_VERSION;

use crate::{capture::Capture, export::request::Request};

/// What stands where a secret was left out.
pub const LEFT_OUT: &str = "SECRET-LEFT-OUT";

/// A form that captures can be taken away in.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// What it is called in a command.
    pub id: &'static str,
    /// What it is called among people.
    pub name: &'static str,
    /// How names of its files end, without the dot.
    pub extension: &'static str,
    /// How several captures go into one file.
    pub joined: Joined,
    write: fn(&Request<'_>) -> Result<Vec<u8>, ExportError>,
}

/// How several captures of one [`Format`] go into one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joined {
    /// One behind the other.
    Lines,
    /// As entries of one HAR log.
    Har,
    /// Not at all: each is a file of its own.
    Never,
}

/// Where a snippet sends to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub(crate) is_https: bool,
    pub(crate) authority: String,
    /// None: path and query of the capture.
    pub(crate) target: Option<String>,
}

/// How to export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Where snippets send to. None: to the host that the capture names.
    pub to: Option<Destination>,
    /// Where the capture was sent to, as far as more is known than it says itself.
    pub from: Option<Destination>,
    /// Credentials go along. Otherwise [`LEFT_OUT`] stands for each that travels in a header, in
    /// the query or in a form; those in other bodies are not known as such.
    pub with_secrets: bool,
}

/// Why something was not exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// There is no such format.
    #[error("there is no format `{id}`: {known}", known = ids())]
    NoFormat {
        /// What was asked for.
        id: String,
    },
    /// A destination is none.
    #[error(
        "`{0}` is no place to send to: write it like http://localhost:3000 or https://example.dev/hook"
    )]
    NotAUrl(String),
    /// The tool cannot send this capture.
    #[error("{tool} cannot send this capture: {why}")]
    Cannot {
        /// The tool's name.
        tool: &'static str,
        /// What stands in its way.
        why: &'static str,
    },
    /// Several captures do not go into one file of this format.
    #[error("{0} takes one capture a file: name a folder")]
    OneAFile(&'static str),
}

fn ids() -> String {
    FORMATS.map(|format| format.id).join(", ")
}

const fn format(
    id: &'static str,
    name: &'static str,
    extension: &'static str,
    joined: Joined,
    write: fn(&Request<'_>) -> Result<Vec<u8>, ExportError>,
) -> Format {
    Format {
        id,
        name,
        extension,
        joined,
        write,
    }
}

/// Every format, in the order of a menu.
pub const FORMATS: [Format; 21] = [
    format("curl", "curl", "sh", Joined::Lines, curl::sh),
    format(
        "curl-cmd",
        "curl for cmd.exe",
        "cmd.txt",
        Joined::Lines,
        windows::cmd,
    ),
    format(
        "curl-powershell",
        "curl for PowerShell",
        "ps1",
        Joined::Lines,
        windows::powershell,
    ),
    format("httpie", "HTTPie", "sh", Joined::Lines, shell::httpie),
    format("wget", "Wget", "sh", Joined::Lines, shell::wget),
    format("http", ".http file", "http", Joined::Lines, message::http),
    format("raw", "raw HTTP", "txt", Joined::Lines, message::raw),
    format(
        "body",
        "the body alone",
        "bin",
        Joined::Never,
        message::body,
    ),
    format("har", "HAR 1.2", "har", Joined::Har, har::document),
    format("ndjson", "NDJSON", "ndjson", Joined::Lines, ndjson::line),
    format(
        "python",
        "Python, http.client",
        "py",
        Joined::Never,
        script::python,
    ),
    format(
        "python-requests",
        "Python, requests",
        "py",
        Joined::Never,
        script::python_requests,
    ),
    format(
        "javascript",
        "JavaScript, fetch",
        "mjs",
        Joined::Never,
        script::fetch,
    ),
    format("node", "Node, http", "mjs", Joined::Never, script::node),
    format("go", "Go, net/http", "go", Joined::Never, compiled::go),
    format("rust", "Rust, reqwest", "rs", Joined::Never, compiled::rust),
    format(
        "java",
        "Java, java.net.http",
        "java",
        Joined::Never,
        compiled::java,
    ),
    format(
        "csharp",
        "C#, HttpClient",
        "cs",
        Joined::Never,
        compiled::csharp,
    ),
    format("php", "PHP, curl", "php", Joined::Never, script::php),
    format("ruby", "Ruby, Net::HTTP", "rb", Joined::Never, script::ruby),
    format(
        "markdown",
        "Markdown for an issue",
        "md",
        Joined::Lines,
        message::markdown,
    ),
];

impl Format {
    /// The format called `id`.
    ///
    /// # Errors
    /// When there is none; the message names those that there are.
    pub fn find(id: &str) -> Result<&'static Self, ExportError> {
        let found = FORMATS.iter().find(|format| format.id == id);
        found.ok_or_else(|| ExportError::NoFormat { id: id.to_owned() })
    }
}

/// Writes `capture` out, whole and by itself.
///
/// Text but for `raw` and `body`, which are bytes.
///
/// # Errors
/// When the tool cannot send what the capture holds.
pub fn export(
    capture: &Capture,
    format: &Format,
    options: &Options,
) -> Result<Vec<u8>, ExportError> {
    (format.write)(&Request::of(capture, options))
}

impl std::str::FromStr for Destination {
    type Err = ExportError;

    /// Reads `http://host[:port]` or `https://…`. With a path or a query, these take the place of
    /// the capture's.
    fn from_str(text: &str) -> Result<Self, ExportError> {
        let refused = || ExportError::NotAUrl(text.chars().take(200).collect());
        let (scheme, rest) = text.split_once("://").ok_or_else(refused)?;
        let is_https = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(refused()),
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let is_plain = target
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'#');
        if !request::is_authority(authority.as_bytes()) || !is_plain {
            return Err(refused());
        }
        let target = match target {
            "" | "/" => None,
            query if query.starts_with('?') => Some(format!("/{query}")),
            target => Some(target.to_owned()),
        };
        Ok(Self {
            is_https,
            authority: authority.to_owned(),
            target,
        })
    }
}

#[cfg(test)]
mod tests;
