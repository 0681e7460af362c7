//! The figures, as a table for people and as JSON for programs.

use std::{
    fmt,
    io::{self, Write},
};

use serde::Serialize;

/// Everything that was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) throughput: Vec<Rate>,
    pub(crate) figures: Vec<Figure>,
}

/// Where it was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    pub(crate) processor: String,
    pub(crate) cores: usize,
    pub(crate) kernel: String,
    /// Runnable processes of the last minute, before anything was measured. What else runs costs
    /// the figures.
    pub(crate) load_before: f64,
    /// To append 1 KiB to a file and have it on the disk (`fdatasync`), in microseconds: what a
    /// commit costs at least.
    pub(crate) sync_us: f64,
}

/// The way of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Way {
    /// To a local program that keeps nothing.
    Direct,
    /// To a relay whose desktop is away: answered once it is durable in the relay's queue.
    Away,
    /// To a relay whose desktop is there.
    There,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Direct, Self::Away, Self::There];

    const fn words(self) -> &'static str {
        match self {
            Self::Direct => "direct to a local program",
            Self::Away => "relay, desktop away",
            Self::There => "relay, desktop there",
        }
    }
}

/// How many requests, and how long their senders wait.
#[derive(Debug, Serialize)]
pub(crate) struct Rate {
    pub(crate) way: Way,
    pub(crate) callers: usize,
    pub(crate) per_s: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Processor time for each request, of all the programs but the senders, in microseconds.
    pub(crate) processor_us: f64,
    /// The share of what the same callers get directly.
    pub(crate) of_direct: f64,
    /// Captures that became durable on the desktop in a second; only when it is there.
    pub(crate) durable_per_s: Option<f64>,
}

/// What a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    Trip,
    Memory,
    Start,
    Size,
    List,
    Body,
    Crowd,
    Search,
    Hooks,
}

/// One figure by itself.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) part: Part,
    pub(crate) what: String,
    pub(crate) value: f64,
    pub(crate) unit: &'static str,
}

/// The middle one; of an even number the upper. 0 of none.
pub(crate) fn median(figures: impl IntoIterator<Item = f64>) -> f64 {
    let mut all: Vec<_> = figures.into_iter().collect();
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(0.0)
}

/// Says what is being measured, beside the output.
pub(crate) fn note(text: &str) {
    // Where nobody reads it, nobody misses it.
    let _ = writeln!(io::stderr(), "{text}");
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine {
            processor,
            cores,
            kernel,
            load_before,
            sync_us,
        } = &self.machine;
        writeln!(f, "{cores} cores of {processor}, Linux {kernel}")?;
        writeln!(
            f,
            "load before: {load_before:.2}; 1 KiB on the disk: {sync_us:.0} us"
        )?;
        if !self.throughput.is_empty() {
            writeln!(
                f,
                "\n{:26} {:>7} {:>9} {:>8} {:>8} {:>7} {:>9} {:>9}",
                "POST of 1 KiB, keep-alive",
                "callers",
                "answers/s",
                "p50 ms",
                "p99 ms",
                "CPU us",
                "of direct",
                "durable/s"
            )?;
        }
        for rate in &self.throughput {
            let Rate {
                way,
                callers,
                per_s,
                p50_ms,
                p99_ms,
                processor_us,
                of_direct,
                durable_per_s,
            } = rate;
            let durable = durable_per_s.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.0}"));
            writeln!(
                f,
                "{:26} {callers:>7} {per_s:>9.0} {p50_ms:>8.2} {p99_ms:>8.2} {processor_us:>7.1} {of_direct:>9.2} {durable:>9}",
                way.words()
            )?;
        }
        let mut part = None;
        for figure in &self.figures {
            if part.replace(figure.part) != Some(figure.part) {
                writeln!(f)?;
            }
            let Figure {
                what, value, unit, ..
            } = figure;
            let decimals = if *value < 10.0 {
                2
            } else if *value < 100.0 {
                1
            } else {
                0
            };
            writeln!(f, "{what:100} {value:>9.decimals$} {unit}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_one_of_the_figures_whatever_their_order() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0]), 4.0);
        assert_eq!(median([]), 0.0);
    }
}
