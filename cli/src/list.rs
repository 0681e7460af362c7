//! `tenterhook ls` and `tenterhook search`: captures of the history, the newest first.

use std::{fmt::Write, time::Duration};

use engine::{
    Engine, Error,
    view::{ListFilter, Record, SavedView},
};
use webhook::{escape, query::Problem};

use crate::{
    args::{Field, Ls, Search},
    print,
};

/// How long a list waits for what is on its way.
const SETTLE: Duration = Duration::from_secs(1);
/// From so many captures on it is said that they are not in the search's index yet.
const WORTH_SAYING: u64 = 10_000;

pub(crate) async fn ls(engine: &Engine, args: Ls) -> anyhow::Result<()> {
    let filter = ListFilter {
        endpoint: args.endpoint,
        text: args.grep,
        query: args.filter,
    };
    let shape = match (args.fields, args.json) {
        (Some(fields), _) => Shape::Fields(fields),
        (None, true) => Shape::Json,
        (None, false) => Shape::Line,
    };
    show(engine, filter, args.limit, &shape).await
}

pub(crate) async fn search(engine: &Engine, args: Search) -> anyhow::Result<()> {
    let mut query = args.query.join(" ");
    match &args.saved {
        Some(None) => return list_saved(engine, args.json).await,
        Some(Some(name)) => {
            let saved = engine.saved_query(name).await?;
            query = format!("{saved} {query}").trim_end().to_owned();
        }
        None => {}
    }
    if let Some(name) = args.save {
        save(engine, name, query.clone()).await?;
    }
    let filter = ListFilter {
        query: Some(query),
        ..ListFilter::default()
    };
    let shape = if args.json { Shape::Json } else { Shape::Line };
    show(engine, filter, args.limit, &shape).await
}

/// How a capture is printed.
enum Shape {
    Line,
    Json,
    Fields(Vec<Field>),
}

/// Puts `query` in the place of the one that `name` names, or behind the others.
async fn save(engine: &Engine, name: String, query: String) -> anyhow::Result<()> {
    let mut all = engine.saved().await?;
    match all
        .iter_mut()
        .find(|one| one.name.eq_ignore_ascii_case(&name))
    {
        Some(one) => one.query.clone_from(&query),
        None => all.push(SavedView {
            name,
            query: query.clone(),
        }),
    }
    match engine.set_saved(all).await {
        Err(Error::Query(problems)) => anyhow::bail!(pointed(&query, &problems)),
        other => Ok(other?),
    }
}

async fn list_saved(engine: &Engine, json: bool) -> anyhow::Result<()> {
    for one in engine.saved().await? {
        let text = if json {
            serde_json::to_string(&one)?
        } else {
            format!("{}\t{}", one.name, one.query)
        };
        print::line(&text)?;
    }
    Ok(())
}

async fn show(
    engine: &Engine,
    filter: ListFilter,
    limit: usize,
    shape: &Shape,
) -> anyhow::Result<()> {
    // What was acknowledged a moment ago may still be on its way from the relay.
    engine.settle(SETTLE).await;
    let query = filter.query.clone().unwrap_or_default();
    if !query.is_empty() {
        let behind = engine.behind().await?;
        if behind >= WORTH_SAYING {
            print::note(&format!(
                "{behind} captures are not in the search's index yet and are read one by one"
            ));
        }
    }
    if query.contains("verify") {
        engine.judge_all().await?;
    }
    let seqs = match engine.newest_of(filter, limit).await {
        Err(Error::Query(problems)) => anyhow::bail!(pointed(&query, &problems)),
        other => other?,
    };
    for seq in seqs {
        let Some(record) = engine.record_at(seq).await? else {
            continue;
        };
        let text = match shape {
            Shape::Json => serde_json::to_string(&record)?,
            Shape::Line => print::coloured(&record),
            Shape::Fields(fields) => {
                let status = if fields.contains(&Field::Status) {
                    let deliveries = engine.deliveries(&record.id).await?;
                    deliveries.first().and_then(|last| last.status)
                } else {
                    None
                };
                let values = fields.iter().map(|field| value(*field, &record, status));
                values.collect::<Vec<_>>().join("\t")
            }
        };
        print::line(&text)?;
    }
    Ok(())
}

/// A field as text without tabs and line ends; empty where there is none.
fn value(field: Field, record: &Record, status: Option<u16>) -> String {
    let source = || serde_json::to_value(record.source).unwrap_or_default();
    let text = match field {
        Field::Id => &record.id,
        Field::Time => &record.received_at,
        Field::Endpoint => &record.endpoint,
        Field::Source => return source().as_str().unwrap_or_default().to_owned(),
        Field::Method => &record.method,
        Field::Target => &record.target,
        Field::Sender => record.sender.unwrap_or_default(),
        Field::Event => record.event.as_deref().unwrap_or_default(),
        Field::Summary => record.summary.as_deref().unwrap_or_default(),
        Field::Size => return record.body_bytes.to_string(),
        Field::Status => return status.map(|status| status.to_string()).unwrap_or_default(),
        Field::Flaws => return record.flaws.join(" "),
    };
    escape::for_display(text.as_bytes()).0
}

/// What is wrong with `query`, each problem under its place.
pub(crate) fn pointed(query: &str, problems: &[Problem]) -> String {
    let shown = |text: &str| -> String {
        let one = |c: char| if c.is_control() { ' ' } else { c };
        text.chars().map(one).collect()
    };
    let mut text = String::from("the query cannot be read");
    for Problem { range, kind } in problems {
        let before = columns(&query[..range.start]);
        let marks = columns(&query[range.clone()]).max(1);
        let (blanks, marks) = (" ".repeat(before), "^".repeat(marks));
        write!(text, "\n  {}\n  {blanks}{marks} {kind}", shown(query))
            .expect("a string takes any text");
    }
    text
}

/// How many columns of a terminal `text` takes: two for each character of the wide scripts.
fn columns(text: &str) -> usize {
    let is_wide = |c: char| {
        matches!(c,
            '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}'
            | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
    };
    text.chars().map(|c| 1 + usize::from(is_wide(c))).sum()
}

#[cfg(test)]
mod tests {
    use webhook::query::parse;

    use super::*;

    #[test]
    fn each_problem_is_pointed_at() {
        let check = |query: &str, want: &str| {
            let said = pointed(query, &parse(query).problems);
            assert!(said.contains(want), "{said}");
        };
        check(
            "a status:abc b",
            "  a status:abc b\n           ^^^ `abc` is no status",
        );
        check(
            "修正 is:red",
            "  修正 is:red\n          ^^^ `is:` knows no `red`",
        );
        check("size>", "  size>\n       ^ expected a size");
        check("a\tb:c", "  a b:c\n    ^ there is no field `b`");
        check("size>x status:y", "^ `y` is no status");
    }
}
