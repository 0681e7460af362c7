//! `tenterhook-relay`: reads what it was started with, and runs the relay until it is asked to stop
//! or does what its owner asks beside it.

mod args;
mod ask;
mod verbs;

use std::{
    io::Write,
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use clap::Parser;
use relay::{Config, Relay};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    let command = Cli::parse().command;
    // Not `EnvFilter`, whose regular expressions are a twentieth of the program.
    let levels = std::env::var("RUST_LOG").ok();
    let levels = levels.and_then(|text| text.parse::<Targets>().ok());
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .with_filter(levels.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO)));
    tracing_subscriber::registry().with(lines).init();
    let run = async {
        match command {
            Command::Serve(args) => serve(args.config()?).await,
            Command::Invite(args) => verbs::invite(args, now_ms()).await,
            Command::Devices(args) => verbs::devices(&args).await,
            Command::Endpoints(args) => verbs::endpoints(&args).await,
            Command::Revoke(args) => verbs::revoke(&args).await,
            Command::Check(args) => verbs::check(args),
            Command::Backup(args) => verbs::backup(args).await,
            Command::Health(args) => ask::health(args).await,
        }
    };
    let done = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where nobody reads it, nobody misses it.
            let _ = writeln!(std::io::stderr(), "tenterhook-relay: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn serve(config: Config) -> anyhow::Result<()> {
    let mut ended = signal(SignalKind::terminate())?;
    let relay = Relay::start(config, now_ms).await?;
    let connect = relay.invite().await?.to_string();
    let ready = serde_json::json!({
        "ready": true,
        "url": relay.public_url().to_string(),
        "connect": connect,
        "admin": relay.admin().map(|address| format!("http://{address}")),
    });
    // Whoever started the relay may have closed its output; it serves all the same.
    let _ = writeln!(std::io::stdout(), "{ready}");
    verbs::show_to_person(&connect);
    tokio::select! {
        _ = ended.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    relay.stop().await;
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
