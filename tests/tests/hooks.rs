//! Hooks files of adnanh/webhook, served: real requests, real commands. What the files mean is claimed
//! in `webhook::rules`; here it is carried out.
#![cfg(unix)]

use std::{
    fs::{self, Permissions},
    io::{Read, Write},
    net::TcpStream,
    os::unix::{fs::PermissionsExt, net::UnixStream},
    path::Path,
    process::Stdio,
};

use serde_json::json;
use tests::{
    hooks::{Answer, HookServer, folder, hook, request, script, serve},
    program::{built, command, wait_for},
    sender::github_signature,
};

/// The corpus's own runner; none where the corpus is not.
const RUNNER: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../shared/conformance/hooks_replay.py"
);

fn answered(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text())
}

fn ok(text: &str) -> (u16, String) {
    (200, text.to_owned())
}

#[test]
fn the_corpus_of_hooks_passes() {
    if !Path::new(RUNNER).exists() {
        println!("SKIPPED: the corpus is not beside this checkout: {RUNNER}");
        return;
    }
    let serve = format!(
        "'{}' serve -ip 127.0.0.1 -port {{port}} -hooks {{hooks}} {{flags}}",
        built("tenterhook").display()
    );
    let mut runner = command("python3");
    runner.args([
        RUNNER,
        "http://127.0.0.1:{port}",
        &serve,
        "--engine",
        "ours",
    ]);
    let output = runner.output().expect("python3 runs");
    let report = String::from_utf8_lossy(&output.stdout);
    println!("{report}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}{errors}");
}

#[test]
fn a_command_gets_arguments_environment_files_and_folder() {
    let folder = folder();
    let work = folder.path().join("work");
    fs::create_dir(&work).unwrap();
    let show = r#"printf '%s|' "$0" "$@"; printf '%s,' "$A" "$MORE"; cat "$HOOK_FILE"; dirname "$HOOK_FILE"; stat -c %a "$HOOK_FILE"; pwd"#;
    script(&work, "show", show);
    let parameters = json!({
        "command-working-directory": work,
        "pass-arguments-to-command": [
            {"source": "payload", "name": "list.1.x"}, {"source": "payload", "name": "none"},
            {"source": "header", "name": "x-one"}, {"source": "query", "name": "q"},
        ],
        "pass-environment-to-command": [
            {"source": "payload", "name": "a", "envname": "A"},
            {"source": "entire-query", "envname": "MORE"},
        ],
        "pass-file-to-command": [{"source": "raw-request-body", "name": "file"}],
    });
    let server = serve(&folder, &[hook("show", "./show", &parameters)], &[]);
    let body = r#"{"list":[0,{"x":1.50}],"a":"two words"}"#;
    let headers = [("Content-Type", "application/json"), ("X-One", "-rf")];
    let answer = server.send(&request("/hooks/show?q=%20%3b", &headers, body.as_bytes()));
    let here = work.canonicalize().unwrap().display().to_string();
    let want = format!(
        "{0}/show|1.50||-rf| ;|two words,{{\"q\":\" ;\"}},{body}{0}\n600\n{here}\n",
        work.display()
    );
    assert_eq!(answered(&answer), ok(&want));
    let left: Vec<_> = fs::read_dir(&work).unwrap().collect();
    assert_eq!(
        left.len(),
        1,
        "its file is gone when it has ended: {left:?}"
    );
}

#[test]
fn a_signed_push_runs_a_script_and_a_forged_one_does_not() {
    let folder = folder();
    let deployed = folder.path().join("deployed");
    let deploy = script(folder.path(), "deploy", "echo \"$1\" >> deployed");
    let rule = json!({
        "response-message": "deploying",
        "include-command-output-in-response": false,
        "command-working-directory": folder.path(),
        "pass-arguments-to-command": [{"source": "payload", "name": "after"}],
        "trigger-rule": {"and": [
            {"match": {"type": "payload-hmac-sha256", "secret": "It's a Secret",
                       "parameter": {"source": "header", "name": "X-Hub-Signature-256"}}},
            {"match": {"type": "value", "value": "refs/heads/main",
                       "parameter": {"source": "payload", "name": "ref"}}},
        ]},
    });
    let server = serve(&folder, &[hook("github", &deploy, &rule)], &[]);
    let push = |body: &str, secret: &[u8]| {
        let signature = github_signature(secret, body.as_bytes());
        let headers = [
            ("Content-Type", "application/json"),
            ("X-GitHub-Event", "push"),
            ("X-Hub-Signature-256", signature.as_str()),
        ];
        answered(&server.send(&request("/hooks/github", &headers, body.as_bytes())))
    };
    let main = r#"{"ref":"refs/heads/main","after":"0d1a26e6"}"#;
    let error = "Error occurred while evaluating hook rules.";
    assert_eq!(push(main, b"guessed"), (500, error.to_owned()));
    let other = r#"{"ref":"refs/heads/x","after":"bad"}"#;
    assert_eq!(
        push(other, b"It's a Secret"),
        ok("Hook rules were not satisfied.")
    );
    assert_eq!(push(main, b"It's a Secret"), ok("deploying"));
    server.logs("finished handling github");
    assert_eq!(fs::read_to_string(deployed).unwrap(), "0d1a26e6\n");
}

#[test]
fn what_a_sender_says_is_data_to_the_last_byte() {
    let folder = folder();
    let canary = folder.path().join("canary");
    let touch = format!("touch {}", canary.display());
    let show = script(
        folder.path(),
        "show",
        r#"printf '%s' "$1" "$HOOK_v"; env | grep -c INJECTED"#,
    );
    let pass = json!({
        "include-command-output-in-response-on-error": true,
        "pass-arguments-to-command": [{"source": "payload", "name": "v"}],
        "pass-environment-to-command": [{"source": "payload", "name": "v"}],
    });
    let server = serve(&folder, &[hook("show", &show, &pass)], &[]);
    let hostile = [
        format!("$({touch})"),
        format!("`{touch}`"),
        format!("; {touch} #"),
        format!("| {touch}"),
        format!("&& {touch}"),
        format!("\n{touch}\n"),
        format!("'; {touch}; '"),
        format!("\"; {touch}; \""),
        format!("> {}", canary.display()),
        "${IFS}".to_owned(),
        "-rf".to_owned(),
        "--help".to_owned(),
        "-".to_owned(),
        "x\nINJECTED=1".to_owned(),
        "INJECTED=1".to_owned(),
        "~ * ? [a]".to_owned(),
        "%s%n\\x00\\".to_owned(),
    ];
    for value in &hostile {
        let answer = server.post("show", &json!({ "v": value }).to_string());
        let text = answer.text();
        let start = format!("{value}{value}");
        assert!(text.starts_with(&start), "{value:?} became {text:?}");
    }
    assert!(!canary.exists(), "a value was run");
    let refused = server.post("show", r#"{"v":"a\u0000b"}"#);
    assert_eq!(
        answered(&refused),
        (500, String::new()),
        "no system takes a NUL"
    );
    assert_eq!(
        server.post("show", r#"{"v":"fine"}"#).status,
        500,
        "grep found none"
    );
}

#[test]
fn hooks_are_read_again_when_a_signal_says_so() {
    for signal in ["HUP", "USR1"] {
        let folder = folder();
        let hook = |id: &str| json!([{"id": id, "execute-command": "true"}]).to_string();
        let server = HookServer::start(folder.path(), &hook("one"), &[]);
        fs::write(&server.hooks, "[{").unwrap();
        server.signal(signal);
        server.logs("couldn't load hooks from file!");
        assert_eq!(
            server.post("one", "").status,
            200,
            "a bad file changes nothing"
        );
        fs::write(&server.hooks, hook("two")).unwrap();
        assert_eq!(server.post("two", "").status, 404);
        server.signal(signal);
        server.logs("loaded: two");
        let status = |id| server.post(id, "").status;
        assert_eq!((status("one"), status("two")), (404, 200));
    }
}

#[test]
fn hot_reload_sees_a_file_that_takes_anothers_place() {
    let folder = folder();
    let hook = |id: &str| json!([{"id": id, "execute-command": "true"}]).to_string();
    let server = HookServer::start(folder.path(), &hook("one"), &["-hotreload"]);
    let answers = |id: &str| {
        wait_for(id, || (server.post(id, "").status == 200).then_some(()));
    };
    let beside = folder.path().join("new");
    for id in ["two", "three"] {
        fs::write(&beside, hook(id)).unwrap();
        fs::rename(&beside, &server.hooks).unwrap();
        answers(id);
        assert_eq!(server.post("one", "").status, 404);
    }
    // A link that is swapped, as Kubernetes does it.
    for id in ["four", "five"] {
        let real = folder.path().join(id);
        fs::write(&real, hook(id)).unwrap();
        std::os::unix::fs::symlink(&real, &beside).unwrap();
        fs::rename(&beside, &server.hooks).unwrap();
        answers(id);
    }
    fs::remove_file(&server.hooks).unwrap();
    wait_for("the loss of its hooks", || {
        (server.post("five", "").status == 404).then_some(())
    });
    fs::write(&server.hooks, hook("six")).unwrap();
    answers("six");
    fs::write(&server.hooks, "{").unwrap();
    server.logs("couldn't load hooks from file!");
    assert_eq!(
        server.post("six", "").status,
        200,
        "a bad file changes nothing"
    );
}

#[test]
fn called_webhook_it_is_webhook() {
    let folder = folder();
    let webhook = folder.path().join("webhook");
    std::os::unix::fs::symlink(built("tenterhook"), &webhook).unwrap();
    let version = command(&webhook).arg("-version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    assert!(version.starts_with("webhook version 2.8.2"), "{version}");
    let wrong = command(&webhook).arg("--nosuch=1").output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    let errors = String::from_utf8(wrong.stderr).unwrap();
    let usage = "flag provided but not defined: -nosuch\nUsage of webhook:\n";
    assert!(errors.starts_with(usage), "{errors}");
    let nothing = command(&webhook)
        .args(["-port=0", "-hooks", "/nowhere"])
        .output()
        .unwrap();
    assert_eq!(nothing.status.code(), Some(1));
    let told = String::from_utf8(nothing.stdout).unwrap();
    assert!(
        told.contains("couldn't load any hooks from file!"),
        "{told}"
    );
    fs::write(
        folder.path().join("hooks.json"),
        "- {id: a, execute-command: 'true'}",
    )
    .unwrap();
    let mut serve = command(&webhook);
    let server = HookServer::ready(serve.args(["--ip=127.0.0.1", "-port=0"]), folder.path());
    assert_eq!(server.post("a", "").status, 200);
}

#[test]
fn it_listens_where_it_is_told_or_where_somebody_listens_for_it() {
    let folder = folder();
    fs::write(folder.path().join("hooks.json"), "- {id: a, execute-command: echo, include-command-output-in-response: true, pass-arguments-to-command: [{source: request, name: remote-addr}]}").unwrap();
    let socket = folder.path().join("socket");
    let mut serve = command(built("tenterhook"));
    serve
        .args(["serve", "-verbose", "-socket"])
        .arg(&socket)
        .current_dir(folder.path());
    let mut server = serve.stderr(Stdio::null()).spawn().unwrap();
    let mut stream = wait_for("the socket", || UnixStream::connect(&socket).ok());
    stream.write_all(&request("/hooks/a", &[], b"")).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.ends_with("\r\n\r\n@\n"),
        "who comes by a socket has no address: {answer}"
    );
    tests::program::signal(server.id(), "INT");
    assert!(server.wait().unwrap().success());
    assert!(!socket.exists());

    // What a service manager does.
    let hand_over = "import os, socket, sys
s = socket.create_server(('127.0.0.1', 0))
print(s.getsockname()[1], flush=True)
os.dup2(s.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[1], sys.argv[1:])";
    let mut manager = command("python3");
    manager
        .args(["-c", hand_over])
        .arg(built("tenterhook"))
        .args(["serve", "-verbose"]);
    let mut server = manager
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut port = String::new();
    let mut output = std::io::BufReader::new(server.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut port).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port.trim().parse().unwrap())).unwrap();
    stream.write_all(&request("/hooks/a", &[], b"")).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    server.kill().unwrap();
    server.wait().unwrap();
}

#[test]
fn it_becomes_somebody_else_once_it_can_be_connected_to() {
    let own = fs::read_to_string("/proc/self/status").unwrap();
    if !own.contains("\nUid:\t0\t0\t") {
        println!("SKIPPED: only the superuser may become somebody else");
        return;
    }
    let folder = folder();
    // It reads its hooks as that somebody.
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let flags = ["-setuid", "65534", "-setgid=65534"];
    let server = serve(&folder, &[hook("id", "id", &json!({}))], &flags);
    let told = server.post("id", "").text();
    let is_nobody = told.starts_with("uid=65534") && told.contains("gid=65534");
    assert!(is_nobody && !told.contains("root"), "{told}");
}
