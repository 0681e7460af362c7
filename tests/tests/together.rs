//! Window and terminal share one history: two programs on one data folder, one line to the relay.

#![expect(
    clippy::unwrap_used,
    reason = "a helper of tests: what fails is the test"
)]

use tests::{
    program::{Desktop, Relay, Running},
    sender::{request, send},
};

fn check_prints(running: &Running, wanted: &str) {
    let target = running.line()["target"].as_str().unwrap().to_owned();
    assert!(target.ends_with(wanted), "{target}");
}

#[test]
fn both_show_everything_and_the_second_takes_over_when_the_first_ends() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::start(folder.path());
    let desktop = Desktop::new(folder.path());
    let path = desktop.pair(&relay);
    let first = desktop.listen();
    let second = desktop.listen();
    let post = |below: &str| {
        let target = format!("{path}/{below}");
        let answer = send(relay.address, &request("POST", &target, &[], b"x")).unwrap();
        assert_eq!(answer.status, 200);
    };
    post("by-the-line-of-one");
    for running in [&first, &second] {
        check_prints(running, "by-the-line-of-one");
    }
    let receiver = second.ready["receiver"]
        .as_str()
        .unwrap()
        .trim_start_matches("http://");
    send(
        receiver.parse().unwrap(),
        &request("POST", "/to-the-second", &[], b""),
    )
    .unwrap();
    for running in [&first, &second] {
        check_prints(running, "to-the-second");
    }
    first.kill();
    post("after-the-first");
    check_prints(&second, "after-the-first");
    second.stop();
}
