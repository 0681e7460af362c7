//! Queries and forms as Go's `net/url` splits and decodes them.

use crate::rules::{
    go::text::quote,
    value::{Object, Value},
};

/// What is wrong with a pair of a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// A `;` where only `&` separates.
    #[error("invalid semicolon separator in query")]
    Semicolon,
    /// A `%` without two hexadecimal digits after it.
    #[error("invalid URL escape {}", quote(.0))]
    Escape(Vec<u8>),
}

/// Splits `query` into its parameters, the first value of each name, and says what had to be left
/// out.
pub(crate) fn parse_query(query: &[u8]) -> (Object, Option<QueryError>) {
    let mut object = Object::new();
    let mut fault = None;
    for pair in query.split(|byte| *byte == b'&') {
        if pair.contains(&b';') {
            fault = Some(QueryError::Semicolon);
            continue;
        }
        if pair.is_empty() {
            continue;
        }
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &[][..]),
        };
        match unescape(name).and_then(|name| Ok((name, unescape(value)?))) {
            Ok((name, value)) => {
                object.entry(name).or_insert(Value::Text(value));
            }
            Err(error) => {
                fault.get_or_insert(error);
            }
        }
    }
    (object, fault)
}

fn unescape(text: &[u8]) -> Result<Vec<u8>, QueryError> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digit = |at: usize| char::from(*text.get(at)?).to_digit(16);
                let code = digit(at + 1)
                    .zip(digit(at + 2))
                    .map(|(high, low)| high * 16 + low);
                let code = code.and_then(|code| u8::try_from(code).ok());
                let bad = || QueryError::Escape(text[at..text.len().min(at + 3)].to_vec());
                out.push(code.ok_or_else(bad)?);
                at += 2;
            }
            byte => out.push(*byte),
        }
        at += 1;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::rules::value::object_to_json;

    fn check(query: &str, want: &str, fault: Option<&str>) {
        let (object, error) = parse_query(query.as_bytes());
        let json = String::from_utf8(object_to_json(&object)).unwrap();
        assert_eq!(
            (
                json.as_str(),
                error.map(|error| error.to_string()).as_deref()
            ),
            (want, fault),
            "{query}"
        );
    }

    #[test]
    fn one_bad_pair_spoils_itself_alone() {
        check("a=1&a=2&b=x+y%21&c", r#"{"a":"1","b":"x y!","c":""}"#, None);
        check(
            "a=%zz&b=1",
            r#"{"b":"1"}"#,
            Some(r#"invalid URL escape "%zz""#),
        );
        check("a=%z&%4=1&c=%", "{}", Some(r#"invalid URL escape "%z""#));
        check(
            "a=1;b=2&c=3",
            r#"{"c":"3"}"#,
            Some("invalid semicolon separator in query"),
        );
        check("&&=v&", r#"{"":"v"}"#, None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(query in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse_query(&query);
        }
    }
}
