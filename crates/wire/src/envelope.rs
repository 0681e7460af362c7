//! The plaintext of an envelope: what a label does not already say of a capture.
//! Start at [`encode`] and [`decode`]; PROTOCOL.md has the bytes.

use std::net::{IpAddr, SocketAddr};

use bytes::{Buf, Bytes, TryGetError};
use webhook::{
    capture::{Capture, Flaw},
    head::{Head, HeadError},
};

use crate::seal::Label;

const VERSION: u8 = 1;

/// Why an opened envelope holds no capture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// A newer layout.
    #[error("the envelope has version {found}, and this program knows only {VERSION}")]
    Version {
        /// The version it names.
        found: u8,
    },
    /// It ends before all is said.
    #[error("the envelope ends too early")]
    Short,
    /// The peer is of no known kind.
    #[error("the envelope names a peer of kind {kind}, which is none of 0, 4, 6")]
    Peer {
        /// The kind it names.
        kind: u8,
    },
    /// Its head is none.
    #[error("the envelope holds no request: {0}")]
    Head(#[from] HeadError),
}

impl From<TryGetError> for EnvelopeError {
    fn from(_: TryGetError) -> Self {
        Self::Short
    }
}

/// Writes what is to be sealed.
///
/// Of an IPv6 peer the address and the port are written, not its scope and flow label, which mean
/// nothing elsewhere.
///
/// # Panics
/// When the head is over 4 GiB, which every listener refuses long before.
#[must_use]
pub fn encode(capture: &Capture) -> Vec<u8> {
    let head = capture.head.as_bytes();
    let mut plaintext = Vec::with_capacity(64 + head.len() + capture.body.len());
    plaintext.push(VERSION);
    match capture.peer.map(|peer| (peer.ip(), peer.port())) {
        None => plaintext.push(0),
        Some((IpAddr::V4(address), port)) => {
            plaintext.push(4);
            plaintext.extend_from_slice(&address.octets());
            plaintext.extend_from_slice(&port.to_be_bytes());
        }
        Some((IpAddr::V6(address), port)) => {
            plaintext.push(6);
            plaintext.extend_from_slice(&address.octets());
            plaintext.extend_from_slice(&port.to_be_bytes());
        }
    }
    plaintext.push(u8::try_from(capture.flaws.len()).expect("there are fewer flaws than 256"));
    for flaw in &capture.flaws {
        let name = flaw.name();
        plaintext.push(u8::try_from(name.len()).expect("the name of a flaw is one word"));
        plaintext.extend_from_slice(name.as_bytes());
    }
    let head_bytes = u32::try_from(head.len()).expect("heads are far below 4 GiB");
    plaintext.extend_from_slice(&head_bytes.to_be_bytes());
    plaintext.extend_from_slice(head);
    plaintext.extend_from_slice(&capture.body);
    plaintext
}

/// Reads what was opened under `label`; head and body are views into `plaintext`.
///
/// Flaws of a name that this version does not know are left out.
///
/// # Errors
/// When the bytes are not an envelope of a known version.
pub fn decode(label: &Label<'_>, mut plaintext: Bytes) -> Result<Capture, EnvelopeError> {
    let version = plaintext.try_get_u8()?;
    if version != VERSION {
        return Err(EnvelopeError::Version { found: version });
    }
    let peer = match plaintext.try_get_u8()? {
        0 => None,
        4 => {
            let address = plaintext.try_get_u32()?.to_be_bytes();
            Some(SocketAddr::from((address, plaintext.try_get_u16()?)))
        }
        6 => {
            let address = plaintext.try_get_u128()?.to_be_bytes();
            Some(SocketAddr::from((address, plaintext.try_get_u16()?)))
        }
        kind => return Err(EnvelopeError::Peer { kind }),
    };
    let mut flaws = Vec::new();
    for _ in 0..plaintext.try_get_u8()? {
        let name_bytes = usize::from(plaintext.try_get_u8()?);
        let name = take(&mut plaintext, name_bytes)?;
        flaws.extend(str::from_utf8(&name).ok().and_then(Flaw::from_name));
    }
    let head_bytes = usize::try_from(plaintext.try_get_u32()?).unwrap_or(usize::MAX);
    let head = Head::parse(take(&mut plaintext, head_bytes)?)?;
    Ok(Capture {
        id: label.id,
        endpoint: label.endpoint.clone(),
        received_at_ms: label.received_at_ms,
        peer,
        head,
        body: plaintext,
        flaws,
    })
}

fn take(from: &mut Bytes, bytes: usize) -> Result<Bytes, EnvelopeError> {
    if from.len() < bytes {
        return Err(EnvelopeError::Short);
    }
    Ok(from.split_to(bytes))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::{collection::vec, prelude::*};
    use webhook::capture::{CaptureId, EndpointId};

    use super::*;

    fn peer() -> impl Strategy<Value = Option<SocketAddr>> {
        prop_oneof![
            Just(None),
            any::<(Ipv4Addr, u16)>().prop_map(|peer| Some(peer.into())),
            any::<(Ipv6Addr, u16)>().prop_map(|peer| Some(peer.into())),
        ]
    }

    fn capture() -> impl Strategy<Value = Capture> {
        let head =
            "[A-Z]{1,7} /[!-~]{0,30} HTTP/1\\.[01]\r\n([A-Za-z-]{1,9}: ?[ -~é]{0,20}\r\n){0,5}\r\n";
        let flaws = vec(Just(Flaw::Normalised), 0..3);
        let body = vec(any::<u8>(), 0..300);
        (any::<([u8; 16], i64)>(), peer(), head, flaws, body).prop_map(
            |((id, received_at_ms), peer, head, flaws, body)| Capture {
                id: CaptureId::from_bytes(id),
                endpoint: EndpointId::local(),
                received_at_ms,
                peer,
                head: Head::parse(head.into()).unwrap(),
                body: body.into(),
                flaws,
            },
        )
    }

    fn label(capture: &Capture) -> Label<'_> {
        Label {
            endpoint: &capture.endpoint,
            id: capture.id,
            received_at_ms: capture.received_at_ms,
        }
    }

    fn simple() -> Capture {
        Capture {
            id: CaptureId::from_bytes([7; 16]),
            endpoint: EndpointId::local(),
            received_at_ms: 0,
            peer: None,
            head: Head::parse(Bytes::from_static(b"GET / HTTP/1.1\r\n\r\n")).unwrap(),
            body: Bytes::from_static(b"body"),
            flaws: vec![Flaw::Normalised],
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(capture in capture()) {
            let plaintext = Bytes::from(encode(&capture));
            prop_assert_eq!(decode(&label(&capture), plaintext), Ok(capture));
        }

        /// Cut before the body it is refused; cut within, which the seal refuses, the body is short.
        #[test]
        fn a_cut_envelope_gives_no_other_head(capture in capture()) {
            let plaintext = Bytes::from(encode(&capture));
            for bytes in 0..plaintext.len() {
                match decode(&label(&capture), plaintext.slice(..bytes)) {
                    Ok(read) => prop_assert_eq!(&read.head, &capture.head),
                    Err(error) => {
                        prop_assert_eq!(error, EnvelopeError::Short);
                        prop_assert!(bytes < plaintext.len() - capture.body.len());
                    }
                }
            }
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in vec(any::<u8>(), 0..200), is_of_this_version: bool) {
            let mut bytes = bytes;
            if is_of_this_version && let Some(version) = bytes.first_mut() {
                *version = VERSION;
            }
            let _ = decode(&label(&simple()), bytes.into());
        }
    }

    #[test]
    fn a_flaw_of_tomorrow_is_left_out() {
        let capture = simple();
        let known = encode(&capture);
        let at = 3; // version, no peer, one flaw
        assert_eq!(known[at..at + 11], *b"\x0anormalised");
        let unknown = [&[VERSION, 0, 2], &b"\x05moony"[..], &known[at..]].concat();
        assert_eq!(decode(&label(&capture), unknown.into()), Ok(capture));
    }

    #[test]
    fn what_cannot_be_read_is_told_apart() {
        let capture = simple();
        let check = |at: usize, byte: u8, want| {
            let mut spoiled = encode(&capture);
            spoiled[at] = byte;
            assert_eq!(decode(&label(&capture), spoiled.into()), Err(want));
        };
        check(0, 2, EnvelopeError::Version { found: 2 });
        check(1, 5, EnvelopeError::Peer { kind: 5 });
        check(14, 0xff, EnvelopeError::Short); // the head's length
        check(18, b' ', EnvelopeError::Head(HeadError::RequestLine));
    }
}
