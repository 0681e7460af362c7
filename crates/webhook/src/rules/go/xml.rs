//! XML as Go's strict reader takes it, in the shape that the mxj library gives it: attributes become
//! `-name`, text beside them `#text`, repeated elements a list, prefixes are dropped. Start at
//! [`decode`].

use crate::rules::value::{Object, Value};

/// A tree must be droppable; nothing that a sender means is this deep.
const MAX_DEPTH: usize = 1_000;

/// Why bytes are no XML document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum XmlError {
    /// There is no element.
    #[error("EOF")]
    Empty,
    /// The document is malformed.
    #[error("xml.Decoder.Token() - XML syntax error on line {line}: {message}")]
    Syntax { line: usize, message: String },
    /// It is announced in a way that is not read.
    #[error("xml.Decoder.Token() - xml: {0}")]
    Announced(String),
}

/// Reads the first element of `text`, with all that is in it, as an object with one member.
///
/// # Errors
/// When it is malformed. What follows it is not looked at.
pub(crate) fn decode(text: &[u8]) -> Result<Object, XmlError> {
    let mut reader = Reader { text, at: 0 };
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.token(!open.is_empty())? {
            Token::Start(name, attributes, is_empty) => {
                if open.len() >= MAX_DEPTH {
                    return Err(reader.syntax("exceeded max depth"));
                }
                open.push(Element::new(name, attributes));
                if !is_empty {
                    continue;
                }
            }
            Token::Text(text) => {
                if let Some(element) = open.last_mut() {
                    element.add_text(&text);
                }
                continue;
            }
            Token::End(name) => {
                let Some(element) = open.last() else {
                    return Err(reader.syntax(format!("unexpected end element </{}>", name.local)));
                };
                reader.check_end(&element.name, &name)?;
            }
            Token::Other => continue,
        }
        let Some(element) = open.pop() else { continue };
        let (name, value) = element.finish();
        match open.last_mut() {
            Some(parent) => parent.add_child(name, value),
            None => return Ok(Object::from([(name, value)])),
        }
    }
}

/// An element whose end has not come yet.
struct Element {
    name: Name,
    /// Text that came while there was no member.
    text: Option<Vec<u8>>,
    members: Object,
}

impl Element {
    fn new(name: Name, attributes: Vec<(Name, Vec<u8>)>) -> Self {
        let member = |(name, value): (Name, Vec<u8>)| {
            (format!("-{}", name.local).into_bytes(), Value::Text(value))
        };
        Self {
            name,
            text: None,
            members: attributes.into_iter().map(member).collect(),
        }
    }

    fn add_text(&mut self, text: &[u8]) {
        let is_text = |byte: &u8| !matches!(byte, b'\t' | b'\r' | 0x08 | b'\n' | b' ');
        let (Some(start), Some(end)) = (
            text.iter().position(is_text),
            text.iter().rposition(is_text),
        ) else {
            return;
        };
        let text = text[start..=end].to_vec();
        if self.members.is_empty() {
            self.text = Some(text);
        } else {
            self.members.insert(b"#text".to_vec(), Value::Text(text));
        }
    }

    fn add_child(&mut self, name: Vec<u8>, value: Value) {
        match self.members.get_mut(&name) {
            None => {
                self.members.insert(name, value);
            }
            Some(Value::List(items)) => items.push(value),
            Some(first) => {
                let before = std::mem::replace(first, Value::Null);
                *first = Value::List(vec![before, value]);
            }
        }
    }

    fn finish(mut self) -> (Vec<u8>, Value) {
        let value = match (self.text, self.members.is_empty()) {
            (text, true) => Value::Text(text.unwrap_or_default()),
            (None, false) => Value::Object(self.members),
            (Some(text), false) => {
                self.members.insert(b"#text".to_vec(), Value::Text(text));
                Value::Object(self.members)
            }
        };
        (self.name.local.into_bytes(), value)
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Name {
    prefix: String,
    local: String,
}

enum Token {
    /// A start tag, and whether it is its own end.
    Start(Name, Vec<(Name, Vec<u8>)>, bool),
    End(Name),
    Text(Vec<u8>),
    Other,
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn syntax(&self, message: impl Into<String>) -> XmlError {
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

    fn token(&mut self, is_inside: bool) -> Result<Token, XmlError> {
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

    fn check_end(&self, open: &Name, end: &Name) -> Result<(), XmlError> {
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::value::object_to_json;

    /// Each pair was answered by mxj 2.5.7 over Go 1.19.
    #[test]
    fn elements_take_the_shape_of_mxj() {
        for (text, want) in [
            ("<a/>", r#"{"a":""}"#),
            ("<a>  t\n</a>", r#"{"a":"t"}"#),
            ("<a b='1'>t</a>", r##"{"a":{"#text":"t","-b":"1"}}"##),
            (
                "<a><b>1</b><b/><c>2</c></a>",
                r#"{"a":{"b":["1",""],"c":"2"}}"#,
            ),
            (
                "<a>one<b>2</b>three</a>",
                r##"{"a":{"#text":"one","b":"2"}}"##,
            ),
            (
                "<a><b>2</b>three</a>",
                r##"{"a":{"#text":"three","b":"2"}}"##,
            ),
            ("<a>1<!-- c -->2</a>", r#"{"a":"2"}"#),
            ("<a>1<![CDATA[<x>]]></a>", r#"{"a":"\u003cx\u003e"}"#),
            (
                "<n:a xmlns:n='u' n:b='1' xmlns='v'/>",
                r#"{"a":{"-b":"1","-n":"u","-xmlns":"v"}}"#,
            ),
            (
                "<?xml version='1.0' encoding='utf-8'?><!DOCTYPE a [<!ENTITY x '>'>]> <a>&#x41;&amp;</a>",
                r#"{"a":"A\u0026"}"#,
            ),
            ("<a>x</a><b", r#"{"a":"x"}"#),
        ] {
            let got = decode(text.as_bytes())
                .map(|object| String::from_utf8(object_to_json(&object)).unwrap());
            assert_eq!(got.as_deref(), Ok(want), "{text}");
        }
    }

    #[test]
    fn what_gos_strict_reader_refuses_is_refused() {
        for (text, want) in [
            ("", "EOF"),
            ("  text", "EOF"),
            ("<a>", "unexpected EOF"),
            ("<a></b>", "element <a> closed by </b>"),
            ("</a>", "unexpected end element </a>"),
            ("<a>&nbsp;</a>", "invalid character entity &nbsp;"),
            ("<a>a & b</a>", "invalid character entity & (no semicolon)"),
            ("<a b=c/>", "unquoted or missing attribute value in element"),
            ("<a b/>", "attribute name without = in element"),
            ("<a>]]></a>", "unescaped ]]> not in CDATA section"),
            ("<a><!-- -- --></a>", "not allowed in comments"),
            ("<1/>", "invalid XML name: 1"),
            ("<a>\u{1}</a>", "illegal character code U+0001"),
            ("<?xml version='1.1'?><a/>", "only version 1.0 is supported"),
            (
                "<?xml version='1.0' encoding='latin1'?><a/>",
                "encoding \"latin1\" declared",
            ),
        ] {
            let error = decode(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(want), "{text}: {error}");
        }
        assert!(
            decode(b"<a>\xff</a>")
                .unwrap_err()
                .to_string()
                .contains("invalid UTF-8")
        );
        let deep = "<a>".repeat(100_000);
        assert!(
            decode(deep.as_bytes())
                .unwrap_err()
                .to_string()
                .contains("max depth")
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(text in "[<>/!?a-b:='\"&#;x0-1 \\[\\]\\-\n\rCDAT]{0,40}", bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = (decode(text.as_bytes()), decode(&bytes));
        }
    }
}
