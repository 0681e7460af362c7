//! A pattern checked by Go's grammar and rewritten for the `regex` crate, which reads classes, escapes
//! and repetitions a little differently. Start at [`rewrite`].
//!
//! Source: <https://github.com/google/re2/wiki/Syntax>, as Go 1.19's `regexp/syntax` applies it.

use std::fmt::Write;

/// The largest count of a repetition, alone or multiplied by those around it.
const MAX_REPEAT: u32 = 1_000;
const MAX_DEPTH: usize = 1_000;

/// Why a text is no pattern, in Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {what}: `{rest}`")]
pub(crate) struct PatternError {
    pub(super) what: &'static str,
    pub(super) rest: String,
}

/// Rewrites `pattern`.
///
/// # Errors
/// When Go would not take it.
pub(super) fn rewrite(pattern: &str) -> Result<String, PatternError> {
    Rewriter::new(pattern).run()
}

pub(super) struct Rewriter<'a> {
    pattern: &'a str,
    pub(super) rest: &'a str,
    out: String,
    groups: Vec<Group>,
    /// How often what stands last may be repeated, when it can be repeated at all.
    last: Option<u32>,
    /// Whether what stands last is a repetition, and where it began.
    repeated_at: Option<usize>,
}

/// A parenthesis that is open.
#[derive(Default)]
struct Group {
    weight: u32,
}

impl<'a> Rewriter<'a> {
    fn new(pattern: &'a str) -> Self {
        Self {
            pattern,
            rest: pattern,
            out: String::new(),
            groups: vec![Group::default()],
            last: None,
            repeated_at: None,
        }
    }

    fn run(mut self) -> Result<String, PatternError> {
        while let Some(char) = self.rest.chars().next() {
            let repeated_at = self.repeated_at.take();
            match char {
                '(' if self.rest.starts_with("(?") => self.perl_group()?,
                '(' => {
                    self.skip(1);
                    self.open("(?:")?;
                }
                ')' => self.close()?,
                '|' => {
                    self.skip(1);
                    self.out.push('|');
                    self.last = None;
                }
                '^' | '$' | '.' => {
                    self.skip(1);
                    self.item(char.encode_utf8(&mut [0; 4]));
                }
                '[' => self.class()?,
                '*' | '+' | '?' => {
                    let from = self.at();
                    self.skip(1);
                    let (min, max) = match char {
                        '*' => (0, None),
                        '+' => (1, None),
                        _ => (0, Some(1)),
                    };
                    self.repeat(from, repeated_at, min, max)?;
                }
                '{' => {
                    let from = self.at();
                    match self.counts() {
                        Some((min, max)) => self.repeat(from, repeated_at, min, max)?,
                        None => {
                            self.skip(1);
                            self.literal('{');
                        }
                    }
                }
                '\\' => self.escape()?,
                _ => {
                    self.skip(char.len_utf8());
                    self.literal(char);
                }
            }
        }
        if self.groups.len() > 1 {
            return self.fault("missing closing )", self.pattern);
        }
        Ok(self.out)
    }

    pub(super) fn fault<T>(&self, what: &'static str, rest: &str) -> Result<T, PatternError> {
        let rest = rest.to_owned();
        Err(PatternError { what, rest })
    }

    fn at(&self) -> usize {
        self.pattern.len() - self.rest.len()
    }

    pub(super) fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// Writes what can be repeated.
    pub(super) fn item(&mut self, text: &str) {
        self.out.push_str(text);
        self.last = Some(1);
    }

    fn literal(&mut self, char: char) {
        push_char(&mut self.out, char);
        self.last = Some(1);
    }

    fn open(&mut self, text: &str) -> Result<(), PatternError> {
        if self.groups.len() >= MAX_DEPTH {
            return self.fault("expression nests too deeply", self.pattern);
        }
        self.out.push_str(text);
        self.groups.push(Group::default());
        self.last = None;
        Ok(())
    }

    fn close(&mut self) -> Result<(), PatternError> {
        let closed = self.groups.pop().filter(|_| !self.groups.is_empty());
        let Some(Group { weight }) = closed else {
            return self.fault("unexpected )", self.pattern);
        };
        self.skip(1);
        self.out.push(')');
        self.weigh(weight);
        self.last = Some(weight.max(1));
        Ok(())
    }

    fn weigh(&mut self, weight: u32) {
        if let Some(group) = self.groups.last_mut() {
            group.weight = group.weight.max(weight);
        }
    }

    /// Reads what follows `(?`: a name, or flags.
    fn perl_group(&mut self) -> Result<(), PatternError> {
        let start = self.rest;
        for opening in ["(?P<", "(?<"] {
            let Some(named) = start.strip_prefix(opening) else {
                continue;
            };
            if named.starts_with(['=', '!']) {
                break;
            }
            let Some((name, rest)) = named.split_once('>') else {
                return self.fault("invalid named capture", start);
            };
            let is_word = |char: char| char.is_ascii_alphanumeric() || char == '_';
            if name.is_empty() || !name.chars().all(is_word) {
                return self.fault("invalid named capture", start);
            }
            self.rest = rest;
            return self.open("(?:");
        }
        let end = start.find([':', ')']).unwrap_or(start.len());
        let flags = &start[2..end];
        let (on, off) = flags
            .split_once('-')
            .map_or((flags, None), |(on, off)| (on, Some(off)));
        let are_known = |flags: &str| {
            flags
                .chars()
                .all(|flag| matches!(flag, 'i' | 'm' | 's' | 'U'))
        };
        let is_closed = end < start.len();
        if !is_closed || !are_known(on) || off.is_some_and(|off| off.is_empty() || !are_known(off))
        {
            return self.fault("invalid or unsupported Perl syntax", start);
        }
        self.rest = &start[end + 1..];
        let set = set_flags(on, off.unwrap_or_default());
        if start.as_bytes().get(end) == Some(&b':') {
            return self.open(&format!("(?{set}:"));
        }
        if !set.is_empty() {
            write!(self.out, "(?{set})").expect("a String takes every write");
            self.last = None;
        }
        Ok(())
    }

    /// Reads `{2}`, `{2,}` or `{2,3}`; anything else is text.
    fn counts(&mut self) -> Option<(u32, Option<u32>)> {
        let (inside, rest) = self.rest[1..].split_once('}')?;
        let count = |text: &str| {
            let is_plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
            let has_zero = text.len() > 1 && text.starts_with('0');
            (is_plain && !has_zero).then(|| text.parse().unwrap_or(u32::MAX))
        };
        let counts = match inside.split_once(',') {
            None => count(inside).map(|count| (count, Some(count)))?,
            Some((min, "")) => (count(min)?, None),
            Some((min, max)) => (count(min)?, Some(count(max)?)),
        };
        self.rest = rest;
        Some(counts)
    }

    fn repeat(
        &mut self,
        from: usize,
        repeated_at: Option<usize>,
        min: u32,
        max: Option<u32>,
    ) -> Result<(), PatternError> {
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || max < min) {
            return self.fault("invalid repeat count", &self.pattern[from..self.at()]);
        }
        let is_lazy = self.rest.starts_with('?');
        self.skip(usize::from(is_lazy));
        if let Some(first) = repeated_at {
            return self.fault(
                "invalid nested repetition operator",
                &self.pattern[first..self.at()],
            );
        }
        let Some(weight) = self.last else {
            let operator = &self.pattern[from..self.at()];
            return self.fault("missing argument to repetition operator", operator);
        };
        let operator = &self.pattern[from..self.at()];
        self.out.push_str(operator);
        let mut weight = weight;
        if operator.starts_with('{') {
            weight = weight.saturating_mul(max.unwrap_or(min));
            if (min >= 2 || max.is_some_and(|max| max >= 2)) && weight > MAX_REPEAT {
                return self.fault("invalid repeat count", operator);
            }
        }
        self.weigh(weight);
        self.last = Some(weight);
        self.repeated_at = Some(from);
        Ok(())
    }

    fn escape(&mut self) -> Result<(), PatternError> {
        match self.rest.chars().nth(1) {
            Some('A') => self.take("\\A"),
            Some('z') => self.take("\\z"),
            // Go's word characters are those of ASCII.
            Some('b') => self.take("(?-u:\\b)"),
            Some('B') => self.take("(?-u:\\B)"),
            Some('Q') => {
                let text = &self.rest[2..];
                let (text, rest) = text.split_once("\\E").unwrap_or((text, ""));
                self.rest = rest;
                for char in text.chars() {
                    self.literal(char);
                }
            }
            _ => {
                if let Some(class) = self.class_escape()? {
                    self.item(&format!("[{class}]"));
                } else {
                    let char = self.char_escape()?;
                    self.literal(char);
                }
            }
        }
        Ok(())
    }

    fn take(&mut self, text: &str) {
        self.skip(2);
        self.item(text);
    }
}

/// Writes each flag once; off beats on, as the later of two does.
fn set_flags(on: &str, off: &str) -> String {
    let once = |flags: &str| {
        ['i', 'm', 's', 'U']
            .into_iter()
            .filter(|flag| flags.contains(*flag))
            .collect::<String>()
    };
    let off = once(off);
    let on: String = once(on)
        .chars()
        .filter(|flag| !off.contains(*flag))
        .collect();
    if off.is_empty() {
        on
    } else {
        format!("{on}-{off}")
    }
}

/// Writes a character in the one way that means itself everywhere.
pub(super) fn push_char(out: &mut String, char: char) {
    if char.is_ascii_alphanumeric() || !char.is_ascii() {
        out.push(char);
    } else {
        write!(out, "\\x{:02X}", u32::from(char)).expect("a String takes every write");
    }
}
