//! A body as faces show it: what it is, and windows of its tree, its text, its rows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whose body it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(tag = "of", rename_all = "camelCase")]
#[ts(export)]
pub enum BodyOf {
    /// A request's.
    Capture {
        /// The capture's name.
        id: String,
    },
    /// The answer's to a delivery, as much of it as is kept.
    Delivery {
        /// The delivery's number.
        #[ts(type = "number")]
        number: i64,
    },
}

/// A body, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BodyRef {
    /// Whose.
    pub of: BodyOf,
    /// The way to a part, from the outside in: a part's place in a multipart body, a field's in a
    /// form, a value's number in a tree; a string is what it stands for then.
    pub parts: Vec<u32>,
    /// With its content codings.
    pub is_as_sent: bool,
    /// Decoded up to the highest limit, and not to the usual one.
    pub is_whole: bool,
}

/// What is read of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum BodyForm {
    /// Its bytes.
    Bytes,
    /// Its text, in UTF-8.
    Text,
    /// Its text laid out for reading; the text as it is where that cannot be.
    Pretty,
    /// Its tree.
    Tree,
}

/// How a body is best shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub enum BodyKind {
    /// No byte.
    Empty,
    /// JSON, or meant to be.
    Json,
    /// Pairs as of an HTML form.
    Form,
    /// Parts, each with a body of its own.
    Multipart,
    /// XML, or meant to be.
    Xml,
    /// Rows of values.
    Csv,
    /// A picture, or meant to be.
    Image,
    /// Text of another kind.
    Text,
    /// Anything else.
    Binary,
}

/// What a body is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct BodyView {
    /// How it is best shown.
    pub kind: BodyKind,
    /// Its content type as it was named; empty when it was not.
    pub media: String,
    /// Bytes that are shown.
    #[ts(type = "number")]
    pub bytes: usize,
    /// How it was packed, if it was.
    pub coding: Option<CodingView>,
    /// What its text was read in, where it is text.
    pub charset: Option<CharsetView>,
    /// Where and why it is not what it claims to be.
    pub problem: Option<TreeProblem>,
    /// Whether it can be laid out for reading.
    pub has_pretty: bool,
    /// The fields of a form.
    pub fields: Vec<FieldView>,
    /// The parts of a multipart body.
    pub parts: Vec<PartView>,
    /// Why `fields` or `parts` are not all.
    pub parts_problem: Option<String>,
    /// Of a picture.
    pub picture: Option<PictureView>,
    /// Of rows of values.
    pub table: Option<TableView>,
}

/// How a body was packed, and what came of unpacking it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CodingView {
    /// As `Content-Encoding` names them, in the order in which they were applied.
    pub names: String,
    /// Bytes as sent.
    #[ts(type = "number")]
    pub sent_bytes: usize,
    /// Bytes decoded, shown or not.
    #[ts(type = "number")]
    pub decoded_bytes: u64,
    /// Whether that is all of them.
    pub is_counted: bool,
    /// Whether what is shown is decoded, and not as sent.
    pub is_decoded: bool,
    /// Whether more is shown on demand.
    pub has_more: bool,
    /// Why it was decoded only so far, or not at all.
    pub problem: Option<String>,
}

/// What a text was read in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CharsetView {
    /// Such as `windows-1252`.
    pub name: String,
    /// Nobody named it.
    pub is_assumed: bool,
    /// There are bytes that are no characters in it.
    pub is_broken: bool,
    /// The charset that was named, where it is not known here.
    pub unknown: Option<String>,
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FieldView {
    /// Decoded.
    pub name: String,
    /// Decoded; of a long one the first 4 KiB.
    pub value: String,
    /// Bytes of the value.
    #[ts(type = "number")]
    pub bytes: usize,
    /// What the value is.
    pub kind: BodyKind,
}

/// One part of a multipart body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PartView {
    /// The form's field that it is.
    pub name: Option<String>,
    /// The file that it was.
    pub file_name: Option<String>,
    /// Its content type as it was named; empty when it was not.
    pub media: String,
    /// Bytes of its body.
    #[ts(type = "number")]
    pub bytes: usize,
    /// What its body is.
    pub kind: BodyKind,
}

/// A picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PictureView {
    /// The content type that its bytes have, or that it claims to have.
    pub media: String,
    /// In pixels, where its head says so.
    pub width: Option<u32>,
    /// As `width`.
    pub height: Option<u32>,
}

/// Rows of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TableView {
    /// With the first, which may name the columns.
    pub rows: usize,
    /// Of the longest row.
    pub columns: usize,
}

/// Which containers of a tree hide what is in them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Folds {
    /// All but `nodes`, and not `nodes` alone.
    pub is_all: bool,
    /// Their numbers, ascending.
    pub nodes: Vec<u32>,
}

/// A node of a tree that was to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Shown {
    /// Its place among the visible lines.
    pub at: usize,
    /// What is closed now that all around it is open.
    pub folds: Folds,
}

/// Where a text occurs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Found {
    /// How often.
    pub total: usize,
    /// The first ten thousand places.
    pub places: Vec<FoundPlace>,
}

/// A place where a text occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FoundPlace {
    /// The line of the text, from 0, or the node's number in the tree.
    pub row: u32,
    /// Where in the line it begins, in units of UTF-16; 0 in a tree.
    pub start: u32,
    /// Where it ends; it may be on a later line.
    pub end: u32,
}

/// One visible line of a body's tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TreeRow {
    /// Its number in the tree.
    pub node: u32,
    /// How deep it lies; the root is 0.
    pub depth: u32,
    /// The member's name, in an object.
    pub key: Option<String>,
    /// What it is.
    pub kind: TreeKind,
    /// A scalar as sent; of a long one the first 4 KiB.
    pub text: String,
    /// There is more of it than `text`.
    pub is_cut: bool,
    /// Members or items directly in it.
    pub children: u32,
    /// Its inside is not among the lines.
    pub is_folded: bool,
    /// Its JSON path.
    pub path: String,
    /// It is a string that holds JSON, and opens as a part of the body by its number.
    pub holds_json: bool,
}

/// What a node of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
#[expect(missing_docs, reason = "the names of JSON")]
pub enum TreeKind {
    Object,
    Array,
    String,
    Number,
    Boolean,
    Null,
}

/// Where a body stopped being what it claims to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TreeProblem {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// What was found and what was expected.
    pub message: String,
}

/// Some lines of a tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TreePage {
    /// Visible lines in all.
    pub total: usize,
    /// Those asked for.
    pub rows: Vec<TreeRow>,
    /// Why the tree ends early, when it does.
    pub problem: Option<TreeProblem>,
    /// Where the node is that was to be shown, all around it opened.
    pub shown: Option<Shown>,
}

/// Some lines of a body as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TextPage {
    /// Lines in all.
    pub total: usize,
    /// Those asked for, without their ends; a very long one is several.
    pub lines: Vec<String>,
    /// Bytes of the text.
    #[ts(type = "number")]
    pub bytes: usize,
    /// Bytes of its longest line.
    #[ts(type = "number")]
    pub longest_bytes: usize,
}
