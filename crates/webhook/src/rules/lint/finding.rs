//! What can be said about a hooks file that loads all the same, and about one that does not.

use crate::rules::{go::yaml::node::Node, place::Place};

/// One thing that a person should know about a hooks file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// Where it is in the file; nothing when its template cannot be run.
    pub place: Option<Place>,
    /// The whole of it in a sentence.
    pub message: String,
}

/// The kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FindingKind {
    /// The file does not load.
    Refused,
    /// Everybody may run the hook.
    Unguarded,
    /// A rule, or a part of one, that is never satisfied.
    NeverFires,
    /// A rule or a parameter that ends every request with an error.
    AlwaysFails,
    /// Two hooks have one id.
    DuplicateId,
    /// A property that nobody reads.
    UnknownField,
    /// A property that means nothing where it stands.
    IgnoredField,
    /// A rule or a value that is less than it seems.
    Surprising,
    /// An old way to say it.
    OldName,
}

impl FindingKind {
    /// The word for it in output and settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unguarded => "unguarded",
            Self::NeverFires => "never-fires",
            Self::AlwaysFails => "always-fails",
            Self::DuplicateId => "duplicate-id",
            Self::UnknownField => "unknown-field",
            Self::IgnoredField => "ignored-field",
            Self::Surprising => "surprising",
            Self::OldName => "old-name",
        }
    }

    /// Whether the hook does not do what its file seems to say.
    #[must_use]
    pub const fn is_grave(self) -> bool {
        matches!(
            self,
            Self::Refused
                | Self::Unguarded
                | Self::NeverFires
                | Self::AlwaysFails
                | Self::DuplicateId
        )
    }
}

/// Where findings are gathered.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn add(&mut self, kind: FindingKind, node: &Node, message: impl Into<String>) {
        self.add_at(kind, node.place, message);
    }

    pub(super) fn add_at(&mut self, kind: FindingKind, place: Place, message: impl Into<String>) {
        let (place, message) = (Some(place), message.into());
        self.0.push(Finding {
            kind,
            place,
            message,
        });
    }
}
