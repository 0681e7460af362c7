//! Strangers' bytes as literals: one rule a language, each tried on every byte.

use std::fmt::Write;

use base64::{Engine as _, prelude::BASE64_STANDARD};

/// One argument for a POSIX shell.
///
/// What can be seen stands in single quotes. Other bytes come out of `printf`, whose format has
/// them in octal; `!` too then, for a shell at a prompt looks for it between double quotes.
pub(crate) fn sh(bytes: &[u8]) -> String {
    let text = std::str::from_utf8(bytes).ok();
    let is_seen =
        |text: &&str| !text.contains('\r') && crate::escape::for_terminal_text(text.as_bytes()).1;
    if let Some(text) = text.filter(is_seen) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    let mut out = String::from("\"$(printf '");
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // A dash in front would be an option of `printf`.
            b'-' if at == 0 => out.push_str("\\055"),
            b' '..=b'~' if !b"'\"\\%!`$".contains(byte) => out.push(char::from(*byte)),
            _ => write!(out, "\\{byte:03o}").expect("a string takes any text"),
        }
    }
    out + "')\""
}

/// `bytes` as text for a place that has no way to write others: what is none, steers or hides is `?`.
pub(crate) fn visible(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let is_seen = |c: char| c == '\t' || crate::escape::for_display(c.to_string().as_bytes()).1;
    text.chars()
        .map(|c| if is_seen(c) { c } else { '?' })
        .collect()
}

/// How a language writes what does not print, inside of double quotes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Literal {
    /// Characters beside `"` and `\` that a backslash goes before.
    pub(crate) special: &'static [u8],
    /// One byte as an escape.
    pub(crate) byte: fn(u8) -> String,
    /// One character beyond ASCII; none when it may stand as it is.
    pub(crate) wide: Option<fn(char) -> String>,
}

fn hex(byte: u8) -> String {
    format!("\\x{byte:02x}")
}

fn utf_16(c: char) -> String {
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units).iter();
    units.map(|unit| format!("\\u{unit:04x}")).collect()
}

/// Python, JavaScript, Go, Rust: nothing but quotes and backslashes is special.
pub(crate) const PLAIN: Literal = Literal {
    special: b"",
    byte: hex,
    wide: None,
};
/// PHP: `$` begins a variable.
pub(crate) const PHP: Literal = Literal {
    special: b"$",
    ..PLAIN
};
/// Ruby: `#` may begin an expression.
pub(crate) const RUBY: Literal = Literal {
    special: b"#",
    ..PLAIN
};
/// Java: `\u` is read before anything else, so bytes are octal.
pub(crate) const JAVA: Literal = Literal {
    special: b"",
    byte: |byte| format!("\\{byte:03o}"),
    wide: Some(utf_16),
};
/// C#: `\x` takes as many digits as follow.
pub(crate) const CSHARP: Literal = Literal {
    special: b"",
    byte: |byte| format!("\\u{byte:04x}"),
    wide: Some(utf_16),
};
/// A value in a file of curl's options, which has no escape for bytes.
pub(crate) const CURL_CONFIG: Literal = Literal {
    special: b"",
    byte: |_| "?".to_owned(),
    wide: None,
};

impl Literal {
    /// `bytes` between double quotes, each byte beyond ASCII as an escape.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> String {
        let mut out = String::from("\"");
        for byte in bytes {
            self.ascii(&mut out, *byte);
        }
        out + "\""
    }

    /// `text` between double quotes.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut out = String::from("\"");
        for c in text.chars() {
            match (u8::try_from(c), self.wide) {
                (Ok(byte), _) if byte.is_ascii() => self.ascii(&mut out, byte),
                (_, Some(wide)) => out.push_str(&wide(c)),
                (_, None) => out.push(c),
            }
        }
        out + "\""
    }

    fn ascii(&self, out: &mut String, byte: u8) {
        match byte {
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            _ if self.special.contains(&byte) => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&(self.byte)(byte)),
        }
    }
}

/// `bytes` in base64, in lines of `width` characters.
pub(crate) fn base64_lines(bytes: &[u8], width: usize) -> impl Iterator<Item = String> {
    let step = (width / 4).max(1) * 3;
    bytes
        .chunks(step)
        .map(|chunk| BASE64_STANDARD.encode(chunk))
}

/// `bytes` as lines of base64 in double quotes, `between` them; short enough for every compiler.
pub(crate) fn base64_strings(bytes: &[u8], between: &str) -> String {
    let lines: Vec<_> = base64_lines(bytes, 8_000)
        .map(|line| format!("\"{line}\""))
        .collect();
    if lines.is_empty() {
        return "\"\"".to_owned();
    }
    lines.join(between)
}
