//! A place in a YAML text, and the characters around it.

use super::node::YamlError;
use crate::rules::place::Place;

/// Walks over the characters of a text. Past its end there are NULs, which no text holds.
#[derive(Debug)]
pub(super) struct Cursor {
    text: Vec<char>,
    pub(super) at: usize,
    pub(super) line: usize,
    /// Counted from 0, for indentation is measured with it.
    pub(super) column: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Self {
        let text = text.chars().collect();
        let (at, line, column) = (0, 1, 0);
        Self {
            text,
            at,
            line,
            column,
        }
    }

    pub(super) fn place(&self) -> Place {
        Place {
            line: self.line,
            column: self.column + 1,
        }
    }

    pub(super) fn fault<T>(&self, message: impl Into<String>) -> Result<T, YamlError> {
        let (place, message) = (self.place(), message.into());
        Err(YamlError { place, message })
    }

    pub(super) fn peek(&self) -> char {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> char {
        self.text.get(self.at + ahead).copied().unwrap_or('\0')
    }

    /// Takes a character that ends no line.
    pub(super) fn take(&mut self) -> char {
        let char = self.peek();
        self.at += 1;
        self.column += 1;
        char
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.at += count;
        self.column += count;
    }

    /// Takes a line's end, and gives what it stands for in a value.
    pub(super) fn take_break(&mut self) -> char {
        let char = self.peek();
        self.at += if char == '\r' && self.peek_at(1) == '\n' {
            2
        } else {
            1
        };
        self.line += 1;
        self.column = 0;
        match char {
            '\u{2028}' | '\u{2029}' => char,
            _ => '\n',
        }
    }

    pub(super) fn skip_blanks(&mut self) {
        while is_blank(self.peek()) {
            self.skip(1);
        }
    }

    /// Skips a comment up to the end of its line.
    pub(super) fn skip_comment(&mut self) {
        if self.peek() == '#' {
            while !is_break_or_end(self.peek()) {
                self.skip(1);
            }
        }
    }

    /// Skips blanks and a comment, after which the line must end.
    pub(super) fn finish_line(&mut self) -> Result<(), YamlError> {
        self.skip_blanks();
        self.skip_comment();
        if !is_break_or_end(self.peek()) {
            return self.fault("did not find expected comment or line break");
        }
        if is_break(self.peek()) {
            self.take_break();
        }
        Ok(())
    }

    /// Whether `---` or `...` stands here.
    pub(super) fn is_document_mark(&self, char: char) -> bool {
        self.column == 0
            && (0..3).all(|ahead| self.peek_at(ahead) == char)
            && is_blank_or_end(self.peek_at(3))
    }

    /// Takes the letters of an anchor or of a handle.
    pub(super) fn take_word(&mut self) -> String {
        let mut word = String::new();
        while is_word(self.peek()) {
            word.push(self.take());
        }
        word
    }
}

pub(super) const fn is_blank(char: char) -> bool {
    matches!(char, ' ' | '\t')
}

/// YAML 1.1 ends lines in five ways.
pub(super) const fn is_break(char: char) -> bool {
    matches!(char, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

pub(super) const fn is_break_or_end(char: char) -> bool {
    is_break(char) || char == '\0'
}

pub(super) const fn is_blank_or_end(char: char) -> bool {
    is_blank(char) || is_break_or_end(char)
}

pub(super) const fn is_word(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '_' | '-')
}
