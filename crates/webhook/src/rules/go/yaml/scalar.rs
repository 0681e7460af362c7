//! YAML 1.1 scalars as go-yaml v2 resolves them: `yes` is a boolean, `010` is eight, `1_000` a thousand.
//!
//! Source: the tables of <https://github.com/go-yaml/yaml/blob/v2.4.0/resolve.go>.

use crate::rules::go::text::{base64_prefix, repair};

/// What a scalar turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Too large for [`Self::Int`].
    Uint(u64),
    Float(f64),
    Text(String),
}

/// The prefix of YAML's own tags, written `!!` in a file.
pub(super) const CORE: &str = "tag:yaml.org,2002:";

/// Resolves a scalar that carries the full `tag`, or none.
///
/// # Errors
/// When the text is not what its tag says.
pub(crate) fn resolve(text: &str, tag: Option<&str>) -> Result<Scalar, String> {
    let Some(tag) = tag else {
        return Ok(resolve_plain(text));
    };
    let scalar = match tag.strip_prefix(CORE) {
        Some("bool" | "int" | "float" | "null") => resolve_plain(text),
        Some("binary") => {
            return match base64_prefix(text.as_bytes()) {
                (bytes, None) => Ok(Scalar::Text(repair(&bytes))),
                _ => Err("!!binary value contains invalid base64 data".to_owned()),
            };
        }
        _ => return Ok(Scalar::Text(text.to_owned())),
    };
    match (scalar, tag.strip_prefix(CORE).unwrap_or_default()) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "a float is what the file asks for"
        )]
        (Scalar::Int(int), "float") => Ok(Scalar::Float(int as f64)),
        (scalar, wanted) if kind(&scalar) == wanted => Ok(scalar),
        (scalar, wanted) => {
            let found = kind(&scalar);
            Err(format!("cannot decode !!{found} `{text}` as a !!{wanted}"))
        }
    }
}

const fn kind(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Null => "null",
        Scalar::Bool(_) => "bool",
        Scalar::Int(_) | Scalar::Uint(_) => "int",
        Scalar::Float(_) => "float",
        Scalar::Text(_) => "str",
    }
}

fn resolve_plain(text: &str) -> Scalar {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Scalar::Bool(true);
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Scalar::Bool(false);
        }
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            return Scalar::Float(f64::INFINITY);
        }
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    match text.as_bytes().first() {
        Some(b'0'..=b'9' | b'+' | b'-') => number(&text.replace('_', "")),
        Some(b'.') => float(text),
        _ => None,
    }
    .unwrap_or_else(|| Scalar::Text(text.to_owned()))
}

fn number(plain: &str) -> Option<Scalar> {
    integer(plain)
        .or_else(|| has_float_shape(plain).then(|| float(plain))?)
        .or_else(|| {
            let bits = i64::from_str_radix(plain.strip_prefix("0b")?, 2);
            bits.ok().map(Scalar::Int)
        })
}

/// As `strconv.ParseInt` and `ParseUint` with base 0: `0x`, `0o`, `0b`, and octal after a bare `0`.
fn integer(plain: &str) -> Option<Scalar> {
    let (is_negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, plain),
    };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &digits[2..]),
        [b'0', b'b' | b'B', ..] => (2, &digits[2..]),
        [b'0', b'o' | b'O', ..] => (8, &digits[2..]),
        [b'0', _, ..] => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    if is_negative {
        0i64.checked_sub_unsigned(size).map(Scalar::Int)
    } else if let Ok(int) = i64::try_from(size) {
        Some(Scalar::Int(int))
    } else {
        (!plain.starts_with('+')).then_some(Scalar::Uint(size))
    }
}

/// Digits with a point among them or before them, and an exponent.
fn has_float_shape(plain: &str) -> bool {
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(mantissa, exponent)| {
            (mantissa, Some(exponent))
        });
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_mantissa =
        are_digits(whole) && are_digits(part) && !(whole.is_empty() && part.is_empty());
    is_mantissa
        && exponent.is_none_or(|text| {
            let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
            !digits.is_empty() && are_digits(digits)
        })
}

fn float(text: &str) -> Option<Scalar> {
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Scalar::Float(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_are_those_of_yaml_1_1() {
        let check = |text: &str, want: Scalar| assert_eq!(resolve_plain(text), want, "{text}");
        for (text, want) in [
            ("010", 8),
            ("0o17", 15),
            ("0x1F", 31),
            ("0b11", 3),
            ("1_000", 1000),
            ("-0x10", -16),
            ("+7", 7),
            ("-9223372036854775808", i64::MIN),
        ] {
            check(text, Scalar::Int(want));
        }
        for (text, want) in [
            ("1e3", 1000.0),
            ("1e+3", 1000.0),
            ("08", 8.0),
            ("1.", 1.0),
            (".5", 0.5),
            ("-.5e1", -5.0),
        ] {
            check(text, Scalar::Float(want));
        }
        check("18446744073709551615", Scalar::Uint(u64::MAX));
        check("On", Scalar::Bool(true));
        check("n", Scalar::Bool(false));
        check("NULL", Scalar::Null);
        for text in [
            "12:30:45",
            "2024-01-02",
            "yEs",
            "1e",
            "0x",
            "-",
            "+",
            ".",
            "1.2.3",
            "1e999",
            "e3",
            "0xg",
            "++1",
            "0x+1",
        ] {
            check(text, Scalar::Text(text.to_owned()));
        }
    }

    #[test]
    fn a_tag_is_a_promise() {
        let tagged = |tag: &str, text: &str| resolve(text, Some(&format!("{CORE}{tag}")));
        assert_eq!(tagged("str", "123"), Ok(Scalar::Text("123".to_owned())));
        assert_eq!(tagged("float", "3"), Ok(Scalar::Float(3.0)));
        assert_eq!(tagged("binary", "aGk="), Ok(Scalar::Text("hi".to_owned())));
        assert_eq!(
            resolve("1", Some("!mine")),
            Ok(Scalar::Text("1".to_owned()))
        );
        assert_eq!(
            tagged("int", "x"),
            Err("cannot decode !!str `x` as a !!int".to_owned())
        );
    }
}
