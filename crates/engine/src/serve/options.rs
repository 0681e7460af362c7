//! What a server of hooks is told when it is started.

use std::path::PathBuf;

use webhook::rules::hook::ResponseHeader;

use crate::serve::tls::TlsOptions;

/// What hooks are served with. The default is what the original does when it is told nothing.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where senders connect, unless the service manager hands a socket over.
    pub place: Place,
    /// Who the server is to be once it can be connected to; none to stay who it is.
    pub identity: Option<Identity>,
    /// The paths of the hooks files.
    pub hooks: Vec<String>,
    /// Whether the files are Go templates.
    pub is_template: bool,
    /// Whether files are read again when they change.
    pub is_hot: bool,
    /// The first part of every hook's path, without slashes around it; empty for none.
    pub url_prefix: String,
    /// Set on the answers of all hooks, before their own.
    pub headers: Vec<ResponseHeader>,
    /// The methods of hooks that name none themselves; empty for all.
    pub http_methods: Vec<String>,
    /// How much of a multipart form may be held in memory, in bytes.
    pub multipart_memory_bytes: u64,
    /// Whether a request's `X-Request-Id` is its name in the log.
    pub takes_request_id: bool,
    /// How many bytes of it; 0 for all.
    pub request_id_bytes: usize,
    /// Encrypted connections only.
    pub tls: Option<TlsOptions>,
    /// Where the process leaves its number.
    pub pid_file: Option<PathBuf>,
    /// Whether there is a log.
    pub is_verbose: bool,
    /// Whether requests and answers are written to it whole.
    pub is_debug: bool,
    /// The log's file; none for the standard error output.
    pub log_file: Option<PathBuf>,
    /// Whether to go on without a single hook.
    pub goes_on_without_hooks: bool,
}

/// Where senders connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// An address and a port. An address that stands for all of one family stands for all.
    Tcp {
        /// The address or a name for it; may be empty.
        host: String,
        /// The port; 0 for a free one.
        port: u16,
    },
    /// A Unix socket; one whose name begins with `@` is in no folder.
    Unix(PathBuf),
}

/// A user and a group by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The user.
    pub user: u32,
    /// The group.
    pub group: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            place: Place::Tcp {
                host: "0.0.0.0".to_owned(),
                port: 9000,
            },
            identity: None,
            hooks: vec!["hooks.json".to_owned()],
            is_template: false,
            is_hot: false,
            url_prefix: "hooks".to_owned(),
            headers: Vec::new(),
            http_methods: Vec::new(),
            multipart_memory_bytes: 1 << 20,
            takes_request_id: false,
            request_id_bytes: 0,
            tls: None,
            pid_file: None,
            is_verbose: false,
            is_debug: false,
            log_file: None,
            goes_on_without_hooks: false,
        }
    }
}

impl Options {
    /// Whether there is a log for a person to find out why there are no hooks, or nobody minds.
    pub(super) const fn is_content_without_hooks(&self) -> bool {
        self.has_log() || self.goes_on_without_hooks
    }

    pub(super) const fn has_log(&self) -> bool {
        self.is_verbose || self.is_debug || self.log_file.is_some()
    }

    /// How many bytes of `X-Request-Id` are taken, if any.
    pub(super) const fn request_id_limit(&self) -> Option<usize> {
        match (self.takes_request_id, self.request_id_bytes) {
            (false, _) => None,
            (true, 0) => Some(usize::MAX),
            (true, limit) => Some(limit),
        }
    }

    /// The path of all hooks, for people.
    pub(super) fn pattern(&self) -> String {
        match self.url_prefix.as_str() {
            "" => "/{id}".to_owned(),
            prefix => format!("/{prefix}/{{id}}"),
        }
    }
}
