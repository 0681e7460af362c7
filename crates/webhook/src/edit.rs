//! A capture with some of it changed by a person: what is not named stays as it was sent, byte for
//! byte. Start at [`Edit::apply`].

use bytes::Bytes;

use crate::head::{Head, HeadError};

/// What is to be another. Nothing of it is changed where it names nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edit {
    /// The method.
    pub method: Option<Vec<u8>>,
    /// Path and query.
    pub target: Option<Vec<u8>>,
    /// All header lines, in their order.
    pub headers: Option<Vec<Line>>,
    /// Fields that are to have one value, after that: in the place and spelling of the first of that
    /// name, or at the end.
    pub set: Vec<(Vec<u8>, Vec<u8>)>,
    /// Fields that are to be gone, by name in any spelling.
    pub without: Vec<Vec<u8>>,
    /// The body.
    pub body: Option<Bytes>,
}

/// One header line of an edited capture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// The one that came at this place, counted from 0, as it was sent.
    Kept(usize),
    /// Another, by name and value.
    Written(Vec<u8>, Vec<u8>),
}

/// Why an edit leads to no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// What was written is no head.
    #[error("this is no request any more: {0}")]
    Head(#[from] HeadError),
    /// A line is kept that never came.
    #[error("there is no header line {0}")]
    NoLine(usize),
}

impl Edit {
    /// Whether nothing is changed.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// `head` and `body` with the changes made. `Content-Length` is left to whoever sends.
    ///
    /// # Errors
    /// When the outcome is no request.
    pub fn apply(&self, head: &Head, body: &Bytes) -> Result<(Head, Bytes), EditError> {
        let came: Vec<_> = head.headers().collect();
        let plain = |name: &[u8], value: &[u8]| -> Result<(Vec<u8>, Vec<u8>), EditError> {
            // Composed alone it is refused when it would be more than one line.
            Head::compose(b"GET", b"/", b"HTTP/1.1", [(name, value)])?;
            Ok((name.to_vec(), [name, b": ", value, b"\r\n"].concat()))
        };
        // Each line with its name.
        let mut lines = match &self.headers {
            None => came
                .iter()
                .map(|one| (one.name.to_vec(), one.line.to_vec()))
                .collect(),
            Some(lines) => lines
                .iter()
                .map(|line| match line {
                    Line::Kept(at) => came
                        .get(*at)
                        .map(|one| (one.name.to_vec(), one.line.to_vec()))
                        .ok_or(EditError::NoLine(*at)),
                    Line::Written(name, value) => plain(name, value),
                })
                .collect::<Result<Vec<_>, _>>()?,
        };
        for name in &self.without {
            lines.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        }
        for (name, value) in &self.set {
            let is_it = |known: &[u8]| known.eq_ignore_ascii_case(name);
            let at = lines.iter().position(|(known, _)| is_it(known));
            // The spelling stays where it stood.
            let spelt = at.map_or_else(|| name.clone(), |at| lines[at].0.clone());
            let line = plain(&spelt, value)?;
            let at = at.unwrap_or(lines.len());
            lines.retain(|(known, _)| !is_it(known));
            // Before the first of that name nothing has gone.
            lines.insert(at, line);
        }
        let method = self.method.as_deref().unwrap_or_else(|| head.method());
        let target = self.target.as_deref().unwrap_or_else(|| head.target());
        // Composed without fields it is refused when it would not come back as these parts.
        let first = Head::compose(method, target, head.version(), [])?;
        let first = if self.method.is_none() && self.target.is_none() {
            head.request_line().to_vec()
        } else {
            first.request_line().to_vec()
        };
        let lines: Vec<u8> = lines.into_iter().flat_map(|(_, line)| line).collect();
        let head = Head::parse([first, lines, b"\r\n".to_vec()].concat().into())?;
        Ok((head, self.body.clone().unwrap_or_else(|| body.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "POST /a HTTP/1.1\r\nHOST:a\r\nX-b:  1 \r\nx-B: 2\r\nLast: 3\r\n\r\n";

    fn edited(edit: &Edit) -> Result<String, EditError> {
        let head = Head::parse(SENT.into()).unwrap();
        let (head, _) = edit.apply(&head, &Bytes::new())?;
        Ok(String::from_utf8(head.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn nothing_named_is_nothing_changed() {
        assert_eq!(edited(&Edit::default()).unwrap(), SENT);
    }

    #[test]
    fn a_field_that_is_set_keeps_place_and_spelling_and_has_one_value() {
        let set = vec![(b"x-b".to_vec(), b"9".to_vec()), (b"new".to_vec(), vec![])];
        let edit = Edit {
            set,
            ..Edit::default()
        };
        let want = "POST /a HTTP/1.1\r\nHOST:a\r\nX-b: 9\r\nLast: 3\r\nnew: \r\n\r\n";
        assert_eq!(edited(&edit).unwrap(), want);
    }

    #[test]
    fn lines_go_in_the_order_that_was_asked_for_and_kept_ones_as_they_came() {
        let edit = Edit {
            method: Some(b"put".to_vec()),
            target: Some(b"/b?c".to_vec()),
            headers: Some(vec![
                Line::Kept(1),
                Line::Written(b"NEW".to_vec(), b"4".to_vec()),
                Line::Kept(0),
            ]),
            ..Edit::default()
        };
        let want = "put /b?c HTTP/1.1\r\nX-b:  1 \r\nNEW: 4\r\nHOST:a\r\n\r\n";
        assert_eq!(edited(&edit).unwrap(), want);
    }

    #[test]
    fn what_would_smuggle_a_line_in_is_refused() {
        let set = |name: &[u8], value: &[u8]| Edit {
            set: vec![(name.to_vec(), value.to_vec())],
            ..Edit::default()
        };
        for edit in [
            set(b"a", b"b\r\nc: d"),
            set(b"a: b\nc", b"d"),
            set(b"", b"d"),
            Edit {
                target: Some(b"/a b".to_vec()),
                ..Edit::default()
            },
            Edit {
                method: Some(b"GET / HTTP/1.1\r\n".to_vec()),
                ..Edit::default()
            },
            Edit {
                headers: Some(vec![Line::Kept(4)]),
                ..Edit::default()
            },
        ] {
            assert!(edited(&edit).is_err(), "{edit:?}");
        }
    }
}
