//! Characters and classes of a pattern: `\\x41`, `\\d`, `\\p{Greek}`, `[a-z]`.

use regex::bytes::Regex;

use super::rewrite::{PatternError, Rewriter, push_char};

impl Rewriter<'_> {
    /// Reads `\d` or `\p{Greek}` and gives it as it stands between brackets.
    pub(super) fn class_escape(&mut self) -> Result<Option<String>, PatternError> {
        let Some(escaped) = self.rest.strip_prefix('\\') else {
            return Ok(None);
        };
        let class = match escaped.chars().next() {
            Some('d') => "0-9",
            Some('D') => "[^0-9]",
            Some('s') => "\\t\\n\\x0C\\r\\x20",
            Some('S') => "[^\\t\\n\\x0C\\r\\x20]",
            Some('w') => "0-9A-Za-z_",
            Some('W') => "[^0-9A-Za-z_]",
            Some('p' | 'P') => return self.unicode_class().map(Some),
            _ => return Ok(None),
        };
        self.skip(2);
        Ok(Some(class.to_owned()))
    }

    fn unicode_class(&mut self) -> Result<String, PatternError> {
        let start = self.rest;
        let mut is_negated = start.starts_with("\\P");
        let after = &start[2..];
        let (mut name, rest) = match after.strip_prefix('{') {
            Some(braced) => match braced.split_once('}') {
                Some(split) => split,
                None => return self.fault("invalid character class range", start),
            },
            None => after.split_at(after.chars().next().map_or(0, char::len_utf8)),
        };
        if let Some(negated) = name.strip_prefix('^') {
            is_negated = !is_negated;
            name = negated;
        }
        let class = match name {
            "Any" => "\\x{0}-\\x{10FFFF}".to_owned(),
            // Surrogates are no characters here, and Go counts no unassigned ones.
            "Cs" => "^\\x{0}-\\x{10FFFF}".to_owned(),
            "C" => "\\p{Cc}\\p{Cf}\\p{Co}".to_owned(),
            _ if name.starts_with(|char: char| char.is_ascii_uppercase()) => {
                let kind = if name.len() <= 2 && name != "Yi" {
                    "gc"
                } else {
                    "sc"
                };
                format!("\\p{{{kind}={name}}}")
            }
            _ => return self.fault("invalid character class range", start),
        };
        let class = if is_negated {
            class
                .strip_prefix('^')
                .map_or_else(|| format!("[^{class}]"), str::to_owned)
        } else if class.starts_with('^') {
            format!("[{class}]")
        } else {
            class
        };
        if matches!(name, "LC" | "Cn") || Regex::new(&format!("[{class}]")).is_err() {
            let length = start.len() - rest.len();
            return self.fault("invalid character class range", &start[..length]);
        }
        self.rest = rest;
        Ok(class)
    }

    pub(super) fn char_escape(&mut self) -> Result<char, PatternError> {
        let start = self.rest;
        self.skip(1);
        let bad = |rewriter: &Self| {
            let length = (start.len() - rewriter.rest.len()).max(1);
            rewriter.fault(
                "invalid escape sequence",
                start.get(..length).unwrap_or(start),
            )
        };
        let Some(char) = self.rest.chars().next() else {
            return self.fault("trailing backslash at end of expression", "");
        };
        self.skip(char.len_utf8());
        let code = match char {
            '0'..='7' => {
                let more = self
                    .rest
                    .bytes()
                    .take(2)
                    .take_while(|byte| matches!(byte, b'0'..=b'7'));
                let more = more.count();
                if char != '0' && more == 0 {
                    return bad(self);
                }
                let digits = &start[1..2 + more];
                self.skip(more);
                u32::from_str_radix(digits, 8).ok()
            }
            'x' => self.hex(),
            'a' => Some(7),
            'f' => Some(12),
            'n' => Some(10),
            'r' => Some(13),
            't' => Some(9),
            'v' => Some(11),
            _ if char.is_ascii() && !char.is_ascii_alphanumeric() => Some(u32::from(char)),
            _ => None,
        };
        match code.map(|code| char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)) {
            Some(char) => Ok(char),
            None => bad(self),
        }
    }

    fn hex(&mut self) -> Option<u32> {
        let (digits, rest) = match self.rest.strip_prefix('{') {
            Some(braced) => braced.split_once('}')?,
            None => (self.rest.get(..2)?, &self.rest[2..]),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.rest = rest;
        let code = u32::from_str_radix(digits.trim_start_matches('0'), 16);
        let code = if digits.bytes().all(|byte| byte == b'0') {
            Ok(0)
        } else {
            code
        };
        code.ok().filter(|code| *code <= 0x10_ffff)
    }

    pub(super) fn class(&mut self) -> Result<(), PatternError> {
        let start = self.rest;
        self.skip(1);
        let mut class = String::from("[");
        if let Some(rest) = self.rest.strip_prefix('^') {
            self.rest = rest;
            class.push('^');
        }
        let mut is_first = true;
        loop {
            if self.rest.starts_with(']') && !is_first {
                break;
            }
            is_first = false;
            if self.rest.starts_with("[:")
                && let Some(end) = self.rest[2..].find(":]")
            {
                let name = &self.rest[..end + 4];
                let plain = name
                    .trim_start_matches("[:")
                    .trim_start_matches('^')
                    .trim_end_matches(":]");
                if !POSIX.contains(&plain) {
                    return self.fault("invalid character class range", name);
                }
                class.push_str(name);
                self.skip(end + 4);
                continue;
            }
            if let Some(part) = self.class_escape()? {
                class.push_str(&part);
                continue;
            }
            let from = self.rest;
            let low = self.class_char(start)?;
            let mut high = low;
            if self.rest.starts_with('-') && !self.rest[1..].starts_with(']') && self.rest.len() > 1
            {
                self.skip(1);
                high = self.class_char(start)?;
                if high < low {
                    let length = from.len() - self.rest.len();
                    return self.fault("invalid character class range", &from[..length]);
                }
            }
            push_char(&mut class, low);
            if high > low {
                class.push('-');
                push_char(&mut class, high);
            }
        }
        self.skip(1);
        class.push(']');
        self.item(&class);
        Ok(())
    }

    fn class_char(&mut self, start: &str) -> Result<char, PatternError> {
        match self.rest.chars().next() {
            None => self.fault("missing closing ]", start),
            Some('\\') => self.char_escape(),
            Some(char) => {
                self.skip(char.len_utf8());
                Ok(char)
            }
        }
    }
}

const POSIX: &[&str] = &[
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];
