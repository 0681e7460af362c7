//! The forms in which one secret is mistaken for another.

use percent_encoding::percent_decode;

use crate::verify::{claim::KeyText, crypto};

/// Other keys that `secret` may have been meant to be, and how each is made of it.
pub(super) fn forms(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let trimmed = secret.trim_ascii();
    let unquoted = trimmed
        .strip_prefix(b"\"")
        .and_then(|rest| rest.strip_suffix(b"\""))
        .or_else(|| {
            trimmed
                .strip_prefix(b"'")
                .and_then(|rest| rest.strip_suffix(b"'"))
        });
    let bare = trimmed.strip_prefix(b"whsec_");
    let standard = String::from_utf8_lossy(trimmed)
        .replace('-', "+")
        .replace('_', "/");
    let forms = [
        ("without the white space around it", Some(trimmed.to_vec())),
        ("without the quotes around it", unquoted.map(<[u8]>::to_vec)),
        ("without its `whsec_`", bare.map(<[u8]>::to_vec)),
        (
            "with `whsec_` before it",
            Some([b"whsec_", trimmed].concat()),
        ),
        ("decoded from base64", KeyText::Whsec.read(trimmed)),
        (
            "decoded from URL-safe base64",
            KeyText::Whsec.read(standard.as_bytes()),
        ),
        ("decoded from hexadecimal", crypto::unhex(trimmed)),
        ("with a line feed after it", Some([trimmed, b"\n"].concat())),
        (
            "with a return and a line feed after it",
            Some([trimmed, b"\r\n"].concat()),
        ),
        ("with a space after it", Some([trimmed, b" "].concat())),
        (
            "encoded as base64",
            Some(crypto::base64(trimmed).into_bytes()),
        ),
        (
            "encoded as hexadecimal",
            Some(crypto::hex(trimmed).into_bytes()),
        ),
        (
            "with its `%` escapes decoded",
            Some(percent_decode(trimmed).collect()),
        ),
        ("in lower case", Some(trimmed.to_ascii_lowercase())),
        ("in upper case", Some(trimmed.to_ascii_uppercase())),
    ];
    let others = forms
        .into_iter()
        .filter_map(|(how, key)| Some((how, key?)))
        .filter(|(_, key)| !key.is_empty() && !crypto::same(key, secret));
    // The key itself at most senders, and a mistake at those who decode it first.
    let plain = ("as text, not decoded", secret.to_vec());
    [plain].into_iter().chain(others).collect()
}
