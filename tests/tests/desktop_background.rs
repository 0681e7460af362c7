//! The window while nobody looks at it: what is notified and how, with the notification service of
//! a desktop.

use std::{fs, net::SocketAddr};

use serde_json::{Value, json};
use tests::{
    app::App,
    bus::{Bus, Dunst},
    program::wait_for,
    sender::{request, send},
    window::{Desk, Window},
};

fn post(to: SocketAddr, target: &str, headers: &[(&str, &str)]) {
    let sent = request("POST", target, headers, b"{}");
    let answer = send(to, &sent).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.head);
}

/// Nobody looks at the window any more.
fn look_away(desk: &Desk, page: &Window) {
    let window = desk.screen.window("Tenterhook");
    wait_for("the window to go", || {
        desk.screen.xdotool(&["windowminimize", "--sync", &window])
    });
    wait_for("the focus to go", || {
        (page.run("return document.hasFocus()", &[]) == false).then_some(())
    });
}

fn invoke(window: &Window, command: &str, args: &Value) -> Value {
    let body = "return await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]);";
    window.run(body, &[json!(command), args.clone()])
}

/// The page itself draws nothing while its window is away.
fn wait_for_captures(window: &Window, count: u64) {
    wait_for(&format!("{count} captures"), || {
        let status = invoke(window, "status", &json!({}));
        (status["captures"] == count).then_some(())
    });
}

#[test]
fn a_burst_is_one_notification_and_a_click_shows_its_newest() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    let dunst = Dunst::start(&bus, &desk.screen);
    let window = desk.open_on(&bus);
    let receiver = window.receiver();
    look_away(&desk, &window);
    for number in 0..50 {
        post(receiver, &format!("/burst/{number}"), &[]);
    }
    let last = dunst.wait_for("Local receiver: 50 webhooks");
    assert_eq!(last.body, "POST /burst/49");
    assert_eq!(last.urgency, "NORMAL");
    assert!(
        dunst.told().iter().all(|told| told.id == last.id),
        "{:?}",
        dunst.told()
    );
    assert_eq!(dunst.shown(), 1);
    dunst.click();
    window.element("[aria-selected=true]", "/burst/49");
    window.element(".detail", "/burst/49");
    wait_for("the window", || {
        desk.screen
            .xdotool(&["search", "--onlyvisible", "--name", "^Tenterhook$"])
    });
    wait_for("the notification to go", || {
        (dunst.shown() == 0).then_some(())
    });
}

#[test]
fn what_a_stranger_wrote_is_text_in_a_notification() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    let dunst = Dunst::start(&bus, &desk.screen);
    let window = desk.open_on(&bus);
    look_away(&desk, &window);
    let event = "<b>push</b> &amp; \u{202e}gnp";
    post(window.receiver(), "/x", &[("X-GitHub-Event", event)]);
    let told = dunst.wait_for("Local receiver: 1 webhook");
    let wanted = "&lt;b&gt;push&lt;/b&gt; &amp;amp; gnp";
    assert!(told.body.contains(wanted), "{told:?}");
    assert!(!told.body.contains('\u{202e}'), "{told:?}");

    let mut settings = invoke(&window, "background", &json!({}));
    settings["hidesContents"] = json!(true);
    let _ = invoke(
        &window,
        "set_background",
        &json!({ "background": settings }),
    );
    dunst.click();
    look_away(&desk, &window);
    post(window.receiver(), "/secret", &[]);
    let told = wait_for("a notification without contents", || {
        dunst.told().into_iter().find(|told| told.body.is_empty())
    });
    assert!(told.title.starts_with("Local receiver: "), "{told:?}");
}

#[test]
fn nothing_is_notified_while_its_user_looks_or_wants_silence() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    let dunst = Dunst::start(&bus, &desk.screen);
    let window = desk.open_on(&bus);
    let receiver = window.receiver();
    let own = desk.screen.window("Tenterhook");
    wait_for("the focus", || {
        desk.screen.xdotool(&["windowfocus", "--sync", &own])
    });
    post(receiver, "/looked-at", &[]);
    window.element("[role=option]", "/looked-at");
    look_away(&desk, &window);
    post(receiver, "/first", &[]);
    assert_eq!(
        dunst.wait_for("Local receiver: 1 webhook").body,
        "POST /first"
    );

    dunst.press("Mute 1 h");
    let kept = wait_for("muting", || {
        let text = fs::read(desk.desktop.data.join("background.json")).ok()?;
        let kept: Value = serde_json::from_slice(&text).ok()?;
        kept["mutedUntilMs"].as_i64().map(|_| kept)
    });
    window.element("header button", "muted");
    post(receiver, "/muted", &[]);
    wait_for_captures(&window, 3);
    let mut loud = kept;
    loud["mutedUntilMs"] = Value::Null;
    let _ = invoke(&window, "set_background", &json!({ "background": loud }));
    post(receiver, "/second", &[]);
    wait_for("the second", || {
        dunst
            .told()
            .into_iter()
            .find(|told| told.body == "POST /second")
    });
    for told in dunst.told() {
        assert_eq!(told.title, "Local receiver: 1 webhook");
        assert!(
            ["POST /first", "POST /second"].contains(&told.body.as_str()),
            "{told:?}"
        );
    }
}

#[test]
fn a_failure_is_louder_and_can_be_sent_again() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    let dunst = Dunst::start(&bus, &desk.screen);
    let window = desk.open_on(&bus);
    let app = App::start();
    let forwards = json!([{ "target": format!("http://{}/", app.address()), "isRemote": false }]);
    let saved = json!({ "id": "local", "settings": null, "forwards": forwards });
    let _ = invoke(&window, "save_endpoint", &saved);
    look_away(&desk, &window);
    post(window.receiver(), "/order", &[]);
    app.next()
        .say(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let told = dunst.wait_for("Local receiver: 1 webhook, 1 failed");
    assert_eq!(
        (told.urgency.as_str(), told.body.as_str()),
        ("CRITICAL", "answered 500 · POST /order")
    );
    dunst.press("Replay");
    let mut again = app.next();
    assert!(again.head.starts_with("POST /order "), "{}", again.head);
    again.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let capture = desk.desktop.captures()[0]["id"].clone();
    let statuses = wait_for("the second delivery", || {
        let deliveries = invoke(&window, "deliveries", &json!({ "id": capture }));
        let all = deliveries.as_array()?;
        let statuses: Vec<_> = all.iter().map(|one| one["status"].clone()).collect();
        (statuses.len() == 2).then_some(statuses)
    });
    assert_eq!(statuses, [200, 500]);
}

#[test]
fn without_a_notification_service_it_is_said_once_and_all_else_works() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    let window = desk.open_on(&bus);
    look_away(&desk, &window);
    post(window.receiver(), "/kept", &[]);
    let said = wait_for("the notice", || {
        let status = invoke(&window, "status", &json!({}));
        let notices = status["notices"].as_array()?.clone();
        notices
            .into_iter()
            .find(|notice| notice["code"] == "no_notifications")
    });
    let message = said["message"].as_str().unwrap();
    assert!(
        message.starts_with("notifications cannot be shown here"),
        "{message}"
    );
    wait_for_captures(&window, 1);
}
