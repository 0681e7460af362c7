//! A capture on its way to another address: the head that goes out, equal to the one that came but
//! for what must change, and what that was. Start at [`outgoing`].

use crate::head::{Head, HeadError, Header};

/// Where a capture is passed on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destination<'a> {
    /// Name and port, as the `Host` line says them; none keeps the sender's own.
    pub host: Option<&'a str>,
    /// Path and query.
    pub target: &'a [u8],
}

/// Something in which the outgoing head differs from the one that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Change {
    /// Path or query are the destination's.
    Target,
    /// `Host` names the destination.
    Host,
    /// `Content-Length` says how long the body is: it came in chunks, or was changed.
    ContentLength,
    /// `Transfer-Encoding` is gone: the body goes whole.
    TransferEncoding,
    /// `Expect` is gone: the body is at hand.
    Expect,
    /// What asked for another protocol on the connection is gone.
    Upgrade,
    /// The end of the body was left out, on purpose.
    Truncated,
    /// A fresh signature was put on.
    Signature,
}

impl Change {
    /// A word for it, for programs and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Host => "host",
            Self::ContentLength => "content-length",
            Self::TransferEncoding => "transfer-encoding",
            Self::Expect => "expect",
            Self::Upgrade => "upgrade",
            Self::Truncated => "truncated",
            Self::Signature => "signature",
        }
    }

    /// The change that `name` stands for, in words for people.
    #[must_use]
    pub fn says(name: &str) -> &str {
        match name {
            "target" => "path and query rewritten",
            "host" => "Host rewritten",
            "content-length" => "Content-Length recomputed",
            "transfer-encoding" => "Transfer-Encoding removed",
            "expect" => "Expect removed",
            "upgrade" => "Upgrade removed",
            "truncated" => "body truncated",
            "signature" => "signature made anew",
            other => other,
        }
    }
}

/// What stands behind the endpoint's own address in `target`: the rest of the path, with its slash,
/// and the query with its question mark. The whole of a target that does not name `endpoint`.
#[must_use]
pub fn rest<'a>(target: &'a [u8], endpoint: &str) -> &'a [u8] {
    let own = ["/h/", endpoint].concat();
    let own = own.as_bytes();
    let at = target.windows(own.len()).position(|part| part == own);
    match at.map(|at| &target[at + own.len()..]) {
        Some(rest) if rest.first().is_none_or(|next| matches!(next, b'/' | b'?')) => rest,
        _ => target,
    }
}

/// The target of a capture that was sent to `target` at `endpoint`, at a destination whose path is
/// `base`. What came below the endpoint goes below the base, the query goes along.
#[must_use]
pub fn target_below(base: &str, target: &[u8], endpoint: &str) -> Vec<u8> {
    let rest = rest(target, endpoint);
    let joined = if rest.starts_with(b"/") {
        base.trim_end_matches('/')
    } else {
        base
    };
    let whole = [joined.as_bytes(), rest].concat();
    if whole.starts_with(b"/") {
        whole
    } else {
        [b"/", &whole[..]].concat()
    }
}

/// The head with which `head` and a body of `body_bytes` go to `to`, and in what it differs. Names,
/// spelling, order and repeats of the fields stay.
///
/// # Errors
/// When `to` holds bytes that no head may have.
pub fn outgoing(
    head: &Head,
    body_bytes: usize,
    to: &Destination<'_>,
) -> Result<(Head, Vec<Change>), HeadError> {
    let mut changes = Vec::new();
    let mut change = |what| {
        if !changes.contains(&what) {
            changes.push(what);
        }
    };
    if to.target != head.target() {
        change(Change::Target);
    }
    let length = body_bytes.to_string();
    let upgrades = head.all("connection").any(|value| {
        value
            .to_ascii_lowercase()
            .windows(7)
            .any(|w| w == b"upgrade")
    });
    // A method without a body says nothing of its length; RFC 9110 section 8.6.
    let mut needs_length = body_bytes > 0;
    let mut needs_host = to.host;
    let mut lines = Vec::new();
    for header in head.headers() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name.as_bytes());
        if is("host")
            && let Some(host) = to.host
        {
            if needs_host.take().is_some() {
                if header.value != host.as_bytes() {
                    change(Change::Host);
                }
                lines.push(line(&header, host.as_bytes()));
            }
        } else if is("content-length") {
            if header.value != length.as_bytes() {
                change(Change::ContentLength);
            }
            if needs_length || body_bytes == 0 {
                lines.push(line(&header, length.as_bytes()));
            }
            needs_length = false;
        } else if is("transfer-encoding") {
            change(Change::TransferEncoding);
            // The length stands where the coding stood.
            if needs_length && head.first("content-length").is_none() {
                change(Change::ContentLength);
                lines.push(["Content-Length: ", &length, "\r\n"].concat().into_bytes());
                needs_length = false;
            }
        } else if is("expect") {
            change(Change::Expect);
        } else if is("upgrade") || is("http2-settings") || (upgrades && is("connection")) {
            change(Change::Upgrade);
        } else {
            lines.push(header.line.to_vec());
        }
    }
    if let Some(host) = needs_host {
        change(Change::Host);
        lines.insert(0, ["Host: ", host, "\r\n"].concat().into_bytes());
    }
    if needs_length {
        change(Change::ContentLength);
        lines.push(["Content-Length: ", &length, "\r\n"].concat().into_bytes());
    }
    let first = [
        head.method(),
        b" ",
        to.target,
        b" ",
        head.version(),
        b"\r\n",
    ]
    .concat();
    let bytes = [first, lines.concat(), b"\r\n".to_vec()].concat();
    Ok((Head::parse(bytes.into())?, changes))
}

/// The line of `header` with another value, all else as sent.
fn line(header: &Header<'_>, value: &[u8]) -> Vec<u8> {
    if header.value == value {
        return header.line.to_vec();
    }
    [header.name, b": ", value, b"\r\n"].concat()
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn head(text: &str) -> Head {
        Head::parse(text.replace('\n', "\r\n").into()).unwrap()
    }

    fn sent(text: &str, body_bytes: usize, target: &str) -> (String, Vec<Change>) {
        let to = Destination {
            host: Some("localhost:3000"),
            target: target.as_bytes(),
        };
        let (out, changes) = outgoing(&head(text), body_bytes, &to).unwrap();
        let text = String::from_utf8(out.as_bytes().to_vec()).unwrap();
        (text.replace("\r\n", "\n"), changes)
    }

    #[test]
    fn only_what_must_change_changes() {
        let (out, changes) = sent(
            "POST /h/7Qk/gh?a=b HTTP/1.1\nx-B: 1\nHOST:  hooks.example.dev\nX-a:2 \nx-b: 3\n\
             content-length: 2\nConnection: close\n\n",
            2,
            "/gh?a=b",
        );
        let want = "POST /gh?a=b HTTP/1.1\nx-B: 1\nHOST: localhost:3000\nX-a:2 \nx-b: 3\n\
                    content-length: 2\nConnection: close\n\n";
        assert_eq!(out, want);
        assert_eq!(changes, [Change::Target, Change::Host]);
    }

    #[test]
    fn a_body_that_came_in_chunks_goes_with_its_length_in_the_same_place() {
        let (out, changes) = sent(
            "POST /a HTTP/1.1\nHost: localhost:3000\nTransfer-Encoding: chunked\nExpect: \
             100-continue\nX: 1\n\n",
            5,
            "/a",
        );
        assert_eq!(
            out,
            "POST /a HTTP/1.1\nHost: localhost:3000\nContent-Length: 5\nX: 1\n\n"
        );
        let all = [
            Change::TransferEncoding,
            Change::ContentLength,
            Change::Expect,
        ];
        assert_eq!(changes, all);
    }

    #[test]
    fn a_head_without_host_gets_one_and_an_upgrade_is_left_out() {
        let (out, changes) = sent(
            "GET / HTTP/1.0\nConnection: Upgrade\nUpgrade: websocket\n\n",
            0,
            "/",
        );
        assert_eq!(out, "GET / HTTP/1.0\nHost: localhost:3000\n\n");
        assert_eq!(changes, [Change::Upgrade, Change::Host]);
    }

    #[test]
    fn what_came_below_the_endpoint_goes_below_the_base() {
        for (base, target, want) in [
            ("/", "/h/7Qk", "/"),
            ("/", "/h/7Qk?x=1", "/?x=1"),
            ("/gh", "/h/7Qk", "/gh"),
            ("/gh", "/h/7Qk?x=1", "/gh?x=1"),
            ("/gh/", "/h/7Qk/a/b?x", "/gh/a/b?x"),
            ("/gh", "/hooks/h/7Qk/a", "/gh/a"),
            ("/gh", "/h/7Qkk/a", "/gh/h/7Qkk/a"),
            ("/", "/any/path", "/any/path"),
            ("/", "*", "/*"),
        ] {
            let got = target_below(base, target.as_bytes(), "7Qk");
            assert_eq!(String::from_utf8(got).unwrap(), want, "{base} {target}");
        }
    }

    proptest! {
        /// Whatever came, what goes out frames its body by one length, and has one host.
        #[test]
        fn a_head_that_goes_out_frames_its_body(
            names in vec(prop::sample::select(&[
                "Host", "content-length", "Transfer-Encoding", "Expect", "Upgrade", "Connection",
                "X-Any", "x-any", "HOST",
            ][..]), 0..12),
            values in vec("[ -~]{0,12}", 12),
            body_bytes in 0usize..3,
        ) {
            let fields = names.iter().zip(&values);
            let fields = fields.map(|(name, value)| (name.as_bytes(), value.as_bytes()));
            let head = Head::compose(b"POST", b"/x", b"HTTP/1.1", fields).unwrap();
            let to = Destination { host: Some("a:1"), target: b"/y" };
            let (out, changes) = outgoing(&head, body_bytes, &to).unwrap();
            prop_assert_eq!(out.all("host").collect::<Vec<_>>(), [b"a:1"]);
            prop_assert_eq!(out.first("transfer-encoding"), None);
            let lengths: Vec<_> = out.all("content-length").collect();
            let length = body_bytes.to_string();
            prop_assert!(lengths.iter().all(|one| *one == length.as_bytes()));
            prop_assert!(body_bytes == 0 || lengths.len() == 1, "{:?}", lengths);
            let any = |head: &Head| head.all("x-any").map(<[u8]>::to_vec).collect::<Vec<_>>();
            prop_assert_eq!(any(&out), any(&head));
            prop_assert!(changes.contains(&Change::Target));
        }
    }
}
