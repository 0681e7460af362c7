//! What is exported does what it says: each snippet is run, and what arrives is what was captured.
//! The captures hold quotes, commands, control characters, globs, bytes that are no text, and names
//! and methods that nobody expects.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::fs;

use tests::{
    program::command,
    replay::{CAPTURES, Replay, Snippet},
};

/// Writes each snippet to a file of its own and gives their folder.
fn written(replay: &Replay, snippets: &[Snippet], extension: &str) -> std::path::PathBuf {
    let folder = replay.folder().join("snippets");
    fs::create_dir(&folder).unwrap();
    for Snippet { at, text } in snippets {
        fs::write(folder.join(format!("{at:03}.{extension}")), text).unwrap();
    }
    folder
}

/// All snippets as one script, run by `shell`.
fn check_shell(shell: &str, format: &str, limit: usize, cannot: usize) {
    let replay = Replay::begin();
    let (snippets, refused) = replay.snippets(format, limit);
    assert!(refused.len() <= cannot, "{} {refused:?}", refused.len());
    let all: Vec<_> = snippets.iter().map(|snippet| &*snippet.text).collect();
    let script = replay.folder().join("all.sh");
    fs::write(&script, all.join("\n")).unwrap();
    replay.check(command(shell).arg(&script), &snippets);
}

#[test]
fn curl_in_sh_sends_what_was_captured() {
    check_shell("sh", "curl", CAPTURES, 0);
}

#[test]
fn curl_in_bash_sends_what_was_captured() {
    check_shell("bash", "curl", CAPTURES, 0);
}

#[test]
fn curl_in_zsh_sends_what_was_captured() {
    check_shell("zsh", "curl", CAPTURES, 0);
}

/// Has `interpreter` run `runner` with the folder of all snippets.
fn check_program(interpreter: &str, runner: &str, format: &str, extension: &str, cannot: usize) {
    let replay = Replay::begin();
    let (snippets, refused) = replay.snippets(format, CAPTURES);
    assert!(refused.len() <= cannot, "{} {refused:?}", refused.len());
    let folder = written(&replay, &snippets, extension);
    let script = replay.folder().join(format!("run.{extension}"));
    fs::write(&script, runner).unwrap();
    replay.check(command(interpreter).arg(&script).arg(&folder), &snippets);
}

const PYTHON: &str = "/usr/bin/python3";
const RUN_PYTHON: &str = r#"
import pathlib, runpy, sys, traceback
sys.dont_write_bytecode = True
for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    try:
        runpy.run_path(str(file))
    except Exception:
        traceback.print_exc()
"#;
const RUN_NODE: &str = r#"
import { readdirSync } from "node:fs";
for (const file of readdirSync(process.argv[2]).sort()) {
  try { await import(`${process.argv[2]}/${file}`); } catch (error) { console.error(file, error); }
}
process.exit(0);
"#;

#[test]
fn python_sends_what_was_captured() {
    check_program(PYTHON, RUN_PYTHON, "python", "py", 0);
}

#[test]
fn python_with_requests_sends_what_was_captured() {
    check_program(PYTHON, RUN_PYTHON, "python-requests", "py", 0);
}

#[test]
fn node_sends_what_was_captured() {
    check_program("node", RUN_NODE, "node", "mjs", 0);
}

#[test]
fn fetch_sends_what_was_captured() {
    check_program("node", RUN_NODE, "javascript", "mjs", 0);
}
