//! Content codings (gzip, deflate, br, zstd) taken off a body, within limits. Start at [`decode`].
//! Source: <https://www.rfc-editor.org/rfc/rfc9110#section-8.4>

use std::io::{self, BufRead, BufReader, Read};

use flate2::{Decompress, FlushDecompress, Status, bufread::MultiGzDecoder};

use crate::head::fields;

/// Bytes decoded at once; of what is corrupt at most so many may be lost before the fault.
const STEP_BYTES: usize = 8 << 10;
/// More codings on top of each other are not taken off.
const MAX_CODINGS: usize = 8;
/// The largest window of zstd, as the logarithm: 8 MiB, which RFC 9659 has as the most.
const ZSTD_WINDOW_LOG: u32 = 23;

/// A way to code a body that is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Coding {
    /// `gzip`, of one or more members.
    Gzip,
    /// `deflate`: in zlib's wrapping, or bare as some send it.
    Deflate,
    /// `br`
    Brotli,
    /// `zstd`
    Zstd,
}

/// How much of a coded body is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Decoded bytes that are kept.
    pub kept_bytes: usize,
    /// Decoded bytes that are counted, kept or not.
    pub counted_bytes: u64,
}

/// What came out. See [`decode`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The beginning, or all of it.
    pub bytes: Vec<u8>,
    /// How many bytes there were, up to the limit of counting.
    pub counted: u64,
    /// Whether the end was reached.
    pub is_whole: bool,
    /// Why it ended before its end, such as `corrupt deflate stream`.
    pub problem: Option<String>,
}

impl Coding {
    /// The name that it has in `Content-Encoding`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
            Self::Brotli => "br",
            Self::Zstd => "zstd",
        }
    }

    fn from_name(name: &[u8]) -> Option<Self> {
        let is = |other: &str| name.eq_ignore_ascii_case(other.as_bytes());
        match () {
            () if is("gzip") || is("x-gzip") => Some(Self::Gzip),
            () if is("deflate") => Some(Self::Deflate),
            () if is("br") => Some(Self::Brotli),
            () if is("zstd") => Some(Self::Zstd),
            () => None,
        }
    }

    fn reader<'a>(self, coded: Box<dyn BufRead + 'a>) -> io::Result<Box<dyn BufRead + 'a>> {
        Ok(match self {
            Self::Gzip => Box::new(BufReader::with_capacity(
                STEP_BYTES,
                MultiGzDecoder::new(coded),
            )),
            Self::Deflate => Box::new(BufReader::with_capacity(STEP_BYTES, Inflate::new(coded)?)),
            Self::Brotli => Box::new(BufReader::with_capacity(
                STEP_BYTES,
                brotli_decompressor::Decompressor::new(coded, STEP_BYTES),
            )),
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(coded)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Box::new(BufReader::with_capacity(STEP_BYTES, decoder))
            }
        })
    }
}

/// The codings that the fields of `head` (a whole head, its first line included) say, in the order
/// in which they were applied.
///
/// # Errors
/// The name of the first one that is not known here, or a word for there being too many.
pub fn codings(head: &[u8]) -> Result<Vec<Coding>, String> {
    let values = fields(head).filter(|field| field.name.eq_ignore_ascii_case(b"content-encoding"));
    let mut all = Vec::new();
    for name in values.flat_map(|field| field.value.split(|byte| *byte == b',')) {
        let name = name.trim_ascii();
        if name.is_empty() || name.eq_ignore_ascii_case(b"identity") {
            continue;
        }
        if all.len() == MAX_CODINGS {
            return Err(format!("more than {MAX_CODINGS} codings"));
        }
        let known = Coding::from_name(name);
        all.push(known.ok_or_else(|| crate::escape::for_display(name).0)?);
    }
    Ok(all)
}

/// Takes `codings` off `coded`, the last one first.
///
/// Never fails: what is broken is decoded up to there. Takes no more memory than
/// [`Limits::kept_bytes`] and a few windows, and no more time than [`Limits::counted_bytes`] need.
#[must_use]
pub fn decode(codings: &[Coding], coded: &[u8], limits: Limits) -> Decoded {
    let mut decoded = Decoded {
        bytes: Vec::new(),
        counted: 0,
        is_whole: false,
        problem: None,
    };
    match chain(codings, coded).and_then(|mut reader| drain(&mut reader, limits, &mut decoded)) {
        Ok(is_whole) => decoded.is_whole = is_whole,
        Err(error) => decoded.problem = Some(error.to_string()),
    }
    if decoded.counted > decoded.bytes.len() as u64 || !decoded.is_whole {
        end_at_character(&mut decoded.bytes);
    }
    decoded
}

/// Takes the beginning of a character off the end of a text of UTF-8 that was cut there.
fn end_at_character(bytes: &mut Vec<u8>) {
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
}

fn chain<'a>(codings: &[Coding], coded: &'a [u8]) -> io::Result<Box<dyn BufRead + 'a>> {
    let first: Box<dyn BufRead + 'a> = Box::new(coded);
    codings
        .iter()
        .rev()
        .try_fold(first, |reader, coding| coding.reader(reader))
}

/// Reads until the end or a limit, and says whether it was the end.
fn drain(reader: &mut dyn BufRead, limits: Limits, into: &mut Decoded) -> io::Result<bool> {
    loop {
        let step = reader.fill_buf()?;
        if step.is_empty() {
            return Ok(true);
        }
        if into.counted >= limits.counted_bytes {
            return Ok(false);
        }
        let room = limits.kept_bytes - into.bytes.len();
        into.bytes.extend_from_slice(&step[..step.len().min(room)]);
        into.counted += step.len() as u64;
        let taken = step.len();
        reader.consume(taken);
    }
}

/// A reader of `deflate` that finds out which of the two it is, and takes an end that is missing
/// for a fault.
struct Inflate<R> {
    coded: R,
    state: Decompress,
    is_ended: bool,
}

impl<R: BufRead> Inflate<R> {
    fn new(mut coded: R) -> io::Result<Self> {
        // RFC 1950: deflate with a window of at most 32 KiB, and a check over both bytes.
        let is_zlib = match *coded.fill_buf()? {
            [method, flags, ..] => {
                method & 0x0f == 8
                    && method >> 4 <= 7
                    && (u16::from(method) << 8 | u16::from(flags)).is_multiple_of(31)
            }
            _ => false,
        };
        Ok(Self {
            coded,
            state: Decompress::new(is_zlib),
            is_ended: false,
        })
    }
}

impl<R: BufRead> Read for Inflate<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.is_ended && !into.is_empty() {
            let input = self.coded.fill_buf()?;
            let is_at_end = input.is_empty();
            let (before_in, before_out) = (self.state.total_in(), self.state.total_out());
            let status = self.state.decompress(input, into, FlushDecompress::None);
            let (read, wrote) = (
                usize::try_from(self.state.total_in() - before_in).unwrap_or(0),
                usize::try_from(self.state.total_out() - before_out).unwrap_or(0),
            );
            self.coded.consume(read);
            self.is_ended = matches!(status, Ok(Status::StreamEnd));
            if wrote > 0 {
                return Ok(wrote); // what came before a fault counts
            }
            if status.is_err() {
                return Err(io::Error::other("corrupt deflate stream"));
            }
            if !self.is_ended && is_at_end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if !self.is_ended && read == 0 {
                return Err(io::Error::other("corrupt deflate stream"));
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits {
        kept_bytes: 1 << 20,
        counted_bytes: 4 << 20,
    };
    /// `hello, hello, hello, hello` under `br`, as Node's zlib makes it.
    const BROTLI: &[u8] =
        b"\x1b\x19\x00\xf8\x8d\x94\x6e\xde\x44\x09\x52\x86\x96\x6c\x2c\x6f\x31\x4f\x24\xb0\xe3\x00";

    fn gzip(plain: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn zlib(plain: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn bare(plain: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(plain).unwrap();
        encoder.finish().unwrap()
    }

    fn whole(codings: &[Coding], coded: &[u8]) -> Vec<u8> {
        let decoded = decode(codings, coded, LIMITS);
        assert!(decoded.is_whole, "{decoded:?}");
        assert_eq!(decoded.counted, decoded.bytes.len() as u64);
        decoded.bytes
    }

    #[test]
    fn each_coding_is_taken_off() {
        let plain = "{\"name\": \"Grażyna\"}".repeat(2_000).into_bytes();
        assert_eq!(whole(&[Coding::Gzip], &gzip(&plain)), plain);
        assert_eq!(whole(&[Coding::Deflate], &zlib(&plain)), plain);
        assert_eq!(whole(&[Coding::Deflate], &bare(&plain)), plain);
        let zstd = zstd::encode_all(plain.as_slice(), 3).unwrap();
        assert_eq!(whole(&[Coding::Zstd], &zstd), plain);
        assert_eq!(
            whole(&[Coding::Brotli], BROTLI),
            b"hello, hello, hello, hello"
        );
    }

    #[test]
    fn several_codings_come_off_from_the_last_to_the_first() {
        let both = gzip(&zlib(b"twice"));
        assert_eq!(whole(&[Coding::Deflate, Coding::Gzip], &both), b"twice");
        let head = b"POST / HTTP/1.1\r\nContent-Encoding: deflate, identity\r\nCONTENT-encoding: X-Gzip,\r\n\r\n";
        assert_eq!(codings(head), Ok(vec![Coding::Deflate, Coding::Gzip]));
        let head = b"POST / HTTP/1.1\r\nContent-Encoding: gzip, aws-chunked\r\n\r\n";
        assert_eq!(codings(head), Err("aws-chunked".to_owned()));
        let head = b"POST / HTTP/1.1\r\nContent-Encoding: gzip,gzip,gzip,gzip,gzip,gzip,gzip,gzip,gzip\r\n\r\n";
        assert!(codings(head).is_err());
    }

    #[test]
    fn members_of_gzip_follow_each_other() {
        let two = [gzip(b"one, "), gzip(b"two")].concat();
        assert_eq!(whole(&[Coding::Gzip], &two), b"one, two");
    }

    #[test]
    fn what_breaks_off_is_decoded_up_to_there() {
        let plain: Vec<u8> = (0..120_000_u32).flat_map(u32::to_be_bytes).collect();
        let zstd = zstd::encode_all(plain.as_slice(), 3).unwrap();
        let all = [
            (Coding::Gzip, gzip(&plain)),
            (Coding::Deflate, zlib(&plain)),
            (Coding::Deflate, bare(&plain)),
            (Coding::Zstd, zstd),
        ];
        for (coding, coded) in all {
            // zstd gives blocks of 128 KiB whole or not at all.
            let cut = decode(&[coding], &coded[..coded.len() / 2], LIMITS);
            assert!(!cut.is_whole && cut.problem.is_some(), "{coding:?}");
            assert!(cut.bytes.len() > 10_000, "{coding:?} {}", cut.bytes.len());
            assert!(plain.starts_with(&cut.bytes), "{coding:?}");
        }
    }

    #[test]
    fn what_is_not_coded_at_all_says_so() {
        for coding in [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd] {
            let decoded = decode(&[coding], b"{\"plain\": true}", LIMITS);
            assert!(decoded.problem.is_some(), "{coding:?}");
            assert!(!decoded.is_whole, "{coding:?}");
        }
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let limits = Limits {
            kept_bytes: 5,
            ..LIMITS
        };
        let decoded = decode(&[Coding::Gzip], &gzip("ééé".as_bytes()), limits);
        assert_eq!(
            (decoded.bytes.as_slice(), decoded.counted),
            ("éé".as_bytes(), 6)
        );
    }

    #[test]
    fn a_bomb_is_counted_and_not_kept() {
        let plain = vec![0_u8; 3 << 20];
        let coded = gzip(&gzip(&plain));
        assert!(coded.len() < 2_000);
        let decoded = decode(&[Coding::Gzip, Coding::Gzip], &coded, LIMITS);
        assert_eq!(decoded.bytes.len(), LIMITS.kept_bytes);
        assert_eq!((decoded.counted, decoded.is_whole), (3 << 20, true));

        let decoded = decode(&[Coding::Gzip], &gzip(&vec![0; 9 << 20]), LIMITS);
        assert_eq!(decoded.bytes.len(), LIMITS.kept_bytes);
        assert!(decoded.counted >= LIMITS.counted_bytes);
        assert!(decoded.counted < LIMITS.counted_bytes + STEP_BYTES as u64);
        assert!(!decoded.is_whole && decoded.problem.is_none());
    }

    proptest! {
        #[test]
        fn what_was_coded_comes_back(
            plain in prop::collection::vec(any::<u8>(), 0..4_000),
            which in prop::collection::vec(0..4_usize, 0..4),
        ) {
            let mut coded = plain.clone();
            let mut codings = Vec::new();
            for one in which {
                let (coding, next) = match one {
                    0 => (Coding::Gzip, gzip(&coded)),
                    1 => (Coding::Deflate, zlib(&coded)),
                    2 => (Coding::Deflate, zlib(&coded)),
                    _ => (Coding::Zstd, zstd::encode_all(coded.as_slice(), 1).unwrap()),
                };
                codings.push(coding);
                coded = next;
            }
            prop_assert_eq!(whole(&codings, &coded), plain);
        }

        #[test]
        fn no_bytes_make_it_panic_or_pass_its_limits(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
            which in 0..4_usize,
        ) {
            let limits = Limits { kept_bytes: 500, counted_bytes: 2_000 };
            let coding = [Coding::Gzip, Coding::Deflate, Coding::Brotli, Coding::Zstd][which];
            let mut damaged = match coding {
                Coding::Gzip => gzip(&bytes),
                Coding::Deflate => zlib(&bytes),
                Coding::Brotli => BROTLI.to_vec(),
                Coding::Zstd => zstd::encode_all(bytes.as_slice(), 1).unwrap(),
            };
            for (at, byte) in flips {
                let at = at.index(damaged.len());
                damaged[at] ^= byte;
            }
            for coded in [&bytes, &damaged] {
                let decoded = decode(&[coding], coded, limits);
                prop_assert!(decoded.bytes.len() <= 500);
                prop_assert!(decoded.counted < 2_000 + STEP_BYTES as u64);
            }
        }
    }
}
