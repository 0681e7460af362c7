//! What a stranger can do to the rules of an endpoint, and to those of `tenterhook serve` where it
//! is the same: values that would be more than values, commands that do not end, secrets that show.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    collections::BTreeSet,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    hooks::{folder, hook, request, script, serve},
    program::{Desktop, Running, wait_for},
    sender::{self, github_signature},
};

/// A local receiver with rules that their owner has confirmed.
struct House {
    folder: TempDir,
    desktop: Desktop,
    listening: Running,
}

impl House {
    fn new(folder: TempDir, hooks: &[Value]) -> Self {
        let desktop = Desktop::new(folder.path());
        let file = folder.path().join("rules.json");
        fs::write(&file, Value::from(hooks.to_vec()).to_string()).unwrap();
        let of = ["--endpoint", "local"];
        let _ = desktop.ok(&[&["rules", "import", file.to_str().unwrap()][..], &of].concat());
        for hook in hooks
            .iter()
            .filter(|hook| hook.get("trigger-rule").is_none())
        {
            let id = hook["id"].as_str().unwrap();
            let _ = desktop.ok(&[&["rules", "confirm", id][..], &of].concat());
        }
        let listening = desktop.listen();
        Self {
            folder,
            desktop,
            listening,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn post(&self, target: &str, body: &Value) {
        let json = [("Content-Type", "application/json")];
        self.send(&request(target, &json, body.to_string().as_bytes()));
    }

    fn send(&self, request: &[u8]) {
        let url = self.listening.ready["receiver"].as_str().unwrap();
        let to: SocketAddr = url.trim_start_matches("http://").parse().unwrap();
        assert_eq!(sender::send(to, request).unwrap().status, 200);
    }

    /// Waits until `count` runs have ended; the oldest first.
    fn ended(&self, count: usize) -> Vec<Value> {
        wait_for(&format!("{count} runs that have ended"), || {
            let lines = self.desktop.ok(&["runs", "--json"]);
            let runs = lines.lines().map(serde_json::from_str::<Value>);
            let mut runs: Vec<_> = runs.map(Result::unwrap).collect();
            runs.reverse();
            let ended = runs.iter().filter(|run| run["state"] == "ended");
            (ended.count() == count).then_some(runs)
        })
    }

    fn output(&self, run: &Value) -> String {
        let number = run["number"].to_string();
        self.desktop.ok(&["runs", "show", &number])
    }

    fn log(&self) -> String {
        fs::read_to_string(self.desktop.data.with_extension("log")).unwrap()
    }
}

/// Whether a process is there, be it dead and not yet buried.
fn is_there(pid: &str) -> bool {
    Path::new("/proc").join(pid.trim()).exists()
}

/// Those whose parent is `pid`.
fn children(pid: u32) -> String {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let children = tasks.map(|task| fs::read_to_string(task.unwrap().path().join("children")));
    // A thread may have ended meanwhile.
    children.map(Result::unwrap_or_default).collect()
}

#[test]
fn what_a_sender_says_is_data_to_a_rule_of_an_endpoint() {
    let folder = folder();
    let canary = folder.path().join("canary");
    let touch = format!("touch {}", canary.display());
    let show = script(folder.path(), "show", r#"printf '%s' "$1" "$HOOK_v""#);
    let pass = json!({
        "command-concurrency": 1,
        "pass-arguments-to-command": [{"source": "payload", "name": "v"}],
        "pass-environment-to-command": [{"source": "payload", "name": "v"}],
    });
    let house = House::new(folder, &[hook("show", &show, &pass)]);
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
        "x\nINJECTED=1".to_owned(),
        "INJECTED=1".to_owned(),
        "~ * ? [a]".to_owned(),
        "%s%n\\x00\\".to_owned(),
        "../../../etc/passwd".to_owned(),
    ];
    for value in &hostile {
        house.post("/show", &json!({ "v": value }));
    }
    let runs = house.ended(hostile.len());
    for (run, value) in runs.iter().zip(&hostile) {
        assert_eq!(run["code"], 0, "{run}");
        assert_eq!(house.output(run), format!("{value}{value}"));
    }
    assert!(!canary.exists(), "a value was run");
    // No system takes a NUL: the run says so, and the next one is none the worse.
    house.post("/show", &json!({ "v": "a\0b" }));
    house.post("/show", &json!({ "v": "fine" }));
    let runs = house.ended(hostile.len() + 2);
    let [.., refused, fine] = &runs[..] else {
        panic!("there are two more")
    };
    assert!(refused["error"].is_string(), "{refused}");
    assert_eq!(house.output(fine), "finefine");
    house.listening.stop();
}

#[test]
fn a_sender_names_no_variable_and_no_folder() {
    let folder = folder();
    let show = script(folder.path(), "show", "pwd; env | cut -d= -f1 | sort");
    let pass = json!({
        "command-working-directory": folder.path(),
        "pass-environment-to-command": [{"source": "payload", "name": "v", "envname": "V"}],
    });
    let plain = json!({"v": "x"});
    let hostile = json!({
        "v": "x", "V": "y", "LD_PRELOAD": "/evil.so", "PATH": "/evil", "IFS": "/", "ENV": "/evil",
        "HOOK_w": "z", "envname": "W", "command-working-directory": "/", "execute-command": "/evil",
    });
    let hooks = [hook("show", &show, &pass)];
    let server = serve(&folder, &hooks, &[]);
    let want = server.post("show", &plain.to_string()).text();
    assert_eq!(server.post("show", &hostile.to_string()).text(), want);
    let house = House::new(folder, &hooks);
    house.post("/show", &plain);
    house.post("/show", &hostile);
    let runs = house.ended(2);
    let (one, other) = (house.output(&runs[0]), house.output(&runs[1]));
    assert_eq!(one, other);
    let names = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let more: Vec<_> = names(&one).difference(&names(&want)).cloned().collect();
    let own = ["ATTEMPT", "CAPTURE", "ENDPOINT", "RULE"];
    assert_eq!(more, own.map(|name| format!("TENTERHOOK_{name}")));
    house.listening.stop();
}

#[test]
fn a_rules_command_that_will_not_end_is_ended_with_its_children_and_buried() {
    let folder = folder();
    let text = "trap '' TERM
sh -c 'trap \"\" TERM; echo $$ >> pids; while :; do sleep 1; done' &
echo $$ >> pids; wait; while :; do sleep 1; done";
    let stubborn = script(folder.path(), "stubborn", text);
    let at = |more: Value| {
        let mut hook = hook("stubborn", &stubborn, &more);
        hook["command-working-directory"] = json!(folder.path());
        hook
    };
    let (mut late, mut stays) = (at(json!({"command-timeout": 1})), at(json!({})));
    late["id"] = "late".into();
    stays["id"] = "stays".into();
    let house = House::new(folder, &[late, stays]);
    let pids = |count: usize| {
        wait_for("the processes", || {
            let text = fs::read_to_string(house.path("pids")).ok()?;
            let pids: Vec<_> = text.lines().map(str::to_owned).collect();
            (pids.len() == count).then_some(pids)
        })
    };
    house.post("/late", &json!({}));
    let runs = house.ended(1);
    assert_eq!(runs[0]["error"], "killed: its time was over");
    let first = pids(2);
    // The grandchild's parent is gone, so burying it is for the system's first process.
    wait_for("their end", || {
        let is_over = |pid: &String| {
            let status = fs::read_to_string(format!("/proc/{pid}/status"));
            !status.is_ok_and(|text| !text.contains("State:\tZ"))
        };
        first.iter().all(is_over).then_some(())
    });
    wait_for("burials", || {
        children(house.listening.pid()).is_empty().then_some(())
    });
    // When Tenterhook ends, so does what it runs.
    house.post("/stays", &json!({}));
    let all = pids(4);
    house.listening.stop();
    wait_for("their end", || {
        let mut own = all.iter().filter(|pid| is_there(pid));
        let is_zombie = |pid: &String| {
            let status = fs::read_to_string(format!("/proc/{pid}/status"));
            !status.is_ok_and(|text| !text.contains("State:\tZ"))
        };
        own.all(is_zombie).then_some(())
    });
}

#[test]
fn no_log_has_the_secret_of_a_rule_or_a_value_that_is_secret_by_its_name() {
    const SECRET: &str = "what GitHub signs with";
    const TOKEN: &str = "t0ps3cret-of-a-payload";
    let folder = folder();
    let program = script(folder.path(), "quiet", "true");
    let rule = json!({
        "pass-environment-to-command": [{"source": "payload", "name": "api_token"}],
        "trigger-rule": {"match": {"type": "payload-hmac-sha256", "secret": SECRET,
            "parameter": {"source": "header", "name": "X-Hub-Signature-256"}}},
    });
    let hooks = [hook("signed", &program, &rule)];
    let body = json!({ "api_token": TOKEN }).to_string();
    let push = |secret: &str| {
        let signature = github_signature(secret.as_bytes(), body.as_bytes());
        let headers = [
            ("Content-Type", "application/json"),
            ("X-Hub-Signature-256", signature.as_str()),
        ];
        request("/hooks/signed", &headers, body.as_bytes())
    };
    let right = github_signature(SECRET.as_bytes(), body.as_bytes());
    let right = right.trim_start_matches("sha256=");
    let server = serve(&folder, &hooks, &[]);
    let forged = server.send(&push("guessed"));
    assert!(!forged.text().contains(right), "{}", forged.text());
    assert!(!server.log().contains(right), "{}", server.log());
    assert_eq!(server.send(&push(SECRET)).status, 200);
    assert!(!server.log().contains(SECRET), "{}", server.log());
    let house = House::new(folder, &hooks);
    house.send(&push("guessed"));
    let of = ["rules", "try", "--endpoint", "local"];
    let why = house.desktop.ok(&of);
    assert!(
        why.contains("<-- this one") && !why.contains(right),
        "{why}"
    );
    house.send(&push(SECRET));
    let runs = house.ended(1);
    let told = [
        why,
        house.log(),
        house.desktop.ok(&["runs", "--json"]),
        runs[0].to_string(),
    ];
    for text in told {
        for kept in [SECRET, TOKEN, right] {
            assert!(!text.contains(kept), "{kept} is in {text}");
        }
    }
    house.listening.stop();
}
