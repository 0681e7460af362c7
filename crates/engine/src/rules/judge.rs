//! Which rules of a hooks file a capture asks, and what they come to.

use webhook::{
    capture::Capture,
    delivery,
    rules::{
        evaluate::{Context, Evaluation},
        hook::Hook,
        load::HooksFile,
        request::RequestView,
    },
};

/// The rules that `capture` asks: the one whose id its path names, as `/hooks/ID` or `/ID` below the
/// endpoint, and otherwise all of them.
pub(super) fn asked<'a>(file: &'a HooksFile, capture: &Capture) -> Vec<&'a Hook> {
    let below = delivery::target_below("/", capture.head.target(), capture.endpoint.as_str());
    let path = below.split(|byte| *byte == b'?').next().unwrap_or_default();
    let path: String = percent(path);
    let path = path.trim_start_matches('/');
    let named = path
        .strip_prefix("hooks/")
        .and_then(|id| file.find(id))
        .or_else(|| file.find(path));
    match named {
        Some(hook) if !hook.id.is_empty() => vec![hook],
        // Of two with one id the first answers.
        _ => file
            .hooks
            .iter()
            .filter(|hook| {
                file.find(&hook.id)
                    .is_some_and(|first| std::ptr::eq(first, *hook))
            })
            .collect(),
    }
}

/// What `capture` makes `hook` do, judged as of its arrival.
pub(super) fn evaluate(hook: &Hook, capture: &Capture) -> Evaluation {
    hook.evaluate(
        &RequestView::of(capture),
        &Context::new(capture.received_at_ms),
    )
}

fn percent(path: &[u8]) -> String {
    let text = String::from_utf8_lossy(path);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let decoded = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|two| u8::from_str_radix(str::from_utf8(two).ok()?, 16).ok());
        match decoded {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use webhook::capture::{CaptureId, EndpointId};
    use webhook::head::Head;

    use super::*;

    fn asked_by(endpoint: &str, target: &str) -> Vec<String> {
        let text = "[{id: deploy}, {id: a b}, {id: deploy}, {id: x/y}]";
        let file = HooksFile::load(text.as_bytes(), None).unwrap();
        let capture = Capture {
            id: CaptureId::new(1, [0; 10]),
            endpoint: endpoint.parse().unwrap(),
            received_at_ms: 1,
            peer: None,
            head: Head::compose(b"POST", target.as_bytes(), b"HTTP/1.1", []).unwrap(),
            body: "".into(),
            flaws: Vec::new(),
        };
        let hooks = asked(&file, &capture);
        hooks.into_iter().map(|hook| hook.id.clone()).collect()
    }

    #[test]
    fn a_path_names_its_rule_and_another_path_asks_each_id_once() {
        let local = EndpointId::local();
        let local = local.as_str();
        for target in ["/hooks/deploy", "/deploy?x=1", "/hooks/deploy?a/b"] {
            assert_eq!(asked_by(local, target), ["deploy"], "{target}");
        }
        assert_eq!(asked_by(local, "/hooks/a%20b"), ["a b"]);
        assert_eq!(asked_by(local, "/hooks/x/y"), ["x/y"]);
        for target in ["/", "/github", "/hooks/"] {
            assert_eq!(
                asked_by(local, target),
                ["deploy", "a b", "x/y"],
                "{target}"
            );
        }
    }
}
