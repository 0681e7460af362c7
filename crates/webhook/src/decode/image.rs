//! Pictures by their first bytes: what they are, and how large. Start at [`format()`].

/// A picture that browsers draw and that has no code in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// <https://www.w3.org/TR/png/>
    Png,
    /// ITU-T T.81
    Jpeg,
    /// <https://www.w3.org/Graphics/GIF/spec-gif89a.txt>
    Gif,
    /// <https://developers.google.com/speed/webp/docs/riff_container>
    Webp,
}

impl Format {
    /// Its content type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// The format of the content type `essence` (in small letters).
    #[must_use]
    pub fn from_media_type(essence: &str) -> Option<Self> {
        match essence {
            "image/jpg" => Some(Self::Jpeg),
            _ => [Self::Png, Self::Jpeg, Self::Gif, Self::Webp]
                .into_iter()
                .find(|format| format.media_type() == essence),
        }
    }
}

/// What `bytes` begin as.
#[must_use]
pub fn format(bytes: &[u8]) -> Option<Format> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Format::Png),
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(Format::Webp),
        _ => None,
    }
}

/// Width and height in pixels, as the picture's own head says.
#[must_use]
pub fn dimensions(bytes: &[u8]) -> Option<(u32, u32)> {
    match format(bytes)? {
        Format::Png => {
            let head = bytes.get(12..24)?;
            let is_head = head.starts_with(b"IHDR");
            is_head.then_some((big(&head[4..8]), big(&head[8..12])))
        }
        Format::Gif => bytes
            .get(6..10)
            .map(|size| (little(&size[..2]), little(&size[2..]))),
        Format::Webp => webp(bytes),
        Format::Jpeg => jpeg(bytes),
    }
}

fn big(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn little(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let data = bytes.get(20..)?;
    match bytes.get(12..16)? {
        b"VP8X" => Some((little(data.get(4..7)?) + 1, little(data.get(7..10)?) + 1)),
        b"VP8L" => {
            let size = little(data.get(1..5)?);
            Some(((size & 0x3fff) + 1, (size >> 14 & 0x3fff) + 1))
        }
        b"VP8 " => Some((
            little(data.get(6..8)?) & 0x3fff,
            little(data.get(8..10)?) & 0x3fff,
        )),
        _ => None,
    }
}

/// Steps over the segments up to the one that begins the frame.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut rest = bytes.get(2..)?;
    loop {
        let [0xff, marker, ..] = *rest else {
            return None;
        };
        match marker {
            0xff => rest = &rest[1..], // fill
            0x01 | 0xd0..=0xd8 => rest = &rest[2..],
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let size = rest.get(5..9)?;
                return Some((big(&size[2..]), big(&size[..2])));
            }
            0xd9 | 0xda => return None,
            _ => {
                let length = big(rest.get(2..4)?) as usize;
                rest = rest.get(2 + length..)?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], format_: Format, size: Option<(u32, u32)>) {
        assert_eq!((format(bytes), dimensions(bytes)), (Some(format_), size));
    }

    #[test]
    fn a_picture_says_what_it_is_and_how_large() {
        check(
            b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x02\x80\0\0\x01\xe0\x08\x02",
            Format::Png,
            Some((640, 480)),
        );
        check(b"GIF89a\x80\x02\xe0\x01", Format::Gif, Some((640, 480)));
        check(
            b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x11\x08\x01\xe0\x02\x80\x03",
            Format::Jpeg,
            Some((640, 480)),
        );
        check(
            b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x7f\x02\0\xdf\x01\0",
            Format::Webp,
            Some((640, 480)),
        );
        check(
            b"RIFF\0\0\0\0WEBPVP8 \x0a\0\0\0abc\x9d\x01\x2a\x80\x02\xe0\x01",
            Format::Webp,
            Some((640, 480)),
        );
        check(
            b"RIFF\0\0\0\0WEBPVP8L\x0a\0\0\0\x2f\x7f\xc2\x77\x00",
            Format::Webp,
            Some((640, 480)),
        );
        assert_eq!(format(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), None);
    }

    #[test]
    fn a_cut_picture_has_no_size() {
        check(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0", Format::Png, None);
        check(b"\xff\xd8\xff\xe0\xff\xff", Format::Jpeg, None);
        check(b"RIFF\0\0\0\0WEBPVP8X", Format::Webp, None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            magic in 0..4_usize,
            rest in prop::collection::vec(prop_oneof![any::<u8>(), Just(0xff)], 0..60),
        ) {
            let magics: [&[u8]; 4] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF1234WEBP"];
            let _ = dimensions(&[magics[magic], rest.as_slice()].concat());
        }
    }
}
