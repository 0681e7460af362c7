//! A push deploys: a real repository, a real `git push`, the files of `deploy/hooks` as they are but
//! for their secret and their folders, served by `tenterhook serve` and kept as rules of an endpoint.

#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{
    hooks::{Answer, HookServer, folder, request},
    program::{Desktop, Running, command, wait_for},
    sender::{self, github_signature},
};

const SECRET: &str = "9d0f7c35 is what GitHub signs with";

/// A repository, somebody who works on it, and where it is deployed.
struct House {
    folder: TempDir,
}

impl House {
    fn new() -> Self {
        let house = Self { folder: folder() };
        house.git(
            ".",
            &["init", "--quiet", "--bare", "-b", "main", "origin.git"],
        );
        house.git(".", &["init", "--quiet", "-b", "main", "work"]);
        house.git("work", &["remote", "add", "origin", "../origin.git"]);
        house.push("refs/heads/main", "first");
        house.git(".", &["clone", "--quiet", "origin.git", "site"]);
        house
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What git says in `at`, which knows nothing of who runs the test.
    fn git(&self, at: &str, arguments: &[&str]) -> String {
        let mut git = command("git");
        git.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.dev"])
            .args(arguments)
            .current_dir(self.path(at))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        let output = git.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Commits `text` and pushes it to `branch`; the answer is the commit.
    fn push(&self, branch: &str, text: &str) -> String {
        fs::write(self.path("work/page"), text).unwrap();
        self.git("work", &["add", "page"]);
        self.git("work", &["commit", "--quiet", "-m", text]);
        let to = format!("HEAD:{branch}");
        self.git("work", &["push", "--quiet", "origin", &to]);
        self.git("work", &["rev-parse", "HEAD"])
    }

    fn deployed(&self) -> String {
        self.git("site", &["rev-parse", "HEAD"])
    }

    /// The hooks file that an operator has made of the example, where `server` looks for it.
    fn hooks(&self, change: (&str, &str)) -> PathBuf {
        let deploy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/hooks");
        let mut text = fs::read_to_string(deploy.join("hooks.yaml")).unwrap();
        let (script, site) = (deploy.join("deploy.sh"), self.path("site"));
        for (old, new) in [
            ("PUT-A-SECRET-OF-YOUR-OWN-HERE", SECRET),
            (
                "/usr/local/lib/tenterhook-hooks/deploy.sh",
                script.to_str().unwrap(),
            ),
            ("/var/lib/tenterhook-hooks/site", site.to_str().unwrap()),
            change,
        ] {
            assert!(text.contains(old), "{old}");
            text = text.replace(old, new);
        }
        let file = self.path("hooks.json");
        fs::write(&file, text).unwrap();
        file
    }

    fn serve(&self) -> HookServer {
        let mut serve = command(tests::program::built("tenterhook"));
        serve.args(["serve", "-ip", "127.0.0.1", "-port", "0"]);
        HookServer::ready(&mut serve, self.folder.path())
    }

    /// The local receiver with the same file as its rules.
    fn receive(&self, file: &Path) -> Receiver {
        let desktop = Desktop::new(self.folder.path());
        let file = file.to_str().unwrap();
        let told = desktop.run(&["rules", "import", file, "--endpoint", "local"]);
        let told = String::from_utf8(told.stderr).unwrap();
        assert!(!told.contains("waits for you"), "it is guarded: {told}");
        let listening = desktop.listen();
        Receiver { desktop, listening }
    }

    /// Files of this name anywhere but in git's own folders.
    fn has(&self, name: &str) -> bool {
        let mut open = vec![self.folder.path().to_owned()];
        while let Some(at) = open.pop() {
            for entry in fs::read_dir(at).unwrap().flatten() {
                if entry.file_name() == name {
                    return true;
                }
                if entry.file_type().unwrap().is_dir() {
                    open.push(entry.path());
                }
            }
        }
        false
    }
}

struct Receiver {
    desktop: Desktop,
    listening: Running,
}

impl Receiver {
    fn address(&self) -> SocketAddr {
        let url = self.listening.ready["receiver"].as_str().unwrap();
        url.trim_start_matches("http://").parse().unwrap()
    }

    fn takes(&self, push: &[u8]) {
        assert_eq!(sender::send(self.address(), push).unwrap().status, 200);
    }

    fn runs(&self) -> Vec<Value> {
        let lines = self.desktop.ok(&["runs", "--json"]);
        let records = lines.lines().map(serde_json::from_str);
        records.map(Result::unwrap).collect()
    }

    /// Waits until `count` have ended, and gives the newest.
    fn ended(&self, count: usize) -> Value {
        wait_for(&format!("{count} runs that have ended"), || {
            let runs = self.runs();
            let is_over = runs.len() == count && runs.iter().all(|run| run["state"] == "ended");
            is_over.then(|| runs[0].clone())
        })
    }
}

/// What GitHub sends of a push, signed with `secret`.
fn pushed(branch: &str, commit: &str, secret: &str) -> Vec<u8> {
    let body = json!({
        "ref": branch, "before": "0".repeat(40), "after": commit,
        "repository": {"full_name": "ada/site"}, "pusher": {"name": "ada"},
        "head_commit": {"id": commit, "message": "$(touch canary)"},
    });
    let body = body.to_string();
    let signature = github_signature(secret.as_bytes(), body.as_bytes());
    let headers = [
        ("Content-Type", "application/json"),
        ("X-GitHub-Event", "push"),
        ("X-Hub-Signature-256", signature.as_str()),
    ];
    request("/hooks/deploy", &headers, body.as_bytes())
}

fn answered(answer: &Answer) -> (u16, String) {
    (answer.status, answer.text())
}

const MAIN: &str = "refs/heads/main";

#[test]
fn a_push_deploys_and_a_forged_one_deploys_nothing() {
    let house = House::new();
    let file = house.hooks(("", ""));
    let first = house.deployed();
    let server = house.serve();
    let second = house.push(MAIN, "second");
    let forged = server.send(&pushed(MAIN, &second, "guessed"));
    assert_eq!(forged.status, 500, "{}", forged.text());
    let other = server.send(&pushed("refs/heads/other", &second, SECRET));
    let refused = (200, "Hook rules were not satisfied.".to_owned());
    assert_eq!(answered(&other), refused);
    assert_eq!(house.deployed(), first);
    let signed = server.send(&pushed(MAIN, &second, SECRET));
    assert_eq!(answered(&signed), (200, "deploying".to_owned()));
    server.logs("finished handling deploy");
    assert_eq!(house.deployed(), second, "{}", server.log());
    let starts = server.log().matches("executing").count();
    assert_eq!(
        starts,
        1,
        "the forged one started nothing: {}",
        server.log()
    );
    assert!(!server.log().contains(SECRET));

    let receiver = house.receive(&file);
    let third = house.push(MAIN, "third");
    receiver.takes(&pushed(MAIN, &third, "guessed"));
    // A later one that its rule does not want: when the last is judged, all before it were.
    receiver.takes(&pushed("refs/heads/other", &third, SECRET));
    assert_eq!(house.deployed(), second);
    receiver.takes(&pushed(MAIN, &third, SECRET));
    let run = receiver.ended(1);
    assert_eq!(run["code"], 0, "{run}");
    assert_eq!(house.deployed(), third);
    assert_eq!(
        fs::read_to_string(house.path("site/page")).unwrap(),
        "third"
    );
    receiver.listening.stop();
}

#[test]
fn pushes_at_once_all_end_with_the_newest_deployed() {
    let house = House::new();
    house.hooks(("", ""));
    let server = house.serve();
    let commits: Vec<_> = (0..6).map(|n| house.push(MAIN, &n.to_string())).collect();
    std::thread::scope(|scope| {
        for commit in &commits {
            let server = &server;
            scope.spawn(move || server.send(&pushed(MAIN, commit, SECRET)));
        }
    });
    wait_for("six ends", || {
        let log = server.log();
        (log.matches("finished handling deploy").count() == 6).then_some(())
    });
    let log = server.log();
    assert_eq!(log.matches("command output: deployed ").count(), 6, "{log}");
    assert_eq!(Some(&house.deployed()), commits.last());
}

/// Any branch deploys, and its sender hears what came of it.
const ANY_BRANCH: (&str, &str) = (
    "          type: value\n          value: refs/heads/main",
    "          type: regex\n          regex: .*",
);
const TELL: (&str, &str) = (
    "response-message: deploying",
    "include-command-output-in-response: true\n  include-command-output-in-response-on-error: true",
);

#[test]
fn a_name_of_a_branch_is_a_name_and_nothing_else() {
    let house = House::new();
    let file = house.hooks(ANY_BRANCH);
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace(TELL.0, TELL.1)).unwrap();
    let server = house.serve();
    let receiver = house.receive(&file);
    let mut runs = 0;
    // Git takes these as names.
    for name in [
        "$(touch${IFS}canary)",
        "`touch${IFS}canary`",
        "a;touch${IFS}canary;",
        "a&&touch${IFS}canary",
        "a|touch${IFS}canary",
        "a'b\"c",
        "caf\u{e9}",
    ] {
        let branch = format!("refs/heads/{name}");
        let commit = house.push(&branch, name);
        let answer = server.send(&pushed(&branch, &commit, SECRET));
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        assert_eq!(house.deployed(), commit, "{name}");
        receiver.takes(&pushed(&branch, &commit, SECRET));
        runs += 1;
        let run = receiver.ended(runs);
        assert_eq!(run["code"], 0, "{name}: {run}");
    }
    // These too, and the script does not: git or a later program would read an option.
    let last = house.deployed();
    for name in ["-x", "--upload-pack=touch${IFS}canary"] {
        let branch = format!("refs/heads/{name}");
        let commit = house.push(&branch, name);
        let answer = server.send(&pushed(&branch, &commit, SECRET));
        assert_eq!(answer.status, 500, "{name}: {}", answer.text());
        assert!(answer.text().contains("begins with a dash"));
        receiver.takes(&pushed(&branch, &commit, SECRET));
        runs += 1;
        let run = receiver.ended(runs);
        assert_eq!(run["code"], 64, "{name}: {run}");
    }
    // And these are no branches or no commits.
    let good = "0".repeat(40);
    for (branch, commit) in [
        ("--upload-pack=touch canary", good.as_str()),
        ("-x", &good),
        ("", &good),
        ("HEAD", &good),
        ("main", &good),
        ("refs/tags/v1", &good),
        ("refs/heads/a b", &good),
        ("refs/heads/../../etc", &good),
        ("refs/heads/main:refs/heads/evil", &good),
        ("+refs/heads/main", &good),
        ("refs/heads/*", &good),
        ("refs/heads/a\nb", &good),
        (MAIN, "--help"),
        (MAIN, "-"),
        (MAIN, "HEAD"),
        (MAIN, "$(touch canary)"),
    ] {
        let answer = server.send(&pushed(branch, commit, SECRET));
        assert_eq!(answer.status, 500, "{branch} {commit}: {}", answer.text());
        let told = answer.text();
        assert!(told.contains("deploy.sh: "), "{branch} {commit}: {told}");
    }
    assert_eq!(house.deployed(), last);
    assert!(!house.has("canary"), "a name was run");
    receiver.listening.stop();
}

#[test]
fn a_commit_that_did_not_come_is_a_failure() {
    let house = House::new();
    house.hooks(TELL);
    let server = house.serve();
    let first = house.deployed();
    let absent = server.send(&pushed(MAIN, &"f".repeat(40), SECRET));
    assert_eq!(absent.status, 500, "{}", absent.text());
    // History that was written anew is not taken over what is deployed.
    house.git("work", &["commit", "--quiet", "--amend", "-m", "anew"]);
    house.git(
        "work",
        &["push", "--quiet", "--force", "origin", "HEAD:main"],
    );
    let anew = house.git("work", &["rev-parse", "HEAD"]);
    let forced = server.send(&pushed(MAIN, &anew, SECRET));
    assert_eq!(forced.status, 500, "{}", forced.text());
    assert_eq!(house.deployed(), first);
}
