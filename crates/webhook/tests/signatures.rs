//! Verdicts held against requests that were made or checked with the senders' own packages, read
//! from `../shared/conformance` beside the repository where that is there.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "this is a test")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use webhook::verify::{batch, handshake};

/// The cases of a file of facts, or `None`, said plainly, where it is not there.
fn cases(name: &str) -> Option<Vec<Value>> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance");
    let path = shared.join(name);
    let Ok(text) = fs::read_to_string(&path) else {
        println!("not checked: {} is not there", path.display());
        return None;
    };
    let mut file: Value = serde_json::from_str(&text).unwrap();
    let Value::Array(cases) = file["vectors"].take() else {
        panic!("{name} holds no vectors");
    };
    assert!(!cases.is_empty(), "{name} is empty");
    Some(cases)
}

fn verdict(case: &Value) -> Value {
    serde_json::from_str(&batch::line(&case.to_string())).unwrap()
}

#[test]
fn every_scored_case_is_judged_right_and_nine_in_ten_for_the_right_reason() {
    let Some(cases) = cases("signature_cases.json") else {
        return;
    };
    let scored = |case: &&Value| case["score"] == true;
    let mut odd = Vec::new();
    let mut right = 0;
    for case in cases.iter().filter(scored) {
        let seen = verdict(case);
        assert_eq!(
            seen["valid"], case["valid"],
            "{}: {seen} {}",
            case["id"], case["why"]
        );
        assert_eq!(seen["id"], case["id"]);
        if seen["reason"] == case["reason_hint"] {
            right += 1;
        } else {
            odd.push(format!("{} {} {seen}", case["id"], case["why"]));
        }
    }
    println!("{right} reasons right; others: {odd:#?}");
    let total = right + odd.len();
    assert!(right * 10 >= total * 9, "{right} of {total}: {odd:#?}");
}

#[test]
fn what_is_not_signed_is_neither_valid_nor_not() {
    let case = json!({
        "id": "hub", "provider": "docker-hub", "url": "https://a.example/", "now": 0,
        "headers": [], "body_b64": "e30=",
    });
    assert_eq!(
        verdict(&case),
        json!({
            "id": "hub", "valid": null, "reason": "unsigned", "covers": "nothing",
        })
    );
}

#[test]
fn a_line_that_is_no_case_gets_an_answer_too() {
    for line in ["", "{}", "[", r#"{"id":"a","provider":"acme"}"#] {
        let seen: Value = serde_json::from_str(&batch::line(line)).unwrap();
        assert!(
            seen["reason"].as_str().unwrap().starts_with("unreadable"),
            "{seen}"
        );
        assert_eq!(seen["valid"], Value::Null);
    }
}

#[test]
fn every_known_challenge_is_answered_as_its_sender_wants() {
    let Some(cases) = cases("handshake_cases.json") else {
        return;
    };
    for case in &cases {
        let line = handshake::batch::line(&case.to_string());
        let seen: Value = serde_json::from_str(&line).unwrap();
        let (id, expect) = (&case["id"], &case["expect"]);
        if !expect["status"].is_null() {
            assert_eq!(seen["status"], expect["status"], "{id}: {line}");
        }
        for (name, value) in expect["headers"].as_object().unwrap() {
            assert_eq!(&seen["headers"][name], value, "{id}: {line}");
        }
        let body = |of: &Value| {
            STANDARD
                .decode(of["body_b64"].as_str().unwrap_or(""))
                .unwrap()
        };
        let json = |of: &Value| serde_json::from_slice::<Value>(&body(of)).unwrap();
        match expect["body_match"].as_str().unwrap() {
            "exact" => assert_eq!(body(&seen), body(expect), "{id}: {line}"),
            "json" => assert_eq!(json(&seen), json(expect), "{id}: {line}"),
            "headers" | "status" => {}
            "not_contains_challenge" => assert_eq!(seen["handshake"], Value::Null, "{id}: {line}"),
            other => match other.split_once("no_header:") {
                Some((_, name)) => assert_eq!(seen["headers"][name], Value::Null, "{id}: {line}"),
                None => panic!("{id}: {other} is not known here"),
            },
        }
    }
}

/// The Rust files below `folder`, without their tests.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources.extend(self::sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text
                .split("#[cfg(test)]")
                .next()
                .unwrap_or_default()
                .to_owned();
            sources.push((path, code));
        }
    }
    sources
}

/// Whether a part of `name` is what secrets are called.
fn is_secret(name: &str) -> bool {
    let secrets = [
        "secret",
        "secrets",
        "key",
        "token",
        "seen",
        "expected",
        "mac",
        "signature",
        "made",
        "computed",
        "digest",
    ];
    name.split(['.', ':', '(', ')'])
        .any(|part| secrets.contains(&part))
}

#[test]
fn nothing_secret_is_compared_in_a_time_that_tells() {
    let is_name = |c: char| c.is_alphanumeric() || "_.:()".contains(c);
    let compares = |line: &str| {
        let operators = ["==", "!="]
            .iter()
            .flat_map(|operator| line.match_indices(operator));
        operators.into_iter().any(|(at, _)| {
            let left = line[..at].trim_end();
            // What a call gives is no secret because of what the call was given.
            let is_call = left.ends_with(')') && !left.ends_with("()");
            let start = left.rfind(|c| !is_name(c)).map_or(0, |at| at + 1);
            let right = line[at + 2..].trim_start_matches([' ', '&', '*']);
            let end = right.find(|c| !is_name(c)).unwrap_or(right.len());
            let left = left[start..]
                .strip_suffix(".len()")
                .map_or(&left[start..], |_| "");
            !is_call && is_secret(left) || is_secret(&right[..end])
        })
    };
    assert!(compares("if seen == expected {") && compares("x != secret.value()"));
    assert!(compares("a.mac() == b") && compares("Some(x) == made"));
    assert!(!compares("key.len() == 32") && !compares("holds(seen) == true"));
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/verify"));
    assert!(sources.len() > 30, "{} files", sources.len());
    for (path, code) in sources {
        for (number, line) in (1..).zip(code.lines()) {
            let code = line.split("//").next().unwrap_or_default();
            assert!(!compares(code), "{}:{number}: {line}", path.display());
        }
    }
}
