//! The window's walls: what strangers send is text, the page may call its own commands alone, and
//! nothing from outside is loaded, run or reached.

use std::net::TcpListener;

use serde_json::{Value, json};
use tests::{
    sender::{request, send},
    window::{Desk, PANEL, ROW, TAB, Window},
};

/// Text that would run, were it ever taken for a page.
const HOSTILE: [&str; 6] = [
    "<script>window.__pwned=1</script>",
    "<img src=x onerror=window.__pwned=1>",
    "<svg onload=window.__pwned=1><script>window.__pwned=1</script></svg>",
    "</pre></textarea></title><script>window.__pwned=1</script>",
    "<base href='https://example.org/'><meta http-equiv=refresh content='0;url=https://example.org/'>",
    "<iframe srcdoc='<script>parent.__pwned=1</script>'></iframe><a href='javascript:window.__pwned=1'>x</a>",
];

/// How many elements there are of each kind that runs or loads, in the editor's view too.
const ELEMENTS: &str = "const all = (root) => [...root.querySelectorAll('*')].flatMap(
        (one) => [one.localName, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    const here = all(document);
    return ['script', 'img', 'iframe', 'base', 'meta', 'link', 'a', 'object']
        .map((name) => here.filter((one) => one === name).length)";

/// Keeps in mind what the content policy refused.
const WATCH: &str = "window.__refused = [];
    addEventListener('securitypolicyviolation', (event) =>
        window.__refused.push(`${event.effectiveDirective}: ${event.blockedURI}`))";

fn post(window: &Window, target: &str, headers: &[(&str, &str)], body: &[u8]) {
    let answer = send(window.receiver(), &request("POST", target, headers, body));
    assert_eq!(answer.expect("an answer").status, 200);
}

/// Shows the body in the way called `view`.
fn look(window: &Window, view: &str) {
    window.click("[role=radiogroup][aria-label^='Show the body'] label", view);
    window.settle();
}

/// Nothing ran, nothing was loaded, and the page is the one that it was.
fn check_nothing_ran(window: &Window, before: &Value) {
    window.settle();
    assert_eq!(window.run("return window.__pwned", &[]), Value::Null);
    assert_eq!(&window.run(ELEMENTS, &[]), before);
    assert_eq!(window.run("return window.__refused", &[]), json!([]));
    assert_eq!(window.run("return location.protocol", &[]), "tauri:");
}

/// A window that has shown a timeline and a text, for both load their parts when first needed; and
/// its elements.
fn warmed(desk: &Desk) -> (Window, Value) {
    let window = desk.open();
    let _ = window.run(WATCH, &[]);
    post(
        &window,
        "/first",
        &[("Content-Type", "text/plain")],
        b"plain",
    );
    window.click(ROW, "/first");
    window.element(PANEL, "plain");
    window.element(".chart canvas", "");
    let before = window.run(ELEMENTS, &[]);
    (window, before)
}

#[test]
fn what_strangers_send_is_text_and_never_code() {
    let desk = Desk::set_up();
    let (window, before) = warmed(&desk);
    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let escaped = escaped(hostile);
        let json = json!({ hostile: [hostile] }).to_string();
        for (kind, body, views) in [
            (
                "application/json",
                &*json,
                &["Hex", "Tree", "Pretty", "Text"][..],
            ),
            ("image/svg+xml", hostile, &["Hex", "Text"]),
        ] {
            let path = format!("/'onload=window.__pwned=1/{number}/{kind}");
            let target = format!("{path}?q={escaped}&{escaped}=v");
            // Follows what comes again, which the click on a row had stopped.
            window.click("header button", "Paused");
            let headers = [("X-Hostile", hostile), ("Content-Type", kind)];
            post(&window, &target, &headers, body.as_bytes());
            window.click(ROW, &path);
            for tab in ["Headers", "Query", "Raw"] {
                window.click(TAB, tab);
                window.element(PANEL, hostile);
            }
            window.click(TAB, "Body");
            for view in views {
                look(&window, view);
                if *view != "Hex" {
                    window.element(PANEL, hostile);
                }
            }
        }
    }
    check_nothing_ran(&window, &before);
}

/// Each byte as `%XX`.
fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[test]
fn the_page_may_call_its_commands_and_nothing_else() {
    let desk = Desk::set_up();
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
    let desk = Desk::set_up();
    let window = desk.open();
    let id = "00000000000000000000000000000000";
    let body = json!({ "of": { "of": "capture", "id": id }, "parts": [], "isAsSent": false, "isWhole": false });
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
            json!({ "body": body, "folds": { "isAll": false, "nodes": [] }, "from": 0, "count": 9 }),
            "no_capture",
        ),
        (
            "text",
            json!({ "body": body, "form": "text", "from": 0, "count": 9 }),
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
    let desk = Desk::set_up();
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
