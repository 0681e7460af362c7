//! The words of a POSIX shell, with bash's `$'…'`. Start at [`sh`].

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::import::{
    ImportError,
    words::{Reader, Words},
};

/// Commands of a POSIX shell, with bash's `$'…'`. Of what a shell would run or fill in, only what
/// an export of ours has is known: `"$(printf '…')"` and base64 from the script itself.
pub(crate) fn sh(bytes: &[u8]) -> Result<Vec<Words>, ImportError> {
    let bytes = &bytes
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect::<Vec<_>>();
    let mut reader = Reader::new(bytes);
    let mut all: Vec<Words> = Vec::new();
    let mut input = None;
    let (mut words, mut word): (Vec<Vec<u8>>, Option<Vec<u8>>) = (Vec::new(), None);
    let mut begun = 1;
    loop {
        if words.is_empty() && word.is_none() && reader.take(b"base64 -d <<'.' |\n") {
            input = Some(encoded(&mut reader)?);
        }
        let byte = reader.next();
        if let Some(b' ' | b'\t' | b'\n' | b';' | b'&' | b'|') | None = byte {
            words.extend(word.take());
            if !matches!(byte, Some(b' ' | b'\t')) && !words.is_empty() {
                all.push(Words {
                    line: begun,
                    words: std::mem::take(&mut words),
                    input: input.take(),
                });
            }
            match byte {
                None => return Ok(all),
                Some(b'|') => return reader.wrong("a pipe is not followed here"),
                _ => continue,
            }
        }
        if words.is_empty() && word.is_none() {
            begun = reader.line;
        }
        match byte.expect("the end was seen above") {
            b'#' if word.is_none() => reader.skip_line(),
            b'\\' => match reader.next() {
                Some(b'\n') | None => {}
                Some(byte) => word.get_or_insert_default().push(byte),
            },
            b'\'' => {
                let text = reader.until(b'\'', "a quote")?;
                word.get_or_insert_default().extend(text);
            }
            b'"' => {
                let text = double_quoted(&mut reader)?;
                word.get_or_insert_default().extend(text);
            }
            b'$' if reader.take(b"'") => {
                let text = ansi_c(&mut reader)?;
                word.get_or_insert_default().extend(text);
            }
            b'$' if reader
                .peek()
                .is_some_and(|byte| byte == b'(' || byte == b'{' || byte.is_ascii_alphabetic()) =>
            {
                return reader.wrong("a shell would fill this in, and here nothing is: `$`");
            }
            b'`' => {
                return reader.wrong("a shell would run this, and here nothing is run: a backtick");
            }
            b'<' | b'>' => return reader.wrong("files are neither read nor written here"),
            byte => word.get_or_insert_default().push(byte),
        }
    }
}

/// The lines of base64 up to a `.` alone.
fn encoded(reader: &mut Reader<'_>) -> Result<Vec<u8>, ImportError> {
    let mut text = Vec::new();
    loop {
        let line = reader.until(b'\n', "the text for `base64`")?;
        if line == b"." {
            break;
        }
        text.extend(line);
    }
    let decoded = BASE64_STANDARD.decode(text);
    decoded.or_else(|error| reader.wrong(format!("this is no base64: {error}")))
}

fn double_quoted(reader: &mut Reader<'_>) -> Result<Vec<u8>, ImportError> {
    let (begun, mut text) = (reader.line, Vec::new());
    loop {
        match reader.next() {
            Some(b'"') => return Ok(text),
            Some(b'\\') => match reader.next() {
                Some(byte @ (b'"' | b'\\' | b'$' | b'`')) => text.push(byte),
                Some(b'\n') => {}
                Some(byte) => text.extend([b'\\', byte]),
                None => {}
            },
            Some(b'$') if reader.take(b"(printf '") => {
                let format = reader.until(b'\'', "a quote")?;
                text.extend(escaped(&format));
                if !reader.take(b")") {
                    return reader.wrong("a shell would run this, and here nothing is run: `$(`");
                }
            }
            Some(b'$')
                if reader.peek().is_some_and(|byte| {
                    byte == b'(' || byte == b'{' || byte.is_ascii_alphabetic()
                }) =>
            {
                return reader.wrong("a shell would fill this in, and here nothing is: `$`");
            }
            Some(b'`') => {
                return reader.wrong("a shell would run this, and here nothing is run: a backtick");
            }
            Some(byte) => text.push(byte),
            None => return Err(ImportError::line(begun, "a quote has no end")),
        }
    }
}

fn ansi_c(reader: &mut Reader<'_>) -> Result<Vec<u8>, ImportError> {
    let (begun, mut text) = (reader.line, Vec::new());
    loop {
        match reader.next() {
            Some(b'\'') => return Ok(escaped(&text)),
            Some(b'\\') => {
                text.push(b'\\');
                text.extend(reader.next());
            }
            Some(byte) => text.push(byte),
            None => return Err(ImportError::line(begun, "a quote has no end")),
        }
    }
}

/// `text` with the escapes of C and of bash resolved.
/// Source: <https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html>
fn escaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at).copied() {
        at += 1;
        let Some(kind) = text.get(at).copied().filter(|_| byte == b'\\') else {
            out.push(byte);
            continue;
        };
        at += 1;
        let (radix, from, most) = match kind {
            b'0'..=b'7' => (8, at - 1, 3),
            b'x' => (16, at, 2),
            b'u' => (16, at, 4),
            b'U' => (16, at, 8),
            _ => {
                match b"nrtabefv".iter().position(|known| *known == kind) {
                    Some(known) => out.push(b"\n\r\t\x07\x08\x1b\x0c\x0b"[known]),
                    None if b"\\'\"?".contains(&kind) => out.push(kind),
                    None => out.extend([b'\\', kind]),
                }
                continue;
            }
        };
        let digits = text[from..].iter().take(most);
        let digits: String = digits
            .map(|byte| char::from(*byte))
            .take_while(|c| c.is_digit(radix))
            .collect();
        at = from + digits.len();
        let number = u32::from_str_radix(&digits, radix).unwrap_or(0);
        match kind {
            b'u' | b'U' => {
                let c = char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
            // Three octal digits may say more than a byte holds; bash keeps the low bits.
            _ => out.push((number & 0xff) as u8),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::import::words::texts as words;

    use super::*;

    #[test]
    fn a_shell_s_quotes_are_read_as_it_reads_them() {
        let check = |script: &str, want: &[&str]| {
            assert_eq!(words(sh(script.as_bytes())), [want], "{script}");
        };
        check(
            r#"a 'b c' "d \"\$\\ \e" f\ g"#,
            &["a", "b c", "d \"$\\ \\e", "f g"],
        );
        check("a \\\n  b # c 'd\n", &["a", "b"]);
        check("a ''\"\" b'c'\"d\"", &["a", "", "bcd"]);
        check(
            r"a $'x\ny\'\x41\101\u00e9\U0001f44d\q'",
            &["a", "x\ny'AA\u{e9}\u{1f44d}\\q"],
        );
        check("a \"$(printf 'b\\303\\251')\"", &["a", "b\u{e9}"]);
        check("a b'\n'c", &["a", "b\nc"]);
        assert_eq!(
            words(sh(b"a b; c d &\n\ne && f")),
            [vec!["a", "b"], vec!["c", "d"], vec!["e"], vec!["f"]]
        );
    }

    #[test]
    fn what_a_shell_would_run_or_fill_in_is_refused() {
        let check = |script: &str, line: &str| {
            let error = sh(script.as_bytes()).unwrap_err();
            assert_eq!(error.place, line, "{script}: {error}");
        };
        check("a $(id)", "line 1");
        check("a\nb \"$HOME\"", "line 2");
        check("a `id`", "line 1");
        check("a \"`id`\"", "line 1");
        check("a ${x}", "line 1");
        check("a | sh", "line 1");
        check("a > x", "line 1");
        check("a <<EOF", "line 1");
        check("\n\na 'b", "line 3");
    }
}
