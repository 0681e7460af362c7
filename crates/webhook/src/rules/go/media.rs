//! Media types and dispositions with their parameters, as Go's `mime` reads them. Start at [`parse`].

use std::collections::BTreeMap;

/// Reads `form-data; name="x"`: the type in small letters and its parameters. Nothing when it is
/// malformed or says a parameter twice.
pub(crate) fn parse(text: &str) -> Option<(String, BTreeMap<String, String>)> {
    let (base, mut rest) = text.find(';').map_or((text, ""), |at| text.split_at(at));
    let media_type = base.trim().to_lowercase();
    let (first, second) = media_type.split_once('/').unwrap_or((&media_type, "x"));
    if !is_token(first) || !is_token(second) {
        return None;
    }
    let mut parameters = BTreeMap::new();
    let mut pieces: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    while !rest.trim().is_empty() {
        let Some((name, value, after)) = parameter(rest) else {
            if rest.trim() == ";" {
                break;
            }
            return None;
        };
        let into = match name.split_once('*') {
            Some((base, _)) => pieces.entry(base.to_owned()).or_default(),
            None => &mut parameters,
        };
        if into.insert(name, value).is_some() {
            return None;
        }
        rest = after;
    }
    for (name, pieces) in pieces {
        if let Some(value) = stitch(&name, &pieces) {
            parameters.insert(name, value);
        }
    }
    Some((media_type, parameters))
}

/// Reads `; name=value` and gives what follows it.
fn parameter(text: &str) -> Option<(String, String, &str)> {
    let text = text.trim_start().strip_prefix(';')?.trim_start();
    let (name, text) = split_token(text)?;
    let text = text.trim_start().strip_prefix('=')?.trim_start();
    let (value, rest) = match text.strip_prefix('"') {
        Some(quoted) => unquote(quoted)?,
        None => split_token(text).map(|(value, rest)| (value.to_owned(), rest))?,
    };
    Some((name.to_lowercase(), value, rest))
}

/// Reads up to the closing quote. A backslash escapes special characters alone, for old browsers send
/// whole Windows paths.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, &text[at + 1..])),
            '\r' | '\n' => return None,
            '\\' => match chars.next_if(|(_, next)| is_special(*next)) {
                Some((_, next)) => value.push(next),
                None => value.push('\\'),
            },
            _ => value.push(char),
        }
    }
    None
}

/// Puts together what RFC 2231 lets a sender split and encode: `name*`, `name*0`, `name*1*`.
fn stitch(name: &str, pieces: &BTreeMap<String, String>) -> Option<String> {
    if let Some(whole) = pieces.get(&format!("{name}*")) {
        return decode_charset(whole);
    }
    let mut value = String::new();
    for at in 0.. {
        if let Some(piece) = pieces.get(&format!("{name}*{at}")) {
            value.push_str(piece);
        } else if let Some(piece) = pieces.get(&format!("{name}*{at}*")) {
            let decoded = if at == 0 {
                decode_charset(piece)
            } else {
                unescape(piece)
            };
            value.push_str(&decoded.unwrap_or_default());
        } else {
            return (at > 0).then_some(value);
        }
    }
    None
}

fn decode_charset(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '\'');
    let charset = parts.next()?.to_lowercase();
    let (_language, value) = (parts.next()?, parts.next()?);
    matches!(charset.as_str(), "us-ascii" | "utf-8").then(|| unescape(value))?
}

fn unescape(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let code = digit()? * 16 + digit()?;
        out.push(u8::try_from(code).ok()?);
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn split_token(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|char| !is_token_char(char)).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token_char)
}

fn is_token_char(char: char) -> bool {
    char.is_ascii_graphic() && !is_special(char)
}

const fn is_special(char: char) -> bool {
    matches!(
        char,
        '(' | ')' | '<' | '>' | '@' | ',' | ';' | ':' | '\\' | '"' | '/' | '[' | ']' | '?' | '='
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Option<(&str, &[(&str, &str)])>) {
        let want = want.map(|(media_type, parameters)| {
            let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            (media_type.to_owned(), parameters.iter().map(pair).collect())
        });
        assert_eq!(parse(text), want, "{text}");
    }

    #[test]
    fn types_and_parameters_are_read_as_go_reads_them() {
        check(
            "Multipart/Form-Data; Boundary=\"a b\" ; ",
            Some(("multipart/form-data", &[("boundary", "a b")])),
        );
        check(
            "form-data;name=a;filename=\"C:\\dev\\\"x\\\".txt\"",
            Some((
                "form-data",
                &[("filename", "C:\\dev\"x\".txt"), ("name", "a")],
            )),
        );
        check("a; f*=UTF-8''%e2%82%ac", Some(("a", &[("f", "€")])));
        check("a; f*0=x; f*1*=%20y", Some(("a", &[("f", "x y")])));
        for bad in ["", "a/", "a b", "a; b", "a; b=c; b=d", "a; b=\"c", "a;;b=c"] {
            check(bad, None);
        }
    }
}
