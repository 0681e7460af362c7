//! What the engine shows to its faces: plain data, made for reading. The page's types are generated
//! from here, the terminal's `--json` is [`Record`].

mod background;
mod body;
mod care;
mod compare;
mod find;
mod marks;
mod replay;
mod rules;
mod settings;
mod verify;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use webhook::{
    capture::Capture,
    escape,
    sender::{self, Sender},
};

pub use self::{
    background::{Background, Language, Loudness, OnClose, WindowNews},
    body::{
        BodyForm, BodyKind, BodyOf, BodyRef, BodyView, CharsetView, CodingView, FieldView, Folds,
        Found, FoundPlace, PartView, PictureView, Shown, TableView, TextPage, TreeKind, TreePage,
        TreeProblem, TreeRow,
    },
    care::{
        BackupFile, Compacted, HistoryFile, HistorySizes, HistoryView, Merged, PrunePreview,
        Restored, Retention, Work, WorkProgress,
    },
    compare::{ChangeKind, ChangePart, ChangeSide, ChangeView, ComparedBody, Comparison, Kinship},
    find::{Matches, SavedView, Timeline},
    marks::{FormatView, MarkChange, MendedList, MendedPlace},
    replay::{
        BodyEdit, Confirmed, EditView, ForwardSettings, HeaderEdit, Missed, Pace, ReplayOptions,
        ReplayProgress, ReplayReport, ReplaySelection, ReplaySend, ReplayState, Replayed,
        ReplayedOne,
    },
    rules::{ClauseView, LintView, OutputView, RuleView, RulesView, RunView, TrialView},
    settings::{AnswerView, SettingsView},
    verify::{
        DiagnosisView, DifferenceView, FindingView, MadeSecret, MendView, SchemeView, SecretView,
        SignedHeader, StepsView, VerdictView, VerificationView,
    },
};

/// Where a capture came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Source {
    /// At the relay's public address.
    Relay,
    /// At the receiver on this computer.
    Local,
    /// From a file or a command that was brought in.
    Import,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CaptureRow {
    /// Its place in the history; later ones have larger numbers.
    #[ts(type = "number")]
    pub seq: i64,
    /// Its name everywhere.
    pub id: String,
    /// Where it was sent to.
    pub endpoint: String,
    /// Where it came in.
    pub source: Source,
    /// At the door: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub received_at_ms: i64,
    /// When it was durable here: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub stored_at_ms: i64,
    /// It waited on the relay because this desktop was away.
    pub is_held: bool,
    /// As sent, what does not print escaped.
    pub method: String,
    /// Path and query as sent, escaped, at most 512 characters.
    pub target: String,
    /// The first `Content-Type`, escaped.
    pub content_type: Option<String>,
    /// Bytes of its body.
    #[ts(type = "number")]
    pub body_bytes: u64,
    /// What was wrong with it.
    pub flaws: Vec<String>,
    /// Who seems to have sent it.
    pub sender: Option<SenderView>,
    /// What happened, in the sender's own word, such as `invoice.paid`.
    pub event: Option<String>,
    /// What it is about, in one line for people.
    pub summary: Option<String>,
    /// The last attempt to pass it on.
    pub delivery: Option<RowDelivery>,
    /// The id of the capture that it was edited from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub origin: Option<String>,
    /// What the sender calls its delivery: the same for all tries of one.
    pub delivery_id: Option<String>,
    /// The how-manieth try of its delivery it is, from 1.
    pub nth_try: u32,
    /// A person keeps it on top.
    pub is_pinned: bool,
    /// What a person wrote to it.
    pub note: Option<String>,
    /// What its signature proved; none where it bears none and need not, or is not judged yet.
    pub verdict: Option<VerdictView>,
}

/// One header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct HeaderView {
    /// In the sender's spelling.
    pub name: String,
    /// What does not print is escaped.
    pub value: String,
    /// The value is text as it stands: nothing had to be escaped.
    pub is_text: bool,
    /// It is shown only when asked for.
    pub is_secret: bool,
}

/// One pair of the query, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct QueryPair {
    /// Before the first `=`.
    pub name: String,
    /// Behind it.
    pub value: String,
}

/// What the detail of a capture shows besides its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CaptureDetail {
    /// As in the list.
    pub row: CaptureRow,
    /// Address and port of the sender's connection.
    pub peer: Option<String>,
    /// Such as `HTTP/1.1`.
    pub version: String,
    /// In the order and spelling of the wire.
    pub headers: Vec<HeaderView>,
    /// In the order of the target.
    pub query: Vec<QueryPair>,
    /// Bytes of the head.
    #[ts(type = "number")]
    pub head_bytes: usize,
}

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EndpointView {
    /// Its name among machines.
    pub id: String,
    /// Its name among people.
    pub name: String,
    /// Where senders post.
    pub url: String,
    /// Whose it is.
    pub source: Source,
    /// Captures in the history.
    #[ts(type = "number")]
    pub captures: u64,
    /// When the newest of them was received: Unix epoch, milliseconds.
    #[ts(type = "number | null")]
    pub last_at_ms: Option<i64>,
    /// Where its captures go by themselves; the first answers to a sender that waits.
    pub forwards: Vec<ForwardView>,
}

/// Where captures go by themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ForwardView {
    /// The URL.
    pub target: String,
    /// It may be another computer's.
    pub is_remote: bool,
}

/// One attempt to pass a capture on, and what came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DeliveryView {
    /// Its number; later ones have larger numbers.
    #[ts(type = "number")]
    pub number: i64,
    /// When it began: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub began_at_ms: i64,
    /// The URL.
    pub target: String,
    /// In what the head that went out differs from the one that came.
    pub changes: Vec<String>,
    /// The answer's status; none when there was no answer.
    pub status: Option<u16>,
    /// The words behind the status, escaped.
    pub reason: String,
    /// Of the answer, in the order and spelling of the wire.
    pub headers: Vec<HeaderView>,
    /// Bytes of the answer's body.
    #[ts(type = "number")]
    pub body_bytes: u64,
    /// How many of them are kept.
    #[ts(type = "number")]
    pub kept_bytes: u64,
    /// Why there is no answer, or not all of it.
    pub error: Option<String>,
    /// How long connecting took; none when the connection was up.
    #[ts(type = "number | null")]
    pub connect_ms: Option<u64>,
    /// How long it took until the answer began.
    #[ts(type = "number | null")]
    pub first_byte_ms: Option<u64>,
    /// How long it took in all.
    #[ts(type = "number")]
    pub total_ms: u64,
    /// A person sent it again; else it went by itself.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub is_replay: bool,
    /// Which of several tries it was, when it was not the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub attempt: Option<u32>,
}

/// A sender that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SenderView {
    /// Its name among machines, such as `github`.
    pub id: String,
    /// Its name among people.
    pub name: String,
}

impl From<Sender> for SenderView {
    fn from(sender: Sender) -> Self {
        Self {
            id: sender.id().to_owned(),
            name: sender.name().to_owned(),
        }
    }
}

/// What came of the last attempt to pass a capture on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RowDelivery {
    /// The answer's status; none when there was no answer.
    pub status: Option<u16>,
    /// There is no answer, or not all of it.
    pub is_broken: bool,
    /// How long it took in all, in milliseconds.
    #[ts(type = "number")]
    pub total_ms: u64,
}

/// Which captures a list holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ListFilter {
    /// Those of one endpoint.
    pub endpoint: Option<String>,
    /// Those that have this text in their head or body; letters of either case. All bytes are
    /// looked through, which takes its time.
    pub text: Option<String>,
    /// Those that this query lets through: see `webhook::query`.
    pub query: Option<String>,
}

/// A place in a query that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct QueryProblem {
    /// Where it begins, in UTF-16 units.
    pub from: u32,
    /// Where it ends, in UTF-16 units; where something is missing it has no length.
    pub to: u32,
    /// A word for it, for programs.
    pub code: String,
    /// What was expected there.
    pub message: String,
}

/// What can be said of a query while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct QueryHelp {
    /// What could not be read, in the order of the text.
    pub problems: Vec<QueryProblem>,
    /// Where the text begins that a suggestion takes the place of, in UTF-16 units.
    pub from: u32,
    /// Where it ends.
    pub to: u32,
    /// What may stand there.
    pub suggestions: Vec<String>,
}

/// A list that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ListInfo {
    /// Its number, for the calls that follow.
    pub list: u32,
    /// How many captures it holds.
    pub count: usize,
    /// How many captures of the history the search's index lacks yet. A query reads them one by
    /// one: of many the answer is slow, and none is missing.
    #[ts(type = "number")]
    pub behind: u64,
}

/// A part of a capture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Part {
    /// Request line and headers.
    Head,
    /// What follows them.
    Body,
}

/// How the line to the relay is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "state",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum LineState {
    /// There is no relay.
    Unpaired,
    /// It is being made.
    Connecting,
    /// It is up.
    Connected {
        /// Since when: Unix epoch, milliseconds.
        #[ts(type = "number")]
        since_ms: i64,
        /// When the relay was last heard: Unix epoch, milliseconds.
        #[ts(type = "number")]
        heard_at_ms: i64,
    },
    /// It is down and will be tried again.
    Waiting {
        /// What failed, and what to do.
        reason: String,
        /// When: Unix epoch, milliseconds.
        #[ts(type = "number")]
        retry_at_ms: i64,
    },
    /// It is down and will not be tried again by itself.
    Stopped {
        /// What failed, and what to do.
        reason: String,
    },
    /// Another Tenterhook on this computer, with the same data folder, holds it.
    Elsewhere,
    /// Its user has let it go; captures wait on the relay.
    Paused,
}

/// What came of the last probe: a request through the public address and back by the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Probe {
    /// When it was sent: Unix epoch, milliseconds.
    #[ts(type = "number")]
    pub at_ms: i64,
    /// How long it took to come back, or to fail.
    #[ts(type = "number")]
    pub took_ms: i64,
    /// Where it failed; none when it came back.
    pub failed: Option<ProbeFailure>,
}

/// Where a probe failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProbeFailure {
    /// How far the way led.
    pub leg: Leg,
    /// The application's address, when it is the application that does not answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub at: Option<String>,
    /// What failed, and what to do.
    pub reason: String,
}

/// A part of the way from a sender to this desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum Leg {
    /// Finding the address of the name.
    Dns,
    /// Connecting to it.
    Tcp,
    /// Making the connection safe.
    Tls,
    /// The relay's answer.
    Relay,
    /// The line from the relay to here.
    Tunnel,
    /// The application that captures are passed on to.
    App,
}

/// Something that its user should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Notice {
    /// For the page to tell them apart.
    pub code: String,
    /// What it is and what to do.
    pub message: String,
}

/// How things are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Status {
    /// The relay's address.
    pub relay: Option<String>,
    /// The line to it.
    pub line: LineState,
    /// The last probe, while the line is up and there is an endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub probe: Option<Probe>,
    /// The receiver's address.
    pub receiver: Option<String>,
    /// Captures in the history.
    #[ts(type = "number")]
    pub captures: u64,
    /// Bytes of the history's files.
    #[ts(type = "number")]
    pub disk_bytes: u64,
    /// What its user should know.
    pub notices: Vec<Notice>,
}

/// What changed. The page is told; the store is the truth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[ts(export, rename = "EngineEvent")]
pub enum Event {
    /// Captures have come.
    Captured {
        /// How many.
        #[ts(type = "number")]
        count: u64,
    },
    /// Something in the status.
    Status {
        /// All of it.
        status: Status,
    },
    /// Captures were passed on, or the attempt failed.
    Delivered {
        /// Their ids.
        captures: Vec<String>,
    },
    /// The sender of a capture waited for an answer, and it came too late: it got the fallback.
    FellBack {
        /// Its id.
        capture: String,
    },
    /// Captures were pinned, noted, deleted or brought back.
    Marked,
    /// Signatures of captures were judged, for the first time or again.
    Verified {
        /// The ids of those with a verdict.
        captures: Vec<String>,
    },
    /// An endpoint came, went or changed, or one of its secrets.
    Endpoints,
    /// A rule was triggered, or its command has begun, written or ended.
    Ran,
    /// Captures have gone: whoever shows some looks at them again.
    Removed,
    /// Work on the whole history goes on, or has ended.
    Working {
        /// How far it is; none when it has ended.
        progress: Option<WorkProgress>,
    },
    /// A replay went on, rests or has ended.
    Replay {
        /// How far it is.
        progress: ReplayProgress,
    },
}

/// An error as the page hears it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UiError {
    /// For the page to tell them apart.
    pub code: String,
    /// What failed and what to do.
    pub message: String,
}

/// A whole capture as one line of JSON: what `--json` prints.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Record {
    /// Its name everywhere.
    pub id: String,
    /// At the door, RFC 3339 in UTC.
    pub received_at: String,
    /// Where it was sent to.
    pub endpoint: String,
    /// Where it came in.
    pub source: Source,
    /// It waited on the relay because this desktop was away.
    pub held: bool,
    /// Address and port of the sender's connection.
    pub peer: Option<String>,
    /// As sent; bytes that are no UTF-8 are replaced.
    pub method: String,
    /// As sent; bytes that are no UTF-8 are replaced.
    pub target: String,
    /// As sent, such as `HTTP/1.1`.
    pub version: String,
    /// Names and values (in base64) in the order and spelling of the wire.
    pub headers: Vec<(String, String)>,
    /// The head as sent, in base64.
    pub head_b64: String,
    /// The body as sent, in base64.
    pub body_b64: String,
    /// Bytes of the body.
    pub body_bytes: usize,
    /// What was wrong with it.
    pub flaws: Vec<&'static str>,
    /// Who seems to have sent it, such as `github`.
    pub sender: Option<&'static str>,
    /// What happened, in the sender's own word, such as `invoice.paid`.
    pub event: Option<String>,
    /// What it is about, in one line for people.
    pub summary: Option<String>,
}

impl Record {
    /// Writes `capture` out in full.
    #[must_use]
    pub fn new(capture: &Capture, source: Source, is_held: bool) -> Self {
        let head = &capture.head;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let field = |header: webhook::head::Header<'_>| {
            (text(header.name), BASE64_STANDARD.encode(header.value))
        };
        let recognised = sender::recognise(capture);
        let received_at = jiff::Timestamp::from_millisecond(capture.received_at_ms);
        Self {
            id: capture.id.to_string(),
            received_at: format!("{:.3}", received_at.unwrap_or_default()),
            endpoint: capture.endpoint.to_string(),
            source,
            held: is_held,
            peer: capture.peer.map(|peer| peer.to_string()),
            method: text(head.method()),
            target: text(head.target()),
            version: text(head.version()),
            headers: head.headers().map(field).collect(),
            head_b64: BASE64_STANDARD.encode(head.as_bytes()),
            body_b64: BASE64_STANDARD.encode(&capture.body),
            body_bytes: capture.body.len(),
            flaws: capture.flaws.iter().map(|flaw| flaw.name()).collect(),
            sender: recognised.sender.map(Sender::id),
            event: recognised.event,
            summary: recognised.summary,
        }
    }
}

/// Text for a list: what does not print escaped, at most `limit` characters.
pub(crate) fn short(bytes: &[u8], limit: usize) -> String {
    // An escape is longer than what it stands for, never shorter: more bytes than this are not
    // needed.
    let (text, _) = escape::for_display(&bytes[..bytes.len().min(limit * 4)]);
    text.chars().take(limit).collect()
}
