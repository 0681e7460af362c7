//! Follows the requests of one connection through the bytes that bring them: where a head ends,
//! where its body ends, where the next one begins. Pure. Start at [`Follower::next`].

use bytes::{Bytes, BytesMut};
use webhook::head::Head;

use crate::{
    chunks::Chunks,
    framing::Framing,
    head::{HeadCheck, Line, part_of_request_line},
    limits::Limits,
    refusal::{HeadLimit, Refusal},
};

/// Where one connection stands in its requests.
#[derive(Debug)]
pub(crate) struct Follower {
    place: Place,
    head_bytes: usize,
    headers: usize,
}

#[derive(Debug)]
enum Place {
    Head(HeadPlace),
    Length(u64),
    Chunks(Chunks),
}

/// How much of a head has been looked at.
#[derive(Debug, Default)]
struct HeadPlace {
    check: HeadCheck,
    /// Where the line begins that has not ended.
    line: usize,
    /// Up to where there is no line end in it.
    looked: usize,
}

/// The next thing that has come.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Nothing whole.
    More,
    /// A head.
    Head(Head),
    /// Bytes of the body that belongs to the last head, its coding still on.
    Body(Bytes),
}

impl Follower {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            place: Place::Head(HeadPlace::default()),
            head_bytes: limits.head_bytes,
            headers: limits.headers,
        }
    }

    /// Whether the last head's body has not ended.
    pub(crate) const fn is_in_body(&self) -> bool {
        !matches!(self.place, Place::Head(_))
    }

    /// Takes the next head, or a part of a body, off the front of `held`, which holds all that has
    /// come and was not taken yet.
    ///
    /// # Errors
    /// When what came is not to be taken. Where the next request begins is not known then.
    pub(crate) fn next(&mut self, held: &mut BytesMut) -> Result<Step, Refusal> {
        if held.is_empty() {
            return Ok(Step::More);
        }
        if self.is_in_body() {
            let part = self.body(held)?;
            return Ok(Step::Body(held.split_to(part).freeze()));
        }
        self.head(held)
    }

    /// Goes on by `bytes` of a body that are taken elsewhere, and says how many of them belong to
    /// it: all, unless it ends.
    ///
    /// # Errors
    /// When its chunks are malformed.
    pub(crate) fn body(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let (part, is_at_end) = match &mut self.place {
            Place::Head(_) => return Ok(0),
            Place::Length(left) => {
                let part = usize::try_from(*left).map_or(bytes.len(), |left| left.min(bytes.len()));
                *left -= part as u64;
                (part, *left == 0)
            }
            Place::Chunks(chunks) => (chunks.follow(bytes)?, chunks.is_at_end()),
        };
        if is_at_end {
            self.place = Place::Head(HeadPlace::default());
        }
        Ok(part)
    }

    fn head(&mut self, held: &mut BytesMut) -> Result<Step, Refusal> {
        let Place::Head(head) = &mut self.place else {
            return Ok(Step::More);
        };
        while let Some(at) = held[head.looked..].iter().position(|byte| *byte == b'\n') {
            let end = head.looked + at + 1;
            if end > self.head_bytes {
                return Err(head.too_large(self.head_bytes));
            }
            let line = head.check.line(&held[head.line..end])?;
            if head.check.fields() > self.headers {
                return Err(Refusal::HeadTooLarge(HeadLimit::Fields(self.headers)));
            }
            (head.line, head.looked) = (end, end);
            match line {
                Line::Before => {
                    let _ = held.split_to(end);
                    (head.line, head.looked) = (0, 0);
                }
                Line::Within => {}
                Line::Last(framing) => {
                    let bytes = held.split_to(end).freeze();
                    self.place = match framing {
                        Framing::Length(0) => Place::Head(HeadPlace::default()),
                        Framing::Length(length) => Place::Length(length),
                        Framing::Chunked => Place::Chunks(Chunks::new()),
                    };
                    let head = Head::parse(bytes);
                    return head
                        .map(Step::Head)
                        .map_err(|_| Refusal::Malformed("its head"));
                }
            }
        }
        if held.len() > self.head_bytes {
            return Err(head.too_large(self.head_bytes));
        }
        if head.check.is_before_request_line() {
            part_of_request_line(&held[head.looked..])?;
        }
        head.looked = held.len();
        Ok(Step::More)
    }
}

impl HeadPlace {
    const fn too_large(&self, head_bytes: usize) -> Refusal {
        if self.check.is_before_request_line() {
            Refusal::TargetTooLong
        } else {
            Refusal::HeadTooLarge(HeadLimit::Bytes(head_bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;
    use crate::sample::{Sample, cuts, joined, pieces, sample};

    /// What a follower makes of bytes that come in `pieces`: heads, each with its coded body.
    fn follow(pieces: &[Vec<u8>]) -> Result<Vec<(Head, Vec<u8>)>, Refusal> {
        let mut follower = Follower::new(&Limits::default());
        let (mut held, mut seen) = (BytesMut::new(), Vec::new());
        for piece in pieces {
            held.extend_from_slice(piece);
            loop {
                match follower.next(&mut held)? {
                    Step::More => break,
                    Step::Head(head) => seen.push((head, Vec::new())),
                    Step::Body(part) => seen.last_mut().unwrap().1.extend_from_slice(&part),
                }
            }
        }
        Ok(seen)
    }

    fn with_limits(head_bytes: usize, headers: usize, bytes: &[u8]) -> Result<Step, Refusal> {
        let limits = Limits {
            head_bytes,
            headers,
            ..Limits::default()
        };
        Follower::new(&limits).next(&mut BytesMut::from(bytes))
    }

    proptest! {
        #[test]
        fn finds_every_head_and_body_wherever_the_pieces_end(
            samples in vec(sample(), 1..5), cuts in cuts(),
        ) {
            let seen = follow(&pieces(&joined(&samples), &cuts)).unwrap();
            prop_assert_eq!(seen.len(), samples.len());
            for ((head, coded), Sample { head: sent, coded: sent_coded, .. }) in seen.iter().zip(&samples) {
                prop_assert_eq!(head.as_bytes(), sent);
                prop_assert_eq!(coded, sent_coded);
            }
        }

        #[test]
        fn no_bytes_make_it_panic_or_lose_any(
            mut bytes in vec(sample(), 1..3).prop_map(|samples| joined(&samples)),
            changes in vec((any::<prop::sample::Index>(), any::<u8>()), 0..6), cuts in cuts(),
        ) {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            if let Ok(seen) = follow(&pieces(&bytes, &cuts)) {
                let taken: usize = seen.iter().map(|(head, coded)| head.as_bytes().len() + coded.len()).sum();
                prop_assert!(taken <= bytes.len());
                prop_assert_eq!(seen, follow(&[bytes]).unwrap(), "pieces change nothing");
            }
        }
    }

    #[test]
    fn a_head_may_be_as_large_as_the_limit_and_no_larger() {
        let bytes = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        assert!(matches!(
            with_limits(bytes.len(), 1, bytes),
            Ok(Step::Head(_))
        ));
        let limit = bytes.len() - 1;
        let too_large = Err(Refusal::HeadTooLarge(HeadLimit::Bytes(limit)));
        assert_eq!(with_limits(limit, 1, bytes), too_large);
        let unfinished = &bytes[..limit];
        assert_eq!(
            with_limits(limit - 1, 1, unfinished),
            Err(Refusal::HeadTooLarge(HeadLimit::Bytes(limit - 1))),
        );
    }

    #[test]
    fn a_head_may_have_as_many_fields_as_the_limit_and_no_more() {
        let bytes = b"GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";
        assert!(matches!(with_limits(1000, 2, bytes), Ok(Step::Head(_))));
        let too_many = Err(Refusal::HeadTooLarge(HeadLimit::Fields(1)));
        assert_eq!(with_limits(1000, 1, bytes), too_many);
    }

    #[test]
    fn a_request_line_over_the_limit_is_told_apart() {
        let long = format!("GET /{} HTTP/1.1\r\nHost: a\r\n\r\n", "a".repeat(100));
        assert_eq!(
            with_limits(100, 9, long.as_bytes()),
            Err(Refusal::TargetTooLong)
        );
        assert_eq!(
            with_limits(100, 9, &long.as_bytes()[..101]),
            Err(Refusal::TargetTooLong)
        );
    }

    #[test]
    fn what_cannot_become_a_request_is_refused_before_its_line_ends() {
        let check = |bytes: &[u8]| with_limits(1000, 9, bytes);
        assert_eq!(check(b"GET /a"), Ok(Step::More));
        assert_eq!(check(b"GET /a HTTP/1.1\r"), Ok(Step::More));
        assert!(check(b"\x16\x03\x01\x02\x00").is_err(), "a TLS handshake");
        assert!(check(b"GET /a\r\n").is_err(), "HTTP/0.9");
        assert!(check(b"SSH-2.0-OpenSSH_9.6\r\n").is_err());
        assert!(
            check(b"GET / HTTP/1.1\r\nHost : a\r\n").is_err(),
            "though the head goes on"
        );
    }
}
