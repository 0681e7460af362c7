//! A session bus of its own with what a desktop has on it: a notification service, a tray. Start at
//! [`Bus::start`].

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use serde_json::Value;

use crate::{
    program::wait_for,
    screen::{Group, Screen, log},
};

/// Nothing is started by asking for it: what is not on the bus is not there.
const BUS: &str = r#"<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
    <policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/>
    <allow own="*"/></policy></busconfig>"#;

/// The bus.
#[derive(Debug)]
pub struct Bus {
    address: String,
    _daemon: Group,
}

impl Bus {
    /// Starts one for the programs of `screen`.
    ///
    /// # Panics
    /// When dbus-daemon is missing or does not get ready.
    #[must_use]
    pub fn start(screen: &Screen) -> Self {
        let config = screen.folder().join("bus.xml");
        fs::write(&config, BUS).expect("a file can be written");
        let mut daemon = screen.command("dbus-daemon");
        daemon
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(log(screen.folder(), "bus.log"));
        let mut daemon = Group::start(&mut daemon, "dbus");
        let mut address = String::new();
        BufReader::new(daemon.output())
            .read_line(&mut address)
            .expect("the bus says its address");
        Self {
            address: address.trim().to_owned(),
            _daemon: daemon,
        }
    }

    /// `program` on this bus.
    #[must_use]
    pub fn command(&self, screen: &Screen, program: &str) -> Command {
        let mut on_bus = screen.command(program);
        on_bus.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        on_bus
    }
}

/// What was notified, as the service was told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The notification's number; one that takes the place of another has its number.
    pub id: String,
    /// `NORMAL` or `CRITICAL`.
    pub urgency: String,
    /// Its title.
    pub title: String,
    /// Its body; the service reads markup in it.
    pub body: String,
}

/// A notification service: dunst.
#[derive(Debug)]
pub struct Dunst<'a> {
    bus: &'a Bus,
    screen: &'a Screen,
    folder: PathBuf,
    _service: Group,
}

impl<'a> Dunst<'a> {
    /// Starts it on `bus`.
    ///
    /// # Panics
    /// When dunst is missing or does not get ready.
    #[must_use]
    pub fn start(bus: &'a Bus, screen: &'a Screen) -> Self {
        let folder = screen.folder().to_owned();
        let told = folder.join("told");
        let script = |name: &str, text: String| {
            let file = folder.join(name);
            fs::write(&file, text).expect("a file can be written");
            let may_run = fs::Permissions::from_mode(0o700);
            fs::set_permissions(&file, may_run).expect("a file can be made a program");
            file.display().to_string()
        };
        // Told with marks that no text has: escaped text has no control characters.
        let keep = script(
            "keep",
            format!(
                "#!/bin/sh\nprintf '%s\\037%s\\037%s\\037%s\\036' \"$DUNST_ID\" \
                 \"$DUNST_URGENCY\" \"$DUNST_SUMMARY\" \"$DUNST_BODY\" >>'{}'\n",
                told.display()
            ),
        );
        let choose = script(
            "choose",
            format!(
                "#!/bin/sh\ngrep -F \"$(cat '{}')\"\n",
                folder.join("choice").display()
            ),
        );
        let config = folder.join("dunstrc");
        fs::write(
            &config,
            format!(
                "[global]\nmarkup = full\nalways_run_script = true\ndmenu = {choose}\n\
                 ignore_dbusclose = false\n[urgency_low]\ntimeout = 0\n[urgency_normal]\n\
                 timeout = 0\n[urgency_critical]\ntimeout = 0\n[keep]\nsummary = \"*\"\n\
                 script = {keep}\n"
            ),
        )
        .expect("a file can be written");
        let mut service = bus.command(screen, "dunst");
        service
            .arg("-conf")
            .arg(&config)
            .stdout(log(&folder, "dunst.log"))
            .stderr(log(&folder, "dunst.log"));
        let started = Self {
            bus,
            screen,
            folder,
            _service: Group::start(&mut service, "dunst"),
        };
        wait_for("dunst", || started.control(&["count", "displayed"]));
        started
    }

    /// What it was told until now, in order.
    #[must_use]
    pub fn told(&self) -> Vec<Told> {
        let text = fs::read_to_string(self.folder.join("told")).unwrap_or_default();
        let lines = text.split_terminator('\x1e');
        let told = lines.filter_map(|line| {
            let [id, urgency, title, body] = line.split('\x1f').collect::<Vec<_>>()[..] else {
                return None;
            };
            Some(Told {
                id: id.to_owned(),
                urgency: urgency.to_owned(),
                title: title.to_owned(),
                body: body.to_owned(),
            })
        });
        told.collect()
    }

    /// Waits until it is told something with this title.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn wait_for(&self, title: &str) -> Told {
        wait_for(&format!("{title:?} among {:?}", self.told()), || {
            self.told().into_iter().find(|told| told.title == title)
        })
    }

    /// How many are shown.
    ///
    /// # Panics
    /// When it does not say so.
    #[must_use]
    pub fn shown(&self) -> usize {
        let count = self.control(&["count", "displayed"]);
        let count = count.expect("dunst answers");
        count.parse().expect("a number")
    }

    /// Clicks on the newest one, beside its buttons.
    ///
    /// # Panics
    /// When there is none.
    pub fn click(&self) {
        assert!(
            self.control(&["action", "0"]).is_some(),
            "nothing to click on"
        );
    }

    /// Presses the button `label` of what is shown.
    ///
    /// # Panics
    /// When there is none.
    pub fn press(&self, label: &str) {
        fs::write(self.folder.join("choice"), label).expect("a file can be written");
        assert!(
            self.control(&["context"]).is_some(),
            "no {label:?} to press"
        );
    }

    fn control(&self, args: &[&str]) -> Option<String> {
        let mut control = self.bus.command(self.screen, "dunstctl");
        let output = control.args(args).output().expect("dunstctl runs");
        let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success().then_some(said)
    }
}

/// A tray without a person in front of it.
#[derive(Debug)]
pub struct Tray {
    program: Child,
    said: BufReader<ChildStdout>,
}

impl Tray {
    /// Starts it on `bus`.
    ///
    /// # Panics
    /// When Python or its modules are missing.
    #[must_use]
    pub fn start(bus: &Bus, screen: &Screen) -> Self {
        let mut program = bus
            .command(screen, "/usr/bin/python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tray.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log(screen.folder(), "tray.log"))
            .spawn()
            .expect("python3 is missing: apt-get install python3");
        let said = BufReader::new(program.stdout.take().expect("its output is piped"));
        let mut tray = Self { program, said };
        let ready = tray.answer();
        assert_eq!(ready, "ready", "apt-get install python3-dbus python3-gi");
        tray
    }

    fn answer(&mut self) -> Value {
        let mut line = String::new();
        self.said.read_line(&mut line).expect("the tray answers");
        serde_json::from_str(&line).unwrap_or_default()
    }

    fn ask(&mut self, line: &str) -> Value {
        let input = self.program.stdin.as_mut().expect("its input is piped");
        writeln!(input, "{line}").expect("the tray listens");
        self.answer()
    }

    /// Waits until the menu has an entry with `label` in it.
    ///
    /// # Panics
    /// When it does not come.
    pub fn wait_for(&mut self, label: &str) {
        wait_for(&format!("{label:?} in the tray"), || {
            let menu = self.ask("menu");
            let has = |one: &Value| one.as_str().is_some_and(|one| one.contains(label));
            menu.as_array()?.iter().any(has).then_some(())
        });
    }

    /// Waits until the title beside the icon is `title`.
    ///
    /// # Panics
    /// When it does not become so.
    pub fn wait_for_title(&mut self, title: &str) {
        wait_for(&format!("the title {title:?}"), || {
            (self.ask("title") == title).then_some(())
        });
    }

    /// Clicks on the entry with `label` in it.
    ///
    /// # Panics
    /// When none comes.
    pub fn click(&mut self, label: &str) {
        let line = format!("click {label}");
        wait_for(&line.clone(), || (self.ask(&line) == true).then_some(()));
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.program.stdin.take());
        let _ = self.program.wait();
    }
}
