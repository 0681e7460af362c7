//! What may be typed behind `tenterhook`.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, builder::PossibleValue};
use webhook::export::{Destination, FORMATS};

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
    /// size> before: after: is: endpoint: source: delivery:. A `*` stands for any text, and `=` asks
    /// for the whole value. Terms side by side must all hold; -term, not(a b) and or(a, b) join them;
    /// put `--` before a query that begins with `-`.
    ///
    /// `status:` is that of your application's last answer: 200, 5xx, >=400, or none. `is:` asks
    /// whether a capture was held, forwarded, answered or failed (no whole answer, or one from 400
    /// on), is flawed, or is a retry of its sender's; `delivery:` names the sender's delivery. Nothing
    /// is found yet by verify: and by is:replayed, edited, ran, pinned and noted.
    ///
    /// Examples: `search payment -type:ping`, `search header.x-github-event:push after:2h`,
    /// `search 'or(body.repository.name:api, size>10k)'`, `search is:failed after:today --save
    /// failures`, `search --saved failures`.
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
    /// Judge signatures: one JSON object a line in, one verdict a line out
    Verify(Batch),
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
    #[arg(required_unless_present = "saved")]
    pub(crate) query: Vec<String>,
    /// Find what the saved filter NAME finds; without NAME, list the saved filters
    #[arg(long, value_name = "NAME", num_args = 0..=1)]
    pub(crate) saved: Option<Option<String>>,
    /// Save the query as NAME, for the window too; NAME's own is replaced
    #[arg(long, value_name = "NAME", conflicts_with = "saved")]
    pub(crate) save: Option<String>,
    /// Print one whole capture a line, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
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
