//! `tenterhook`: the engine from the terminal. Each verb is one call of the engine; what it prints
//! is in `print`.

mod args;
mod batch;
mod endpoint;
mod export;
mod flags;
mod import;
mod list;
mod listen;
mod print;
mod secret;
mod serve;
mod signatures;
mod verbs;

use std::{
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use clap::Parser;
use engine::{Engine, Options};
use tracing_subscriber::EnvFilter;
use webhook::verify;

use crate::args::{Cli, Command};

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| "error".into()))
        .with_writer(std::io::stderr)
        .init();
    if let Some((name, typed)) = serve::typed(std::env::args_os()) {
        return serve::run(name, typed, now_ms);
    }
    let cli = Cli::parse();
    if let Command::Serve { typed } = cli.command {
        return serve::run(serve::NAME, typed, now_ms);
    }
    let result = tokio::runtime::Runtime::new()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(cli)));
    match result {
        Ok(code) => code,
        // Whoever read the output has seen enough.
        Err(error) if print::is_closed(&error) => ExitCode::SUCCESS,
        Err(error) => {
            print::error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    // What needs no history does not open one.
    let batched = match &cli.command {
        Command::Verify(args) => args
            .batch
            .as_ref()
            .map(|file| batch::run(file, verify::batch::line)),
        Command::Handshake(args) => Some(batch::run(&args.batch, verify::handshake::batch::line)),
        _ => None,
    };
    if let Some(result) = batched {
        return result.map(|()| ExitCode::SUCCESS);
    }
    let data = cli.data.or_else(engine::data_folder);
    let data = data.context("there is no home folder here: say where with --data DIR")?;
    let engine = Engine::open(Options {
        data,
        clock: now_ms,
        use_keychain: !cli.no_keychain,
    })?;
    let done = match cli.command {
        Command::Verify(args) => return signatures::judge(&engine, &args).await,
        Command::Doctor(args) => return signatures::doctor(&engine, &args).await,
        Command::Secret(args) => secret::run(&engine, args.command).await,
        Command::Sign(args) => signatures::sign(&engine, &args).await,
        Command::SendTest(args) => signatures::send_test(&engine, &args).await,
        Command::Listen(args) => listen::run(&engine, &args).await,
        Command::Pair { connect } => verbs::pair(&engine, &connect).await,
        Command::Endpoint(args) => endpoint::run(&engine, args.command).await,
        Command::Rotate => Ok(engine.rotate_token().await?),
        Command::Status { json } => verbs::status(&engine, json).await,
        Command::Ls(args) => list::ls(&engine, args).await,
        Command::Search(args) => list::search(&engine, args).await,
        Command::Show(args) => verbs::show(&engine, &args).await,
        Command::Export(args) => export::run(&engine, args).await,
        Command::Import(args) => import::run(&engine, &args.file).await,
        Command::Serve { .. } | Command::Handshake(_) => Ok(()),
    };
    done.map(|()| ExitCode::SUCCESS)
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
