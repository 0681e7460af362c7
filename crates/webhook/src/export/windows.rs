//! curl for the shells of Windows, which ships it as `curl.exe`. Start at [`cmd`] and
//! [`powershell`].
//!
//! In PowerShell how a quote reaches a program depends on the version; so curl gets all but the
//! body from its input, as a file of options, whose quoting is curl's own. cmd.exe splits nothing
//! into words: it takes its own marks away, and the program's C library reads the quotes.

use crate::export::{
    ExportError,
    curl::{CURL, flags},
    quote,
    request::{Body, Request, Tool},
};

/// What cmd.exe takes on a line.
/// Source: <https://learn.microsoft.com/troubleshoot/windows-client/shell-experience/command-line-string-limitation>
const LINE: usize = 8191;

const CURL_EXE: Tool = Tool {
    name: "curl.exe",
    keeps_bytes: false,
    ..CURL
};

/// A command for the prompt of cmd.exe.
pub(crate) fn cmd(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut words = vec!["curl.exe".to_owned()];
    for flag in flags(request) {
        words.push(match &flag.value {
            Some(value) => format!("--{} {}", flag.name, cmd_word(value)),
            None => format!("--{}", flag.name),
        });
    }
    let is_plain = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let mut notes = request.notes(&CURL_EXE);
    let mut pipe = String::new();
    match request.body() {
        Body::Empty if request.announces_body() => words.push("--data-raw ^\"^\"".to_owned()),
        Body::Empty => {}
        Body::Text(text) if is_plain(text) && text.len() < LINE / 4 => {
            words.push(format!("--data-raw {}", cmd_word(text.as_bytes())));
        }
        Body::Text(_) | Body::Bytes(_) if request.body.len() < LINE / 2 => {
            let body = quote::base64_lines(&request.body, LINE).collect::<String>();
            pipe = format!(
                "powershell -NoProfile -Command \"$b=[Convert]::FromBase64String('{body}');\
                 [Console]::OpenStandardOutput().Write($b,0,$b.Length)\" | "
            );
            words.push("--data-binary @-".to_owned());
        }
        Body::Text(_) | Body::Bytes(_) => {
            let id = request.capture.id;
            notes.push(format!(
                "the body is too long for a line: first tenterhook export {id} --format body --out body.bin"
            ));
            words.push("--data-binary \"@body.bin\"".to_owned());
        }
    }
    let line = pipe + &words.join(" ^\n  ");
    if line.contains('%') {
        notes.push("for the prompt, not for a batch file".to_owned());
    }
    if line.len() >= LINE {
        notes.push(format!(
            "longer than the {LINE} characters that cmd.exe takes"
        ));
    }
    let notes: String = notes.iter().map(|note| format!("rem {note}\n")).collect();
    Ok((notes + &line + "\n").into_bytes())
}

/// One argument at the prompt of cmd.exe: quoted for the C library, then each mark of cmd.exe's
/// behind a caret, the quotes too, so that it is never between quotes for cmd.exe.
/// Source: <https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments>
fn cmd_word(bytes: &[u8]) -> String {
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for c in quote::visible(bytes).chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                // Those before a quote count twice, and one more makes the quote plain.
                quoted.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        quoted.push(if c == '\t' { ' ' } else { c });
    }
    quoted.push_str(&"\\".repeat(backslashes));
    quoted.push('"');
    let is_mark = |c: char| "\"&|<>()^%!".contains(c);
    let mut out = String::new();
    for c in quoted.chars() {
        if is_mark(c) {
            out.push('^');
        }
        out.push(c);
    }
    out
}

/// A command for PowerShell, of any version and on any system.
pub(crate) fn powershell(request: &Request<'_>) -> Result<Vec<u8>, ExportError> {
    let mut options = String::new();
    for flag in flags(request) {
        options.push_str(flag.name);
        if let Some(value) = &flag.value {
            let value = quote::visible(value);
            options.push_str(&format!(" = {}", quote::CURL_CONFIG.text(&value)));
        }
        options.push('\n');
    }
    let comments = request.comments(&CURL_EXE, "#");
    let (before, argument, after) = match request.body() {
        Body::Empty if !request.announces_body() => (String::new(), "", ""),
        Body::Empty => {
            options.push_str("data-raw = \"\"\n");
            (String::new(), "", "")
        }
        Body::Text(text)
            if text
                .bytes()
                .all(|byte| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t')) =>
        {
            options.push_str(&format!("data-raw = {}\n", quote::CURL_CONFIG.text(text)));
            (String::new(), "", "")
        }
        Body::Text(_) | Body::Bytes(_) => {
            let body = crate::export::curl::lines(&request.body);
            let before = format!(
                "$body = New-TemporaryFile\n\
                 [IO.File]::WriteAllBytes($body, [Convert]::FromBase64String(@'\n{body}'@))\n"
            );
            (before, " --data-binary \"@$body\"", "Remove-Item $body\n")
        }
    };
    Ok(
        format!("{comments}{before}@'\n{options}'@ | curl.exe --config '-'{argument}\n{after}")
            .into_bytes(),
    )
}
