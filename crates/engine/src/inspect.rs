//! One capture, looked at closely: its detail, and its body as tree, text or bytes, a window at a
//! time.

use std::sync::{Arc, Mutex, PoisonError};

use sqlite::Database;
use webhook::{
    capture::{Capture, CaptureId},
    decode::{
        self, form,
        json::{Kind, Outline, unescape},
    },
    escape,
};

use crate::{
    deliveries::header_view,
    store::captures,
    view::{
        BodyKind, CaptureDetail, Part, QueryPair, TextPage, TreeKind, TreePage, TreeProblem,
        TreeRow,
    },
};

/// Captures kept decoded, so that a scrolled body is read and parsed once.
const KEPT: usize = 4;
/// Of a longer scalar only the beginning goes into a tree's row.
const SCALAR_BYTES: usize = 4096;
/// Of a longer line only the beginning goes into a text's row; it is broken into several.
const LINE_BYTES: usize = 2048;
/// Rows, lines or bytes given at once, at most.
const WINDOW: usize = 1 << 20;

/// The captures that were looked at last.
#[derive(Debug, Default)]
pub(crate) struct Inspect(Mutex<Vec<Arc<Looked>>>);

/// A capture, and what was found out about its body when it was needed.
#[derive(Debug)]
struct Looked {
    capture: Capture,
    outline: std::sync::OnceLock<Outline>,
    /// Where the lines of the body begin.
    lines: std::sync::OnceLock<Vec<u32>>,
}

impl Inspect {
    async fn look(
        &self,
        database: &Database,
        id: CaptureId,
    ) -> Result<Option<Arc<Looked>>, sqlite::Error> {
        let kept = |all: &Vec<Arc<Looked>>| all.iter().find(|one| one.capture.id == id).cloned();
        if let Some(looked) = kept(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(Some(looked));
        }
        let stored = database.read(move |db| captures::by_id(db, id)).await?;
        Ok(stored.map(|stored| {
            let looked = Arc::new(Looked {
                capture: stored.capture,
                outline: std::sync::OnceLock::new(),
                lines: std::sync::OnceLock::new(),
            });
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.truncate(KEPT - 1);
            all.insert(0, Arc::clone(&looked));
            looked
        }))
    }

    /// Everything but the body. None when there is no such capture.
    pub(crate) async fn detail(
        &self,
        database: &Database,
        id: CaptureId,
    ) -> Result<Option<CaptureDetail>, sqlite::Error> {
        let row = database.read(move |db| captures::row_by_id(db, id)).await?;
        let (Some(row), Some(looked)) = (row, self.look(database, id).await?) else {
            return Ok(None);
        };
        let capture = &looked.capture;
        let headers = capture.head.headers().map(header_view);
        let query = form::pairs(capture.head.query().unwrap_or_default());
        let text = |text: String| escape::for_display(text.as_bytes()).0;
        Ok(Some(CaptureDetail {
            row,
            peer: capture.peer.map(|peer| peer.to_string()),
            version: escape::for_display(capture.head.version()).0,
            headers: headers.collect(),
            query: query
                .into_iter()
                .map(|(name, value)| QueryPair {
                    name: text(name),
                    value: text(value),
                })
                .collect(),
            body_kind: body_kind(capture),
            head_bytes: capture.head.as_bytes().len(),
        }))
    }

    /// A window of the body as a tree, the insides of `folded` nodes left out.
    pub(crate) async fn tree(
        &self,
        database: &Database,
        id: CaptureId,
        mut folded: Vec<u32>,
        from: usize,
        count: usize,
    ) -> Result<Option<TreePage>, sqlite::Error> {
        let Some(looked) = self.look(database, id).await? else {
            return Ok(None);
        };
        folded.sort_unstable();
        let page = tokio::task::spawn_blocking(move || looked.tree(&folded, from, count));
        page.await.map(Some).map_err(|_| sqlite::Error::Closed)
    }

    /// A window of the body's lines.
    pub(crate) async fn text(
        &self,
        database: &Database,
        id: CaptureId,
        from: usize,
        count: usize,
    ) -> Result<Option<TextPage>, sqlite::Error> {
        let Some(looked) = self.look(database, id).await? else {
            return Ok(None);
        };
        let page = tokio::task::spawn_blocking(move || looked.text(from, count));
        page.await.map(Some).map_err(|_| sqlite::Error::Closed)
    }

    /// A window of the bytes as sent.
    pub(crate) async fn bytes(
        &self,
        database: &Database,
        id: CaptureId,
        part: Part,
        from: usize,
        count: usize,
    ) -> Result<Option<Vec<u8>>, sqlite::Error> {
        let Some(looked) = self.look(database, id).await? else {
            return Ok(None);
        };
        let whole = match part {
            Part::Head => looked.capture.head.as_bytes(),
            Part::Body => &looked.capture.body,
        };
        Ok(Some(window(whole, from, count).to_vec()))
    }
}

fn window<T>(all: &[T], from: usize, count: usize) -> &[T] {
    let from = from.min(all.len());
    &all[from..from.saturating_add(count.min(WINDOW)).min(all.len())]
}

fn body_kind(capture: &Capture) -> BodyKind {
    match decode::kind(&capture.head, &capture.body) {
        decode::BodyKind::Empty => BodyKind::Empty,
        decode::BodyKind::Json => BodyKind::Json,
        decode::BodyKind::Form => BodyKind::Form,
        decode::BodyKind::Xml => BodyKind::Xml,
        decode::BodyKind::Text => BodyKind::Text,
        decode::BodyKind::Binary => BodyKind::Binary,
    }
}

impl Looked {
    fn tree(&self, folded: &[u32], from: usize, count: usize) -> TreePage {
        let body = &self.capture.body;
        let outline = self.outline.get_or_init(|| Outline::parse(body));
        let to = from.saturating_add(count.min(WINDOW));
        let visible = outline.visible(folded, from..to);
        let row = |at: u32| {
            let node = outline.nodes().get(at as usize)?;
            let value = &body[node.value()];
            let is_cut = value.len() > SCALAR_BYTES;
            let is_container = matches!(node.kind(), Kind::Object | Kind::Array);
            // As it stands in the body: the page shows what does not print, and copies the token.
            let shown = if is_container {
                &[][..]
            } else {
                &value[..value.len().min(SCALAR_BYTES)]
            };
            Some(TreeRow {
                node: at,
                depth: u32::try_from(node.depth()).unwrap_or(u32::MAX),
                key: node.key().map(|key| unescape(&body[key]).into_owned()),
                kind: tree_kind(node.kind()),
                text: String::from_utf8_lossy(shown).into_owned(),
                is_cut: is_cut && !is_container,
                children: node.children(),
                is_folded: folded.binary_search(&at).is_ok(),
                path: outline.path(body, at),
            })
        };
        TreePage {
            total: visible.total,
            rows: visible.nodes.into_iter().filter_map(row).collect(),
            problem: outline.problem().map(|problem| TreeProblem {
                line: u32::try_from(problem.line).unwrap_or(u32::MAX),
                column: u32::try_from(problem.column).unwrap_or(u32::MAX),
                message: problem.message.to_owned(),
            }),
        }
    }

    fn text(&self, from: usize, count: usize) -> TextPage {
        let body = &self.capture.body;
        let starts = self.lines.get_or_init(|| line_starts(body));
        let end_of = |at: usize| starts.get(at + 1).map_or(body.len(), |next| *next as usize);
        let shown = window(starts, from, count);
        let line = |(at, start): (usize, &u32)| {
            let line = &body[*start as usize..end_of(at)];
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned()
        };
        TextPage {
            total: starts.len(),
            lines: (from..).zip(shown).map(line).collect(),
            bytes: body.len(),
        }
    }
}

/// Where the lines of `body` begin; a very long line is several, cut between characters.
fn line_starts(body: &[u8]) -> Vec<u32> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at < body.len() && starts.len() < u32::MAX as usize {
        starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        let rest = &body[at..body.len().min(at + LINE_BYTES)];
        at += match memchr::memchr(b'\n', rest) {
            Some(end) => end + 1,
            None if rest.len() < LINE_BYTES => rest.len(),
            // Back to the beginning of a character of UTF-8, at most three bytes.
            None => {
                let is_inside = |byte: &&u8| **byte & 0xC0 == 0x80;
                let next = body.get(at + LINE_BYTES);
                let back = next.iter().copied().chain(rest.iter().rev()).take(4);
                rest.len() - back.take_while(is_inside).count().min(3)
            }
        };
    }
    starts
}

const fn tree_kind(kind: Kind) -> TreeKind {
    match kind {
        Kind::Object => TreeKind::Object,
        Kind::Array => TreeKind::Array,
        Kind::String => TreeKind::String,
        Kind::Number => TreeKind::Number,
        Kind::Bool => TreeKind::Boolean,
        Kind::Null => TreeKind::Null,
    }
}

#[cfg(test)]
mod tests {
    use webhook::{capture::EndpointId, head::Head};

    use super::*;

    #[test]
    fn a_tree_gives_each_scalar_as_it_stands_in_the_body() {
        let head = Head::compose(b"POST", b"/", b"HTTP/1.1", []).unwrap();
        let body = br#"{"a": "x\u00e9\n", "n": 1e99, "b": [true]}"#;
        let looked = Looked {
            capture: Capture {
                id: CaptureId::new(1, [0; 10]),
                endpoint: EndpointId::local(),
                received_at_ms: 1,
                peer: None,
                head,
                body: body.as_slice().into(),
                flaws: Vec::new(),
            },
            outline: std::sync::OnceLock::new(),
            lines: std::sync::OnceLock::new(),
        };
        let texts: Vec<_> = looked
            .tree(&[], 0, 9)
            .rows
            .into_iter()
            .map(|row| row.text)
            .collect();
        assert_eq!(texts, ["", r#""x\u00e9\n""#, "1e99", "", "true"]);
        assert_eq!(looked.tree(&[3], 0, 9).total, 4);
    }

    #[test]
    fn long_lines_are_broken_between_characters() {
        let body = format!("a\n{}\nend", "é".repeat(3_000));
        let starts = line_starts(body.as_bytes());
        let ends = starts
            .iter()
            .skip(1)
            .copied()
            .chain([u32::try_from(body.len()).unwrap()]);
        let lines: Vec<_> = starts
            .iter()
            .zip(ends)
            .map(|(a, b)| &body[*a as usize..b as usize])
            .collect();
        assert_eq!(lines.concat(), body);
        assert_eq!((lines[0], lines[lines.len() - 1]), ("a\n", "end"));
        assert!(
            lines.iter().all(|line| line.len() <= LINE_BYTES),
            "{lines:?}"
        );
    }
}
