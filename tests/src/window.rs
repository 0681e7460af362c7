//! The window as its user has it: on a display, a bus and in folders of its own, driven through
//! the web view's own driver. Start at [`Desk::open`].

use std::{
    ffi::OsStr,
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::{Capabilities, TypingData, WebDriver, WebElement, error::WebDriverResult};
use tokio::runtime::Runtime;

use crate::{
    bus::Bus,
    program::{Desktop, built, wait_for},
    screen::{Group, Screen, assert_is_installed, log},
};

/// A line of the list.
pub const ROW: &str = "[role=option]";
/// One of the detail's parts, by its name.
pub const TAB: &str = "[role=tab]";
/// What the chosen part shows.
pub const PANEL: &str = "[role=tabpanel]";
/// The bar at the bottom.
pub const STATUS: &str = "footer";

/// A display, and the data folder of a desktop on it.
#[derive(Debug)]
pub struct Desk {
    /// The display.
    pub screen: Screen,
    /// The data folder, and the terminal's verbs on it.
    pub desktop: Desktop,
    /// All that is kept.
    pub folder: TempDir,
}

impl Desk {
    /// A new one, with nothing on it.
    ///
    /// # Panics
    /// As [`Screen::start`].
    #[must_use]
    pub fn set_up() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        Self {
            screen: Screen::start(folder.path()),
            desktop: Desktop::new(folder.path()),
            folder,
        }
    }

    /// With what the app is started here: the data folder, no keychain, a receiver on a free port.
    #[must_use]
    pub fn args(&self) -> [String; 5] {
        let data = self.desktop.data.display().to_string();
        [
            "--no-keychain",
            "--receiver",
            "127.0.0.1:0",
            "--data",
            &data,
        ]
        .map(str::to_owned)
    }

    /// Starts the app and waits until its page stands.
    ///
    /// # Panics
    /// When a driver is missing or the page does not come.
    #[must_use]
    pub fn open(&self) -> Window {
        Window::open(&self.screen, None, &self.args())
    }

    /// As [`Desk::open`], on `bus`.
    ///
    /// # Panics
    /// As [`Desk::open`].
    #[must_use]
    pub fn open_on(&self, bus: &Bus) -> Window {
        Window::open(&self.screen, Some(bus), &self.args())
    }

    /// As [`Desk::open`], with a link.
    ///
    /// # Panics
    /// As [`Desk::open`].
    #[must_use]
    pub fn open_link(&self, link: &str) -> Window {
        let args = self.args().into_iter().chain([link.to_owned()]);
        Window::open(&self.screen, None, &args.collect::<Vec<_>>())
    }
}

/// The window of a running app.
#[derive(Debug)]
pub struct Window {
    session: Option<WebDriver>,
    runtime: Runtime,
    _driver: Group,
}

impl Window {
    fn open(screen: &Screen, bus: Option<&Bus>, args: &[String]) -> Self {
        assert_is_installed(OsStr::new("WebKitWebDriver"), "webkit2gtk-driver");
        let port = free_port();
        let mut driver = match bus {
            None => screen.command("dbus-run-session"),
            Some(bus) => bus.command(screen, "env"),
        };
        if bus.is_none() {
            driver.arg("--");
        }
        driver
            .args(["WebKitWebDriver", "--host=127.0.0.1"])
            .arg(format!("--port={port}"))
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .stdout(log(screen.folder(), "window.log"))
            .stderr(log(screen.folder(), "window.log"));
        let driver = Group::start(&mut driver, "dbus");
        wait_for("WebKitWebDriver", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        });
        let app = json!({ "binary": built("tenterhook-desktop"), "args": args });
        let mut wanted = Capabilities::new();
        wanted
            .set("webkitgtk:browserOptions", app)
            .expect("it is JSON");
        let runtime = Runtime::new().expect("a runtime");
        let session = runtime
            .block_on(WebDriver::new(format!("http://127.0.0.1:{port}"), wanted))
            .unwrap_or_else(|error| {
                let log = fs::read_to_string(screen.folder().join("window.log"));
                panic!("no session: {error}\n{}", log.unwrap_or_default())
            });
        let window = Self {
            session: Some(session),
            runtime,
            _driver: driver,
        };
        window.element(STATUS, " capture");
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

    /// Waits for an element that matches `css` and says `text`, or is called so.
    ///
    /// # Panics
    /// When none comes.
    pub fn element(&self, css: &str, text: &str) -> WebElement {
        wait_for(&format!("{css} with {text:?}"), || self.look(css, text))
    }

    fn look(&self, css: &str, text: &str) -> Option<WebElement> {
        // The editor's view stands in a shadow root, whose text is no text of its host.
        let script = "const [css, text] = arguments;
            const within = (one) => [...one.querySelectorAll('*')].map(
              (inner) => inner.shadowRoot?.textContent ?? '');
            const says = (one) => one.textContent.includes(text)
              || `${one.ariaLabel ?? ''}`.includes(text)
              || within(one).some((inner) => inner.includes(text));
            const all = [...document.querySelectorAll(css)];
            return all.find((one) => one.checkVisibility() && says(one)) ?? null;";
        let args = vec![json!(css), json!(text)];
        let found = self.drive(css, async |page| page.execute(script, args).await);
        found.element().ok()
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

    /// Clicks on an element that matches `css` and says `text`, or is called so.
    ///
    /// # Panics
    /// When there is none that can be clicked on.
    pub fn click(&self, css: &str, text: &str) {
        wait_for(&format!("a click on {css} with {text:?}"), || {
            let element = self.look(css, text)?;
            // It may be gone or another by now; then the next is looked for.
            self.runtime.block_on(element.click()).ok()
        });
    }

    /// Types `keys` into the element that matches `css`.
    pub fn keys(&self, css: &str, keys: impl Into<TypingData>) {
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
        let picture = self.drive("a picture", async |page| page.screenshot_as_png().await);
        let build = built("tenterhook-desktop");
        let shots = build
            .ancestors()
            .nth(2)
            .expect("a build has a folder")
            .join("shots");
        fs::create_dir_all(&shots).expect("a folder can be made");
        fs::write(shots.join(format!("{name}.png")), picture).expect("a picture can be kept");
    }

    /// Where it says that the receiver on this computer is.
    ///
    /// # Panics
    /// When it does not say so.
    #[must_use]
    pub fn receiver(&self) -> SocketAddr {
        let button = self.element("footer button", "receiver ");
        let status = self.drive("the receiver", async |_| button.text().await);
        let (_, address) = status.rsplit_once(' ').expect("the address stands last");
        address.trim().parse().expect("an address")
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
        if thread::panicking() {
            let test = thread::current();
            let name = format!("failed-{}", test.name().unwrap_or("test"));
            // What is hidden, or gone, draws nothing; the failure itself is what is to be told.
            let _ = catch_unwind(AssertUnwindSafe(|| self.shot(&name)));
        }
        self.end();
    }
}

/// A port that was free a moment ago, for a program that cannot choose one.
fn free_port() -> u16 {
    let bound = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    bound.expect("there is a free port").port()
}
