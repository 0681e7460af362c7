//! What the runner promises, with real programs.
#![cfg(unix)]

use std::{
    ffi::{OsStr, OsString},
    fs,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::Path,
    time::{Duration, Instant},
};

use engine::runner::{Ended, How, Job, RunError, Runner, find};
use proptest::prelude::*;
use tempfile::TempDir;

/// How long anything may take before a test gives up on it.
const LIMIT: Duration = Duration::from_secs(30);

fn runner() -> Runner {
    Runner::new(16)
}

/// A shell that runs `script`: the shell is the program here, and its arguments are data.
fn shell(script: &str, arguments: &[&str]) -> Job {
    let fixed = ["sh", "-c", script, "script"];
    Job {
        program: find("sh", Some(OsStr::new("/bin:/usr/bin"))).expect("there is a shell"),
        arguments: fixed.iter().chain(arguments).map(OsString::from).collect(),
        keep_bytes: 1 << 20,
        ..Job::default()
    }
}

async fn run(job: Job) -> Ended {
    runner().run(job).await.expect("it starts")
}

fn text(ended: &Ended) -> String {
    String::from_utf8_lossy(&ended.output).into_owned()
}

/// Waits until `look` finds something.
async fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < LIMIT, "{what} did not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The number that a script wrote to `file`, line by line.
fn numbers(file: &Path) -> Vec<u32> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().filter_map(|line| line.parse().ok()).collect()
}

/// The state of a process as the system sees it, such as `S` or `Z`; none when it is gone.
fn state_of(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Waits until a process has ended. Where nobody inherits orphans it stays a zombie, which is not ours.
async fn is_gone(pid: u32) {
    let is_over = || matches!(state_of(pid), None | Some('Z')).then_some(());
    wait_for(&format!("the end of process {pid}"), is_over).await;
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

#[tokio::test]
async fn a_program_gets_its_name_folder_and_environment_in_their_order() {
    let folder = folder();
    let names = ["Z.z", "A", "M-m", "A", "PATH"];
    let job = Job {
        folder: Some(folder.path().to_owned()),
        environment: (0..)
            .zip(names)
            .map(|(at, name)| (name.into(), format!("{at} $x `y`\n").into()))
            .collect(),
        program: find("env", Some(OsStr::new("/bin:/usr/bin"))).unwrap(),
        arguments: vec!["called".into(), "-0".into()],
        keep_bytes: 1 << 20,
        ..Job::default()
    };
    let output = text(&run(job).await);
    let entries: Vec<_> = output.split_terminator('\0').collect();
    let last = &entries[entries.len() - 4..];
    let want = [
        "Z.z=0 $x `y`\n",
        "M-m=2 $x `y`\n",
        "A=3 $x `y`\n",
        "PATH=4 $x `y`\n",
    ];
    assert_eq!(last, want);

    let mut job = shell(
        "echo \"$0\"; tr '\\0' '\\n' < /proc/$$/cmdline | head -1; pwd",
        &[],
    );
    job.arguments[0] = "a name of its own".into();
    job.folder = Some(folder.path().to_owned());
    let here = folder.path().canonicalize().unwrap();
    let want = format!("script\na name of its own\n{}\n", here.display());
    assert_eq!(text(&run(job).await), want);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn arguments_and_values_arrive_byte_for_byte(
        given in prop::collection::vec(prop::collection::vec(1..=255_u8, 0..40), 1..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut job = shell(r#"printf '%s\0' "$@"; printf '%s' "$VALUE""#, &[]);
        job.arguments.extend(given.iter().cloned().map(OsString::from_vec));
        job.environment.push(("VALUE".into(), OsString::from_vec(given[0].clone())));
        let ended = runtime.block_on(run(job));
        let mut want = given.join(&0);
        want.push(0);
        want.extend(&given[0]);
        prop_assert_eq!(ended.output, want);
    }
}

#[tokio::test]
async fn what_no_system_takes_is_refused_and_nothing_runs() {
    for (argument, value) in [("a\0b", "x"), ("x", "a\0b")] {
        let mut job = shell("echo ran", &[argument]);
        job.environment.push(("VALUE".into(), value.into()));
        let refused = runner().run(job).await;
        assert!(
            matches!(refused, Err(RunError::Start { .. })),
            "{refused:?}"
        );
    }
    let long = "x".repeat(8 << 20);
    let refused = runner().run(shell("echo ran", &[&long])).await.unwrap_err();
    assert!(refused.to_string().contains("too long"), "{refused}");
    let mut nowhere = shell("echo ran", &[]);
    nowhere.folder = Some("/nowhere".into());
    assert!(runner().run(nowhere).await.is_err());
}

#[tokio::test]
async fn a_script_that_names_no_shell_gets_none() {
    use std::os::unix::fs::PermissionsExt;

    let folder = folder();
    let program = folder.path().join("script");
    fs::write(&program, "echo ran\n").unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let job = Job {
        program,
        ..Job::default()
    };
    let refused = runner().run(job).await.unwrap_err().to_string();
    assert!(refused.contains("Exec format error"), "{refused}");
}

#[tokio::test]
async fn output_and_errors_come_in_their_order() {
    let ended = run(shell(
        "for i in 1 2 3; do echo o$i; echo e$i >&2; done; exit 3",
        &[],
    ))
    .await;
    assert_eq!(text(&ended), "o1\ne1\no2\ne2\no3\ne3\n");
    assert_eq!(ended.how.to_string(), "exit status 3");
    assert!(!ended.how.is_success());
    let killed = run(shell("kill -9 $$", &[])).await;
    assert_eq!(killed.how.to_string(), "killed by signal 9");
}

#[tokio::test]
async fn an_output_over_its_limit_is_read_counted_and_not_kept() {
    let mut job = shell("head -c 300000000 /dev/zero; echo end", &[]);
    job.keep_bytes = 1000;
    let ended = run(job).await;
    assert!(ended.how.is_success());
    assert_eq!(ended.output, [0; 1000]);
    assert_eq!(ended.lost_bytes, 300_000_004 - 1000);
}

#[tokio::test]
async fn a_program_reads_what_it_is_given_and_otherwise_nothing() {
    assert_eq!(text(&run(shell("wc -c", &[])).await).trim(), "0");
    let mut job = shell("wc -c", &[]);
    job.input = vec![b'x'; 3 << 20].into();
    assert_eq!(text(&run(job.clone()).await).trim(), "3145728");
    job.arguments[2] = "exit 0".into();
    assert!(run(job).await.how.is_success(), "it need not read it");
}

#[tokio::test]
async fn what_stays_too_long_is_killed_with_all_that_it_started() {
    let folder = folder();
    let pids = folder.path().join("pids");
    // Neither of the two ends when it is asked to.
    let stubborn = "trap '' TERM; echo $$ >> $1; (echo $(exec sh -c 'echo $PPID') >> $1; while :; do sleep 1; done) & echo out; while :; do sleep 1; done";
    let mut job = shell(stubborn, &[pids.to_str().unwrap()]);
    job.timeout = Some(Duration::from_millis(500));
    let begun = Instant::now();
    let ended = run(job).await;
    assert_eq!(ended.how, How::TimedOut);
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(text(&ended), "out\n");
    let pids = numbers(&pids);
    assert_eq!(pids.len(), 2, "both had started");
    for pid in pids {
        is_gone(pid).await;
    }
}

#[tokio::test]
async fn a_program_is_asked_to_end_before_it_is_killed() {
    let mut job = shell(
        "trap 'echo bye; exit 0' TERM; echo hello; while :; do sleep 0.05; done",
        &[],
    );
    job.timeout = Some(Duration::from_millis(300));
    let folder = folder();
    let file = folder.path().join("said");
    job.arguments[2] = format!(
        "trap 'echo bye > {0}; exit 0' TERM; while :; do sleep 0.05; done",
        file.display()
    )
    .into();
    assert_eq!(run(job).await.how, How::TimedOut);
    assert_eq!(fs::read_to_string(file).unwrap(), "bye\n");
}

#[tokio::test]
async fn a_stopped_runner_ends_what_runs_and_starts_nothing() {
    let folder = folder();
    let file = folder.path().join("pid");
    let runner = Runner::new(1);
    let script = "echo $$ > $1; exec sleep 1000";
    let (job, path) = (shell(script, &[file.to_str().unwrap()]), file.clone());
    let running = runner.run(job.clone());
    let waiting = runner.run(job.clone());
    let stop = async {
        wait_for("its start", || numbers(&path).first().copied()).await;
        runner.stop();
    };
    let (running, waiting, ()) = tokio::join!(running, waiting, stop);
    assert_eq!(running.unwrap().how, How::Stopped);
    assert!(matches!(waiting, Err(RunError::Stopped)));
    assert!(matches!(runner.run(job).await, Err(RunError::Stopped)));
    is_gone(numbers(&file)[0]).await;
}

#[tokio::test]
async fn a_run_that_nobody_waits_for_any_more_is_killed() {
    let folder = folder();
    let file = folder.path().join("pid");
    let runner = runner();
    let job = shell("echo $$ > $1; sleep 1000", &[file.to_str().unwrap()]);
    let pid = tokio::select! {
        _ = runner.run(job) => panic!("it ended"),
        pid = wait_for("its start", || numbers(&file).first().copied()) => pid,
    };
    is_gone(pid).await;
}

#[tokio::test]
async fn so_many_run_at_one_time_and_no_more() {
    const AT_ONCE: usize = 3;
    let folder = folder();
    let started = folder.path().join("started");
    let gate = folder.path().join("gate");
    let runner = Runner::new(AT_ONCE);
    // Each tells that it has started, and ends when there is something behind the gate.
    let script = "echo $$ >> $1; while [ ! -e $2.$$ ]; do sleep 0.01; done";
    let arguments = [started.to_str().unwrap(), gate.to_str().unwrap()];
    let all = futures_util::future::join_all((0..9).map(|_| runner.run(shell(script, &arguments))));
    let open = async {
        for ended in 0..9 {
            let want = (ended + AT_ONCE).min(9);
            let running = wait_for("the next ones", || {
                let running = numbers(&started);
                (running.len() >= want).then_some(running)
            });
            let running = running.await;
            assert_eq!(running.len(), want, "after {ended} had ended");
            fs::write(format!("{}.{}", gate.display(), running[ended]), "").unwrap();
        }
    };
    let (all, ()) = tokio::join!(all, open);
    assert!(all.into_iter().all(|ended| ended.unwrap().how.is_success()));
}

#[tokio::test]
async fn what_a_program_leaves_running_lives_on_and_takes_nobodys_turn() {
    let folder = folder();
    let file = folder.path().join("pid");
    let runner = Runner::new(1);
    let arguments = [file.to_str().unwrap()];
    let ended = runner.run(shell(
        "sleep 1000 > /dev/null 2>&1 & echo $! > $1",
        &arguments,
    ));
    assert!(ended.await.unwrap().how.is_success());
    let daemon = numbers(&file)[0];
    assert!(state_of(daemon).is_some());
    // What this one leaves has its output, which therefore goes on.
    let keeps = runner.run(shell("echo kept; sleep 1000 & echo $! > $1", &arguments));
    let next = async {
        let other = || numbers(&file).first().copied().filter(|pid| *pid != daemon);
        let other = wait_for("its start", other).await;
        let ended = runner.run(shell("echo next", &[])).await.unwrap();
        assert_eq!(text(&ended), "next\n");
        runner.stop();
        other
    };
    let (kept, other) = tokio::join!(keeps, next);
    let kept = kept.unwrap();
    assert!(kept.how.is_success(), "it had ended before the stop");
    assert_eq!(text(&kept), "kept\n");
    for pid in [daemon, other] {
        assert!(matches!(state_of(pid), Some('S' | 'R')));
        assert!(
            run(shell("kill $1", &[&pid.to_string()]))
                .await
                .how
                .is_success()
        );
    }
}

#[tokio::test]
async fn what_a_program_leaves_running_has_no_more_time_than_the_program() {
    let folder = folder();
    let file = folder.path().join("pid");
    let mut job = shell(
        "(trap '' TERM; while :; do sleep 1; done) & echo $! > $1",
        &[file.to_str().unwrap()],
    );
    job.timeout = Some(Duration::from_millis(300));
    assert_eq!(run(job).await.how, How::TimedOut);
    is_gone(numbers(&file)[0]).await;
}

#[tokio::test]
async fn no_zombies_stay() {
    let runner = Runner::new(32);
    let script = "echo $$; exit $1";
    let all = (0..200).map(|code: u8| runner.run(shell(script, &[&code.to_string()])));
    for (code, ended) in (0..).zip(futures_util::future::join_all(all).await) {
        let ended = ended.unwrap();
        assert_eq!(ended.how.to_string(), format!("exit status {code}"));
        let pid = text(&ended).trim().parse().unwrap();
        assert_eq!(state_of(pid), None, "process {pid} was waited for");
    }
}

#[test]
fn bytes_that_are_no_text_are_arguments_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut job = shell(r#"printf %s "$1""#, &[]);
    job.arguments
        .push(OsStr::from_bytes(b"\xff\xfe-n\n").to_owned());
    assert_eq!(runtime.block_on(run(job)).output, b"\xff\xfe-n\n");
}
