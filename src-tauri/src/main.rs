//! `tenterhook-desktop`: the window over the engine. Start at [`run`]; what the page may ask is in
//! `commands`, what it hears in `events`.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod attention;
mod autostart;
mod clipboard;
mod closing;
mod commands;
mod display;
mod events;
mod failure;
mod instance;
mod news;
mod notify;
mod opened;
mod place;
mod settings;
mod stop;
mod tray;
mod window;
mod words;

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use clap::Parser;
use engine::{Engine, Options, ReceiveAt};
use tauri::{AppHandle, Emitter, RunEvent, WindowEvent};
use tokio::{runtime::Runtime, task::JoinSet};
use tracing_subscriber::EnvFilter;

use crate::{
    attention::Attention, autostart::Autostart, instance::Start, opened::Opened,
    settings::Settings, window::Opening,
};

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
    /// Begin without the window; the tray, a notification or a second start shows it
    #[arg(long)]
    hidden: bool,
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
    let autostart = Autostart::new(args.data.as_ref())?;
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
    let heard_to_notify = engine.subscribe();
    let newest = runtime.block_on(engine.newest())?;
    runtime.block_on(engine.start(receive))?;
    tauri::async_runtime::set(runtime.handle().clone());
    let opening = Opening {
        opened: Opened::from(args.link),
        settings: Settings::open(engine.clone(), autostart),
        attention: Attention::new(newest),
        is_hidden: args.hidden,
    };
    let app = match window::open(engine.clone(), opening) {
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
    let notified = notify::run(app.handle().clone(), heard_to_notify, newest);
    tasks.spawn_on(notified, runtime.handle());
    let tray = tray::run(app.handle().clone(), engine.subscribe());
    tasks.spawn_on(tray, runtime.handle());
    if let Some(door) = door {
        let page = app.handle().clone();
        let hear = move |link| opened::show(&page, link);
        tasks.spawn_on(door.serve(hear), runtime.handle());
    }
    let running = app.handle().clone();
    let end = async move {
        asked.heard().await;
        closing::quit(&running);
    };
    tasks.spawn_on(end, runtime.handle());
    app.run(move |app, event| match event {
        RunEvent::WindowEvent { event, .. } => heard_of_window(app, &event),
        // The window is gone; what came in is stored before the process is.
        RunEvent::Exit => runtime.block_on(async {
            tasks.shutdown().await;
            engine.stop().await;
        }),
        // macOS starts no second program for a link; it tells the one that runs.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            for url in urls {
                opened::show(app, Some(url.into()));
            }
        }
        _ => {}
    });
    Ok(())
}

fn heard_of_window(app: &AppHandle, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => closing::request(app, api),
        WindowEvent::Focused(has_focus) => window::focused(app, *has_focus),
        _ => {}
    }
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
