//! Where it is measured, and the clock.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    thread,
    time::Instant,
};

use anyhow::Context;

use crate::report::{Machine, median};

/// Looks at the machine; `data` is a folder on the disk that is written to.
///
/// # Errors
/// When the folder cannot be written, or this is not Linux.
pub(crate) fn look(data: &Path) -> anyhow::Result<Machine> {
    let processors = fs::read_to_string("/proc/cpuinfo")?;
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let load = fs::read_to_string("/proc/loadavg")?;
    Ok(Machine {
        processor: model
            .map_or("an unnamed processor", |(_, name)| name)
            .to_owned(),
        cores: thread::available_parallelism()?.get(),
        kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?
            .trim()
            .to_owned(),
        load_before: load.split(' ').next().context("no load average")?.parse()?,
        sync_us: sync_us(data)?,
    })
}

fn sync_us(data: &Path) -> anyhow::Result<f64> {
    let mut file = File::create(data.join("sync"))?;
    let mut all = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        file.write_all(&[0; 1024])?;
        file.sync_data()?;
        all.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok(median(all))
}
