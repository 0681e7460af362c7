//! The one pass over a JSON text that makes its outline: a loop and a stack of open containers.

use std::ops::Range;

use crate::decode::json::{
    node::{Kind, Node},
    text::unit,
};

/// More values than this are not outlined: at 32 bytes each they would take 256 MiB.
pub const MAX_NODES: usize = 8 * 1024 * 1024;

/// Reads `text` from the byte `at` on: the values, where reading ended, and why if too early.
pub(super) fn read(text: &[u8], at: usize) -> (Vec<Node>, usize, Option<&'static str>) {
    let mut reader = Reader {
        text,
        at,
        nodes: Vec::new(),
        open: Vec::new(),
    };
    let message = if u32::try_from(text.len()).is_ok() {
        reader.document().err()
    } else {
        Some("longer than 4 GiB")
    };
    while !reader.open.is_empty() {
        reader.end_innermost();
    }
    (reader.nodes, reader.at, message)
}

pub(super) fn index(at: usize) -> u32 {
    u32::try_from(at).expect("a text over 4 GiB is not read")
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    /// The indexes of the containers around `at`.
    open: Vec<u32>,
}

impl Reader<'_> {
    fn document(&mut self) -> Result<(), &'static str> {
        self.value(0..0)?;
        while let Some(around) = self.open.last() {
            let Node { kind, children, .. } = self.nodes[*around as usize];
            let is_object = kind == Kind::Object;
            self.skip_space();
            match self.peek() {
                Some(b'}') if is_object => {
                    self.close();
                    continue;
                }
                Some(b']') if !is_object => {
                    self.close();
                    continue;
                }
                Some(b',') if children > 0 => self.at += 1,
                Some(_) if children == 0 => {}
                None => return Err("the text ends too early"),
                Some(_) if is_object => return Err("expected `,` or `}`"),
                Some(_) => return Err("expected `,` or `]`"),
            }
            let key = if is_object { self.key()? } else { 0..0 };
            self.value(key)?;
        }
        self.skip_space();
        match self.peek() {
            None => Ok(()),
            Some(_) => Err("expected the end of the text"),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn key(&mut self) -> Result<Range<usize>, &'static str> {
        self.skip_space();
        let start = self.at;
        match self.peek() {
            Some(b'"') => self.string()?,
            Some(_) => return Err("expected a key in double quotes"),
            None => return Err("the text ends too early"),
        }
        let key = start..self.at;
        self.skip_space();
        match self.peek() {
            Some(b':') => self.at += 1,
            Some(_) => return Err("expected `:`"),
            None => return Err("the text ends too early"),
        }
        Ok(key)
    }

    /// Reads a scalar, or the opening of a container.
    fn value(&mut self, key: Range<usize>) -> Result<(), &'static str> {
        self.skip_space();
        if self.nodes.len() == MAX_NODES {
            return Err("more values than are shown");
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => self.opening(Kind::Object),
            Some(b'[') => self.opening(Kind::Array),
            Some(b'"') => self.string().map(|()| Kind::String)?,
            Some(b'-' | b'0'..=b'9') => self.number().map(|()| Kind::Number)?,
            Some(b't') => self.word(b"true", Kind::Bool)?,
            Some(b'f') => self.word(b"false", Kind::Bool)?,
            Some(b'n') => self.word(b"null", Kind::Null)?,
            Some(_) => return Err("expected a value"),
            None => return Err("the text ends too early"),
        };
        if let Some(around) = self.open.last() {
            self.nodes[*around as usize].children += 1;
        }
        let here = index(self.nodes.len());
        self.nodes.push(Node {
            key_start: index(key.start),
            key_end: index(key.end),
            value_start: index(start),
            value_end: index(self.at),
            end: here + 1,
            children: 0,
            depth: index(self.open.len()),
            kind,
        });
        if matches!(kind, Kind::Object | Kind::Array) {
            self.open.push(here);
        }
        Ok(())
    }

    const fn opening(&mut self, kind: Kind) -> Kind {
        self.at += 1;
        kind
    }

    /// Steps over the bracket that ends the innermost container.
    fn close(&mut self) {
        self.at += 1;
        self.end_innermost();
    }

    fn end_innermost(&mut self) {
        if let Some(at) = self.open.pop() {
            let end = index(self.nodes.len());
            let node = &mut self.nodes[at as usize];
            (node.value_end, node.end) = (index(self.at), end);
        }
    }

    fn word(&mut self, word: &[u8], kind: Kind) -> Result<Kind, &'static str> {
        if !self.text[self.at..].starts_with(word) {
            return Err("expected a value");
        }
        self.at += word.len();
        Ok(kind)
    }

    fn number(&mut self) -> Result<(), &'static str> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), &'static str> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err("expected a digit")
        } else {
            Ok(())
        }
    }

    fn string(&mut self) -> Result<(), &'static str> {
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            self.at += rest.iter().position(is_special).unwrap_or(rest.len());
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(_) => return Err("a control character in a string"),
                None => return Err("the text ends in a string"),
            }
        }
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self) -> Result<(), &'static str> {
        let rest = &self.text[self.at..];
        self.at += match rest.get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if unit(rest).is_some() => 6,
            Some(_) => return Err("not an escape that JSON knows"),
            None => return Err("the text ends in a string"),
        };
        Ok(())
    }
}
