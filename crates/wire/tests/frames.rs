//! Frames against whatever may come: all that can be said comes back as it was said, and nothing
//! else is taken for a frame.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::num::NonZeroU32;

use bytes::Bytes;
use proptest::{collection::vec, prelude::*};
use webhook::capture::CaptureId;
use wire::{
    MAX_ACKS, MAX_FRAME_BYTES, PIECE_BYTES,
    frame::{Answer, Deliver, Frame, FrameError, ResetCode},
    hello::{Goaway, GoawayReason, Hello, Limits, Welcome},
};

fn hello() -> impl Strategy<Value = Frame> {
    (any::<(u16, u16, String)>(), vec(any::<String>(), 0..4)).prop_map(
        |((protocol_min, protocol_max, client), capabilities)| {
            Frame::Hello(Hello {
                protocol_min,
                protocol_max,
                client,
                capabilities,
            })
        },
    )
}

fn welcome() -> impl Strategy<Value = Frame> {
    let said = any::<(u16, String, String, u64, (u64, u32), i64, u64)>();
    (said, vec(any::<String>(), 0..4)).prop_map(|(said, capabilities)| {
        let (protocol, session, server, heartbeat_ms, limits, server_time_ms, waiting) = said;
        Frame::Welcome(Welcome {
            protocol,
            session,
            server,
            heartbeat_ms,
            limits: Limits {
                envelope_bytes: limits.0,
                streams: limits.1,
            },
            server_time_ms,
            waiting,
            capabilities,
        })
    })
}

fn goaway() -> impl Strategy<Value = Frame> {
    let reason = prop_oneof![
        Just(GoawayReason::Replaced),
        Just(GoawayReason::Restarting),
        Just(GoawayReason::Revoked),
        Just(GoawayReason::Protocol),
        Just(GoawayReason::Unsupported),
        "of_tomorrow_[a-z]{0,9}".prop_map(GoawayReason::Other),
    ];
    (reason, any::<(String, Option<u64>)>()).prop_map(|(reason, (text, retry_after_ms))| {
        Frame::Goaway(Goaway {
            reason,
            text,
            retry_after_ms,
        })
    })
}

fn stream() -> impl Strategy<Value = u32> {
    any::<u32>().prop_map(|any| any | 1)
}

fn piece() -> impl Strategy<Value = Bytes> {
    vec(any::<u8>(), 0..300).prop_map(Bytes::from)
}

fn deliver() -> impl Strategy<Value = Frame> {
    (
        stream(),
        any::<([u8; 16], i64, u16, Option<NonZeroU32>, Option<u32>)>(),
        "[a-zA-Z0-9_-]{1,64}",
        piece(),
    )
        .prop_map(|(stream, said, endpoint, piece)| {
            let (id, received_at_ms, attempt, more, answer_within_ms) = said;
            Frame::Deliver(Deliver {
                stream,
                fin: more.is_none(),
                id: CaptureId::from_bytes(id),
                endpoint: endpoint.parse().unwrap(),
                received_at_ms,
                attempt,
                envelope_bytes: piece.len() as u64 + more.map_or(0, |more| u64::from(more.get())),
                answer_within_ms,
                piece,
            })
        })
}

fn answer() -> impl Strategy<Value = Frame> {
    (stream(), any::<bool>(), piece(), piece()).prop_map(|(stream, fin, head, piece)| {
        Frame::Answer(Answer {
            stream,
            fin,
            head,
            piece,
        })
    })
}

fn frame() -> impl Strategy<Value = Frame> {
    prop_oneof![
        answer(),
        hello(),
        welcome(),
        goaway(),
        deliver(),
        (stream(), any::<bool>(), piece()).prop_map(|(stream, fin, piece)| Frame::Data {
            stream,
            fin,
            piece
        }),
        (stream(), any::<u32>()).prop_map(|(stream, bytes)| Frame::Credit { stream, bytes }),
        (stream(), any::<(u8, String)>()).prop_map(|(stream, (code, text))| Frame::Reset {
            stream,
            code: ResetCode::from(code),
            text
        }),
        vec(any::<[u8; 16]>(), 1..20)
            .prop_map(|ids| Frame::Ack(ids.into_iter().map(CaptureId::from_bytes).collect())),
        any::<u64>().prop_map(Frame::Ping),
        any::<u64>().prop_map(Frame::Pong),
        any::<u64>().prop_map(Frame::Probe),
    ]
}

/// Types whose payload ends with "the rest", so that a shorter one is a frame too.
const fn is_open_ended(frame: &Frame) -> bool {
    match frame {
        Frame::Deliver(deliver) => !deliver.fin,
        Frame::Data { .. } | Frame::Answer(_) | Frame::Reset { .. } | Frame::Ack(_) => true,
        Frame::Hello(_)
        | Frame::Welcome(_)
        | Frame::Goaway(_)
        | Frame::Credit { .. }
        | Frame::Ping(_)
        | Frame::Pong(_)
        | Frame::Probe(_) => false,
    }
}

proptest! {
    #[test]
    fn what_is_said_is_what_is_heard(frame in frame()) {
        prop_assert_eq!(Frame::decode(frame.encode()), Ok(Some(frame)));
    }

    /// A cut frame is refused; where its end is open, only what is there is read.
    #[test]
    fn a_cut_frame_says_nothing_that_was_not_said(frame in frame()) {
        let whole = frame.encode();
        for bytes in 0..whole.len() {
            let cut = whole.slice(..bytes);
            if let Ok(read) = Frame::decode(cut.clone()) {
                let read = read.expect("no frame of ours is optional");
                prop_assert!(is_open_ended(&read), "{read:?} of {bytes} bytes");
                prop_assert_eq!(read.encode(), cut);
            }
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..300)) {
        let _ = Frame::decode(bytes.into());
    }

    /// As above, but past the header, where the parsing is.
    #[test]
    fn no_payload_makes_it_panic_and_what_is_read_is_all_there(
        kind in prop::sample::select(&[0x01, 0x02, 0x10, 0x11, 0x12, 0x13, 0x14, 0x20, 0x30, 0x31, 0x3f][..]),
        flags in 0u8..8,
        stream in 0u32..4,
        payload in vec(any::<u8>(), 0..200),
    ) {
        let message = [&[kind, flags][..], &stream.to_be_bytes(), &payload].concat();
        if let Ok(Some(frame)) = Frame::decode(message.clone().into()) {
            // Flags mean something on some types only; elsewhere they are passed over.
            prop_assert_eq!(&frame.encode()[2..], &message[2..]);
        }
    }
}

fn check(message: &[u8], want: &Result<Option<Frame>, FrameError>) {
    let message = Bytes::copy_from_slice(message);
    assert_eq!(&Frame::decode(message.clone()), want, "{message:?}");
}

#[track_caller]
fn malformed(message: Bytes) -> String {
    match Frame::decode(message) {
        Err(FrameError::Malformed { why, .. }) => why,
        other => panic!("not malformed: {other:?}"),
    }
}

fn first_piece(envelope_bytes: u64, fin: bool, piece: Bytes) -> Frame {
    Frame::Deliver(Deliver {
        stream: 1,
        fin,
        id: CaptureId::from_bytes([7; 16]),
        endpoint: "x".repeat(64).parse().unwrap(),
        received_at_ms: 0,
        attempt: 1,
        envelope_bytes,
        answer_within_ms: Some(1),
        piece,
    })
}

#[test]
fn an_unknown_type_is_skipped_when_it_says_so_and_refused_otherwise() {
    let unknown = |kind, stream| Err(FrameError::Unknown { kind, stream });
    check(&[0x7f, 2, 0, 0, 0, 0, 1, 2, 3], &Ok(None));
    check(&[0x7f, 3, 0, 0, 0, 5], &Ok(None));
    check(&[0x7f, 0, 0, 0, 0, 0], &unknown(0x7f, 0));
    check(&[0x7f, 1, 0, 0, 0, 5], &unknown(0x7f, 5));
}

#[test]
fn a_type_is_known_on_its_own_streams_only() {
    let unknown = |kind, stream| Err(FrameError::Unknown { kind, stream });
    check(&[0x11, 0, 0, 0, 0, 0, 1], &unknown(0x11, 0));
    check(&[0x11, 0, 0, 0, 0, 2, 1], &unknown(0x11, 2));
    check(
        &[0x30, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9],
        &unknown(0x30, 1),
    );
}

#[test]
fn flags_of_tomorrow_are_passed_over() {
    let ping = [0x30, 0xfe, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
    check(&ping, &Ok(Some(Frame::Ping(9))));
}

#[test]
fn an_oversize_frame_is_refused_unread() {
    let bytes = MAX_FRAME_BYTES + 1;
    let message = Bytes::from(vec![0x11; bytes]);
    assert_eq!(Frame::decode(message), Err(FrameError::TooLarge { bytes }));
    let longest = first_piece(1 << 30, false, vec![0; PIECE_BYTES].into());
    assert_eq!(longest.encode().len(), MAX_FRAME_BYTES);
    assert_eq!(Frame::decode(longest.encode()), Ok(Some(longest)));
}

#[test]
fn a_piece_over_its_limit_is_refused() {
    let piece = Bytes::from(vec![0; PIECE_BYTES + 1]);
    let data = Frame::Data {
        stream: 1,
        fin: true,
        piece,
    };
    assert!(malformed(data.encode()).contains("65537"));
}

#[test]
fn a_first_piece_must_fit_the_length_that_it_announces() {
    let piece = Bytes::from_static(b"four");
    for (envelope_bytes, fin) in [(3, false), (3, true), (4, false), (5, true)] {
        malformed(first_piece(envelope_bytes, fin, piece.clone()).encode());
    }
    for (envelope_bytes, fin) in [(4, true), (5, false)] {
        let frame = first_piece(envelope_bytes, fin, piece.clone());
        assert_eq!(Frame::decode(frame.encode()), Ok(Some(frame)));
    }
}

#[test]
fn an_endpoint_that_could_not_be_named_is_refused() {
    let whole = first_piece(4, true, Bytes::from_static(b"four")).encode();
    let name = whole.len() - 4 - 64;
    let mut spoiled = whole.to_vec();
    spoiled[name] = b'/';
    malformed(spoiled.into());
}

#[test]
fn a_piece_is_a_view_into_its_message() {
    let message = first_piece(4, true, Bytes::from_static(b"four")).encode();
    let within = message.as_ptr_range();
    let Ok(Some(Frame::Deliver(deliver))) = Frame::decode(message) else {
        panic!("it is a DELIVER");
    };
    assert!(within.contains(&deliver.piece.as_ptr()));
}

#[test]
fn acknowledgements_are_cut_to_what_a_frame_holds() {
    let id = |n: usize| CaptureId::new(n as i64, [0; 10]);
    let ids: Vec<_> = (0..MAX_ACKS + 1).map(id).collect();
    let mut heard = Vec::new();
    for frame in Frame::acks(&ids) {
        let Ok(Some(Frame::Ack(some))) = Frame::decode(frame.encode()) else {
            panic!("it is an ACK");
        };
        heard.push(some);
    }
    assert_eq!(
        heard.iter().map(Vec::len).collect::<Vec<_>>(),
        [MAX_ACKS, 1]
    );
    assert_eq!(heard.concat(), ids);
    malformed(Bytes::from_static(&[0x20, 0, 0, 0, 0, 0]));
    malformed(Bytes::from([&[0x20, 0, 0, 0, 0, 0][..], &[0; 17]].concat()));
    let too_many = vec![0; 16 * (MAX_ACKS + 1)];
    malformed(Bytes::from(
        [&[0x20, 0, 0, 0, 0, 0][..], &too_many].concat(),
    ));
}

#[test]
fn fields_and_reasons_of_tomorrow_are_tolerated() {
    let said = br#"{"protocol_min":1,"protocol_max":9,"client":"x","colour":"blue"}"#;
    let message = [&[0x01, 0, 0, 0, 0, 0][..], said].concat();
    let Ok(Some(Frame::Hello(hello))) = Frame::decode(message.into()) else {
        panic!("it is a HELLO");
    };
    assert_eq!(hello.agreed(), Some(1));
    assert!(hello.capabilities.is_empty());

    let said = br#"{"reason":"full_moon","text":"later"}"#;
    let message = [&[0x3f, 0, 0, 0, 0, 0][..], said].concat();
    let Ok(Some(Frame::Goaway(goaway))) = Frame::decode(message.into()) else {
        panic!("it is a GOAWAY");
    };
    assert_eq!(goaway.reason, GoawayReason::Other("full_moon".to_owned()));
}

#[test]
fn sides_without_a_common_version_agree_on_none() {
    let hello = |protocol_min, protocol_max| Hello {
        protocol_min,
        protocol_max,
        ..Hello::new("tenterhook 0.1.0")
    };
    assert_eq!(hello(1, 1).agreed(), Some(1));
    assert_eq!(hello(0, 7).agreed(), Some(1));
    assert_eq!(hello(2, 7).agreed(), None);
    assert_eq!(hello(7, 1).agreed(), None);
}
