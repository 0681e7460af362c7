//! The protocol as it shipped and as it is told: the bytes in `golden/` stay readable, and
//! PROTOCOL.md names every message, field and code, with those bytes as its example.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::collections::BTreeSet;

use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};
use webhook::{
    capture::{Capture, CaptureId, EndpointId, Flaw},
    head::Head,
};
use wire::{
    DEAD_AFTER_MS, HEARTBEAT_MS, HELLO_WITHIN_MS, MAX_ACKS, MAX_ANSWER_HEAD_BYTES, MAX_FRAME_BYTES,
    PIECE_BYTES, SUBPROTOCOL, WINDOW_BYTES,
    api::{
        self, ApiError, DeviceInfo, EndpointInfo, EndpointRequest, EndpointSettings, ErrorCode,
        PairRequest, Paired,
    },
    envelope,
    frame::{Answer, Deliver, Frame, ResetCode},
    hello::{Goaway, GoawayReason, Hello, Limits, Welcome},
    key::DeviceKey,
    seal::{Label, OVERHEAD_BYTES, Opener},
    token::TokenKind,
};

const PROTOCOL: &str = include_str!("../PROTOCOL.md");
const TIME: i64 = 1_760_000_000_000;

/// The bytes of a file in `golden/v1`. They were sent once, so they are never edited.
fn golden(name: &str) -> Bytes {
    let path = format!("{}/tests/golden/v1/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let digits = without_space(&std::fs::read_to_string(path).unwrap());
    let byte = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

fn without_space(text: &str) -> String {
    text.split_whitespace().collect()
}

fn id(time: i64) -> CaptureId {
    CaptureId::new(time, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
}

fn endpoint() -> EndpointId {
    "7QkPzW2mX9".parse().unwrap()
}

fn capture() -> Capture {
    let head = "POST /h/7QkPzW2mX9?a=b HTTP/1.1\r\nHost: hooks.example.dev\r\n\
        X-Event: ping\r\nContent-Length: 2\r\n\r\n";
    Capture {
        id: id(TIME),
        endpoint: endpoint(),
        received_at_ms: TIME,
        peer: Some("192.0.2.7:50123".parse().unwrap()),
        head: Head::parse(head.into()).unwrap(),
        body: Bytes::from_static(b"{}"),
        flaws: vec![Flaw::Normalised],
    }
}

/// One of every kind, as the golden files have them.
fn frames() -> Vec<Frame> {
    vec![
        Frame::Hello(Hello::new("tenterhook 0.1.0")),
        Frame::Welcome(Welcome {
            protocol: 1,
            session: "s-4f2a".to_owned(),
            server: "tenterhook-relay 0.1.0".to_owned(),
            heartbeat_ms: 15_000,
            limits: Limits {
                envelope_bytes: 26_345_533,
                streams: 16,
            },
            server_time_ms: TIME + 5_000,
            waiting: 2,
            capabilities: Vec::new(),
        }),
        Frame::Goaway(Goaway {
            reason: GoawayReason::Restarting,
            text: "the relay restarts".to_owned(),
            retry_after_ms: Some(2_000),
        }),
        Frame::Deliver(Deliver {
            stream: 1,
            fin: true,
            id: id(TIME),
            endpoint: endpoint(),
            received_at_ms: TIME,
            attempt: 1,
            envelope_bytes: 181,
            answer_within_ms: None,
            piece: golden("sealed"),
        }),
        Frame::Data {
            stream: 3,
            fin: true,
            piece: Bytes::from_static(b"the last bytes"),
        },
        Frame::Answer(Answer {
            stream: 1,
            fin: true,
            head: Bytes::from_static(b"HTTP/1.1 201 Created\r\nX-Id: 7\r\n\r\n"),
            piece: Bytes::from_static(b"made"),
        }),
        Frame::Credit {
            stream: 3,
            bytes: WINDOW_BYTES / 2,
        },
        Frame::Reset {
            stream: 3,
            code: ResetCode::Unreadable,
            text: "sealed to another key".to_owned(),
        },
        Frame::Ack(vec![id(TIME), id(TIME + 1)]),
        Frame::Ping(7),
        Frame::Pong(7),
        Frame::Probe(7),
    ]
}

#[test]
fn frames_that_shipped_are_read_and_written_as_they_were() {
    for frame in frames() {
        let bytes = golden(&frame.name().to_lowercase());
        assert_eq!(Frame::decode(bytes.clone()), Ok(Some(frame.clone())));
        assert_eq!(frame.encode(), bytes);
    }
}

/// A desktop that knows of no answers would take the time for a part of the envelope: the flag
/// comes only where the owner asked for it.
#[test]
fn a_delivery_whose_sender_waits_says_how_long() {
    let Ok(Some(Frame::Deliver(mut deliver))) = Frame::decode(golden("deliver")) else {
        panic!("not a DELIVER");
    };
    deliver.answer_within_ms = Some(2_500);
    let bytes = Frame::Deliver(deliver.clone()).encode();
    assert_eq!(bytes, golden("deliver_awaited"));
    assert_eq!(Frame::decode(bytes), Ok(Some(Frame::Deliver(deliver))));
    let digits = golden("deliver_awaited").slice(..55);
    let digits: String = digits.iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(without_space(PROTOCOL).contains(&digits), "{digits}");
}

#[test]
fn an_envelope_that_shipped_is_opened_and_read() {
    let key = DeviceKey::from_bytes(std::array::from_fn(|at| at as u8));
    let (capture, endpoint) = (capture(), endpoint());
    let label = Label {
        endpoint: &endpoint,
        id: capture.id,
        received_at_ms: TIME,
    };
    let opened = Opener::new(&key).open(&label, &golden("sealed")).unwrap();
    assert_eq!(opened, golden("envelope"));
    assert_eq!(envelope::encode(&capture), opened);
    assert_eq!(envelope::decode(&label, opened.into()), Ok(capture));
    assert!(PROTOCOL.contains(&key.public().to_string()));
}

#[track_caller]
fn named(name: impl AsRef<str>) {
    let name = name.as_ref();
    assert!(
        PROTOCOL.contains(&format!("`{name}`")),
        "`{name}` is not named"
    );
}

#[track_caller]
fn shown(example: &str) {
    assert!(PROTOCOL.contains(example), "not shown: {example}");
}

/// Checks that `value`'s JSON stands in the document, that its fields are named, and that it is
/// read back.
fn told<T: Serialize + DeserializeOwned>(value: &T) {
    let json = serde_json::to_value(value).unwrap();
    for (field, inner) in json.as_object().unwrap() {
        named(field);
        inner
            .as_object()
            .into_iter()
            .flatten()
            .for_each(|(field, _)| named(field));
    }
    let text = json.to_string();
    shown(&text);
    let read: T = serde_json::from_str(&text).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), json);
}

#[test]
fn the_document_names_every_frame_and_shows_its_bytes() {
    let bare = without_space(PROTOCOL);
    let mut kinds = BTreeSet::new();
    for frame in frames() {
        named(frame.name());
        let bytes = golden(&frame.name().to_lowercase());
        kinds.insert(bytes[0]);
        shown(&format!("| {:#04x} | `{}` |", bytes[0], frame.name()));
        match &frame {
            Frame::Hello(hello) => told(hello),
            Frame::Welcome(welcome) => told(welcome),
            Frame::Goaway(goaway) => told(goaway),
            // Taken apart, so that a new field asks for its line in the document.
            Frame::Deliver(Deliver {
                stream: _,
                fin: _,
                id: _,
                endpoint: _,
                received_at_ms: _,
                attempt: _,
                envelope_bytes: _,
                answer_within_ms: _,
                piece: _,
            }) => [
                "fin",
                "id",
                "endpoint",
                "received_at_ms",
                "attempt",
                "envelope_bytes",
                "answer_within_ms",
                "piece",
            ]
            .into_iter()
            .for_each(named),
            Frame::Data {
                stream: _,
                fin: _,
                piece: _,
            } => named("piece"),
            Frame::Answer(Answer {
                stream: _,
                fin: _,
                head: _,
                piece: _,
            }) => ["head", "piece"].into_iter().for_each(named),
            Frame::Credit {
                stream: _,
                bytes: _,
            } => named("bytes"),
            Frame::Reset {
                stream: _,
                code: _,
                text: _,
            } => ["code", "text"].into_iter().for_each(named),
            Frame::Ack(_) | Frame::Ping(_) | Frame::Pong(_) | Frame::Probe(_) => {}
        }
        if !matches!(
            frame,
            Frame::Hello(_) | Frame::Welcome(_) | Frame::Goaway(_)
        ) {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(bare.contains(&digits), "{} is not shown", frame.name());
        }
    }
    assert_eq!(kinds.len(), 12);
    for name in ["envelope", "sealed"] {
        let digits: String = golden(name)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(bare.contains(&digits), "{name} is not shown");
    }
    named(Flaw::Normalised.name());
}

#[test]
fn the_document_names_every_reset_code() {
    // Each names the next, so that a new one does not compile until it is told.
    let mut next = Some(ResetCode::Unreadable);
    while let Some(code) = next {
        let frame = Frame::Reset {
            stream: 1,
            code,
            text: String::new(),
        }
        .encode();
        shown(&format!("| {} | `{code:?}` |", frame[6]));
        next = match code {
            ResetCode::Unreadable => Some(ResetCode::TooLarge),
            ResetCode::TooLarge => Some(ResetCode::Protocol),
            ResetCode::Protocol => Some(ResetCode::Stopping),
            ResetCode::Stopping => Some(ResetCode::Unanswered),
            ResetCode::Unanswered | ResetCode::Other(_) => None,
        };
    }
}

#[test]
fn the_document_names_every_reason_to_go_away() {
    let mut next = Some(GoawayReason::Replaced);
    while let Some(reason) = next {
        let word = serde_json::to_value(&reason).unwrap();
        shown(&format!("\n| `{}` |", word.as_str().unwrap()));
        next = match reason {
            GoawayReason::Replaced => Some(GoawayReason::Restarting),
            GoawayReason::Restarting => Some(GoawayReason::Revoked),
            GoawayReason::Revoked => Some(GoawayReason::Protocol),
            GoawayReason::Protocol => Some(GoawayReason::Unsupported),
            GoawayReason::Unsupported | GoawayReason::Other(_) => None,
        };
    }
}

#[test]
fn the_document_names_every_error_code_and_its_status() {
    let mut next = Some(ErrorCode::RequestInvalid);
    while let Some(code) = next {
        let word = serde_json::to_value(&code).unwrap();
        shown(&format!(
            "\n| `{}` | {} |",
            word.as_str().unwrap(),
            code.status()
        ));
        next = match code {
            ErrorCode::RequestInvalid => Some(ErrorCode::TokenUnknown),
            ErrorCode::TokenUnknown => Some(ErrorCode::InviteUnknown),
            ErrorCode::InviteUnknown => Some(ErrorCode::InviteExpired),
            ErrorCode::InviteExpired => Some(ErrorCode::NotFound),
            ErrorCode::NotFound => Some(ErrorCode::NameTaken),
            ErrorCode::NameTaken => Some(ErrorCode::AddressTaken),
            ErrorCode::AddressTaken => Some(ErrorCode::NameInvalid),
            ErrorCode::NameInvalid => Some(ErrorCode::SettingInvalid),
            ErrorCode::SettingInvalid => Some(ErrorCode::ProtocolUnsupported),
            ErrorCode::ProtocolUnsupported => Some(ErrorCode::TooMany),
            ErrorCode::TooMany => Some(ErrorCode::Internal),
            ErrorCode::Internal | ErrorCode::Other(_) => None,
        };
    }
}

#[test]
fn the_document_shows_every_object_of_the_api() {
    let token = |kind: TokenKind| {
        let text = [kind.prefix(), "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"].concat();
        text.parse().unwrap()
    };
    let (device, name) = ("d-7Qk".to_owned(), "Ada's laptop".to_owned());
    told(&PairRequest {
        invite: token(TokenKind::Invite),
        device_name: name.clone(),
        public_key: DeviceKey::from_bytes(std::array::from_fn(|at| at as u8)).public(),
    });
    told(&Paired {
        device: device.clone(),
        token: token(TokenKind::Device),
    });
    told(&DeviceInfo {
        device,
        name,
        waiting: 2,
        refused: 0,
    });
    told(&EndpointRequest {
        name: Some("github".to_owned()),
        address: None,
    });
    named("address");
    told(&EndpointInfo {
        id: endpoint(),
        name: "github".to_owned(),
        url: "https://hooks.example.dev/h/7QkPzW2mX9".to_owned(),
        token: Some(token(TokenKind::Endpoint)),
        created_at_ms: TIME,
        settings: EndpointSettings::default(),
    });
    told(&ApiError {
        code: ErrorCode::InviteExpired,
        message: "this invite has expired: ask the relay for a new one".to_owned(),
    });
}

#[test]
fn the_document_tells_the_figures_and_the_paths() {
    for kind in [TokenKind::Device, TokenKind::Endpoint, TokenKind::Invite] {
        named(kind.prefix());
    }
    named(SUBPROTOCOL);
    named(format!("POST {}", api::PAIR));
    named(format!("GET {}", api::DEVICE));
    named(format!("GET {}", api::TUNNEL));
    named(format!("POST {}", api::ENDPOINTS));
    named(format!("GET {}", api::ENDPOINTS));
    named(format!("DELETE {}/ID", api::ENDPOINTS));
    shown(&format!("at most {MAX_FRAME_BYTES} bytes long"));
    shown(&format!("0 to {PIECE_BYTES} bytes"));
    shown(&format!("0 to {MAX_ANSWER_HEAD_BYTES} bytes"));
    shown(&format!("from 1 to {}", api::MOST_DELAY_MS));
    shown(&format!("1 to {MAX_ACKS} capture ids"));
    shown(&format!("may carry {WINDOW_BYTES} bytes"));
    shown(&format!("within {HELLO_WITHIN_MS} ms"));
    shown(&format!("`heartbeat_ms` ({HEARTBEAT_MS})"));
    shown(&format!("when {DEAD_AFTER_MS} ms more pass"));
    shown(&format!("is {OVERHEAD_BYTES} bytes longer"));
}
