//! `tenterhook replay`: captures sent again, and what came of each.

use std::{
    io::{self, IsTerminal, Write},
    path::Path,
};

use anyhow::Context;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use clap::Args;
use engine::{
    Engine, Error,
    view::{
        BodyEdit, EditView, Event, ListFilter, Pace, ReplayOptions, ReplayProgress, ReplayReport,
        ReplaySelection, ReplayedOne,
    },
};
use tokio::sync::broadcast::error::RecvError;
use webhook::{delivery::Change, escape};

use crate::{list, print};

pub(crate) const EXAMPLES: &str = "\
Examples:
  tenterhook replay 01a2010b                        to where its endpoint's captures go
  tenterhook replay 01a2010b --to 3000/hook
  tenterhook replay 01a2010b --set-header 'X-Debug: 1' --body @edited.json
  tenterhook replay --filter 'type:push after:2h' --to 3000 --pace x10
  tenterhook replay --filter provider:stripe --to 3000 --twice       is the handler idempotent?
  tenterhook replay --filter provider:stripe --to 3000 --shuffle 7 --drop 0.1

They go in the order in which they came. It ends with an error when any answer is not 2xx. An edited
capture is kept as one of its own, which `is:edited` finds. Redirects are not followed.";

#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The captures' ids, or how these begin
    #[arg(value_name = "ID", required_unless_present_any = ["filter", "confirmed", "forget"])]
    ids: Vec<String>,
    /// All captures that QUERY lets through: see `tenterhook search --help`
    #[arg(
        long,
        value_name = "QUERY",
        conflicts_with = "ids",
        allow_hyphen_values = true
    )]
    filter: Option<String>,
    /// Where to [default: where the captures of their endpoint go by themselves]
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Keep the public Host, and path and query unless --to has a path
    #[arg(long)]
    as_sender: bool,
    /// Give a header one value; may be repeated
    #[arg(long, value_name = "NAME: VALUE")]
    set_header: Vec<String>,
    /// Leave a header out; may be repeated
    #[arg(long, value_name = "NAME")]
    without_header: Vec<String>,
    /// Another method
    #[arg(long)]
    method: Option<String>,
    /// Another path and query
    #[arg(long, value_name = "PATH")]
    path: Option<String>,
    /// Another body; `@FILE` reads it from a file, `@-` from the standard input
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,
    /// How fast they follow each other: `original`, `x10` for ten times as fast, `now`
    #[arg(long, default_value = "now", value_parser = pace)]
    pace: Pace,
    /// So many on their way at once [default: 1 with --pace now, else 32]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    concurrency: Option<u32>,
    /// Send each again as soon as it was answered, and say which were answered differently
    #[arg(long)]
    twice: bool,
    /// In another order; the same SEED makes the same one
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u32>,
    /// Leave out this share of them, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    drop: f64,
    /// Leave out the end of the body of this share of them, from 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    truncate: f64,
    /// The same SEED leaves out the same [default: that of --shuffle, or chance]
    #[arg(long, value_name = "SEED", conflicts_with = "shuffle")]
    seed: Option<u32>,
    /// Print one JSON object: what came of each
    #[arg(long)]
    json: bool,
    /// Let --to lead to another computer, now and from now on
    #[arg(long, requires = "to")]
    allow_remote: bool,
    /// Do not ask before several are sent
    #[arg(long)]
    yes: bool,
    /// List the other computers that --allow-remote was given for
    #[arg(long, exclusive = true)]
    confirmed: bool,
    /// Take --allow-remote back
    #[arg(long, value_name = "URL", exclusive = true)]
    forget: Option<String>,
}

/// Some were not answered as they should be; each was told.
#[derive(Debug, thiserror::Error)]
#[error("{0} of {1} sends were not answered with 2xx")]
struct NotGood(usize, usize);

pub(crate) async fn run(engine: &Engine, args: Replay) -> anyhow::Result<()> {
    if args.confirmed {
        for one in engine.confirmed_targets().await? {
            print::line(&one.origin)?;
        }
        return Ok(());
    }
    if let Some(url) = args.forget {
        let was_there = engine.forget_target(url.clone()).await?;
        anyhow::ensure!(was_there, "`{url}` was not confirmed: see --confirmed");
        return Ok(());
    }
    if let (true, Some(to)) = (args.allow_remote, &args.to) {
        let origin = engine.confirm_target(to).await?;
        print::note(&format!(
            "captures may be sent to {origin} from now on; take that back with --forget {origin}"
        ));
    }
    let filter = ListFilter {
        query: args.filter.clone(),
        ..ListFilter::default()
    };
    let query = args.filter.as_deref().unwrap_or_default();
    let count = match &args.filter {
        None => args.ids.len(),
        Some(_) => match engine.newest_of(filter.clone(), usize::MAX).await {
            Err(Error::Query(problems)) => anyhow::bail!(list::pointed(query, &problems)),
            other => other?.len(),
        },
    };
    if count > 1 && !args.yes && io::stdin().is_terminal() && args.body.as_deref() != Some("@-") {
        let to = args.to.as_deref();
        let to = to.unwrap_or("where they go by themselves");
        anyhow::ensure!(is_wanted(count, to)?, "nothing was sent");
    }
    let json = args.json;
    let is_many = args.filter.is_some() || args.ids.len() > 1;
    let selection = match args.filter {
        Some(_) => ReplaySelection::Filter(filter),
        None => ReplaySelection::Ids(args.ids.clone()),
    };
    let options = ReplayOptions {
        edit: edit(&args)?,
        to: args.to,
        as_sender: args.as_sender,
        pace: args.pace,
        at_once: args.concurrency,
        twice: args.twice,
        shuffle: args.shuffle.is_some(),
        drop: args.drop,
        truncate: args.truncate,
        seed: args.shuffle.or(args.seed),
    };
    let events = engine.subscribe();
    let run = engine.start_replay(selection, &options, None).await?;
    let report = follow(engine, run, events).await?;
    show(&report, json, is_many)
}

/// Waits until the replay is over, and says how far it is where a person sees it.
pub(crate) async fn follow(
    engine: &Engine,
    run: u32,
    mut events: tokio::sync::broadcast::Receiver<Event>,
) -> anyhow::Result<ReplayReport> {
    let is_seen = io::stderr().is_terminal();
    let ended = engine.replay_ended(run);
    let mut ended = std::pin::pin!(ended);
    let report = loop {
        tokio::select! {
            report = &mut ended => break report?,
            _ = tokio::signal::ctrl_c() => engine.cancel_replay(run)?,
            event = events.recv() => match event {
                Ok(Event::Replay { progress }) if progress.run == run && is_seen => {
                    progressed(progress);
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break engine.replay_report(run)?,
            },
        }
    };
    if is_seen && report.progress.total > 1 {
        print::note("");
    }
    Ok(report)
}

fn progressed(progress: ReplayProgress) {
    if progress.total < 2 {
        return;
    }
    let ReplayProgress {
        done,
        total,
        failed,
        ..
    } = progress;
    // Where nobody reads it, nobody misses it.
    let _ = write!(
        io::stderr(),
        "\r{done} of {total} sent, {failed} not answered with 2xx "
    );
}

/// Prints what came of a replay.
///
/// # Errors
/// When any was not answered with 2xx, or nobody reads the output.
pub(crate) fn show(report: &ReplayReport, json: bool, is_many: bool) -> anyhow::Result<()> {
    let sends: Vec<_> = report.captures.iter().flat_map(|one| &one.sends).collect();
    let failed = report.captures.iter().filter(|one| one.error.is_some());
    let failed = failed.count() + sends.iter().filter(|send| !send.is_good()).count();
    let progress = report.progress;
    let left = progress.total.saturating_sub(progress.done);
    if json {
        print::line(&serde_json::to_string(report)?)?;
    } else {
        for one in &report.captures {
            for line in lines(one) {
                print::line(&line)?;
            }
        }
        if is_many {
            let good = sends.len().saturating_sub(failed);
            let mut text = format!("{} sends, {good} answered with 2xx", sends.len());
            let dropped = report.captures.iter().filter(|one| one.is_dropped).count();
            if dropped > 0 {
                text += &format!(", {dropped} captures left out by chance");
            }
            if report.captures.iter().any(|one| one.sends.len() > 1) {
                text += &format!(
                    ", {} captures answered differently the second time",
                    report.differing
                );
            }
            if dropped > 0 || report.captures.iter().any(|one| one.truncated_to.is_some()) {
                text += &format!("; again the same with --seed {}", report.seed);
            }
            print::note(&text);
        }
    }
    anyhow::ensure!(left == 0, "it was ended before {left} captures were sent");
    if failed > 0 {
        return Err(NotGood(failed, sends.len().max(failed)).into());
    }
    Ok(())
}

/// What came of one capture, a line each send.
fn lines(one: &ReplayedOne) -> Vec<String> {
    let shown = |text: &str| escape::for_display(text.as_bytes()).0;
    let mut all = Vec::new();
    let id = one.edited.as_ref().map_or_else(
        || one.capture.clone(),
        |edited| format!("{edited}  edited from {}", one.capture),
    );
    if one.is_dropped {
        all.push(format!("left out  {id}"));
    }
    if let Some(error) = &one.error {
        all.push(format!("not sent: {}  {id}", shown(error)));
    }
    for (at, send) in one.sends.iter().enumerate() {
        let answered = send
            .status
            .map(|status| format!("{status} in {} ms", send.total_ms));
        let failed = send
            .error
            .as_ref()
            .map(|error| format!("failed: {}", shown(error)));
        let what: Vec<_> = [answered, failed].into_iter().flatten().collect();
        let changes: Vec<_> = send.changes.iter().map(|one| Change::says(one)).collect();
        let changes = if changes.is_empty() {
            "nothing changed".to_owned()
        } else {
            changes.join(", ")
        };
        let differs = if at > 0 && !one.differs.is_empty() {
            format!("  DIFFERS in {}", one.differs.join(" and "))
        } else {
            String::new()
        };
        let target = shown(&send.target);
        all.push(format!(
            "{}{differs}  → {target}  ({changes})  {id}",
            what.join("  ")
        ));
    }
    all
}

fn is_wanted(count: usize, to: &str) -> io::Result<bool> {
    let to = escape::for_display(to.as_bytes()).0;
    let mut out = io::stderr();
    write!(out, "send {count} captures to {to}? [y/N] ")?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

fn edit(args: &Replay) -> anyhow::Result<Option<EditView>> {
    let set = args.set_header.iter().map(|line| {
        let (name, value) = line.split_once(':').with_context(|| {
            format!("`{line}` is not a header: write it like `Content-Type: text/xml`")
        })?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    });
    let view = EditView {
        method: args.method.clone(),
        target: args.path.clone(),
        headers: None,
        set: set.collect::<anyhow::Result<_>>()?,
        without: args.without_header.clone(),
        body: args.body.as_deref().map(body).transpose()?,
    };
    Ok((view != EditView::default()).then_some(view))
}

fn body(text: &str) -> anyhow::Result<BodyEdit> {
    let bytes = match text.strip_prefix('@') {
        None => text.as_bytes().to_vec(),
        Some("-") => {
            let mut bytes = Vec::new();
            io::Read::read_to_end(&mut io::stdin().lock(), &mut bytes)?;
            bytes
        }
        Some(file) => {
            std::fs::read(Path::new(file)).with_context(|| format!("cannot read {file}"))?
        }
    };
    Ok(BodyEdit::Base64 {
        base64: BASE64_STANDARD.encode(bytes),
    })
}

fn pace(text: &str) -> Result<Pace, String> {
    match text {
        "original" => Ok(Pace::Original),
        "now" => Ok(Pace::Now),
        other => other
            .strip_prefix('x')
            .and_then(|factor| factor.parse().ok())
            .filter(|factor: &f64| factor.is_finite() && *factor > 0.0)
            .map(|factor| Pace::Times { factor })
            .ok_or_else(|| "write `original`, `now`, or a speed such as `x10`".to_owned()),
    }
}
