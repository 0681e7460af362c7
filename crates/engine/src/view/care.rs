//! The history as a whole, as faces show it: its size, what is kept, and work on it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What captures are kept by. A rule that is absent lets none go; pinned captures never go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Retention {
    /// Those that were received longer ago go, in milliseconds.
    #[ts(type = "number | null")]
    pub max_age_ms: Option<i64>,
    /// All but the newest so many go.
    #[ts(type = "number | null")]
    pub max_captures: Option<u64>,
    /// The oldest go until the history holds no more bytes than these.
    #[ts(type = "number | null")]
    pub max_bytes: Option<u64>,
}

impl Retention {
    /// Whether every capture is kept.
    #[must_use]
    pub const fn is_off(&self) -> bool {
        self.max_age_ms.is_none() && self.max_captures.is_none() && self.max_bytes.is_none()
    }
}

/// What would go, or went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PrunePreview {
    /// So many captures.
    #[ts(type = "number")]
    pub captures: u64,
    /// What they take of the history's file, about.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When the oldest of them was received: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub oldest_at_ms: Option<i64>,
    /// When the newest of them was received: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub newest_at_ms: Option<i64>,
    /// So many would go too, were they not pinned.
    #[ts(type = "number")]
    pub pinned: u64,
}

/// How much the history holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistorySizes {
    /// Captures in it.
    #[ts(type = "number")]
    pub captures: u64,
    /// Those of them that are pinned.
    #[ts(type = "number")]
    pub pinned: u64,
    /// When the oldest was received: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub oldest_at_ms: Option<i64>,
    /// When the newest was received: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub newest_at_ms: Option<i64>,
    /// Bytes of its file that hold something.
    #[ts(type = "number")]
    pub used_bytes: u64,
    /// Bytes of its file that are free, and come back to the disk when it is compacted.
    #[ts(type = "number")]
    pub free_bytes: u64,
}

/// The history, what it is kept by, and its backups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryView {
    /// How much it holds.
    pub sizes: HistorySizes,
    /// What it is kept by.
    pub retention: Retention,
    /// Where a backup of now would lie.
    pub next_backup: String,
    /// The backups beside the history, the newest first.
    pub backups: Vec<BackupFile>,
}

/// A backup beside the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BackupFile {
    /// The file.
    pub path: String,
    /// The file's last part.
    pub name: String,
    /// Its bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// When it was made: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub made_at_ms: i64,
}

/// What a history's file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HistoryFile {
    /// The file.
    pub path: String,
    /// Its bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Captures in it.
    #[ts(type = "number")]
    pub captures: u64,
    /// When the oldest was received: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub oldest_at_ms: Option<i64>,
    /// When the newest was received: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub newest_at_ms: Option<i64>,
    /// The version of its tables.
    #[ts(type = "number")]
    pub schema: i64,
}

/// What came of restoring.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Restored {
    /// Captures in the history now.
    #[ts(type = "number")]
    pub captures: u64,
    /// The file with the history of before.
    pub kept: String,
    /// Rules that let captures go were switched off, or they might go at once.
    pub is_retention_off: bool,
}

/// What came of compacting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Compacted {
    /// Bytes that the history's files take now.
    #[ts(type = "number")]
    pub disk_bytes: u64,
    /// Bytes that came free on the disk.
    #[ts(type = "number")]
    pub freed_bytes: u64,
}

/// What came of taking in another history.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Merged {
    /// Captures that were added.
    #[ts(type = "number")]
    pub added: u64,
    /// Captures that were there already.
    #[ts(type = "number")]
    pub skipped: u64,
}

/// Work on the whole history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Work {
    /// Captures go.
    Prune,
    /// A copy is made.
    Backup,
    /// Another file takes its place.
    Restore,
    /// Its file is made as small as what it holds.
    Compact,
    /// Captures of another are taken in.
    Merge,
}

/// How far work on the history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct WorkProgress {
    /// Which work.
    pub work: Work,
    /// So much of it is done, in a unit of its own.
    #[ts(type = "number")]
    pub done: u64,
    /// So much there is to do; 0 while nobody knows.
    #[ts(type = "number")]
    pub total: u64,
}
