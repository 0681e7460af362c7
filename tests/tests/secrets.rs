//! Secrets in the source: none is compared by `==`, which tells by its time how much was right, and
//! a relay looks tokens up by their hashes alone.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, path::Path};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// What hands a secret, or what stands for one, out of its type.
const REVEALING: [&str; 6] = [
    ".reveal()",
    ".has_hash(",
    ".hash()",
    ".value()",
    "mac(",
    "hmac::sign(",
];

/// The program's own source, without its tests.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = ["crates", "relay", "cli", "src-tauri"]
        .map(|name| Path::new(ROOT).join(name))
        .to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let own = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
                found.push((path.display().to_string(), own.to_owned()));
            }
        }
    }
    assert!(found.len() > 100);
    found
}

/// Statements, each on one line, that use what `REVEALING` names and compare by `==` or `!=`.
fn compared(source: &str) -> Vec<String> {
    let code: Vec<_> = source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().trim())
        .collect();
    let code = code.join(" ");
    let statements = code.split([';', '{', '}']);
    statements
        .filter(|text| REVEALING.iter().any(|name| text.contains(name)))
        .filter(|text| text.contains("==") || text.contains("!=") || text.contains(".eq("))
        // Three-valued answers of the comparison in constant time.
        .filter(|text| !text.contains("== Some(true)") && !text.contains("!= Some(true)"))
        .map(|text| text.trim().to_owned())
        .collect()
}

#[test]
fn no_secret_is_compared_in_a_time_that_tells() {
    let leak = "let a = 1; if token\n    .reveal()\n    == sent { }";
    assert_eq!(compared(leak).len(), 1, "what leaks is seen");
    for (path, source) in sources() {
        assert_eq!(compared(&source), [""; 0], "{path}");
    }
}

#[test]
fn types_that_hold_a_secret_cannot_be_compared_at_all() {
    let held = [
        "struct Token ",
        "struct DeviceKey(",
        "struct Secret ",
        "struct ConnectString ",
    ];
    let mut seen = 0;
    for (path, source) in sources() {
        for name in held {
            let Some((before, _)) = source.split_once(&format!("pub {name}")) else {
                continue;
            };
            seen += 1;
            let derived = before.rsplit("\n\n").next().unwrap();
            assert!(!derived.contains("PartialEq"), "{path}: {name}");
            let by_hand = format!(
                "PartialEq for {}",
                name.trim_start_matches("struct ")
                    .trim_end_matches([' ', '('])
            );
            assert!(!source.contains(&by_hand), "{path}: {name}");
        }
    }
    assert!(seen >= held.len(), "only {seen} of them were found");
}

#[test]
fn a_relay_keeps_the_hashes_of_tokens_and_nothing_else_of_them() {
    let mut columns = Vec::new();
    for entry in fs::read_dir(Path::new(ROOT).join("relay/migrations")).unwrap() {
        let sql = fs::read_to_string(entry.unwrap().path()).unwrap();
        let mentions = |line: &&str| line.contains("token") || line.contains("invite");
        columns.extend(sql.lines().filter(mentions).map(str::to_owned));
    }
    let is_hash = |line: &String| {
        let code = line.split("--").next().unwrap_or_default();
        !code.contains("token") || code.contains("token_hash")
    };
    let bare: Vec<_> = columns.iter().filter(|line| !is_hash(line)).collect();
    assert!(bare.is_empty() && columns.len() >= 2, "{columns:?}");
}
