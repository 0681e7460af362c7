//! Hooks files served as adnanh/webhook serves them: the same files, answers, commands, signals and
//! log. Start at [`run`]; a request's way begins in `answer`.

mod access;
mod answer;
mod command;
mod door;
mod dump;
mod files;
mod hooks;
mod log;
mod options;
mod pid_file;
mod privileges;
mod route;
mod signals;
mod tls;
#[cfg(unix)]
mod unix;
mod watch;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use listener::{Limits, Tasks};
use tokio::task::spawn_blocking;
use webhook::rules::set::DuplicateId;

use crate::{
    Clock,
    runner::Runner,
    serve::{
        answer::Server,
        door::Door,
        hooks::Hooks,
        log::Log,
        pid_file::PidFile,
        route::Router,
        signals::{Signal, Signals},
    },
};
pub use door::DoorError;
pub use log::line as log_line;
pub use options::{Identity, Options, Place};
pub use pid_file::PidFileError;
pub use tls::{TlsError, TlsOptions, cipher_suites};

/// The version of the original whose manners these are.
pub const VERSION: &str = "2.8.2";

/// Programs at one time. The original has no limit, and so no defence.
const AT_ONCE: usize = 512;
/// How long answers and programs have to end when the server stops. Programs get less than that.
const STOP_WITHIN: Duration = Duration::from_secs(3);

/// What strangers may take. The original sets no limits but that of a head; these are there to keep
/// the server up.
const LIMITS: Limits = Limits {
    head_bytes: 1024 * 1024,
    headers: 4096,
    body_bytes: 256 * 1024 * 1024,
    head_timeout: Duration::from_secs(30),
    body_timeout: Duration::from_secs(60),
    body_floor_bytes_per_s: 64,
    body_grace: Duration::from_secs(60),
    idle_timeout: Duration::from_secs(180),
    write_timeout: Duration::from_secs(60),
    connections: 10_240,
};

/// Why hooks are not served, or not any longer.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Nobody can connect.
    #[error(transparent)]
    Door(#[from] DoorError),
    /// Connections cannot be encrypted.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The server cannot become who it is to be.
    #[error("error dropping privileges: {0}")]
    Privileges(io::Error),
    /// The log cannot be written.
    #[error("error opening log file {path:?}: {source}")]
    Log {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The process cannot leave its number.
    #[error("Error creating pidfile: {0}")]
    PidFile(#[from] PidFileError),
    /// Signals cannot be heard.
    #[error("error setting up os signal watcher: {0}")]
    Signals(io::Error),
    /// Two files have a hook of one id.
    #[error(transparent)]
    Duplicate(#[from] DuplicateId),
    /// There is nothing to serve, and nobody reads why.
    #[error(
        "couldn't load any hooks from file!\naborting webhook execution since the -verbose flag is set to false.\nIf, for some reason, you want webhook to {} without the hooks, either use -verbose flag, or -nopanic",
        if *.is_start { "start" } else { "run" }
    )]
    NoHooks {
        /// Whether there was nothing from the beginning.
        is_start: bool,
    },
}

/// Serves hooks until the process is asked to end. `clock` says the time, for the log and for
/// signatures that age.
///
/// # Errors
/// When it cannot begin, or its last hooks are gone.
pub async fn run(options: Options, clock: Clock) -> Result<(), ServeError> {
    files::raise();
    let door = Door::open(&options).await?;
    if let Some(identity) = options.identity {
        privileges::drop_to(identity).map_err(ServeError::Privileges)?;
    }
    let log = Log::open(&options, clock)?;
    let pid_file = options.pid_file.as_deref().map(PidFile::create);
    let _pid_file = pid_file.transpose()?;
    log.line(&format!("version {VERSION} starting"));
    let mut signals = Signals::new().map_err(ServeError::Signals)?;
    let hooks = Arc::new(Hooks::new(&options, log.clone()));
    hooks.load()?;
    if !options.is_content_without_hooks() && hooks.count() == 0 {
        return Err(ServeError::NoHooks { is_start: true });
    }
    let door = door.secured(options.tls.as_ref())?;
    log.line(&format!(
        "serving hooks on {}{}",
        door.url(),
        options.pattern()
    ));
    let runner = Runner::new(AT_ONCE);
    let commands = Arc::new(Tasks::new());
    let server = Server {
        hooks: Arc::clone(&hooks),
        router: Router::new(&options.url_prefix),
        runner: runner.clone(),
        commands: Arc::clone(&commands),
        log: log.clone(),
        clock,
        headers: options.headers.clone(),
        http_methods: options.http_methods.clone(),
        multipart_memory_bytes: options.multipart_memory_bytes,
        request_id_bytes: options.request_id_limit(),
        is_debug: options.is_debug,
        is_local: door.is_local(),
    };
    let doors = Tasks::new();
    doors.spawn("hooks", |stop| door.serve(server.router(), LIMITS, stop));
    let ended = guide(&options, &hooks, &mut signals, &log).await;
    runner.stop();
    // Whoever waits for a program is answered now that it has ended.
    doors.stop(STOP_WITHIN).await;
    commands.stop(STOP_WITHIN).await;
    ended
}

/// Reloads when asked to, until the server has to end.
async fn guide(
    options: &Options,
    hooks: &Arc<Hooks>,
    signals: &mut Signals,
    log: &Log,
) -> Result<(), ServeError> {
    let watching = async {
        if !options.is_hot {
            return std::future::pending().await;
        }
        watch::watch(hooks, options.is_content_without_hooks(), log).await
    };
    tokio::pin!(watching);
    loop {
        tokio::select! {
            signal = signals.next() => {
                log.line(&format!("caught {signal}"));
                match signal {
                    Signal::Reload(_) => {
                        let hooks = Arc::clone(hooks);
                        if let Err(error) = spawn_blocking(move || hooks.reload_all()).await {
                            log.line(&format!("couldn't reload hooks: {error}"));
                        }
                    }
                    Signal::End(_) => return Ok(()),
                }
            }
            error = watching.as_mut() => return Err(error),
        }
    }
}
