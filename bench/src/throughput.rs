//! Requests a second and how long their senders wait: straight to a local program, to a relay whose
//! desktop is away, and to one whose desktop is there. The three take turns, so that whatever else
//! the machine does troubles them alike. Start at [`measure`].

use std::{net::SocketAddr, path::Path, time::Duration};

use ::tests::{
    program::{Running, command},
    sender::request,
};
use anyhow::{Context, bail};

use crate::{
    load::{self, Load},
    product::{self, Product},
    report::{Rate, Way, median, note},
    usage,
};

const ROUNDS: usize = 3;
const BODY_BYTES: usize = 1024;

/// One round's figures.
#[derive(Debug, Clone, Copy)]
struct Round {
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    processor_us: f64,
    durable_per_s: Option<f64>,
}

/// Takes the figures of each way and number of `callers`, each round `lasting` so long.
///
/// # Errors
/// When a program does not do its part.
pub(crate) fn measure(
    data: &Path,
    callers: &[usize],
    lasting: Duration,
) -> anyhow::Result<Vec<Rate>> {
    let mut rates = Vec::new();
    for &callers in callers {
        let mut rounds = [const { Vec::new() }; Way::ALL.len()];
        for number in 1..=ROUNDS {
            note(&format!(
                "throughput: {callers} callers, round {number} of {ROUNDS}"
            ));
            for (way, rounds) in Way::ALL.into_iter().zip(&mut rounds) {
                rounds.push(round(way, data, callers, lasting)?);
            }
        }
        let direct_per_s = median(rounds[0].iter().map(|round| round.per_s));
        rates.extend(Way::ALL.into_iter().zip(&rounds).map(|(way, rounds)| {
            let of = |figure: fn(&Round) -> f64| median(rounds.iter().map(figure));
            let per_s = of(|round| round.per_s);
            let durable = rounds.iter().filter_map(|round| round.durable_per_s);
            Rate {
                way,
                callers,
                per_s,
                p50_ms: of(|round| round.p50_ms),
                p99_ms: of(|round| round.p99_ms),
                processor_us: of(|round| round.processor_us),
                of_direct: per_s / direct_per_s,
                durable_per_s: (way == Way::There).then(|| median(durable)),
            }
        }));
    }
    Ok(rates)
}

fn round(way: Way, data: &Path, callers: usize, lasting: Duration) -> anyhow::Result<Round> {
    match way {
        Way::Direct => direct(data, callers, lasting),
        Way::Away => away(data, callers, lasting),
        Way::There => there(data, callers, lasting),
    }
}

fn direct(data: &Path, callers: usize, lasting: Duration) -> anyhow::Result<Round> {
    let mut origin = command(std::env::current_exe()?);
    let origin = Running::start(origin.arg("origin"), &data.join("origin.log"));
    let address = origin.ready["address"].as_str();
    let address: SocketAddr = address.context("it says where it listens")?.parse()?;
    let headers = [("Content-Type", "application/json")];
    let post = request("POST", "/", &headers, &product::body(BODY_BYTES));
    let begun = usage::processor_time(origin.pid())?;
    let load = load::run(address, &post, callers, lasting)?;
    let used = usage::processor_time(origin.pid())? - begun;
    Ok(Round::new(&load, used))
}

fn away(data: &Path, callers: usize, lasting: Duration) -> anyhow::Result<Round> {
    let product = Product::start(data)?;
    let (relay, post) = (product.relay.running.pid(), product.post(BODY_BYTES));
    let begun = usage::processor_time(relay)?;
    let load = load::run(product.relay.address, &post, callers, lasting)?;
    let used = usage::processor_time(relay)? - begun;
    Ok(Round::new(&load, used))
}

/// The round is over when all that the relay answered for is durable on the desktop as well.
fn there(data: &Path, callers: usize, lasting: Duration) -> anyhow::Result<Round> {
    let product = Product::start(data)?;
    let mut listening = product.listen()?;
    let (relay, desktop) = (product.relay.running.pid(), listening.0.id());
    let used = || anyhow::Ok(usage::processor_time(relay)? + usage::processor_time(desktop)?);
    let (history, post) = (product.history()?, product.post(BODY_BYTES));
    let (known, begun) = (history.newest()?, used()?);
    let load = load::run(product.relay.address, &post, callers, lasting)?;
    let sent = (load.requests() + callers) as u64;
    let elapsed = history.reaches(known + sent)?.duration_since(load.begun);
    if let Some(status) = listening.0.try_wait()? {
        bail!("tenterhook listen ended: {status}");
    }
    Ok(Round {
        durable_per_s: Some(load.requests() as f64 / elapsed.as_secs_f64()),
        ..Round::new(&load, used()? - begun)
    })
}

impl Round {
    /// What `load` met, for which the programs used the processors for so long as `used` says.
    fn new(load: &Load, used: Duration) -> Self {
        Self {
            per_s: load.per_s(),
            p50_ms: load.quantile_ms(0.5),
            p99_ms: load.quantile_ms(0.99),
            processor_us: used.as_secs_f64() * 1e6 / load.requests() as f64,
            durable_per_s: None,
        }
    }
}
