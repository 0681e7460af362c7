//! The list of a long history, through the calls that the page makes of the engine. Start at
//! [`measure`].

use std::{path::Path, time::Instant};

use anyhow::ensure;
use engine::{Engine, view::ListFilter};
use tokio::runtime::Runtime;

use crate::{
    history,
    report::{Figure, Part, median, note},
};

const ROUNDS: usize = 5;
/// Rows that a page of the list asks for.
const PAGE: usize = 100;
/// Places that are jumped to.
const JUMPS: usize = 500;

/// Takes the figures of the history in the folder `data`, which has `count` captures.
///
/// # Errors
/// When it cannot be read, or has not that many.
pub(crate) fn measure(data: &Path, count: usize) -> anyhow::Result<Vec<Figure>> {
    note("the list");
    Runtime::new()?.block_on(async {
        let engine = Engine::open(history::options(data))?;
        let (mut opened, mut first, mut jumps, mut searched) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let begun = Instant::now();
            let list = engine.open_list(ListFilter::default()).await?;
            opened.push(ms(begun));
            ensure!(list.count == count, "the list has {} captures", list.count);
            let begun = Instant::now();
            let rows = engine.rows(list.list, count - PAGE, PAGE).await?;
            first.push(ms(begun));
            ensure!(rows.len() == PAGE, "the first page has {} rows", rows.len());
            for jump in 0..JUMPS {
                // Here and there about the middle, by a step that has no divisor with the count.
                let from = count / 4 + (jump * 7_919 + round * 104_729) % (count / 2);
                let begun = Instant::now();
                let rows = engine.rows(list.list, from, PAGE).await?;
                jumps.push(ms(begun));
                ensure!(rows.len() == PAGE, "a page has {} rows", rows.len());
            }
            engine.close_list(list.list);
            let begun = Instant::now();
            let filter = ListFilter {
                text: Some("修正时区".to_owned()),
                ..ListFilter::default()
            };
            let found = engine.open_list(filter).await?;
            searched.push(ms(begun));
            ensure!(
                (1..count).contains(&found.count),
                "found {} captures",
                found.count
            );
            engine.close_list(found.list);
        }
        jumps.sort_by(f64::total_cmp);
        let last = jumps[jumps.len() - 1 - jumps.len() / 100];
        let figure = |what: &str, value| Figure {
            part: Part::List,
            what: format!("list of {count} captures: {what}"),
            value,
            unit: "ms",
        };
        Ok(vec![
            figure("open it", median(opened)),
            figure("the first page, the newest 100 rows", median(first)),
            figure("100 rows somewhere in the middle, p50", median(jumps)),
            figure("100 rows somewhere in the middle, p99", last),
            figure(
                "open one of those with a text in head or body",
                median(searched),
            ),
        ])
    })
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
