//! What is exported does what it says: each snippet is run, and what arrives is what was captured.
//! The captures hold quotes, commands, control characters, globs, bytes that are no text, and names
//! and methods that nobody expects.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, io::Write};

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
fn check_shell(shell: &str, format: &str, limit: usize, cannot: &[&str]) {
    let replay = Replay::begin();
    let snippets = replay.snippets(format, limit, cannot);
    let all: Vec<_> = snippets.iter().map(|snippet| &*snippet.text).collect();
    let script = replay.folder().join("all.sh");
    fs::write(&script, all.join("\n")).unwrap();
    replay.check(command(shell).arg(&script), &snippets);
}

#[test]
fn curl_in_sh_sends_what_was_captured() {
    check_shell("sh", "curl", CAPTURES, &[]);
}

#[test]
fn curl_in_bash_sends_what_was_captured() {
    check_shell("bash", "curl", CAPTURES, &[]);
}

#[test]
fn curl_in_zsh_sends_what_was_captured() {
    check_shell("zsh", "curl", CAPTURES, &[]);
}

/// Has `interpreter` run `runner` with the folder of all snippets.
fn check_program(interpreter: &str, runner: &str, format: &str, extension: &str, cannot: &[&str]) {
    let replay = Replay::begin();
    let snippets = replay.snippets(format, CAPTURES, cannot);
    let folder = written(&replay, &snippets, extension);
    let script = replay.folder().join(format!("run.{extension}"));
    fs::write(&script, runner).unwrap();
    replay.check(command(interpreter).arg(&script).arg(&folder), &snippets);
}

const SLASHES: &str = "it takes a path behind two slashes for a host";
const CAPITALS: &str = "it writes every method in capitals";
/// The system's own, for which its packages are.
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
    check_program(PYTHON, RUN_PYTHON, "python", "py", &[]);
}

#[test]
fn python_with_requests_sends_what_was_captured() {
    check_program(PYTHON, RUN_PYTHON, "python-requests", "py", &[SLASHES]);
}

#[test]
fn node_sends_what_was_captured() {
    check_program("node", RUN_NODE, "node", "mjs", &[CAPITALS]);
}

#[test]
fn fetch_sends_what_was_captured() {
    check_program(
        "node",
        RUN_NODE,
        "javascript",
        "mjs",
        &[
            CAPITALS,
            "it gives GET and HEAD no body",
            "beside a Range it changes Accept-Encoding",
        ],
    );
}

/// Tools that begin slowly are tried with so many.
const SAMPLE: usize = 20;

#[test]
fn httpie_sends_what_was_captured() {
    let letters = "its method is not of letters alone";
    let backslash = "a header has a backslash before one of : = @ ; where it cannot be written";
    check_shell(
        "sh",
        "httpie",
        SAMPLE,
        &[letters, backslash, "a header is no UTF-8"],
    );
}

#[test]
fn wget_sends_what_was_captured() {
    check_shell("sh", "wget", CAPTURES, &[CAPITALS]);
}

#[test]
fn php_sends_what_was_captured() {
    let run = "<?php
        foreach (glob($argv[1] . '/*') as $file) {
            (static function () use ($file) { include $file; })();
        }";
    check_program("php", run, "php", "php", &[]);
}

#[test]
fn ruby_sends_what_was_captured() {
    let run = "Dir[ARGV[0] + '/*'].sort.each do |file|
        load(file, true)
    rescue StandardError => error
        warn file, error.full_message
    end";
    check_program("ruby", run, "ruby", "rb", &[]);
}

/// Whether the machine has `tool`, which is too large to be installed for the tests alone; the
/// setup says when it has not.
fn has(tool: &str) -> bool {
    let found = command("which")
        .arg(tool)
        .output()
        .unwrap()
        .status
        .success();
    if !found {
        let mut out = std::io::stdout();
        writeln!(
            out,
            "SKIPPED: {tool} is not installed, so what is exported for it was not run"
        )
        .unwrap();
    }
    found
}

#[test]
fn go_sends_what_was_captured() {
    if !has("go") {
        return;
    }
    let replay = Replay::begin();
    let snippets = replay.snippets(
        "go",
        CAPTURES,
        &["it sends one User-Agent and no empty one", SLASHES],
    );
    // One program of them all: each `main` gets a name of its own, and one calls them in turn.
    let own = |Snippet { at, text }: &Snippet| Snippet {
        at: *at,
        text: text.replace("func main() {", &format!("func run{at}() {{")),
    };
    let folder = written(&replay, &snippets.iter().map(own).collect::<Vec<_>>(), "go");
    let calls = snippets.iter().map(|snippet| {
        format!(
            "func() {{ defer func() {{ recover() }}(); run{}() }}()\n",
            snippet.at
        )
    });
    let main = format!(
        "package main\nfunc main() {{\n{}}}\n",
        calls.collect::<String>()
    );
    fs::write(folder.join("main.go"), main).unwrap();
    fs::write(folder.join("go.mod"), "module replay\n").unwrap();
    let program = replay.folder().join("replay");
    let built = command("go")
        .args(["build", "-o"])
        .arg(&program)
        .current_dir(&folder)
        .output();
    let built = built.unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said:.2000}");
    replay.check(&mut command(&program), &snippets);
}

#[test]
fn java_sends_what_was_captured() {
    if !has("javac") {
        return;
    }
    let replay = Replay::begin();
    let snippets = replay.snippets("java", 2 * SAMPLE, &["it sends one Cookie"]);
    let own = |Snippet { at, text }: &Snippet| Snippet {
        at: *at,
        text: text.replace("public class Replay {", &format!("class Replay{at} {{")),
    };
    let folder = written(
        &replay,
        &snippets.iter().map(own).collect::<Vec<_>>(),
        "java",
    );
    let calls = snippets.iter().map(|snippet| {
        format!(
            "try {{ Replay{}.main(args); }} catch (Exception e) {{ e.printStackTrace(); }}\n",
            snippet.at
        )
    });
    let main = format!(
        "class All {{ public static void main(String[] args) {{\n{}}} }}\n",
        calls.collect::<String>()
    );
    fs::write(folder.join("All.java"), main).unwrap();
    let files = snippets
        .iter()
        .map(|snippet| format!("{:03}.java", snippet.at))
        .chain(["All.java".to_owned()]);
    let built = command("javac")
        .args(files)
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said:.2000}");
    replay.check(
        command("java").arg("-cp").arg(&folder).arg("All"),
        &snippets,
    );
}
