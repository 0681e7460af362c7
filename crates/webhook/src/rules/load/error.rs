//! Why a hooks file is refused.

use crate::rules::{place::Place, template::TemplateError};

/// Why a hooks file is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// Its template cannot be run.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// It is no YAML, which JSON is a part of.
    #[error("error converting YAML to JSON: yaml: {place}: {message}")]
    Syntax {
        /// Where reading stopped.
        place: Place,
        /// Why.
        message: String,
    },
    /// A property holds what does not belong there.
    #[error("error unmarshaling JSON: json: cannot unmarshal {found} into Go {target} ({place})")]
    Shape {
        /// Where the value begins.
        place: Place,
        /// What was found, such as `string`.
        found: String,
        /// What it was for, such as `struct field Hook.id of type string`.
        target: String,
    },
    /// A number that JSON cannot carry.
    #[error("error converting YAML to JSON: json: unsupported value: {value} ({place})")]
    Unsupported {
        /// Where it stands.
        place: Place,
        /// The value as Go prints it.
        value: String,
    },
}

impl LoadError {
    /// Where in the text the fault lies. Of a file that was a template this is a place in what the
    /// template wrote.
    #[must_use]
    pub const fn place(&self) -> Option<Place> {
        match self {
            Self::Template(_) => None,
            Self::Syntax { place, .. }
            | Self::Shape { place, .. }
            | Self::Unsupported { place, .. } => Some(*place),
        }
    }
}
