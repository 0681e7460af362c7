//! The window, as its user sees and uses it: the built app on a display of its own.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Output,
    sync::mpsc::channel,
    thread,
    time::Instant,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    program::{Desktop, Relay, signal, wait_for},
    sender::{request, send},
    window::{Screen, Window},
};
use thirtyfour::Key;

const ROW: &str = "[role=option]";
const TAB: &str = "[role=tab]";
const PANEL: &str = "[role=tabpanel]";
const STATUS: &str = "footer";

/// A display, and the data folder of a desktop on it.
struct Desk {
    screen: Screen,
    desktop: Desktop,
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            screen: Screen::start(folder.path()),
            desktop: Desktop::new(folder.path()),
            folder,
        }
    }

    fn open(&self) -> Window {
        Window::open(&self.screen, &self.desktop.data)
    }
}

/// Where the window says that the receiver on this computer is.
fn receiver(window: &Window) -> SocketAddr {
    window.element(STATUS, "http://127.0.0.1:");
    let status = window.text(STATUS);
    let (_, address) = status.split_once("http://").unwrap();
    let end = address.find(|at: char| !at.is_ascii_digit() && !".:".contains(at));
    address[..end.unwrap_or(address.len())].parse().unwrap()
}

fn post(to: SocketAddr, target: &str, headers: &[(&str, &str)], body: &[u8]) {
    let answer = send(to, &request("POST", target, headers, body)).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.head);
}

#[test]
fn a_webhook_is_shown_as_sent_and_still_there_after_a_restart() {
    let desk = Desk::new();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    let window = desk.open();
    window.element("header", "Connected");

    let headers = [
        ("x-OdD-SpElLinG", "Yes"),
        ("X-Twice", "1"),
        ("Content-Type", "application/json"),
        ("x-tWICE", "2"),
    ];
    let target = format!("{path}/orders?from=shop");
    post(
        relay.address,
        &target,
        &headers,
        br#"{"order":{"id":4711,"amount":12.50}}"#,
    );

    window.click(ROW, "/orders?from=shop");
    window.element("[role=treeitem]", "12.50");
    window.click(TAB, "Headers");
    window.element(PANEL, "x-OdD-SpElLinG");
    let shown = window.text(PANEL);
    let at = |name: &str| {
        shown
            .find(name)
            .unwrap_or_else(|| panic!("{name} is not in {shown}"))
    };
    let order = [
        "Host",
        "x-OdD-SpElLinG",
        "X-Twice",
        "Content-Type",
        "x-tWICE",
    ]
    .map(at);
    assert!(order.is_sorted(), "the order is not the sender's: {shown}");
    window.close();

    let again = desk.open();
    again.click(ROW, "/orders?from=shop");
    again.click(TAB, "Raw");
    again.element(PANEL, "x-tWICE: 2");
}

#[test]
fn a_webhook_that_came_while_the_window_was_closed_is_marked() {
    let desk = Desk::new();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    post(relay.address, &format!("{path}/asleep"), &[], b"{}");
    let window = desk.open();
    window.element(ROW, "/asleep");
    window.element(ROW, "held");
}

#[test]
fn a_burst_of_two_thousand_leaves_the_page_at_work() {
    const SENDERS: usize = 8;
    const EACH: usize = 250;
    let desk = Desk::new();
    let window = desk.open();
    let to = receiver(&window);
    // What the page hears, and how often it draws.
    let _ = window.run(
        "window.heard = []; window.frames = 0;
         const tick = () => { window.frames += 1; requestAnimationFrame(tick); };
         requestAnimationFrame(tick);
         const internals = window.__TAURI_INTERNALS__;
         const handler = internals.transformCallback(({ payload }) => window.heard.push(...payload));
         await internals.invoke('plugin:event|listen',
           { event: 'engine', target: { kind: 'Any' }, handler });",
        &[],
    );
    let begun = Instant::now();
    thread::scope(|scope| {
        for sender in 0..SENDERS {
            scope.spawn(move || {
                for number in 0..EACH {
                    post(to, &format!("/burst/{sender}/{number}"), &[], b"{\"a\":1}");
                }
            });
        }
        // The page takes a click and shows a capture while they come.
        window.click(ROW, "/burst/");
        window.element("[role=treeitem]", "a");
    });
    window.element(STATUS, "2,000 captures");
    let took = begun.elapsed();
    let heard = window.run(
        "const captured = window.heard.filter(({ kind }) => kind === 'captured');
         return { count: captured.reduce((sum, { count }) => sum + count, 0),
                  batches: captured.length, frames: window.frames };",
        &[],
    );
    println!("2,000 captures in {took:?}: {heard}");
    assert_eq!(heard["count"], 2_000);
    let most = took.as_millis() / 50 + 2;
    assert!(
        u128::from(heard["batches"].as_u64().unwrap()) <= most,
        "{heard} in {took:?}"
    );
    assert!(
        heard["frames"].as_u64().unwrap() >= 20,
        "{heard} in {took:?}"
    );
    // The list stood still under the cursor, and says how many came.
    window.click("button", "Show");
    window.element("[aria-setsize='2000']", "/burst/");
}

/// Text that would run, were it ever taken for a page.
const HOSTILE: [&str; 6] = [
    "<script>window.__pwned=1</script>",
    "<img src=x onerror=window.__pwned=1>",
    "<svg onload=window.__pwned=1><script>window.__pwned=1</script></svg>",
    "</pre></textarea></title><script>window.__pwned=1</script>",
    "<base href=\"https://example.org/\"><meta http-equiv=refresh content=\"0;url=https://example.org/\">",
    "<iframe srcdoc=\"<script>parent.__pwned=1</script>\"></iframe><a href=\"javascript:window.__pwned=1\">x</a>",
];

#[test]
fn what_strangers_send_is_text_and_never_code() {
    let desk = Desk::new();
    let window = desk.open();
    let to = receiver(&window);
    let elements = "return ['script', 'img', 'iframe', 'base', 'meta', 'link', 'a', 'object']
        .map((name) => document.querySelectorAll(name).length)";
    let before = window.run(elements, &[]);
    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let escaped: String = hostile.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let target = format!("/'onload=window.__pwned=1/{number}?q={escaped}&{escaped}=v");
        let json = json!({ hostile: [hostile] }).to_string();
        for (kind, body) in [
            ("application/json", json.as_str()),
            ("text/html", hostile),
            ("image/svg+xml", hostile),
        ] {
            post(
                to,
                &target,
                &[("X-Hostile", hostile), ("Content-Type", kind)],
                body.as_bytes(),
            );
            window.click("button", "Live");
            let _ = window.run(
                "document.querySelector('[role=option]')?.scrollIntoView()",
                &[],
            );
        }
        let row = format!("/'onload=window.__pwned=1/{number}?");
        window.click(ROW, &row);
        for (tab, wanted) in [
            ("Headers", hostile),
            ("Query", hostile),
            ("Raw", hostile),
            ("Body", ""),
        ] {
            window.click(TAB, tab);
            window.element(PANEL, wanted);
        }
        for view in ["Text", "Hex"] {
            window.click("label, [role=radio], button", view);
            window.settle();
        }
    }
    window.settle();
    assert_eq!(window.run("return window.__pwned", &[]), Value::Null);
    assert_eq!(window.run(elements, &[]), before);
    assert_eq!(window.run("return location.protocol", &[]), "tauri:");
}

#[test]
fn the_page_may_call_its_commands_and_nothing_else() {
    let desk = Desk::new();
    let window = desk.open();
    for refused in [
        "plugin:window|close",
        "plugin:window|set_title",
        "plugin:webview|create_webview_window",
        "plugin:app|version",
        "plugin:path|resolve_directory",
        "plugin:event|emit",
        "plugin:resources|close",
        "plugin:fs|read_file",
        "plugin:shell|execute",
        "plugin:dialog|open",
        "no_such_command",
    ] {
        let answer = window.run(
            "return window.__TAURI_INTERNALS__.invoke(arguments[0], { path: '/etc/passwd' })
               .then(() => 'done', (why) => String(why))",
            &[json!(refused)],
        );
        let why = answer.as_str().unwrap();
        assert!(
            why.contains("not allowed") || why.contains("not found"),
            "{refused}: {why}"
        );
    }
    let status = window.run("return window.__TAURI_INTERNALS__.invoke('status')", &[]);
    assert_eq!(status["captures"], 0);
    assert_eq!(
        window.run("return typeof window.__TAURI__", &[]),
        "undefined"
    );
}

#[test]
fn a_command_refuses_what_is_not_its_own() {
    let desk = Desk::new();
    let window = desk.open();
    let id = "00000000000000000000000000000000";
    for (command, args, code) in [
        ("detail", json!({ "id": id }), "no_capture"),
        ("detail", json!({ "id": "../../etc/passwd" }), "no_capture"),
        (
            "bytes",
            json!({ "id": id, "part": "body", "from": 0, "count": 9 }),
            "no_capture",
        ),
        (
            "tree",
            json!({ "id": id, "folded": [], "from": 0, "count": 9 }),
            "no_capture",
        ),
        (
            "text",
            json!({ "id": id, "from": 0, "count": 9 }),
            "no_capture",
        ),
        (
            "rows",
            json!({ "list": 999, "from": 0, "count": 9 }),
            "no_list",
        ),
        ("grow_list", json!({ "list": 999 }), "no_list"),
        (
            "try_line",
            json!({ "endpoint": "another's" }),
            "no_endpoint",
        ),
        ("new_endpoint", json!({ "name": null }), "unpaired"),
        (
            "pair",
            json!({ "connect": "https://example.org/" }),
            "connect_string",
        ),
    ] {
        let heard = window.run(
            "return window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])
               .then(() => 'done', (why) => why)",
            &[json!(command), args],
        );
        assert_eq!(heard["code"], code, "{command}: {heard}");
    }
}

#[test]
fn the_page_loads_runs_and_reaches_nothing_from_outside() {
    let desk = Desk::new();
    let window = desk.open();
    let outside = TcpListener::bind("127.0.0.1:0").unwrap();
    outside.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", outside.local_addr().unwrap());
    // Were a payload ever taken for a page, this is what it would try.
    let refusals = window.run(
        "const [url] = arguments;
         const refusals = [];
         addEventListener('securitypolicyviolation', (event) => refusals.push(event.effectiveDirective));
         document.body.insertAdjacentHTML('beforeend',
           `<div id=intruder><img src='${url}' onerror='window.__pwned=1'><iframe src='${url}'></iframe></div>`);
         const script = document.createElement('script');
         script.src = url;
         document.querySelector('#intruder').append(script);
         const fetched = await fetch(url).then(() => 'fetched', () => 'refused');
         window.open(url);
         location.href = url;
         while (refusals.length < 4) await new Promise((drawn) => requestAnimationFrame(drawn));
         document.querySelector('#intruder').remove();
         return [fetched, ...refusals.sort()];",
        &[json!(url)],
    );
    let wanted = [
        "refused",
        "connect-src",
        "frame-src",
        "img-src",
        "script-src-elem",
    ];
    assert_eq!(refusals, json!(wanted));
    window.settle();
    assert_eq!(window.run("return location.href", &[]), "tauri://localhost");
    assert_eq!(window.run("return window.__pwned", &[]), Value::Null);
    assert!(outside.accept().is_err(), "it reached a server");
}

#[test]
fn what_is_copied_can_be_pasted() {
    let desk = Desk::new();
    let window = desk.open();
    let url = format!("http://{}/", receiver(&window));
    window.click("header button", "Copy address");
    window.element("[role=status]", "copied");
    window.keys("[type=search]", Key::Control + "v");
    wait_for("the pasted address", || {
        let typed = window.run("return document.querySelector('[type=search]').value", &[]);
        (typed == url.as_str()).then_some(())
    });
}

/// The page's checker for barriers to assistive technology, which `npm ci` in `ui` brings.
const AXE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../ui/node_modules/axe-core/axe.min.js"
);

fn check_barriers(window: &Window, state: &str) {
    let axe = fs::read_to_string(AXE).expect("axe-core is there: run `npm ci` in ui");
    let found = window.run(
        &format!(
            "{axe};
             const {{ violations }} = await window.axe.run(document);
             return violations.map(({{ id, nodes }}) =>
               [id, ...nodes.slice(0, 3).map(({{ html, failureSummary }}) => html + failureSummary)]);"
        ),
        &[],
    );
    assert_eq!(found, json!([]), "{state}");
}

#[test]
fn both_themes_are_free_of_barriers_at_every_size() {
    let desk = Desk::new();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    let window = desk.open();
    let local = receiver(&window);
    let json = r#"{"action":"opened","number":1347,"pull_request":{"title":"Sign what is sent","draft":false,
        "user":{"login":"octocat","id":583231},"labels":[{"name":"bug"},{"name":"good first issue"}],"merged_at":null}}"#;
    let from_github = [
        ("Content-Type", "application/json"),
        ("X-GitHub-Event", "pull_request"),
        (
            "X-Hub-Signature-256",
            "sha256=7d38cdd689735b008b3c702edd92eea23791c5f6",
        ),
        (
            "Authorization",
            "Bearer ghs_16C7e42F292c6912E7710c838347Ae178B4a",
        ),
    ];
    post(
        local,
        "/hook?from=curl",
        &[("Content-Type", "text/plain")],
        "grüße\n".as_bytes(),
    );
    post(
        relay.address,
        &format!("{path}/stripe"),
        &[("Content-Type", "application/x-www-form-urlencoded")],
        b"id=evt_1&type=invoice.paid",
    );
    post(
        relay.address,
        &format!("{path}/logo"),
        &[("Content-Type", "image/png")],
        &[0x89, b'P', b'N', b'G', 0, 1, 2, 255],
    );
    post(
        relay.address,
        &format!("{path}/github?installation=42"),
        &from_github,
        json.as_bytes(),
    );
    for theme in ["light", "dark"] {
        wait_for(theme, || {
            let now = window.run("return document.documentElement.dataset.theme", &[]);
            (now == theme).then_some(()).or_else(|| {
                window.click("header button", "Theme");
                None
            })
        });
        for (width, height) in [(1280, 800), (900, 600)] {
            window.resize(width, height);
            window.click(ROW, "/github");
            for tab in ["Body", "Headers", "Query", "Raw"] {
                window.click(TAB, tab);
                window.element(PANEL, "");
                window.shot(&format!("{}-{theme}-{width}", tab.to_lowercase()));
                check_barriers(&window, &format!("{tab}, {theme}, {width}"));
            }
        }
    }
}

/// The app started by itself, not by a driver.
struct Started {
    child: std::process::Child,
}

impl Started {
    fn new(desk: &Desk) -> Self {
        let mut app = desk.screen.app(&desk.desktop.data);
        let log = fs::File::create(desk.folder.path().join("app.log")).unwrap();
        Self {
            child: app.stderr(log).spawn().unwrap(),
        }
    }

    /// Waits until it has ended; it must have done so in order.
    fn ends_well(mut self, desk: &Desk) {
        let status = wait_for("the end of the app", || self.child.try_wait().unwrap());
        let log = fs::read_to_string(desk.folder.path().join("app.log")).unwrap();
        assert!(
            status.success() && !log.contains("panicked"),
            "{status}: {log}"
        );
    }
}

#[test]
fn it_ends_in_order_when_its_window_is_closed() {
    let desk = Desk::new();
    let started = Started::new(&desk);
    let window = desk.screen.window("Tenterhook");
    assert!(desk.screen.xdotool(&["windowquit", &window]).is_some());
    started.ends_well(&desk);
}

#[test]
fn it_ends_in_order_when_it_is_asked_to() {
    for name in ["TERM", "INT"] {
        let desk = Desk::new();
        let started = Started::new(&desk);
        let window = desk.screen.window("Tenterhook");
        let pid = desk.screen.xdotool(&["getwindowpid", &window]).unwrap();
        signal(pid.parse().unwrap(), name);
        started.ends_well(&desk);
    }
}

/// Starts the app where it cannot start; the answer is what it wrote once its message was closed.
fn refused(desk: &Desk, args: &[&str]) -> Output {
    let mut app = desk.screen.app(&desk.desktop.data);
    let child = app
        .args(args)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let message = desk.screen.window("Tenterhook could not start");
    assert!(
        desk.screen
            .xdotool(&["windowfocus", &message, "key", "Return"])
            .is_some()
    );
    child.wait_with_output().unwrap()
}

fn check_refused(desk: &Desk, args: &[&str], wanted: &[&str]) {
    let output = refused(desk, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for text in wanted {
        assert!(said.contains(text), "`{text}` is not in: {said}");
    }
}

#[test]
fn it_says_in_a_message_why_it_cannot_start() {
    let desk = Desk::new();
    let data = &desk.desktop.data;
    let _ = desk.desktop.ok(&["status"]);
    fs::write(data.join("settings.toml"), "[receiver]\nlisen = 5\n").unwrap();
    check_refused(&desk, &[], &["settings.toml", "line 2"]);
    fs::remove_file(data.join("settings.toml")).unwrap();

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check_refused(&desk, &["--receiver", &address], &[&address]);

    let newer = rusqlite::Connection::open(data.join("history.db")).unwrap();
    newer.pragma_update(None, "user_version", 999).unwrap();
    drop(newer);
    check_refused(&desk, &[], &["schema 999"]);

    let file = desk.folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("data").display().to_string();
    check_refused(&desk, &["--data", &below], &[&below]);
}

#[test]
fn without_a_display_it_says_so_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = tests::program::command(tests::program::built("tenterhook-desktop"));
    app.arg("--data")
        .arg(folder.path().join("data"))
        .env_remove("WAYLAND_DISPLAY");
    for display in [None, Some(":59999")] {
        match display {
            None => app.env_remove("DISPLAY"),
            Some(display) => app.env("DISPLAY", display),
        };
        let output = app.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("no display") && said.contains("tenterhook listen"),
            "{said}"
        );
        assert!(!said.contains("panicked"), "{said}");
    }
    assert!(
        !folder.path().join("data").exists(),
        "nothing was to be touched"
    );
}
