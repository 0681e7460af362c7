//! The five ways to write a text in YAML. Each function begins at the first character of one.

use super::{
    cursor::{Cursor, is_blank, is_blank_or_end, is_break, is_break_or_end},
    node::{YamlError, fault},
};

/// The line ends between two pieces of a text that goes over several lines.
#[derive(Default)]
struct Fold {
    blanks: String,
    first: Option<char>,
    rest: String,
}

impl Fold {
    /// Takes blanks and line ends. Blanks before a line end, and after one, mean nothing.
    fn take(&mut self, cursor: &mut Cursor) {
        if is_blank(cursor.peek()) {
            let blank = cursor.take();
            if self.first.is_none() {
                self.blanks.push(blank);
            }
            return;
        }
        let line_end = cursor.take_break();
        if self.first.is_none() {
            self.blanks.clear();
            self.first = Some(line_end);
        } else {
            self.rest.push(line_end);
        }
    }

    /// Writes what they come to: one line end is a space, each further one itself.
    fn write(&mut self, out: &mut String) {
        match self.first.take() {
            None => out.push_str(&self.blanks),
            Some('\n') if self.rest.is_empty() => out.push(' '),
            Some('\n') => out.push_str(&self.rest),
            Some(other) => {
                out.push(other);
                out.push_str(&self.rest);
            }
        }
        self.blanks.clear();
        self.rest.clear();
    }
}

/// Scans a text without quotes. `indent` is that of the collection around it, and says where the
/// text ends; the flag tells whether it ended at the start of a line.
pub(super) fn plain(
    cursor: &mut Cursor,
    indent: Option<usize>,
    is_flow: bool,
) -> Result<(String, bool), YamlError> {
    let indent = indent.map_or(0, |indent| indent + 1);
    let mut out = String::new();
    let mut fold = Fold::default();
    loop {
        if cursor.is_document_mark('-') || cursor.is_document_mark('.') || cursor.peek() == '#' {
            break;
        }
        while !is_blank_or_end(cursor.peek()) {
            let char = cursor.peek();
            let ends_flow = is_flow && matches!(char, ',' | '?' | '[' | ']' | '{' | '}');
            if ends_flow || (char == ':' && is_blank_or_end(cursor.peek_at(1))) {
                break;
            }
            fold.write(&mut out);
            out.push(cursor.take());
        }
        if !is_blank(cursor.peek()) && !is_break(cursor.peek()) {
            break;
        }
        while is_blank(cursor.peek()) || is_break(cursor.peek()) {
            if fold.first.is_some() && cursor.column < indent && cursor.peek() == '\t' {
                return cursor.fault("found a tab character that violates indentation");
            }
            fold.take(cursor);
        }
        if !is_flow && cursor.column < indent {
            break;
        }
    }
    Ok((out, fold.first.is_some()))
}

/// Scans a text in single or double quotes.
pub(super) fn quoted(cursor: &mut Cursor) -> Result<String, YamlError> {
    let start = cursor.place();
    let quote = cursor.take();
    let mut out = String::new();
    loop {
        if cursor.is_document_mark('-') || cursor.is_document_mark('.') {
            return fault(start, "found unexpected document indicator");
        }
        if cursor.peek() == '\0' {
            return fault(start, "found unexpected end of stream");
        }
        let mut fold = Fold::default();
        while !is_blank_or_end(cursor.peek()) {
            let char = cursor.peek();
            if char == '\'' && quote == char && cursor.peek_at(1) == quote {
                cursor.skip(2);
                out.push(quote);
            } else if char == quote {
                break;
            } else if char == '\\' && quote == '"' {
                cursor.skip(1);
                if is_break(cursor.peek()) {
                    // The line end means nothing, and neither do the blanks of the next line.
                    cursor.take_break();
                    fold.first = Some('\0');
                    break;
                }
                out.push(escape(cursor)?);
            } else {
                out.push(cursor.take());
            }
        }
        if cursor.peek() == quote {
            cursor.skip(1);
            return Ok(out);
        }
        while is_blank(cursor.peek()) || is_break(cursor.peek()) {
            fold.take(cursor);
        }
        if fold.first == Some('\0') {
            fold.first = None;
            out.push_str(&fold.rest);
        } else {
            fold.write(&mut out);
        }
    }
}

/// Decodes what follows a backslash. There is no `\/`, and no half of a surrogate pair.
fn escape(cursor: &mut Cursor) -> Result<char, YamlError> {
    let start = cursor.place();
    let digits = match cursor.take() {
        '0' => return Ok('\0'),
        'a' => return Ok('\u{7}'),
        'b' => return Ok('\u{8}'),
        't' | '\t' => return Ok('\t'),
        'n' => return Ok('\n'),
        'v' => return Ok('\u{b}'),
        'f' => return Ok('\u{c}'),
        'r' => return Ok('\r'),
        'e' => return Ok('\u{1b}'),
        same @ (' ' | '"' | '\'' | '\\') => return Ok(same),
        'N' => return Ok('\u{85}'),
        '_' => return Ok('\u{a0}'),
        'L' => return Ok('\u{2028}'),
        'P' => return Ok('\u{2029}'),
        'x' => 2,
        'u' => 4,
        'U' => 8,
        _ => return fault(start, "found unknown escape character"),
    };
    let mut code = 0u32;
    for _ in 0..digits {
        match cursor.peek().to_digit(16) {
            Some(digit) => code = code.wrapping_shl(4) | digit,
            None => return fault(start, "did not find expected hexadecimal number"),
        }
        cursor.skip(1);
    }
    match char::from_u32(code) {
        Some(char) => Ok(char),
        None => fault(start, "found invalid Unicode character escape code"),
    }
}

/// Scans a text after `|` or `>`. `indent` is that of the collection around it.
pub(super) fn block(cursor: &mut Cursor, indent: Option<usize>) -> Result<String, YamlError> {
    let is_literal = cursor.take() == '|';
    let (mut chomping, mut increment) = (None, None);
    for _ in 0..2 {
        match cursor.peek() {
            sign @ ('+' | '-') if chomping.is_none() => chomping = Some(sign),
            '0' if increment.is_none() => {
                return cursor.fault("found an indentation indicator equal to 0");
            }
            digit @ '1'..='9' if increment.is_none() => increment = digit.to_digit(10),
            _ => break,
        }
        cursor.skip(1);
    }
    cursor.finish_line()?;
    let around = indent.unwrap_or(0);
    let mut own = increment.map(|increment| around + increment as usize);
    let least = indent.map_or(1, |indent| (indent + 1).max(1));
    let mut out = String::new();
    let mut line_end: Option<char> = None;
    let mut was_blank = false;
    let mut empty_lines = skip_to_text(cursor, &mut own, least)?;
    while Some(cursor.column) == own && cursor.peek() != '\0' {
        let starts_blank = is_blank(cursor.peek());
        match line_end.take() {
            Some('\n') if !is_literal && !was_blank && !starts_blank => {
                if empty_lines.is_empty() {
                    out.push(' ');
                }
            }
            line_end => out.extend(line_end),
        }
        out.push_str(&empty_lines);
        was_blank = starts_blank;
        while !is_break_or_end(cursor.peek()) {
            out.push(cursor.take());
        }
        if is_break(cursor.peek()) {
            line_end = Some(cursor.take_break());
        }
        empty_lines = skip_to_text(cursor, &mut own, least)?;
    }
    if chomping != Some('-') {
        out.extend(line_end);
    }
    if chomping == Some('+') {
        out.push_str(&empty_lines);
    }
    Ok(out)
}

/// Skips indentation and empty lines, whose ends it gives. Where the file does not say the
/// indentation, the first line with text does.
fn skip_to_text(
    cursor: &mut Cursor,
    own: &mut Option<usize>,
    least: usize,
) -> Result<String, YamlError> {
    let mut line_ends = String::new();
    let mut deepest = 0;
    loop {
        let is_indent = |cursor: &Cursor| own.is_none_or(|own| cursor.column < own);
        while is_indent(cursor) && cursor.peek() == ' ' {
            cursor.skip(1);
        }
        deepest = deepest.max(cursor.column);
        if is_indent(cursor) && cursor.peek() == '\t' {
            return cursor.fault("found a tab character where an indentation space is expected");
        }
        if !is_break(cursor.peek()) {
            break;
        }
        line_ends.push(cursor.take_break());
    }
    own.get_or_insert(deepest.max(least));
    Ok(line_ends)
}
