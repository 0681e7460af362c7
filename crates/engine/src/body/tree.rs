//! Windows of a body's tree, folded or not.

use webhook::decode::{
    find::Needle,
    json::{Kind, Node, Outline, Visible, unescape},
};

use crate::{
    body::{open::Body, text::MOST_FOUND},
    view::{BodyForm, Folds, Found, FoundPlace, Shown, TreeKind, TreePage, TreeProblem, TreeRow},
};

/// Of a longer scalar only the beginning goes into a tree's row.
const SCALAR_BYTES: usize = 4096;

impl Body {
    pub(super) fn tree(
        &self,
        mut folds: Folds,
        show: Option<u32>,
        from: usize,
        count: usize,
    ) -> TreePage {
        let (outline, text) = (self.outline(), self.text(BodyForm::Text).as_bytes());
        folds.nodes.sort_unstable();
        folds.nodes.dedup();
        let shown = show.and_then(|node| shown(outline, &mut folds, node));
        let visible = visible(outline, &folds, from..from.saturating_add(count));
        let paths = outline.paths(text, &visible.nodes);
        let rows = visible.nodes.iter().zip(paths).map(|(at, path)| {
            let node = &outline.nodes()[*at as usize];
            row(text, node, *at, is_folded(&folds, *at), path)
        });
        TreePage {
            total: visible.total,
            rows: rows.collect(),
            problem: outline.problem().map(|problem| TreeProblem {
                line: u32::try_from(problem.line).unwrap_or(u32::MAX),
                column: u32::try_from(problem.column).unwrap_or(u32::MAX),
                message: problem.message.to_owned(),
            }),
            shown,
        }
    }

    pub(super) fn find_nodes(&self, needle: &Needle) -> Found {
        let text = self.text(BodyForm::Text).as_bytes();
        let mut found = Found::default();
        for row in needle.nodes(text, self.outline()) {
            found.total += 1;
            if found.places.len() < MOST_FOUND {
                found.places.push(FoundPlace {
                    row,
                    start: 0,
                    end: 0,
                });
            }
        }
        found
    }
}

/// Opens what is around `node` and says where it is then.
fn shown(outline: &Outline, folds: &mut Folds, node: u32) -> Option<Shown> {
    outline.nodes().get(node as usize)?;
    let around = outline.around(node);
    if folds.is_all {
        folds.nodes.extend(around);
        folds.nodes.sort_unstable();
        folds.nodes.dedup();
    } else {
        folds
            .nodes
            .retain(|fold| around.binary_search(fold).is_err());
    }
    let at = visible(outline, folds, 0..usize::MAX)
        .nodes
        .binary_search(&node);
    at.ok().map(|at| Shown {
        at,
        folds: folds.clone(),
    })
}

fn visible(outline: &Outline, folds: &Folds, window: std::ops::Range<usize>) -> Visible {
    if folds.is_all {
        outline.visible_in(&folds.nodes, window)
    } else {
        outline.visible(&folds.nodes, window)
    }
}

fn is_folded(folds: &Folds, node: u32) -> bool {
    folds.nodes.binary_search(&node).is_ok() != folds.is_all
}

fn row(text: &[u8], node: &Node, at: u32, is_folded: bool, path: String) -> TreeRow {
    let is_container = matches!(node.kind(), Kind::Object | Kind::Array);
    let value = &text[node.value()];
    // As it stands in the body: the page shows what does not print, and copies the token.
    let shown = if is_container {
        &[][..]
    } else {
        &value[..value.len().min(SCALAR_BYTES)]
    };
    TreeRow {
        node: at,
        depth: u32::try_from(node.depth()).unwrap_or(u32::MAX),
        key: node.key().map(|key| unescape(&text[key]).into_owned()),
        kind: tree_kind(node.kind()),
        text: String::from_utf8_lossy(shown).into_owned(),
        is_cut: value.len() > SCALAR_BYTES && !is_container,
        children: node.children(),
        is_folded: is_folded && node.children() > 0,
        holds_json: node.kind() == Kind::String && holds_json(value),
        path,
    }
}

/// Whether a string's token looks as if there were an object or array with something in it inside.
fn holds_json(token: &[u8]) -> bool {
    let inside = token.strip_prefix(b"\"").unwrap_or(token);
    let inside = inside.strip_suffix(b"\"").unwrap_or(inside).trim_ascii();
    match inside {
        [b'{', rest @ .., b'}'] => rest.contains(&b':'),
        [b'[', rest @ .., b']'] => rest.starts_with(b"{") || rest.starts_with(b"\\\""),
        _ => false,
    }
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
