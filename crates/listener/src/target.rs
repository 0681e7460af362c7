//! What may stand as a request's target and as its Host. Pure.
//!
//! Source: RFC 9112 section 3.2, RFC 9110 section 4.2, RFC 3986 section 3.2.

use std::net::Ipv6Addr;

use http::Uri;

/// Whether `target` is in origin form, in absolute form, or `*` for OPTIONS; no other form asks
/// for anything that a listener has. What hyper would refuse without a word is refused here too.
pub(crate) fn is_target(method: &[u8], target: &[u8]) -> bool {
    let is_in_form = match target {
        b"*" => method == b"OPTIONS",
        [b'/', ..] => true,
        _ => after_scheme(target).is_some_and(|rest| {
            let is_end = |byte: &u8| matches!(byte, b'/' | b'?' | b'#');
            is_authority(rest.split(is_end).next().unwrap_or_default())
        }),
    };
    is_in_form && Uri::try_from(target).is_ok()
}

/// What follows `http://` or `https://` in a target.
pub(crate) fn after_scheme(target: &[u8]) -> Option<&[u8]> {
    [&b"http://"[..], b"https://"]
        .into_iter()
        .find_map(|scheme| {
            let (start, rest) = target.split_at_checked(scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(rest)
        })
}

/// `uri-host [":" port]`, the host not empty: RFC 9110 section 4.2.1 has a recipient reject an
/// `http` URI without one.
pub(crate) fn is_authority(value: &[u8]) -> bool {
    if let Some(value) = value.strip_prefix(b"[") {
        let Some(end) = value.iter().position(|byte| *byte == b']') else {
            return false;
        };
        let address = str::from_utf8(&value[..end]).ok();
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok())
            && is_port(&value[end + 1..]);
    }
    let colon = value.iter().position(|byte| *byte == b':');
    let (name, port) = value.split_at(colon.unwrap_or(value.len()));
    !name.is_empty() && is_registered_name(name) && is_port(port)
}

/// Nothing, or a colon and perhaps a number.
fn is_port(text: &[u8]) -> bool {
    match text {
        [] | [b':'] => true,
        [b':', number @ ..] => {
            let is_number = number.iter().all(u8::is_ascii_digit);
            is_number && str::from_utf8(number).is_ok_and(|number| number.parse::<u16>().is_ok())
        }
        _ => false,
    }
}

/// `reg-name` of RFC 3986 section 3.2.2.
fn is_registered_name(name: &[u8]) -> bool {
    let mut rest = name;
    loop {
        rest = match rest {
            [] => return true,
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest
            }
            [byte, rest @ ..]
                if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(byte) =>
            {
                rest
            }
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_path_a_url_or_the_star_of_options() {
        for target in [
            "/",
            "//",
            "/a/../b",
            "/a%2Fb%2e",
            "/%",
            "/%zz",
            "/?",
            "/a?b?c=&&",
            "/a#b",
            "/caf\u{e9}",
            "/a\"{}|",
            "http://a",
            "HTTP://a/",
            "https://a:8443/x?y",
            "http://a?b",
            "http://[::1]:80/",
            "/*",
            "/http://a",
        ] {
            assert!(is_target(b"POST", target.as_bytes()), "{target}");
        }
        for target in [
            "",
            "a",
            "a/b",
            "*",
            "?a",
            "#",
            "a:80",
            "file:///etc/passwd",
            "ftp://a/",
            "http:/a",
            "http://",
            "http:///a",
            "http://u@a/",
            "http://u:p@a/",
            "http://a b/",
            "http://a:x/",
            "/<b>",
        ] {
            assert!(!is_target(b"POST", target.as_bytes()), "{target}");
        }
        assert!(is_target(b"OPTIONS", b"*"));
        assert!(!is_target(b"options", b"*"));
        assert!(
            !is_target(b"POST", b"/\xff\xfe"),
            "no URL has bytes that are no text"
        );
    }

    #[test]
    fn a_host_is_a_name_or_an_address_and_perhaps_a_port() {
        for host in [
            "a",
            "A.example",
            "a.example.",
            "a_b",
            "xn--4ca",
            "1.2.3.4",
            "1.2.3.4:80",
            "[::1]",
            "[::ffff:1.2.3.4]:8080",
            "a:",
            "a:0",
            "a:65535",
            "a:00080",
            "%41",
            "a,b",
            "localhost:3000",
        ] {
            assert!(is_authority(host.as_bytes()), "{host}");
        }
        for host in [
            "",
            ":80",
            "a b",
            "a/",
            "a?b",
            "a#b",
            "u@a",
            "a:b",
            "a:80:80",
            "a:65536",
            "a:+80",
            "a:-1",
            "a: 80",
            "[::1",
            "::1",
            "[]",
            "[::1]x",
            "[::g]",
            "[1.2.3.4]",
            "%4",
            "%zz",
            "\u{e9}",
            "a\tb",
            "a\\b",
            "http://a",
            "<a>",
            "\"a\"",
        ] {
            assert!(!is_authority(host.as_bytes()), "{host}");
        }
    }
}
