//! A hooks file as a Go template. Its time is bounded by the fuzzer's own limit.

#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use webhook::rules::template::{TemplateEnv, run};

fuzz_target!(|bytes: &[u8]| {
    let env = TemplateEnv {
        getenv: Arc::new(|name| Some(format!("value of {name}"))),
        read: Arc::new(|path| (path.len() < 8).then(|| format!("text of {path}"))),
    };
    // A template that fails is one that was refused.
    let _ = run(bytes, &env);
});
