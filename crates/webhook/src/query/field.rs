//! The names that may stand before a `:`.

use super::{name::NameField, path::BodyPath};

/// A field as it is named in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    /// One whose value is one name.
    Name(NameField),
    /// The status of the application's last answer.
    Status,
    /// The path of the target.
    Path,
    /// A header, by name.
    Header,
    /// The body, or a place in it.
    Body,
    /// Bytes of the body.
    Size,
    /// Received before.
    Before,
    /// Received then or after.
    After,
    /// A mark.
    Is,
}

/// A field whose value is a text of several words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextField {
    /// The path of the target, as it is shown.
    Path,
    /// The headers of that name, in lower case.
    Header(String),
    /// What lies there in the body.
    Body(BodyPath),
}

/// What a capture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// It waited on the relay because the desktop was away.
    Held,
    /// It was passed on again.
    Replayed,
    /// It was changed and passed on.
    Edited,
    /// A rule ran on it.
    Ran,
    /// A person keeps it on top.
    Pinned,
    /// A person wrote a note to it.
    Noted,
    /// It was passed on, and the last attempt brought no whole answer, or one from 400 on.
    Failed,
    /// It was kept although something was wrong with it.
    Flawed,
    /// It was passed on, or that was tried.
    Forwarded,
    /// The last attempt to pass it on brought an answer.
    Answered,
    /// It is not the first try of its delivery.
    Retry,
}

impl Field {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Name(NameField::Provider), "provider"),
        (Self::Name(NameField::Type), "type"),
        (Self::Status, "status"),
        (Self::Name(NameField::Verify), "verify"),
        (Self::Name(NameField::Method), "method"),
        (Self::Path, "path"),
        (Self::Header, "header"),
        (Self::Body, "body"),
        (Self::Size, "size"),
        (Self::Before, "before"),
        (Self::After, "after"),
        (Self::Is, "is"),
        (Self::Name(NameField::Endpoint), "endpoint"),
        (Self::Name(NameField::Source), "source"),
        (Self::Name(NameField::Delivery), "delivery"),
    ];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(field, _)| *field == self);
        found.map_or("", |(_, name)| name)
    }

    /// The field called `name`, in any spelling.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let is_it = |(_, known): &&(Self, &str)| known.eq_ignore_ascii_case(name);
        Self::ALL.iter().find(is_it).map(|(field, _)| *field)
    }

    /// The field whose name is the least different from `name`, if one is near.
    pub(super) fn nearest(name: &str) -> Option<&'static str> {
        let name = name.to_ascii_lowercase();
        let name = name
            .strip_suffix('s')
            .filter(|n| n.len() > 3)
            .unwrap_or(&name);
        let also = [
            ("event", "type"),
            ("sender", "provider"),
            ("from", "provider"),
            ("url", "path"),
            ("target", "path"),
            ("code", "status"),
            ("since", "after"),
            ("until", "before"),
        ];
        if let Some((_, meant)) = also.iter().find(|(said, _)| *said == name) {
            return Some(meant);
        }
        let near = Self::ALL
            .iter()
            .map(|(_, known)| (distance(name, known), *known));
        let (far, known) = near.min_by_key(|(far, _)| *far)?;
        (far <= 2 && far < known.len().min(name.len())).then_some(known)
    }
}

/// Letters to put in, leave out or change to make `a` of `b`.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in (1..).zip(a.bytes()) {
        let mut corner = row[0];
        row[0] = i;
        for (j, y) in (1..).zip(b.bytes()) {
            let change = corner + usize::from(x != y);
            corner = row[j];
            row[j] = change.min(row[j] + 1).min(row[j - 1] + 1);
        }
    }
    row[b.len()]
}

impl Mark {
    /// All of them, with their names.
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::Held, "held"),
        (Self::Replayed, "replayed"),
        (Self::Edited, "edited"),
        (Self::Ran, "ran"),
        (Self::Pinned, "pinned"),
        (Self::Noted, "noted"),
        (Self::Failed, "failed"),
        (Self::Flawed, "flawed"),
        (Self::Forwarded, "forwarded"),
        (Self::Answered, "answered"),
        (Self::Retry, "retry"),
    ];
    /// Their names.
    pub const NAMES: [&'static str; 11] = {
        let mut names = [""; 11];
        let mut at = 0;
        while at < names.len() {
            names[at] = Self::ALL[at].1;
            at += 1;
        }
        names
    };

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(mark, _)| *mark == self);
        found.map_or("", |(_, name)| name)
    }

    /// The mark called `name`, in any spelling.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let is_it = |(_, known): &&(Self, &str)| known.eq_ignore_ascii_case(name);
        Self::ALL.iter().find(is_it).map(|(mark, _)| *mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_written_wrong_has_one_that_was_meant() {
        let check = |name, want| assert_eq!(Field::nearest(name), want, "{name}");
        check("providr", Some("provider"));
        check("Headers", Some("header"));
        check("stauts", Some("status"));
        check("event", Some("type"));
        check("colour", None);
        check("x", None);
    }
}
