//! `tenterhook rules` and `tenterhook hooks`: the hooks files of addresses, and what their rules do.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, bail};
use engine::{
    Engine, check_hooks,
    view::{ClauseView, LintView, ListFilter, TrialView},
};
use webhook::escape;

use crate::{
    args::{Hooks, HooksCommand, RulesCommand},
    print,
};

pub(crate) async fn run(engine: &Engine, command: RulesCommand) -> anyhow::Result<()> {
    match command {
        RulesCommand::Import { file, of } => {
            let text = read(&file)?;
            let told = engine.set_rules(&of.endpoint, &text).await?;
            let rules = engine.rules(&of.endpoint).await?;
            for line in told {
                print::note(&line);
            }
            for finding in &rules.findings {
                print::note(&sentence(finding));
            }
            let waiting: Vec<_> = rules.rules.iter().filter(|rule| !rule.is_live).collect();
            for rule in waiting {
                print::note(&format!(
                    "`{id}` waits for you: a stranger can trigger it. If that may be, \
                     tenterhook rules confirm {id} --endpoint {of}",
                    id = rule.id,
                    of = of.endpoint,
                ));
            }
            print::note(&format!("{} rules are there now", rules.rules.len()));
            Ok(())
        }
        RulesCommand::Export { of } => {
            let text = engine.rules(&of.endpoint).await?.text;
            if text.is_empty() {
                bail!("{} has no rules", of.endpoint);
            }
            Ok(print::bytes(text.as_bytes())?)
        }
        RulesCommand::Ls { json } => list(engine, json).await,
        RulesCommand::Rm { of } => {
            engine.set_rules(&of.endpoint, b"").await?;
            Ok(())
        }
        RulesCommand::Confirm { rule, of } => {
            engine.confirm_rule(&of.endpoint, &rule).await?;
            print::note(&format!("`{rule}` runs from now on, whoever triggers it"));
            Ok(())
        }
        RulesCommand::Try {
            ids,
            of,
            filter,
            file,
            limit,
            json,
        } => {
            let text = file.as_deref().map(read).transpose()?;
            let text = text.as_deref();
            let mut trials = Vec::new();
            if ids.is_empty() {
                let filter = ListFilter {
                    query: filter,
                    ..ListFilter::default()
                };
                trials = engine.try_rules(&of.endpoint, text, filter, limit).await?;
            }
            for id in ids {
                let id = engine.find(&id).await?.to_string();
                trials.extend(engine.try_on(&of.endpoint, text, &id).await?);
            }
            for trial in &trials {
                match json {
                    true => print::line(&serde_json::to_string(trial)?)?,
                    false => show(trial)?,
                }
            }
            Ok(())
        }
        RulesCommand::Run { rule, id, of } => {
            let id = engine.find(&id).await?.to_string();
            let number = engine.run_rule(&of.endpoint, &rule, &id).await?;
            print::line(&number.to_string())?;
            print::note(
                "it runs where Tenterhook is open: the window, or `tenterhook listen`; see \
                 `tenterhook runs show`",
            );
            Ok(())
        }
    }
}

/// Reads hooks files and says what their authors should know.
pub(crate) fn check(args: &Hooks) -> anyhow::Result<()> {
    let HooksCommand::Check { files, json } = &args.command;
    let mut grave = 0;
    for file in files {
        for finding in check_hooks(&read(file)?) {
            grave += usize::from(finding.is_grave);
            match json {
                true => {
                    let mut object = serde_json::to_value(&finding)?;
                    object["file"] = file.to_string_lossy().into();
                    print::line(&object.to_string())?;
                }
                false => print::line(&format!("{}:{}", file.display(), sentence(&finding)))?,
            }
        }
    }
    match grave {
        0 => Ok(()),
        1 => bail!("one of these is grave"),
        grave => bail!("{grave} of these are grave"),
    }
}

fn sentence(finding: &LintView) -> String {
    let place = match (finding.line, finding.column) {
        (Some(line), Some(column)) => format!("{line}:{column}: "),
        _ => " ".to_owned(),
    };
    let message = escape::for_display(finding.message.as_bytes()).0;
    format!("{place}{}: {message}", finding.kind)
}

async fn list(engine: &Engine, json: bool) -> anyhow::Result<()> {
    for endpoint in engine.ruled_endpoints().await? {
        let Ok(rules) = engine.rules(&endpoint).await else {
            // Rules of an address that was removed.
            continue;
        };
        for rule in &rules.rules {
            if json {
                let mut object = serde_json::to_value(rule)?;
                object["endpoint"] = endpoint.as_str().into();
                print::line(&object.to_string())?;
                continue;
            }
            let state = match (rule.is_live, &rule.guard) {
                (false, _) => "waits for `rules confirm`".to_owned(),
                (true, Some(guard)) => format!("guarded by {guard}"),
                (true, None) => "runs for strangers too".to_owned(),
            };
            let (id, command) = (
                escape::for_display(rule.id.as_bytes()).0,
                escape::for_display(rule.command.as_bytes()).0,
            );
            print::line(&format!("{endpoint}  {id}  {state}  {command}"))?;
        }
    }
    Ok(())
}

fn show(trial: &TrialView) -> anyhow::Result<()> {
    print::line(&format!(
        "{}: would have fired on {} of {}",
        escape::for_display(trial.rule.as_bytes()).0,
        trial.fired,
        trial.looked_at
    ))?;
    if let Some(why) = &trial.why {
        clause(why, 1)?;
    }
    Ok(())
}

fn clause(clause: &ClauseView, depth: usize) -> anyhow::Result<()> {
    let mark = match clause.outcome.as_str() {
        "yes" => "yes",
        "no" => "no ",
        "error" => "err",
        _ => "-  ",
    };
    let mut line = format!(
        "{}{mark} {} {}",
        "  ".repeat(depth),
        clause.kind,
        clause.place
    );
    if clause.is_culprit || clause.clauses.is_empty() {
        if let Some(saw) = &clause.saw {
            line.push_str(&format!(": saw `{saw}`"));
        }
        line.push_str(&format!(", wants {}", clause.wanted));
    }
    if let Some(fault) = &clause.fault {
        line.push_str(&format!(" ({fault})"));
    }
    if clause.is_culprit {
        line.push_str("  <-- this one");
    }
    print::line(&escape::for_display(line.as_bytes()).0)?;
    for inner in &clause.clauses {
        self::clause(inner, depth + 1)?;
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut text = Vec::new();
        io::stdin().read_to_end(&mut text)?;
        return Ok(text);
    }
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}
