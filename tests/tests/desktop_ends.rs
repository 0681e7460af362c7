//! How the window's program ends: in order when it is closed or asked to, and with a message when
//! it cannot start.

use std::{fs, net::TcpListener};

use tests::{
    program::{built, command, signal},
    screen::App,
    window::Desk,
};

/// Waits until the app has ended; it must have done so in order.
fn check_ends_well(app: App) {
    let (status, said) = app.ended();
    assert!(
        status.success() && !said.contains("panicked"),
        "{status}: {said}"
    );
}

#[test]
fn it_ends_in_order_when_its_window_is_closed() {
    let desk = Desk::set_up();
    let _ = desk.desktop.ok(&["status"]);
    let settings = desk.desktop.data.join("background.json");
    fs::write(settings, r#"{"onClose":"quit"}"#).unwrap();
    let app = desk.screen.start_app(&desk.args());
    desk.screen.close("Tenterhook");
    check_ends_well(app);
}

#[test]
fn it_ends_in_order_when_it_is_asked_to() {
    for name in ["TERM", "INT"] {
        let desk = Desk::set_up();
        let app = desk.screen.start_app(&desk.args());
        let window = desk.screen.window("Tenterhook");
        let pid = desk.screen.xdotool(&["getwindowpid", &window]).unwrap();
        signal(pid.parse().unwrap(), name);
        check_ends_well(app);
    }
}

/// Starts the app where it cannot start, closes its message, and looks for `wanted` in what it says.
fn check_refused(desk: &Desk, args: &[&str], wanted: &[&str]) {
    let app = desk.screen.start_app(args);
    desk.screen.close("Tenterhook could not start");
    let (status, said) = app.ended();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    for text in wanted {
        assert!(said.contains(text), "`{text}` is not in: {said}");
    }
}

#[test]
fn it_says_in_a_message_why_it_cannot_start() {
    let desk = Desk::set_up();
    let data = &desk.desktop.data;
    let folder = data.display().to_string();
    let _ = desk.desktop.ok(&["status"]);
    fs::write(data.join("settings.toml"), "[receiver]\nlisen = 5\n").unwrap();
    check_refused(&desk, &["--data", &folder], &["settings.toml", "line 2"]);
    fs::remove_file(data.join("settings.toml")).unwrap();

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check_refused(
        &desk,
        &["--data", &folder, "--receiver", &address],
        &[&address],
    );

    let newer = rusqlite::Connection::open(data.join("history.db")).unwrap();
    newer.pragma_update(None, "user_version", 999).unwrap();
    drop(newer);
    check_refused(&desk, &["--data", &folder], &["schema 999"]);

    let file = desk.folder.path().join("file");
    fs::write(&file, "").unwrap();
    let below = file.join("data").display().to_string();
    check_refused(&desk, &["--data", &below], &[&below]);
}

#[test]
fn without_a_display_it_says_so_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = command(built("tenterhook-desktop"));
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
