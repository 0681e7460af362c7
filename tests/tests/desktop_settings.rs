//! An endpoint's settings in the real window: what is saved there is how the relay answers, and
//! what a local application answers is shown there.

use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use tests::{
    program::Relay,
    sender::{request, send, whole},
    window::{Desk, PANEL, ROW, TAB, Window},
};
use thirtyfour::{Key, TypingData};

const STATUS_FIELD: &str = "dialog .pair input";
const TOKEN: &str = "dialog [aria-label=Token] .text";
const FORWARDS: &str = "dialog textarea[placeholder^='http']";
const BODY: &str = "dialog textarea:not([placeholder])";

fn open_settings(window: &Window) {
    window.click("nav .item:nth-child(2) .choose", "");
    window.click("nav .item:nth-child(2) .settings", "");
    window.element(STATUS_FIELD, "");
}

fn save(window: &Window) {
    window.click("dialog button", "Save");
    window.element("[role=status]", "Settings saved");
}

/// `text` in place of what a field holds.
fn instead(text: &str) -> TypingData {
    Key::Control + "a" + Key::Control + text
}

#[test]
fn the_relay_answers_as_it_was_set_in_the_window() {
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    let window = desk.open();
    let close = [("Connection", "close")];
    let post = || whole(relay.address, &request("POST", &path, &close, b"x")).expect("an answer");
    assert!(post().starts_with("HTTP/1.1 200 "));

    open_settings(&window);
    window.keys(STATUS_FIELD, instead("202"));
    window.keys(BODY, "later");
    assert!(post().starts_with("HTTP/1.1 200 "), "nothing is saved yet");
    window.shot("settings");
    save(&window);
    let answer = post();
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\nlater"), "{answer}");
}

#[test]
fn the_token_that_the_window_shows_is_the_one_that_lets_in() {
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    let window = desk.open();

    open_settings(&window);
    window.click("dialog button", "Show the token");
    window.element(TOKEN, "the_");
    let bearer = format!("Bearer {}", window.text(TOKEN).trim());
    window.click("dialog .tick:nth-of-type(2) input", "");
    save(&window);
    let post = |headers: &[(&str, &str)]| {
        let sent = request("POST", &path, headers, b"x");
        send(relay.address, &sent).expect("an answer").status
    };
    assert_eq!(post(&[]), 401);
    assert_eq!(post(&[("Authorization", &bearer)]), 200);
}

#[test]
fn what_an_application_answers_is_shown() {
    let desk = Desk::set_up();
    let relay = Relay::start(desk.folder.path());
    let path = desk.desktop.pair(&relay);
    let application = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let at = application.local_addr().expect("it is bound");
    let window = desk.open();

    open_settings(&window);
    window.keys(FORWARDS, format!("http://{at}/hook"));
    save(&window);
    let answering = thread::spawn(move || {
        let (mut stream, _) = application.accept().expect("a delivery");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n1") {
            let mut byte = [0];
            stream.read_exact(&mut byte).expect("all of it comes");
            head.push(byte[0]);
        }
        let answer = b"HTTP/1.1 418 Teapot\r\nX-oDd: 1\r\nContent-Length: 3\r\n\r\nhot";
        stream.write_all(answer).expect("it listens");
    });
    let sent = request("POST", &format!("{path}/tea"), &[], b"1");
    assert_eq!(send(relay.address, &sent).expect("an answer").status, 200);
    answering.join().expect("it answered");

    window.click(ROW, "418");
    window.click(TAB, "Response");
    window.element(PANEL, "418 Teapot");
    window.element(PANEL, "X-oDd");
    window.element(PANEL, "hot");
    window.element(PANEL, "Host rewritten");
    window.shot("response");
}
