//! `tenterhook import`: captures from files and commands.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use anyhow::Context;
use engine::Engine;

use crate::print;

/// What is looked at to tell what a file is.
const START_BYTES: usize = 64 * 1024;

pub(crate) async fn run(engine: &Engine, file: &Path) -> anyhow::Result<()> {
    let mut input: Box<dyn BufRead + Send> = if file == Path::new("-") {
        Box::new(BufReader::with_capacity(START_BYTES, io::stdin()))
    } else {
        let opened = File::open(file);
        let opened = opened.with_context(|| format!("cannot read {}", file.display()))?;
        Box::new(BufReader::with_capacity(START_BYTES, opened))
    };
    let ids = engine.import(&mut input).await?;
    for id in &ids {
        print::line(&id.to_string())?;
    }
    let count = ids.len();
    print::note(&format!("{count} captures are in the history now"));
    Ok(())
}
