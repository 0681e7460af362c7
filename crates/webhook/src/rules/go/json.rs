//! JSON as Go's `encoding/json` reads it from a stream: the first value counts and what follows it is
//! not looked at, numbers keep their digits, the last of two equal keys wins. Start at [`decode`].

use crate::rules::value::{Object, Value};

/// Go stops at 10,000; a tree this deep already is an attack, and it must be droppable.
const MAX_DEPTH: usize = 1_000;

/// Why bytes are no JSON value, in Go's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JsonError {
    /// There is nothing but white space.
    #[error("EOF")]
    Empty,
    /// The value does not end.
    #[error("unexpected EOF")]
    Unfinished,
    /// A byte where it may not be.
    #[error("invalid character {} {wanted}", quote_byte(*.found))]
    Unexpected { found: u8, wanted: &'static str },
    /// More arrays and objects in each other than [`MAX_DEPTH`].
    #[error("exceeded max depth")]
    TooDeep,
    /// A value of another kind than an object.
    #[error("json: cannot unmarshal {0} into Go value of type map[string]interface {{}}")]
    NoObject(&'static str),
}

fn quote_byte(byte: u8) -> String {
    match byte {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        b'\\' => r"'\\'".to_owned(),
        b'\n' => r"'\n'".to_owned(),
        b'\r' => r"'\r'".to_owned(),
        b'\t' => r"'\t'".to_owned(),
        0x07 => r"'\a'".to_owned(),
        0x08 => r"'\b'".to_owned(),
        0x0b => r"'\v'".to_owned(),
        0x0c => r"'\f'".to_owned(),
        0..0x20 | 0x7f => format!("'\\x{byte:02x}'"),
        0x80..0xa0 | 0xad => format!("'\\u{byte:04x}'"),
        _ => format!("'{}'", char::from(byte)),
    }
}

/// Reads the first value of `text`.
///
/// # Errors
/// When there is none, or it is malformed.
pub(crate) fn decode(text: &[u8]) -> Result<Value, JsonError> {
    Reader { text, at: 0 }.value()
}

/// Reads the first value of `text`, which must be an object; `None` for a `null`.
///
/// # Errors
/// When it is malformed or of another kind.
pub(crate) fn decode_object(text: &[u8]) -> Result<Option<Object>, JsonError> {
    match decode(text)? {
        Value::Object(object) => Ok(Some(object)),
        Value::Null | Value::Unread => Ok(None),
        Value::Bool(_) => Err(JsonError::NoObject("bool")),
        Value::Number(_) => Err(JsonError::NoObject("number")),
        Value::Text(_) => Err(JsonError::NoObject("string")),
        Value::List(_) => Err(JsonError::NoObject("array")),
    }
}

/// A value that is not finished yet.
enum Open {
    List(Vec<Value>),
    Object(Object, Vec<u8>),
}

struct Reader<'a> {
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// Goes down and up without recursion, so that no depth can exhaust the stack.
    fn value(mut self) -> Result<Value, JsonError> {
        let mut open: Vec<Open> = Vec::new();
        if self.peek_word().is_none() {
            return Err(JsonError::Empty);
        }
        loop {
            let mut done = match self.next_word()? {
                b'[' => {
                    if self.peek_word() == Some(b']') {
                        self.at += 1;
                        Value::List(Vec::new())
                    } else {
                        open.push(Open::List(Vec::new()));
                        Self::check_depth(&open)?;
                        continue;
                    }
                }
                b'{' => {
                    if self.peek_word() == Some(b'}') {
                        self.at += 1;
                        Value::Object(Object::new())
                    } else {
                        open.push(Open::Object(Object::new(), self.key()?));
                        Self::check_depth(&open)?;
                        continue;
                    }
                }
                b'"' => Value::Text(self.string()?),
                b't' => self.literal("true", Value::Bool(true))?,
                b'f' => self.literal("false", Value::Bool(false))?,
                b'n' => self.literal("null", Value::Null)?,
                first @ (b'-' | b'0'..=b'9') => Value::Number(self.number(first)?),
                found => {
                    let wanted = "looking for beginning of value";
                    return Err(JsonError::Unexpected { found, wanted });
                }
            };
            loop {
                match open.pop() {
                    None => return Ok(done),
                    Some(Open::List(mut items)) => {
                        items.push(done);
                        match self.next_word()? {
                            b',' => {
                                open.push(Open::List(items));
                                break;
                            }
                            b']' => done = Value::List(items),
                            found => {
                                let wanted = "after array element";
                                return Err(JsonError::Unexpected { found, wanted });
                            }
                        }
                    }
                    Some(Open::Object(mut object, key)) => {
                        object.insert(key, done);
                        match self.next_word()? {
                            b',' => {
                                open.push(Open::Object(object, self.key()?));
                                break;
                            }
                            b'}' => done = Value::Object(object),
                            found => {
                                let wanted = "after object key:value pair";
                                return Err(JsonError::Unexpected { found, wanted });
                            }
                        }
                    }
                }
            }
        }
    }

    fn check_depth(open: &[Open]) -> Result<(), JsonError> {
        if open.len() > MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        Ok(())
    }

    fn next(&mut self) -> Result<u8, JsonError> {
        let byte = self.text.get(self.at).ok_or(JsonError::Unfinished)?;
        self.at += 1;
        Ok(*byte)
    }

    fn peek_word(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += rest.iter().take_while(|byte| is_space(byte)).count();
        self.text.get(self.at).copied()
    }

    fn next_word(&mut self) -> Result<u8, JsonError> {
        self.peek_word();
        self.next()
    }

    fn expect(&mut self, byte: u8, wanted: &'static str) -> Result<(), JsonError> {
        match self.next_word()? {
            found if found == byte => Ok(()),
            found => Err(JsonError::Unexpected { found, wanted }),
        }
    }

    fn key(&mut self) -> Result<Vec<u8>, JsonError> {
        self.expect(b'"', "looking for beginning of object key string")?;
        let key = self.string()?;
        self.expect(b':', "after object key")?;
        Ok(key)
    }

    fn literal(&mut self, word: &'static str, value: Value) -> Result<Value, JsonError> {
        for wanted in word.bytes().skip(1) {
            let found = self.next()?;
            if found != wanted {
                let wanted = match word {
                    "true" => "in literal true",
                    "false" => "in literal false",
                    _ => "in literal null",
                };
                return Err(JsonError::Unexpected { found, wanted });
            }
        }
        Ok(value)
    }

    fn number(&mut self, first: u8) -> Result<String, JsonError> {
        let start = self.at - 1;
        let leading = if first == b'-' { self.next()? } else { first };
        match leading {
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            found => {
                let wanted = "in numeric literal";
                return Err(JsonError::Unexpected { found, wanted });
            }
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.text.get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.text.get(self.at), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        Ok(String::from_utf8_lossy(digits).into_owned())
    }

    fn digits(&mut self, wanted: &'static str) -> Result<(), JsonError> {
        match self.next()? {
            b'0'..=b'9' => {
                self.skip_digits();
                Ok(())
            }
            found => Err(JsonError::Unexpected { found, wanted }),
        }
    }

    fn skip_digits(&mut self) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    }

    /// Reads up to the closing quote; what is no UTF-8 and half a surrogate pair becomes U+FFFD.
    fn string(&mut self) -> Result<Vec<u8>, JsonError> {
        let mut raw = Vec::new();
        loop {
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape(&mut raw)?,
                found @ 0..0x20 => {
                    let wanted = "in string literal";
                    return Err(JsonError::Unexpected { found, wanted });
                }
                byte => raw.push(byte),
            }
        }
        if std::str::from_utf8(&raw).is_ok() {
            return Ok(raw);
        }
        Ok(super::text::repair(&raw).into_bytes())
    }

    fn escape(&mut self, out: &mut Vec<u8>) -> Result<(), JsonError> {
        match self.next()? {
            byte @ (b'"' | b'\\' | b'/') => out.push(byte),
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => {
                let char = self.unicode_escape()?;
                out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
            }
            found => {
                let wanted = "in string escape code";
                return Err(JsonError::Unexpected { found, wanted });
            }
        }
        Ok(())
    }

    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let high = self.hex4()?;
        if (0xd800..0xdc00).contains(&high) && self.text.get(self.at..self.at + 2) == Some(b"\\u") {
            let back = self.at;
            self.at += 2;
            let low = self.hex4()?;
            if (0xdc00..0xe000).contains(&low) {
                let code = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = back;
        }
        Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let found = self.next()?;
            let digit = char::from(found).to_digit(16);
            let wanted = "in \\u hexadecimal character escape";
            code = code * 16 + digit.ok_or(JsonError::Unexpected { found, wanted })?;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(text: &str) -> String {
        let decoded = decode(text.as_bytes()).map(|value| value.to_text());
        decoded.map_or_else(
            |error| error.to_string(),
            |text| String::from_utf8_lossy(&text).into_owned(),
        )
    }

    #[test]
    fn the_first_value_counts_and_the_last_of_equal_keys() {
        assert_eq!(text(r#" {"a":1,"a":2} and more"#), r#"{"a":2}"#);
        assert_eq!(text("[1,[],{}]]"), "[1,[],{}]");
    }

    #[test]
    fn half_a_surrogate_pair_is_replaced() {
        assert_eq!(text(r#""\ud83d\ude00""#), "😀");
        assert_eq!(text(r#""\ud83d\u0041""#), "\u{fffd}A");
        assert_eq!(text(r#""\ude00x""#), "\u{fffd}x");
        let raw = decode(b"\"\xff\xfe\"").map(|value| value.to_text());
        assert_eq!(raw, Ok("\u{fffd}\u{fffd}".into()));
    }

    #[test]
    fn errors_are_told_in_gos_words() {
        for (bad, want) in [
            ("", "EOF"),
            (" {", "unexpected EOF"),
            (
                "\u{feff}{}",
                "invalid character 'ï' looking for beginning of value",
            ),
            (
                "{a}",
                "invalid character 'a' looking for beginning of object key string",
            ),
            (
                "[1,]",
                "invalid character ']' looking for beginning of value",
            ),
            ("[01]", "invalid character '1' after array element"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("\"\n\"", "invalid character '\\n' in string literal"),
            ("[-x]", "invalid character 'x' in numeric literal"),
        ] {
            assert_eq!(text(bad), want, "{bad:?}");
        }
        let deep = "[".repeat(100_000);
        assert_eq!(text(&deep), "exceeded max depth");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = decode(&bytes);
        }

        /// What is written is read again as the same tree.
        #[test]
        fn written_json_is_read_back(value in value()) {
            prop_assert_eq!(decode(&Value::List(vec![value.clone()]).to_text()), Ok(Value::List(vec![value])));
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?".prop_map(Value::Number),
            any::<String>().prop_map(|text| Value::Text(text.into_bytes())),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            let key = any::<String>().prop_map(String::into_bytes);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
                prop::collection::btree_map(key, inner, 0..5).prop_map(Value::Object),
            ]
        })
    }
}
