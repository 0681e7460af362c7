//! `tenterhook import`: captures from files and commands.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::Path,
};

use anyhow::Context;
use engine::Engine;

use crate::{args::Import, print};

/// What is looked at to tell what a file is.
const START_BYTES: usize = 64 * 1024;

pub(crate) async fn run(engine: &Engine, args: &Import) -> anyhow::Result<()> {
    let file = args.file.as_path();
    let mut input: Box<dyn BufRead + Send> = if file == Path::new("-") {
        Box::new(BufReader::with_capacity(START_BYTES, io::stdin()))
    } else {
        let opened = File::open(file);
        let opened = opened.with_context(|| format!("cannot read {}", file.display()))?;
        Box::new(BufReader::with_capacity(START_BYTES, opened))
    };
    let ids = engine.import(&mut input).await?;
    for id in &ids {
        let id = id.to_string();
        let told = serde_json::json!({ "id": id }).to_string();
        print::line(if args.json { &told } else { &id })?;
    }
    let count = ids.len();
    print::note(&format!("{count} captures are in the history now"));
    Ok(())
}
