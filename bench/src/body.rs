//! A body of 20 MiB of JSON, through the calls that the page makes of the engine. Start at
//! [`measure`].

use std::{path::Path, time::Instant};

use anyhow::ensure;
use engine::{
    Engine,
    view::{BodyForm, BodyOf, BodyRef, Folds, ListFilter},
};
use rusqlite::Connection;
use tokio::runtime::Runtime;

use crate::{
    history,
    report::{Figure, Part, median, note},
};

const BYTES: usize = 20 << 20;
const ROUNDS: usize = 5;
/// Rows that the page asks for at once.
const PAGE: usize = 128;

/// Takes the figures in a history of its own below `folder`.
///
/// # Errors
/// When it cannot be made or read.
pub(crate) fn measure(folder: &Path) -> anyhow::Result<Vec<Figure>> {
    note("a large body");
    let data = folder.join("body");
    std::fs::create_dir(&data)?;
    history::fill(&data, 1)?;
    Connection::open(data.join("history.db"))?
        .execute("UPDATE contents SET body = ?1", [large().into_bytes()])?;
    Runtime::new()?.block_on(async {
        let (mut opened, mut last, mut found) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            // Each time anew, for what was opened is kept.
            let engine = Engine::open(history::options(&data))?;
            let list = engine.open_list(ListFilter::default()).await?;
            let id = engine.rows(list.list, 0, 1).await?.remove(0).id;
            let body = BodyRef {
                of: BodyOf::Capture { id },
                parts: Vec::new(),
                is_as_sent: false,
                is_whole: false,
            };
            let begun = Instant::now();
            engine.body_view(body.clone()).await?;
            let tree = |from| engine.tree(body.clone(), Folds::default(), None, from, PAGE);
            let first = tree(0).await?;
            opened.push(ms(begun));
            ensure!(first.problem.is_none(), "it is not JSON");
            let begun = Instant::now();
            let page = tree(first.total - PAGE).await?;
            last.push(ms(begun));
            ensure!(page.rows.len() == PAGE, "the last page is short");
            let begun = Instant::now();
            let places = engine.body_find(body.clone(), BodyForm::Tree, "deeper");
            ensure!(places.await?.total > 0, "nothing is found");
            found.push(ms(begun));
        }
        let figure = |what: &str, value| Figure {
            part: Part::Body,
            what: format!("JSON of 20 MiB: {what}"),
            value,
            unit: "ms",
        };
        Ok(vec![
            figure("open it, with the first rows", median(opened)),
            figure("the last rows", median(last)),
            figure("find a word in all of it", median(found)),
        ])
    })
}

fn large() -> String {
    let item = r#"{"id": 1234567, "name": "Grażyna Nowak", "tags": ["a", "b", null, true], "amount": 4900.5, "nested": {"deep": {"deeper": [[[1]]]}}}"#;
    let items = vec![item; BYTES / (item.len() + 1)];
    format!("[{}]", items.join(","))
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
