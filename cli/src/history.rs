//! `tenterhook history`: looks after the history as a whole.

use std::{
    io::{BufWriter, Write},
    path::Path,
};

use engine::{
    Clock, Engine, Error,
    view::{HistoryFile, ListFilter, Restored, Retention},
};
use webhook::export::{Format, Options};

use crate::{
    args::{History, HistoryCommand},
    list, measure, print, progress,
    prune::{bytes, confirmed, rules},
};

/// Does what needs no history that can be opened; whether that was all there is to do.
///
/// # Errors
/// When it fails.
pub(crate) fn is_done_without(args: &History, data: &Path, clock: Clock) -> anyhow::Result<bool> {
    let own = data.join("history.db");
    match &args.command {
        HistoryCommand::Check { file } => {
            let found = engine::check_history(file.as_deref().unwrap_or(&own))?;
            told(args.json, &found, || {
                format!("{} is sound: {}", found.path, described(&found))
            })?;
            Ok(true)
        }
        // A history that cannot be opened makes way; any other is restored by the engine.
        HistoryCommand::Restore { file, yes } if own.exists() => {
            let Err(Error::Care(
                broken
                @ (engine::CareError::Damaged { .. } | engine::CareError::NotAHistory { .. }),
            )) = engine::check_history(&own)
            else {
                return Ok(false);
            };
            let found = engine::check_history(file)?;
            if !yes {
                print::note(&broken.to_string());
                print::note(&format!("the backup: {}", described(&found)));
                confirmed("Put the backup in its place?", "--yes")?;
            }
            restored(args.json, &engine::restore_damaged(data, file, clock())?)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

pub(crate) async fn run(engine: &Engine, args: History) -> anyhow::Result<()> {
    let json = args.json;
    match args.command {
        HistoryCommand::Keep { rules, forever } => {
            let new = self::rules(&rules);
            if forever || !new.is_off() {
                engine.set_retention(new).await?;
            }
            keep(engine, json).await
        }
        HistoryCommand::Backup { file } => {
            let file = match file {
                Some(file) => file,
                None => engine.history().await?.next_backup.into(),
            };
            let made = progress::shown(engine, engine.backup(&file)).await?;
            told(json, &made, || made.path.clone())?;
            print::note(&described(&made));
            Ok(())
        }
        HistoryCommand::Restore { file, yes } => {
            let found = engine.check_history(&file).await?;
            if !yes {
                let now = engine.status().await?.captures;
                print::note(&format!("the backup: {}", described(&found)));
                print::note(&format!(
                    "the history of now, {} captures, is kept beside it",
                    measure::number(now)
                ));
                confirmed("Put the backup in its place?", "--yes")?;
            }
            let done = progress::shown(engine, engine.restore(&file)).await?;
            Ok(restored(json, &done)?)
        }
        HistoryCommand::Compact => {
            let done = progress::shown(engine, engine.compact()).await?;
            told(json, &done, || {
                format!(
                    "{} came free, {} are left",
                    bytes(done.freed_bytes),
                    bytes(done.disk_bytes)
                )
            })
        }
        HistoryCommand::Import { file } => {
            let merged = progress::shown(engine, engine.merge(&file)).await?;
            told(json, &merged, || {
                format!(
                    "{} captures added, {} were there already",
                    measure::number(merged.added),
                    measure::number(merged.skipped)
                )
            })
        }
        HistoryCommand::Export { filter } => export(engine, filter).await,
        // That was done before.
        HistoryCommand::Check { .. } => Ok(()),
    }
}

async fn keep(engine: &Engine, json: bool) -> anyhow::Result<()> {
    let retention = engine.retention().await?;
    let due = engine.prune_preview(retention, None).await?;
    if json {
        let mut told = serde_json::to_value(retention)?;
        told["due"] = serde_json::to_value(due)?;
        return Ok(print::line(&told.to_string())?);
    }
    print::line(&kept(&retention))?;
    if due.captures > 0 {
        print::note(&format!(
            "due: {}; they go while the window or `tenterhook listen` runs",
            crate::prune::said(&due)
        ));
    }
    Ok(())
}

/// What the history is kept by, in one line.
pub(crate) fn kept(retention: &Retention) -> String {
    let age = retention
        .max_age_ms
        .map(|ms| format!("what is not older than {}", measure::short_age(ms)));
    let count = retention
        .max_captures
        .map(|count| format!("the newest {}", measure::number(count)));
    let size = retention
        .max_bytes
        .map(|most| format!("what fits into {}", bytes(most)));
    let rules: Vec<_> = [age, count, size].into_iter().flatten().collect();
    if rules.is_empty() {
        return "everything".to_owned();
    }
    format!("{}, and what is pinned", rules.join(", "))
}

async fn export(engine: &Engine, filter: Option<String>) -> anyhow::Result<()> {
    let query = filter.clone().unwrap_or_default();
    let filter = ListFilter {
        query: filter,
        ..ListFilter::default()
    };
    let mut seqs = match engine.newest_of(filter, usize::MAX).await {
        Err(Error::Query(problems)) => anyhow::bail!(list::pointed(&query, &problems)),
        seqs => seqs?,
    };
    seqs.reverse();
    let format = Format::find("ndjson")?;
    let options = Options {
        with_secrets: true,
        ..Options::default()
    };
    let mut out = BufWriter::new(std::io::stdout());
    for seq in seqs {
        // One that has gone meanwhile is not missed.
        let Some(record) = engine.record_at(seq).await? else {
            continue;
        };
        match engine
            .export(&[record.id], format, &options, &mut out)
            .await
        {
            Err(engine::export::ExportError::Write(error)) => return Err(error.into()),
            written => written?,
        }
    }
    Ok(out.flush()?)
}

fn described(file: &HistoryFile) -> String {
    let count = measure::number(file.captures);
    let size = bytes(file.bytes);
    match (file.oldest_at_ms, file.newest_at_ms) {
        (Some(oldest), Some(newest)) => format!(
            "{count} captures of {} to {}, {size}",
            measure::day(oldest),
            measure::day(newest)
        ),
        _ => format!("{count} captures, {size}"),
    }
}

fn restored(json: bool, done: &Restored) -> anyhow::Result<()> {
    told(json, done, || {
        format!(
            "{} captures are in the history now",
            measure::number(done.captures)
        )
    })?;
    print::note(&format!("the history of before is kept as {}", done.kept));
    if done.is_retention_off {
        print::note(
            "everything is kept from now on; `tenterhook history keep` lets captures go again",
        );
    }
    Ok(())
}

fn told(
    json: bool,
    what: &impl serde::Serialize,
    text: impl FnOnce() -> String,
) -> anyhow::Result<()> {
    let line = if json {
        serde_json::to_string(what)?
    } else {
        text()
    };
    Ok(print::line(&line)?)
}
