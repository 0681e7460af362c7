//! Names for files of captures. Strangers choose what is in a capture, so nothing of it goes into a
//! name but letters and digits behind the id.

use crate::{capture::Capture, export::Format};

/// Letters and digits of the request that a name shows, at most.
const SHOWN: usize = 40;

/// The name of the file of `capture` in `format`: its id, the words of its method and path, and the
/// format's extension. Unlike every other capture's, and safe in any folder of any system.
#[must_use]
pub fn file_name(capture: &Capture, format: &Format) -> String {
    let head = &capture.head;
    let mut words = String::new();
    for byte in [head.method(), b" ", head.path()].concat() {
        if words.len() >= SHOWN {
            break;
        }
        if byte.is_ascii_alphanumeric() {
            words.push(char::from(byte.to_ascii_lowercase()));
        } else if !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
    }
    let words = words.trim_end_matches('-');
    let between = if words.is_empty() { "" } else { "-" };
    format!("{}{between}{words}.{}", capture.id, format.extension)
}

#[cfg(test)]
mod tests {
    use crate::{
        capture::{CaptureId, EndpointId},
        export::FORMATS,
        head::Head,
    };

    use super::*;

    /// Sixty that have led programs out of their folder, or into trouble in it.
    const HOSTILE: [&str; 60] = [
        "..",
        "../..",
        "/../../etc/passwd",
        "../../../../../../etc/cron.d/x",
        "/etc/passwd",
        "//etc/passwd",
        "C:\\Windows\\x",
        "C:x",
        "\\\\server\\share",
        "\\\\?\\C:\\x",
        "\\\\.\\COM1",
        "..\\..\\x",
        "%2e%2e%2f%2e%2e%2f",
        "..%2f..%2f",
        "..%5c..%5c",
        "%c0%ae%c0%ae/",
        "....//....//",
        ".../...//",
        "./.",
        "/.",
        "~",
        "~root/x",
        "$HOME/x",
        "${HOME}",
        "`id`",
        "$(id)",
        "a;rm",
        "a|b",
        "a&b",
        "a>b",
        "a<b",
        "a\"b",
        "a'b",
        "a*b",
        "a?b",
        "CON",
        "con.txt",
        "NUL",
        "PRN",
        "AUX",
        "COM1",
        "LPT9",
        "CLOCK$",
        "x.",
        "x..",
        "x\u{a0}",
        "-rf",
        "--help",
        ".bashrc",
        ".ssh/authorized_keys",
        "x\0y",
        "x\0.png",
        "x:stream",
        "x::$DATA",
        "\u{202e}gpj.exe",
        "ａ／ｂ",
        "\u{2215}etc\u{2215}passwd",
        "x\ty",
        "x\u{7f}",
        "desktop.ini",
    ];

    #[test]
    fn no_name_leads_anywhere_or_means_anything() {
        let long = "/a".repeat(300);
        for (at, hostile) in HOSTILE.iter().copied().chain([long.as_str()]).enumerate() {
            let method = if at % 2 == 0 { "POST" } else { "../X" };
            let head =
                Head::compose(method.as_bytes(), hostile.as_bytes(), b"HTTP/1.1", []).unwrap();
            let capture = Capture {
                id: CaptureId::new(1_760_000_000_000, [7; 10]),
                endpoint: EndpointId::local(),
                received_at_ms: 1_760_000_000_000,
                peer: None,
                head,
                body: Default::default(),
                flaws: Vec::new(),
            };
            for format in FORMATS {
                let name = file_name(&capture, &format);
                let is_safe = |byte: u8| {
                    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte)
                };
                assert!(name.bytes().all(is_safe), "{hostile:?}: {name}");
                assert!(name.starts_with(&capture.id.to_string()), "{name}");
                assert!(!name.contains("..") && name.len() < 100, "{name}");
            }
        }
    }
}
