//! Content types and dispositions, read as leniently as a person would. Start at [`parameter`].

use percent_encoding::percent_decode;

/// The value of the parameter `name` (in small letters) of a header's value such as
/// `form-data; name="a b"`; the extended form `name*=UTF-8''a%20b` comes first.
/// Source: <https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6>, RFC 8187
#[must_use]
pub fn parameter(value: &[u8], name: &str) -> Option<String> {
    let mut plain = None;
    for (key, value) in parameters(value) {
        let key = String::from_utf8_lossy(key.trim_ascii()).to_ascii_lowercase();
        if key == name && plain.is_none() {
            plain = Some(String::from_utf8_lossy(&value).into_owned());
        } else if key.strip_suffix('*') == Some(name) {
            let mut pieces = value.splitn(3, |byte| *byte == b'\'');
            if let (Some(_), Some(_), Some(text)) = (pieces.next(), pieces.next(), pieces.next()) {
                let text: Vec<u8> = percent_decode(text).collect();
                return Some(String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
    plain
}

/// The parameters behind the first `;`, quotes taken off.
fn parameters(value: &[u8]) -> Vec<(&[u8], Vec<u8>)> {
    let mut all = Vec::new();
    let mut rest = value;
    while let Some(at) = rest.iter().position(|byte| *byte == b';') {
        rest = &rest[at + 1..];
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b';'));
        let Some(equals) = end.filter(|at| rest[*at] == b'=') else {
            continue;
        };
        let key = &rest[..equals];
        rest = rest[equals + 1..].trim_ascii_start();
        let value = if let Some(quoted) = rest.strip_prefix(b"\"") {
            let (value, after) = unquoted(quoted);
            rest = after;
            value
        } else {
            let end = rest.iter().position(|byte| *byte == b';');
            let (value, after) = rest.split_at(end.unwrap_or(rest.len()));
            rest = after;
            value.trim_ascii().to_vec()
        };
        all.push((key, value));
    }
    all
}

/// The text up to the closing quote, and what follows that. Only a quote or a backslash is escaped
/// by a backslash, for browsers of old send whole Windows paths.
fn unquoted(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match (byte, text.get(at + 1)) {
            (b'"', _) => return (value, &text[at + 1..]),
            (b'\\', Some(escaped @ (b'"' | b'\\'))) => {
                value.push(*escaped);
                at += 1;
            }
            _ => value.push(*byte),
        }
        at += 1;
    }
    (value, &[])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(value: &str, name: &str, want: Option<&str>) {
        let got = parameter(value.as_bytes(), name);
        assert_eq!(got.as_deref(), want, "{value}");
    }

    #[test]
    fn parameters_are_found_quoted_or_not() {
        check("text/plain; charset=utf-8", "charset", Some("utf-8"));
        check(
            "text/plain;CharSet = \"latin1\" ; a=b",
            "charset",
            Some("latin1"),
        );
        check(
            "form-data; name=\"a;b\\\"c\"; filename=x",
            "name",
            Some("a;b\"c"),
        );
        check("form-data; name=\"a;b\"; filename=x", "filename", Some("x"));
        check(
            "form-data; filename=\"C:\\dir\\x\"",
            "filename",
            Some("C:\\dir\\x"),
        );
        check("text/plain", "charset", None);
        check("text/plain; charset", "charset", None);
        check("text/plain; x; charset=a", "charset", Some("a"));
    }

    #[test]
    fn the_extended_form_comes_first() {
        let value = "attachment; filename=\"e.txt\"; filename*=UTF-8''%e2%82%ac%20rates";
        check(value, "filename", Some("€ rates"));
        check(
            "attachment; filename*=broken; filename=a",
            "filename",
            Some("a"),
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(value in prop::collection::vec(
            prop_oneof![any::<u8>(), prop::sample::select(b";=\"\\'*a ".to_vec())], 0..40
        )) {
            let _ = parameter(&value, "a");
        }
    }
}
