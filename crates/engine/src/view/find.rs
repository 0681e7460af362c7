//! What helps to find captures, as faces show it: filters that are kept, and arrivals over time.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A filter that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SavedView {
    /// What it is called; no two of them alike, letters of ASCII in either case.
    pub name: String,
    /// Its query: see `webhook::query`.
    pub query: String,
}

/// How many captures a query lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Matches {
    /// So many were counted.
    pub count: usize,
    /// There are more.
    pub is_more: bool,
}

/// When the captures of a list were received, in slots of one length, and what came of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Timeline {
    /// When the first slot begins: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub from_ms: i64,
    /// How long each is, in milliseconds.
    #[ts(type = "number")]
    pub slot_ms: i64,
    /// Captures in each slot.
    pub captures: Vec<u32>,
    /// Those of them that were passed on and have not failed.
    pub ok: Vec<u32>,
    /// Those of them that were passed on and have failed.
    pub failed: Vec<u32>,
}
