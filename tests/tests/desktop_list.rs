//! What is done with captures in the window's list, on the real engine and its history: compare,
//! pin, note, delete, undo.

use tests::{
    program::wait_for,
    sender::{request, send},
    window::{Desk, PANEL, ROW, STATUS, TAB, Window},
};
use thirtyfour::Key;

const LIST: &str = "[role=listbox]";
const TOAST: &str = ".toast";
const NOTE: &str = "input[aria-label='Note on this capture']";

fn post(window: &Window, target: &str, body: &[u8]) {
    let headers = [
        ("Content-Type", "application/json"),
        ("X-GitHub-Event", "push"),
    ];
    let request = request("POST", target, &headers, body);
    let answer = send(window.receiver(), &request).expect("an answer");
    assert_eq!(answer.status, 200, "{}", answer.head);
}

/// Waits until the list has no row that says `text`.
fn gone(window: &Window, text: &str) {
    let script = "const [css, text] = arguments;
        return [...document.querySelectorAll(css)].some((row) => row.textContent.includes(text))";
    wait_for(&format!("no row with {text:?}"), || {
        let is_there = window.run(script, &[ROW.into(), text.into()]);
        (is_there == serde_json::json!(false)).then_some(())
    });
}

#[test]
fn captures_are_compared_noted_deleted_and_brought_back() {
    let desk = Desk::set_up();
    let window = desk.open();
    for (number, state) in [(1, "open"), (2, "open"), (3, "open"), (4, "closed")] {
        let body = format!(r#"{{"id": {number}, "state": "{state}"}}"#);
        post(
            &window,
            &format!("/hook-{number}?n={number}"),
            body.as_bytes(),
        );
        window.element(ROW, &format!("/hook-{number}"));
    }

    // What the previous one of the kind had otherwise; its id always changes.
    window.click(ROW, "/hook-4");
    window.click(TAB, "Diff");
    window.element(PANEL, "$.state");
    let shown = window.text(PANEL);
    assert!(
        shown.contains("open") && shown.contains("closed"),
        "{shown}"
    );
    assert!(!shown.contains("$.id"), "{shown}");

    // A note, which the search finds.
    window.keys(LIST, "n");
    window.keys(NOTE, "look");
    window.keys(NOTE, Key::Enter);
    window.element(ROW, "look");

    window.click(ROW, "/hook-2");
    window.keys(LIST, Key::Delete);
    window.element(TOAST, "Deleted 1 capture");
    gone(&window, "/hook-2");
    window.element(STATUS, "3 captures");
    assert!(!desk.desktop.ok(&["ls"]).contains("/hook-2"));

    window.click(".toast button", "Undo");
    window.element(ROW, "/hook-2");
    window.element(STATUS, "4 captures");

    // All at once; another start knows nothing of them.
    window.keys(LIST, Key::Control + "a");
    window.element("[role=toolbar]", "4 selected");
    window.shot("list-selected");
    window.keys(LIST, Key::Delete);
    window.element(STATUS, "0 captures");
    window.close();
    let again = desk.open();
    again.element(STATUS, "0 captures");
}
