//! Lines of JSON in, lines of JSON out: for scripts, and for checks against other programs.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
};

use anyhow::Context;

/// Answers each line of `file` with what `answer` makes of it; empty lines are passed over.
///
/// # Errors
/// When the file cannot be read, or whoever reads the output has gone.
pub(crate) fn run(file: &Path, answer: fn(&str) -> String) -> anyhow::Result<()> {
    let lines: Box<dyn BufRead> = if file == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let shown = file.display();
        Box::new(BufReader::new(
            File::open(file).with_context(|| format!("cannot read {shown}"))?,
        ))
    };
    let mut out = BufWriter::new(io::stdout().lock());
    for line in lines.lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", answer(&line))?;
        }
    }
    Ok(out.flush()?)
}
