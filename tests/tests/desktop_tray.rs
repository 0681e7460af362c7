//! The program without its window: closed to the tray, started hidden, shown again, and the window
//! where it was.

use std::fs;

use serde_json::{Value, json};
use tests::{
    bus::{Bus, Tray},
    program::{signal, wait_for},
    sender::{request, send},
    window::{Desk, ROW},
};

/// Has closing do `what` without a question.
fn on_close(desk: &Desk, what: &str) {
    let _ = desk.desktop.ok(&["status"]);
    let settings = json!({ "onClose": what }).to_string();
    let kept = fs::write(desk.desktop.data.join("background.json"), settings);
    kept.expect("a file can be written");
}

fn is_shown(desk: &Desk) -> bool {
    let search = ["search", "--onlyvisible", "--name", "^Tenterhook$"];
    desk.screen
        .xdotool(&search)
        .is_some_and(|found| !found.is_empty())
}

fn geometry(desk: &Desk) -> Option<[i64; 4]> {
    let window = desk.screen.window("Tenterhook");
    let text = desk
        .screen
        .xdotool(&["getwindowgeometry", "--shell", &window])?;
    let read = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().parse().ok()
    };
    Some([read("X=")?, read("Y=")?, read("WIDTH=")?, read("HEIGHT=")?])
}

#[test]
fn the_first_close_asks_and_what_was_answered_holds() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    let window = desk.open_on(&bus);
    desk.screen.close("Tenterhook");
    window.element("dialog", "Keep Tenterhook running?");
    window.shot("closing");
    // Its answer takes the window away, and with it what would tell that the click is done.
    let _ = window.run(
        "const keep = document.querySelector('dialog button.main'); setTimeout(() => keep.click());",
        &[],
    );
    wait_for("the window to go", || (!is_shown(&desk)).then_some(()));
    let kept = fs::read(desk.desktop.data.join("background.json")).unwrap();
    let kept: Value = serde_json::from_slice(&kept).unwrap();
    assert_eq!(kept["onClose"], "hide");
    // A second start shows it again; now closing hides without a question.
    let (status, said) = desk.screen.start_app_on(&bus, &desk.args()).ended();
    assert!(status.success(), "{said}");
    wait_for("the window", || is_shown(&desk).then_some(()));
    desk.screen.close("Tenterhook");
    wait_for("the window to go again", || {
        (!is_shown(&desk)).then_some(())
    });
}

#[test]
fn the_tray_says_what_is_unread_and_does_what_is_clicked() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    let mut tray = Tray::start(&bus, &desk.screen);
    on_close(&desk, "hide");
    let window = desk.open_on(&bus);
    tray.wait_for("Nothing new");
    let receiver = window.receiver();
    desk.screen.close("Tenterhook");
    wait_for("the window to go", || (!is_shown(&desk)).then_some(()));
    for number in 0..6 {
        let sent = request("POST", &format!("/a&b_{number}"), &[], b"{}");
        assert_eq!(send(receiver, &sent).unwrap().status, 200);
    }
    tray.wait_for("6 new");
    tray.wait_for_title("6");
    tray.wait_for("Local receiver: POST /a&b_5");
    tray.click("Copy URL");
    tray.click("/a&b_3");
    wait_for("the window", || is_shown(&desk).then_some(()));
    window.element("[aria-selected=true]", "/a&b_3");
    tray.wait_for("Nothing new");
    let _ = window.run(
        "return await window.__TAURI_INTERNALS__.invoke('speak', { language: 'zh' });",
        &[],
    );
    tray.wait_for("没有新的");
    tray.click("退出");
    wait_for("the window to go for good", || {
        (!is_shown(&desk)).then_some(())
    });
}

#[test]
fn hidden_it_receives_and_loses_nothing_when_it_is_asked_to_stop() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    on_close(&desk, "hide");
    let window = desk.open_on(&bus);
    let receiver = window.receiver();
    let number = desk.screen.window("Tenterhook");
    let pid = desk.screen.xdotool(&["getwindowpid", &number]).unwrap();
    desk.screen.close("Tenterhook");
    wait_for("the window to go", || (!is_shown(&desk)).then_some(()));
    for number in 0..20 {
        let sent = request("POST", &format!("/hidden/{number}"), &[], b"{}");
        assert_eq!(send(receiver, &sent).unwrap().status, 200);
    }
    signal(pid.parse().unwrap(), "TERM");
    wait_for("its end", || send(receiver, b"").err());
    window.close();
    assert_eq!(desk.desktop.captures().len(), 20);
    let again = desk.open_on(&bus);
    again.element(ROW, "/hidden/19");
}

#[test]
fn the_window_comes_back_where_it_was_and_from_off_the_screen() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    on_close(&desk, "quit");
    let app = desk.screen.start_app_on(&bus, &desk.args());
    let number = desk.screen.window("Tenterhook");
    let place = |args: &[&str]| desk.screen.xdotool(args).expect("xdotool does so");
    place(&["windowsize", &number, "1000", "700"]);
    place(&["windowmove", &number, "210", "130"]);
    let wanted = wait_for("the place", || {
        geometry(&desk).filter(|[x, y, width, height]| {
            (*x - 210).abs() < 60 && (*y - 130).abs() < 60 && [*width, *height] == [1000, 700]
        })
    });
    desk.screen.close("Tenterhook");
    assert!(app.ended().0.success());

    let app = desk.screen.start_app_on(&bus, &desk.args());
    wait_for(&format!("the window at {wanted:?}"), || {
        (geometry(&desk) == Some(wanted)).then_some(())
    });
    desk.screen.close("Tenterhook");
    assert!(app.ended().0.success());

    let file = desk.desktop.data.join("window.json");
    let mut kept: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    kept["area"]["x"] = json!(9000);
    fs::write(&file, kept.to_string()).unwrap();
    let app = desk.screen.start_app_on(&bus, &desk.args());
    wait_for("the window on the screen", || {
        geometry(&desk).filter(|[x, ..]| (0..1600).contains(x))
    });
    desk.screen.close("Tenterhook");
    assert!(app.ended().0.success());
}

#[test]
fn starting_at_login_is_a_desktop_entry_that_starts_it_hidden() {
    let desk = Desk::set_up();
    let bus = Bus::start(&desk.screen);
    on_close(&desk, "hide");
    let window = desk.open_on(&bus);
    window.click("header button", "Notifications");
    window.click("dialog label", "Start when I log in");
    let entry = desk
        .folder
        .path()
        .join("home/config/autostart/tenterhook.desktop");
    let text = wait_for("the entry", || fs::read_to_string(&entry).ok());
    let exec = text
        .lines()
        .find_map(|line| line.strip_prefix("Exec="))
        .unwrap();
    let data = desk.desktop.data.display();
    assert!(exec.contains("tenterhook-desktop\" \"--hidden\""), "{exec}");
    assert!(exec.ends_with(&format!("\"--data\" \"{data}\"")), "{exec}");
    window.click("dialog label", "Start when I log in");
    wait_for("the entry to go", || (!entry.exists()).then_some(()));
    window.close();

    let args: Vec<String> = desk
        .args()
        .into_iter()
        .chain(["--hidden".to_owned()])
        .collect();
    let mut tray = Tray::start(&bus, &desk.screen);
    let app = desk.screen.start_app_on(&bus, &args);
    tray.wait_for("Show Tenterhook");
    assert!(!is_shown(&desk));
    tray.click("Show Tenterhook");
    wait_for("the window", || is_shown(&desk).then_some(()));
    tray.click("Quit");
    assert!(app.ended().0.success());
}
