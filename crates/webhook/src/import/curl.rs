//! Commands of curl, as people type them and browsers copy them. Start at [`read`].
//!
//! Source: <https://curl.se/docs/manpage.html>

use base64::{Engine as _, prelude::BASE64_STANDARD};

use crate::import::{
    ImportError, Imported, Parts,
    form::{boundary, part, shown, url_encoded},
    words::{Words, posix, windows},
};

/// Options with a value behind them that say nothing about the request.
const PASSED_WITH_VALUE: [&str; 22] = [
    "-m",
    "--max-time",
    "--connect-timeout",
    "-o",
    "--output",
    "-x",
    "--proxy",
    "--resolve",
    "--connect-to",
    "-w",
    "--write-out",
    "--cacert",
    "--capath",
    "-E",
    "--cert",
    "--key",
    "--retry",
    "-c",
    "--cookie-jar",
    "--max-redirs",
    "--ciphers",
    "--limit-rate",
];
/// Options that stand alone and say nothing about the request.
const PASSED: [&str; 34] = [
    "-s",
    "--silent",
    "-S",
    "--show-error",
    "-k",
    "--insecure",
    "-L",
    "--location",
    "--compressed",
    "-v",
    "--verbose",
    "-i",
    "--include",
    "-f",
    "--fail",
    "-g",
    "--globoff",
    "--path-as-is",
    "-N",
    "--no-buffer",
    "-q",
    "--http2",
    "--http2-prior-knowledge",
    "--http3",
    "--tr-encoding",
    "-4",
    "--ipv4",
    "-6",
    "--ipv6",
    "-O",
    "--remote-name",
    "-#",
    "--progress-bar",
    "--fail-with-body",
];
/// Options with a value that say something.
const TAKEN_WITH_VALUE: [&str; 31] = [
    "-X",
    "--request",
    "-H",
    "--header",
    "-d",
    "--data",
    "--data-ascii",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--json",
    "-F",
    "--form",
    "--form-string",
    "-u",
    "--user",
    "-b",
    "--cookie",
    "--url",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "--request-target",
    "-r",
    "--range",
    "--oauth2-bearer",
    "-K",
    "--config",
    "-T",
    "--upload-file",
];

/// Reads commands for a POSIX shell, cmd.exe or PowerShell; which one, their marks tell.
///
/// # Errors
/// When one is not curl's, reads a file, or has an option that is not known here.
pub fn read(bytes: &[u8]) -> Result<Vec<Imported>, ImportError> {
    let commands = match shell(bytes) {
        Shell::Posix => posix::sh(bytes)?,
        Shell::Cmd => windows::cmd(bytes),
        Shell::Power => windows::powershell(bytes)?,
    };
    let mut all = Vec::new();
    for command in &commands {
        all.extend(one(command).map_err(|why| ImportError::line(command.line, why))?);
    }
    Ok(all)
}

enum Shell {
    Posix,
    Cmd,
    Power,
}

/// The shell that the first line is for which is no comment: how it goes on tells.
fn shell(bytes: &[u8]) -> Shell {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let is_comment =
        |line: &[u8]| line.is_empty() || line.starts_with(b"#") || line.starts_with(b"rem ");
    let line = lines.find(|line| !is_comment(line)).unwrap_or_default();
    let has = |text: &[u8]| line.windows(text.len()).any(|part| part == text);
    match line.last() {
        Some(b'\\') => Shell::Posix,
        Some(b'^') => Shell::Cmd,
        Some(b'`') => Shell::Power,
        _ if has(b"^\"") && !has(b"'") => Shell::Cmd,
        _ if line.starts_with(b"curl.exe ") => Shell::Power,
        _ => Shell::Posix,
    }
}

/// What a command's options come to.
#[derive(Default)]
struct Asked {
    parts: Parts,
    urls: Vec<Vec<u8>>,
    method: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    data: Vec<Vec<u8>>,
    form: Vec<Vec<u8>>,
    is_get: bool,
    is_head: bool,
    is_json: bool,
    /// Headers that curl is not to send by itself.
    removed: Vec<Vec<u8>>,
    input: Option<Vec<u8>>,
}

fn one(command: &Words) -> Result<Vec<Imported>, String> {
    let mut words = command.words.iter().map(Vec::as_slice);
    let name = words
        .by_ref()
        .find(|word| *word != b"$")
        .unwrap_or_default();
    if name != b"curl" && name != b"curl.exe" {
        return Err(format!("`{}` is not curl", shown(name)));
    }
    let mut asked = Asked {
        input: command.input.clone(),
        ..Asked::default()
    };
    asked.parts.version = b"HTTP/1.1".to_vec();
    while let Some(word) = words.next() {
        if word.len() < 2 || word[0] != b'-' {
            asked.urls.push(word.to_vec());
            continue;
        }
        let mut flags = word.to_vec();
        // `-sXPOST`: letters in one word; behind the first that takes a value is that value.
        loop {
            let is_long = flags.starts_with(b"--");
            let option = if is_long {
                flags.clone()
            } else {
                flags[..2].to_vec()
            };
            let behind = if is_long { &[][..] } else { &flags[2..] };
            let option = shown(&option);
            let known = option.as_str();
            if TAKEN_WITH_VALUE.contains(&known) || PASSED_WITH_VALUE.contains(&known) {
                let value = match behind {
                    [] => words
                        .next()
                        .ok_or_else(|| format!("`{known}` has no value"))?,
                    behind => behind,
                };
                asked.take(known, value)?;
                break;
            }
            asked.switch(known)?;
            if behind.is_empty() {
                break;
            }
            flags = [b"-", behind].concat();
        }
    }
    asked.finish()
}

impl Asked {
    fn switch(&mut self, option: &str) -> Result<(), String> {
        match option {
            "-G" | "--get" => self.is_get = true,
            "-I" | "--head" => self.is_head = true,
            "-0" | "--http1.0" => self.parts.version = b"HTTP/1.0".to_vec(),
            "--http1.1" => self.parts.version = b"HTTP/1.1".to_vec(),
            option if PASSED.contains(&option) => {}
            option => return Err(format!("the option `{option}` is not known here")),
        }
        Ok(())
    }

    fn take(&mut self, option: &str, value: &[u8]) -> Result<(), String> {
        let header = |name: &str, value: Vec<u8>| (name.as_bytes().to_vec(), value);
        match option {
            "-X" | "--request" => self.method = Some(value.to_vec()),
            "-H" | "--header" => self.header(value)?,
            "-d" | "--data" | "--data-ascii" | "--data-binary" => {
                let data = self.unless_file(option, value)?;
                self.data.push(data);
            }
            "--json" => {
                let data = self.unless_file(option, value)?;
                // Repeated, its values stand one behind the other.
                match self.data.last_mut().filter(|_| self.is_json) {
                    Some(before) => before.extend(data),
                    None => self.data.push(data),
                }
                self.is_json = true;
            }
            "--data-raw" => self.data.push(value.to_vec()),
            "--data-urlencode" => self.data.push(url_encoded(value)?),
            "-F" | "--form" | "--form-string" => self.form.push(part(option, value)?),
            "-u" | "--user" => {
                let basic = format!("Basic {}", BASE64_STANDARD.encode(value));
                self.parts
                    .headers
                    .push(header("Authorization", basic.into_bytes()));
            }
            "--oauth2-bearer" => {
                let bearer = [b"Bearer ", value].concat();
                self.parts.headers.push(header("Authorization", bearer));
            }
            "-b" | "--cookie" if value.contains(&b'=') => {
                self.parts.headers.push(header("Cookie", value.to_vec()));
            }
            "-b" | "--cookie" | "-K" | "--config" | "-T" | "--upload-file" => {
                return Err(format!(
                    "`{option} {}` reads a file, and none is read here",
                    shown(value)
                ));
            }
            "--url" => self.urls.push(value.to_vec()),
            "--request-target" => self.target = Some(value.to_vec()),
            "-A" | "--user-agent" => self
                .parts
                .headers
                .push(header("User-Agent", value.to_vec())),
            "-e" | "--referer" => self.parts.headers.push(header("Referer", value.to_vec())),
            "-r" | "--range" => {
                self.parts
                    .headers
                    .push(header("Range", [b"bytes=", value].concat()));
            }
            _ => {}
        }
        Ok(())
    }

    fn header(&mut self, line: &[u8]) -> Result<(), String> {
        if line.starts_with(b"@") {
            return Err(format!(
                "`-H {}` reads a file, and none is read here",
                shown(line)
            ));
        }
        let is_end = |byte: &u8| matches!(byte, b':' | b';');
        let Some(end) = line.iter().position(is_end) else {
            // curl passes over what is no header.
            return Ok(());
        };
        let (name, value) = (line[..end].to_vec(), line[end + 1..].trim_ascii().to_vec());
        match (line[end], value.is_empty()) {
            (b':', true) => self.removed.push(name.to_ascii_lowercase()),
            (b':', false) | (b';', true) => self.parts.headers.push((name, value)),
            _ => {}
        }
        Ok(())
    }

    fn unless_file(&mut self, option: &str, value: &[u8]) -> Result<Vec<u8>, String> {
        match value {
            b"@-" => self
                .input
                .take()
                .ok_or_else(|| format!("`{option} @-` reads an input that is not here")),
            [b'@', ..] => Err(format!(
                "`{option} {}` reads a file, and none is read here",
                shown(value)
            )),
            value => Ok(value.to_vec()),
        }
    }

    fn finish(mut self) -> Result<Vec<Imported>, String> {
        let mut body = (!self.data.is_empty()).then(|| self.data.join(&b"&"[..]));
        let mut query = None;
        if self.is_get {
            query = body.take();
        }
        let mut kind = body
            .is_some()
            .then(|| "application/x-www-form-urlencoded".to_owned());
        if self.is_json {
            kind = Some("application/json".to_owned());
        }
        if !self.form.is_empty() {
            let boundary = boundary(&self.form);
            let mut text = Vec::new();
            for part in &self.form {
                text.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
                text.extend_from_slice(part);
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
            body = Some(text);
            kind = Some(format!("multipart/form-data; boundary={boundary}"));
        }
        let is_removed = |name: &str| self.removed.contains(&name.as_bytes().to_vec());
        if let Some(kind) =
            kind.filter(|_| !self.parts.has("content-type") && !is_removed("content-type"))
        {
            self.parts
                .headers
                .push((b"Content-Type".to_vec(), kind.into_bytes()));
        }
        if self.is_json && !self.parts.has("accept") && !is_removed("accept") {
            self.parts
                .headers
                .push((b"Accept".to_vec(), b"application/json".to_vec()));
        }
        let method: &[u8] = match (&self.method, self.is_head, &body) {
            (Some(method), ..) => method,
            (None, true, _) => b"HEAD",
            (None, false, Some(_)) => b"POST",
            (None, false, None) => b"GET",
        };
        if self.urls.is_empty() {
            return Err("there is no URL".to_owned());
        }
        let each = self.urls.iter().map(|url| {
            let mut parts = Parts {
                method: method.to_vec(),
                version: self.parts.version.clone(),
                headers: self.parts.headers.clone(),
                body: body.clone(),
                ..Parts::default()
            };
            parts.set_url(url);
            if let Some(query) = &query {
                parts.target.push(if parts.target.contains(&b'?') {
                    b'&'
                } else {
                    b'?'
                });
                parts.target.extend_from_slice(query);
            }
            if let Some(target) = &self.target {
                parts.target.clone_from(target);
            }
            parts.finish()
        });
        each.collect()
    }
}
