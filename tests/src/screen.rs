//! A display without a person in front of it, with a home, for programs with windows. Start at
//! [`Screen::start`].

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead, BufReader},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
};

use crate::{
    bus::Bus,
    program::{built, command, wait_for},
};

/// A program and all that it starts, ended together.
#[derive(Debug)]
pub(crate) struct Group(Child);

impl Group {
    pub(crate) fn start(command: &mut Command, package: &str) -> Self {
        let program = command.get_program().to_owned();
        assert_is_installed(&program, package);
        let child = command.process_group(0).stdin(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("{}: {error}", program.display())))
    }
}

impl Group {
    /// Its output, once.
    pub(crate) fn output(&mut self) -> ChildStdout {
        self.0.stdout.take().expect("its output is piped")
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        // All of it may have ended by itself.
        let _ = command("kill")
            .args(["-KILL", "--", &group])
            .stderr(Stdio::null())
            .status();
        let _ = self.0.wait();
    }
}

pub(crate) fn assert_is_installed(program: &OsStr, package: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let program = program.display();
    assert!(is_there, "{program} is missing: apt-get install {package}");
}

/// The app, started by itself and not by a driver.
#[derive(Debug)]
pub struct App {
    group: Group,
    errors: PathBuf,
}

impl App {
    /// Waits until it has ended; the answer is how, and what it wrote to its error output.
    ///
    /// # Panics
    /// When it does not end.
    #[must_use]
    pub fn ended(mut self) -> (ExitStatus, String) {
        let status = wait_for("the end of the app", || {
            self.group.0.try_wait().expect("a child")
        });
        let said = fs::read(&self.errors).expect("its errors are kept");
        (status, String::from_utf8_lossy(&said).into_owned())
    }
}

/// A display without a person in front of it, and a home.
#[derive(Debug)]
pub struct Screen {
    folder: PathBuf,
    display: String,
    // Ended in this order.
    _manager: Option<Group>,
    _server: Group,
}

impl Screen {
    /// Starts a display of its own; what programs on it keep is in `folder`.
    ///
    /// # Panics
    /// When Xvfb is missing or does not get ready.
    #[must_use]
    pub fn start(folder: &Path) -> Self {
        for name in ["data", "config", "cache", "runtime"] {
            let folder = folder.join("home").join(name);
            fs::create_dir_all(&folder).expect("a folder can be made");
            let owner_only = fs::Permissions::from_mode(0o700);
            fs::set_permissions(folder, owner_only).expect("a folder can be closed to others");
        }
        let mut xvfb = command("Xvfb");
        xvfb.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1600x1000x24",
            "-nolisten",
            "tcp",
        ])
        .stdout(Stdio::piped())
        .stderr(log(folder, "display.log"));
        let mut server = Group::start(&mut xvfb, "xvfb");
        let mut number = String::new();
        let read = BufReader::new(server.output()).read_line(&mut number);
        assert!(read.is_ok_and(|bytes| bytes > 0), "Xvfb does not get ready");
        let mut screen = Self {
            folder: folder.to_owned(),
            display: format!(":{}", number.trim()),
            _manager: None,
            _server: server,
        };
        let mut openbox = screen.command("openbox");
        openbox
            .stdout(log(folder, "display.log"))
            .stderr(log(folder, "display.log"));
        screen._manager = Some(Group::start(&mut openbox, "openbox"));
        screen
    }

    /// Where logs go.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// `program` on this display, at home here.
    #[must_use]
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let home = self.folder.join("home");
        let mut on_screen = command(program);
        on_screen
            .env("DISPLAY", &self.display)
            .env("HOME", &home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("XDG_RUNTIME_DIR", home.join("runtime"))
            .env("LANG", "C.UTF-8")
            // There is no service for assistive technology on the bus, and it would be waited for.
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY");
        on_screen
    }

    /// Starts the app on this display, on a bus of its own.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start_app(&self, args: &[impl AsRef<OsStr>]) -> App {
        let mut app = self.command("dbus-run-session");
        app.arg("--");
        self.start_as(app, args)
    }

    /// As [`Self::start_app`], on `bus`.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start_app_on(&self, bus: &Bus, args: &[impl AsRef<OsStr>]) -> App {
        self.start_as(bus.command(self, "env"), args)
    }

    fn start_as(&self, mut app: Command, args: &[impl AsRef<OsStr>]) -> App {
        let errors = self.folder.join("app.log");
        app.arg(built("tenterhook-desktop")).args(args);
        app.stderr(File::create(&errors).expect("a log can be written"));
        App {
            group: Group::start(&mut app, "dbus"),
            errors,
        }
    }

    /// What `xdotool` says.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn xdotool(&self, args: &[&str]) -> Option<String> {
        assert_is_installed(OsStr::new("xdotool"), "xdotool");
        let output = self
            .command("xdotool")
            .args(args)
            .output()
            .expect("xdotool runs");
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success()).then_some(said)
    }

    /// Closes the window with this title, as its user would.
    ///
    /// # Panics
    /// When there is none.
    pub fn close(&self, title: &str) {
        let window = self.window(title);
        wait_for("the focus", || {
            self.xdotool(&["windowactivate", "--sync", &window])
        });
        let closed = self.xdotool(&["key", "alt+F4"]);
        assert!(closed.is_some(), "{title} cannot be closed");
    }

    /// Waits for a window with this title; the answer is its number.
    ///
    /// # Panics
    /// When it does not come.
    #[must_use]
    pub fn window(&self, title: &str) -> String {
        let pattern = format!("^{title}$");
        wait_for(title, || {
            let found = self.xdotool(&["search", "--onlyvisible", "--name", &pattern])?;
            Some(found.lines().next()?.to_owned())
        })
    }
}

pub(crate) fn log(folder: &Path, name: &str) -> File {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join(name));
    log.expect("a log can be written")
}
