//! How large the programs are.

use std::{fs, path::Path};

use ::tests::program::{built, command};
use anyhow::{Context, bail};

use crate::report::{Figure, Part, note};

const PROGRAMS: [&str; 3] = ["tenterhook-relay", "tenterhook", "tenterhook-desktop"];

/// The sizes of what was measured, without symbols. A package's programs are built with LTO and so
/// a little smaller.
///
/// # Errors
/// When they cannot be read, or `strip` is missing.
pub(crate) fn measure(data: &Path) -> anyhow::Result<Vec<Figure>> {
    note("sizes");
    let size = |name: &&str| {
        let copy = data.join(name);
        let mut strip = command("strip");
        let status = strip.arg("-o").arg(&copy).arg(built(name)).status();
        if !status
            .context("`strip` cannot be started (apt install binutils)")?
            .success()
        {
            bail!("`strip` cannot read {name}");
        }
        let mib = fs::metadata(copy)?.len() as f64 / f64::from(1 << 20);
        let what = format!("size: {name}, stripped, no LTO");
        Ok(Figure {
            part: Part::Size,
            what,
            value: mib,
            unit: "MiB",
        })
    };
    PROGRAMS.iter().map(size).collect()
}
