//! How the line is, for other programs on the same data folder: who holds it says so in a file there.

use std::{fs, io, path::Path};

use serde::{Deserialize, Serialize};
use tracing::warn;

use crate::{
    tunnel::{self, State},
    view::{LineState, Probe},
};

/// The line and the last probe.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Line {
    pub(crate) line: LineState,
    pub(crate) probe: Option<Probe>,
}

/// The line as this program knows it, or, where another one holds it, as that one says.
pub(crate) fn now(own: &State, data: &Path, is_paired: bool) -> Line {
    let (line, probe) = (own.now(), own.probe());
    let is_ours = !matches!(line, LineState::Unpaired | LineState::Elsewhere);
    if is_ours || !is_paired {
        return Line { line, probe };
    }
    if !tunnel::is_held(data) {
        let reason = "no Tenterhook is running: open the window, or run `tenterhook listen`";
        return Line {
            line: LineState::Stopped {
                reason: reason.to_owned(),
            },
            probe: None,
        };
    }
    // A program that has only just begun has said nothing yet.
    read(data).unwrap_or(Line {
        line: LineState::Connecting,
        probe: None,
    })
}

/// Says how the line is to those who ask by [`now`].
pub(crate) fn tell_others(own: &State, data: &Path) {
    let (line, probe) = (own.now(), own.probe());
    // Whoever does not hold it leaves the word to who does.
    if matches!(line, LineState::Unpaired | LineState::Elsewhere) {
        return;
    }
    if let Err(error) = write(data, &Line { line, probe }) {
        warn!("how the line is could not be written down: {error}");
    }
}

fn write(data: &Path, line: &Line) -> io::Result<()> {
    // In two steps, so that nobody reads half of it.
    let new = data.join("line.json.new");
    fs::write(&new, serde_json::to_vec(line)?)?;
    fs::rename(new, data.join("line.json"))
}

fn read(data: &Path) -> Option<Line> {
    let text = fs::read(data.join("line.json")).ok()?;
    serde_json::from_slice(&text).ok()
}
