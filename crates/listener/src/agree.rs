//! A recorded head against the head as hyper understood it. hyper alone decides what is routed and
//! answered; were the two ever to differ, its view is kept and the capture says so.

use http::{HeaderMap, Uri, header, request::Parts};
use webhook::{
    capture::Flaw,
    head::{Head, HeadError},
};

use crate::target::after_scheme;

/// The head to keep for a request: `recorded` when hyper read the same in it.
///
/// # Errors
/// When hyper's view cannot be written as a head.
pub(crate) fn kept(recorded: Option<Head>, parts: &Parts) -> Result<(Head, Vec<Flaw>), HeadError> {
    if let Some(head) = recorded.filter(|head| agrees(head, parts)) {
        return Ok((head, Vec::new()));
    }
    let target = parts.uri.to_string();
    let version = format!("{:?}", parts.version);
    let fields = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes()));
    let head = Head::compose(
        parts.method.as_str().as_bytes(),
        target.as_bytes(),
        version.as_bytes(),
        fields,
    )?;
    Ok((head, vec![Flaw::Normalised]))
}

fn agrees(head: &Head, parts: &Parts) -> bool {
    head.method() == parts.method.as_str().as_bytes()
        && target_agrees(head.target(), &parts.uri)
        && (headers_agree_in_order(head, &parts.headers)
            || headers_agree_by_name(head, &parts.headers))
}

/// hyper drops a fragment, and knows a target in absolute form by its parts.
fn target_agrees(target: &[u8], uri: &Uri) -> bool {
    let target = target
        .split(|byte| *byte == b'#')
        .next()
        .unwrap_or_default();
    let rest = uri
        .path_and_query()
        .map_or("", |rest| rest.as_str())
        .as_bytes();
    let (Some(after), Some(authority)) = (after_scheme(target), uri.authority()) else {
        return target == rest;
    };
    after
        .strip_prefix(authority.as_str().as_bytes())
        .is_some_and(|after| after == rest || (after.is_empty() && rest == b"/"))
}

/// Without repeats a [`HeaderMap`] keeps the order of the wire: one pass is enough then.
fn headers_agree_in_order(head: &Head, headers: &HeaderMap) -> bool {
    let mut understood = headers.iter();
    let all = head.headers().all(|sent| {
        understood.next().is_some_and(|(name, value)| {
            sent.name.eq_ignore_ascii_case(name.as_str().as_bytes())
                && sent.value == value.as_bytes()
        })
    });
    all && understood.next().is_none()
}

/// With repeats it groups them: the values of each name are compared in their order. Of equal
/// Content-Lengths hyper keeps one.
fn headers_agree_by_name(head: &Head, headers: &HeaderMap) -> bool {
    let mut sent: Vec<_> = head
        .headers()
        .map(|sent| (sent.name.to_ascii_lowercase(), sent.value))
        .collect();
    let mut understood: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_str().as_bytes().to_vec(), value.as_bytes()))
        .collect();
    sent.sort_by(|one, other| one.0.cmp(&other.0));
    understood.sort_by(|one, other| one.0.cmp(&other.0));
    sent.dedup_by(|one, other| {
        one.0 == other.0 && one.0 == header::CONTENT_LENGTH.as_str().as_bytes()
    });
    sent == understood
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderName, HeaderValue, Request};

    use super::*;

    /// What is kept of `sent` when hyper understood these parts.
    fn check(
        sent: &str,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
    ) -> (Head, Vec<Flaw>) {
        let head = Head::parse(Bytes::copy_from_slice(sent.as_bytes())).unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(target)
            .body(())
            .unwrap();
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            request
                .headers_mut()
                .append(name.parse::<HeaderName>().unwrap(), value);
        }
        kept(Some(head), &request.into_parts().0).unwrap()
    }

    #[test]
    fn what_hyper_reads_alike_is_kept_as_sent() {
        let alike = |sent: &str, method, target, headers: &[_]| {
            let (head, flaws) = check(sent, method, target, headers);
            assert_eq!((head.as_bytes().as_ref(), flaws), (sent.as_bytes(), vec![]));
        };
        let grouped = [("a", "1"), ("a", "3"), ("b", "2")];
        alike(
            "GET /a?b HTTP/1.1\r\nA: 1\r\nB:2\r\na:  3 \r\n\r\n",
            "GET",
            "/a?b",
            &grouped,
        );
        alike("x /a#b HTTP/1.1\r\n\r\n", "x", "/a#b", &[]);
        alike("OPTIONS * HTTP/1.1\r\n\r\n", "OPTIONS", "*", &[]);
        alike(
            "GET http://a:80 HTTP/1.1\r\n\r\n",
            "GET",
            "http://a:80",
            &[],
        );
        alike(
            "GET HTTPS://a/b?c HTTP/1.1\r\n\r\n",
            "GET",
            "https://a/b?c",
            &[],
        );
        let once = [("content-length", "5"), ("a", "b")];
        let twice = "GET / HTTP/1.1\r\nContent-Length: 5\r\nA: b\r\nContent-Length: 5\r\n\r\n";
        alike(twice, "GET", "/", &once);
    }

    #[test]
    fn hypers_view_is_kept_where_it_differs() {
        let differs = |sent: &str, method, target, headers: &[_]| {
            let (head, flaws) = check(sent, method, target, headers);
            assert_eq!(flaws, [Flaw::Normalised], "{sent:?}");
            assert_eq!(
                (head.method(), head.target()),
                (method.as_bytes(), target.as_bytes())
            );
            assert_eq!(head.headers().count(), headers.len());
        };
        let sent = "GET /a HTTP/1.1\r\nA: 1\r\nA: 2\r\n\r\n";
        differs(sent, "POST", "/a", &[("a", "1"), ("a", "2")]);
        differs(sent, "GET", "/b", &[("a", "1"), ("a", "2")]);
        differs(sent, "GET", "/a", &[("a", "2"), ("a", "1")]);
        differs(sent, "GET", "/a", &[("a", "1")]);
        differs(sent, "GET", "/a", &[("a", "1"), ("a", "2"), ("b", "3")]);
        differs(sent, "GET", "/a", &[("a", "1"), ("b", "2")]);
    }

    #[test]
    fn a_request_without_a_recorded_head_is_kept_as_hyper_sees_it() {
        let parts = Request::builder()
            .uri("/a")
            .header("b", "c")
            .body(())
            .unwrap()
            .into_parts()
            .0;
        let (head, flaws) = kept(None, &parts).unwrap();
        assert_eq!(head.as_bytes().as_ref(), b"GET /a HTTP/1.1\r\nb: c\r\n\r\n");
        assert_eq!(flaws, [Flaw::Normalised]);
    }
}
