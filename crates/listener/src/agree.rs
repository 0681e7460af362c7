//! A recorded head against the head as hyper understood it. hyper alone decides what is routed and
//! answered; were the two ever to differ, its view is kept and the capture says so.

use http::{HeaderMap, Uri, header, request::Parts};
use webhook::{
    capture::Flaw,
    head::{Head, HeadError},
};

use crate::head::after_scheme;

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
