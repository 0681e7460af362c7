//! `tenterhook export`: captures as commands, code and files.

use std::{
    fs,
    io::{self, BufWriter, IsTerminal, Write},
    path::Path,
};

use anyhow::Context;
use engine::{
    Engine,
    export::{ExportError, new_file},
};
use webhook::{
    escape,
    export::{Format, Joined, Options},
};

use crate::{args::Export, print};

pub(crate) async fn run(engine: &Engine, args: Export) -> anyhow::Result<()> {
    let format = Format::find(&args.format)?;
    let options = Options {
        to: args.to,
        from: None,
        with_secrets: args.with_secrets,
    };
    let Some(path) = args.out else {
        let mut out = BufWriter::new(Screen(io::stdout()));
        return match engine.export(&args.ids, format, &options, &mut out).await {
            Err(ExportError::Write(error)) => Err(error.into()),
            written => Ok(written?),
        };
    };
    let is_folder = path.is_dir()
        || path.as_os_str().as_encoded_bytes().ends_with(b"/")
        || args.ids.len() > 1 && format.joined == Joined::Never;
    if is_folder {
        let shown = path.display();
        fs::create_dir_all(&path).with_context(|| format!("cannot make the folder {shown}"))?;
        for file in engine
            .export_files(&args.ids, format, &options, &path)
            .await?
        {
            told(&file, args.json)?;
        }
        return Ok(());
    }
    to_file(engine, &args.ids, format, &options, &path).await?;
    if args.json {
        told(&path, true)?;
    }
    Ok(())
}

fn told(path: &Path, json: bool) -> io::Result<()> {
    let path = path.display().to_string();
    let told = serde_json::json!({ "path": path }).to_string();
    print::line(if json { &told } else { &path })
}

async fn to_file(
    engine: &Engine,
    ids: &[String],
    format: &Format,
    options: &Options,
    path: &Path,
) -> anyhow::Result<()> {
    let shown = path.display();
    let file = new_file(path).with_context(|| format!("cannot write {shown}"))?;
    let mut out = BufWriter::new(file);
    let written = engine.export(ids, format, options, &mut out).await;
    if written.is_err() {
        // A half of what was asked for is of no use; that it stays is no further failure.
        let _ = fs::remove_file(path);
    }
    Ok(written?)
}

/// The output. On a terminal it takes nothing that would steer it.
struct Screen(io::Stdout);

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let is_safe = |line: &[u8]| escape::for_terminal_text(trimmed(line)).1;
        let mut lines = bytes.split(|byte| *byte == b'\n');
        if self.0.is_terminal() && !lines.all(is_safe) {
            let message = "this is no text for a terminal: name a file with --out, or pipe it on";
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.0.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn trimmed(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
