//! One binary WebSocket message is one frame. Start at [`Frame::decode`].

use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::{Serialize, de::DeserializeOwned};
use webhook::capture::{CaptureId, EndpointId};

use crate::{
    MAX_ACKS, MAX_ANSWER_HEAD_BYTES, MAX_FRAME_BYTES, PIECE_BYTES,
    hello::{Goaway, Hello, Welcome},
};

/// Type, flags and stream id, which begin every frame.
pub(crate) const HEADER_BYTES: usize = 6;
/// The fixed part of a `DELIVER`: id, time, attempt, length of the envelope, length of the name.
pub(crate) const DELIVER_BYTES: usize = 16 + 8 + 2 + 8 + 1;
/// How long the sender of an awaited `DELIVER` waits.
pub(crate) const WITHIN_BYTES: usize = 4;

const HELLO: u8 = 0x01;
const WELCOME: u8 = 0x02;
const DELIVER: u8 = 0x10;
const DATA: u8 = 0x11;
const ANSWER: u8 = 0x12;
const RESET: u8 = 0x13;
const CREDIT: u8 = 0x14;
const ACK: u8 = 0x20;
const PING: u8 = 0x30;
const PONG: u8 = 0x31;
const PROBE: u8 = 0x32;
const GOAWAY: u8 = 0x3f;

/// Flag: the stream's last frame from this side.
const FIN: u8 = 1;
/// Flag: who does not know the type skips the frame.
const OPTIONAL: u8 = 2;
/// Flag of a `DELIVER`: its sender waits for the desktop's answer.
const AWAITED: u8 = 4;

/// What one message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// Desktop to relay: who I am.
    Hello(Hello),
    /// Relay to desktop: who I am, and what waits for you.
    Welcome(Welcome),
    /// Either way: this session ends.
    Goaway(Goaway),
    /// Relay to desktop: a capture, or its beginning.
    Deliver(Deliver),
    /// The next piece: relay to desktop of a capture, desktop to relay of an answer.
    Data {
        /// The stream that a `DELIVER` opened.
        stream: u32,
        /// Whether this is the last piece.
        fin: bool,
        /// At most [`PIECE_BYTES`] of the sealed envelope, or of the answer's body.
        piece: Bytes,
    },
    /// Desktop to relay: what the sender of a capture is answered, or the beginning of it.
    Answer(Answer),
    /// Either way: this many bytes more of what the other side sends may come on the stream.
    Credit {
        /// The stream that a `DELIVER` opened.
        stream: u32,
        /// What may be sent in addition.
        bytes: u32,
    },
    /// Either way: the stream ends here, unfinished.
    Reset {
        /// The stream that a `DELIVER` opened.
        stream: u32,
        /// What a program acts on.
        code: ResetCode,
        /// The same for a person.
        text: String,
    },
    /// Desktop to relay: these captures are durable here. At most [`MAX_ACKS`]; see [`Self::acks`].
    Ack(Vec<CaptureId>),
    /// Either way: answer with the same number.
    Ping(u64),
    /// The answer to a `PING`.
    Pong(u64),
    /// Relay to desktop: a probe with this number came to one of its endpoints. Optional.
    Probe(u64),
}

/// A capture on its way, sealed: what a relay knows of it, and the first piece of the envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deliver {
    /// Odd, and never used before in this session.
    pub stream: u32,
    /// Whether `piece` is the whole envelope.
    pub fin: bool,
    /// The capture's id.
    pub id: CaptureId,
    /// The endpoint that it was sent to.
    pub endpoint: EndpointId,
    /// When it was received, in milliseconds since the Unix epoch.
    pub received_at_ms: i64,
    /// 1 when it was never sent before, one more for each session that sent it.
    pub attempt: u16,
    /// The length of the whole sealed envelope.
    pub envelope_bytes: u64,
    /// How long its sender still waits for an answer of the desktop's, in milliseconds; none when
    /// nobody waits.
    pub answer_within_ms: Option<u32>,
    /// At most [`PIECE_BYTES`] of it; all of it if and only if `fin`.
    pub piece: Bytes,
}

/// What a desktop answers the sender of a capture; its body may follow in `DATA`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The stream of the capture's `DELIVER`.
    pub stream: u32,
    /// Whether `piece` is the whole body.
    pub fin: bool,
    /// The head of an HTTP/1.1 response, from its status line to the empty line, both included; at
    /// most [`MAX_ANSWER_HEAD_BYTES`]. What frames its body says
    /// nothing here.
    pub head: Bytes,
    /// The beginning of the body; with the head at most [`PIECE_BYTES`].
    pub piece: Bytes,
}

/// Why a stream ended unfinished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetCode {
    /// The envelope cannot be opened or read.
    Unreadable,
    /// The envelope is longer than the desktop takes.
    TooLarge,
    /// The stream broke the protocol's rules.
    Protocol,
    /// The side that sends this stops, or can no longer read what it was sending.
    Stopping,
    /// It is about the answer alone, and the capture goes its way: a desktop has none, or no more
    /// of it; a relay's sender waits for it no longer.
    Unanswered,
    /// A code that this version does not know; made by `From<u8>` only.
    Other(u8),
}

/// Why bytes are not a frame; the session cannot go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Refused unread.
    #[error("a frame of {bytes} bytes is over the limit of {MAX_FRAME_BYTES}")]
    TooLarge {
        /// The length of the message.
        bytes: usize,
    },
    /// It ends within its header.
    #[error("a frame of {bytes} bytes has no whole header")]
    Short {
        /// The length of the message.
        bytes: usize,
    },
    /// A type of no meaning on its stream, and not marked as optional.
    #[error("frame type {kind:#04x} is not known on stream {stream}")]
    Unknown {
        /// The type.
        kind: u8,
        /// The stream.
        stream: u32,
    },
    /// The payload is not what its type promises.
    #[error("the payload of a frame of type {kind:#04x} is malformed: {why}")]
    Malformed {
        /// The type.
        kind: u8,
        /// What is wrong with it.
        why: String,
    },
}

impl Frame {
    /// The message to send.
    ///
    /// Pieces are at most [`PIECE_BYTES`] long and texts short: a frame over [`MAX_FRAME_BYTES`]
    /// is refused by the other side.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        let message = match self {
            Self::Hello(hello) => json(HELLO, hello),
            Self::Welcome(welcome) => json(WELCOME, welcome),
            Self::Goaway(goaway) => json(GOAWAY, goaway),
            Self::Deliver(deliver) => deliver.encode(),
            Self::Answer(answer) => answer.encode(),
            Self::Data { stream, fin, piece } => {
                let mut message = begin(DATA, *fin, *stream, piece.len());
                message.put_slice(piece);
                message
            }
            Self::Credit { stream, bytes } => {
                let mut message = begin(CREDIT, false, *stream, 4);
                message.put_u32(*bytes);
                message
            }
            Self::Reset { stream, code, text } => {
                let mut message = begin(RESET, false, *stream, 1 + text.len());
                message.put_u8(code.to_u8());
                message.put_slice(text.as_bytes());
                message
            }
            Self::Ack(ids) => {
                let mut message = begin(ACK, false, 0, 16 * ids.len());
                for id in ids {
                    message.put_slice(&id.to_bytes());
                }
                message
            }
            Self::Ping(number) => numbered(PING, *number),
            Self::Pong(number) => numbered(PONG, *number),
            Self::Probe(number) => {
                let mut message = numbered(PROBE, *number);
                message[1] = OPTIONAL;
                message
            }
        };
        debug_assert!(message.len() <= MAX_FRAME_BYTES, "the frame is too long");
        message.freeze()
    }

    /// Reads one message; `None` for an optional frame that this version does not know.
    ///
    /// Pieces are views into `message`: nothing is copied.
    ///
    /// # Errors
    /// When the bytes are not a frame within its limits, which ends the session.
    pub fn decode(mut message: Bytes) -> Result<Option<Self>, FrameError> {
        let bytes = message.len();
        if bytes > MAX_FRAME_BYTES {
            return Err(FrameError::TooLarge { bytes });
        }
        let Some((header, _)) = message.split_first_chunk::<HEADER_BYTES>() else {
            return Err(FrameError::Short { bytes });
        };
        let [kind, flags, stream @ ..] = *header;
        let stream = u32::from_be_bytes(stream);
        message.advance(HEADER_BYTES);
        let read = match stream {
            0 => Self::of_session(kind, &message),
            odd if odd % 2 == 1 => Self::of_stream(kind, flags, odd, message),
            _ => Ok(None),
        };
        match read {
            Ok(None) if flags & OPTIONAL == 0 => Err(FrameError::Unknown { kind, stream }),
            Err(why) => Err(FrameError::Malformed { kind, why }),
            Ok(frame) => Ok(frame),
        }
    }

    /// What PROTOCOL.md calls it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Hello(_) => "HELLO",
            Self::Welcome(_) => "WELCOME",
            Self::Goaway(_) => "GOAWAY",
            Self::Deliver(_) => "DELIVER",
            Self::Data { .. } => "DATA",
            Self::Answer(_) => "ANSWER",
            Self::Credit { .. } => "CREDIT",
            Self::Reset { .. } => "RESET",
            Self::Ack(_) => "ACK",
            Self::Ping(_) => "PING",
            Self::Pong(_) => "PONG",
            Self::Probe(_) => "PROBE",
        }
    }

    /// Acknowledgements of all `ids`, each within [`MAX_ACKS`].
    pub fn acks(ids: &[CaptureId]) -> impl Iterator<Item = Self> {
        ids.chunks(MAX_ACKS).map(|some| Self::Ack(some.to_vec()))
    }

    fn of_session(kind: u8, payload: &[u8]) -> Result<Option<Self>, String> {
        Ok(Some(match kind {
            HELLO => Self::Hello(from_json(payload)?),
            WELCOME => Self::Welcome(from_json(payload)?),
            GOAWAY => Self::Goaway(from_json(payload)?),
            ACK => {
                let (ids, rest) = payload.as_chunks::<16>();
                if ids.is_empty() || ids.len() > MAX_ACKS || !rest.is_empty() {
                    return Err(format!("{} bytes are not 1 to 4096 ids", payload.len()));
                }
                Self::Ack(ids.iter().copied().map(CaptureId::from_bytes).collect())
            }
            PING => Self::Ping(u64::from_be_bytes(exactly(payload)?)),
            PONG => Self::Pong(u64::from_be_bytes(exactly(payload)?)),
            PROBE => Self::Probe(u64::from_be_bytes(exactly(payload)?)),
            _ => return Ok(None),
        }))
    }

    fn of_stream(kind: u8, flags: u8, stream: u32, payload: Bytes) -> Result<Option<Self>, String> {
        let fin = flags & FIN != 0;
        Ok(Some(match kind {
            DELIVER => Self::Deliver(Deliver::decode(stream, flags, payload)?),
            ANSWER => Self::Answer(Answer::decode(stream, fin, payload)?),
            DATA => Self::Data {
                stream,
                fin,
                piece: within_a_piece(payload)?,
            },
            CREDIT => Self::Credit {
                stream,
                bytes: u32::from_be_bytes(exactly(&payload)?),
            },
            RESET => {
                let (code, text) = payload.split_first().ok_or("the code is missing")?;
                Self::Reset {
                    stream,
                    code: ResetCode::from(*code),
                    text: str::from_utf8(text)
                        .map_err(|error| error.to_string())?
                        .to_owned(),
                }
            }
            _ => return Ok(None),
        }))
    }
}

impl Deliver {
    fn encode(&self) -> BytesMut {
        let endpoint = self.endpoint.as_str();
        let payload_bytes = DELIVER_BYTES + endpoint.len() + WITHIN_BYTES + self.piece.len();
        let mut message = begin(DELIVER, self.fin, self.stream, payload_bytes);
        if self.answer_within_ms.is_some() {
            message[1] |= AWAITED;
        }
        message.put_slice(&self.id.to_bytes());
        message.put_i64(self.received_at_ms);
        message.put_u16(self.attempt);
        message.put_u64(self.envelope_bytes);
        message.put_u8(u8::try_from(endpoint.len()).expect("an endpoint id has at most 64 bytes"));
        message.put_slice(endpoint.as_bytes());
        if let Some(within_ms) = self.answer_within_ms {
            message.put_u32(within_ms);
        }
        message.put_slice(&self.piece);
        message
    }

    fn decode(stream: u32, flags: u8, mut payload: Bytes) -> Result<Self, String> {
        let fin = flags & FIN != 0;
        if payload.len() < DELIVER_BYTES {
            return Err(format!("{} bytes are too few", payload.len()));
        }
        let mut id = [0; 16];
        payload.copy_to_slice(&mut id);
        let received_at_ms = payload.get_i64();
        let attempt = payload.get_u16();
        let envelope_bytes = payload.get_u64();
        let name_bytes = usize::from(payload.get_u8());
        if payload.len() < name_bytes {
            return Err("it ends within the endpoint id".to_owned());
        }
        let endpoint = String::from_utf8_lossy(&payload.split_to(name_bytes))
            .parse::<EndpointId>()
            .map_err(|error| error.to_string())?;
        let answer_within_ms = match flags & AWAITED {
            0 => None,
            _ if payload.len() < WITHIN_BYTES => return Err("it ends within the time".to_owned()),
            _ => Some(payload.get_u32()),
        };
        let piece = within_a_piece(payload)?;
        let sent = piece.len() as u64;
        if sent > envelope_bytes || fin != (sent == envelope_bytes) {
            return Err(format!(
                "a piece of {sent} bytes of an envelope of {envelope_bytes}, fin {fin}"
            ));
        }
        Ok(Self {
            stream,
            fin,
            id: CaptureId::from_bytes(id),
            endpoint,
            received_at_ms,
            attempt,
            envelope_bytes,
            answer_within_ms,
            piece,
        })
    }
}

impl Answer {
    fn encode(&self) -> BytesMut {
        let payload_bytes = 2 + self.head.len() + self.piece.len();
        let mut message = begin(ANSWER, self.fin, self.stream, payload_bytes);
        message.put_u16(u16::try_from(self.head.len()).expect("the head of an answer is short"));
        message.put_slice(&self.head);
        message.put_slice(&self.piece);
        message
    }

    fn decode(stream: u32, fin: bool, mut payload: Bytes) -> Result<Self, String> {
        if payload.len() < 2 {
            return Err("the length of the head is missing".to_owned());
        }
        let head_bytes = usize::from(payload.get_u16());
        if head_bytes > MAX_ANSWER_HEAD_BYTES || head_bytes > payload.len() {
            return Err(format!("a head of {head_bytes} bytes"));
        }
        let head = payload.split_to(head_bytes);
        if head.len() + payload.len() > PIECE_BYTES {
            return Err(format!("{} bytes are over {PIECE_BYTES}", payload.len()));
        }
        let piece = payload;
        Ok(Self {
            stream,
            fin,
            head,
            piece,
        })
    }
}

impl ResetCode {
    const fn to_u8(self) -> u8 {
        match self {
            Self::Unreadable => 1,
            Self::TooLarge => 2,
            Self::Protocol => 3,
            Self::Stopping => 4,
            Self::Unanswered => 5,
            Self::Other(code) => code,
        }
    }
}

impl From<u8> for ResetCode {
    fn from(code: u8) -> Self {
        match code {
            1 => Self::Unreadable,
            2 => Self::TooLarge,
            3 => Self::Protocol,
            4 => Self::Stopping,
            5 => Self::Unanswered,
            other => Self::Other(other),
        }
    }
}

fn begin(kind: u8, fin: bool, stream: u32, payload_bytes: usize) -> BytesMut {
    let mut message = BytesMut::with_capacity(HEADER_BYTES + payload_bytes);
    message.put_u8(kind);
    message.put_u8(if fin { FIN } else { 0 });
    message.put_u32(stream);
    message
}

fn numbered(kind: u8, number: u64) -> BytesMut {
    let mut message = begin(kind, false, 0, 8);
    message.put_u64(number);
    message
}

fn json(kind: u8, said: &impl Serialize) -> BytesMut {
    let payload = serde_json::to_vec(said).expect("text and numbers are always JSON");
    let mut message = begin(kind, false, 0, payload.len());
    message.put_slice(&payload);
    message
}

fn from_json<T: DeserializeOwned>(payload: &[u8]) -> Result<T, String> {
    serde_json::from_slice(payload).map_err(|error| error.to_string())
}

fn exactly<const N: usize>(payload: &[u8]) -> Result<[u8; N], String> {
    payload
        .try_into()
        .map_err(|_| format!("{} bytes in place of {N}", payload.len()))
}

fn within_a_piece(payload: Bytes) -> Result<Bytes, String> {
    if payload.len() > PIECE_BYTES {
        return Err(format!(
            "a piece of {} bytes is over {PIECE_BYTES}",
            payload.len()
        ));
    }
    Ok(payload)
}
