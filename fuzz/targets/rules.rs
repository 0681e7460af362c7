//! A stranger's request against hooks that ask for every part of it: form, multipart, JSON, XML,
//! query, headers, signatures, addresses. Input: content type, query and signature on a line each,
//! then the body.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use webhook::rules::{
    evaluate::{Context, Reply},
    load::HooksFile,
    request::RequestView,
    response::CommandEnd,
};

static HOOKS: LazyLock<HooksFile> = LazyLock::new(|| {
    HooksFile::load(include_bytes!("../seeds/rules.hooks.yaml"), None).expect("the file is good")
});

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let mut next = || parts.next().unwrap_or_default();
    let (kind, query, signature, body) = (next(), next(), next(), next());
    let view = RequestView {
        method: b"POST",
        query,
        headers: vec![(b"Content-Type", kind), (b"X-Signature", signature)],
        body,
        remote_addr: "192.0.2.7:50123".to_owned(),
    };
    for hook in &HOOKS.hooks {
        let mut context = Context::new(1_760_000_000_000);
        context.multipart_memory_bytes = 64;
        let evaluation = hook.evaluate(&view, &context);
        let response = match evaluation.reply {
            Reply::Now(response) => response,
            Reply::AfterCommand(after) => after.response(CommandEnd::Success, Vec::new()),
        };
        assert!((200..600).contains(&response.status), "{}", response.status);
    }
});
