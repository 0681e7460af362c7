//! Command lines as shells take them apart, without running anything. Start at [`posix`] and
//! [`windows`].

pub(crate) mod posix;
pub(crate) mod windows;

use crate::import::ImportError;

/// One command: its words, and the line that it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    pub(crate) line: usize,
    pub(crate) words: Vec<Vec<u8>>,
    /// Its input, from a text in the script.
    pub(crate) input: Option<Vec<u8>>,
}

/// A script that is being read.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Reader<'a> {
    const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            line: 1,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        self.line += usize::from(byte == b'\n');
        Some(byte)
    }

    /// Passes over `text` when it is next.
    fn take(&mut self, text: &[u8]) -> bool {
        let is_next = self.bytes[self.at..].starts_with(text);
        if is_next {
            self.line += text.iter().filter(|byte| **byte == b'\n').count();
            self.at += text.len();
        }
        is_next
    }

    /// Passes over what is left of the line, but for its end.
    fn skip_line(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.next();
        }
    }

    /// Up to `end`, which is passed over.
    fn until(&mut self, end: u8, what: &str) -> Result<Vec<u8>, ImportError> {
        let (begun, mut text) = (self.line, Vec::new());
        loop {
            match self.next() {
                Some(byte) if byte == end => return Ok(text),
                Some(byte) => text.push(byte),
                None => return Err(ImportError::line(begun, format!("{what} has no end"))),
            }
        }
    }

    fn wrong<T>(&self, why: impl Into<String>) -> Result<T, ImportError> {
        Err(ImportError::line(self.line, why))
    }
}

#[cfg(test)]
fn texts(all: Result<Vec<Words>, ImportError>) -> Vec<Vec<String>> {
    let text = |word: &Vec<u8>| String::from_utf8_lossy(word).into_owned();
    let all = all.expect("the script is sound");
    all.iter()
        .map(|one| one.words.iter().map(text).collect())
        .collect()
}
