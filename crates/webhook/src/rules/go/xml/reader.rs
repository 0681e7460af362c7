//! The tokens of an XML text, as Go's strict reader takes them. Start at [`Reader::token`].

use super::error::XmlError;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Name {
    prefix: String,
    pub(super) local: String,
}

pub(super) enum Token {
    /// A start tag, and whether it is its own end.
    Start(Name, Vec<(Name, Vec<u8>)>, bool),
    End(Name),
    Text(Vec<u8>),
    Other,
}

pub(super) struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn syntax(&self, message: impl Into<String>) -> XmlError {
        let read = self.text.get(..self.at).unwrap_or(self.text);
        let line = 1 + read.iter().filter(|byte| **byte == b'\n').count();
        let message = message.into();
        XmlError::Syntax { line, message }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Result<u8, XmlError> {
        let byte = self.peek().ok_or_else(|| self.syntax("unexpected EOF"))?;
        self.at += 1;
        Ok(byte)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\r' | b'\n' | b'\t')) {
            self.at += 1;
        }
    }

    pub(super) fn token(&mut self, is_inside: bool) -> Result<Token, XmlError> {
        match self.peek() {
            None if is_inside => return Err(self.syntax("unexpected EOF")),
            None => return Err(XmlError::Empty),
            Some(b'<') => self.at += 1,
            Some(_) => return self.characters(Until::Tag).map(Token::Text),
        }
        match self.next()? {
            b'/' => self.end_tag(),
            b'?' => self.instruction(),
            b'!' => self.declaration(),
            _ => {
                self.at -= 1;
                self.start_tag()
            }
        }
    }

    pub(super) fn check_end(&self, open: &Name, end: &Name) -> Result<(), XmlError> {
        if open.local != end.local {
            let message = format!("element <{}> closed by </{}>", open.local, end.local);
            return Err(self.syntax(message));
        }
        if open.prefix != end.prefix {
            let message = format!(
                "element <{0}> in space {1} closed by </{0}> in space {2}",
                open.local, open.prefix, end.prefix
            );
            return Err(self.syntax(message));
        }
        Ok(())
    }

    fn end_tag(&mut self) -> Result<Token, XmlError> {
        let name = self.name("expected element name after </")?;
        self.skip_space();
        if self.next()? != b'>' {
            let message = format!("invalid characters between </{} and >", name.local);
            return Err(self.syntax(message));
        }
        Ok(Token::End(name))
    }

    fn instruction(&mut self) -> Result<Token, XmlError> {
        let target = self.word("expected target name after <?")?;
        self.skip_space();
        let start = self.at;
        let mut before = 0;
        loop {
            let byte = self.next()?;
            if before == b'?' && byte == b'>' {
                break;
            }
            before = byte;
        }
        if target == "xml" {
            let content =
                String::from_utf8_lossy(&self.text[start..self.at.saturating_sub(2).max(start)])
                    .into_owned();
            let version = announced("version=", &content);
            if !matches!(version, "" | "1.0") {
                let message =
                    format!("unsupported version {version:?}; only version 1.0 is supported");
                return Err(XmlError::Announced(message));
            }
            let encoding = announced("encoding=", &content);
            if !encoding.is_empty() && !encoding.eq_ignore_ascii_case("utf-8") {
                let message =
                    format!("encoding {encoding:?} declared but Decoder.CharsetReader is nil");
                return Err(XmlError::Announced(message));
            }
        }
        Ok(Token::Other)
    }

    fn declaration(&mut self) -> Result<Token, XmlError> {
        match self.next()? {
            b'-' => {
                if self.next()? != b'-' {
                    return Err(self.syntax("invalid sequence <!- not part of <!--"));
                }
                self.comment()?;
                Ok(Token::Other)
            }
            b'[' => {
                for wanted in *b"CDATA[" {
                    if self.next()? != wanted {
                        return Err(self.syntax("invalid <![ sequence"));
                    }
                }
                self.characters(Until::CdataEnd).map(Token::Text)
            }
            _ => self.directive(),
        }
    }

    fn comment(&mut self) -> Result<(), XmlError> {
        let mut last = [0, 0];
        loop {
            let byte = self.next()?;
            if last == *b"--" {
                if byte == b'>' {
                    return Ok(());
                }
                return Err(self.syntax("invalid sequence \"--\" not allowed in comments"));
            }
            last = [last[1], byte];
        }
    }

    /// Skips `<!DOCTYPE …>` and its like: quoted brackets do not count, comments inside are comments.
    /// The byte after the `!` means nothing.
    fn directive(&mut self) -> Result<Token, XmlError> {
        let mut quote = None;
        let mut depth = 0u32;
        loop {
            let byte = self.next()?;
            match quote {
                Some(open) => {
                    if byte == open {
                        quote = None;
                    }
                }
                None => match byte {
                    b'>' if depth == 0 => return Ok(Token::Other),
                    b'>' => depth -= 1,
                    b'\'' | b'"' => quote = Some(byte),
                    b'<' if self.text[self.at..].starts_with(b"!--") => {
                        self.at += 3;
                        let end = self.text[self.at..]
                            .windows(3)
                            .position(|three| three == b"-->");
                        self.at = end.map_or(self.text.len(), |end| self.at + end + 3);
                    }
                    b'<' => depth += 1,
                    _ => {}
                },
            }
        }
    }

    fn start_tag(&mut self) -> Result<Token, XmlError> {
        let name = self.name("expected element name after <")?;
        let mut attributes = Vec::new();
        loop {
            self.skip_space();
            match self.next()? {
                b'/' => {
                    if self.next()? != b'>' {
                        return Err(self.syntax("expected /> in element"));
                    }
                    return Ok(Token::Start(name, attributes, true));
                }
                b'>' => return Ok(Token::Start(name, attributes, false)),
                _ => self.at -= 1,
            }
            let attribute = self.name("expected attribute name in element")?;
            self.skip_space();
            if self.next()? != b'=' {
                return Err(self.syntax("attribute name without = in element"));
            }
            self.skip_space();
            let value = match self.next()? {
                quote @ (b'"' | b'\'') => self.characters(Until::Quote(quote))?,
                _ => return Err(self.syntax("unquoted or missing attribute value in element")),
            };
            attributes.push((attribute, value));
        }
    }

    fn name(&mut self, wanted: &str) -> Result<Name, XmlError> {
        let word = self.word(wanted)?;
        let (prefix, local) = match word.split_once(':') {
            Some((prefix, local))
                if !prefix.is_empty() && !local.is_empty() && !local.contains(':') =>
            {
                (prefix, local)
            }
            _ => ("", word.as_str()),
        };
        Ok(Name {
            prefix: prefix.to_owned(),
            local: local.to_owned(),
        })
    }

    /// Reads what could be a name, and checks that it is one.
    fn word(&mut self, wanted: &str) -> Result<String, XmlError> {
        let start = self.at;
        while self
            .text
            .get(self.at)
            .is_some_and(|byte| is_name_byte(*byte))
        {
            self.at += 1;
        }
        if self.at == start {
            let reason = self.peek().map_or("unexpected EOF", |_| wanted);
            return Err(self.syntax(reason));
        }
        if self.at == self.text.len() {
            return Err(self.syntax("unexpected EOF"));
        }
        let bytes = &self.text[start..self.at];
        match std::str::from_utf8(bytes) {
            Ok(name) if is_name(name) => Ok(name.to_owned()),
            _ => {
                let name = String::from_utf8_lossy(bytes);
                Err(self.syntax(format!("invalid XML name: {name}")))
            }
        }
    }

    /// Reads text up to its end, with entities decoded and line ends made one byte.
    fn characters(&mut self, until: Until) -> Result<Vec<u8>, XmlError> {
        let mut out = Vec::new();
        let mut last = [0, 0];
        loop {
            let Some(byte) = self.peek() else {
                match until {
                    Until::CdataEnd => return Err(self.syntax("unexpected EOF in CDATA section")),
                    Until::Tag | Until::Quote(_) => break,
                }
            };
            self.at += 1;
            if last == *b"]]" && byte == b'>' {
                if until != Until::CdataEnd {
                    return Err(self.syntax("unescaped ]]> not in CDATA section"));
                }
                out.truncate(out.len() - 2);
                break;
            }
            match (byte, until) {
                (b'<', Until::Tag) => {
                    self.at -= 1;
                    break;
                }
                (b'<', Until::Quote(_)) => {
                    return Err(self.syntax("unescaped < inside quoted string"));
                }
                (byte, Until::Quote(quote)) if byte == quote => break,
                (b'&', Until::Tag | Until::Quote(_)) => {
                    let char = self.entity()?;
                    out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                    last = [0, 0];
                    continue;
                }
                (b'\r', _) => out.push(b'\n'),
                (b'\n', _) if last[1] == b'\r' => {}
                _ => out.push(byte),
            }
            last = [last[1], byte];
        }
        self.check_characters(&out)?;
        Ok(out)
    }

    fn entity(&mut self) -> Result<char, XmlError> {
        let start = self.at;
        let is_part = |byte: &u8| *byte == b'#' || is_name_byte(*byte);
        let length = self.text[start..]
            .iter()
            .take_while(|byte| is_part(byte))
            .count();
        self.at += length;
        let name = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        match self.next()? {
            b';' => {}
            _ => {
                return Err(self.syntax(format!("invalid character entity &{name} (no semicolon)")));
            }
        }
        let char = match name.as_str() {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "quot" => Some('"'),
            _ => name.strip_prefix('#').and_then(numeric),
        };
        char.ok_or_else(|| self.syntax(format!("invalid character entity &{name};")))
    }

    fn check_characters(&self, text: &[u8]) -> Result<(), XmlError> {
        let text = std::str::from_utf8(text).map_err(|_| self.syntax("invalid UTF-8"))?;
        let is_allowed = |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        match text.chars().find(|char| !is_allowed(*char)) {
            None => Ok(()),
            Some(char) => {
                Err(self.syntax(format!("illegal character code U+{:04X}", u32::from(char))))
            }
        }
    }
}

/// Where text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Tag,
    Quote(u8),
    CdataEnd,
}

fn numeric(digits: &str) -> Option<char> {
    let (digits, radix) = digits
        .strip_prefix('x')
        .map_or((digits, 10), |hex| (hex, 16));
    if !digits.chars().all(|char| char.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix)
        .ok()
        .filter(|code| *code <= 0x10_ffff)?;
    Some(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
}

/// The quoted value after `parameter`, or nothing.
fn announced<'a>(parameter: &str, content: &'a str) -> &'a str {
    let value = content.split_once(parameter).map(|(_, value)| value);
    let quoted = value.and_then(|value| {
        let quote = value
            .chars()
            .next()
            .filter(|char| matches!(char, '\'' | '"'))?;
        value[1..].split_once(quote)
    });
    quoted.map_or("", |(value, _)| value)
}

const fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-') || !byte.is_ascii()
}

fn is_name(name: &str) -> bool {
    let is_first = |char: char| char.is_alphabetic() || matches!(char, '_' | ':');
    name.starts_with(is_first)
        && name
            .chars()
            .all(|char| is_first(char) || char.is_alphanumeric() || matches!(char, '.' | '-' | '·'))
}
