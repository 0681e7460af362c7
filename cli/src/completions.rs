//! `tenterhook completions` and `tenterhook man`: made out of what may be typed.

use std::{
    fs,
    io::{self, Write},
    path::Path,
};

use anyhow::Context;
use clap_complete::Shell;

use crate::{examples, print};

const NAME: &str = "tenterhook";

/// Prints what makes `shell` complete the verbs.
///
/// # Errors
/// When whoever reads has gone.
pub(crate) fn print(shell: Shell) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut examples::command(), NAME, &mut script);
    let mut out = io::stdout().lock();
    out.write_all(&script)?;
    Ok(out.flush()?)
}

/// Writes a page for the program and one for each verb into the folder `out`.
///
/// # Errors
/// When one cannot be written.
pub(crate) fn man(out: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    clap_mangen::generate_to(examples::command(), out)
        .with_context(|| format!("cannot write into {}", out.display()))?;
    print::note(&format!("the pages are in {}", out.display()));
    Ok(())
}
