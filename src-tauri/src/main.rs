//! `tenterhook-desktop`: the window over the engine. Start at [`run`]; what the page may ask is in
//! `commands`, what it hears in `events`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod clipboard;
mod commands;
mod display;
mod events;
mod failure;
mod instance;
mod opened;
mod stop;
mod window;

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use clap::Parser;
use engine::{Engine, Options, ReceiveAt};
use tauri::{Emitter, RunEvent};
use tokio::{runtime::Runtime, task::JoinSet};
use tracing_subscriber::EnvFilter;

use crate::{instance::Start, opened::Opened};

/// Receive, keep and inspect webhooks on this computer, in a window.
///
/// The history, the settings and the pairing with a relay are those of `tenterhook` in the
/// terminal; both may run at the same time.
#[derive(Debug, Parser)]
#[command(name = "tenterhook-desktop", version)]
struct Args {
    /// The folder of history, settings and pairing [default: the platform's own]
    #[arg(long, value_name = "DIR", env = "TENTERHOOK_HOME")]
    data: Option<PathBuf>,
    /// Where the receiver on this computer listens; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    receiver: Option<SocketAddr>,
    /// Keep secrets in a file of the data folder, which only you may read
    #[arg(long, env = "TENTERHOOK_NO_KEYCHAIN")]
    no_keychain: bool,
    /// A `tenterhook://` link to pair with; the window asks before it does. A window that is open
    /// on the same data takes it
    link: Option<String>,
}

fn main() -> ExitCode {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()))
        .with_writer(std::io::stderr)
        .init();
    if let Err(error) = display::open() {
        failure::print(&error.into());
        return ExitCode::FAILURE;
    }
    if let Err(error) = run(args) {
        failure::show(&error);
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Opens the engine, then the window over it. Once the window is there the process ends in here.
fn run(args: Args) -> anyhow::Result<()> {
    let runtime = Runtime::new()?;
    let within = runtime.enter();
    let asked = stop::Asked::listen()?;
    drop(within);
    let data = args.data.or_else(engine::data_folder);
    let data = data.context("there is no home folder here: say where with --data DIR")?;
    let Start::First(door) = instance::claim(&data, args.link.as_deref())? else {
        return Ok(());
    };
    let engine = Engine::open(Options {
        data,
        clock: now_ms,
        use_keychain: !args.no_keychain,
    })?;
    let receive = args
        .receiver
        .map_or(ReceiveAt::Settings, ReceiveAt::Address);
    // Before it starts, so that nothing is missed.
    let heard = engine.subscribe();
    runtime.block_on(engine.start(receive))?;
    tauri::async_runtime::set(runtime.handle().clone());
    let app = match window::open(engine.clone(), Opened::from(args.link)) {
        Ok(app) => app,
        Err(error) => {
            runtime.block_on(engine.stop());
            return Err(error).context("the window cannot be opened");
        }
    };
    let mut tasks = JoinSet::new();
    let page = app.handle().clone();
    let tell = move |news: &[_]| {
        if let Err(error) = page.emit(events::NAME, news) {
            tracing::warn!("the page could not be told what changed: {error}");
        }
    };
    tasks.spawn_on(
        events::forward(engine.clone(), heard, tell),
        runtime.handle(),
    );
    if let Some(door) = door {
        let page = app.handle().clone();
        let hear = move |link| opened::show(&page, link);
        tasks.spawn_on(door.serve(hear), runtime.handle());
    }
    let running = app.handle().clone();
    let end = async move {
        asked.heard().await;
        running.exit(0);
    };
    tasks.spawn_on(end, runtime.handle());
    app.run(move |_app, event| match event {
        // The window is gone; what came in is stored before the process is.
        RunEvent::Exit => runtime.block_on(async {
            tasks.shutdown().await;
            engine.stop().await;
        }),
        // macOS starts no second program for a link; it tells the one that runs.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            for url in urls {
                opened::show(_app, Some(url.into()));
            }
        }
        _ => {}
    });
    Ok(())
}

/// The program's clock; all below takes the time from here.
#[expect(
    clippy::disallowed_methods,
    reason = "a program reads the clock, here and nowhere else"
)]
fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
