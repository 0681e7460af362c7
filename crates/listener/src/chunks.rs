//! Where a body in chunks ends: a follower that is fed the bytes as they come. Pure, and stricter
//! than RFC 9112 section 7.1 lets a recipient be. Start at [`Chunks::follow`].

use crate::refusal::Refusal;

/// Bytes of one body that say nothing: extensions, trailers, zeros before a size. The limit is for
/// the body as a whole, or one byte a chunk would pass it by (Go's CVE-2023-39326).
const OVERHEAD_BYTES: usize = 16 * 1024;
/// A chunk as large as this is over every limit that a body in memory may have.
const CHUNK_BYTES: u64 = 1 << 32;

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
                if size >= CHUNK_BYTES {
                    return Err(Refusal::BodyTooLarge {
                        limit_bytes: CHUNK_BYTES,
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
