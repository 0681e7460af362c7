//! What the indexes find is what the language says, held against every capture by itself.

use std::collections::BTreeSet;

use bytes::Bytes;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use sqlite::rusqlite::Connection;
use webhook::{
    capture::{Capture, CaptureId, Flaw},
    head::Head,
    query::{Facts, Mark, Subject, parse},
};

use super::{Sought, Turns, seek_by};
use crate::{
    arrival::Arrival,
    store::{MIGRATIONS, captures, index, marks},
    view::{ListFilter, Source},
};

const NOW_MS: i64 = 1_772_296_200_000;
const HOUR_MS: i64 = 3_600_000;
const SENDERS: [Option<&str>; 3] = [None, Some("github"), Some("Stripe")];
/// Statuses of the last answer; 0 is an attempt without one.
const STATUSES: [Option<u16>; 7] = [
    None,
    Some(200),
    Some(204),
    Some(404),
    Some(503),
    Some(0),
    None,
];
const DELIVERIES: [Option<&str>; 4] = [None, Some("8ad5e2c0-66b1"), Some("evt_1"), Some("EVT_1")];
const VERDICTS: [Option<&str>; 5] = [
    Some("ok"),
    None,
    Some("stale"),
    Some("unknown"),
    Some("unsigned"),
];
const EVENTS: [Option<&str>; 3] = [Some("push"), None, Some("payment_intent.succeeded")];

/// A history of 60 captures, four of them gone and three deleted, of which the indexes have the
/// first 50. Some are pinned, some noted.
struct History {
    db: Connection,
    all: Vec<(i64, Arrival)>,
}

const fn is_pinned(seq: i64) -> bool {
    seq % 9 == 2
}

const fn is_noted(seq: i64) -> bool {
    seq % 8 == 3
}

fn arrival(number: u8) -> Arrival {
    let at = usize::from(number);
    let target = ["/h/7Qk/github?x=1", "/stripe", "/h/a_b/%41/100%", "/"][at % 4];
    let (content_type, body): (&str, String) = match number % 6 {
        0 => (
            "application/json",
            format!(
                "{{\"ref\": \"refs/heads/main\", \"n\": {number}, \"repository\": {{\"name\": \"acme\"}},
                  \"commits\": [{{\"message\": \"fix \\u4fee\\u6b63 bug {number}\"}}, {{\"message\": \"second\"}}]}}"
            ),
        ),
        1 => ("application/json; charset=utf-8", format!("{{\"odd key\": [{number}, \"修正时区\"], \"name\": \"acme-{number}\"}}")),
        2 => ("application/x-www-form-urlencoded", "name=hello+acme&ref=main".to_owned()),
        3 => ("text/plain", "the Second fix of ACME, schlie\u{df}t".to_owned()),
        4 => ("application/json", "{\"name\": \"acme\", broken".to_owned()),
        _ => ("application/octet-stream", String::new()),
    };
    let method: &[u8] = if number.is_multiple_of(5) {
        b"GET"
    } else {
        b"POST"
    };
    let twice = format!("one {number}");
    let headers: Vec<(&[u8], &[u8])> = vec![
        (b"Host", b"hooks.example.dev"),
        (b"Content-Type", content_type.as_bytes()),
        (
            b"X-GitHub-Event",
            [&b"push"[..], b"ping", b"pull_request"][at % 3],
        ),
        (b"X-Twice", twice.as_bytes()),
        (b"x-twice", b"two"),
    ];
    let capture = Capture {
        id: CaptureId::new(i64::from(number), [number; 10]),
        endpoint: ["local", "hooks-7q", "other"][at % 3].parse().unwrap(),
        received_at_ms: NOW_MS - HOUR_MS * i64::from(60 - number) / 2,
        peer: None,
        head: Head::compose(method, target.as_bytes(), b"HTTP/1.1", headers).unwrap(),
        body: Bytes::from(body),
        flaws: if number.is_multiple_of(7) {
            vec![Flaw::Normalised]
        } else {
            Vec::new()
        },
    };
    Arrival::new(
        capture,
        if at % 3 == 0 {
            Source::Local
        } else {
            Source::Relay
        },
        number % 4 == 1,
    )
}

impl History {
    fn new() -> Self {
        let db = Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            db.execute_batch(migration).unwrap();
        }
        db.execute(
            "INSERT INTO endpoints VALUES ('hooks-7q', 'Acme hooks', '', 0), ('other', 'x', '', 1)",
            (),
        )
        .unwrap();
        let mut all = Vec::new();
        for number in 0..60 {
            let arrival = arrival(number);
            assert!(captures::insert(&db, &arrival, 0).unwrap());
            let (seq, at) = (db.last_insert_rowid(), usize::from(number));
            db.execute(
                "UPDATE captures SET sender = ?2, event = ?3, delivery_id = ?4, nth_try = ?5
                 WHERE seq = ?1",
                (
                    seq,
                    SENDERS[at % 3],
                    EVENTS[at / 3 % 3],
                    DELIVERIES[at % 4],
                    1 + at % 9 / 7,
                ),
            )
            .unwrap();
            // An earlier attempt does not count.
            for status in STATUSES[at % 7].iter().flat_map(|last| [500, *last]) {
                let status = Some(status).filter(|status| *status > 0);
                db.execute(
                    "INSERT INTO deliveries (seq, began_at_ms, target, changes, status, head, body,
                         body_bytes, error, total_ms) VALUES (?1, 0, '', '', ?2, x'', x'', 0, ?3, 1)",
                    (seq, status, status.is_none().then_some("refused")),
                )
                .unwrap();
            }
            if let Some(reason) = VERDICTS[at % 5] {
                let put = "INSERT INTO verdicts (seq, reason, scheme) VALUES (?1, ?2, 'github')";
                db.execute(put, (seq, reason)).unwrap();
            }
            all.push((seq, arrival));
            if number == 19 || number == 49 {
                while let Some(batch) = index::next(&db, 7).unwrap() {
                    index::put(&db, &batch).unwrap();
                }
            }
        }
        for (seq, _) in [3, 20, 21, 55].map(|at| &all[at]) {
            db.execute("DELETE FROM captures WHERE seq = ?1", [seq])
                .unwrap();
        }
        let seqs = |is_so: fn(i64) -> bool| -> Vec<i64> {
            let so = all.iter().map(|(seq, _)| *seq);
            so.filter(|seq| is_so(*seq)).collect()
        };
        marks::pin(&db, &seqs(is_pinned), true).unwrap();
        marks::note(&db, &seqs(is_noted), Some("look at this")).unwrap();
        let deleted = [8, 30, 58].map(|at: usize| all[at].0);
        assert_eq!(marks::delete(&db, &deleted, 0).unwrap(), 3);
        for at in [58, 55, 30, 21, 20, 8, 3] {
            all.remove(at);
        }
        Self { db, all }
    }

    fn found(&self, sought: &Sought, newest_first: bool, turns: Turns) -> Vec<i64> {
        let mut seqs = Vec::new();
        seek_by(&self.db, sought, 0, newest_first, turns, |seq| {
            seqs.push(seq);
            true
        })
        .unwrap_or_else(|error| panic!("{}: {error}", sought.query));
        seqs
    }

    /// Checks `text`, what is wrong in it left out; the answer is how many it finds.
    fn check(&self, text: &str, endpoint: Option<&str>) -> usize {
        let filter = ListFilter {
            endpoint: endpoint.map(str::to_owned),
            ..ListFilter::default()
        };
        let mut sought = Sought::new(filter, NOW_MS).unwrap();
        sought.query = parse(text).query;
        let passes = |seq: &i64, arrival: &Arrival| {
            let at = usize::try_from(*seq - 1).unwrap();
            let marks = [
                arrival.is_held.then_some(Mark::Held),
                (!arrival.capture.flaws.is_empty()).then_some(Mark::Flawed),
                STATUSES[at % 7].is_some().then_some(Mark::Forwarded),
                STATUSES[at % 7]
                    .is_some_and(|status| status > 0)
                    .then_some(Mark::Answered),
                STATUSES[at % 7]
                    .is_some_and(|status| status == 0 || status >= 400)
                    .then_some(Mark::Failed),
                (at % 9 >= 7).then_some(Mark::Retry),
                is_pinned(*seq).then_some(Mark::Pinned),
                is_noted(*seq).then_some(Mark::Noted),
            ];
            let marks: Vec<_> = marks.into_iter().flatten().collect();
            let facts = Facts {
                source: Some(if arrival.source == Source::Local {
                    "local"
                } else {
                    "relay"
                }),
                status: STATUSES[at % 7].filter(|status| *status > 0),
                delivery_id: DELIVERIES[at % 4],
                endpoint_name: [None, Some("Acme hooks"), Some("x")][at % 3],
                provider: SENDERS[at % 3],
                event: EVENTS[at / 3 % 3],
                verdict: VERDICTS[at % 5],
                marks: &marks,
            };
            let subject = Subject::new(&arrival.capture, facts);
            endpoint.is_none_or(|id| arrival.capture.endpoint.as_str() == id)
                && sought.query.matches(&subject, sought.now)
        };
        let want = self
            .all
            .iter()
            .filter(|(seq, arrival)| passes(seq, arrival));
        let want: Vec<i64> = want.map(|(seq, _)| *seq).collect();
        let back: Vec<i64> = want.iter().rev().copied().collect();
        let turns = Turns {
            first_window: 8,
            rather_read: [0, 5, 300][text.len() % 3],
            rather_by_time: 16,
        };
        assert_eq!(self.found(&sought, false, turns), want, "{text}");
        assert_eq!(self.found(&sought, true, turns), back, "{text}");
        want.len()
    }
}

/// Texts of which each finds some and not all.
const CRAFTED: [&str; 75] = [
    "acme",
    "acm",
    "\"refs/heads\"",
    "修正",
    "修",
    "时区",
    "正时区",
    "second",
    "\"second fix\"",
    "schließt",
    "7qk",
    "x=1",
    "-acme",
    "body:hello",
    "body:\"hello acme\"",
    "body.name:acme",
    "body.name=acme",
    "body.name:ac*",
    "body.repository.name:*",
    "body.repository:*",
    "body.commits.message:second",
    "body.commits[0].message:修正",
    "body.commits[1]:*",
    "body.commits.message:\"fix 修\"",
    "body[\"odd key\"]:修正时区",
    "body[\"odd key\"][1]:*",
    "body.n:12",
    "body.ref:main",
    "header.content-type:json",
    "header.content-type=application/json",
    "header.content-type:*utf-8",
    "header.x-twice=\"one 7\"",
    "header.x-github-event:push",
    "header.x-github-event:pull_request",
    "header.x-github-event:p*h",
    "path:github",
    "path:/h/*/g*",
    "path:/h/a_b*",
    "path:*100%",
    "path=/stripe",
    "path:\"h 7qk\"",
    "method:get",
    "method:P*",
    "provider:github",
    "provider:strip*",
    "provider:*",
    "type:payment_intent.*",
    "type:push",
    "endpoint:local",
    "endpoint:\"acme hooks\"",
    "endpoint:acme*",
    "source:local",
    "is:held",
    "is:flawed",
    "is:failed",
    "is:answered",
    "is:forwarded",
    "is:retry",
    "status:200",
    "status:4xx",
    "status>=400",
    "status<300",
    "status:none",
    "delivery:evt_1",
    "delivery:8ad*",
    "is:pinned",
    "is:noted",
    "-is:pinned",
    "size>100",
    "after:4h",
    "verify:valid",
    "verify:invalid",
    "verify:none",
    "verify:*",
    "-verify:un*",
];

#[test]
fn the_store_finds_what_the_language_says() {
    let history = History::new();
    for text in CRAFTED {
        let found = history.check(text, None);
        assert!((1..history.all.len()).contains(&found), "{text}: {found}");
    }
    for text in [
        "",
        "ac",
        "refs/heads/ma",
        "path:/h/aXb*",
        "header.x-twice:\"one 1*\"",
        "header.x-twice:two",
        "header.host:*",
        "before:0s",
        "status:500",
        "or(status:none, -status:2xx) -is:failed",
        "source:import",
        "verify:valid",
        "is:replayed",
        "or(acme, -acme)",
        "source:*",
        "not(after:4h before:1h)",
        "\"' OR 1=1 --\"",
        "type=\"%\"",
        "path:%*",
        "or(size>100 after:10h, is:held path:/stripe) -provider:github acme",
    ] {
        history.check(text, None);
        history.check(text, Some("hooks-7q"));
    }
}

#[test]
fn any_query_is_understood_by_the_store_as_by_the_language() {
    let history = History::new();
    let term = prop_oneof![
        4 => prop::sample::select(CRAFTED.to_vec()).prop_map(str::to_owned),
        1 => "(body|header|path|type|method|endpoint|size|is|after)[.:=>]{1,2}[a-z*%_'\"\u{4fee}0-9]{0,4}",
        1 => "[a-z0-9\u{4fee}\u{6b63}'%_*.-]{1,6}",
        1 => prop::sample::select(vec!["status:5xx", "verify:*", "before:1h", "size:0", "NEAR(a b)", "\"a\" *"])
            .prop_map(str::to_owned),
    ];
    let query = term.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|all| all.join(" ")),
            prop::collection::vec(inner.clone(), 1..4)
                .prop_map(|all| format!("or({})", all.join(", "))),
            inner.prop_map(|one| format!("not({one})")),
        ]
    });
    let endpoint = prop::option::weighted(0.2, Just("local"));
    let mut runner = TestRunner::new(Config::with_cases(5_000));
    let counts = std::cell::RefCell::new(BTreeSet::new());
    runner
        .run(&(query, endpoint), |(text, endpoint)| {
            counts.borrow_mut().insert(history.check(&text, endpoint));
            Ok(())
        })
        .unwrap();
    // Or the queries would say little.
    assert!(counts.borrow().len() > 30, "{counts:?}");
}

#[test]
fn a_capture_that_was_deleted_is_not_found() {
    let history = History::new();
    let matched = |sql: &str| -> i64 { history.db.query_row(sql, (), |row| row.get(0)).unwrap() };
    assert_eq!(
        matched("SELECT count(*) FROM words WHERE words MATCH '\"hooks\"'"),
        47
    );
    let deleted = history
        .db
        .execute("DELETE FROM captures WHERE seq = 60", ())
        .unwrap();
    assert_eq!(deleted, 1, "one that the indexes never had");
}

#[test]
fn a_capture_that_comes_again_takes_no_place() {
    let db = Connection::open_in_memory().unwrap();
    for migration in MIGRATIONS {
        db.execute_batch(migration).unwrap();
    }
    for (number, is_new) in [(1, true), (1, false), (2, true)] {
        assert_eq!(captures::insert(&db, &arrival(number), 0).unwrap(), is_new);
    }
    assert_eq!(index::progress(&db).unwrap().newest, 2);
    assert!(captures::is_dense(&db).unwrap());
    db.execute("DELETE FROM captures WHERE seq = 1", ())
        .unwrap();
    captures::insert(&db, &arrival(3), 0).unwrap();
    captures::insert(&db, &arrival(4), 0).unwrap();
    db.execute("DELETE FROM captures WHERE seq = 3", ())
        .unwrap();
    assert!(!captures::is_dense(&db).unwrap());
}

#[test]
fn two_that_fill_the_indexes_at_once_put_nothing_in_twice() {
    let history = History::new();
    let (one, other) = (
        index::next(&history.db, 9).unwrap(),
        index::next(&history.db, 4).unwrap(),
    );
    index::put(&history.db, &one.unwrap()).unwrap();
    index::put(&history.db, &other.unwrap()).unwrap();
    assert_eq!(index::next(&history.db, 9).unwrap().map(|_| ()), None);
    let twice = "SELECT count(*) FROM words WHERE words MATCH '\"hooks\"'";
    let count: i64 = history.db.query_row(twice, (), |row| row.get(0)).unwrap();
    assert_eq!(count, 56);
}
