//! Follows the requests of one connection through the bytes that bring them: where a head ends,
//! where its body ends, where the next one begins. Pure. Start at [`Follower::next`].

use bytes::{Bytes, BytesMut};
use webhook::head::Head;

use crate::{
    chunks::Chunks,
    head::{Framing, HeadCheck, Line, part_of_request_line},
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
