//! What may be typed behind `tenterhook`.

use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::PossibleValue};
use webhook::{
    export::{Destination, FORMATS},
    verify::scheme::Scheme,
};

use crate::measure;

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
    /// Let captures go, once: by age, by number, by size, by a query; pinned ones stay
    Prune(Prune),
    /// Look after the history: back it up, restore, compact, check, take another one in
    History(History),
    /// Print what makes a shell complete `tenterhook`
    Completions {
        /// For which shell
        shell: clap_complete::Shell,
    },
    /// Write manual pages, one a verb
    Man {
        /// The folder that they go into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Send captures again: as they were sent, edited, at their pace, twice, in another order
    #[command(after_help = crate::replay::EXAMPLES)]
    Replay(crate::replay::Replay),
    /// Say where the captures of an endpoint go by themselves, and how; send what never got there
    #[command(after_help = crate::forward::EXAMPLES)]
    Forward(crate::forward::Forward),
    /// Send golden captures, files of requests with what is to be answered, and show what differs
    #[command(after_help = crate::check::EXAMPLES)]
    Check(crate::check::Check),
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
    /// Run commands on what arrives: the hooks file of an address, and what its rules would do
    #[command(after_help = RULES_EXAMPLES)]
    Rules(Rules),
    /// Read hooks files as a careful colleague would; leaves with 1 when something is grave
    Hooks(Hooks),
    /// Commands that rules have run, the newest first
    Runs(Runs),
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
        /// Print one JSON object: token
        #[arg(long)]
        json: bool,
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
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
}

/// Without options the settings are shown as they are.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// The address's id or name
    pub(crate) endpoint: String,
    /// Print the settings on one line; they are JSON in any case
    #[arg(long)]
    pub(crate) json: bool,
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
    /// Print these fields with tabs between, for fzf, cut and awk
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        conflicts_with = "json"
    )]
    pub(crate) fields: Option<Vec<Field>>,
}

/// A field of a capture, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Field {
    Id,
    Time,
    Endpoint,
    Source,
    Method,
    Target,
    Sender,
    Event,
    Summary,
    Size,
    Status,
    Flaws,
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

/// What lets captures go; those that any of it names.
#[derive(Debug, Args)]
#[group(skip)]
pub(crate) struct Keep {
    /// Those received longer ago, such as 30d, 12h, 2w
    #[arg(long, value_name = "AGE", value_parser = measure::age)]
    pub(crate) older_than: Option<i64>,
    /// All but the newest N
    #[arg(long, value_name = "N")]
    pub(crate) keep: Option<u64>,
    /// The oldest, until the history holds no more than SIZE, such as 500MB or 2GB
    #[arg(long, value_name = "SIZE", value_parser = measure::size)]
    pub(crate) max_size: Option<u64>,
}

#[derive(Debug, Args)]
pub(crate) struct Prune {
    #[command(flatten)]
    pub(crate) rules: Keep,
    /// Only those that QUERY lets through: see `tenterhook search --help`
    #[arg(long, value_name = "QUERY")]
    pub(crate) filter: Option<String>,
    /// Say what would go, and remove nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask
    #[arg(long, short, conflicts_with = "dry_run")]
    pub(crate) yes: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct History {
    #[command(subcommand)]
    pub(crate) command: HistoryCommand,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HistoryCommand {
    /// Show or change what captures go by themselves; without options nothing changes
    Keep {
        #[command(flatten)]
        rules: Keep,
        /// Keep everything
        #[arg(long, conflicts_with_all = ["older_than", "keep", "max_size"])]
        forever: bool,
    },
    /// Copy the history into a new file while all goes on
    Backup {
        /// The file [default: one named by date and time in the data folder's `backups`]
        file: Option<PathBuf>,
    },
    /// Put a backup in the history's place; the history of now is kept beside it
    Restore {
        /// The backup
        file: PathBuf,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Give the free bytes of the history's file back to the disk
    Compact,
    /// Take in the captures of another history, a backup or NDJSON; those that are there stay out
    Import {
        /// The file
        file: PathBuf,
    },
    /// Write all captures to the output as NDJSON, with their secrets, the oldest first
    Export {
        /// Only those that QUERY lets through: see `tenterhook search --help`
        #[arg(long, value_name = "QUERY")]
        filter: Option<String>,
    },
    /// Look whether a history or a backup is sound
    Check {
        /// The file [default: the history of the data folder]
        file: Option<PathBuf>,
    },
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
    /// Print one JSON object a file that was written
    #[arg(long, requires = "out")]
    pub(crate) json: bool,
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
    /// Print one JSON object a capture: id
    #[arg(long)]
    pub(crate) json: bool,
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

const RULES_EXAMPLES: &str = "\
Examples:
  tenterhook rules import hooks.json --endpoint acme   from now on its rules are asked
  tenterhook rules ls                                  which rules run, and which wait for you
  tenterhook rules try --endpoint acme --filter type:push
  tenterhook rules confirm deploy --endpoint acme      it runs though a stranger can trigger it
  tenterhook runs show 12

The files are those of adnanh/webhook, unchanged; `tenterhook hooks check FILE` reads them first.
A capture whose path ends in `/hooks/ID` or `/ID` asks the rule of that id, any other all of them.";

#[derive(Debug, Args)]
pub(crate) struct Rules {
    #[command(subcommand)]
    pub(crate) command: RulesCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// Give an address the rules of a hooks file, in the place of those before
    Import {
        /// The hooks file, JSON or YAML; `-` is the standard input
        file: PathBuf,
        #[command(flatten)]
        of: Of,
    },
    /// Print the hooks file of an address as it was imported
    Export {
        #[command(flatten)]
        of: Of,
    },
    /// List the rules of all addresses
    Ls {
        /// Print one JSON object a rule
        #[arg(long)]
        json: bool,
    },
    /// Take its rules from an address
    Rm {
        #[command(flatten)]
        of: Of,
    },
    /// Have a rule run although a stranger can trigger it
    Confirm {
        /// The rule's id
        rule: String,
        #[command(flatten)]
        of: Of,
    },
    /// Say what each rule would have done, clause by clause; nothing runs
    Try {
        /// Captures' ids, or how these begin; without, the newest
        ids: Vec<String>,
        #[command(flatten)]
        of: Of,
        /// Over what QUERY lets through: see `tenterhook search --help`
        #[arg(long, value_name = "QUERY", conflicts_with = "ids")]
        filter: Option<String>,
        /// The rules of this hooks file instead
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// At most so many captures
        #[arg(long, value_name = "N", default_value_t = 10_000)]
        limit: usize,
        /// Print one JSON object a rule
        #[arg(long)]
        json: bool,
    },
    /// Run a rule on a capture now
    Run {
        /// The rule's id
        rule: String,
        /// The capture's id, or how it begins
        id: String,
        #[command(flatten)]
        of: Of,
    },
}

/// Whose rules.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The address's id or name; `local` is the receiver on this computer
    #[arg(long, value_name = "ENDPOINT")]
    pub(crate) endpoint: String,
}

#[derive(Debug, Args)]
pub(crate) struct Hooks {
    #[command(subcommand)]
    pub(crate) command: HooksCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum HooksCommand {
    /// Say what is unguarded, never fires, is misspelt or cannot run, with line and column
    Check {
        /// Hooks files, JSON or YAML
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// Print one JSON object a finding
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Runs {
    #[command(subcommand)]
    pub(crate) command: Option<RunsCommand>,
    /// Only those of one rule
    #[arg(long, value_name = "ID")]
    pub(crate) rule: Option<String>,
    /// Only those of one capture
    #[arg(long, value_name = "ID")]
    pub(crate) capture: Option<String>,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub(crate) limit: usize,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// Show a run: how it was called, how it ended, what it wrote
    Show {
        /// Its number
        number: i64,
    },
    /// Run the rule once more on the same capture
    Again {
        /// The run's number
        number: i64,
    },
    /// End a command with all that it started
    Stop {
        /// The run's number
        number: i64,
    },
}
