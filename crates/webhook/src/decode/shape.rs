//! How a body is best shown, once its codings are taken off and its text is read. Start at
//! [`Shape::of`].

use crate::decode::{
    charset::Read,
    essence,
    image::{self, Format},
    looks_like_json, without_bom,
};

/// How a body is best shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// No bytes at all.
    Empty,
    /// JSON: see [`crate::decode::json::Outline`].
    Json,
    /// `name=value` pairs: see [`crate::decode::form::pairs`].
    Form,
    /// Bodies in a body: see [`crate::decode::multipart::parts`].
    Multipart,
    /// Markup: see [`crate::decode::xml::pretty`].
    Xml,
    /// Rows of values: see [`crate::decode::csv::Table`].
    Csv {
        /// Tabs stand between the values.
        is_tabbed: bool,
    },
    /// A picture, or what claims to be one.
    Image(Format),
    /// Text of no known form.
    Text,
    /// Bytes that are no text.
    Binary,
}

impl Shape {
    /// Says how `body` is best shown: by its first bytes where they are a picture's, by its content
    /// type, then by a look at its `text`.
    ///
    /// A text that looks like JSON is JSON whatever it is called, unless it is called something
    /// else that has a form. A text that is called one stays one, though some bytes are none.
    #[must_use]
    pub fn of(content_type: &[u8], body: &[u8], text: &Read) -> Self {
        if body.is_empty() {
            return Self::Empty;
        }
        let essence = essence(content_type);
        if essence.starts_with("multipart/") {
            return Self::Multipart;
        }
        let named = Format::from_media_type(&essence);
        if let Some(format) = image::format(body).or(named) {
            return Self::Image(format);
        }
        let is_named_text = essence.starts_with("text/")
            || essence.ends_with("json")
            || essence.ends_with("xml")
            || essence == "application/x-www-form-urlencoded";
        let text = match &text.utf8 {
            Some(utf8) => utf8.as_slice(),
            None if text.is_broken && !is_named_text => return Self::Binary,
            None => body,
        };
        if text.contains(&0) {
            return Self::Binary;
        }
        match essence.as_str() {
            "application/json" | "text/json" => Self::Json,
            "application/xml" | "text/xml" => Self::Xml,
            "text/csv" | "application/csv" => Self::Csv { is_tabbed: false },
            "text/tab-separated-values" => Self::Csv { is_tabbed: true },
            other if other.ends_with("+json") => Self::Json,
            other if other.ends_with("+xml") => Self::Xml,
            _ if looks_like_json(text) => Self::Json,
            "application/x-www-form-urlencoded" => Self::Form,
            _ if without_bom(text).trim_ascii_start().starts_with(b"<?xml") => Self::Xml,
            _ => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::charset;

    fn check(content_type: &str, body: &[u8], want: Shape) {
        let content_type = content_type.as_bytes();
        let shape = Shape::of(content_type, body, &charset::read(content_type, body));
        assert_eq!(shape, want, "{body:?}");
    }

    #[test]
    fn the_content_type_says_what_it_is() {
        check(
            "text/csv; header=present",
            b"a,b",
            Shape::Csv { is_tabbed: false },
        );
        check(
            "text/tab-separated-values",
            b"a\tb",
            Shape::Csv { is_tabbed: true },
        );
        check("multipart/mixed; boundary=x", b"\0", Shape::Multipart);
        check("image/svg+xml", b"<svg/>", Shape::Xml);
        check("image/png", b"not one", Shape::Image(Format::Png));
        check("application/vnd.acme+json", b"{", Shape::Json);
        check("application/json", b"{\"a\":\"\xff\"}", Shape::Json);
        check("text/plain; charset=latin1", b"caf\xe9", Shape::Text);
        check(
            "application/json; charset=utf-16le",
            b"[\x001\x00]\x00",
            Shape::Json,
        );
    }

    #[test]
    fn the_bytes_say_it_where_the_content_type_does_not() {
        check("", b"", Shape::Empty);
        check(
            "application/octet-stream",
            b"GIF89a....",
            Shape::Image(Format::Gif),
        );
        check(
            "application/x-www-form-urlencoded",
            b"{\"by\":\"curl -d\"}",
            Shape::Json,
        );
        check("application/x-www-form-urlencoded", b"a=b", Shape::Form);
        check("", b"caf\xe9", Shape::Binary);
        check("", b"caf\0", Shape::Binary);
        check("", b"\xff\xfeh\0i\0", Shape::Text);
    }
}
