//! What the web view itself has to draw: coloured text, the timeline, a picture, under the content
//! policy; and a day of webhooks, of which README shows pictures.

use std::io::Write;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use tests::{
    app::App,
    program::{Relay, now_ms, wait_for},
    sender::{github_signature, request, send},
    window::{Desk, PANEL, ROW, TAB, Window},
};

const PICTURE: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../src-tauri/icons/32x32.png"
));

fn choose_theme(window: &Window, theme: &str) {
    wait_for(theme, || {
        let now = window.run("return document.documentElement.dataset.theme", &[]);
        (now == theme).then_some(()).or_else(|| {
            window.click("header button", "Theme");
            None
        })
    });
}

/// The colours of the text in the editor's view: of all of it, then of a key, a string, a number.
fn colours(window: &Window) -> Vec<Value> {
    let script = "const root = document.querySelector('.host').shadowRoot;
        const all = [...root.querySelectorAll('.cm-line span')];
        const of = (element) => getComputedStyle(element).color;
        return [of(root.querySelector('.cm-editor')), ...arguments[0].map((text) =>
            of(all.find((one) => one.textContent === text)))]";
    let found = window.run(script, &[json!(["\"name\"", "\"Mei\"", "4711"])]);
    found.as_array().expect("a list").clone()
}

#[test]
fn text_timeline_and_picture_are_drawn_under_the_content_policy() {
    let desk = Desk::set_up();
    let window = desk.open();
    let _ = window.run(
        "window.__refused = [];
         addEventListener('securitypolicyviolation', (event) =>
             window.__refused.push(`${event.effectiveDirective}: ${event.blockedURI}`))",
        &[],
    );
    let post = |path: &str, kind: &str, body: &[u8]| {
        let sent = request("POST", path, &[("Content-Type", kind)], body);
        assert_eq!(
            send(window.receiver(), &sent).expect("an answer").status,
            200
        );
    };
    post("/logo", "image/png", PICTURE);
    post(
        "/json",
        "application/json",
        b"{\"name\": \"Mei\", \"id\": 4711}",
    );

    window.click(ROW, "/json");
    window.click("[role=radiogroup] label", "Text");
    window.element(PANEL, "4711");
    for theme in ["light", "dark"] {
        choose_theme(&window, theme);
        window.settle();
        let mut all = colours(&window);
        all.sort_by_key(Value::to_string);
        all.dedup();
        assert_eq!(all.len(), 4, "{theme}: {all:?}");
        // The bars, by the pixels that are not clear.
        let drawn = wait_for("the timeline", || {
            let script = "const canvas = document.querySelector('.chart canvas');
                const { width, height } = canvas;
                const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
                return data.filter((_, at) => at % 4 === 3 && data[at] > 0).length";
            let pixels = window.run(script, &[]).as_u64()?;
            (pixels > 100).then_some(pixels)
        });
        println!("{theme}: {drawn} pixels of the timeline are drawn");
        window.shot(&format!("text-{theme}"));
    }

    window.click(ROW, "/logo");
    window.element("[role=tabpanel] img", "");
    let width = "return document.querySelector('[role=tabpanel] img').naturalWidth";
    wait_for("the picture", || {
        (window.run(width, &[]) == 32).then_some(())
    });
    window.shot("picture");
    assert_eq!(window.run("return window.__refused", &[]), json!([]));
}

/// A day of a developer with three senders.
struct Day<'a> {
    desk: &'a Desk,
    relay: &'a Relay,
    /// Id and path of each sender's endpoint.
    github: (String, String),
    shop: (String, String),
}

const SECRET: &str = "It's a Secret to Everybody";

impl<'a> Day<'a> {
    fn set_up(desk: &'a Desk, relay: &'a Relay) -> Self {
        let _ = desk.desktop.ok(&["pair", relay.connect()]);
        let made = |name: &str| {
            let made = desk
                .desktop
                .ok(&["endpoint", "new", "--name", name, "--json"]);
            let made: Value = serde_json::from_str(&made).expect("it prints JSON");
            let text = |member: &str| made[member].as_str().expect("a text").to_owned();
            let url = text("url");
            let path = url[url.find("/h/").expect("endpoints lie below /h/")..].to_owned();
            (text("id"), path)
        };
        let day = Self {
            desk,
            relay,
            github: made("github"),
            shop: made("shop"),
        };
        for scheme in ["stripe", "slack"] {
            let add = ["secret", "add", "shop", "--scheme", scheme, "--generate"];
            let _ = desk.desktop.ok(&add);
        }
        let mut add = desk
            .desktop
            .command(&["secret", "add", "github", "--scheme", "github"]);
        let mut add = add
            .stdin(std::process::Stdio::piped())
            .spawn()
            .expect("tenterhook runs");
        let mut input = add.stdin.take().expect("its input is piped");
        writeln!(input, "{SECRET}").expect("it reads");
        drop(input);
        assert!(add.wait().expect("a child").success());
        day
    }

    fn of_github(&self, event: &str, signed: &str, sent: &str) -> Vec<u8> {
        let signature = github_signature(SECRET.as_bytes(), signed.as_bytes());
        // Of each event its own.
        let delivery = format!("72d3162e-cc78-11e3-81ab-{}", &signature[7..19]);
        let headers = [
            ("User-Agent", "GitHub-Hookshot/044aadd"),
            ("Content-Type", "application/json"),
            ("X-GitHub-Event", event),
            ("X-GitHub-Delivery", &delivery),
            ("X-Hub-Signature-256", &signature),
        ];
        request("POST", &self.github.1, &headers, sent.as_bytes())
    }

    /// What came before, over half a day.
    fn before(&self) -> String {
        let now_ms = now_ms();
        let shop = |number: i64| {
            let body = format!(
                r#"{{"id":{},"total_price":"{}.90","currency":"EUR"}}"#,
                45_012 + number,
                20 + number % 70
            );
            let headers = [
                ("Content-Type", "application/json"),
                ("X-Shopify-Topic", "orders/create"),
                ("X-Shopify-Shop-Domain", "tea.myshopify.com"),
            ];
            request(
                "POST",
                &format!("{}/orders", self.shop.1),
                &headers,
                body.as_bytes(),
            )
        };
        let line = |number: i64| {
            let push = push(number);
            let (endpoint, request) = match number % 3 {
                0 => (&self.shop.0, shop(number)),
                _ => (&self.github.0, self.of_github("push", &push, &push)),
            };
            let end = request
                .windows(4)
                .position(|four| four == b"\r\n\r\n")
                .expect("a head ends")
                + 4;
            // More in some hours than in others.
            let ago_min = 6 + number * 9 + (number * number) % 31;
            let line = json!({
                "tenterhook": 1,
                "received_at_ms": now_ms - ago_min * 60_000,
                "endpoint": endpoint,
                "head_b64": BASE64_STANDARD.encode(&request[..end]),
                "body_b64": BASE64_STANDARD.encode(&request[end..]),
            });
            format!("{line}\n")
        };
        (0..70).rev().map(line).collect()
    }

    fn post(&self, request: &[u8]) {
        assert_eq!(
            send(self.relay.address, request).expect("an answer").status,
            200
        );
    }

    fn send_test(&self, sender: &str) {
        let _ = self
            .desk
            .desktop
            .ok(&["send-test", "shop", "--sender", sender]);
    }
}

fn push(number: i64) -> String {
    format!(
        r#"{{"ref":"refs/heads/main","after":"{:040x}","repository":{{"full_name":"octo-org/tea-shop","private":true}},"pusher":{{"name":"octocat"}},"commits":[{{"message":"Count the cups","added":[],"modified":["src/cups.rs"]}}]}}"#,
        number * 7_919 + 104_729
    )
}

fn pull_request(action: &str, state: &str, merged_at: &str, commits: u32) -> String {
    format!(
        r#"{{"action":"{action}","number":1347,"pull_request":{{"id":279147437,"state":"{state}","title":"Brew tea before the kettle cools","user":{{"login":"octocat","id":583231,"type":"User"}},"labels":[{{"name":"bug","color":"d73a4a"}},{{"name":"good first issue","color":"7057ff"}}],"draft":false,"merged_at":{merged_at},"head":{{"ref":"kettle","sha":"6dcb09b5b57875f334f61aebed695e2e4193db5e"}},"base":{{"ref":"main"}},"commits":{commits},"additions":104,"deletions":4}},"repository":{{"id":1296269,"full_name":"octo-org/tea-shop","private":true}},"sender":{{"login":"octocat"}}}}"#
    )
}

#[test]
fn a_day_of_webhooks_is_read_judged_and_compared() {
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let day = Day::set_up(&desk, &relay);
    let window = desk.open();
    window.element("header", "Connected");
    window.element("section", "First steps");
    choose_theme(&window, "light");
    window.shot("readme-first-steps");

    let file = desk.folder.path().join("before.ndjson");
    std::fs::write(&file, day.before()).expect("a file can be written");
    let _ = desk.desktop.ok(&["import", &file.display().to_string()]);
    window.element("footer", "70 captures");
    let app = App::start();
    let to = format!("http://{}/hook", app.address());
    let _ = desk
        .desktop
        .ok(&["endpoint", "set", "github", "--forward", &to]);
    let answer = |line: &str| {
        let text = format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        app.next().say(text.as_bytes());
    };
    let opened = pull_request("opened", "open", "null", 1);
    day.post(&day.of_github("pull_request", &opened, &opened));
    answer("200 OK");
    day.post(&day.of_github("push", &push(99), &format!("{}\n", push(99))));
    answer("401 Unauthorized");
    day.send_test("stripe");
    day.send_test("slack");
    let closed = pull_request("closed", "closed", "\"2026-03-14T09:41:07Z\"", 3);
    day.post(&day.of_github("pull_request", &closed, &closed));
    answer("200 OK");
    window.element("footer", "75 captures");
    for (sender, verdict) in [("Stripe", "good"), ("Slack", "good"), ("push", "bad")] {
        let css = format!("[role=option]:has(.verdict.{verdict})");
        window.element(&css, sender);
    }

    window.click(ROW, "closed");
    window.element("[role=treeitem]", "Brew tea before the kettle cools");
    window.element(".detail", "200");
    window.element(".chart canvas", "");
    window.shot("readme-list-light");
    choose_theme(&window, "dark");
    window.shot("readme-list-dark");

    window.click(TAB, "Diff");
    window.element(PANEL, "$.pull_request.state");
    window.shot("readme-diff");

    choose_theme(&window, "light");
    window.click("[role=option]:has(.verdict.bad)", "push");
    window.click(TAB, "Verify");
    window.click("[role=tabpanel] button", "Find out why");
    window.element(PANEL, "The signature was made with the secret");
    window.shot("readme-verify");
}
