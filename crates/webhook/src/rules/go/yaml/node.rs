//! The tree of a YAML document, and what can be wrong with one.

use super::scalar::Scalar;
use crate::rules::place::Place;

/// One value of a document and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) content: Content,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Scalar(Scalar),
    List(Vec<Node>),
    /// In the order of the file, merged entries in the place of their `<<`. Of equal keys the last
    /// counts.
    Map(Vec<Entry>),
}

/// One key of a map with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) place: Place,
    pub(crate) key: String,
    pub(crate) value: Node,
    /// Whether a `<<` brought it.
    pub(crate) is_merged: bool,
}

/// Why a text is no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("yaml: {place}: {message}")]
pub(crate) struct YamlError {
    pub(crate) place: Place,
    pub(crate) message: String,
}

/// The first document of a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Document {
    /// Nothing when the text is empty.
    pub(crate) root: Option<Node>,
    /// Where a second document begins, which nobody reads.
    pub(crate) ignored: Option<Place>,
}

pub(super) fn fault<T>(place: Place, message: impl Into<String>) -> Result<T, YamlError> {
    let message = message.into();
    Err(YamlError { place, message })
}
