//! `tenterhook prune`: lets captures go, once.

use std::io::{self, BufRead, IsTerminal, Write};

use engine::{
    Engine, Error,
    view::{PrunePreview, Retention},
};
use serde_json::json;

use crate::{
    args::{Keep, Prune},
    list, measure, print, progress,
};

pub(crate) async fn run(engine: &Engine, args: Prune) -> anyhow::Result<()> {
    let rules = rules(&args.rules);
    if rules.is_off() && args.filter.is_none() {
        return Err(Error::from(engine::CareError::NoRule).into());
    }
    let query = args.filter.clone().unwrap_or_default();
    let preview = match engine.prune_preview(rules, args.filter.clone()).await {
        Err(Error::Query(problems)) => anyhow::bail!(list::pointed(&query, &problems)),
        preview => preview?,
    };
    let is_asked = !args.dry_run && preview.captures > 0;
    if is_asked && !args.yes {
        print::note(&said(&preview));
        confirmed("Remove them?", "--yes")?;
    }
    let removed = if is_asked {
        progress::shown(engine, engine.prune(rules, args.filter)).await?
    } else {
        0
    };
    if args.json {
        let mut told = serde_json::to_value(preview)?;
        told["dryRun"] = json!(args.dry_run);
        told["removed"] = json!(removed);
        return Ok(print::line(&told.to_string())?);
    }
    if args.dry_run || removed == 0 {
        return Ok(print::line(&said(&preview))?);
    }
    print::line(&format!("{} removed", captures(removed)))?;
    print::note("their room is used for what comes; `tenterhook history compact` frees it");
    Ok(())
}

pub(crate) fn rules(keep: &Keep) -> Retention {
    Retention {
        max_age_ms: keep.older_than,
        max_captures: keep.keep,
        max_bytes: keep.max_size,
    }
}

/// What would go, in one line.
pub(crate) fn said(preview: &PrunePreview) -> String {
    let pinned = match preview.pinned {
        0 => String::new(),
        count => format!(" ({} pinned and kept)", measure::number(count)),
    };
    let Some(oldest) = preview.oldest_at_ms.filter(|_| preview.captures > 0) else {
        return format!("nothing is to go{pinned}");
    };
    format!(
        "{}, the oldest of {}, about {}{pinned}",
        captures(preview.captures),
        measure::day(oldest),
        bytes(preview.bytes)
    )
}

fn captures(count: u64) -> String {
    let noun = if count == 1 { "capture" } else { "captures" };
    format!("{} {noun}", measure::number(count))
}

pub(crate) fn bytes(bytes: u64) -> String {
    print::size(usize::try_from(bytes).unwrap_or(usize::MAX))
}

/// Asks the person at the terminal.
///
/// # Errors
/// When they do not say yes, or there is none; `flag` is what says it without them.
pub(crate) fn confirmed(question: &str, flag: &str) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() {
        anyhow::bail!("nothing was done, for nobody is there to be asked: say {flag}");
    }
    let mut error = io::stderr().lock();
    write!(error, "{question} [y/N] ")?;
    error.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    let is_yes = matches!(answer.trim().to_lowercase().as_str(), "y" | "yes");
    anyhow::ensure!(is_yes, "nothing was done");
    Ok(())
}
