//! The window as its user has it: on a display, a bus and in folders of its own, driven through
//! WebKit's own driver. Start at [`Screen::start`], then [`Window::open`].

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead, BufReader},
    net::{TcpListener, TcpStream},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver, WebElement, error::WebDriverResult};
use tokio::runtime::Runtime;

use crate::program::{built, command, wait_for};

/// A program and all that it starts, ended together.
#[derive(Debug)]
struct Group(Child);

impl Group {
    fn start(command: &mut Command, package: &str) -> Self {
        let program = command.get_program().to_owned();
        assert_is_installed(&program, package);
        let child = command.process_group(0).stdin(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("{}: {error}", program.display())))
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

fn assert_is_installed(program: &OsStr, package: &str) {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    let program = program.display();
    assert!(is_there, "{program} is missing: apt-get install {package}");
}

/// A display without a person in front of it, and a home.
#[derive(Debug)]
pub struct Screen {
    folder: PathBuf,
    display: String,
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
        let output = server.0.stdout.take().expect("its output is piped");
        let read = BufReader::new(output).read_line(&mut number);
        assert!(read.is_ok_and(|bytes| bytes > 0), "Xvfb does not get ready");
        Self {
            folder: folder.to_owned(),
            display: format!(":{}", number.trim()),
            _server: server,
        }
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

    /// The app on this display with a data folder, a receiver on a free port, and no keychain.
    #[must_use]
    pub fn app(&self, data: &Path) -> Command {
        let mut app = self.command("dbus-run-session");
        app.arg("--")
            .arg(built("tenterhook-desktop"))
            .args(arguments(data));
        app
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

fn arguments(data: &Path) -> [String; 5] {
    let data = data.display().to_string();
    [
        "--no-keychain",
        "--receiver",
        "127.0.0.1:0",
        "--data",
        &data,
    ]
    .map(str::to_owned)
}

fn log(folder: &Path, name: &str) -> File {
    let log = File::options()
        .create(true)
        .append(true)
        .open(folder.join(name));
    log.expect("a log can be written")
}

/// The window of a running app.
#[derive(Debug)]
pub struct Window {
    session: Option<WebDriver>,
    runtime: Runtime,
    _driver: Group,
}

impl Window {
    /// Starts the app with the data folder `data`, and waits until its page stands.
    ///
    /// # Panics
    /// When the driver is missing or the page does not come.
    #[must_use]
    pub fn open(screen: &Screen, data: &Path) -> Self {
        assert_is_installed(OsStr::new("WebKitWebDriver"), "webkit2gtk-driver");
        let port = free_port();
        let mut driver = screen.command("dbus-run-session");
        driver
            .args(["--", "WebKitWebDriver", "--host=127.0.0.1"])
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(log(&screen.folder, "window.log"))
            .stderr(log(&screen.folder, "window.log"));
        let driver = Group::start(&mut driver, "dbus");
        wait_for("WebKitWebDriver", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        let app = json!({ "binary": built("tenterhook-desktop"), "args": arguments(data) });
        let mut wanted = Capabilities::new();
        wanted
            .set("webkitgtk:browserOptions", app)
            .expect("it is JSON");
        let runtime = Runtime::new().expect("a runtime");
        let session = runtime
            .block_on(WebDriver::new(format!("http://127.0.0.1:{port}"), wanted))
            .unwrap_or_else(|error| {
                let log = fs::read_to_string(screen.folder.join("window.log"));
                panic!("no session: {error}\n{}", log.unwrap_or_default())
            });
        let window = Self {
            session: Some(session),
            runtime,
            _driver: driver,
        };
        window.element("footer", "captures");
        window
    }

    fn drive<T>(&self, what: &str, act: impl AsyncFnOnce(&WebDriver) -> WebDriverResult<T>) -> T {
        let session = self
            .session
            .as_ref()
            .expect("it is open until it is dropped");
        let done = self.runtime.block_on(act(session));
        done.unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Runs the body of a function in the page; the answer is what it returns, awaited.
    ///
    /// # Panics
    /// When it throws.
    #[must_use]
    pub fn run(&self, body: &str, args: &[Value]) -> Value {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             (async function () {{ {body} }}).apply(null, arguments).then(
               (value) => done({{ value: value ?? null }}),
               (error) => done({{ error: String(error?.message ?? JSON.stringify(error)) }}),
             );"
        );
        let answer = self.drive(body, async |page| {
            page.execute_async(script, args.to_vec())
                .await
                .map(|ret| ret.json().clone())
        });
        assert!(answer.get("error").is_none(), "{body}: {}", answer["error"]);
        answer["value"].clone()
    }

    /// Waits for an element that matches `css` and holds `text`.
    ///
    /// # Panics
    /// When none comes.
    pub fn element(&self, css: &str, text: &str) -> WebElement {
        let script = "const [css, text] = arguments;
            const shown = [...document.querySelectorAll(css)].filter((one) => one.checkVisibility());
            return shown.find((one) => one.textContent.includes(text)) ?? null;";
        let args = vec![json!(css), json!(text)];
        wait_for(&format!("{css} with {text:?}"), || {
            self.drive(css, async |page| {
                let found = page.execute(script, args.clone()).await?;
                Ok(found.element().ok())
            })
        })
    }

    /// The text of the first element that matches `css`, once there is one.
    #[must_use]
    pub fn text(&self, css: &str) -> String {
        self.element(css, "");
        let text = self.run(
            "return document.querySelector(arguments[0])?.textContent ?? ''",
            &[json!(css)],
        );
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Clicks on the element that matches `css` and holds `text`.
    pub fn click(&self, css: &str, text: &str) {
        let element = self.element(css, text);
        self.drive(css, async |_| element.click().await);
    }

    /// Types `keys` into the element that matches `css`.
    pub fn keys(&self, css: &str, keys: impl Into<thirtyfour::TypingData>) {
        let element = self.element(css, "");
        let keys = keys.into();
        self.drive(css, async |_| element.send_keys(keys).await);
    }

    /// Gives the window a size, in pixels.
    pub fn resize(&self, width: u32, height: u32) {
        self.drive("resize", async |page| {
            page.set_window_rect(0, 0, width, height).await
        });
        let size = json!([width, height]);
        wait_for("the new size", || {
            (self.run("return [innerWidth, innerHeight]", &[]) == size).then_some(())
        });
    }

    /// Waits until what was asked of the page has been drawn.
    pub fn settle(&self) {
        let _ = self.run(
            "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
            &[],
        );
    }

    /// Keeps a picture of it in the folder of the build, in `shots`.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn shot(&self, name: &str) {
        self.settle();
        let picture = self.drive("a picture", WebDriver::screenshot_as_png);
        let build = built("tenterhook-desktop");
        let shots = build
            .ancestors()
            .nth(2)
            .expect("a build has a folder")
            .join("shots");
        fs::create_dir_all(&shots).expect("a folder can be made");
        fs::write(shots.join(format!("{name}.png")), picture).expect("a picture can be kept");
    }

    /// Closes it, and with it the app.
    pub fn close(mut self) {
        self.end();
    }

    fn end(&mut self) {
        if let Some(session) = self.session.take() {
            // The app may be gone already, and with it the session.
            let _ = self.runtime.block_on(session.quit());
        }
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.end();
    }
}

/// A port that was free a moment ago, for a program that cannot choose one.
fn free_port() -> u16 {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.expect("there is a free port").port()
}
