//! Where a body in chunks ends: a follower that is fed the bytes as they come. Pure, and stricter
//! than RFC 9112 section 7.1 lets a recipient be. Start at [`Chunks::follow`].

use crate::{framing::BODY_BYTES, refusal::Refusal};

/// Bytes of one body that say nothing: extensions, trailers, zeros before a size. The limit is for
/// the body as a whole, or one byte a chunk would pass it by (Go's CVE-2023-39326).
const OVERHEAD_BYTES: usize = 16 * 1024;

/// Where a body in chunks stands.
#[derive(Debug)]
pub(crate) struct Chunks {
    place: Place,
    overhead: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the first digit of a size.
    Start,
    /// After a digit of a size.
    Size(u64),
    /// In the white space after a size.
    Space(u64),
    /// In the extensions of a chunk of this size.
    Extension(u64),
    /// After the CR of a size's line.
    SizeLf(u64),
    /// So many bytes of data are to come.
    Data(u64),
    /// After the last byte of a chunk.
    DataCr,
    /// After the CR that follows a chunk.
    DataLf,
    /// At the start of a line after the last chunk.
    Trailer,
    /// Within a trailer.
    TrailerText,
    /// After the CR of a trailer.
    TrailerLf,
    /// After the CR of the empty line that ends the body.
    EndLf,
    /// After the body.
    End,
}

impl Chunks {
    pub(crate) const fn new() -> Self {
        Self {
            place: Place::Start,
            overhead: 0,
        }
    }

    /// Whether the body has ended.
    pub(crate) fn is_at_end(&self) -> bool {
        self.place == Place::End
    }

    /// Goes on by `bytes` and says how many of them belong to the body: all, unless it ends.
    pub(crate) fn follow(&mut self, bytes: &[u8]) -> Result<usize, Refusal> {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.place {
                Place::End => break,
                Place::Data(left) => {
                    let rest = bytes.len() - at;
                    let here = usize::try_from(left).map_or(rest, |left| left.min(rest));
                    at += here;
                    let left = left - here as u64;
                    self.place = if left == 0 {
                        Place::DataCr
                    } else {
                        Place::Data(left)
                    };
                }
                _ => {
                    self.place = self.step(byte)?;
                    at += 1;
                }
            }
        }
        Ok(at)
    }

    fn step(&mut self, byte: u8) -> Result<Place, Refusal> {
        let next = match (self.place, byte) {
            (Place::Start, _) => Place::Size(hexadecimal(byte)?),
            (Place::Size(size) | Place::Space(size), b' ' | b'\t') => Place::Space(size),
            (Place::Size(size) | Place::Space(size), b';') => Place::Extension(size),
            (Place::Size(size) | Place::Space(size) | Place::Extension(size), b'\r') => {
                Place::SizeLf(size)
            }
            (Place::Size(size), _) => {
                if size == 0 {
                    self.spend()?;
                }
                let size = size * 16 + hexadecimal(byte)?;
                if size >= BODY_BYTES {
                    return Err(Refusal::BodyTooLarge {
                        limit_bytes: BODY_BYTES,
                    });
                }
                Place::Size(size)
            }
            (Place::Extension(size), _) if is_text(byte) => Place::Extension(size),
            (Place::SizeLf(0), b'\n') => Place::Trailer,
            (Place::SizeLf(size), b'\n') => Place::Data(size),
            (Place::DataCr, b'\r') => Place::DataLf,
            (Place::DataLf, b'\n') => Place::Start,
            (Place::Trailer, b'\r') => Place::EndLf,
            (Place::TrailerText, b'\r') => Place::TrailerLf,
            (Place::Trailer | Place::TrailerText, _) if is_text(byte) => Place::TrailerText,
            (Place::TrailerLf, b'\n') => Place::Trailer,
            (Place::EndLf, b'\n') => Place::End,
            _ => return Err(Refusal::Malformed("the chunks of the body are malformed")),
        };
        if matches!(
            next,
            Place::Space(_) | Place::Extension(_) | Place::TrailerText
        ) {
            self.spend()?;
        }
        Ok(next)
    }

    fn spend(&mut self) -> Result<(), Refusal> {
        self.overhead += 1;
        if self.overhead > OVERHEAD_BYTES {
            return Err(Refusal::Malformed(
                "too much beside the data in the body's chunks",
            ));
        }
        Ok(())
    }
}

fn hexadecimal(byte: u8) -> Result<u64, Refusal> {
    let digit = char::from(byte).to_digit(16).map(u64::from);
    digit.ok_or(Refusal::Malformed("a chunk's size that is no number"))
}

/// What may stand in an extension or a trailer: no control character, and so no line end.
const fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `text`'s bytes are the body's, when it ends in them.
    fn follow(text: &str) -> Result<Option<usize>, Refusal> {
        let mut chunks = Chunks::new();
        let part = chunks.follow(text.as_bytes())?;
        assert!(
            part == text.len() || chunks.is_at_end(),
            "what is left is not the body's"
        );
        Ok(chunks.is_at_end().then_some(part))
    }

    #[test]
    fn ends_after_the_last_chunk_and_its_trailers() {
        for body in [
            "0\r\n\r\n",
            "000\r\n\r\n",
            "5\r\nhello\r\n0\r\n\r\n",
            "A\r\n0123456789\r\n0\r\n\r\n",
            "a;b\r\n0123456789\r\n0;x\r\n\r\n",
            "5;a=b;c=\"d e\"\r\nhello\r\n0\r\n\r\n",
            "5 \t;a\r\nhello\r\n0\r\n\r\n",
            "0000000000000000005\r\nhello\r\n0\r\n\r\n",
            "0\r\nA: b\r\nGET /evil HTTP/1.1\r\n\r\n",
            "2\r\n\r\n\r\n0\r\n\r\n",
        ] {
            let whole = Ok(Some(body.len()));
            assert_eq!(follow(body), whole, "{body:?}");
            assert_eq!(
                follow(&format!("{body}GET /next HTTP/1.1\r\n")),
                whole,
                "{body:?}"
            );
            assert_eq!(follow(&body[..body.len() - 1]), Ok(None), "{body:?}");
        }
    }

    #[test]
    fn refuses_what_others_might_read_differently() {
        for body in [
            "\r\n",
            "\n",
            " 5\r\n",
            "-5\r\n",
            "+5\r\n",
            "0x5\r\n",
            "5h\r\n",
            "g\r\n",
            ";a\r\n",
            "5 5\r\n",
            "5\n",
            "5\u{b}\r\n",
            "5\r\r\n",
            "5\rh",
            "5;a\nb\r\n",
            "5;a\rb\r\n",
            "5;a\0\r\n",
            "1\r\nab\r\n",
            "1\r\na\n0\r\n",
            "1\r\na\rb",
            "1\r\na0\r\n",
            "0\r\nA: b\n\r\n",
            "0\r\nA: b\rc\r\n",
            "0\r\n\n",
            "0\r\nA\0: b\r\n",
            "0\r\n\rG",
            "5,5\r\n",
            "5_\r\n",
            "\u{665}\r\n",
        ] {
            assert!(
                matches!(follow(body), Err(Refusal::Malformed(_))),
                "{body:?}"
            );
        }
    }

    #[test]
    fn a_chunk_larger_than_any_body_may_be_is_refused_at_its_size() {
        let too_large = Err(Refusal::BodyTooLarge {
            limit_bytes: BODY_BYTES,
        });
        for size in [
            "100000000",
            "FFFFFFFFFFFFFFFF",
            "FFFFFFFFFFFFFFFFF",
            "10000000000000005",
            "0000100000000",
        ] {
            assert_eq!(follow(size), too_large, "{size}");
        }
        assert_eq!(follow("ffffffff\r\nabc"), Ok(None));
    }

    #[test]
    fn what_is_beside_the_data_is_limited_for_the_body_as_a_whole() {
        let drip = |extension: usize, chunks: usize| {
            follow(&format!("1;{}\r\nx\r\n", "e".repeat(extension)).repeat(chunks))
        };
        assert_eq!(drip(100, 100), Ok(None));
        assert!(drip(100, 300).is_err());
        assert!(drip(17_000, 1).is_err());
        assert!(follow(&format!("0\r\nA: {}\r\n", "b".repeat(17_000))).is_err());
        assert!(follow(&format!("0\r\n{}", "A:\r\n".repeat(9_000))).is_err());
        assert!(follow(&"0".repeat(17_000)).is_err());
        assert!(follow(&format!("5{}", " ".repeat(17_000))).is_err());
        assert_eq!(
            follow(&"1\r\nx\r\n".repeat(50_000)),
            Ok(None),
            "small chunks are no overhead"
        );
    }
}
