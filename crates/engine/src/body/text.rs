//! A text as lines that can be drawn, and what is found in it.

use std::sync::OnceLock;

use bytes::Bytes;
use webhook::decode::find::Needle;

use crate::view::{Found, FoundPlace, TextPage};

/// Of a longer line only the beginning goes into a row; it is broken into several.
const LINE_BYTES: usize = 2048;
/// Places of a text that are told; more are counted.
pub(super) const MOST_FOUND: usize = 10_000;

/// A text, and where its lines begin.
pub(super) struct Text {
    bytes: Bytes,
    lines: OnceLock<Lines>,
}

struct Lines {
    starts: Vec<u32>,
    /// Bytes of the longest, before it is broken.
    longest: usize,
}

impl Text {
    pub(super) const fn new(bytes: Bytes) -> Self {
        Self {
            bytes,
            lines: OnceLock::new(),
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn slice(&self, span: std::ops::Range<usize>) -> Bytes {
        self.bytes.slice(span)
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines {
            starts: line_starts(&self.bytes),
            longest: longest(&self.bytes),
        })
    }

    /// Lines `from..from + count`.
    pub(super) fn page(&self, from: usize, count: usize) -> TextPage {
        let Lines { starts, longest } = self.lines();
        let end = from.saturating_add(count).min(starts.len());
        let line = |at: usize| {
            let end = starts
                .get(at + 1)
                .map_or(self.bytes.len(), |next| *next as usize);
            let line = &self.bytes[starts[at] as usize..end];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
        };
        TextPage {
            total: starts.len(),
            lines: (from.min(end)..end).map(line).collect(),
            bytes: self.bytes.len(),
            longest_bytes: *longest,
        }
    }

    /// Where `needle` occurs.
    pub(super) fn find(&self, needle: &Needle) -> Found {
        let starts = &self.lines().starts;
        let mut found = Found::default();
        for place in needle.places(&self.bytes) {
            found.total += 1;
            if found.places.len() == MOST_FOUND {
                continue;
            }
            let behind = starts.partition_point(|start| *start as usize <= place.start);
            let row = behind.saturating_sub(1);
            let start = starts[row] as usize;
            let units = |upto: usize| {
                let before = String::from_utf8_lossy(&self.bytes[start..upto]);
                u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
            };
            found.places.push(FoundPlace {
                row: u32::try_from(row).unwrap_or(u32::MAX),
                start: units(place.start),
                end: units(place.end),
            });
        }
        found
    }
}

fn longest(text: &[u8]) -> usize {
    let mut last = 0;
    let mut longest = 0;
    for at in memchr::memchr_iter(b'\n', text) {
        longest = longest.max(at - last);
        last = at + 1;
    }
    longest.max(text.len() - last)
}

/// Where the lines of `body` begin; a very long line is several, cut between characters.
fn line_starts(body: &[u8]) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < body.len() && starts.len() < u32::MAX as usize {
        starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        let rest = &body[at..body.len().min(at + LINE_BYTES)];
        at += match memchr::memchr(b'\n', rest) {
            Some(end) => end + 1,
            None if rest.len() < LINE_BYTES => rest.len(),
            // Back to the beginning of a character of UTF-8, at most three bytes.
            None => {
                let is_inside = |byte: &&u8| **byte & 0xC0 == 0x80;
                let next = body.get(at + LINE_BYTES);
                let back = next.iter().copied().chain(rest.iter().rev()).take(4);
                rest.len() - back.take_while(is_inside).count().min(3)
            }
        };
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_between_characters() {
        let body = format!("a\n{}\nend", "é".repeat(3_000));
        let starts = line_starts(body.as_bytes());
        let ends = starts
            .iter()
            .skip(1)
            .copied()
            .chain([u32::try_from(body.len()).unwrap()]);
        let lines: Vec<_> = starts
            .iter()
            .zip(ends)
            .map(|(a, b)| &body[*a as usize..b as usize])
            .collect();
        assert_eq!(lines.concat(), body);
        assert_eq!((lines[0], lines[lines.len() - 1]), ("a\n", "end"));
        assert!(
            lines.iter().all(|line| line.len() <= LINE_BYTES),
            "{lines:?}"
        );
    }
}
