//! Reading a value for what a property of a Go type wants: a text takes numbers, a number takes no
//! text, a null leaves everything as it was. Start at [`Spot`].

use std::collections::BTreeMap;

use super::error::LoadError;
use crate::rules::go::{
    number::short_float,
    yaml::node::{Content, Entry, Node},
    yaml::scalar::Scalar,
};

/// The place of a property among Go's types, for the words of an error.
pub(crate) struct Spot {
    owner: &'static str,
    path: String,
}

impl Spot {
    pub(crate) fn root() -> Self {
        let (owner, path) = ("", String::new());
        Self { owner, path }
    }

    pub(crate) fn below(&self, owner: &'static str, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        let path = format!("{}{dot}{name}", self.path);
        Self { owner, path }
    }

    fn refuse<T>(&self, node: &Node, wanted: &str) -> Result<T, LoadError> {
        let place = node.place;
        let found = match &node.content {
            Content::Scalar(Scalar::Float(value)) if !value.is_finite() => {
                let value = short_float(*value);
                return Err(LoadError::Unsupported { place, value });
            }
            Content::Scalar(Scalar::Text(_)) => "string".to_owned(),
            Content::Scalar(Scalar::Bool(_)) => "bool".to_owned(),
            Content::Scalar(Scalar::Float(value)) if wanted == "int" => format!("number {value}"),
            Content::Scalar(Scalar::Uint(value)) if wanted == "int" => format!("number {value}"),
            Content::Scalar(_) => "number".to_owned(),
            Content::List(_) => "array".to_owned(),
            Content::Map(_) => "object".to_owned(),
        };
        let target = if self.path.is_empty() {
            format!("value of type {wanted}")
        } else {
            format!("struct field {}.{} of type {wanted}", self.owner, self.path)
        };
        Err(LoadError::Shape {
            place,
            found,
            target,
        })
    }

    pub(crate) fn text(&self, node: &Node, into: &mut String) -> Result<(), LoadError> {
        *into = match &node.content {
            Content::Scalar(Scalar::Null) => return Ok(()),
            Content::Scalar(Scalar::Text(text)) => text.clone(),
            Content::Scalar(Scalar::Bool(is_true)) => is_true.to_string(),
            Content::Scalar(Scalar::Int(int)) => int.to_string(),
            Content::Scalar(Scalar::Uint(int)) => int.to_string(),
            Content::Scalar(Scalar::Float(float)) => short_float(*float),
            Content::List(_) | Content::Map(_) => return self.refuse(node, "string"),
        };
        Ok(())
    }

    pub(crate) fn flag(&self, node: &Node, into: &mut bool) -> Result<(), LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => {}
            Content::Scalar(Scalar::Bool(is_true)) => *into = *is_true,
            _ => return self.refuse(node, "bool"),
        }
        Ok(())
    }

    pub(crate) fn number(&self, node: &Node, into: &mut i64) -> Result<(), LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => {}
            Content::Scalar(Scalar::Int(int)) => *into = *int,
            Content::Scalar(Scalar::Float(float)) => match format!("{float}").parse() {
                Ok(int) => *into = int,
                Err(_) => return self.refuse(node, "int"),
            },
            _ => return self.refuse(node, "int"),
        }
        Ok(())
    }

    pub(crate) fn list<T: Default>(
        &self,
        node: &Node,
        wanted: &str,
        read: impl Fn(&Self, &Node, &mut T) -> Result<(), LoadError>,
    ) -> Result<Option<Vec<T>>, LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => Ok(None),
            Content::List(items) => {
                let read = |item| {
                    let mut value = T::default();
                    read(self, item, &mut value)?;
                    Ok(value)
                };
                items.iter().map(read).collect::<Result<_, _>>().map(Some)
            }
            _ => self.refuse(node, wanted),
        }
    }

    /// The members of a map that are called as one of `known`, in the order in which they count.
    pub(crate) fn members<'n>(
        &self,
        node: &'n Node,
        wanted: &str,
        known: &[&'static str],
    ) -> Result<Vec<(&'static str, &'n Node)>, LoadError> {
        match &node.content {
            Content::Scalar(Scalar::Null) => Ok(Vec::new()),
            Content::Map(entries) => {
                let mut members = Vec::new();
                for (key, entry) in last_of_each(entries) {
                    match known_name(key, known) {
                        Some(name) => members.push((name, &entry.value)),
                        None => check_numbers(&entry.value)?,
                    }
                }
                Ok(members)
            }
            _ => self.refuse(node, wanted),
        }
    }
}

/// The entries that count, in the order of their keys: of equal ones the last.
fn last_of_each(entries: &[Entry]) -> BTreeMap<&str, &Entry> {
    entries
        .iter()
        .map(|entry| (entry.key.as_str(), entry))
        .collect()
}

/// The property that `key` names: its exact spelling or, failing that, any case of it.
pub(crate) fn known_name(key: &str, known: &[&'static str]) -> Option<&'static str> {
    let fold = |char: char| match char {
        '\u{212a}' => 'k',
        '\u{17f}' => 's',
        _ => char.to_ascii_lowercase(),
    };
    known
        .iter()
        .find(|name| key.chars().map(fold).eq(name.chars()))
        .copied()
}

/// JSON has no infinities, and they are refused wherever no text is wanted.
fn check_numbers(node: &Node) -> Result<(), LoadError> {
    match &node.content {
        Content::Scalar(Scalar::Float(value)) if !value.is_finite() => {
            Err(LoadError::Unsupported {
                place: node.place,
                value: short_float(*value),
            })
        }
        Content::Scalar(_) => Ok(()),
        Content::List(items) => items.iter().try_for_each(check_numbers),
        Content::Map(entries) => last_of_each(entries)
            .values()
            .try_for_each(|entry| check_numbers(&entry.value)),
    }
}
