//! One value of an outline, in 32 bytes, and where a text stops being JSON.

use std::ops::Range;

/// What sort of value a [`Node`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// `"…"`
    String,
    /// A number, whose text is kept and never read.
    Number,
    /// `true` or `false`
    Bool,
    /// `null`
    Null,
}

/// One value of an outline. Spans are byte offsets into the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    pub(super) key_start: u32,
    pub(super) key_end: u32,
    pub(super) value_start: u32,
    pub(super) value_end: u32,
    pub(super) end: u32,
    pub(super) children: u32,
    pub(super) depth: u32,
    pub(super) kind: Kind,
}

impl Node {
    /// How many containers it stands in: 0 for the document itself.
    #[must_use]
    pub const fn depth(&self) -> usize {
        self.depth as usize
    }

    /// What sort of value it is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// Where its key stands, quotes included, if it is a member of an object.
    #[must_use]
    pub fn key(&self) -> Option<Range<usize>> {
        (self.key_end > 0).then_some(self.key_start as usize..self.key_end as usize)
    }

    /// Where the value stands, quotes and brackets included; an unfinished container ends where
    /// the text could no longer be read.
    #[must_use]
    pub const fn value(&self) -> Range<usize> {
        self.value_start as usize..self.value_end as usize
    }

    /// The index of the first node after it and all that it contains.
    #[must_use]
    pub const fn end(&self) -> u32 {
        self.end
    }

    /// How many values it contains itself, not counting theirs.
    #[must_use]
    pub const fn children(&self) -> u32 {
        self.children
    }
}

/// Where and why a text could not be read further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What was found or expected there, such as ``expected `,` or `}` ``.
    pub message: &'static str,
}

impl Problem {
    /// The problem at the end of `read`.
    pub(in crate::decode) fn at(read: &[u8], message: &'static str) -> Self {
        let line_start = read
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let is_first_byte = |byte: &&u8| **byte & 0b1100_0000 != 0b1000_0000;
        Self {
            line: 1 + read.iter().filter(|byte| **byte == b'\n').count(),
            column: 1 + read[line_start..].iter().filter(is_first_byte).count(),
            message,
        }
    }
}
