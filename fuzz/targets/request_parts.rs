//! The parts of a request that are read for showing: head, form, kind of body, escapes.

#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use webhook::{
    decode::{form, kind},
    escape::{for_display, for_terminal_text},
    head::Head,
};

fuzz_target!(|bytes: &[u8]| {
    let (shown, is_clean) = for_display(bytes);
    assert!(!shown.contains(|c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)));
    assert!(!is_clean || shown.as_bytes() == bytes);
    let (shown, _) = for_terminal_text(bytes);
    assert!(!shown.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')));
    assert_eq!(form::pairs(bytes).len(), form::byte_pairs(bytes).count());

    let Ok(head) = Head::parse(Bytes::copy_from_slice(bytes)) else {
        return;
    };
    assert_eq!(head.as_bytes(), bytes);
    assert!(bytes.starts_with(head.request_line()));
    assert!(head.target().starts_with(head.path()));
    let _ = kind(&head, bytes);
    let fields: Vec<_> = head
        .headers()
        .map(|field| (field.name, field.value))
        .collect();
    for (name, value) in &fields {
        if let Ok(name) = str::from_utf8(name) {
            assert!(head.all(name).any(|found| found == *value));
        }
    }
    let composed = Head::compose(
        head.method(),
        head.target(),
        head.version(),
        fields.iter().copied(),
    );
    if let Ok(composed) = composed {
        let again: Vec<_> = composed
            .headers()
            .map(|field| (field.name, field.value))
            .collect();
        assert_eq!(again, fields);
    }
});
