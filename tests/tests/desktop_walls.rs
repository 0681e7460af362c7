//! The window's walls: what strangers send is text, the page may call its own commands alone, and
//! nothing from outside is loaded, run or reached.

use std::net::TcpListener;

use serde_json::{Value, json};
use tests::{
    sender::{request, send},
    window::{Desk, PANEL, ROW, TAB},
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

#[test]
fn what_strangers_send_is_text_and_never_code() {
    let desk = Desk::set_up();
    let window = desk.open();
    let to = window.receiver();
    let elements = "return ['script', 'img', 'iframe', 'base', 'meta', 'link', 'a', 'object']
        .map((name) => document.querySelectorAll(name).length)";
    let before = window.run(elements, &[]);
    for (number, hostile) in HOSTILE.into_iter().enumerate() {
        let escaped: String = hostile.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let json = json!({ hostile: [hostile] }).to_string();
        for (kind, body) in [("application/json", &*json), ("image/svg+xml", hostile)] {
            let path = format!("/'onload=window.__pwned=1/{number}/{kind}");
            let target = format!("{path}?q={escaped}&{escaped}=v");
            let headers = [("X-Hostile", hostile), ("Content-Type", kind)];
            let answer = send(to, &request("POST", &target, &headers, body.as_bytes()));
            assert_eq!(answer.unwrap().status, 200);
            window.click(ROW, &path);
            for tab in ["Headers", "Query", "Raw"] {
                window.click(TAB, tab);
                window.element(PANEL, hostile);
            }
            window.click(TAB, "Body");
            for view in ["Hex", "Text"] {
                window.click("[role=radiogroup] label", view);
                window.settle();
            }
            window.element(PANEL, hostile);
            // Follows what comes again, which the click on a row had stopped.
            window.click("header button", "Paused");
        }
    }
    window.settle();
    assert_eq!(window.run("return window.__pwned", &[]), Value::Null);
    assert_eq!(window.run(elements, &[]), before);
    assert_eq!(window.run("return location.protocol", &[]), "tauri:");
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
