//! What the tests of all senders share.

use crate::verify::{
    judge::verify,
    request::Request,
    scheme::Scheme,
    secret::{Keys, Secret},
};

/// A request that was posted at `https://example.test/hook` in the year 2025.
pub(crate) fn request(headers: &[(&str, &str)], body: &str) -> Request<'static> {
    let headers = headers.iter().map(|(name, value)| {
        (
            name.as_bytes().to_vec().into(),
            value.as_bytes().to_vec().into(),
        )
    });
    Request {
        method: b"POST".into(),
        url: "https://example.test/hook".into(),
        headers: headers.collect(),
        body: body.as_bytes().to_vec().into(),
        received_at_ms: 1_760_000_000_000,
    }
}

/// Checks the word for the verdict on `request`.
#[track_caller]
pub(crate) fn check(scheme: Scheme, request: &Request<'_>, secret: &str, want: &str) {
    let keys = Keys::one(Secret::new("the secret", secret));
    let verdict = verify(scheme, request, &keys, scheme.age());
    assert_eq!(verdict.reason(), want, "{verdict}");
}
