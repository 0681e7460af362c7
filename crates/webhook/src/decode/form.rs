//! `name=value` pairs of a query or of a form body. Start at [`pairs`].
//! Source: <https://url.spec.whatwg.org/#urlencoded-parsing>

use percent_encoding::percent_decode;

/// The pairs of `text` in its order, repeats in their places, `+` and `%XX` decoded.
///
/// Bytes that are not UTF-8 become U+FFFD; a broken `%` stays as it is; a pair without `=` has an
/// empty value; empty pairs (`a=1&&b=2`) are left out.
#[must_use]
pub fn pairs(text: &[u8]) -> Vec<(String, String)> {
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    byte_pairs(text)
        .map(|(name, value)| (lossy(name), lossy(value)))
        .collect()
}

/// As [`pairs`], but bytes stay bytes.
pub fn byte_pairs(text: &[u8]) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = pair.split_at(equals.unwrap_or(pair.len()));
            (decode(name), decode(value.get(1..).unwrap_or_default()))
        })
}

fn decode(text: &[u8]) -> Vec<u8> {
    let spaced: Vec<u8> = text
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    percent_decode(&spaced).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], want: &[(&str, &str)]) {
        let want: Vec<_> = want
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(pairs(text), want, "{text:?}");
    }

    #[test]
    fn order_and_repeats_are_kept() {
        check(b"b=2&a=1&b=3", &[("b", "2"), ("a", "1"), ("b", "3")]);
        check(b"a&=1&&b=c=d", &[("a", ""), ("", "1"), ("b", "c=d")]);
        check(b"", &[]);
    }

    #[test]
    fn what_is_encoded_is_decoded_and_what_is_broken_stays() {
        check(b"a+b=%7B%22x%22%3A+1%7D", &[("a b", "{\"x\": 1}")]);
        check(b"plus=%2B&bad=%zz%4", &[("plus", "+"), ("bad", "%zz%4")]);
        check(b"l=%ff", &[("l", "\u{fffd}")]);
        assert_eq!(
            byte_pairs(b"l=%ff").next(),
            Some((b"l".to_vec(), vec![0xff]))
        );
    }
}
