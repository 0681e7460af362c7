//! Rules and their runs as faces show them. Secrets are masked.

use serde::Serialize;
use ts_rs::TS;

/// The rules of an endpoint: its hooks file, and what can be said about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RulesView {
    /// The endpoint's id.
    pub endpoint: String,
    /// The hooks file as it was written; empty when there is none.
    pub text: String,
    /// Its rules, in its order; none when it does not load.
    pub rules: Vec<RuleView>,
    /// What its author should know.
    pub findings: Vec<LintView>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RuleView {
    /// Its id.
    pub id: String,
    /// The program that it runs.
    pub command: String,
    /// What a sender must have: `signature`, `token` or `address`. Without one a stranger may
    /// trigger it, and it runs only once its owner has confirmed it.
    pub guard: Option<String>,
    /// Whether it runs.
    pub is_live: bool,
}

/// One thing that the author of a hooks file should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LintView {
    /// A word for its kind, such as `never-fires`.
    pub kind: String,
    /// Whether the file does not do what it seems to say.
    pub is_grave: bool,
    /// From 1; none when it is about no place.
    pub line: Option<usize>,
    /// From 1, in characters.
    pub column: Option<usize>,
    /// All of it, in a sentence.
    pub message: String,
}

/// What a rule would have done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TrialView {
    /// The rule's id.
    pub rule: String,
    /// How many captures would have triggered it.
    pub fired: usize,
    /// How many were looked at.
    pub looked_at: usize,
    /// The newest captures that would have, at most a hundred.
    pub captures: Vec<String>,
    /// Of the newest capture looked at: why, clause by clause. None for a rule without conditions.
    pub why: Option<ClauseView>,
}

/// One clause of a rule over a capture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ClauseView {
    /// `and`, `or`, `not`, `empty`, or the type of a match.
    pub kind: String,
    /// What it looks at, such as `payload ref`; empty for one that joins others.
    pub place: String,
    /// `yes`, `no`, `error`, or `unreached`.
    pub outcome: String,
    /// What it saw there; masked when secret, none when there was nothing.
    pub saw: Option<String>,
    /// What would satisfy it, in words.
    pub wanted: String,
    /// Why it could not be decided.
    pub fault: Option<String>,
    /// Whether the result hangs on it.
    pub is_culprit: bool,
    /// Its own clauses.
    pub clauses: Vec<Self>,
}

/// One run of a rule's command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunView {
    /// Its name; a later run has a greater one.
    #[ts(type = "number")]
    pub number: i64,
    /// The capture that triggered it.
    pub capture: String,
    /// Its endpoint's id.
    pub endpoint: String,
    /// The rule's id.
    pub rule: String,
    /// From 1; greater when it ran before and Tenterhook ended meanwhile.
    pub attempt: u32,
    /// `unconfirmed`, `waiting`, `running` or `ended`.
    pub state: String,
    /// When it was triggered: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub made_at_ms: i64,
    /// When its command began.
    #[ts(type = "number | null")]
    pub began_at_ms: Option<i64>,
    /// When it was over.
    #[ts(type = "number | null")]
    pub ended_at_ms: Option<i64>,
    /// What the program was called with, its own name first; secrets are masked.
    pub arguments: Vec<String>,
    /// What was added to its environment; secrets are masked.
    pub environment: Vec<(String, String)>,
    /// The status that the program left with.
    pub code: Option<i32>,
    /// Why it is no success.
    pub error: Option<String>,
    /// How long its output is, in bytes.
    #[ts(type = "number")]
    pub output_bytes: u64,
}

/// What a run has written so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutputView {
    /// As text, control characters shown.
    pub text: String,
    /// The length of all of it, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// How much of that is kept.
    #[ts(type = "number")]
    pub kept_bytes: u64,
}
