//! What is done to bodies on their way into a hash. Start at [`changes`].

use std::{borrow::Cow, io::Read, iter::once_with};

use flate2::read::{GzDecoder, ZlibDecoder};

use crate::{
    decode::{form, json::Outline, without_bom},
    verify::{
        crypto,
        doctor::rewrite::{Escapes, Numbers, Style, rewrite},
        json::quoted,
        request::Request,
    },
};

/// More than this is not unpacked.
const MAX_UNPACKED: u64 = 10 << 20;

/// Bodies that may have been signed in place of the one of `request`, each with what it is, to end
/// the sentence "for the body …". Some are the same as it.
pub(super) fn changes<'a>(
    request: &'a Request<'_>,
) -> impl Iterator<Item = (&'static str, Cow<'a, [u8]>)> {
    let body = &*request.body;
    let own = move |change: Change| (change.0, (change.1)(body));
    let plain = PLAIN
        .into_iter()
        .map(own)
        .filter_map(|(how, body)| Some((how, Cow::Owned(body?))));
    // What reads the whole body waits until the rest was tried.
    plain
        .chain(once_with(move || json(body)).flatten())
        .chain(once_with(move || form(request)).flatten())
}

type Change = (&'static str, fn(&[u8]) -> Option<Vec<u8>>);

const PLAIN: [Change; 17] = [
    ("without the line feed at its end", |body| {
        let body = body.strip_suffix(b"\n")?;
        Some(body.strip_suffix(b"\r").unwrap_or(body).to_vec())
    }),
    ("with a line feed at its end", |body| {
        Some([body, b"\n"].concat())
    }),
    ("with a return and a line feed at its end", |body| {
        Some([body, b"\r\n"].concat())
    }),
    ("without the white space around it", |body| {
        Some(body.trim_ascii().to_vec())
    }),
    ("with CRLF as its line ends", |body| {
        Some(replaced(&replaced(body, b"\r\n", b"\n"), b"\n", b"\r\n"))
    }),
    ("with LF as its line ends", |body| {
        Some(replaced(body, b"\r\n", b"\n"))
    }),
    ("without its byte order mark", |body| {
        Some(without_bom(body).to_vec())
    }),
    ("with a byte order mark before it", |body| {
        Some([b"\xef\xbb\xbf", body].concat())
    }),
    ("as nothing at all: its stream had been read before", |_| {
        Some(Vec::new())
    }),
    (
        "as the text `[object Object]`: it had been parsed before",
        |_| Some(b"[object Object]".to_vec()),
    ),
    ("as Python shows bytes, `b'…'`", python_bytes),
    ("unpacked", unpacked),
    ("decoded from base64", |body| {
        crypto::unbase64(body.trim_ascii())
    }),
    ("encoded as base64", |body| {
        Some(crypto::base64(body).into_bytes())
    }),
    ("read as Latin-1 and written as UTF-8", |body| {
        Some(
            body.iter()
                .map(|byte| char::from(*byte))
                .collect::<String>()
                .into_bytes(),
        )
    }),
    ("read as UTF-8 and written as Latin-1", |body| {
        let text = std::str::from_utf8(body).ok()?;
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).ok())
            .collect()
    }),
    ("with U+FFFD for what is not UTF-8", |body| {
        Some(String::from_utf8_lossy(body).into_owned().into_bytes())
    }),
];

fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut rest = text;
    let mut replaced = Vec::with_capacity(text.len());
    while let Some(at) = rest.windows(old.len()).position(|window| window == old) {
        replaced.extend_from_slice(&rest[..at]);
        replaced.extend_from_slice(new);
        rest = &rest[at + old.len()..];
    }
    replaced.extend_from_slice(rest);
    replaced
}

fn python_bytes(body: &[u8]) -> Option<Vec<u8>> {
    let has_quote = body.contains(&b'\'') && !body.contains(&b'"');
    let quote = if has_quote { '"' } else { '\'' };
    let mut shown = format!("b{quote}");
    for byte in body {
        match byte {
            b'\\' => shown.push_str("\\\\"),
            b'\'' if !has_quote => shown.push_str("\\'"),
            b'\n' => shown.push_str("\\n"),
            b'\r' => shown.push_str("\\r"),
            b'\t' => shown.push_str("\\t"),
            b' '..=b'~' => shown.push(char::from(*byte)),
            byte => shown.push_str(&format!("\\x{byte:02x}")),
        }
    }
    shown.push(quote);
    Some(shown.into_bytes())
}

fn unpacked(body: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let read = match body {
        [0x1f, 0x8b, ..] => GzDecoder::new(body)
            .take(MAX_UNPACKED)
            .read_to_end(&mut unpacked),
        [0x78, ..] => ZlibDecoder::new(body)
            .take(MAX_UNPACKED)
            .read_to_end(&mut unpacked),
        _ => return None,
    };
    read.ok().map(|_| unpacked)
}

const COMPACT: Style = Style {
    how: "written again as JSON.stringify does",
    comma: ",",
    colon: ":",
    indent: None,
    sorts_keys: false,
    escapes: Escapes::Least,
    numbers: Numbers::Float,
};

const PYTHON: Style = Style {
    how: "written again as Python's json.dumps does",
    comma: ", ",
    colon: ": ",
    escapes: Escapes::Ascii,
    numbers: Numbers::Mixed,
    ..COMPACT
};

const STYLES: [Style; 16] = [
    COMPACT,
    PYTHON,
    Style {
        how: "written again as Python's json.dumps does with ensure_ascii=False",
        escapes: Escapes::Least,
        ..PYTHON
    },
    Style {
        how: "written again as Python's json.dumps does with separators=(',', ':')",
        comma: ",",
        colon: ":",
        ..PYTHON
    },
    Style {
        how: "written again without white space",
        numbers: Numbers::Kept,
        ..COMPACT
    },
    Style {
        how: "written again as PHP's json_encode does",
        escapes: Escapes::AsciiAndSlash,
        numbers: Numbers::Mixed,
        ..COMPACT
    },
    Style {
        how: "written again as Go's encoding/json does with a map",
        sorts_keys: true,
        escapes: Escapes::Html,
        ..COMPACT
    },
    Style {
        how: "written again as Go's encoding/json does with a struct",
        escapes: Escapes::Html,
        ..COMPACT
    },
    Style {
        how: "written again as .NET's System.Text.Json does",
        escapes: Escapes::AsciiAndHtml,
        numbers: Numbers::Kept,
        ..COMPACT
    },
    Style {
        how: "written again without white space, its keys sorted",
        sorts_keys: true,
        numbers: Numbers::Kept,
        ..COMPACT
    },
    Style {
        how: "written again as Python's json.dumps does with sort_keys=True",
        sorts_keys: true,
        ..PYTHON
    },
    Style {
        how: "written again as Python's json.dumps does with sort_keys=True, separators=(',', ':')",
        sorts_keys: true,
        comma: ",",
        colon: ":",
        ..PYTHON
    },
    Style {
        how: "written again over lines indented by two spaces",
        colon: ": ",
        indent: Some(2),
        ..COMPACT
    },
    Style {
        how: "written again over lines indented by four spaces",
        colon: ": ",
        indent: Some(4),
        ..COMPACT
    },
    Style {
        how: "written again over lines indented by two spaces, as ASCII",
        colon: ": ",
        indent: Some(2),
        comma: ",",
        ..PYTHON
    },
    Style {
        how: "written again over lines indented by two spaces, its keys sorted",
        colon: ": ",
        indent: Some(2),
        sorts_keys: true,
        ..COMPACT
    },
];

/// JSON as libraries write it, and as a string in JSON.
fn json(body: &[u8]) -> impl Iterator<Item = (&'static str, Cow<'_, [u8]>)> {
    let outline = Outline::parse(body);
    let is_json = outline.problem().is_none();
    let styled = move |style: Style| (style.how, Cow::Owned(rewrite(body, &outline, style)));
    let string = std::str::from_utf8(body)
        .ok()
        .filter(|_| is_json)
        .map(|text| {
            (
                "as a string in JSON: it was stringified twice",
                Cow::Owned(quoted(text).into_bytes()),
            )
        });
    STYLES
        .into_iter()
        .filter(move |_| is_json)
        .map(styled)
        .chain(string)
}

/// A form as libraries write it, as the JSON that a parser makes of it, and its `payload` alone.
fn form<'a>(request: &Request<'_>) -> Vec<(&'static str, Cow<'a, [u8]>)> {
    if !request.is_form() {
        return Vec::new();
    }
    let pairs = form::pairs(&request.body);
    let mut sorted = pairs.clone();
    sorted.sort();
    let members: Vec<_> = pairs
        .iter()
        .map(|(k, v)| format!("{}:{}", quoted(k), quoted(v)))
        .collect();
    let payload = pairs
        .iter()
        .find(|(name, _)| name == "payload")
        .map(|(_, value)| value.clone());
    let forms = [
        ("as the value of its field `payload`", payload),
        (
            "as a form written again, spaces as `+`",
            Some(encoded(&pairs, "+")),
        ),
        (
            "as a form written again, spaces as `%20`",
            Some(encoded(&pairs, "%20")),
        ),
        (
            "as a form written again, its fields sorted",
            Some(encoded(&sorted, "+")),
        ),
        (
            "as the JSON that a parser made of the form",
            Some(format!("{{{}}}", members.join(","))),
        ),
    ];
    let present = forms
        .into_iter()
        .filter_map(|(how, text)| Some((how, text?)));
    present
        .map(|(how, text)| (how, Cow::Owned(text.into_bytes())))
        .collect()
}

/// `pairs` as a form, in the WHATWG's set of plain characters.
fn encoded(pairs: &[(String, String)], space: &str) -> String {
    let encode = |text: &str| {
        let mut encoded = String::with_capacity(text.len());
        for byte in text.bytes() {
            match byte {
                b' ' => encoded.push_str(space),
                b'*' | b'-' | b'.' | b'_' => encoded.push(char::from(byte)),
                byte if byte.is_ascii_alphanumeric() => encoded.push(char::from(byte)),
                byte => encoded.push_str(&format!("%{byte:02X}")),
            }
        }
        encoded
    };
    let pair = |(name, value): &(String, String)| format!("{}={}", encode(name), encode(value));
    pairs.iter().map(pair).collect::<Vec<_>>().join("&")
}
