//! `tenterhook forward`: where the captures of an endpoint go by themselves, and how.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, Subcommand};
use engine::{
    Engine, Error, Target,
    view::{ForwardSettings, Missed},
};

use crate::{list, print, replay};

pub(crate) const EXAMPLES: &str = "\
Examples:
  tenterhook forward local add 3000
  tenterhook forward github add 3000/push --filter type:push --retries 5 --ordered
  tenterhook forward github add https://localhost:3443 --ca ca.pem
  tenterhook forward github missed --replay

`local` is the receiver on this computer. Captures go on while the desktop app or `tenterhook listen`
runs. The first target that takes a capture answers to its sender.";

#[derive(Debug, Args)]
pub(crate) struct Forward {
    /// The endpoint's id or name
    endpoint: String,
    #[command(subcommand)]
    command: Option<Verb>,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Have its captures go to URL, or change how they go there: what is not named stays
    Add(Box<Add>),
    /// Have its captures no longer go to URL
    Remove {
        /// As `ls` shows it
        url: String,
    },
    /// List where its captures go
    Ls {
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// List the captures that never got an answer, for each target
    Missed {
        /// Send them, in the order in which they came
        #[arg(long)]
        replay: bool,
        /// Print one JSON object a line
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// Such as 3000 or <http://localhost:3000/hook>
    url: String,
    /// Only those that QUERY lets through: see `tenterhook search --help`; empty for all
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    filter: Option<String>,
    /// Try again so often when nothing answers, or the answer is 429 or 5xx
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// The wait before the first of them; it doubles with each, and `Retry-After` goes before it
    #[arg(long, value_name = "MS")]
    backoff: Option<u64>,
    /// One by one, in the order in which they came
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    ordered: Option<bool>,
    /// So many requests at once [default: 32]
    #[arg(long, value_name = "N")]
    concurrency: Option<u32>,
    /// Accept certificates that these vouch for, in PEM, and no others; `none` for the system's
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Accept this key and no other: `sha256/…`; `none` for no pin
    #[arg(long, value_name = "PIN")]
    pin: Option<String>,
    /// Let URL lead to another computer
    #[arg(long)]
    allow_remote: bool,
}

pub(crate) async fn run(engine: &Engine, args: Forward) -> anyhow::Result<()> {
    let endpoint = &args.endpoint;
    match args.command.unwrap_or(Verb::Ls { json: false }) {
        Verb::Add(add) => put(engine, endpoint, *add).await,
        Verb::Remove { url } => Ok(engine.remove_forward(endpoint, &url).await?),
        Verb::Ls { json } => {
            for one in engine.forward_settings(endpoint).await? {
                let text = if json {
                    serde_json::to_string(&one)?
                } else {
                    line(&one)
                };
                print::line(&text)?;
            }
            Ok(())
        }
        Verb::Missed { replay, json } => missed(engine, endpoint, replay, json).await,
    }
}

async fn put(engine: &Engine, endpoint: &str, add: Add) -> anyhow::Result<()> {
    let url = Target::parse(&add.url, true)?.url().to_string();
    let all = engine.forward_settings(endpoint).await?;
    let found = all.into_iter().find(|one| one.target == url);
    let before = found.unwrap_or(ForwardSettings {
        target: url,
        is_remote: false,
        filter: String::new(),
        retries: 0,
        backoff_ms: 1_000,
        at_once: 32,
        is_ordered: false,
        authorities: None,
        pin: None,
    });
    let query = add.filter.unwrap_or(before.filter);
    let authorities = match add.ca {
        None => before.authorities,
        Some(file) if file.as_os_str() == "none" => None,
        Some(file) => {
            let read = std::fs::read_to_string(&file);
            Some(read.with_context(|| format!("cannot read {}", file.display()))?)
        }
    };
    let settings = ForwardSettings {
        target: before.target,
        is_remote: before.is_remote || add.allow_remote,
        filter: query.clone(),
        retries: add.retries.unwrap_or(before.retries),
        backoff_ms: add.backoff.unwrap_or(before.backoff_ms),
        at_once: add.concurrency.unwrap_or(before.at_once),
        is_ordered: add.ordered.unwrap_or(before.is_ordered),
        authorities,
        pin: match add.pin {
            None => before.pin,
            Some(none) if none == "none" => None,
            pin => pin,
        },
    };
    let shown = line(&settings);
    match engine.put_forward(endpoint, settings).await {
        Err(Error::Query(problems)) => anyhow::bail!(list::pointed(&query, &problems)),
        other => other?,
    }
    print::note(&shown);
    Ok(())
}

async fn missed(engine: &Engine, endpoint: &str, replay: bool, json: bool) -> anyhow::Result<()> {
    let mut failed = None;
    for one in engine.missed(endpoint).await? {
        let Missed { target, captures } = &one;
        if !replay {
            if json {
                print::line(&serde_json::to_string(&one)?)?;
            } else {
                print::note(&format!("{target} missed {}", captures.len()));
                for id in captures {
                    print::line(id)?;
                }
            }
        } else if !captures.is_empty() {
            let events = engine.subscribe();
            let run = engine.replay_missed(endpoint, target).await?;
            let report = replay::follow(engine, run, events).await?;
            // One target's failure does not keep another from what it missed.
            failed = replay::show(&report, json, true).err().or(failed);
        }
    }
    failed.map_or(Ok(()), Err)
}

/// How captures go to a target, in one line for people.
fn line(settings: &ForwardSettings) -> String {
    let mut all = vec![settings.target.clone()];
    if !settings.filter.is_empty() {
        all.push(format!("filter `{}`", settings.filter));
    }
    if settings.retries > 0 {
        let ForwardSettings {
            retries,
            backoff_ms,
            ..
        } = settings;
        all.push(format!("{retries} retries from {backoff_ms} ms on"));
    }
    if settings.is_ordered {
        all.push("one by one".to_owned());
    } else {
        all.push(format!("{} at once", settings.at_once));
    }
    if let Some(pin) = &settings.pin {
        all.push(format!("key {pin}"));
    } else if settings.authorities.is_some() {
        all.push("own authorities".to_owned());
    }
    if settings.is_remote {
        all.push("another computer".to_owned());
    }
    all.join("  ")
}
