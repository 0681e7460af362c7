//! `make bench`: measures the product as its users start it, over loopback, and prints the figures.
//! What each figure is stands in the module that takes it.

mod body;
mod crowd;
mod history;
mod hooks;
mod list;
mod load;
mod machine;
mod origin;
mod product;
mod report;
mod screen;
mod search;
mod size;
mod start;
mod throughput;
mod trip;
mod usage;

use std::{fs, io::Write, path::PathBuf, time::Duration};

use anyhow::Context;
use clap::{Parser, Subcommand, ValueEnum};

use crate::{
    product::Product,
    report::{Report, note},
};

/// Captures in the long history.
const HISTORY: u32 = 100_000;

/// Measures Tenterhook.
#[derive(Debug, Parser)]
struct Args {
    /// Write the figures to FILE too, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Measure only this; may be given more than once
    #[arg(long, value_enum)]
    only: Vec<Subject>,
    /// Senders at once in the throughput; may be given more than once
    #[arg(long, default_values_t = [1, 32, 256])]
    callers: Vec<usize>,
    /// Seconds of each round of the throughput
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Captures in the history that is searched
    #[arg(long, default_value_t = 1_000_000)]
    captures: u32,
    /// Work in a folder below DIR; its disk is the one that is measured [default: that of the build]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Be the program that the relay is compared with
    Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    Throughput,
    Trip,
    Start,
    Size,
    List,
    Body,
    Crowd,
    Hooks,
    /// Takes a quarter of an hour and 5 GB: only when it is asked for
    Search,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    if let Some(Command::Origin) = args.command {
        return origin::serve();
    }
    let below = match args.data {
        Some(folder) => folder,
        None => std::env::current_exe()?
            .parent()
            .context("a program lies in a folder")?
            .to_owned(),
    };
    let folder = tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(below)?;
    let data = folder.path();
    let is_on = |subject| args.only.is_empty() || args.only.contains(&subject);
    let mut report = Report {
        machine: machine::look(data)?,
        throughput: Vec::new(),
        figures: Vec::new(),
    };
    if is_on(Subject::Throughput) {
        report.throughput =
            throughput::measure(data, &args.callers, Duration::from_secs(args.seconds))?;
    }
    if is_on(Subject::Trip) {
        report.figures.extend(trip::measure(data)?);
    }
    if is_on(Subject::Start) || is_on(Subject::List) {
        note("making a long history");
        let product = Product::start(data)?;
        history::fill(&product.desktop.data, HISTORY)?;
        if is_on(Subject::Start) {
            report.figures.extend(start::measure(&product)?);
        }
        if is_on(Subject::List) {
            report
                .figures
                .extend(list::measure(&product.desktop.data, HISTORY as usize)?);
        }
    }
    if is_on(Subject::Body) {
        report.figures.extend(body::measure(data)?);
    }
    if args.only.contains(&Subject::Search) {
        let lasting = Duration::from_secs(args.seconds);
        report
            .figures
            .extend(search::measure(data, args.captures, lasting)?);
    }
    if is_on(Subject::Size) {
        report.figures.extend(size::measure(data)?);
    }
    if is_on(Subject::Crowd) {
        report.figures.extend(crowd::measure(data)?);
    }
    if is_on(Subject::Hooks) {
        let lasting = Duration::from_secs(args.seconds);
        report.figures.extend(hooks::measure(data, lasting)?);
    }
    if let Some(path) = args.json {
        let json = serde_json::to_string_pretty(&report)?;
        fs::write(&path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    write!(std::io::stdout(), "{report}")?;
    Ok(())
}
