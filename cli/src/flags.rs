//! The command line of adnanh/webhook, read as Go reads it: `-x v`, `-x=v`, one dash or two. Start at
//! [`parse`].

mod go;
mod table;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

use engine::serve::{Identity, Options, Place, TlsOptions};
use webhook::rules::{evaluate::methods_of, hook::ResponseHeader};

pub(crate) use crate::flags::table::usage;
use crate::flags::table::{FLAGS, Takes};

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
            let Some(is_on) = go::bool(&text) else {
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
            Takes::Number => go::int(&value).map(|number| flags.number(name, number)),
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
