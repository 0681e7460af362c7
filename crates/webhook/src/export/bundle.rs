//! Several captures in one file, one after the other, so that no more than one is in memory.

use crate::{
    capture::Capture,
    export::{ExportError, Format, Joined, Options, export, har, request::Request},
};

/// A file that is being written: what [`Self::next`] and [`Self::end`] give is its bytes in turn.
#[derive(Debug)]
pub struct Bundle<'a> {
    format: &'a Format,
    is_begun: bool,
}

impl<'a> Bundle<'a> {
    /// A file without captures yet.
    #[must_use]
    pub const fn new(format: &'a Format) -> Self {
        Self {
            format,
            is_begun: false,
        }
    }

    /// The bytes that add `capture`.
    ///
    /// # Errors
    /// When it cannot be exported, or the format has room for one.
    pub fn next(&mut self, capture: &Capture, options: &Options) -> Result<Vec<u8>, ExportError> {
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        if is_first && self.format.joined != Joined::Har {
            return export(capture, self.format, options);
        }
        let before: &[u8] = match self.format.joined {
            Joined::Never => return Err(ExportError::OneAFile(self.format.name)),
            Joined::Har => {
                let before = if is_first { har::BEGIN } else { ",\n" };
                let entry = har::entry(&Request::of(capture, options));
                return Ok([before.as_bytes(), &entry].concat());
            }
            Joined::Lines if matches!(self.format.id, "ndjson" | "raw" | "http") => b"",
            Joined::Lines => b"\n",
        };
        Ok([before, &export(capture, self.format, options)?].concat())
    }

    /// The bytes that end the file.
    #[must_use]
    pub fn end(self) -> Vec<u8> {
        match (self.format.joined, self.is_begun) {
            (Joined::Har, true) => har::END.into(),
            (Joined::Har, false) => [har::BEGIN, har::END].concat().into(),
            (Joined::Lines | Joined::Never, _) => Vec::new(),
        }
    }
}
