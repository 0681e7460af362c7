//! XML as Go's strict reader takes it, in the shape that the mxj library gives it: attributes become
//! `-name`, text beside them `#text`, repeated elements a list, prefixes are dropped. Start at
//! [`decode`].

mod error;
mod reader;

use self::{
    error::XmlError,
    reader::{Name, Reader, Token},
};
use crate::rules::value::{Object, Value};

/// A tree must be droppable; nothing that a sender means is this deep.
const MAX_DEPTH: usize = 1_000;

/// Reads the first element of `text`, with all that is in it, as an object with one member.
///
/// # Errors
/// When it is malformed. What follows it is not looked at.
pub(crate) fn decode(text: &[u8]) -> Result<Object, XmlError> {
    let mut reader = Reader::new(text);
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
