//! The history looked after from the terminal: `tenterhook prune` and `tenterhook history`, while
//! another program uses it, and when they are killed.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use std::{fs, net::SocketAddr, path::Path, process::Stdio};

use serde_json::Value;
use tests::{
    program::{Desktop, Running, wait_for},
    sender::{request, send},
};

fn receiver(listening: &Running) -> SocketAddr {
    let url = listening.ready["receiver"].as_str().unwrap();
    url.trim_start_matches("http://").parse().unwrap()
}

/// Sends `count` captures with bodies of `bytes` bytes, and waits until they are told.
fn arrive(listening: &Running, count: usize, bytes: usize) {
    for number in 0..count {
        let body = format!("{{\"n\":{number},\"pad\":\"{}\"}}", "x".repeat(bytes));
        let sent = request("POST", "/hook", &[], body.as_bytes());
        assert_eq!(send(receiver(listening), &sent).unwrap().status, 200);
        let _ = listening.line();
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn pin(desktop: &Desktop, id: &str) {
    let db = rusqlite::Connection::open(desktop.data.join("history.db")).unwrap();
    let sql = "UPDATE captures SET is_pinned = 1 WHERE hex(id) = upper(replace(?1, '-', ''))";
    assert_eq!(db.execute(sql, [id]).unwrap(), 1);
}

#[test]
fn prune_says_what_goes_removes_it_when_told_and_never_what_is_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    arrive(&listening, 12, 10);
    let oldest = desktop.captures().last().unwrap()["id"].clone();
    pin(&desktop, oldest.as_str().unwrap());

    let dry = json(&desktop.ok(&["prune", "--keep", "5", "--dry-run", "--json"]));
    assert_eq!(
        (&dry["captures"], &dry["pinned"], &dry["removed"]),
        (&6.into(), &1.into(), &0.into())
    );
    // Nobody is there to be asked: nothing goes.
    let mut unsaid = desktop.command(&["prune", "--keep", "5"]);
    let unsaid = unsaid.stdin(Stdio::null()).output().unwrap();
    let why = String::from_utf8(unsaid.stderr).unwrap();
    assert_eq!(unsaid.status.code(), Some(1));
    assert!(
        why.contains("6 captures, the oldest of") && why.contains("--yes"),
        "{why}"
    );
    assert_eq!(desktop.captures().len(), 12);
    assert_eq!(desktop.run(&["prune"]).status.code(), Some(1));
    assert_eq!(
        desktop.run(&["prune", "--older-than", "x"]).status.code(),
        Some(2)
    );

    // The other program goes on meanwhile.
    let done = json(&desktop.ok(&["prune", "--keep", "5", "--yes", "--json"]));
    assert_eq!(done["removed"], 6);
    arrive(&listening, 1, 10);
    let left = desktop.captures();
    assert_eq!((left.len(), &left[6]["id"]), (7, &oldest));
    let by_query = desktop.ok(&["prune", "--filter", "body.n:11", "--yes"]);
    assert_eq!(by_query, "1 capture removed\n");
    assert_eq!(
        desktop.ok(&["prune", "--older-than", "1w"]),
        "nothing is to go\n"
    );
    listening.stop();
}

#[test]
fn what_captures_are_kept_by_goes_on_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    assert_eq!(desktop.ok(&["history", "keep"]), "everything\n");
    let listening = desktop.listen();
    arrive(&listening, 8, 10);
    listening.stop();
    let kept = desktop.ok(&["history", "keep", "--keep", "3", "--older-than", "30d"]);
    assert_eq!(
        kept,
        "what is not older than 30d, the newest 3, and what is pinned\n"
    );
    assert_eq!(desktop.captures().len(), 8);
    let listening = desktop.listen();
    wait_for("the removal", || {
        (desktop.captures().len() == 3).then_some(())
    });
    listening.stop();
    let told = json(&desktop.ok(&["history", "keep", "--forever", "--json"]));
    assert_eq!(
        (&told["maxCaptures"], &told["due"]["captures"]),
        (&Value::Null, &0.into())
    );
}

#[test]
fn a_backup_made_while_captures_come_is_restored_and_what_came_since_is_brought_back() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    arrive(&listening, 6, 2_000);
    let made = json(&desktop.ok(&["history", "backup", "--json"]));
    let path = made["path"].as_str().unwrap();
    assert_eq!(made["captures"], 6);
    assert_eq!(
        desktop.run(&["history", "backup", path]).status.code(),
        Some(1)
    );
    arrive(&listening, 3, 10);
    let checked = json(&desktop.ok(&["history", "check", path, "--json"]));
    assert_eq!(checked["captures"], 6);

    // Another program has the folder open, and sees it.
    let restored = json(&desktop.ok(&["history", "restore", path, "--yes", "--json"]));
    assert_eq!(restored["captures"], 6);
    assert_eq!(desktop.captures().len(), 6);
    arrive(&listening, 1, 10);
    let kept = restored["kept"].as_str().unwrap();
    let merged = json(&desktop.ok(&["history", "import", kept, "--json"]));
    assert_eq!(
        (&merged["added"], &merged["skipped"]),
        (&3.into(), &6.into())
    );

    let lines = desktop.ok(&["history", "export"]);
    assert_eq!(lines.lines().count(), 10);
    let file = folder.path().join("all.ndjson");
    fs::write(&file, &lines).unwrap();
    let elsewhere = Desktop::new(&folder.path().join("elsewhere"));
    let file = file.to_str().unwrap();
    for want in [(10, 0), (0, 10)] {
        let merged = json(&elsewhere.ok(&["history", "import", file, "--json"]));
        assert_eq!(
            (&merged["added"], &merged["skipped"]),
            (&want.0.into(), &want.1.into())
        );
    }
    let compacted = json(&desktop.ok(&["history", "compact", "--json"]));
    assert!(compacted["diskBytes"].as_u64().unwrap() > 0);
    listening.stop();
}

#[test]
fn a_history_that_cannot_be_opened_is_restored_from_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    arrive(&listening, 3, 10);
    listening.stop();
    let backup = folder.path().join("b.db");
    let backup = backup.to_str().unwrap();
    let _ = desktop.ok(&["history", "backup", backup]);
    let own = desktop.data.join("history.db");
    fs::write(&own, "this is a text, and far from any database there is").unwrap();
    let broken = desktop.run(&["history", "check"]);
    assert_eq!(broken.status.code(), Some(1));
    let _ = desktop.ok(&["history", "restore", backup, "--yes"]);
    assert_eq!(desktop.captures().len(), 3);
    // A newer program's file is refused, and nothing changes.
    let newer = rusqlite::Connection::open(backup).unwrap();
    newer.pragma_update(None, "user_version", 99).unwrap();
    drop(newer);
    let refused = desktop.run(&["history", "restore", backup, "--yes"]);
    let why = String::from_utf8(refused.stderr).unwrap();
    assert!(
        why.contains("has schema 99, and this program knows only"),
        "{why}"
    );
    assert_eq!(desktop.captures().len(), 3);
}

/// Runs a verb and kills it once `is_time` says so; whether it was killed before it ended.
fn killed(desktop: &Desktop, args: &[&str], is_time: impl Fn() -> bool) -> bool {
    let mut child = desktop.command(args).stdout(Stdio::null()).spawn().unwrap();
    let was_running = wait_for("the time to kill", || {
        if is_time() {
            return Some(true);
        }
        child.try_wait().unwrap().map(|_| false)
    });
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    was_running && !ended.success()
}

fn has(folder: &Path, part: &str) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten();
    names
        .into_iter()
        .any(|entry| entry.file_name().to_string_lossy().contains(part))
}

#[test]
fn killed_in_the_middle_of_a_backup_or_a_restore_the_history_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let desktop = Desktop::new(folder.path());
    let listening = desktop.listen();
    arrive(&listening, 8, 1_500_000);
    listening.stop();
    let data = &desktop.data;
    let (own, wal) = (data.join("history.db"), data.join("history.db-wal"));
    let backup = folder.path().join("b.db");
    let was_killed = killed(
        &desktop,
        &["history", "backup", backup.to_str().unwrap()],
        || has(folder.path(), "b.db.part"),
    );
    assert!(was_killed && !backup.exists());
    // The next one takes no notice of what that left.
    let _ = desktop.ok(&["history", "backup", backup.to_str().unwrap()]);
    let _ = desktop.ok(&["prune", "--keep", "5", "--yes"]);
    let restore = ["history", "restore", backup.to_str().unwrap(), "--yes"];
    let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let moments: [(&str, &dyn Fn() -> bool); 3] = [
        ("the copy of the backup is made", &|| has(data, ".restore-")),
        ("the history of now is kept", &|| {
            has(data, "before-restore")
        }),
        ("the history becomes the other", &|| size(&wal) > 1_000_000),
    ];
    let mut kills = 0;
    for (moment, is_time) in moments {
        let was_killed = killed(&desktop, &restore, is_time);
        kills += usize::from(was_killed);
        let found = json(&desktop.ok(&["history", "check", "--json"]));
        let want = if was_killed { vec![5, 8] } else { vec![8] };
        let captures = found["captures"].as_u64().unwrap();
        assert!(want.contains(&captures), "{moment}: {captures}");
        assert_eq!(desktop.captures().len() as u64, captures, "{moment}");
        if captures == 8 {
            let _ = desktop.ok(&["prune", "--keep", "5", "--yes"]);
        }
    }
    assert!(kills > 0, "none was killed in time");
    assert!(size(&own) > 0);
    let _ = desktop.ok(&restore);
    assert_eq!(desktop.captures().len(), 8);
}
