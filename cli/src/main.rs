//! `tenterhook`: the engine from the terminal. Each verb is one call of the engine; what it prints
//! is in `print`.

mod args;
mod batch;
mod check;
mod completions;
mod endpoint;
mod examples;
mod export;
mod flags;
mod forward;
mod history;
mod import;
mod list;
mod listen;
mod measure;
mod print;
mod progress;
mod prune;
mod replay;
mod rules;
mod runs;
mod secret;
mod serve;
mod signatures;
mod verbs;

use std::{
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
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
    let cli = examples::parse();
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
    let done = match &cli.command {
        Command::Verify(args) => args
            .batch
            .as_ref()
            .map(|file| batch::run(file, verify::batch::line)),
        Command::Handshake(args) => Some(batch::run(&args.batch, verify::handshake::batch::line)),
        Command::Hooks(args) => Some(rules::check(args)),
        Command::Completions { shell } => Some(completions::print(*shell)),
        Command::Man { out } => Some(completions::man(out)),
        _ => None,
    };
    if let Some(result) = done {
        return result.map(|()| ExitCode::SUCCESS);
    }
    let data = cli.data.or_else(engine::data_folder);
    let data = data.context("there is no home folder here: say where with --data DIR")?;
    if let Command::History(args) = &cli.command
        && history::is_done_without(args, &data, now_ms)?
    {
        return Ok(ExitCode::SUCCESS);
    }
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
        Command::Import(args) => import::run(&engine, &args).await,
        Command::Prune(args) => prune::run(&engine, args).await,
        Command::History(args) => history::run(&engine, args).await,
        Command::Rules(args) => rules::run(&engine, args.command).await,
        Command::Runs(args) => runs::run(&engine, args).await,
        Command::Replay(args) => replay::run(&engine, args).await,
        Command::Forward(args) => forward::run(&engine, args).await,
        Command::Check(args) => check::run(&engine, args).await,
        Command::Serve { .. }
        | Command::Handshake(_)
        | Command::Hooks(_)
        | Command::Completions { .. }
        | Command::Man { .. } => Ok(()),
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
