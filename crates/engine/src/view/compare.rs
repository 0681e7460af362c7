//! Two captures side by side, as faces show it.

use serde::Serialize;
use ts_rs::TS;

use crate::view::CaptureRow;

/// What differs between two captures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Comparison {
    /// The one that it is compared with; none when there is none of its kind.
    pub before: Option<CaptureRow>,
    /// The one that was asked about.
    pub after: CaptureRow,
    /// Why this one.
    pub kinship: Kinship,
    /// Of the request line, then of the headers, the query and the body.
    pub changes: Vec<ChangeView>,
    /// How many more changes there are.
    pub left_out: usize,
    /// How the bodies were compared.
    pub body: ComparedBody,
    /// From so many captures of the kind it was learned what always changes; 0: from too few.
    pub learned_from: usize,
}

/// Why a capture is compared with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Kinship {
    /// It is the one before of the same sender and type of event, at the same endpoint.
    Event,
    /// It is the one before at the same endpoint and path.
    Path,
    /// A person chose it.
    Chosen,
    /// There is none.
    Alone,
}

/// How two bodies were compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ComparedBody {
    /// They are the same, byte for byte.
    Same,
    /// By their values; without a change listed, only the way of writing differs.
    Json,
    /// By their fields; without a change listed, only the encoding differs.
    Form,
    /// Line by line.
    Lines,
    /// To the first byte that differs: they are no text, or one is empty.
    Bytes,
    /// To the first byte that differs, for one is too long for more.
    TooLong,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChangeView {
    /// What happened.
    pub kind: ChangeKind,
    /// The part of the capture that it is in.
    pub part: ChangePart,
    /// Where in that part: a name, a JSON path, the number of a line.
    pub place: String,
    /// What it was; none if it is new.
    pub before: Option<ChangeSide>,
    /// What it is; none if it is gone.
    pub after: Option<ChangeSide>,
    /// It is another one in each capture of the kind, and so says nothing.
    pub is_volatile: bool,
    /// It is shown only when asked for.
    pub is_secret: bool,
}

/// What happened to a part of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ChangeKind {
    /// It was not there before.
    Added,
    /// It is there no longer.
    Removed,
    /// It has another value.
    Changed,
    /// It stands elsewhere among the same.
    Moved,
    /// Its name is spelled otherwise.
    Respelled,
}

/// Where a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum ChangePart {
    /// Method, path or version.
    Request,
    /// A header.
    Headers,
    /// A parameter of the query.
    Query,
    /// The body.
    Body,
}

/// One side of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChangeSide {
    /// Where it stands in that capture.
    pub place: String,
    /// Its value as it stands there; bytes that are no text in hexadecimal.
    pub text: String,
    /// Bytes of the whole value.
    pub bytes: usize,
    /// There is more of it than `text`.
    pub is_cut: bool,
}
