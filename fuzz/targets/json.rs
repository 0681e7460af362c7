//! The outline of a body that may be JSON, held against `serde_json`.

#![no_main]

use libfuzzer_sys::fuzz_target;
use webhook::decode::{
    json::{Outline, unescape},
    without_bom,
};

fuzz_target!(|text: &[u8]| {
    let outline = Outline::parse(text);
    let nodes = outline.nodes();
    for (at, node) in (0..).zip(nodes) {
        assert!(node.value().end <= text.len() && node.end() as usize <= nodes.len());
        if let Some(key) = node.key() {
            let _ = unescape(&text[key]);
        }
        assert!(
            outline
                .children(at)
                .all(|child| child > at && child < node.end())
        );
        // The path of each node takes time for its siblings: those at both ends are enough.
        if at < 64 || at as usize + 8 > nodes.len() {
            assert!(outline.path(text, at).starts_with('$'));
        }
    }
    let all = outline.visible(&[], 0..nodes.len());
    assert_eq!((all.total, all.nodes.len()), (nodes.len(), nodes.len()));
    let folded: Vec<_> = (0..)
        .zip(nodes)
        .filter(|(_, node)| node.children() > 0)
        .map(|(at, _)| at)
        .step_by(2)
        .collect();
    assert!(outline.visible(&folded, 0..8).total <= all.total);
    if serde_json::from_slice::<&serde_json::value::RawValue>(without_bom(text)).is_ok() {
        assert_eq!(outline.problem(), None);
    }
});
