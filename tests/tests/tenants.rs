//! Two devices on one relay: neither can do anything to what is the other's, nor learn that it is
//! there.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{net::SocketAddr, path::Path};

use serde_json::Value;
use tests::{
    line::{Line, device_token, paired},
    program::{Desktop, Relay, built, command},
    sender::{request, whole},
};
use tokio_tungstenite::tungstenite::Message;
use wire::frame::{Frame, ResetCode};

/// One device and what is its own.
struct Tenant {
    relay: SocketAddr,
    token: String,
}

impl Tenant {
    fn new(folder: &Path, relay: &Relay) -> Self {
        let (_, _, token) = paired(folder, relay);
        let relay = relay.address;
        Self { relay, token }
    }

    /// A device that pairs by an invite of its own.
    fn with(folder: &Path, relay: &Relay, connect: &str) -> Self {
        let desktop = Desktop::new(folder);
        let _ = desktop.ok(&["pair", connect]);
        let token = device_token(&desktop);
        let relay = relay.address;
        Self { relay, token }
    }

    /// An answer of the relay, all of it but the date.
    fn call(&self, method: &str, path: &str, body: &str) -> String {
        let bearer = format!("Bearer {}", self.token);
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
            ("Connection", "close"),
        ];
        answer(
            self.relay,
            &request(method, path, &headers, body.as_bytes()),
        )
    }

    fn json(&self, method: &str, path: &str, body: &str) -> Value {
        let answer = self.call(method, path, body);
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap_or_default()
    }

    /// The id and the token of a new endpoint.
    fn endpoint(&self, name: &str) -> (String, String) {
        let made = self.json(
            "POST",
            "/api/endpoints",
            &format!("{{\"name\":\"{name}\"}}"),
        );
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        (text("id"), text("token"))
    }
}

fn answer(relay: SocketAddr, sent: &[u8]) -> String {
    let answer = whole(relay, sent).unwrap();
    let is_date = |line: &&str| line.to_lowercase().starts_with("date:");
    let lines: Vec<_> = answer.split("\r\n").filter(|line| !is_date(line)).collect();
    lines.join("\r\n")
}

/// Posts to an endpoint with a token or with none.
fn post(relay: SocketAddr, endpoint: &str, token: &str) -> String {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
    answer(
        relay,
        &request("POST", &format!("/h/{endpoint}"), &headers, b"x"),
    )
}

const ASKS_FOR_TOKEN: &str = "{\"requires_token\":true}";
/// An id that nobody has, of the shape that all have.
const NOBODYS: &str = "0123456789abcdefghjkmnpqrs";

#[test]
fn no_call_does_anything_to_anothers_endpoint_or_tells_that_there_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let owner = Tenant::new(&folder.path().join("a"), &relay);
    let connect = invite(folder.path(), &relay);
    let other = Tenant::with(&folder.path().join("b"), &relay, &connect);
    let (open, open_token) = owner.endpoint("open");
    let (deleted, _) = owner.endpoint("deleted");
    owner.json("PUT", &format!("/api/endpoints/{open}"), ASKS_FOR_TOKEN);
    owner.json("DELETE", &format!("/api/endpoints/{deleted}"), "");
    let before = owner.json("GET", "/api/endpoints", "");
    let their_own = other.json("GET", "/api/endpoints", "");

    for (method, what, body) in [
        ("PUT", "", "{}"),
        ("PUT", "", ASKS_FOR_TOKEN),
        ("DELETE", "", ""),
        ("POST", "/rotate", ""),
        ("POST", "/restore", ""),
        ("GET", "", ""),
        ("PUT", "", "{\"methods\":[\"N O\"]}"),
    ] {
        let call = |id: &str| other.call(method, &format!("/api/endpoints/{id}{what}"), body);
        let nobodys = call(NOBODYS);
        for id in [&open, &deleted] {
            assert_eq!(call(id), nobodys, "{method} {what} of another's endpoint");
        }
        let refusals = ["HTTP/1.1 404", "HTTP/1.1 405", "HTTP/1.1 400"];
        assert!(
            refusals.iter().any(|one| nobodys.starts_with(one)),
            "{nobodys}"
        );
    }

    assert_eq!(owner.json("GET", "/api/endpoints", ""), before);
    assert_eq!(other.json("GET", "/api/endpoints", ""), their_own);
    assert!(!their_own.to_string().contains(&open));
    let (own, own_token) = other.endpoint("open");
    assert_ne!(own, open, "a name belongs to its device alone");
    // Neither tokens nor addresses open another's door.
    let stranger = post(relay.address, &open, "");
    assert!(stranger.starts_with("HTTP/1.1 401"), "{stranger}");
    for token in [&own_token, &other.token, &owner.token] {
        assert_eq!(post(relay.address, &open, token), stranger);
    }
    assert!(post(relay.address, &open, &open_token).starts_with("HTTP/1.1 200"));
    assert_eq!(
        post(relay.address, &deleted, ""),
        post(relay.address, NOBODYS, "")
    );
    // What was deleted is still its owner's to restore.
    owner.json("POST", &format!("/api/endpoints/{deleted}/restore"), "");
}

#[test]
fn no_token_but_a_devices_own_calls_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let mut owner = Tenant::new(folder.path(), &relay);
    let (id, endpoint_token) = owner.endpoint("open");
    let token = std::mem::take(&mut owner.token);
    let stranger = owner.call("GET", "/api/device", "");
    assert!(stranger.starts_with("HTTP/1.1 401"), "{stranger}");
    let invite = relay.connect().rsplit_once("invite=").unwrap().1;
    let as_device = endpoint_token.replacen("the_", "tht_", 1);
    let (half, flipped) = (token[..40].to_owned(), token.chars().rev().collect());
    let rest = [endpoint_token, invite.to_owned(), as_device, half, flipped];
    for wrong in rest
        .into_iter()
        .chain([format!("{token}A"), token.to_uppercase()])
    {
        let caller = Tenant {
            relay: relay.address,
            token: wrong,
        };
        for (method, path) in [
            ("GET", "/api/device".to_owned()),
            ("GET", "/api/endpoints".to_owned()),
            ("POST", "/api/endpoints".to_owned()),
            ("DELETE", format!("/api/endpoints/{id}")),
            ("POST", format!("/api/endpoints/{id}/rotate")),
            ("POST", "/api/token".to_owned()),
            ("GET", "/api/tunnel".to_owned()),
        ] {
            assert_eq!(
                caller.call(method, &path, "{}"),
                stranger,
                "{method} {path}"
            );
        }
    }
}

#[tokio::test]
async fn no_frame_touches_anothers_captures() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let (_, path, token) = paired(&folder.path().join("a"), &relay);
    let connect = invite(folder.path(), &relay);
    let other = Tenant::with(&folder.path().join("b"), &relay, &connect);
    // One goes whole, one in pieces of which the first window is on its way.
    for body in [vec![b'a'; 100], vec![b'b'; 1 << 20]] {
        let sent = request("POST", &path, &[("Connection", "close")], &body);
        assert!(
            whole(relay.address, &sent)
                .unwrap()
                .starts_with("HTTP/1.1 200")
        );
    }
    let mut owner = Line::ready(relay.address, &token).await;
    let (small, large) = (owner.delivery().await, owner.delivery().await);

    let mut line = Line::ready(relay.address, &other.token).await;
    line.say(&Frame::Ack(vec![small.id, large.id])).await;
    for stream in [small.stream, large.stream] {
        line.say(&Frame::Credit {
            stream,
            bytes: 1 << 30,
        })
        .await;
        let (code, text) = (ResetCode::Unreadable, String::new());
        line.say(&Frame::Reset { stream, code, text }).await;
    }
    // Asked of the relay while the owner's session is up, and answered after all that was said.
    line.is_read().await;
    drop(line);

    // The owner's stream was neither ended nor let go on by them: it goes on by the owner's credit.
    let (mut bytes, mut is_whole) = (large.piece.len() as u64, false);
    while !is_whole {
        match owner.hear().await.expect("the owner's line is up") {
            Frame::Data { stream, fin, piece } => {
                assert_eq!(stream, large.stream);
                bytes += piece.len() as u64;
                is_whole = fin;
                let bytes = u32::try_from(piece.len()).unwrap();
                owner.say(&Frame::Credit { stream, bytes }).await;
            }
            Frame::Ping(nonce) => owner.say(&Frame::Pong(nonce)).await,
            frame => panic!("{}", frame.name()),
        }
    }
    assert_eq!(bytes, large.envelope_bytes);
    let waiting = |token: &str| {
        let relay = relay.address;
        let token = token.to_owned();
        Tenant { relay, token }.json("GET", "/api/device", "")["waiting"].clone()
    };
    assert_eq!(
        (waiting(&token), waiting(&other.token)),
        (2.into(), 0.into())
    );
    // A session that was never sent them is told nothing of them either.
    drop(owner);
    let mut again = Line::ready(relay.address, &other.token).await;
    again
        .say_bytes(Message::Binary(Frame::Ack(vec![small.id]).encode()))
        .await;
    again.is_read().await;
}

/// A second invite, made beside the relay that runs.
fn invite(folder: &Path, relay: &Relay) -> String {
    let url = format!("http://{}", relay.address);
    let mut verb = command(built("tenterhook-relay"));
    let output = verb
        .args(["invite", "--public-url", &url, "--data"])
        .arg(folder.join("relay"))
        .output()
        .unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).unwrap();
    let connect = said
        .split_whitespace()
        .find(|word| word.starts_with("tenterhook://"));
    connect.unwrap().to_owned()
}
