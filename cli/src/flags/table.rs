//! The flags that there are. Start at [`FLAGS`].

use std::fmt::Write;

/// What a flag takes. The words are those of the usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Text,
    Number,
    Many,
}

/// The flags, with their defaults as the usage shows them.
pub(super) const FLAGS: &[(&str, Takes, &str, &str)] = &[
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
