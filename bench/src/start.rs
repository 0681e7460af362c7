//! How soon the programs are there, and what memory they hold when nothing happens. Start at
//! [`measure`].

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use ::tests::program::Relay;

use crate::{
    product::Product,
    report::{Figure, Part, median, note},
    screen::Screen,
    usage::{self, Memory},
};

const ROUNDS: usize = 5;
/// After a start, until memory is looked at.
const SETTLE: Duration = Duration::from_secs(3);

/// Takes the figures of relay, terminal and window. The desktop of `product` has a long history;
/// the app is left out where there is no Xvfb.
///
/// # Errors
/// When a program does not do its part.
pub(crate) fn measure(product: &Product) -> anyhow::Result<Vec<Figure>> {
    note("memory and start: relay and terminal");
    let mut figures = Vec::new();
    let relay = product.relay.running.pid();
    thread::sleep(SETTLE);
    figures.extend(held(
        "relay, paired, nobody connected",
        usage::memory_of_tree(relay)?,
    ));
    let listening = product.start_listen()?;
    thread::sleep(SETTLE);
    figures.extend(held(
        "relay, a desktop connected",
        usage::memory_of_tree(relay)?,
    ));
    figures.extend(held(
        "`tenterhook listen`, connected",
        usage::memory_of_tree(listening.0.id())?,
    ));
    drop(listening);
    figures.push(started(
        "relay, until it says that it is ready",
        relays(product.folder())?,
    ));
    figures.push(started(
        "`tenterhook ls`, 50 of 100,000 captures, to its end",
        ls(product),
    ));
    match Screen::start(product.folder()) {
        Ok(screen) => figures.extend(app(product, &screen)?),
        Err(error) => note(&format!(
            "the app is not measured: {error:#} (apt install xvfb dbus)"
        )),
    }
    figures.sort_by_key(|figure| figure.part != Part::Memory);
    Ok(figures)
}

fn relays(folder: &Path) -> anyhow::Result<Vec<Duration>> {
    let folder = folder.join("another");
    std::fs::create_dir(&folder)?;
    let once = |_| {
        let begun = Instant::now();
        // A relay of its own, whose database is there from the second time on.
        let relay = Relay::start(&folder);
        let ready = begun.elapsed();
        relay.running.stop();
        ready
    };
    Ok((0..ROUNDS).map(once).collect())
}

fn ls(product: &Product) -> Vec<Duration> {
    let once = |_| {
        let begun = Instant::now();
        let _ = product.desktop.ok(&["ls"]);
        begun.elapsed()
    };
    (0..ROUNDS).map(once).collect()
}

fn app(product: &Product, screen: &Screen) -> anyhow::Result<Vec<Figure>> {
    note("memory and start: the app");
    let (mut windows, mut pages, mut idle) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let app = screen.show(&product.desktop)?;
        windows.push(app.window);
        pages.push(app.page);
        thread::sleep(SETTLE);
        idle.push(usage::memory_of_tree(app.process.0.id())?);
        app.process.stop();
    }
    idle.sort_by(|a, b| a.pss_mib.total_cmp(&b.pss_mib));
    let mut figures = Vec::from(held(
        "app, all its processes, a page of 100,000 captures shown",
        idle[ROUNDS / 2],
    ));
    figures.push(started("app, until its window is on the screen", windows));
    figures.push(started("app, until its page is painted", pages));
    Ok(figures)
}

fn held(who: &str, memory: Memory) -> [Figure; 2] {
    [("RSS", memory.rss_mib), ("PSS", memory.pss_mib)].map(|(which, value)| Figure {
        part: Part::Memory,
        what: format!("memory, {which}: {who}"),
        value,
        unit: "MiB",
    })
}

fn started(what: &str, times: Vec<Duration>) -> Figure {
    let value = median(times.into_iter().map(|time| time.as_secs_f64() * 1e3));
    Figure {
        part: Part::Start,
        what: format!("start: {what}"),
        value,
        unit: "ms",
    }
}
