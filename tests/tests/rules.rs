//! Rules on endpoints: what a capture triggers, what is held back, what is kept of each run. The
//! programs, the sender and the history are real.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};

use serde_json::{Value, json};
use tests::{
    hooks::script,
    program::{Desktop, Running, wait_for, wait_for_within},
    sender::{github_signature, request, send},
};

struct House {
    folder: tempfile::TempDir,
    desktop: Desktop,
}

impl House {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desktop = Desktop::new(folder.path());
        Self { folder, desktop }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn script(&self, name: &str, text: &str) -> String {
        script(self.folder.path(), name, text)
    }

    /// Gives the local receiver these rules, and the answer is what its owner is told.
    fn import(&self, hooks: &Value) -> String {
        let file = self.path("hooks.json");
        fs::write(&file, hooks.to_string()).unwrap();
        let file = file.to_str().unwrap();
        let done = self
            .desktop
            .run(&["rules", "import", file, "--endpoint", "local"]);
        let told = String::from_utf8(done.stderr).unwrap();
        assert!(done.status.success(), "{told}");
        told
    }

    fn does(&self, verb: &[&str]) {
        let _ = self.desktop.ok(verb);
    }

    fn runs(&self) -> Vec<Value> {
        let lines = self.desktop.ok(&["runs", "--json"]);
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Waits until `count` runs are in `state`, and gives all, the newest first.
    fn wait(&self, count: usize, state: &str) -> Vec<Value> {
        wait_for(&format!("{count} runs {state}"), || {
            let runs = self.runs();
            let there = runs.iter().filter(|run| run["state"] == state).count();
            (there == count).then_some(runs)
        })
    }

    fn show(&self, run: &Value) -> String {
        self.desktop
            .ok(&["runs", "show", &run["number"].to_string()])
    }
}

fn receiver(listening: &Running) -> SocketAddr {
    let url = listening.ready["receiver"].as_str().unwrap();
    url.trim_start_matches("http://").parse().unwrap()
}

fn post(to: SocketAddr, target: &str, headers: &[(&str, &str)], body: &str) {
    let sent = request("POST", target, headers, body.as_bytes());
    assert_eq!(send(to, &sent).unwrap().status, 200);
}

const SECRET: &str = "it is a secret of GitHub";

fn push(to: SocketAddr, secret: &str) {
    let body =
        r#"{"ref": "refs/heads/main", "head_commit": {"id": "f00d"}, "api_token": "t0ps3cret"}"#;
    let signature = github_signature(secret.as_bytes(), body.as_bytes());
    let headers = [
        ("Content-Type", "application/json"),
        ("X-Hub-Signature-256", signature.as_str()),
    ];
    post(to, "/", &headers, body);
}

fn signed(id: &str, program: &str) -> Value {
    json!({
        "id": id, "execute-command": program,
        "pass-arguments-to-command": [
            {"source": "payload", "name": "head_commit.id"},
            {"source": "payload", "name": "api_token"},
        ],
        "trigger-rule": {"and": [
            {"match": {"type": "payload-hmac-sha256", "secret": SECRET,
                "parameter": {"source": "header", "name": "X-Hub-Signature-256"}}},
            {"match": {"type": "value", "value": "refs/heads/main",
                "parameter": {"source": "payload", "name": "ref"}}},
        ]},
    })
}

#[test]
fn a_signed_push_runs_its_command_and_a_forged_one_runs_nothing() {
    let house = House::new();
    let program = house.script("deploy", "echo \"deployed $1 for $TENTERHOOK_RULE $2\"");
    house.import(&json!([signed("deploy", &program)]));
    let listening = house.desktop.listen();
    push(receiver(&listening), "another secret");
    push(receiver(&listening), SECRET);
    let runs = house.wait(1, "ended");
    assert_eq!(
        (&runs[0]["rule"], &runs[0]["code"]),
        (&json!("deploy"), &json!(0))
    );
    assert_eq!(runs[0]["arguments"], json!([program, "f00d", "••••••"]));
    assert_eq!(house.show(&runs[0]), "deployed f00d for deploy t0ps3cret\n");
    let ran = house.desktop.ok(&["search", "is:ran", "--json"]);
    assert_eq!(ran.lines().count(), 1);
    // The forged one was judged before it.
    let captures = house.desktop.captures();
    assert_eq!((captures.len(), house.runs().len()), (2, 1));
    assert_eq!(runs[0]["capture"], captures[0]["id"]);
    let of = ["--endpoint", "local"];
    let forged = captures[1]["id"].as_str().unwrap();
    let why = house
        .desktop
        .ok(&[&["rules", "try", forged][..], &of].concat());
    assert!(
        why.starts_with("deploy: would have fired on 0 of 1"),
        "{why}"
    );
    let culprit = why
        .lines()
        .find(|line| line.ends_with("<-- this one"))
        .unwrap();
    assert!(
        culprit.contains("payload-hmac-sha256") && !why.contains(SECRET),
        "{why}"
    );
    let both = house.desktop.ok(&[&["rules", "try"][..], &of].concat());
    assert!(
        both.starts_with("deploy: would have fired on 1 of 2"),
        "{both}"
    );
    listening.stop();
}

#[test]
fn nothing_runs_on_a_strangers_word_until_its_owner_agrees_and_then_not_after_a_change() {
    let house = House::new();
    let (first, other) = (
        house.script("a", "echo first"),
        house.script("b", "echo other"),
    );
    let open = |program: &str| json!([{"id": "open", "execute-command": program}]);
    let told = house.import(&open(&first));
    assert!(told.contains("`open` waits for you"), "{told}");
    let listening = house.desktop.listen();
    post(receiver(&listening), "/open", &[], "");
    house.wait(1, "unconfirmed");
    house.does(&["rules", "confirm", "open", "--endpoint", "local"]);
    post(receiver(&listening), "/open", &[], "");
    let runs = house.wait(1, "ended");
    assert_eq!(
        (runs.len(), house.show(&runs[0])),
        (2, "first\n".to_owned())
    );
    house.import(&open(&other));
    post(receiver(&listening), "/open", &[], "");
    house.wait(2, "unconfirmed");
    // Who runs it by hand has agreed to this once.
    let number = runs[1]["number"].to_string();
    house.does(&["runs", "again", &number]);
    let runs = house.wait(2, "ended");
    assert_eq!(house.show(&runs[0]), "other\n");
    listening.stop();
}

#[test]
fn rules_are_for_what_comes_after_them_and_a_path_names_one() {
    let house = House::new();
    let program = house.script("a", "echo $TENTERHOOK_RULE");
    let listening = house.desktop.listen();
    let to = receiver(&listening);
    push(to, SECRET);
    house.import(&json!([signed("one", &program), signed("two", &program)]));
    push(to, SECRET);
    let runs = house.wait(2, "ended");
    assert_eq!(runs.len(), 2);
    let exported = house
        .desktop
        .ok(&["rules", "export", "--endpoint", "local"]);
    assert_eq!(
        exported,
        fs::read_to_string(house.path("hooks.json")).unwrap()
    );
    house.does(&["rules", "rm", "--endpoint", "local"]);
    push(to, SECRET);
    house.import(&json!([signed("one", &program)]));
    push(to, SECRET);
    assert_eq!(house.wait(3, "ended").len(), 3);
    listening.stop();
}

#[test]
fn one_at_a_time_a_time_limit_the_body_as_input_and_stop_end_the_whole_group() {
    let house = House::new();
    let lock = house.path("lock");
    let alone = house.script(
        "alone",
        &format!(
            "mkdir {0} || exit 9; cat; sleep 0.2; rmdir {0}",
            lock.display()
        ),
    );
    let slow = house.script("slow", "echo begun; sleep 300 & wait");
    let hook = |id: &str, program: &str, more: Value| {
        let mut hook = json!({"id": id, "execute-command": program});
        let members = hook.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        hook
    };
    house.import(&json!([
        hook(
            "alone",
            &alone,
            json!({"command-concurrency": 1, "pass-body-to-stdin": true})
        ),
        hook("late", &slow, json!({"command-timeout": 1})),
        hook("slow", &slow, json!({})),
    ]));
    for rule in ["alone", "late", "slow"] {
        house.does(&["rules", "confirm", rule, "--endpoint", "local"]);
    }
    let listening = house.desktop.listen();
    let to = receiver(&listening);
    for number in 0..4 {
        post(to, "/alone", &[], &format!("body {number}"));
    }
    let runs = house.wait(4, "ended");
    for (run, number) in runs.iter().zip((0..4).rev()) {
        assert_eq!(
            (&run["code"], house.show(run)),
            (&json!(0), format!("body {number}"))
        );
    }
    post(to, "/late", &[], "");
    let runs = house.wait(5, "ended");
    assert_eq!(runs[0]["error"], "killed: its time was over");
    post(to, "/slow", &[], "");
    let runs = house.wait(1, "running");
    let number = runs[0]["number"].to_string();
    house.does(&["runs", "stop", &number]);
    let runs = house.wait(6, "ended");
    assert_eq!(runs[0]["error"], "stopped");
    assert_eq!(house.show(&runs[0]), "begun\n");
    let again = house.desktop.run(&["runs", "stop", &number]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("is over"));
    listening.stop();
}

#[test]
fn what_ran_when_the_program_was_killed_runs_once_more_and_says_so() {
    let house = House::new();
    let (begun, go) = (house.path("begun"), house.path("go"));
    let text = format!(
        "echo $TENTERHOOK_ATTEMPT >> {}; while [ ! -e {} ]; do sleep 0.05; done",
        begun.display(),
        go.display()
    );
    house.import(&json!([signed("deploy", &house.script("a", &text))]));
    let listening = house.desktop.listen();
    push(receiver(&listening), SECRET);
    wait_for("the command", || {
        fs::read_to_string(&begun).ok().filter(|text| text == "1\n")
    });
    listening.kill();
    let listening = house.desktop.listen();
    wait_for("it again", || {
        fs::read_to_string(&begun)
            .ok()
            .filter(|text| text == "1\n2\n")
    });
    fs::write(&go, "").unwrap();
    let runs = house.wait(2, "ended");
    assert_eq!(
        (&runs[0]["attempt"], &runs[0]["error"]),
        (&json!(2), &Value::Null)
    );
    assert_eq!(runs[1]["error"], "Tenterhook ended while it ran");
    listening.stop();
}

#[test]
fn a_gigabyte_of_output_is_read_to_its_end_and_its_beginning_kept() {
    let house = House::new();
    let program = house.script("flood", "head -c 1000000000 /dev/zero | tr '\\0' x");
    house.import(&json!([signed("flood", &program)]));
    let listening = house.desktop.listen();
    push(receiver(&listening), SECRET);
    let run = wait_for_within(Duration::from_secs(90), "the flood's end", || {
        house.runs().into_iter().find(|run| run["state"] == "ended")
    });
    assert_eq!(
        (&run["code"], &run["outputBytes"]),
        (&json!(0), &json!(1_000_000_000))
    );
    assert!(house.show(&run).starts_with("xxxx"));
    let (resident, _) = tests::program::memory_bytes(listening.pid());
    assert!(resident < 200 << 20, "{resident} bytes");
    listening.stop();
}

#[test]
fn a_check_points_at_what_is_wrong_and_leaves_with_one() {
    let house = House::new();
    let file = house.path("hooks.yaml");
    fs::write(
        &file,
        "- id: a\n  execute-command: /does/not/exist\n  match:\n    type: value\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let checked = house.desktop.run(&["hooks", "check", file]);
    let text = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(checked.status.code(), Some(1));
    assert!(text.contains(&format!("{file}:3:3: unguarded:")), "{text}");
    assert!(
        text.contains("no-program: the hook `a` cannot run"),
        "{text}"
    );
    let lines = house
        .desktop
        .run(&["hooks", "check", "--json", file])
        .stdout;
    let first: Value =
        serde_json::from_slice(lines.split(|byte| *byte == b'\n').next().unwrap()).unwrap();
    assert_eq!(
        (&first["line"], &first["isGrave"]),
        (&json!(3), &json!(true))
    );
    fs::write(
        house.path("good.json"),
        json!([signed("a", "/bin/true")]).to_string(),
    )
    .unwrap();
    house.does(&["hooks", "check", house.path("good.json").to_str().unwrap()]);
}

#[test]
fn a_secret_of_a_rule_is_in_its_file_and_nowhere_else() {
    use std::os::unix::fs::PermissionsExt;
    let house = House::new();
    house.import(&json!([signed("deploy", &house.script("a", "echo ran"))]));
    let listening = house.desktop.listen();
    push(receiver(&listening), SECRET);
    house.wait(1, "ended");
    listening.stop();
    let mut seen = Vec::new();
    let mut folders = vec![house.desktop.data.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if fs::read(&path)
                .unwrap()
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes())
            {
                seen.push(path);
            }
        }
    }
    assert_eq!(seen, [house.desktop.data.join("rules/local.yaml")]);
    let mode = fs::metadata(&seen[0]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
