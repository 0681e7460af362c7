//! A screen of its own for the app (Xvfb) and a bus, and what can be seen on that screen: Xvfb keeps
//! its picture in a file, so that the first paint is seen from outside, without the app's help.
//! Start at [`Screen::start`].

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use ::tests::program::{Desktop, built, command};
use anyhow::{Context, bail};

use crate::product::Process;

/// How often the screen is looked at; a paint is seen at most this much too late.
const LOOK_EVERY: Duration = Duration::from_millis(10);
const LIMIT: Duration = Duration::from_secs(30);
/// An empty window has a handful of colours; text with smooth edges has dozens.
const COLOURS_OF_A_PAGE: usize = 40;

/// A screen and a bus, with nothing on them yet.
pub(crate) struct Screen {
    folder: PathBuf,
    picture: PathBuf,
    display: String,
    bus: String,
    _processes: [Process; 2],
}

/// The app with its page on the screen.
pub(crate) struct App {
    pub(crate) process: Process,
    /// From its start until something of it was on the screen.
    pub(crate) window: Duration,
    /// From its start until its page was.
    pub(crate) page: Duration,
}

impl Screen {
    /// Starts both, their files in `folder`.
    ///
    /// # Errors
    /// When Xvfb or dbus-daemon is missing or does not start.
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Self> {
        let mut xvfb = command("Xvfb");
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x800x24",
            "-nolisten",
            "tcp",
            "-fbdir",
        ]);
        let (xvfb, display) = started(xvfb.arg(folder))?;
        let display = format!(":{display}");
        let mut bus = command("dbus-daemon");
        bus.args(["--session", "--nofork", "--print-address=1"])
            .env("DISPLAY", &display);
        let (dbus, bus) = started(&mut bus)?;
        Ok(Self {
            picture: folder.join("Xvfb_screen0"),
            folder: folder.to_owned(),
            display,
            bus,
            _processes: [xvfb, dbus],
        })
    }

    /// Starts the app on `desktop`'s data and waits until its page is painted.
    ///
    /// # Errors
    /// When it ends, or no page comes.
    pub(crate) fn show(&self, desktop: &Desktop) -> anyhow::Result<App> {
        let mut app = command(built("tenterhook-desktop"));
        app.args(["--no-keychain", "--receiver", "127.0.0.1:0", "--data"])
            .arg(&desktop.data)
            .env_remove("WAYLAND_DISPLAY")
            .env("GDK_BACKEND", "x11")
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .stdout(Stdio::null())
            .stderr(fs::File::create(self.folder.join("app.log"))?);
        for (name, folder) in [
            ("XDG_DATA_HOME", "data"),
            ("XDG_CONFIG_HOME", "config"),
            ("XDG_CACHE_HOME", "cache"),
            ("XDG_RUNTIME_DIR", "runtime"),
        ] {
            let folder = self.folder.join(folder);
            fs::DirBuilder::new()
                .mode(0o700)
                .recursive(true)
                .create(&folder)?;
            app.env(name, folder);
        }
        self.wait_until(|picture| Ok(colours(picture)? == 1))?;
        let empty = fs::read(&self.picture)?;
        let begun = Instant::now();
        let mut process = Process(app.spawn().context("the app cannot be started")?);
        let mut shown = |is_it: &dyn Fn(&[u8]) -> anyhow::Result<bool>| {
            self.wait_until(is_it).with_context(|| {
                let log = fs::read_to_string(self.folder.join("app.log")).unwrap_or_default();
                format!("the app ({:?}) says: {log}", process.0.try_wait())
            })
        };
        let window = shown(&|picture| Ok(picture != empty))?.duration_since(begun);
        let page = shown(&|picture| Ok(colours(picture)? >= COLOURS_OF_A_PAGE))?;
        let page = page.duration_since(begun);
        Ok(App {
            process,
            window,
            page,
        })
    }

    fn wait_until(&self, is_it: impl Fn(&[u8]) -> anyhow::Result<bool>) -> anyhow::Result<Instant> {
        let begun = Instant::now();
        loop {
            let (looked, picture) = (Instant::now(), fs::read(&self.picture)?);
            if is_it(&picture)? {
                return Ok(looked);
            }
            if begun.elapsed() > LIMIT {
                bail!("the screen still shows {} colours", colours(&picture)?);
            }
            thread::sleep(LOOK_EVERY);
        }
    }
}

/// Starts a program and reads the line in which it says where it is.
fn started(program: &mut Command) -> anyhow::Result<(Process, String)> {
    let name = program.get_program().display().to_string();
    program
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = program
        .spawn()
        .with_context(|| format!("{name} cannot be started"))?;
    let output = child.stdout.take().context("its output is piped")?;
    let process = Process(child);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    if line.trim().is_empty() {
        bail!("{name} ended");
    }
    Ok((process, line.trim().to_owned()))
}

/// How many colours a picture has, those that differ by less than a sixteenth taken as one.
///
/// `xwd` is a picture as the X Window Dump file format has it (XWDFile.h of Xlib): a head of
/// big-endian words, a table of colours, four bytes a point.
fn colours(xwd: &[u8]) -> anyhow::Result<usize> {
    let word = |at: usize| {
        let bytes = xwd
            .get(at * 4..at * 4 + 4)
            .and_then(|bytes| bytes.try_into().ok());
        bytes
            .map(|bytes| u32::from_be_bytes(bytes) as usize)
            .context("the picture has no head")
    };
    let (head_bytes, colour_entries) = (word(0)?, word(19)?);
    let points = xwd
        .get(head_bytes + colour_entries * 12..)
        .context("the picture has no points")?;
    let mut seen = [false; 4096];
    for point in points.chunks_exact(4) {
        let [a, b, c] = [point[0], point[1], point[2]].map(|part| usize::from(part >> 4));
        seen[a << 8 | b << 4 | c] = true;
    }
    Ok(seen.iter().filter(|is_seen| **is_seen).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_counted_behind_the_head_and_the_table() {
        let mut picture = vec![0; 100];
        picture[3] = 100;
        picture[19 * 4 + 3] = 2;
        picture.extend([0xff; 24]);
        for [a, b, c] in [[0, 0, 0], [1, 2, 3], [0x10, 0, 0], [0, 0, 0xf0], [0, 0, 0]] {
            picture.extend([a, b, c, 0]);
        }
        assert_eq!(colours(&picture).unwrap(), 3);
        assert!(colours(&picture[..60]).is_err());
    }
}
