//! The words of the shells of Windows. Start at [`cmd`] and [`powershell`].

use crate::import::{
    ImportError,
    words::{Reader, Words},
};

/// Commands as typed at the prompt of cmd.exe: its carets first, then the quotes as the C library
/// of a program reads them.
pub(crate) fn cmd(bytes: &[u8]) -> Vec<Words> {
    let mut all = Vec::new();
    let (mut line, mut begun, mut is_quoted) = (1, 1, false);
    let mut command: Vec<u8> = Vec::new();
    let mut rest = bytes
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .peekable();
    loop {
        let byte = rest.next();
        line += usize::from(byte == Some(b'\n'));
        match byte {
            Some(b'^') if !is_quoted => match rest.next() {
                // The line goes on; an empty one there is an end of line that is meant.
                Some(b'\n') => {
                    line += 1;
                    if rest.next_if_eq(&b'\n').is_some() {
                        line += 1;
                        command.push(b'\n');
                    }
                }
                escaped => command.extend(escaped),
            },
            Some(b'&') if !is_quoted => end_command(&mut all, &mut command, begun),
            Some(b'\n') | None => {
                end_command(&mut all, &mut command, begun);
                (begun, is_quoted) = (line, false);
                if byte.is_none() {
                    return all;
                }
            }
            Some(byte) => {
                is_quoted ^= byte == b'"';
                command.push(byte);
            }
        }
    }
}

fn end_command(all: &mut Vec<Words>, command: &mut Vec<u8>, line: usize) {
    let words = c_words(&std::mem::take(command));
    let is_comment = words
        .first()
        .is_none_or(|word| word.eq_ignore_ascii_case(b"rem"));
    if !is_comment {
        all.push(Words {
            line,
            words,
            input: None,
        });
    }
}

/// Arguments as Microsoft's C library splits them.
/// Source: <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>
fn c_words(line: &[u8]) -> Vec<Vec<u8>> {
    let (mut words, mut word): (Vec<Vec<u8>>, Option<Vec<u8>>) = (Vec::new(), None);
    let mut is_quoted = false;
    let mut at = 0;
    while let Some(byte) = line.get(at).copied() {
        at += 1;
        match byte {
            b'\\' => {
                let more = line[at..].iter().take_while(|byte| **byte == b'\\').count();
                let slashes = more + 1;
                at += more;
                let word = word.get_or_insert_default();
                if line.get(at) == Some(&b'"') {
                    word.extend(std::iter::repeat_n(b'\\', slashes / 2));
                    if slashes % 2 == 1 {
                        word.push(b'"');
                        at += 1;
                    }
                } else {
                    word.extend(std::iter::repeat_n(b'\\', slashes));
                }
            }
            b'"' if is_quoted && line.get(at) == Some(&b'"') => {
                word.get_or_insert_default().push(b'"');
                at += 1;
            }
            b'"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            b' ' | b'\t' | b'\n' if !is_quoted => words.extend(word.take()),
            byte => word.get_or_insert_default().push(byte),
        }
    }
    words.extend(word);
    words
}

/// Commands for PowerShell: words in quotes of either kind, backticks, no variables.
pub(crate) fn powershell(bytes: &[u8]) -> Result<Vec<Words>, ImportError> {
    let bytes = &bytes
        .iter()
        .copied()
        .filter(|byte| *byte != b'\r')
        .collect::<Vec<_>>();
    let mut reader = Reader::new(bytes);
    let mut all = Vec::new();
    let (mut words, mut word): (Vec<Vec<u8>>, Option<Vec<u8>>) = (Vec::new(), None);
    let mut begun = 1;
    loop {
        let byte = reader.next();
        if let Some(b' ' | b'\t' | b'\n' | b';') | None = byte {
            words.extend(word.take());
            if !matches!(byte, Some(b' ' | b'\t')) && !words.is_empty() {
                all.push(Words {
                    line: begun,
                    words: std::mem::take(&mut words),
                    input: None,
                });
            }
            if byte.is_none() {
                return Ok(all);
            }
            continue;
        }
        if words.is_empty() && word.is_none() {
            begun = reader.line;
        }
        match byte.expect("the end was seen above") {
            b'#' if word.is_none() => reader.skip_line(),
            b'`' => match reader.next() {
                Some(b'\n') | None => {}
                Some(byte) => word.get_or_insert_default().push(byte),
            },
            b'\'' => {
                word.get_or_insert_default();
                loop {
                    let text = reader.until(b'\'', "a quote")?;
                    word.get_or_insert_default().extend(text);
                    if !reader.take(b"'") {
                        break;
                    }
                    word.get_or_insert_default().push(b'\'');
                }
            }
            b'"' => {
                let text = powershell_quoted(&mut reader)?;
                word.get_or_insert_default().extend(text);
            }
            b'$' | b'@' if word.is_none() => {
                return reader.wrong("variables and here-strings are not understood here");
            }
            b'|' | b'<' | b'>' => return reader.wrong("pipes and files are not followed here"),
            byte => word.get_or_insert_default().push(byte),
        }
    }
}

fn powershell_quoted(reader: &mut Reader<'_>) -> Result<Vec<u8>, ImportError> {
    let (begun, mut text) = (reader.line, Vec::new());
    loop {
        match reader.next() {
            Some(b'"') if reader.take(b"\"") => text.push(b'"'),
            Some(b'"') => return Ok(text),
            Some(b'`') => match reader.next() {
                Some(b'n') => text.push(b'\n'),
                Some(b'r') => text.push(b'\r'),
                Some(b't') => text.push(b'\t'),
                Some(b'0') => text.push(0),
                other => text.extend(other),
            },
            Some(b'$')
                if reader.peek().is_some_and(|byte| {
                    byte == b'(' || byte == b'{' || byte.is_ascii_alphabetic()
                }) =>
            {
                return reader.wrong("PowerShell would fill this in, and here nothing is: `$`");
            }
            Some(byte) => text.push(byte),
            None => return Err(ImportError::line(begun, "a quote has no end")),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::import::words::texts as words;

    use super::*;

    #[test]
    fn cmd_s_carets_and_the_c_library_s_quotes_are_read() {
        let check = |script: &str, want: &[&str]| {
            assert_eq!(words(Ok(cmd(script.as_bytes()))), [want], "{script}");
        };
        check(
            "a ^\"b c^\" ^\n  ^\"d^\\^\"e^%^20^\"",
            &["a", "b c", "d\"e%20"],
        );
        check(
            "a \"b^c\" \"d\"\"e\" \"f\\\\\" g\\h",
            &["a", "b^c", "d\"e", "f\\", "g\\h"],
        );
        check("a ^\"b^\n\nc^\"", &["a", "b\nc"]);
        assert_eq!(
            words(Ok(cmd(b"rem x\r\na b &\r\nc"))),
            [vec!["a", "b"], vec!["c"]]
        );
    }

    #[test]
    fn powershell_s_quotes_are_read() {
        let check = |script: &str, want: &[&str]| {
            assert_eq!(words(powershell(script.as_bytes())), [want], "{script}");
        };
        check(
            "a 'b''c' `\n  \"d`\"e`n\" f`'g",
            &["a", "b'c", "d\"e\n", "f'g"],
        );
        assert!(powershell(b"a $x").is_err() && powershell(b"a \"$(id)\"").is_err());
    }
}
