//! What shells, `man` and scripts make of `tenterhook`: completions are loaded by real shells, pages
//! read by a real `man`, and what is printed into a pipe has no colours and is JSON where asked.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, net::SocketAddr};

use serde_json::Value;
use tests::{
    program::{Desktop, built, command},
    sender::{request, send},
};

fn desktop(folder: &tempfile::TempDir) -> Desktop {
    Desktop::new(folder.path())
}

/// What `shell` prints for `script`, with the completions in the file that it names as `$1`.
fn shell(name: &str, args: &[&str], script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("_tenterhook");
    fs::write(&file, desktop(&folder).ok(&["completions", name])).unwrap();
    let output = command(name)
        .args(args)
        .arg(script)
        .arg(name)
        .arg(&file)
        .env("HOME", folder.path())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

#[test]
fn bash_completes_verbs_and_options() {
    let script = r#"
        . "$1"
        complete_line() {
            COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
            _tenterhook tenterhook "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
            echo "${COMPREPLY[*]}"
        }
        complete -p tenterhook >/dev/null
        complete_line tenterhook his
        complete_line tenterhook history re
        complete_line tenterhook prune --old
    "#;
    let said = shell("bash", &["--norc", "-c"], script);
    assert_eq!(said, "history\nrestore\n--older-than\n");
}

#[test]
fn zsh_completes_verbs() {
    // What zsh would offer is handed to `compadd`, by way of its own `_describe`.
    let script = r#"
        autoload -U compinit && compinit -u -D 2>/dev/null
        . "$1"
        [[ ${_comps[tenterhook]} == _tenterhook ]] || { print not registered; exit 1 }
        _describe() { local name=${@[-1]}; print -l -- ${(P)name} }
        _tenterhook_commands
        _tenterhook__subcmd__history_commands
    "#;
    let said = shell("zsh", &["-f", "-c"], script);
    for verb in ["prune:", "history:", "completions:", "restore:", "compact:"] {
        assert!(said.lines().any(|line| line.starts_with(verb)), "{said}");
    }
}

#[test]
fn a_manual_page_a_verb_is_read_without_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man1");
    let _ = desktop(&folder).ok(&["man", "--out", pages.to_str().unwrap()]);
    let mut count = 0;
    for entry in fs::read_dir(&pages).unwrap() {
        let page = entry.unwrap().path();
        let read = command("man")
            .args(["--warnings", "-E", "UTF-8", "-l"])
            .arg(&page)
            .env("MANROFFSEQ", "")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&read.stderr).into_owned();
        assert!(
            read.status.success() && said.is_empty(),
            "{}: {said}",
            page.display()
        );
        assert!(read.stdout.len() > 300, "{}", page.display());
        count += 1;
    }
    assert!(count > 25, "{count}");
    for verb in ["", "-prune", "-history-restore", "-endpoint-new"] {
        assert!(pages.join(format!("tenterhook{verb}.1")).exists(), "{verb}");
    }
}

#[test]
fn each_verb_that_prints_data_prints_json_and_no_colours_into_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = desktop(&folder);
    let listening = desktop.listen();
    let url = listening.ready["receiver"].as_str().unwrap();
    let receiver: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    let headers = [("Content-Type", "application/json")];
    let sent = request("POST", "/a?c=1", &headers, b"{\"paid\": true}");
    assert_eq!(send(receiver, &sent).unwrap().status, 200);
    let id = listening.line()["id"].as_str().unwrap().to_owned();
    listening.stop();
    let backup = folder.path().join("b.db");
    let (backup, out) = (backup.to_str().unwrap(), folder.path().join("out"));
    let out = format!("{}/", out.display());
    let verbs: &[&[&str]] = &[
        &["status"],
        &["ls"],
        &["search", "paid"],
        &["show", &id],
        &["show", &id, "--deliveries"],
        &["endpoint", "ls"],
        &["endpoint", "set", "local"],
        &["export", &id, "--out", &out],
        &["history", "backup", backup],
        &["history", "check", backup],
        &["history", "keep"],
        &["history", "compact"],
        &["history", "import", backup],
        &["history", "export"],
        &["history", "restore", backup, "--yes"],
        &["prune", "--keep", "1", "--dry-run"],
    ];
    for verb in verbs {
        let with_json = [verb, &["--json"][..]].concat();
        // A file that is there is never overwritten.
        let is_new = verb[0] == "export" || verb[1..].first() == Some(&"backup");
        let printed = desktop.ok(&with_json);
        for line in printed.lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert!(value.is_object() || value.is_array(), "{verb:?}: {line}");
        }
        if !is_new {
            let plain = desktop
                .command(verb)
                .env("CLICOLOR_FORCE", "1")
                .output()
                .unwrap();
            assert!(plain.status.success(), "{verb:?}");
            assert!(
                !plain.stdout.contains(&0x1b) && !plain.stderr.contains(&0x1b),
                "{verb:?}"
            );
        }
        let help =
            desktop.ok(&[&verb[..1 + usize::from(verb[0] == "history")], &["--help"]].concat());
        assert!(!help.contains('\x1b'), "{verb:?}");
    }
    let fields = desktop.ok(&["ls", "--fields", "id,method,target,size,status"]);
    assert_eq!(fields, format!("{id}\tPOST\t/a?c=1\t14\t\n"));
}

#[test]
fn colours_are_for_a_terminal_without_no_color() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = desktop(&folder);
    let listening = desktop.listen();
    let url = listening.ready["receiver"].as_str().unwrap();
    let receiver: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
    assert_eq!(
        send(receiver, &request("POST", "/a", &[], b"x"))
            .unwrap()
            .status,
        200
    );
    let _ = listening.line();
    listening.stop();
    let on_terminal = |verb: &str, no_color: &str| {
        let line = format!(
            "'{}' --no-keychain --data '{}' {verb}",
            built("tenterhook").display(),
            desktop.data.display()
        );
        let output = command("script")
            .args(["-qec", &line, "/dev/null"])
            .env("NO_COLOR", no_color)
            .env("TERM", "xterm-256color")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(on_terminal("ls", "").contains("\x1b["));
    for verb in [
        "ls",
        "search a",
        "status",
        "show nothing",
        "prune --keep x",
        "prune --help",
    ] {
        let shown = on_terminal(verb, "1");
        assert!(!shown.contains("\x1b["), "{verb}: {shown:?}");
    }
}
