//! Answers of a local application: they reach a sender that waits, as they come and through the
//! relay; and when there is none, the sender is answered all the same and its capture stays.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use tests::{
    app::App,
    program::{Desktop, Relay, Running, wait_for},
    sender::{request, send, whole},
};

/// A relay, a desktop that listens, and an application that answers for its endpoint.
struct House {
    app: App,
    relay: Relay,
    desktop: Desktop,
    listen: Option<Running>,
    path: String,
    _folder: TempDir,
}

impl House {
    fn open(set: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (relay, desktop) = (Relay::start(folder.path()), Desktop::new(folder.path()));
        let path = desktop.pair(&relay);
        let app = App::start();
        let id = path.trim_start_matches("/h/");
        let target = format!("http://{}/base", app.address());
        let _ = desktop.ok(&[&["endpoint", "set", id, "--forward", &target], set].concat());
        let mut house = Self {
            listen: None,
            app,
            relay,
            desktop,
            path,
            _folder: folder,
        };
        house.wake();
        house
    }

    /// Starts the desktop and waits until its line is up.
    fn wake(&mut self) {
        let log = self.desktop.data.with_extension("log");
        let ups = || {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            log.matches("connected to the relay").count()
        };
        let before = ups();
        self.listen = Some(self.desktop.listen());
        wait_for("the line", || (ups() > before).then_some(()));
    }

    fn sleep(&mut self) {
        self.listen.take().unwrap().stop();
    }

    fn to(&self) -> SocketAddr {
        self.relay.address
    }

    /// Sends from another thread, for the application answers in this one.
    fn send(&self, request: Vec<u8>) -> thread::JoinHandle<String> {
        let to = self.to();
        thread::spawn(move || whole(to, &request).unwrap())
    }

    fn post(&self, rest: &str, body: &[u8]) -> Vec<u8> {
        let target = [&self.path, rest].concat();
        request(
            "POST",
            &target,
            &[("Connection", "close"), ("x-CASE", "Kept")],
            body,
        )
    }

    /// What came of passing on the newest capture.
    fn delivery(&self) -> Value {
        let newest = &self.desktop.captures()[0];
        let id = newest["id"].as_str().unwrap();
        wait_for("the delivery", || {
            let shown = self.desktop.ok(&["show", id, "--deliveries", "--json"]);
            let shown: Value = serde_json::from_str(&shown).unwrap();
            shown[0].is_object().then(|| shown[0].clone())
        })
    }
}

#[test]
fn the_application_answers_the_sender_and_gets_what_was_sent() {
    let house = House::open(&[]);
    let sender = house.send(house.post("/github?a=b", b"{\"a\": 1}"));
    let mut heard = house.app.next();
    let host = house.app.address();
    let want = format!(
        "POST /base/github?a=b HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         x-CASE: Kept\r\nContent-Length: 8\r\n\r\n"
    );
    assert_eq!(
        (heard.head.as_str(), &heard.body[..]),
        (&want[..], &b"{\"a\": 1}"[..])
    );
    heard.say(b"HTTP/1.1 422 Not Like That\r\nX-Own: 1\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n");
    heard.say(b"Content-Length: 5\r\n\r\nwrong");
    let answer = sender.join().unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 422 Not Like That\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with("\r\n\r\nwrong"), "{answer}");
    for line in [
        "x-own: 1",
        "set-cookie: a",
        "set-cookie: b",
        "tenterhook-outcome: live",
    ] {
        assert!(answer.contains(&format!("{line}\r\n")), "{line}: {answer}");
    }
    let delivery = house.delivery();
    assert_eq!(delivery["status"], 422);
    assert_eq!(delivery["reason"], "Not Like That");
    assert_eq!(delivery["changes"], serde_json::json!(["target", "host"]));
    assert_eq!(delivery["error"], Value::Null);
}

#[test]
fn a_body_that_came_in_chunks_goes_on_whole() {
    let house = House::open(&[]);
    let mut chunked = format!(
        "PUT {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n",
        house.path
    );
    chunked += "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let sender = house.send(chunked.into_bytes());
    let mut heard = house.app.next();
    assert!(
        heard.head.contains("\r\nContent-Length: 5\r\n"),
        "{}",
        heard.head
    );
    assert_eq!(heard.body, b"abcde");
    heard.say(b"HTTP/1.1 204 No Content\r\n\r\n");
    let answer = sender.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
}

#[test]
fn events_of_an_application_reach_the_sender_one_by_one() {
    let house = House::open(&["--deadline", "30000"]);
    let mut sender = TcpStream::connect(house.to()).unwrap();
    sender
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    sender.write_all(&house.post("", b"")).unwrap();
    let mut heard = house.app.next();
    heard.say(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
    let mut all = String::new();
    for number in 0..5 {
        // The next is said only when the one before has arrived.
        let event = format!("data: event {number}\n\n");
        heard.say(event.as_bytes());
        let mut buffer = [0; 4096];
        while !all.contains(&event) {
            let count = sender.read(&mut buffer).unwrap();
            assert!(count > 0, "cut off: {all}");
            all += str::from_utf8(&buffer[..count]).unwrap();
        }
    }
    assert!(all.contains("text/event-stream"), "{all}");
    // A sender that hangs up ends the application's work too, once there is more to say.
    drop(sender);
    heard.say_until_closed(b"data: is anybody there?\n\n");
    assert!(
        house.delivery()["error"]
            .as_str()
            .unwrap()
            .contains("hung up")
    );
}

#[test]
fn after_the_deadline_the_fallback_goes_out_and_the_capture_stays() {
    let house = House::open(&[
        "--deadline",
        "300",
        "--answer-status",
        "202",
        "--answer-body",
        "later",
    ]);
    let begun = Instant::now();
    let sender = house.send(house.post("", b"slow"));
    let mut heard = house.app.next();
    let answer = sender.join().unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(300));
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    assert!(answer.ends_with("\r\n\r\nlater"), "{answer}");
    assert!(
        answer.contains("tenterhook-outcome: timeout\r\n"),
        "{answer}"
    );
    // What it answers now is kept for the developer, and the line goes on.
    heard.say(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone");
    assert_eq!(house.delivery()["status"], 200);
    let sender = house.send(house.post("", b"quick"));
    let mut heard = heard.next();
    heard.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert!(sender.join().unwrap().starts_with("HTTP/1.1 200 "));
}

#[test]
fn an_application_that_is_down_leaves_the_sender_with_the_fallback_at_once() {
    let mut house = House::open(&["--deadline", "30000", "--answer-status", "503"]);
    let down = std::mem::replace(&mut house.app, App::start());
    let address = down.address();
    drop(down);
    let begun = Instant::now();
    let answer = house.send(house.post("", b"x")).join().unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "{:?}",
        begun.elapsed()
    );
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(
        answer.contains("tenterhook-outcome: stored\r\n"),
        "{answer}"
    );
    let delivery = house.delivery();
    assert_eq!(delivery["status"], Value::Null);
    let error = delivery["error"].as_str().unwrap();
    assert!(
        error.contains(&address.to_string()) && error.contains("running?"),
        "{error}"
    );
}

#[test]
fn while_the_desktop_sleeps_the_fallback_holds_and_the_application_hears_of_it_later() {
    let mut house = House::open(&["--deadline", "30000"]);
    house.sleep();
    let answer = house.send(house.post("/night", b"zzz")).join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(
        answer.contains("tenterhook-outcome: stored\r\n"),
        "{answer}"
    );
    house.listen = Some(house.desktop.listen());
    let mut heard = house.app.next();
    assert!(
        heard.head.starts_with("POST /base/night "),
        "{}",
        heard.head
    );
    heard.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(house.delivery()["status"], 200);
}

#[test]
fn a_large_answer_arrives_whole_and_one_that_nobody_reads_holds_up_no_other() {
    let house = House::open(&["--deadline", "30000"]);
    // A sender that takes nothing of an answer larger than all buffers on the way.
    let mut stuck = TcpStream::connect(house.to()).unwrap();
    stuck.write_all(&house.post("/stuck", b"")).unwrap();
    let mut heard = house.app.next();
    let body: Vec<u8> = (0..40_000_000u32).map(|at| (at / 7) as u8).collect();
    let length = body.len();
    let stuffed = thread::spawn({
        let body = body.clone();
        move || {
            heard.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").as_bytes());
            heard.say(&body);
            heard
        }
    });
    let part = &body[..5_000_000];
    let mut sender = TcpStream::connect(house.to()).unwrap();
    sender.write_all(&house.post("/whole", b"")).unwrap();
    let mut heard = house.app.next();
    thread::scope(|scope| {
        scope.spawn(|| {
            heard.say(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for piece in part.chunks(100_000) {
                heard.say(format!("{:x}\r\n", piece.len()).as_bytes());
                heard.say(piece);
                heard.say(b"\r\n");
            }
            heard.say(b"0\r\n\r\n");
        });
        let answer = read_body(&mut sender);
        assert!(answer == part, "{} bytes of {}", answer.len(), part.len());
    });
    // And it gets all of its own once it reads.
    assert!(read_body(&mut stuck) == body);
    stuffed.join().unwrap();
}

/// The body of an answer, its chunks put together.
fn read_body(from: &mut TcpStream) -> Vec<u8> {
    from.set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut all = Vec::new();
    from.read_to_end(&mut all).unwrap();
    let head = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let is_chunked = String::from_utf8_lossy(&all[..head])
        .to_lowercase()
        .contains("transfer-encoding: chunked");
    let mut rest = &all[head..];
    if !is_chunked {
        return rest.to_vec();
    }
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n").unwrap();
        let size = usize::from_str_radix(str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 2 + size + 2..];
    }
}

#[test]
fn an_answer_that_is_cut_off_is_cut_off_for_the_sender_too() {
    let house = House::open(&["--deadline", "30000"]);
    let sender = house.send(house.post("", b""));
    let mut heard = house.app.next();
    heard.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nonly this");
    drop(heard);
    let answer = sender.join().unwrap();
    // What of it was on its way may come; that it was all of it must not seem so.
    let is_part = answer.is_empty() || answer.starts_with("HTTP/1.1 200 ");
    assert!(is_part && answer.len() < 10_000, "{answer}");
    let error = house.delivery()["error"].to_string();
    assert!(error.contains("cut off"), "{error}");
}

#[test]
fn the_relay_gives_head_and_redirects_as_the_application_does() {
    let house = House::open(&[]);
    let head = format!(
        "HEAD {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        house.path
    );
    let sender = house.send(head.into_bytes());
    let mut heard = house.app.next();
    heard.say(b"HTTP/1.1 200 OK\r\nContent-Length: 77\r\n\r\n");
    let answer = sender.join().unwrap();
    assert!(
        answer.to_lowercase().contains("content-length: 77\r\n"),
        "{answer}"
    );
    let sender = house.send(house.post("", b""));
    let mut heard = heard.next();
    heard.say(b"HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\nContent-Length: 0\r\n\r\n");
    let answer = sender.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 302 "), "{answer}");
    assert!(
        answer.contains("location: https://example.com/\r\n"),
        "{answer}"
    );
}

#[test]
fn an_address_that_its_owner_chose_serves_and_is_nobody_elses() {
    let folder = tempfile::tempdir().unwrap();
    let (relay, desktop) = (Relay::start(folder.path()), Desktop::new(folder.path()));
    let _ = desktop.pair(&relay);
    let made = desktop.ok(&["endpoint", "new", "--address", "stripe-acme", "--json"]);
    let made: Value = serde_json::from_str(&made).unwrap();
    let url = made["url"].as_str().unwrap();
    assert!(url.ends_with("/h/stripe-acme"), "{url}");
    assert_eq!(made["name"], "stripe-acme");
    let post = request("POST", "/h/stripe-acme/x?y", &[], b"hi");
    assert_eq!(send(relay.address, &post).unwrap().status, 200);
    let again = desktop.run(&["endpoint", "new", "--address", "stripe-acme", "--name", "b"]);
    let error = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(
        !again.status.success() && error.contains("taken"),
        "{error}"
    );
    for wrong in ["a", "../x", "Stripe", "a b", &"x".repeat(49)] {
        let refused = desktop.run(&["endpoint", "new", "--address", wrong]);
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            !refused.status.success() && error.contains("3 to 48"),
            "{error}"
        );
    }
    // A week long nobody else gets the address of one that was removed.
    let _ = desktop.ok(&["endpoint", "rm", "stripe-acme"]);
    assert!(
        !desktop
            .run(&["endpoint", "new", "--address", "stripe-acme"])
            .status
            .success()
    );
    let _ = desktop.ok(&["endpoint", "restore", "stripe-acme"]);
    assert_eq!(send(relay.address, &post).unwrap().status, 200);
}
