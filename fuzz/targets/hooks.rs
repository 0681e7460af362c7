//! A hooks file, JSON or YAML: loaded, and looked through for what may be meant otherwise.

#![no_main]

use libfuzzer_sys::fuzz_target;
use webhook::rules::{lint::lint, load::HooksFile};

fuzz_target!(|bytes: &[u8]| {
    let loaded = HooksFile::load(bytes, None);
    let findings = lint(bytes, None);
    assert!(loaded.is_ok() || findings.iter().any(|finding| finding.kind.is_grave()));
});
