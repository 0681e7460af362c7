//! Whole trips, from the sender to the desktop's disk: one large body, and what waited while the
//! desktop was away.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use ::tests::sender::send;
use anyhow::bail;

use crate::{
    load,
    product::Product,
    report::{Figure, Part, median, note},
};

const LARGE_BYTES: usize = 20 << 20;
const ROUNDS: usize = 3;

/// Takes the figures of both trips.
///
/// # Errors
/// When a program does not do its part.
pub(crate) fn measure(data: &Path) -> anyhow::Result<Vec<Figure>> {
    note("trips: 20 MiB, and what waited");
    let (mut acknowledged, mut durable) = (Vec::new(), Vec::new());
    let mut backlogs = Vec::new();
    for _ in 0..ROUNDS {
        let (answered_s, durable_s) = large(data)?;
        acknowledged.push(answered_s * 1e3);
        durable.push(durable_s * 1e3);
        backlogs.push(backlog(data)?);
    }
    let figure = |what, value, unit| Figure {
        part: Part::Trip,
        what,
        value,
        unit,
    };
    Ok(vec![
        figure(
            "20 MiB: first byte sent until the sender has its 200".to_owned(),
            median(acknowledged),
            "ms",
        ),
        figure(
            "20 MiB: first byte sent until durable on the desktop".to_owned(),
            median(durable),
            "ms",
        ),
        figure(
            "1 KiB captures that waited, from the start of `listen` until all are durable"
                .to_owned(),
            median(backlogs),
            "captures/s",
        ),
    ])
}

/// Seconds until the sender is answered, and until the capture is on the desktop's disk.
fn large(data: &Path) -> anyhow::Result<(f64, f64)> {
    let product = Product::start(data)?;
    let _listening = product.listen()?;
    let history = product.history()?;
    let (known, request) = (history.newest()?, product.post(LARGE_BYTES));
    let to = product.relay.address;
    let begun = Instant::now();
    let sender = std::thread::spawn(move || {
        send(to, &request).map(|answer| (answer.status, begun.elapsed()))
    });
    let durable = history.reaches(known + 1)?.duration_since(begun);
    let Ok(answered) = sender.join() else {
        bail!("the sender panicked")
    };
    let (status, answered) = answered?;
    if status != 200 {
        bail!("20 MiB were answered {status}");
    }
    Ok((answered.as_secs_f64(), durable.as_secs_f64()))
}

/// Captures a second that a desktop fetches when it comes back.
fn backlog(data: &Path) -> anyhow::Result<f64> {
    let product = Product::start(data)?;
    let waiting = load::run(
        product.relay.address,
        &product.post(1024),
        32,
        Duration::from_secs(1),
    )?;
    let waiting = (waiting.requests() + 32) as u64;
    let begun = Instant::now();
    let _listening = product.start_listen()?;
    let elapsed = product.history()?.reaches(waiting)?.duration_since(begun);
    Ok(waiting as f64 / elapsed.as_secs_f64())
}
