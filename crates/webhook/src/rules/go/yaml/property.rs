//! Anchors, tags and directives: the tokens that say something of a node or of a document.

use super::{
    cursor::{is_blank, is_blank_or_end, is_word},
    node::YamlError,
    scan::Scanner,
    token::TokenKind,
};

impl Scanner {
    pub(super) fn anchor(&mut self, sign: char) -> Result<(), YamlError> {
        self.keep_key()?;
        self.is_key_allowed = false;
        let place = self.cursor.place();
        self.cursor.skip(1);
        let name = self.cursor.take_word();
        let next = self.cursor.peek();
        let is_end =
            is_blank_or_end(next) || matches!(next, '?' | ':' | ',' | ']' | '}' | '%' | '@' | '`');
        if name.is_empty() || !is_end {
            return self
                .cursor
                .fault("did not find expected alphabetic or numeric character");
        }
        let kind = if sign == '*' {
            TokenKind::Alias(name)
        } else {
            TokenKind::Anchor(name)
        };
        self.push_at(place, kind);
        Ok(())
    }

    /// Scans `!<tag>`, `!handle!suffix`, `!suffix` or `!`.
    pub(super) fn tag(&mut self) -> Result<(), YamlError> {
        self.keep_key()?;
        self.is_key_allowed = false;
        let place = self.cursor.place();
        let (handle, suffix) = if self.cursor.peek_at(1) == '<' {
            self.cursor.skip(2);
            let tag = self.uri()?;
            if tag.is_empty() || self.cursor.peek() != '>' {
                return self.cursor.fault("did not find the expected '>'");
            }
            self.cursor.skip(1);
            (String::new(), tag)
        } else {
            let handle = self.handle();
            if handle.len() > 1 && handle.ends_with('!') {
                let suffix = self.uri()?;
                if suffix.is_empty() {
                    return self.cursor.fault("did not find expected tag URI");
                }
                (handle, suffix)
            } else {
                match handle[1..].to_owned() + &self.uri()? {
                    suffix if suffix.is_empty() => (suffix, "!".to_owned()),
                    suffix => ("!".to_owned(), suffix),
                }
            }
        };
        if !is_blank_or_end(self.cursor.peek()) {
            return self
                .cursor
                .fault("did not find expected whitespace or line break");
        }
        self.push_at(place, TokenKind::Tag(handle, suffix));
        Ok(())
    }

    /// Takes `!`, letters, and a second `!` if there is one.
    fn handle(&mut self) -> String {
        let mut handle = String::from(self.cursor.take());
        handle.push_str(&self.cursor.take_word());
        if self.cursor.peek() == '!' {
            handle.push(self.cursor.take());
        }
        handle
    }

    fn uri(&mut self) -> Result<String, YamlError> {
        let mut bytes = Vec::new();
        loop {
            let char = self.cursor.peek();
            if char == '%' {
                let digit = |ahead| self.cursor.peek_at(ahead).to_digit(16);
                let Some((high, low)) = digit(1).zip(digit(2)) else {
                    return self.cursor.fault("did not find URI escaped octet");
                };
                bytes.extend(u8::try_from(high * 16 + low));
                self.cursor.skip(3);
            } else if is_word(char) || (char.is_ascii() && ";/?:@&=+$,.!~*'()[]".contains(char)) {
                bytes.extend(u8::try_from(char));
                self.cursor.skip(1);
            } else {
                break;
            }
        }
        match String::from_utf8(bytes) {
            Ok(uri) => Ok(uri),
            Err(_) => self.cursor.fault("found an incorrect UTF-8 octet"),
        }
    }

    pub(super) fn directive(&mut self) -> Result<(), YamlError> {
        self.close_blocks(None);
        self.drop_key()?;
        self.is_key_allowed = false;
        let place = self.cursor.place();
        self.cursor.skip(1);
        let name = self.cursor.take_word();
        if name.is_empty() || !is_blank_or_end(self.cursor.peek()) {
            return self.cursor.fault("could not find expected directive name");
        }
        self.cursor.skip_blanks();
        let kind = match name.as_str() {
            "YAML" => {
                let major = self.version_number()?;
                if self.cursor.take() != '.' {
                    return self
                        .cursor
                        .fault("did not find expected digit or '.' character");
                }
                TokenKind::Version(major, self.version_number()?)
            }
            "TAG" => {
                if self.cursor.peek() != '!' {
                    return self.cursor.fault("did not find expected '!'");
                }
                let handle = self.handle();
                let is_whole = handle == "!" || handle.ends_with('!');
                if !is_whole || !is_blank(self.cursor.peek()) {
                    return self.cursor.fault("did not find expected whitespace");
                }
                self.cursor.skip_blanks();
                let prefix = self.uri()?;
                if prefix.is_empty() || !is_blank_or_end(self.cursor.peek()) {
                    return self.cursor.fault("did not find expected tag URI");
                }
                TokenKind::TagDirective(handle, prefix)
            }
            _ => return self.cursor.fault("found unknown directive name"),
        };
        self.push_at(place, kind);
        self.cursor.finish_line()
    }

    fn version_number(&mut self) -> Result<u8, YamlError> {
        let mut digits = String::new();
        while self.cursor.peek().is_ascii_digit() && digits.len() < 3 {
            digits.push(self.cursor.take());
        }
        match digits.parse() {
            Ok(number) if digits.len() < 3 => Ok(number),
            _ => self.cursor.fault("did not find expected version number"),
        }
    }
}
