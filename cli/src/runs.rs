//! `tenterhook runs`: the commands that rules have run.

use engine::{Engine, view::RunView};
use webhook::escape;

use crate::{
    args::{Runs, RunsCommand},
    print,
};

pub(crate) async fn run(engine: &Engine, args: Runs) -> anyhow::Result<()> {
    match args.command {
        None => {
            let capture = match &args.capture {
                Some(id) => Some(engine.find(id).await?.to_string()),
                None => None,
            };
            let runs = engine
                .runs(args.rule.as_deref(), capture.as_deref(), args.limit)
                .await?;
            for run in &runs {
                match args.json {
                    true => print::line(&serde_json::to_string(run)?)?,
                    false => print::line(&line(run))?,
                }
            }
            Ok(())
        }
        Some(RunsCommand::Show { number }) => show(engine, number).await,
        Some(RunsCommand::Again { number }) => {
            Ok(print::line(&engine.run_again(number).await?.to_string())?)
        }
        Some(RunsCommand::Stop { number }) => Ok(engine.stop_run(number).await?),
    }
}

fn line(run: &RunView) -> String {
    let took = match (run.began_at_ms, run.ended_at_ms) {
        (Some(began), Some(ended)) => format!("{} ms", ended - began),
        _ => String::new(),
    };
    let state = match (&run.error, run.state.as_str()) {
        (Some(error), _) => format!("failed: {}", escape::for_display(error.as_bytes()).0),
        (None, "ended") => "ok".to_owned(),
        (None, "unconfirmed") => "not run: its rule waits for `rules confirm`".to_owned(),
        (None, state) => state.to_owned(),
    };
    format!(
        "{}  {}  {}  {state}  {took}",
        run.number,
        run.capture,
        escape::for_display(run.rule.as_bytes()).0
    )
    .trim_end()
    .to_owned()
}

async fn show(engine: &Engine, number: i64) -> anyhow::Result<()> {
    let run = engine.one_run(number).await?;
    print::note(&line(&run));
    for argument in &run.arguments {
        print::note(&format!("argument  {argument}"));
    }
    for (name, value) in &run.environment {
        let name = escape::for_display(name.as_bytes()).0;
        print::note(&format!("{name}={value}"));
    }
    let output = engine.run_output(number).await?;
    print::bytes(output.text.as_bytes())?;
    if output.bytes > output.kept_bytes {
        print::note(&format!(
            "{} of {} bytes are shown",
            output.kept_bytes, output.bytes
        ));
    }
    Ok(())
}
