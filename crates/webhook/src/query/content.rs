//! A body as the texts that it is sought by. Start at [`visit`].

use std::borrow::Cow;

use super::path::Step;
use crate::decode::{
    BodyKind, form,
    json::{Kind, Outline, unescape},
    without_bom,
};

/// Of a longer body only so much decoded text is sought.
pub const MAX_TEXT_BYTES: usize = 128 << 10;
/// What lies deeper is found by its words alone.
const MAX_STEPS: usize = 32;

/// A piece of a body.
pub(super) enum Piece<'a> {
    /// Text that only words are found in.
    Text(&'a str),
    /// What lies at a place: a scalar's text, or a container.
    At(&'a [Step], Option<&'a str>),
}

/// Calls `found` with the pieces of `body` in its order, decoded.
pub(super) fn visit(kind: BodyKind, body: &[u8], mut found: impl FnMut(Piece<'_>)) {
    match kind {
        BodyKind::Empty | BodyKind::Binary => {}
        BodyKind::Xml | BodyKind::Text => found(Piece::Text(&beginning(body))),
        BodyKind::Form => {
            let mut left = MAX_TEXT_BYTES;
            for (name, value) in form::pairs(&body[..body.len().min(MAX_TEXT_BYTES)]) {
                let (name, value) = (cut(&name, &mut left), cut(&value, &mut left));
                found(Piece::Text(name));
                found(Piece::At(&[Step::Key(name.to_owned())], Some(value)));
            }
        }
        BodyKind::Json => json(body, found),
    }
}

fn json(body: &[u8], mut found: impl FnMut(Piece<'_>)) {
    let outline = Outline::parse(body);
    let is_whole = outline.problem().is_none();
    if !is_whole {
        found(Piece::Text(&beginning(body)));
    }
    let mut left = MAX_TEXT_BYTES;
    let mut place: Vec<Step> = Vec::new();
    // For each container that the place lies in: its items so far.
    let mut items: Vec<u32> = Vec::new();
    for node in outline.nodes() {
        let depth = node.depth();
        place.truncate(depth.saturating_sub(1));
        items.truncate(depth);
        if let Some(item) = items.last_mut() {
            let key = node.key().map(|span| unescape(&body[span]));
            place.push(match key {
                Some(key) => {
                    let key = cut(&key, &mut left);
                    if is_whole {
                        found(Piece::Text(key));
                    }
                    Step::Key(key.to_owned())
                }
                None => Step::Item(*item),
            });
            *item += 1;
        }
        items.push(0);
        let raw = &body[node.value()];
        let text = match node.kind() {
            Kind::Object | Kind::Array => None,
            Kind::String => Some(unescape(raw)),
            Kind::Number | Kind::Bool | Kind::Null => Some(String::from_utf8_lossy(raw)),
        };
        let text = text.as_deref().map(|text| cut(text, &mut left));
        if place.len() <= MAX_STEPS && !place.is_empty() {
            found(Piece::At(&place, text));
        } else if let Some(text) = text {
            found(Piece::Text(text));
        }
        if left == 0 {
            return;
        }
    }
}

/// As much of `body` as is sought.
fn beginning(body: &[u8]) -> Cow<'_, str> {
    let body = without_bom(body);
    String::from_utf8_lossy(&body[..body.len().min(MAX_TEXT_BYTES)])
}

/// As much of `text` as there are bytes `left`, which are fewer then.
fn cut<'a>(text: &'a str, left: &mut usize) -> &'a str {
    let mut end = text.len().min(*left);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    *left = if end < text.len() { 0 } else { *left - end };
    &text[..end]
}
