//! The command line of adnanh/webhook, read as Go reads it: `-x v`, `-x=v`, one dash or two. Start at
//! [`parse`].

use std::{fmt::Write, path::PathBuf};

use engine::serve::{Identity, Options, Place, TlsOptions};
use webhook::rules::{evaluate::methods_of, hook::ResponseHeader};

/// What was asked for.
#[derive(Debug)]
pub(crate) enum Asked {
    /// To serve hooks.
    Serve(Box<Options>),
    /// For the version.
    Version,
    /// For the cipher suites of this version of TLS and later ones.
    CipherSuites(String),
    /// For the flags.
    Help,
}

/// Why nothing is done.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FlagError {
    /// There is no such flag, or its value is wrong; the flags are to be shown.
    #[error("{0}")]
    Misused(String),
    /// Flags that do not go together.
    #[error("{0}")]
    Conflict(&'static str),
    /// A number that is no port.
    #[error("error listening on port: listen tcp: address {0}: invalid port")]
    Port(i64),
}

/// What a flag takes. The words are those of the usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Text,
    Number,
    Many,
}

/// The flags, with their defaults as the usage shows them.
const FLAGS: &[(&str, Takes, &str, &str)] = &[
    (
        "cert",
        Takes::Text,
        "path to the HTTPS certificate pem file",
        "\"cert.pem\"",
    ),
    (
        "cipher-suites",
        Takes::Text,
        "comma-separated TLS 1.2 cipher suites to use; default all",
        "",
    ),
    (
        "debug",
        Takes::Nothing,
        "log requests and answers whole; implies -verbose",
        "",
    ),
    (
        "header",
        Takes::Many,
        "set a header of every answer, as name=value; may be repeated",
        "",
    ),
    (
        "hooks",
        Takes::Many,
        "path to a hooks file; may be repeated; default hooks.json",
        "",
    ),
    (
        "hotreload",
        Takes::Nothing,
        "read the hooks files again when they change",
        "",
    ),
    (
        "http-methods",
        Takes::Text,
        "methods of hooks that name none, separated by commas; default all",
        "",
    ),
    ("ip", Takes::Text, "address to listen at", "\"0.0.0.0\""),
    (
        "key",
        Takes::Text,
        "path to the HTTPS certificate private key pem file",
        "\"key.pem\"",
    ),
    (
        "list-cipher-suites",
        Takes::Nothing,
        "list the TLS cipher suites and quit",
        "",
    ),
    (
        "logfile",
        Takes::Text,
        "log to a file; implies -verbose",
        "",
    ),
    (
        "max-multipart-mem",
        Takes::Number,
        "how much of a multipart form is held in memory, in bytes",
        "1048576",
    ),
    (
        "nopanic",
        Takes::Nothing,
        "start without -verbose even when there are no hooks",
        "",
    ),
    ("pidfile", Takes::Text, "write the process id to a file", ""),
    ("port", Takes::Number, "port to listen at", "9000"),
    ("secure", Takes::Nothing, "serve HTTPS instead of HTTP", ""),
    (
        "setgid",
        Takes::Number,
        "group to become when the port is open; needs -setuid",
        "",
    ),
    (
        "setuid",
        Takes::Number,
        "user to become when the port is open; needs -setgid",
        "",
    ),
    (
        "socket",
        Takes::Text,
        "listen at a Unix socket instead of an address and a port",
        "",
    ),
    (
        "template",
        Takes::Nothing,
        "run the hooks files as Go templates first",
        "",
    ),
    (
        "tls-min-version",
        Takes::Text,
        "oldest version of TLS to speak",
        "\"1.2\"",
    ),
    (
        "urlprefix",
        Takes::Text,
        "first part of the path of hooks: /PREFIX/ID",
        "\"hooks\"",
    ),
    ("verbose", Takes::Nothing, "log what happens", ""),
    ("version", Takes::Nothing, "show the version and quit", ""),
    (
        "x-request-id",
        Takes::Nothing,
        "name requests in the log by their X-Request-Id",
        "",
    ),
    (
        "x-request-id-limit",
        Takes::Number,
        "how many bytes of X-Request-Id to take; default all",
        "",
    ),
];

/// The flags and what they mean, for a person. `name` is what the program was called.
pub(crate) fn usage(name: &str) -> String {
    let mut out = format!("Usage of {name}:\n");
    for (flag, takes, about, default) in FLAGS {
        let value = match takes {
            Takes::Nothing => "",
            Takes::Text => " string",
            Takes::Number => " int",
            Takes::Many => " value",
        };
        let default = match *default {
            "" => String::new(),
            default => format!(" (default {default})"),
        };
        writeln!(out, "  -{flag}{value}\n    \t{about}{default}").expect("a String takes all");
    }
    out
}

/// Reads what was typed behind the program's name. What follows the first word that is no flag is
/// passed over.
///
/// # Errors
/// When a flag is unknown or its value is wrong.
pub(crate) fn parse(typed: impl IntoIterator<Item = String>) -> Result<Asked, FlagError> {
    let misused = |text: String| Err(FlagError::Misused(text));
    let mut typed = typed.into_iter();
    let mut flags = Flags::default();
    while let Some(word) = typed.next() {
        let Some(flag) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
            break;
        };
        let flag = flag.strip_prefix('-').unwrap_or(flag);
        if flag.is_empty() {
            break;
        }
        if flag.starts_with(['-', '=']) {
            return misused(format!("bad flag syntax: {word}"));
        }
        let (name, value) = match flag.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (flag, None),
        };
        let known = FLAGS.iter().find(|(known, ..)| *known == name);
        let Some((name, takes, ..)) = known else {
            if matches!(name, "h" | "help") {
                return Ok(Asked::Help);
            }
            return misused(format!("flag provided but not defined: -{name}"));
        };
        if *takes == Takes::Nothing {
            let text = value.unwrap_or_else(|| "true".to_owned());
            let Some(is_on) = go_bool(&text) else {
                return misused(format!(
                    "invalid boolean value {text:?} for -{name}: parse error"
                ));
            };
            flags.switch(name, is_on);
            continue;
        }
        let Some(value) = value.or_else(|| typed.next()) else {
            return misused(format!("flag needs an argument: -{name}"));
        };
        let taken = match takes {
            Takes::Number => go_int(&value).map(|number| flags.number(name, number)),
            _ => flags.text(name, value.clone()),
        };
        if let Err(why) = taken {
            return misused(format!("invalid value {value:?} for flag -{name}: {why}"));
        }
    }
    flags.finish()
}

/// The flags that were read so far.
struct Flags {
    options: Options,
    asks_version: bool,
    asks_suites: bool,
    is_secure: bool,
    tls: TlsOptions,
    hooks: Vec<String>,
    ip: String,
    port: i64,
    socket: String,
    user: i64,
    group: i64,
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            options: Options::default(),
            asks_version: false,
            asks_suites: false,
            is_secure: false,
            tls: TlsOptions {
                certificate: "cert.pem".into(),
                key: "key.pem".into(),
                min_version: "1.2".to_owned(),
                cipher_suites: Vec::new(),
            },
            hooks: Vec::new(),
            ip: "0.0.0.0".to_owned(),
            port: 9000,
            socket: String::new(),
            user: 0,
            group: 0,
        }
    }
}

impl Flags {
    fn switch(&mut self, name: &str, is_on: bool) {
        *match name {
            "debug" => &mut self.options.is_debug,
            "hotreload" => &mut self.options.is_hot,
            "list-cipher-suites" => &mut self.asks_suites,
            "nopanic" => &mut self.options.goes_on_without_hooks,
            "secure" => &mut self.is_secure,
            "template" => &mut self.options.is_template,
            "verbose" => &mut self.options.is_verbose,
            "version" => &mut self.asks_version,
            _ => &mut self.options.takes_request_id,
        } = is_on;
    }

    fn number(&mut self, name: &str, number: i64) {
        match name {
            "max-multipart-mem" => {
                self.options.multipart_memory_bytes = u64::try_from(number).unwrap_or(0);
            }
            "port" => self.port = number,
            "setgid" => self.group = number,
            "setuid" => self.user = number,
            _ => self.options.request_id_bytes = usize::try_from(number).unwrap_or(0),
        }
    }

    fn text(&mut self, name: &str, text: String) -> Result<(), &'static str> {
        let file = |text: String| (!text.is_empty()).then(|| PathBuf::from(text));
        match name {
            "cert" => self.tls.certificate = text.into(),
            "cipher-suites" => {
                let suites = text.split(',').filter(|_| !text.is_empty());
                self.tls.cipher_suites = suites.map(str::to_owned).collect();
            }
            "header" => {
                let header = text.split_once('=');
                let (name, value) = header.ok_or("header flag must be in name=value format")?;
                self.options.headers.push(ResponseHeader {
                    name: name.to_owned(),
                    value: value.to_owned(),
                });
            }
            "hooks" => self.hooks.push(text),
            "http-methods" => self.options.http_methods = methods_of(&text),
            "ip" => self.ip = text,
            "key" => self.tls.key = text.into(),
            "logfile" => self.options.log_file = file(text),
            "pidfile" => self.options.pid_file = file(text),
            "socket" => self.socket = text,
            "tls-min-version" => self.tls.min_version = text,
            _ => self.options.url_prefix = text,
        }
        Ok(())
    }

    fn finish(self) -> Result<Asked, FlagError> {
        if self.asks_version {
            return Ok(Asked::Version);
        }
        if self.asks_suites {
            return Ok(Asked::CipherSuites(self.tls.min_version));
        }
        let identity = match (self.user, self.group) {
            (0, 0) => None,
            (0, _) | (_, 0) => {
                return Err(FlagError::Conflict(
                    "error: setuid and setgid options must be used together",
                ));
            }
            _ if !self.socket.is_empty() => {
                return Err(FlagError::Conflict(
                    "error: setuid and setgid options cannot be used with socket",
                ));
            }
            (user, group) => {
                let number = |number: i64| {
                    u32::try_from(number).map_err(|_| {
                        FlagError::Conflict(
                            "error: setuid and setgid must be numbers of users and groups",
                        )
                    })
                };
                Some(Identity {
                    user: number(user)?,
                    group: number(group)?,
                })
            }
        };
        let mut options = self.options;
        options.identity = identity;
        options.place = match self.socket.as_str() {
            "" => Place::Tcp {
                host: self.ip,
                port: u16::try_from(self.port).map_err(|_| FlagError::Port(self.port))?,
            },
            path => Place::Unix(path.into()),
        };
        if !self.hooks.is_empty() {
            options.hooks = self.hooks;
        }
        options.tls = self.is_secure.then_some(self.tls);
        Ok(Asked::Serve(Box::new(options)))
    }
}

/// A truth as Go's `ParseBool` takes it.
fn go_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// A number as Go's `ParseInt` takes it when the text says its base.
fn go_int(text: &str) -> Result<i64, &'static str> {
    let (sign, digits) = match text.strip_prefix(['-', '+']) {
        Some(digits) if text.starts_with('-') => ("-", digits),
        Some(digits) => ("", digits),
        None => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let is_number =
        |digits: &str| !digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix));
    // Underscores may stand between digits, and behind what says the base.
    let digits = match radix {
        10 => digits,
        _ => digits.strip_prefix('_').unwrap_or(digits),
    };
    if !digits.split('_').all(is_number) {
        return Err("parse error");
    }
    let plain = digits.replace('_', "");
    i64::from_str_radix(&format!("{sign}{plain}"), radix).map_err(|_| "value out of range")
}
