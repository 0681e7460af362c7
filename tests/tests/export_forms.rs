//! What is exported for programs that are not here is a program of its language, by that
//! language's grammar; HAR keeps to its schema; and what PowerShell would hand to curl is handed
//! to curl.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fmt::Write, fs, path::PathBuf};

use tests::{
    program::command,
    replay::{CAPTURES, Replay, Snippet},
};
use webhook::export::{Bundle, Format, Options};

fn here(path: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = folder.join(path);
    assert!(found.exists(), "run npm ci in tests/");
    found
}

/// Parses what captures are as `format`, at most `limit` of them, by the grammar of the package
/// `grammar`.
fn check_grammar(format: &str, limit: usize, grammar: &str, extension: &str) {
    let replay = Replay::begin();
    let mut snippets = replay.snippets(format, limit, &[]);
    // The longest differ from others in how many lines of base64 they have, and take minutes.
    snippets.retain(|one| one.text.len() < 8 * 1024);
    assert!(snippets.len() > limit / 2);
    let folder = replay.folder().join("snippets");
    fs::create_dir(&folder).unwrap();
    for Snippet { at, text } in &snippets {
        fs::write(folder.join(format!("{at:03}.{extension}")), text).unwrap();
    }
    let mut parse = command("node");
    // Node does not end before it has optimised a grammar, which takes longer than all the parsing.
    parse
        .arg("--liftoff-only")
        .arg(here("forms/parse.mjs"))
        .arg(here(&format!("node_modules/{grammar}")));
    let output = parse.arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said:.3000}");
    assert_eq!(output.stdout, format!("{}\n", snippets.len()).into_bytes());
}

#[test]
fn powershell_is_powershell() {
    let grammar = "tree-sitter-powershell/tree-sitter-powershell.wasm";
    check_grammar("curl-powershell", CAPTURES, grammar, "ps1");
}

#[test]
fn csharp_is_csharp() {
    check_grammar(
        "csharp",
        CAPTURES,
        "tree-sitter-c-sharp/tree-sitter-c_sharp.wasm",
        "cs",
    );
}

#[test]
fn rust_is_rust() {
    check_grammar(
        "rust",
        CAPTURES,
        "tree-sitter-rust/tree-sitter-rust.wasm",
        "rs",
    );
}

/// The text between `begin` and `end`, and what follows.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<(&'a str, &'a str)> {
    text.split_once(begin)?.1.split_once(end)
}

/// PowerShell writes the text between `@'` and `'@` to curl, and bytes to a file first: done here
/// by a shell, since there is no PowerShell.
#[test]
fn what_powershell_hands_to_curl_arrives() {
    let replay = Replay::begin();
    let mut snippets = replay.snippets("curl-powershell", CAPTURES, &[]);
    // How text beyond ASCII goes from one program to another there depends on settings.
    snippets.retain(|one| replay.captures[one.at].head.as_bytes().is_ascii());
    assert!(snippets.len() > CAPTURES / 2);
    let mut script = String::new();
    for Snippet { at, text } in &snippets {
        let (file, option) = match between(text, "FromBase64String(@'\n", "'@))\n") {
            Some((body, _)) => {
                let file = replay.folder().join(format!("{at}.bin"));
                let file = file.display();
                writeln!(script, "base64 -d >{file} <<'.'\n{body}.").unwrap();
                (
                    text.split_once("'@))\n").unwrap().1,
                    format!("--data-binary @{file}"),
                )
            }
            None => (text.as_str(), String::new()),
        };
        let (options, _) = between(file, "@'\n", "'@ | curl.exe").unwrap();
        // A heredoc that is quoted hands its lines on as they are.
        writeln!(
            script,
            "curl --config - {option} <<'-- end'\n{options}-- end"
        )
        .unwrap();
    }
    let file = replay.folder().join("all.sh");
    fs::write(&file, script).unwrap();
    replay.check(command("bash").arg(&file), &snippets);
}

#[test]
fn har_keeps_to_its_schema() {
    let replay = Replay::begin();
    let options = Options {
        with_secrets: true,
        ..Options::default()
    };
    let mut bundle = Bundle::new(Format::find("har").unwrap());
    let file = replay.folder().join("all.har");
    let mut bytes = Vec::new();
    for capture in &replay.captures {
        bytes.extend(bundle.next(capture, &options).unwrap());
    }
    bytes.extend(bundle.end());
    fs::write(&file, &bytes).unwrap();
    let output = command("node")
        .arg(here("forms/har.mjs"))
        .arg(&file)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said:.3000}");
    assert_eq!(output.stdout, format!("{CAPTURES}\n").into_bytes());
    // The schema is one that something can break.
    let broken = String::from_utf8(bytes)
        .unwrap()
        .replace("\"startedDateTime\"", "\"x\"");
    fs::write(&file, broken).unwrap();
    let output = command("node")
        .arg(here("forms/har.mjs"))
        .arg(&file)
        .output()
        .unwrap();
    assert!(!output.status.success());
}
