//! A `tenterhook://` link that its user opens: the window asks, there is one window a data folder,
//! and nothing is paired until its user agrees.

use tests::{
    program::Relay,
    window::{Desk, STATUS},
};

const DIALOG: &str = "dialog";
const FIELD: &str = "dialog input";

/// Starts the app once more, as the system does for a link; it must end by itself, and well.
fn start_again(desk: &Desk, link: Option<&str>) {
    let args = desk.args().into_iter().chain(link.map(str::to_owned));
    let app = desk.screen.start_app(&args.collect::<Vec<_>>());
    let (status, said) = app.ended();
    assert!(status.success(), "{status}: {said}");
}

#[test]
fn a_link_pairs_once_its_user_agrees_and_not_before() {
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let window = desk.open_link(relay.connect());
    window.element(DIALOG, &format!("Pair with {}?", relay.address));
    let filled = window.run("return document.querySelector('dialog input').value", &[]);
    assert_eq!(filled, relay.connect());
    window.element("header", "Not paired");
    window.click("dialog button", "Pair");
    window.element("header", "Connected");
}

#[test]
fn a_link_that_is_opened_later_comes_to_the_window_that_is_there() {
    let desk = Desk::set_up();
    let other = Desk::set_up();
    let window = desk.open();
    let other_window = other.open();
    let invite = format!("thi_{}", "A".repeat(43));
    let link = format!("tenterhook://pair?relay=https%3A%2F%2Fhooks.example.org&invite={invite}");

    start_again(&desk, Some(&link));
    window.element(DIALOG, "Pair with hooks.example.org?");
    start_again(&desk, Some("tenterhook://<b>evil</b>"));
    window.element(DIALOG, "This link pairs with nothing");
    start_again(&desk, None);
    let fields = "return document.querySelectorAll(arguments[0]).length";
    assert_eq!(window.run(fields, &[FIELD.into()]), 0);
    assert_eq!(other_window.run(fields, &[DIALOG.into()]), 0);

    window.close();
    let again = desk.open();
    again.element(STATUS, " capture");
    assert_eq!(again.run(fields, &[DIALOG.into()]), 0, "it was taken once");
}
