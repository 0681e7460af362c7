//! What a server of hooks bears: floods, stubborn commands, senders that go, and whatever is sent.
#![cfg(unix)]

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    thread,
};

use serde_json::json;
use tests::{
    hooks::{folder, hook, request, script, serve},
    program::wait_for,
};

/// The state of a process, and whose child it is.
fn process(pid: &str) -> Option<(char, u32)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = stat.rsplit_once(") ")?.1.split(' ');
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}

#[test]
fn a_gibibyte_of_output_is_not_held_and_not_hidden() {
    let folder = folder();
    let flood = script(
        folder.path(),
        "flood",
        "head -c 1073741824 /dev/zero; echo done >> ended",
    );
    let at = json!({"command-working-directory": folder.path()});
    let mut beside = hook("beside", &flood, &at);
    beside["include-command-output-in-response"] = false.into();
    let large = script(folder.path(), "large", "head -c 20000000 /dev/zero");
    let hooks = [
        hook("waits", &flood, &at),
        beside,
        hook("large", &large, &at),
    ];
    let server = serve(&folder, &hooks, &[]);
    assert_eq!(
        server.post("large", "").body,
        vec![0; 20_000_000],
        "as it is written"
    );
    assert_eq!(server.post("beside", "").status, 200);
    server.logs("finished handling beside");
    let waits = server.post("waits", "");
    assert_eq!(waits.status, 500, "a part is not passed off as the whole");
    server.logs("the output is over 67108864 bytes");
    assert_eq!(
        fs::read_to_string(folder.path().join("ended")).unwrap(),
        "done\ndone\n"
    );
    let peak_kib = server.status("VmHWM");
    assert!(peak_kib < 320 * 1024, "the server took {peak_kib} KiB");
}

#[test]
fn a_stopped_server_ends_what_does_not_want_to_end() {
    let folder = folder();
    let stubborn = script(
        folder.path(),
        "stubborn",
        "trap '' TERM\necho $$ > pid.new; mv pid.new pid\nwhile :; do sleep 1; done",
    );
    let at = json!({"command-working-directory": folder.path()});
    let mut server = serve(
        &folder,
        &[hook("stubborn", &stubborn, &at)],
        &["-pidfile", "run/me.pid"],
    );
    let own = folder.path().join("run/me.pid");
    assert_eq!(fs::read_to_string(&own).unwrap(), server.pid().to_string());
    let address = server.address;
    let sender = thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .write_all(&request("/hooks/stubborn", &[], b""))
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    });
    let pid = wait_for("its start", || {
        fs::read_to_string(folder.path().join("pid")).ok()
    });
    server.signal("TERM");
    assert!(server.end().success());
    let answer = sender.join().unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 500"),
        "its sender is told: {answer}"
    );
    wait_for("its end", || {
        matches!(process(pid.trim()), None | Some(('Z', _))).then_some(())
    });
    assert!(!own.exists());
}

#[test]
fn a_sender_that_hangs_up_stops_nothing() {
    let folder = folder();
    let slow = script(
        folder.path(),
        "slow",
        "echo > started; while [ ! -e go ]; do sleep 0.01; done; echo done > ended",
    );
    let at = json!({"command-working-directory": folder.path()});
    let server = serve(&folder, &[hook("slow", &slow, &at)], &[]);
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(&request("/hooks/slow", &[], b"")).unwrap();
    wait_for("its start", || {
        folder.path().join("started").exists().then_some(())
    });
    drop(stream);
    fs::write(folder.path().join("go"), "").unwrap();
    server.logs("finished handling slow");
    assert_eq!(
        fs::read_to_string(folder.path().join("ended")).unwrap(),
        "done\n"
    );
}

#[test]
fn a_thousand_hooks_run_once_each_and_leave_no_zombie() {
    let folder = folder();
    let count = script(folder.path(), "count", "echo \"$1\" >> counted");
    let pass = json!({
        "include-command-output-in-response": false,
        "command-working-directory": folder.path(),
        "pass-arguments-to-command": [{"source": "payload", "name": "n"}],
    });
    let server = serve(&folder, &[hook("count", &count, &pass)], &[]);
    thread::scope(|scope| {
        for sender in 0..8 {
            let server = &server;
            scope.spawn(move || {
                for n in (sender..1000).step_by(8) {
                    assert_eq!(
                        server.post("count", &json!({ "n": n }).to_string()).status,
                        200
                    );
                }
            });
        }
    });
    let numbers = wait_for("all of them", || {
        let text = fs::read_to_string(folder.path().join("counted")).ok()?;
        let numbers: Vec<usize> = text.lines().filter_map(|line| line.parse().ok()).collect();
        let is_idle = server.log().matches("finished handling count").count() == 1000;
        is_idle.then_some(numbers)
    });
    let mut sorted = numbers;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
    let children = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let name = entry.ok()?.file_name().into_string().ok()?;
        process(&name).filter(|(_, parent)| *parent == server.pid())
    });
    assert_eq!(children.collect::<Vec<_>>(), []);
}

#[test]
fn nothing_that_is_sent_ends_the_server() {
    let folder = folder();
    let show = script(folder.path(), "show", "echo ran");
    let reads = json!({
        "parse-parameters-as-json": [{"source": "payload", "name": "a.b"}, {"source": "payload", "name": "j"}],
        "pass-arguments-to-command": [
            {"source": "payload", "name": "a.b"}, {"source": "payload", "name": "a.99999999999999999999"},
            {"source": "entire-payload"}, {"source": "header", "name": "x.y"},
        ],
        "trigger-rule": {"or": [
            {"match": {"type": "regex", "regex": "(a|aa)+$", "parameter": {"source": "raw-request-body"}}},
            {"match": {"type": "ip-whitelist", "ip-range": "127.0.0.0/8"}},
        ]},
    });
    let server = serve(
        &folder,
        &[
            hook("show", &show, &reads),
            json!({"id": "b", "execute-command": "true", "pass-arguments-to-command": [{"source": "payload", "name": "a.99999999999999999999"}]}),
        ],
        &[],
    );
    let deep = 200_000;
    let bodies: [(&str, Vec<u8>); 10] = [
        (
            "application/json",
            [b"[".repeat(deep), b"]".repeat(deep)].concat(),
        ),
        (
            "application/json",
            [b"{\"a\":".repeat(deep), b"1".to_vec(), b"}".repeat(deep)].concat(),
        ),
        ("application/json", br#"{"a":{"b":"{}"},"j":"[]"}"#.to_vec()),
        (
            "application/json",
            br#"{"a":[1],"j":"{\"x\":1e999999999}"}"#.to_vec(),
        ),
        (
            "application/xml",
            [b"<a>".repeat(deep), b"</a>".repeat(deep)].concat(),
        ),
        (
            "text/xml",
            br#"<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>"#.to_vec(),
        ),
        ("multipart/form-data; boundary=", b"--\r\n\r\n".to_vec()),
        (
            "multipart/form-data; boundary=x",
            [
                b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n".repeat(20_000),
                b"--x--".to_vec(),
            ]
            .concat(),
        ),
        (
            "application/x-www-form-urlencoded",
            b"a=%&&;;==%zz&\xff=\x00".to_vec(),
        ),
        ("text/plain", b"a".repeat(2 << 20)),
    ];
    for (kind, body) in &bodies {
        for hook in ["show", "b"] {
            let target = format!("/hooks/{hook}?%=%zz&a;b");
            let answer = server.send(&request(
                &target,
                &[("Content-Type", kind), ("X.y", "\u{fffd}")],
                body,
            ));
            let start: String = String::from_utf8_lossy(body).chars().take(40).collect();
            assert!(
                matches!(answer.status, 200 | 500),
                "{kind} {start}: {answer:?}"
            );
            assert_eq!(
                server.post("b", "{}").status,
                200,
                "it lives after {kind} {start}"
            );
        }
    }
}
