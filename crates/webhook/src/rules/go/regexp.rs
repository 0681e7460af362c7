//! Patterns as Go's `regexp` understands them: checked by Go's grammar and rewritten for the `regex`
//! crate, which reads classes, escapes and repetitions a little differently. Start at [`Pattern`].
//!
//! Source: <https://github.com/google/re2/wiki/Syntax>, as Go 1.19's `regexp/syntax` applies it.

use std::fmt::Write;

use regex::bytes::{Regex, RegexBuilder};

/// The largest count of a repetition, alone or multiplied by those around it.
const MAX_REPEAT: u32 = 1_000;
const MAX_DEPTH: usize = 1_000;
/// What the largest patterns that Go takes may need.
const MAX_BYTES: usize = 128 << 20;

/// Why a text is no pattern, in Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("error parsing regexp: {what}: `{rest}`")]
pub(crate) struct PatternError {
    what: &'static str,
    rest: String,
}

/// Whether `pattern` matches a part of `text`.
///
/// # Errors
/// When Go would not take the pattern.
pub(crate) fn is_match(pattern: &str, text: &[u8]) -> Result<bool, PatternError> {
    let regex = compile(pattern)?;
    Ok(regex.is_match(super::text::repair(text).as_bytes()))
}

/// Compiles `pattern`.
///
/// # Errors
/// When Go would not take it.
pub(crate) fn compile(pattern: &str) -> Result<Regex, PatternError> {
    let rewritten = Rewriter::new(pattern).run()?;
    let mut builder = RegexBuilder::new(&rewritten);
    builder
        .nest_limit(4_000)
        .size_limit(MAX_BYTES)
        .dfa_size_limit(MAX_BYTES);
    builder.build().map_err(|_| PatternError {
        what: "expression too large",
        rest: pattern.to_owned(),
    })
}

struct Rewriter<'a> {
    pattern: &'a str,
    rest: &'a str,
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

    fn fault<T>(&self, what: &'static str, rest: &str) -> Result<T, PatternError> {
        let rest = rest.to_owned();
        Err(PatternError { what, rest })
    }

    fn at(&self) -> usize {
        self.pattern.len() - self.rest.len()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    /// Writes what can be repeated.
    fn item(&mut self, text: &str) {
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

    /// Reads `\d` or `\p{Greek}` and gives it as it stands between brackets.
    fn class_escape(&mut self) -> Result<Option<String>, PatternError> {
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

    fn char_escape(&mut self) -> Result<char, PatternError> {
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

    fn class(&mut self) -> Result<(), PatternError> {
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
                && let Some(end) = self.rest.find(":]")
            {
                let name = &self.rest[..end + 2];
                let plain = name
                    .trim_start_matches("[:")
                    .trim_start_matches('^')
                    .trim_end_matches(":]");
                if !POSIX.contains(&plain) {
                    return self.fault("invalid character class range", name);
                }
                class.push_str(name);
                self.skip(end + 2);
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
fn push_char(out: &mut String, char: char) {
    if char.is_ascii_alphanumeric() || !char.is_ascii() {
        out.push(char);
    } else {
        write!(out, "\\x{:02X}", u32::from(char)).expect("a String takes every write");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, text: &str, want: bool) {
        assert_eq!(
            is_match(pattern, text.as_bytes()),
            Ok(want),
            "{pattern} {text}"
        );
    }

    /// Where the `regex` crate alone would answer otherwise.
    #[test]
    fn patterns_mean_what_they_mean_to_go() {
        check(r"^\d$", "\u{664}", false);
        check(r"^\w$", "é", false);
        check(r"^\s$", "\u{b}", false);
        check(r"\bé", "é", false);
        check(r"a\B", "ab", true);
        check(r"^\<$", "<", true);
        check(r"^\Qa.b*\E+$", "a.b***", true);
        check(r"^[a&&b]$", "&", true);
        check(r"^[[a]$", "[", true);
        check(r"^[]a-]+$", "]a-", true);
        check(r"^[xdw]$", "1", false);
        check(r"^[^]a]$", "]", false);
        check(r"^a{,2}$", "a{,2}", true);
        check(r"^a{01}$", "a{01}", true);
        check(r"^\101\x{1F600}\x41$", "A😀A", true);
        check(r"^\_# $", "_# ", true);
        check(r"(?U)a+b", "aab", true);
        check(r"(?i-s)STRASSE", "strasse", true);
        check(r"(?i)a(?-i:b)|C", "c", true);
        check(r"^(?P<n>x)(?P<n>y)(?:z)()$", "xyz", true);
        check(r"^[[:^alpha:]\D[:word:]]$", "1", true);
        check(r"^\p{Greek}\pL\P{^Lu}[\pN]\p{Any}$", "αßA1\n", true);
        check(r"^.$", "\n", false);
        check(r"a$", "a\n", false);
        check(r"(?m)a$", "a\n", true);
        assert_eq!(is_match("^\u{fffd}{2}$", b"\xff\xfe"), Ok(true));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for (pattern, want) in [
            ("a(", "missing closing ): `a(`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("*a", "missing argument to repetition operator: `*`"),
            ("(|*)", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a+?+", "invalid nested repetition operator: `+?+`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{2,1}", "invalid repeat count: `{2,1}`"),
            ("(a{100}){100}", "invalid repeat count: `{100}`"),
            ("a(?=b)", "invalid or unsupported Perl syntax: `(?=b)`"),
            ("(?<!a)", "invalid or unsupported Perl syntax: `(?<!a)`"),
            ("(?x)a", "invalid or unsupported Perl syntax: `(?x)a`"),
            (r"(a)\1", r"invalid escape sequence: `\1`"),
            (r"\Z", r"invalid escape sequence: `\Z`"),
            (r"\E", r"invalid escape sequence: `\E`"),
            (r"a\", "trailing backslash at end of expression: ``"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("[a-\\d]", "invalid escape sequence: `\\d`"),
            ("[[:no:]]", "invalid character class range: `[:no:]`"),
            (r"\p{greek}", r"invalid character class range: `\p{greek}`"),
        ] {
            let error = compile(pattern).unwrap_err().to_string();
            let error = error.strip_prefix("error parsing regexp: ").unwrap();
            assert_eq!(error, want, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_makes_it_panic(pattern in "[\\[\\](){}\\\\?*+|^$.,:<>=!a-cA-CPpQEdwbxisU0-9-]{0,16}", any in any::<String>()) {
            let _ = (compile(&pattern), compile(&any));
        }
    }
}
