//! What is verified: a request as it arrived, or one that a person or the doctor made of it.

use std::borrow::Cow;

use crate::{capture::Capture, decode, head::Head, verify::verdict::Flaw};

/// The name and the value of a header.
pub type Header<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// A request to verify, to sign or to answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method in the sender's spelling.
    pub method: Cow<'a, [u8]>,
    /// The whole public URL that the sender called, as it has it, query included.
    pub url: Cow<'a, str>,
    /// Header names and values in the order of the wire.
    pub headers: Vec<Header<'a>>,
    /// The body, byte for byte.
    pub body: Cow<'a, [u8]>,
    /// When it arrived, in milliseconds since the Unix epoch.
    pub received_at_ms: i64,
}

impl<'a> Request<'a> {
    /// A capture that was sent to `url`.
    #[must_use]
    pub fn of(capture: &'a Capture, url: &'a str) -> Self {
        Self::new(&capture.head, &capture.body, url, capture.received_at_ms)
    }

    /// A head and a body that were sent to `url`.
    #[must_use]
    pub fn new(head: &'a Head, body: &'a [u8], url: &'a str, received_at_ms: i64) -> Self {
        Self {
            method: head.method().into(),
            url: url.into(),
            headers: head
                .headers()
                .map(|header| (header.name.into(), header.value.into()))
                .collect(),
            body: body.into(),
            received_at_ms,
        }
    }

    /// The values of all headers called `name`, in any spelling.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        self.headers
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| &**value)
    }

    /// Whether there is a header called `name`.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// The value of the only header called `name`, as text.
    ///
    /// # Errors
    /// [`Flaw::Missing`], [`Flaw::Ambiguous`] when there are several (a verifier behind another
    /// library may see another one of them), [`Flaw::Malformed`] when it is empty or no text.
    pub(crate) fn one(&self, name: &str) -> Result<&str, Flaw> {
        let mut values = self.all(name);
        let value = values
            .next()
            .ok_or_else(|| Flaw::Missing(format!("the header {name}")))?;
        if values.next().is_some() {
            return Err(Flaw::Ambiguous(format!(
                "{name} stands there more than once"
            )));
        }
        match std::str::from_utf8(value) {
            Ok("") => Err(Flaw::Malformed(format!("{name} is empty"))),
            Ok(text) => Ok(text),
            Err(_) => Err(Flaw::Malformed(format!("{name} is no text"))),
        }
    }

    /// What follows the first `?` of the URL, up to a `#`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        let url = self.url.split('#').next().unwrap_or_default();
        url.split_once('?').map(|(_, query)| query)
    }

    /// Sets the header `name` to `value` where it first stood, or at the end.
    pub fn set(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        let is_it = |known: &[u8]| known.eq_ignore_ascii_case(name.as_bytes());
        let at = self.headers.iter().position(|(known, _)| is_it(known));
        let value = Cow::Owned(value.into());
        match at {
            Some(at) => {
                self.headers[at].1 = value;
                let mut nth = 0;
                self.headers.retain(|(known, _)| {
                    nth += 1;
                    nth - 1 <= at || !is_it(known)
                });
            }
            None => self.headers.push((name.as_bytes().to_vec().into(), value)),
        }
    }

    /// Whether the content type says that the body is a form.
    pub(crate) fn is_form(&self) -> bool {
        self.all("content-type")
            .next()
            .is_some_and(|value| decode::essence(value) == "application/x-www-form-urlencoded")
    }

    /// The same request, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Request<'static> {
        let own = |bytes: Cow<'_, [u8]>| Cow::Owned(bytes.into_owned());
        Request {
            method: own(self.method),
            url: Cow::Owned(self.url.into_owned()),
            headers: self
                .headers
                .into_iter()
                .map(|(name, value)| (own(name), own(value)))
                .collect(),
            body: own(self.body),
            received_at_ms: self.received_at_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(headers: &[(&'static str, &'static str)]) -> Request<'static> {
        Request {
            method: b"POST".into(),
            url: "https://a.example/b?c=1?2#d".into(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.as_bytes().into(), value.as_bytes().into()))
                .collect(),
            body: b"".into(),
            received_at_ms: 0,
        }
    }

    #[test]
    fn a_header_that_stands_twice_is_ambiguous_even_with_the_same_value() {
        let request = request(&[("X-A", "1"), ("x-a", "1"), ("X-B", ""), ("X-C", "3")]);
        assert!(matches!(request.one("X-A"), Err(Flaw::Ambiguous(_))));
        assert!(matches!(request.one("X-B"), Err(Flaw::Malformed(_))));
        assert!(matches!(request.one("X-D"), Err(Flaw::Missing(_))));
        assert_eq!(request.one("x-c"), Ok("3"));
        assert_eq!(request.query(), Some("c=1?2"));
    }

    #[test]
    fn setting_a_header_replaces_all_of_its_name_in_place() {
        let mut request = request(&[("X-A", "1"), ("X-B", "2"), ("x-a", "3")]);
        request.set("x-a", "4");
        request.set("X-C", "5");
        let seen: Vec<_> = request.headers.iter().map(|(n, v)| (&**n, &**v)).collect();
        let want: [(&[u8], &[u8]); 3] = [(b"X-A", b"4"), (b"X-B", b"2"), (b"X-C", b"5")];
        assert_eq!(seen, want);
    }
}
