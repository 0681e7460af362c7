//! Helps to type a query: what is wrong with it, and what may come next, out of what the history
//! has. Start at [`help`].

use std::collections::HashMap;

use sqlite::{
    Database,
    rusqlite::{Connection, Result},
};
use webhook::query::{NameField, Problem, Suggestions, ValuesOf, parse, suggest};

use crate::{
    store::{captures, pairing},
    view::{QueryHelp, QueryProblem},
};

/// Captures whose names and headers are suggested.
const LOOKED_AT: usize = 50;
/// Captures whose senders and types are.
const NAMES_OF: usize = 1_000;
/// Suggestions at once.
const SUGGESTED: usize = 12;

/// What can be said of `text` while its cursor is at `cursor`, in UTF-16 units as the page counts.
pub(crate) async fn help(
    database: &Database,
    text: &str,
    cursor: usize,
) -> std::result::Result<QueryHelp, sqlite::Error> {
    let Suggestions {
        range,
        mut texts,
        values_of,
    } = suggest(text, byte_at(text, cursor));
    if let Some(values_of) = values_of {
        let typed = text[range.start..byte_at(text, cursor).max(range.start)].to_lowercase();
        let values = database.read(move |db| values(db, &values_of)).await?;
        let mut ranked: Vec<_> = values.into_iter().collect();
        ranked.sort_by(|(a, x), (b, y)| y.cmp(x).then_with(|| a.cmp(b)));
        let fitting = ranked.into_iter().map(|(value, _)| value);
        for value in fitting.filter(|value| value.to_lowercase().starts_with(&typed)) {
            if !texts.contains(&value) {
                texts.push(value);
            }
        }
    }
    // What stands there already is no suggestion.
    texts.retain(|one| *one != text[range.clone()]);
    texts.truncate(SUGGESTED);
    let problem = |Problem { range, kind }: Problem| QueryProblem {
        from: units(&text[..range.start]),
        to: units(&text[..range.end]),
        code: kind.code().to_owned(),
        message: kind.to_string(),
    };
    Ok(QueryHelp {
        problems: parse(text).problems.into_iter().map(problem).collect(),
        from: units(&text[..range.start]),
        to: units(&text[..range.end]),
        suggestions: texts,
    })
}

/// The values that `of` has in the history, and how often the newest captures have each.
fn values(db: &Connection, of: &ValuesOf) -> Result<HashMap<String, usize>> {
    let mut found = HashMap::new();
    let mut add = |value: String| *found.entry(value).or_default() += 1;
    match of {
        ValuesOf::Field(NameField::Endpoint) => {
            add("local".to_owned());
            let endpoints = pairing::endpoints(db)?.into_iter();
            // One without a name is called by its id.
            let called = |one: pairing::Endpoint| {
                if one.name.is_empty() {
                    one.id
                } else {
                    one.name
                }
            };
            endpoints.map(called).for_each(|name| add(as_value(&name)));
        }
        ValuesOf::Field(field @ (NameField::Provider | NameField::Type)) => {
            for (sender, event) in captures::newest_names(db, NAMES_OF)? {
                let name = if *field == NameField::Type {
                    event
                } else {
                    sender
                };
                name.iter().for_each(|name| add(as_value(name)));
            }
        }
        _ => {
            for stored in captures::newest(db, LOOKED_AT)? {
                of.of(&stored.capture).into_iter().for_each(&mut add);
            }
        }
    }
    Ok(found)
}

/// `text` as it stands behind a `:`.
fn as_value(text: &str) -> String {
    if text.contains(|c: char| c.is_whitespace() || "\"(),*".contains(c)) {
        let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
        format!("\"{escaped}\"")
    } else {
        text.to_owned()
    }
}

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The byte of `text` at which `unit` UTF-16 units lie before it.
fn byte_at(text: &str, unit: usize) -> usize {
    let mut before = 0;
    for (at, c) in text.char_indices() {
        if before >= unit {
            return at;
        }
        before += c.len_utf16();
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_are_counted_as_the_page_counts() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(folder.path()).unwrap();
        let text = "\u{1f600}修 status:abc";
        let found = help(&database, text, text.encode_utf16().count())
            .await
            .unwrap();
        let problem = &found.problems[0];
        assert_eq!(
            (problem.from, problem.to, problem.code.as_str()),
            (11, 14, "not_a_status")
        );
        assert_eq!((found.from, found.to), (11, 14));
    }

    #[tokio::test]
    async fn values_come_from_the_history() {
        let folder = tempfile::tempdir().unwrap();
        let database = crate::store::open(folder.path()).unwrap();
        let endpoint = pairing::Endpoint {
            id: "7qk".to_owned(),
            name: "Acme \"hooks\"".to_owned(),
            url: String::new(),
            made_at_ms: 0,
        };
        let put = move |db: &Connection| pairing::put_endpoint(db, &endpoint);
        database.write(put).await.unwrap();
        let suggested = |text: &'static str| {
            let database = &database;
            async move { help(database, text, text.len()).await.unwrap().suggestions }
        };
        assert_eq!(
            suggested("endpoint:").await,
            ["\"Acme \\\"hooks\\\"\"", "local"]
        );
        assert_eq!(suggested("endpoint:l").await, ["local"]);
        assert_eq!(suggested("endpoint:local").await, Vec::<String>::new());
        assert_eq!(suggested("header.x").await, Vec::<String>::new());
        assert_eq!(suggested("is:p").await, ["pinned"]);
    }
}
