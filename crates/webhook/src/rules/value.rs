//! What a request says, as the rules see it: a tree of values, a walk along dotted names, and the
//! text that a command is given.

use std::collections::BTreeMap;

/// The members of an object, in the order of their names' bytes.
pub type Object = BTreeMap<Vec<u8>, Value>;

/// One value of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// JSON's `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number in the sender's own digits.
    Number(String),
    /// A text. Forms and headers may bring bytes that are no UTF-8.
    Text(Vec<u8>),
    /// An array.
    List(Vec<Self>),
    /// An object.
    Object(Object),
    /// An object that was announced and could not be read: it is there, prints as `null` and has
    /// no members.
    Unread,
}

/// Why a name leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// There is nothing under the name; what was left of it.
    #[error("parameter node not found: {0}")]
    NotFound(String),
    /// The way leads through a `null`.
    #[error("no parameters")]
    ThroughNull,
    /// An array index so large that the original breaks off the request.
    #[error("index out of range: {0}")]
    Overflow(String),
}

/// Finds what `name` leads to below `object`.
///
/// At every object the whole rest of the name is tried as a key before its part up to the first dot;
/// at an array that part is an index.
///
/// # Errors
/// When there is nothing, or no way there.
pub fn find<'a>(object: &'a Object, name: &[u8]) -> Result<&'a Value, LookupError> {
    let lost = |rest: &[u8]| LookupError::NotFound(String::from_utf8_lossy(rest).into_owned());
    if let Some(value) = object.get(name) {
        return Ok(value);
    }
    let (first, mut rest) = split_dot(name).ok_or_else(|| lost(name))?;
    let mut here = object.get(first).ok_or_else(|| lost(name))?;
    loop {
        match here {
            Value::Null => return Err(LookupError::ThroughNull),
            Value::Object(object) => {
                if let Some(value) = object.get(rest) {
                    return Ok(value);
                }
                let (first, after) = split_dot(rest).ok_or_else(|| lost(rest))?;
                here = object.get(first).ok_or_else(|| lost(rest))?;
                rest = after;
            }
            Value::List(items) => {
                let (first, after) = split_dot(rest).map_or((rest, None), |(a, b)| (a, Some(b)));
                let index = array_index(first).ok_or_else(|| lost(rest))?;
                if index > i64::MAX as u64 && !items.is_empty() {
                    return Err(LookupError::Overflow(
                        String::from_utf8_lossy(rest).into_owned(),
                    ));
                }
                let item = usize::try_from(index).ok().and_then(|at| items.get(at));
                here = item.ok_or_else(|| lost(rest))?;
                match after {
                    Some(after) => rest = after,
                    None => return Ok(here),
                }
            }
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Unread => {
                return Err(lost(rest));
            }
        }
    }
}

/// Digits and nothing else, as `strconv.ParseUint` takes them.
fn array_index(text: &[u8]) -> Option<u64> {
    let is_plain = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    is_plain.then(|| std::str::from_utf8(text).ok()?.parse().ok())?
}

fn split_dot(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = name.iter().position(|byte| *byte == b'.')?;
    Some((&name[..at], &name[at + 1..]))
}

impl Value {
    /// The value as an argument or an environment entry carries it: a text as it is, a number in
    /// its own digits, `<nil>` for `null`, compact JSON for what has parts.
    #[must_use]
    pub fn to_text(&self) -> Vec<u8> {
        match self {
            Self::Null => b"<nil>".to_vec(),
            Self::Text(text) => text.clone(),
            Self::Bool(_) | Self::Number(_) | Self::List(_) | Self::Object(_) | Self::Unread => {
                let mut out = Vec::new();
                self.write_json(&mut out);
                out
            }
        }
    }

    fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null | Self::Unread => out.extend_from_slice(b"null"),
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Number(digits) => out.extend_from_slice(digits.as_bytes()),
            Self::Text(text) => write_json_text(text, out),
            Self::List(items) => {
                out.push(b'[');
                for (at, item) in items.iter().enumerate() {
                    if at > 0 {
                        out.push(b',');
                    }
                    item.write_json(out);
                }
                out.push(b']');
            }
            Self::Object(object) => write_json_object(object, out),
        }
    }
}

/// `object` as compact JSON, its keys in the order of their bytes.
#[must_use]
pub fn object_to_json(object: &Object) -> Vec<u8> {
    let mut out = Vec::new();
    write_json_object(object, &mut out);
    out
}

fn write_json_object(object: &Object, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (name, value)) in object.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write_json_text(name, out);
        out.push(b':');
        value.write_json(out);
    }
    out.push(b'}');
}

/// Go escapes what could end a script in a page, and writes bytes that are no UTF-8 as `\ufffd`.
fn write_json_text(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    for chunk in text.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.extend_from_slice(b"\\\\"),
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    out.extend_from_slice(format!("\\u{:04x}", u32::from(char)).as_bytes());
                }
                _ => out.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for _ in chunk.invalid() {
            out.extend_from_slice(b"\\ufffd");
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::go::json;

    fn object(text: &str) -> Object {
        match json::decode(text.as_bytes()) {
            Ok(Value::Object(object)) => object,
            other => panic!("{text} is no object: {other:?}"),
        }
    }

    fn check(payload: &str, name: &str, want: Result<&str, LookupError>) {
        let payload = object(payload);
        let found = find(&payload, name.as_bytes()).map(Value::to_text);
        assert_eq!(found, want.map(|text| text.as_bytes().to_vec()), "{name}");
    }

    fn lost(rest: &str) -> Result<&str, LookupError> {
        Err(LookupError::NotFound(rest.to_owned()))
    }

    #[test]
    fn the_whole_rest_of_a_name_beats_its_first_part() {
        check(r#"{"a.b":1,"a":{"b":2}}"#, "a.b", Ok("1"));
        check(r#"{"x":{"a.b":1}}"#, "x.a.b", Ok("1"));
        check(r#"{"a.b":{"c":1}}"#, "a.b.c", lost("a.b.c"));
        check(r#"{"":{"":7}}"#, "", Ok(r#"{"":7}"#));
        check(r#"{"":{"":7}}"#, ".", Ok("7"));
        check(r#"{"a":{"":7}}"#, "a.", Ok("7"));
    }

    #[test]
    fn an_index_is_digits_alone() {
        let list = r#"{"l":[10,[20,30]]}"#;
        check(list, "l.0", Ok("10"));
        check(list, "l.001.1", Ok("30"));
        for bad in ["l.+1", "l.-1", "l.*", "l.2", "l.", "l.99999999999999999999"] {
            check(list, bad, lost(&bad[2..]));
        }
        let largest = "l.18446744073709551615";
        check(
            list,
            largest,
            Err(LookupError::Overflow(largest[2..].to_owned())),
        );
    }

    #[test]
    fn a_scalar_has_no_members_and_a_null_is_no_way() {
        let payload = r#"{"s":"t","n":null,"e":[]}"#;
        check(payload, "s.x", lost("x"));
        check(payload, "n", Ok("<nil>"));
        check(payload, "n.x", Err(LookupError::ThroughNull));
        check(payload, "e.0", lost("0"));
    }

    #[test]
    fn numbers_keep_their_digits_and_parts_become_json() {
        let payload = r#"{"n":[1.50,1E+2,12345678901234567890123],"o":{"b":"<&\u2028>","a":null}}"#;
        check(payload, "n", Ok("[1.50,1E+2,12345678901234567890123]"));
        check(
            payload,
            "o",
            Ok(r#"{"a":null,"b":"\u003c\u0026\u2028\u003e"}"#),
        );
        let raw = Value::List(vec![Value::Text(b"\xff\x08".to_vec()), Value::Unread]);
        assert_eq!(raw.to_text(), br#"["\ufffd\u0008",null]"#);
    }
}
