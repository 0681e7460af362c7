//! `tenterhook check`: golden captures made, and held against what an application answers.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use engine::{Engine, export::new_file, golden::Checked};
use serde_json::json;
use webhook::{escape, golden::Golden};

use crate::print;

/// How the files' names end.
const EXTENSION: &str = "capture";

pub(crate) const EXAMPLES: &str = "\
Examples:
  tenterhook check hooks/ --save 01a2010b      makes hooks/….capture of a capture and its last answer
  tenterhook check hooks/ --to 3000            sends all of them and shows what differs
  tenterhook check hooks/ --to 3000 --junit report.xml

A file, which you may write and shorten by hand:

  # A paid invoice is taken.
  === request
  POST /stripe HTTP/1.1
  Host: hooks.example.dev
  Content-Type: application/json
  === body
  {\"type\": \"invoice.paid\"}
  === answer
  status: 2xx
  header Content-Type: application/json
  body.received: true
  body.items[0].id: 7

What is not named under `=== answer` may be anything; `=== answer body` expects all of it. It ends with
an error when anything differs. Secrets are left out of what is saved unless --with-secrets is given.";

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The folder of `.capture` files, or one such file
    dir: PathBuf,
    /// Where to [default: where captures of the receiver here go by themselves]
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Make a file of each of these captures instead; none that is there is touched
    #[arg(long, value_name = "ID", num_args = 1.., conflicts_with_all = ["to", "json", "junit"])]
    save: Vec<String>,
    /// Leave the secrets in
    #[arg(long, requires = "save")]
    with_secrets: bool,
    /// Print one JSON object a file
    #[arg(long)]
    json: bool,
    /// Write a report that builds show, too, in the form of `JUnit`
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Let --to lead to another computer, now and from now on
    #[arg(long, requires = "to")]
    allow_remote: bool,
}

/// A file, and what came of it.
struct Outcome {
    name: String,
    result: Result<Checked, String>,
}

impl Outcome {
    fn is_good(&self) -> bool {
        self.result.as_ref().is_ok_and(Checked::is_good)
    }

    /// What is wrong, line by line.
    fn wrong(&self) -> Vec<String> {
        let checked = match &self.result {
            Ok(checked) => checked,
            Err(reason) => return vec![reason.clone()],
        };
        let mut lines: Vec<String> = checked.error.clone().into_iter().collect();
        for one in &checked.differences {
            lines.push(one.what.clone());
            lines.extend(one.expected.iter().map(|line| format!("- {line}")));
            let nothing = one.answered.is_empty().then(|| "(nothing)".to_owned());
            let answered = one.answered.iter().chain(&nothing);
            lines.extend(answered.map(|line| format!("+ {line}")));
        }
        lines
    }
}

pub(crate) async fn run(engine: &Engine, args: Check) -> anyhow::Result<()> {
    if !args.save.is_empty() {
        return save(engine, &args).await;
    }
    if let (true, Some(to)) = (args.allow_remote, &args.to) {
        engine.confirm_target(to).await?;
    }
    let mut all = Vec::new();
    for path in files(&args.dir)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let read = fs::read_to_string(&path).map_err(|error| error.to_string());
        let golden = read.and_then(|text| Golden::parse(&text).map_err(|error| error.to_string()));
        let result = match golden {
            // That it cannot be sent anywhere is so for all.
            Ok(golden) => Ok(engine.check(&golden, args.to.as_deref()).await?),
            Err(reason) => Err(reason),
        };
        let outcome = Outcome {
            name: name.into_owned(),
            result,
        };
        tell(&outcome, args.json)?;
        all.push(outcome);
    }
    if let Some(path) = &args.junit {
        let written = fs::write(path, junit(&all));
        written.with_context(|| format!("cannot write {}", path.display()))?;
    }
    let failed = all.iter().filter(|one| !one.is_good()).count();
    anyhow::ensure!(failed == 0, "{failed} of {} are not as expected", all.len());
    if !args.json {
        print::note(&format!("{} are as expected", all.len()));
    }
    Ok(())
}

fn tell(outcome: &Outcome, json: bool) -> anyhow::Result<()> {
    let shown = |text: &str| escape::for_display(text.as_bytes()).0;
    let (status, total_ms) = match &outcome.result {
        Ok(checked) => (checked.status, checked.total_ms),
        Err(_) => (None, 0),
    };
    if json {
        let line = json!({
            "file": outcome.name, "ok": outcome.is_good(), "status": status,
            "totalMs": total_ms, "wrong": outcome.wrong(),
        });
        return Ok(print::line(&line.to_string())?);
    }
    let word = if outcome.is_good() { "ok  " } else { "FAIL" };
    let status = status.map(|status| format!("  {status} in {total_ms} ms"));
    let name = shown(&outcome.name);
    print::line(&format!("{word}  {name}{}", status.unwrap_or_default()))?;
    for line in outcome.wrong() {
        print::line(&format!("      {}", shown(&line)))?;
    }
    Ok(())
}

/// The files at `path`, by name.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let shown = path.display();
    let entries = fs::read_dir(path).with_context(|| format!("cannot read the folder {shown}"))?;
    let mut all = Vec::new();
    for entry in entries {
        let file = entry?.path();
        if file
            .extension()
            .is_some_and(|extension| extension == EXTENSION)
        {
            all.push(file);
        }
    }
    all.sort();
    anyhow::ensure!(!all.is_empty(), "there is no .{EXTENSION} file in {shown}");
    Ok(all)
}

async fn save(engine: &Engine, args: &Check) -> anyhow::Result<()> {
    let shown = args.dir.display();
    fs::create_dir_all(&args.dir).with_context(|| format!("cannot make the folder {shown}"))?;
    for id in &args.save {
        let (name, golden) = engine.golden(id, args.with_secrets).await?;
        let path = args.dir.join(format!("{name}.{EXTENSION}"));
        let shown = path.display().to_string();
        let file = new_file(&path).with_context(|| format!("cannot write {shown}"));
        file?.write_all(golden.print().as_bytes())?;
        print::line(&shown)?;
        if golden.expected.status.is_none() {
            print::note(
                "it was never answered, so nothing is expected yet: write it under `=== answer`",
            );
        }
    }
    Ok(())
}

/// A report that builds show.
fn junit(all: &[Outcome]) -> String {
    let failed = all.iter().filter(|one| !one.is_good()).count();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <testsuite name=\"tenterhook check\" tests=\"{}\" failures=\"{failed}\">\n",
        all.len()
    );
    for one in all {
        let total_ms = one.result.as_ref().map_or(0, |checked| checked.total_ms);
        out += &format!(
            "  <testcase name=\"{}\" time=\"{}.{:03}\">",
            xml(&one.name),
            total_ms / 1_000,
            total_ms % 1_000
        );
        if !one.is_good() {
            let text = xml(&one.wrong().join("\n"));
            out += &format!("<failure message=\"not as expected\">{text}</failure>");
        }
        out += "</testcase>\n";
    }
    out + "</testsuite>\n"
}

/// Text for XML 1.0, which has no place for most control characters.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
