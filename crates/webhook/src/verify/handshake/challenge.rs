//! A request that may be a challenge, and what is needed to tell.

use crate::{
    decode::form,
    verify::{
        judge::verify,
        request::Request,
        scheme::{Age, Scheme},
        secret::Keys,
    },
};

/// A request that may be a challenge.
pub(super) struct Challenge<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) keys: &'a Keys,
    /// How old a signature of each scheme may be.
    pub(super) age: fn(Scheme) -> Age,
}

impl Challenge<'_> {
    pub(super) fn has_secret(&self) -> bool {
        !self.keys.secrets.is_empty()
    }

    pub(super) fn is_valid(&self, scheme: Scheme) -> bool {
        verify(scheme, self.request, self.keys, (self.age)(scheme)).is_valid()
    }
}

/// The only value of the query's parameter `name`.
pub(super) fn parameter(request: &Request<'_>, name: &str) -> Option<String> {
    let pairs = form::pairs(request.query()?.as_bytes());
    let mut values = pairs.into_iter().filter(|(known, _)| known == name);
    let (_, value) = values.next()?;
    values.next().is_none().then_some(value)
}

/// Whether `text` is one word of letters, digits and `-_.~+/=`, as random tokens are: it can be
/// neither a body nor a line with a colon that anybody signs.
pub(super) fn is_token(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~+/=".contains(&byte);
    (1..=512).contains(&text.len()) && text.bytes().all(is_plain)
}
