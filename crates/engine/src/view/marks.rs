//! What a person does with captures, as faces say it and see it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What is to become of captures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum MarkChange {
    /// They are kept on top, or no longer.
    Pin {
        /// Whether they are.
        is_pinned: bool,
    },
    /// They have this note; blank is none.
    Note {
        /// Its text.
        text: String,
    },
    /// They are hidden at once, and gone a minute later.
    Delete,
    /// They are deleted no longer.
    Restore,
}

/// A list whose captures are the right ones again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MendedList {
    /// How many captures it holds.
    pub count: usize,
    /// Some are no longer where they were.
    pub has_moved: bool,
    /// Where those positions are now that were asked for, in that order.
    pub places: Vec<MendedPlace>,
}

/// What became of a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct MendedPlace {
    /// Where its capture is, or would be.
    pub at: usize,
    /// Its capture is in the list no longer.
    pub is_gone: bool,
}

/// A form that captures can be taken away in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FormatView {
    /// What it is called in a command.
    pub id: String,
    /// What it is called among people.
    pub name: String,
    /// Several captures do not go into one file of it.
    pub is_one_a_file: bool,
}
