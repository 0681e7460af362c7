//! The window, as its user sees and uses it: the built app on a display of its own.

use std::{
    fs,
    net::SocketAddr,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::Instant,
};

use serde_json::json;
use tests::{
    program::{Relay, wait_for},
    sender::{request, send},
    window::{Desk, PANEL, ROW, STATUS, TAB, Window},
};
use thirtyfour::Key;

fn post(to: SocketAddr, target: &str, headers: &[(&str, &str)], body: &[u8]) {
    let answer = send(to, &request("POST", target, headers, body)).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.head);
}

#[test]
fn a_webhook_is_shown_as_sent_and_still_there_after_a_restart() {
    let desk = Desk::set_up();
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
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    post(relay.address, &format!("{path}/asleep"), &[], b"{}");
    let window = desk.open();
    window.element(ROW, "/asleep");
    window.element(ROW, "held");
}

/// Posts from many connections at once, at least 2,000 times and until `act` is done; the answer
/// is how often.
fn burst(to: SocketAddr, act: impl FnOnce()) -> usize {
    const LEAST: usize = 2_000;
    const MOST: usize = 50_000;
    let (next, is_done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let post_many = || {
        let mut posted = 0;
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= MOST || (number >= LEAST && is_done.load(Ordering::Relaxed)) {
                return posted;
            }
            post(to, &format!("/burst/{number}"), &[], b"{\"a\":1}");
            posted += 1;
        }
    };
    thread::scope(|scope| {
        let senders: Vec<_> = (0..8).map(|_| scope.spawn(post_many)).collect();
        act();
        is_done.store(true, Ordering::Relaxed);
        senders
            .into_iter()
            .map(|sender| sender.join().expect("a sender is answered"))
            .sum()
    })
}

#[test]
fn a_burst_of_two_thousand_leaves_the_page_at_work() {
    let desk = Desk::set_up();
    let window = desk.open();
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
    let posted = burst(window.receiver(), || {
        // While they come the page takes a click, and shows what was clicked on.
        window.click(ROW, "/burst/");
        window.element("[role=treeitem]", "a");
    });
    let sent_in = begun.elapsed();
    let counted = format!("{},{:03} captures", posted / 1_000, posted % 1_000);
    window.element(STATUS, &counted);
    let heard = window.run(
        "const captured = window.heard.filter(({ kind }) => kind === 'captured');
         return { count: captured.reduce((sum, { count }) => sum + count, 0),
                  batches: captured.length, frames: window.frames };",
        &[],
    );
    let shown_in = begun.elapsed();
    println!("{posted} captures sent in {sent_in:?}, shown in {shown_in:?}: {heard}");
    assert_eq!(heard["count"], posted);
    let most = shown_in.as_millis() / 50 + 2;
    let batches = heard["batches"].as_u64().unwrap();
    assert!(u128::from(batches) <= most, "{heard} in {shown_in:?}");
    // The list stood still under the cursor, and says how many came meanwhile.
    window.click("button", " new");
    window.element(&format!("[aria-setsize='{posted}']"), "/burst/");
}

#[test]
fn what_is_copied_can_be_pasted() {
    let desk = Desk::set_up();
    let window = desk.open();
    let url = format!("http://{}/", window.receiver());
    window.click("header button", "Copy address");
    window.element("[role=status]", "copied");
    window.keys("search input", Key::Control + "v");
    wait_for("the pasted address", || {
        let typed = window.run("return document.querySelector('search input').value", &[]);
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
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    let window = desk.open();
    let local = window.receiver();
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
