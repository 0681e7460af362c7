//! A capture as those see it who look for its sender: headers by name, the body read once. Start
//! at [`View`].

use std::borrow::Cow;

use crate::{
    decode::{essence, form, json::Outline, without_bom},
    head::{Head, Header},
    sender::field::Field,
};

/// A body is read this far.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;

/// Of a form, the first so many fields are read.
const MAX_FORM_FIELDS: usize = 256;

/// What is looked at.
pub(super) struct View<'a> {
    head: &'a Head,
    headers: Vec<Header<'a>>,
    form: Vec<(String, String)>,
    text: Cow<'a, [u8]>,
    outline: Outline,
}

impl<'a> View<'a> {
    /// The view of `head` and the beginning of `body`.
    pub(super) fn of(head: &'a Head, body: &'a [u8]) -> Self {
        let body = &body[..body.len().min(MAX_BODY_BYTES)];
        let mut view = Self {
            head,
            headers: head.headers().collect(),
            form: Vec::new(),
            text: Cow::Borrowed(body),
            outline: Outline::default(),
        };
        if view.content_type() == "application/x-www-form-urlencoded" && !is_json(body) {
            view.form = fields(body);
            // GitHub and Slack put JSON into a field of this name.
            let payload = view.form.iter().find(|(name, _)| name == "payload");
            view.text = match payload {
                Some((_, json)) => Cow::Owned(json.clone().into_bytes()),
                None => Cow::Borrowed(b""),
            };
        }
        if is_json(&view.text) {
            view.outline = Outline::parse(&view.text);
        }
        view
    }

    /// The first header called `name`, in any spelling, if it is text with something in it.
    pub(super) fn header(&self, name: &str) -> Option<&'a str> {
        let is_it = |header: &&Header| header.name.eq_ignore_ascii_case(name.as_bytes());
        let header = self.headers.iter().find(is_it)?;
        let text = std::str::from_utf8(header.value).ok()?;
        (!text.is_empty()).then_some(text)
    }

    /// Whether there is a header called `name`.
    pub(super) fn has(&self, name: &str) -> bool {
        self.header(name).is_some()
    }

    /// The number in the header called `name`.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.header(name)?.parse().ok()
    }

    /// The `type/subtype` of the body in lower case, or nothing.
    pub(super) fn content_type(&self) -> String {
        self.header("content-type")
            .map(|value| essence(value.as_bytes()))
            .unwrap_or_default()
    }

    pub(super) fn method(&self) -> &'a [u8] {
        self.head.method()
    }

    /// The first parameter of the query called `name`.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        first(form::pairs(self.head.query()?), name)
    }

    /// The first field of a form called `name`, if there is something in it.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let (_, value) = self.form.iter().find(|(known, _)| known == name)?;
        (!value.is_empty()).then_some(value)
    }

    /// The body as JSON, as far as it is.
    pub(super) fn json(&self) -> Option<Field<'_>> {
        Field::root(&self.text, &self.outline)
    }
}

fn first(pairs: Vec<(String, String)>, name: &str) -> Option<String> {
    let pair = pairs.into_iter().find(|(known, _)| known == name);
    pair.map(|(_, value)| value)
}

fn fields(body: &[u8]) -> Vec<(String, String)> {
    let lossy = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    form::byte_pairs(body)
        .take(MAX_FORM_FIELDS)
        .map(|(name, value)| (lossy(name), lossy(value)))
        .collect()
}

/// Whether `text` begins as a JSON object or array does.
fn is_json(text: &[u8]) -> bool {
    matches!(
        without_bom(text).trim_ascii_start().first(),
        Some(b'{' | b'[')
    )
}
