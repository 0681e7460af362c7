//! What is found in a very long history, and what its index costs: time, room, and the rate at
//! which captures come in. Start at [`measure`].

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use ::tests::sender::request;
use anyhow::{Context, ensure};
use engine::{Engine, ReceiveAt, view::ListFilter};
use tokio::runtime::Runtime;

use crate::{
    history, load, product,
    report::{Figure, Part, median, note},
};

const ROUNDS: usize = 5;
/// Rows that a page of the list asks for.
const PAGE: usize = 100;
/// Senders at once.
const CALLERS: usize = 32;
const BODY_BYTES: usize = 1_400;
/// How often it is looked whether the index has caught up.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What is sought: what it is called, and the query.
const SOUGHT: [(&str, &str); 12] = [
    ("a word in one of four", "修正时区"),
    ("a word in two of three", "repository"),
    ("a phrase in one", "\"order 99999\""),
    ("a prefix of three letters", "ama"),
    ("two words", "amara timezone"),
    ("a phrase", "\"payment_intent succeeded\""),
    ("a header in two of three", "header.x-github-event:push"),
    (
        "a field of the body in one of five",
        "body.pusher.name:amara",
    ),
    ("a field of the body in one of 97", "body.ref:topic-42"),
    ("a field and a size", "body.pusher.name:amara size>1400"),
    (
        "the last day, without one endpoint",
        "after:1d -endpoint:stripe-b81x04tz",
    ),
    ("a form of the path", "path:/h/stripe*"),
];

/// Fills a history with `count` captures below `data` and takes its figures.
///
/// # Errors
/// When it cannot be made or read, or does not find what is there.
pub(crate) fn measure(data: &Path, count: u32, lasting: Duration) -> anyhow::Result<Vec<Figure>> {
    let runtime = Runtime::new()?;
    let folders = [data.join("empty"), data.join("long")];
    let figure = |what: &str, value: f64, unit| Figure {
        part: Part::Search,
        what: format!("history of {count} captures: {what}"),
        value,
        unit,
    };
    note("making a very long history");
    let raw_bytes = history::fill(&folders[1], count)?;
    note("filling its index");
    let begun = Instant::now();
    runtime.block_on(index(&folders[1]))?;
    let indexed = begun.elapsed().as_secs_f64() * 1e6 / f64::from(count);
    let sizes = ["history.db", "history.db-wal"]
        .map(|name| std::fs::metadata(folders[1].join(name)).map_or(0, |file| file.len()));
    let bytes = sizes.iter().sum::<u64>() as f64;
    note("searching");
    let mut figures = vec![
        figure("index one capture", indexed, "us"),
        figure(
            "size of the database by that of what was sent",
            bytes / raw_bytes as f64,
            "x",
        ),
    ];
    figures.extend(runtime.block_on(found(&folders[1], count as usize, &figure))?);
    note("arrivals");
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (rates, folder) in rates.iter_mut().zip(&folders) {
            rates.push(runtime.block_on(arrivals(folder, lasting))?);
        }
    }
    let [empty, long] = rates.map(median);
    figures.push(figure(
        "arrivals by those of an empty one",
        long / empty,
        "x",
    ));
    figures.push(figure("arrivals", long, "per s"));
    Ok(figures)
}

/// Has the engine fill the index.
async fn index(folder: &Path) -> anyhow::Result<()> {
    let engine = Engine::open(history::options(folder))?;
    engine.start(ReceiveAt::Off).await?;
    while engine.behind().await? > 0 {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    engine.stop().await;
    Ok(())
}

async fn found(
    folder: &Path,
    count: usize,
    figure: &impl Fn(&str, f64, &'static str) -> Figure,
) -> anyhow::Result<Vec<Figure>> {
    let engine = Engine::open(history::options(folder))?;
    let mut figures = Vec::new();
    let mut opened = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        let list = engine.open_list(ListFilter::default()).await?;
        let rows = engine.rows(list.list, list.count - PAGE, PAGE).await?;
        opened.push(ms(begun));
        ensure!(
            list.count == count && rows.len() == PAGE,
            "not all are there"
        );
        engine.close_list(list.list);
    }
    figures.push(figure(
        "open its list, with the first page",
        median(opened),
        "ms",
    ));
    for (what, query) in SOUGHT {
        let filter = ListFilter {
            query: Some(query.to_owned()),
            ..ListFilter::default()
        };
        let (mut first, mut whole, mut some) = (Vec::new(), Vec::new(), 0);
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            engine.newest_of(filter.clone(), PAGE).await?;
            first.push(ms(begun));
            let begun = Instant::now();
            let list = engine.open_list(filter.clone()).await?;
            whole.push(ms(begun));
            ensure!(list.behind == 0, "the index is behind");
            some = list.count;
            engine.close_list(list.list);
        }
        let what = format!("{what}, {query}");
        figures.push(figure(
            &format!("{what}: the newest {PAGE}"),
            median(first),
            "ms",
        ));
        figures.push(figure(&format!("{what}: all {some}"), median(whole), "ms"));
    }
    Ok(figures)
}

/// Captures that become durable in a second.
async fn arrivals(folder: &Path, lasting: Duration) -> anyhow::Result<f64> {
    let engine = Engine::open(history::options(folder))?;
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let address = engine.start(ReceiveAt::Address(any)).await?;
    let address = address.context("the receiver listens")?;
    let headers = [("Content-Type", "application/json")];
    let post = request("POST", "/", &headers, &product::body(BODY_BYTES));
    let load = tokio::task::spawn_blocking(move || load::run(address, &post, CALLERS, lasting));
    let load = load.await??;
    engine.stop().await;
    Ok(load.per_s())
}

fn ms(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}
