//! A relay and a desktop paired with it, as real processes on a fresh folder. Start at
//! [`Product::start`].

use std::{
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread,
    time::{Duration, Instant},
};

use ::tests::{
    program::{Desktop, Relay, signal, wait_for},
    sender::{request, send},
};
use anyhow::{Context, bail};
use rusqlite::Connection;
use tempfile::TempDir;

/// Nothing that is waited for takes longer.
const LIMIT: Duration = Duration::from_secs(60);

/// A relay that is up, and a desktop paired with it that is not.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) relay: Relay,
    pub(crate) desktop: Desktop,
    /// The path of the desktop's public address.
    pub(crate) path: String,
    folder: TempDir,
}

impl Product {
    /// Starts the relay in a fresh folder below `data` and pairs the desktop. The queue's limits are
    /// put where no round reaches them.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub(crate) fn start(data: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir_in(data)?;
        let settings = folder.path().join("relay.toml");
        std::fs::write(
            &settings,
            "queue_captures = 100_000_000\nqueue_bytes = 100_000_000_000\n",
        )?;
        let settings = settings
            .to_str()
            .context("the data folder's name is no text")?;
        let any = ([127, 0, 0, 1], 0).into();
        let relay = Relay::start_at(folder.path(), any, &["--config", settings]);
        let desktop = Desktop::new(folder.path());
        let path = desktop.pair(&relay);
        Ok(Self {
            relay,
            desktop,
            path,
            folder,
        })
    }

    /// A folder that goes with it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A request to the public address with a body of `bytes`.
    pub(crate) fn post(&self, bytes: usize) -> Vec<u8> {
        request(
            "POST",
            &self.path,
            &[("Content-Type", "application/json")],
            &body(bytes),
        )
    }

    /// Starts `tenterhook listen --json`, its output thrown away, and waits until a request sent to
    /// the public address is in the history.
    ///
    /// # Errors
    /// When it does not start, or the request does not arrive.
    pub(crate) fn listen(&self) -> anyhow::Result<Process> {
        let listening = self.start_listen()?;
        let known = self.history()?.newest()?;
        if send(self.relay.address, &self.post(16))?.status != 200 {
            bail!("the relay does not take the first request");
        }
        self.history()?.reaches(known + 1)?;
        Ok(listening)
    }

    /// Starts `tenterhook listen --json` and waits for nothing.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start_listen(&self) -> anyhow::Result<Process> {
        let mut listen = self
            .desktop
            .command(&["listen", "--json", "--receiver", "127.0.0.1:0"]);
        let quiet = listen
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Ok(Process(quiet.spawn()?))
    }

    /// The desktop's history.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub(crate) fn history(&self) -> anyhow::Result<History> {
        let path: PathBuf = self.desktop.data.join("history.db");
        Ok(History(sqlite::open_read_only(&path)?))
    }
}

/// JSON of `bytes` bytes, which are 12 or more.
pub(crate) fn body(bytes: usize) -> Vec<u8> {
    format!("{{\"text\":\"{}\"}}", "x".repeat(bytes.saturating_sub(11))).into_bytes()
}

/// A desktop's history, seen from outside.
#[derive(Debug)]
pub(crate) struct History(Connection);

impl History {
    /// The place of the newest capture that is durable; 0 when there is none.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub(crate) fn newest(&self) -> anyhow::Result<u64> {
        let sql = "SELECT coalesce(max(seq), 0) FROM captures";
        Ok(self
            .0
            .prepare_cached(sql)?
            .query_row((), |row| row.get(0))?)
    }

    /// Waits until `captures` are durable and tells when that was, to a millisecond.
    ///
    /// # Errors
    /// When they do not come within a minute, or more of them come.
    pub(crate) fn reaches(&self, captures: u64) -> anyhow::Result<Instant> {
        let begun = Instant::now();
        loop {
            let (newest, now) = (self.newest()?, Instant::now());
            if newest == captures {
                return Ok(now);
            }
            if newest > captures || now - begun > LIMIT {
                bail!("{newest} captures are in the history instead of {captures}");
            }
            thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A process that ends with its owner.
#[derive(Debug)]
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) {
        signal(self.0.id(), "TERM");
        let _ = wait_for("the end of a process", || self.0.try_wait().ok().flatten());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_of_the_length_asked_for() {
        for bytes in [12, 1024, 20 << 20] {
            let body = body(bytes);
            assert_eq!(body.len(), bytes);
            serde_json::from_slice::<serde_json::Value>(&body).unwrap();
        }
    }
}
