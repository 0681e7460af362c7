//! What may be typed behind `tenterhook`.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, builder::PossibleValue};
use webhook::{
    export::{Destination, FORMATS},
    verify::scheme::Scheme,
};

/// Receive, keep and inspect webhooks on this computer.
///
/// The history, the settings and the pairing with a relay are those of the desktop app; both may
/// run at the same time.
#[derive(Debug, Parser)]
#[command(name = "tenterhook", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// The folder of history, settings and pairing [default: the platform's own]
    #[arg(long, value_name = "DIR", env = "TENTERHOOK_HOME", global = true)]
    pub(crate) data: Option<PathBuf>,
    /// Keep secrets in a file of the data folder, which only you may read
    #[arg(long, env = "TENTERHOOK_NO_KEYCHAIN", global = true)]
    pub(crate) no_keychain: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show webhooks as they arrive, here and by the relay, until Ctrl-C
    Listen(Listen),
    /// Pair this desktop with the relay that printed CONNECT
    Pair {
        /// The string that the relay printed: `tenterhook://pair?…`
        connect: String,
    },
    /// Make and list the addresses that senders post to
    Endpoint(Endpoint),
    /// Get this desktop a new token from the relay
    Rotate,
    /// Say how the line to the relay is, whether a probe came through, and what is kept
    Status {
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// List captures, the newest first
    Ls(Ls),
    /// Find captures, the newest first
    ///
    /// Words are looked for in target, headers and body; "several words" in quotes stand side by
    /// side. Fields: provider: type: status: verify: method: path: header.NAME: body.PATH: body:
    /// size> before: after: is: endpoint: source:. A `*` stands for any text, and `=` asks for the
    /// whole value. Terms side by side must all hold; -term, not(a b) and or(a, b) join them; put
    /// `--` before a query that begins with `-`.
    ///
    /// Examples: `search payment -type:ping`, `search header.x-github-event:push after:2h`,
    /// `search 'or(body.repository.name:api, size>10k)'`.
    Search(Search),
    /// Show one capture as it was sent
    Show(Show),
    /// Take captures away: as a command, as code, as HTTP, as a file for other tools
    #[command(after_help = EXPORT_EXAMPLES)]
    Export(Export),
    /// Bring captures in: curl commands, HAR, `.http` files, NDJSON
    #[command(after_help = IMPORT_EXAMPLES)]
    Import(Import),
    /// Serve hooks files as adnanh/webhook does, with its flags: -h shows them
    #[command(disable_help_flag = true)]
    Serve {
        /// Its flags, such as -hooks hooks.json -verbose
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "FLAGS"
        )]
        typed: Vec<OsString>,
    },
    /// Keep the secrets that senders sign with, in the system's keychain
    Secret(Secret),
    /// Judge signatures, of captures or of lines of JSON
    #[command(after_help = VERIFY_EXIT)]
    Verify(Verify),
    /// Find out why a capture's signature fails: what would have matched, and what to do
    Doctor(Doctor),
    /// Sign a file, or a capture anew, as a sender does
    #[command(after_help = SIGN_EXAMPLES)]
    Sign(Sign),
    /// Send an address a realistic test event of a sender, signed with the address's secret
    SendTest(SendTest),
    /// Answer the challenges of senders: one JSON object a line in, one answer a line out
    Handshake(Batch),
}

#[derive(Debug, Args)]
pub(crate) struct Listen {
    /// Print one JSON record a line, the first saying that all is ready
    #[arg(long)]
    pub(crate) json: bool,
    /// Where the receiver on this computer listens; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) receiver: Option<SocketAddr>,
    /// Pass every capture on to URL as it arrives, such as 3000 or <http://localhost:3000/hook>
    #[arg(long, value_name = "URL")]
    pub(crate) forward: Option<String>,
    /// Let --forward lead to another computer
    #[arg(long, requires = "forward")]
    pub(crate) allow_remote: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Endpoint {
    #[command(subcommand)]
    pub(crate) command: EndpointCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EndpointCommand {
    /// Make an address; its token is shown this once
    New {
        /// What you call it
        #[arg(long)]
        name: Option<String>,
        /// The last part of its URL, such as `stripe-acme`; one that you choose can be guessed, so
        /// have it ask for its token
        #[arg(long, value_name = "TEXT")]
        address: Option<String>,
        /// Print one JSON object: id, url, token
        #[arg(long)]
        json: bool,
    },
    /// List the addresses
    Ls {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show or change how an address treats what is sent to it
    Set(Set),
    /// Give an address a new token; the old one is void
    Rotate {
        /// Its id or name
        endpoint: String,
    },
    /// Remove an address; its captures stay, and for a week it can be restored
    Rm {
        /// Its id or name
        endpoint: String,
    },
    /// Undo `rm`
    Restore {
        /// Its whole id
        endpoint: String,
    },
}

/// Without options the settings are shown as they are.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// The address's id or name
    pub(crate) endpoint: String,
    /// Take nothing and ask senders to come again, or no longer
    #[arg(long, value_name = "BOOL")]
    pub(crate) paused: Option<bool>,
    /// Ask senders for the token, as `Authorization: Bearer` or `?token=`
    #[arg(long, value_name = "BOOL")]
    pub(crate) require_token: Option<bool>,
    /// The methods taken, such as `POST,PUT`; `any` for all
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) methods: Option<Vec<String>>,
    /// The addresses that may send, such as `192.0.2.0/24`; `any` for all
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) allow_from: Option<Vec<String>>,
    /// The longest body taken; 0 for the relay's own limit
    #[arg(long, value_name = "BYTES")]
    pub(crate) body_limit: Option<u64>,
    /// Let browsers' pages of any origin send
    #[arg(long, value_name = "BOOL")]
    pub(crate) cors: Option<bool>,
    /// The status that senders are answered
    #[arg(long, value_name = "STATUS")]
    pub(crate) answer_status: Option<u16>,
    /// A header of the answer, `Name: value`; may be repeated; `none` for no headers
    #[arg(long, value_name = "HEADER")]
    pub(crate) answer_header: Option<Vec<String>>,
    /// The body of the answer
    #[arg(long, value_name = "TEXT")]
    pub(crate) answer_body: Option<String>,
    /// How long senders wait for the answer
    #[arg(long, value_name = "MS")]
    pub(crate) answer_delay: Option<u64>,
    /// Pass captures on to URL, whose application then answers senders within --deadline; may be
    /// repeated, the first one answers; `none` for nowhere
    #[arg(long, value_name = "URL")]
    pub(crate) forward: Option<Vec<String>>,
    /// Let --forward lead to another computer
    #[arg(long, requires = "forward")]
    pub(crate) allow_remote: bool,
    /// How long senders wait for the application's answer before they get the one above; 0 for not
    /// at all [default with --forward: 2500]
    #[arg(long, value_name = "MS")]
    pub(crate) deadline: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Ls {
    /// Print one whole capture a line, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Only those that QUERY lets through: see `tenterhook search --help`
    #[arg(long, value_name = "QUERY")]
    pub(crate) filter: Option<String>,
    /// Only those with TEXT in their head or body; reads all of them
    #[arg(long, value_name = "TEXT")]
    pub(crate) grep: Option<String>,
    /// Only those of one endpoint
    #[arg(long, value_name = "ID")]
    pub(crate) endpoint: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Search {
    /// What to find; several are joined by blanks
    #[arg(required = true)]
    pub(crate) query: Vec<String>,
    /// Print one whole capture a line, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}

#[derive(Debug, Args)]
pub(crate) struct Secret {
    #[command(subcommand)]
    pub(crate) command: SecretCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SecretCommand {
    /// Add a secret; its value is asked for, or read from the standard input
    Add {
        /// The address's id or name; `local` is the receiver on this computer
        endpoint: String,
        /// How it signs [default: as the sender does who is recognised]
        #[arg(long, value_name = "SCHEME", value_parser = schemes())]
        scheme: Option<String>,
        /// What you call it
        #[arg(long)]
        name: Option<String>,
        /// The header in which the signature stands, where it is not the scheme's own
        #[arg(long, requires = "scheme")]
        header: Option<String>,
        /// Make a value and print it, this once
        #[arg(long)]
        generate: bool,
    },
    /// List secrets, without their values
    Ls {
        /// The address's id or name [default: all]
        endpoint: Option<String>,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Say that another secret has taken the place of one; it still counts
    Retire {
        /// The address's id or name
        endpoint: String,
        /// The secret's name
        name: String,
        /// Undo it
        #[arg(long)]
        undo: bool,
    },
    /// Remove a secret
    Rm {
        /// The address's id or name
        endpoint: String,
        /// The secret's name
        name: String,
    },
}

const VERIFY_EXIT: &str = "\
Exit codes: 0 all are valid, 1 some are not, 2 some cannot be judged (no secret, no signature).";

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The captures' ids, or how these begin
    #[arg(required_unless_present = "batch", value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// With this secret of the capture's address alone
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_name: Option<String>,
    /// Print one JSON object a line: id, valid, reason, scheme, secret, covers, why
    #[arg(long)]
    pub(crate) json: bool,
    /// Judge a file of lines instead, one JSON object each; `-` is the standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["ids", "secret_name", "json"])]
    pub(crate) batch: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// The capture's id, or how it begins
    pub(crate) id: String,
    /// The signature that your own program came to, to learn what it did differently
    #[arg(long, value_name = "SIGNATURE")]
    pub(crate) computed: Option<String>,
    /// Only what to do in this framework, such as Express
    #[arg(long, value_name = "NAME")]
    pub(crate) framework: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

const SIGN_EXAMPLES: &str = "\
Examples:
  tenterhook sign --file event.json --scheme github --secret-name acme
  tenterhook sign --file event.json --scheme stripe < secret.txt
  tenterhook sign 01a2010b --scheme slack --secret-name team --curl | sh

Without --secret-name the secret is the first line of the standard input. Printed are the headers
that sign, or with --curl a whole command.";

#[derive(Debug, Args)]
pub(crate) struct Sign {
    /// The capture's id, or how it begins
    #[arg(required_unless_present = "file", value_name = "ID")]
    pub(crate) id: Option<String>,
    /// The body to sign, instead of a capture's
    #[arg(long, value_name = "FILE", conflicts_with = "id")]
    pub(crate) file: Option<PathBuf>,
    /// How to sign
    #[arg(long, value_name = "SCHEME", value_parser = schemes())]
    pub(crate) scheme: String,
    /// The name of the secret
    #[arg(long, value_name = "NAME")]
    pub(crate) secret_name: Option<String>,
    /// The address whose secret it is, by id or name [default: the capture's, or `local`]
    #[arg(long, value_name = "ENDPOINT")]
    pub(crate) endpoint: Option<String>,
    /// The URL that it is sent to; some senders sign it [default: the capture's, or localhost]
    #[arg(long, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// Print a curl command that sends it
    #[arg(long)]
    pub(crate) curl: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SendTest {
    /// The address's id or name; `local` is the receiver on this computer
    pub(crate) endpoint: String,
    /// Whose event
    #[arg(long, value_name = "SCHEME", value_parser = schemes())]
    pub(crate) sender: String,
}

fn schemes() -> clap::builder::PossibleValuesParser {
    Scheme::ALL
        .map(|scheme| PossibleValue::new(scheme.name()).help(scheme.title()))
        .into()
}

#[derive(Debug, Args)]
pub(crate) struct Batch {
    /// The file of lines; `-` is the standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) batch: PathBuf,
}

const EXPORT_EXAMPLES: &str = "\
Examples:
  tenterhook export 01a2010b                                  a curl command
  tenterhook export 01a2010b --to http://localhost:3000       the same, to a program here
  tenterhook export 01a2010b --format python > send.py
  tenterhook export 01a2010b 01a2010c --format har --out both.har
  tenterhook export 01a2010b 01a2010c --format http --out captures/

What `--to` names takes the place of the host; with a path, also of the path and the query.
Secrets in headers, in the query and in forms are left out unless `--with-secrets` is given.";

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The captures' ids, or how these begin
    #[arg(required = true, value_name = "ID")]
    pub(crate) ids: Vec<String>,
    /// In which form
    #[arg(long, default_value = "curl", value_parser = formats())]
    pub(crate) format: String,
    /// Where the command or program sends to
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<Destination>,
    /// Leave the secrets in
    #[arg(long)]
    pub(crate) with_secrets: bool,
    /// A file that does not exist yet, or a folder, for one file a capture
    #[arg(long, value_name = "PATH")]
    pub(crate) out: Option<PathBuf>,
}

const IMPORT_EXAMPLES: &str = "\
Examples:
  tenterhook import browser.har
  tenterhook import requests.http
  pbpaste | tenterhook import -          a command that a browser copied as cURL
  tenterhook export 01a2010b --format ndjson --with-secrets | tenterhook --data DIR import -

What the file is, its first lines tell. Nothing is run and no further file is read.";

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file; `-` is the standard input
    pub(crate) file: PathBuf,
}

fn formats() -> clap::builder::PossibleValuesParser {
    FORMATS
        .map(|format| PossibleValue::new(format.id).help(format.name))
        .into()
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// The capture's id, or how it begins
    pub(crate) id: String,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Write head and body byte for byte, for a file or a pipe
    #[arg(long, conflicts_with = "json")]
    pub(crate) raw: bool,
    /// Show what came of passing it on, the newest attempt first
    #[arg(long, conflicts_with = "raw")]
    pub(crate) deliveries: bool,
}
