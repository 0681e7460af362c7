//! What is said to differ, case by case.

mod laws;

use crate::{
    capture::sample as capture,
    diff::{
        Change, Compared, Diff, Kind, MAX_BODY_BYTES, MAX_CHANGES, MAX_TEXT_BYTES, Part, Volatile,
        diff,
    },
};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// `+ place after`, `- place before`, `~ place before → after`, `> place → place`,
/// `= place → place`.
fn line(change: &Change) -> String {
    let side = |part: &Option<Part>| {
        let part = part.as_ref();
        part.map_or_else(String::new, |part| format!("{} {}", part.place, part.text))
    };
    let places = || {
        let place = |part: &Option<Part>| part.as_ref().unwrap().place.to_string();
        format!("{} → {}", place(&change.before), place(&change.after))
    };
    match change.kind {
        Kind::Added => format!("+ {}", side(&change.after)),
        Kind::Removed => format!("- {}", side(&change.before)),
        Kind::Changed => format!("~ {} → {}", side(&change.before), side(&change.after)),
        Kind::Moved => format!("> {}", places()),
        Kind::Respelled => format!("= {}", places()),
    }
}

fn lines(diff: &Diff) -> Vec<String> {
    diff.changes.iter().map(line).collect()
}

fn bodies(before: &str, after: &str) -> Diff {
    let capture = |body: &str| capture("POST /", &[], body.as_bytes().to_vec());
    diff(&capture(before), &capture(after))
}

#[track_caller]
fn check(before: &str, after: &str, how: Compared, want: &[&str]) {
    let found = bodies(before, after);
    assert_eq!(
        (lines(&found), found.body),
        (want.iter().map(|w| (*w).to_owned()).collect(), how)
    );
}

#[test]
fn the_request_line_is_compared_word_by_word() {
    let found = diff(
        &capture("POST /a?x=1", &[], ""),
        &capture("PUT /b?x=1", &[], ""),
    );
    let want = ["~ method POST → method PUT", "~ path /a → path /b"];
    assert_eq!(
        (lines(&found), found.body),
        (want.map(str::to_owned).to_vec(), Compared::Same)
    );
}

#[test]
fn headers_are_compared_by_name_repeats_and_order() {
    let headers = |before: &[(&str, &str)], after: &[(&str, &str)]| {
        lines(&diff(
            &capture("GET /", before, ""),
            &capture("GET /", after, ""),
        ))
    };
    let (a, b, c) = (("A", "1"), ("B", "2"), ("C", "3"));
    assert_eq!(headers(&[a, b], &[a, b]), Vec::<String>::new());
    assert_eq!(headers(&[a, b], &[a, c]), ["- header B 2", "+ header C 3"]);
    assert_eq!(
        headers(&[a, b], &[("a", "1"), b]),
        ["= header A → header a"]
    );
    assert_eq!(
        headers(&[a, b], &[("a", "7"), b]),
        ["~ header A 1 → header a 7"]
    );
    assert_eq!(headers(&[a, b, c], &[b, c, a]), ["> header A → header A"]);
    let (first, second) = (("X", "1"), ("x", "2"));
    assert_eq!(headers(&[first, second], &[second]), ["- header X 1"]);
    assert_eq!(headers(&[first], &[first, second]), ["+ header x (2) 2"]);
}

#[test]
fn queries_and_forms_are_compared_by_field() {
    let found = diff(
        &capture("GET /?a=1&b=2&b=3", &[], ""),
        &capture("GET /?b=2&a=%31&b=4&c", &[], ""),
    );
    let want = [
        "> query a → query a",
        "~ query b (2) 3 → query b (2) 4",
        "+ query c ",
    ];
    assert_eq!(lines(&found), want);
    let form = |body: &'static str| capture("POST /", &[FORM], body);
    let found = diff(&form("a=1+2&b=x"), &form("a=1%202&b=y"));
    assert_eq!(found.body, Compared::Form);
    assert_eq!(lines(&found), ["~ form b x → form b y"]);
    let found = diff(
        &form("payload={\"a\":[1,2]}"),
        &form("payload={\"a\":[1,3]}"),
    );
    let want = "~ form payload $.a[1] 2 → form payload $.a[1] 3";
    assert_eq!(
        (lines(&found), found.body),
        (vec![want.to_owned()], Compared::Form)
    );
    let found = diff(&form("payload={1"), &form("payload={2"));
    assert_eq!(lines(&found), ["~ form payload {1 → form payload {2"]);
}

#[test]
fn json_is_compared_by_value_and_numbers_as_written() {
    let json = |before, after, want: &[&str]| check(before, after, Compared::Json, want);
    json(r#"{"a":1,"b":"é"}"#, r#"{ "b": "\u00e9", "a": 1 }"#, &[]);
    json(r#"{"a":1.0}"#, r#"{"a":1.00}"#, &["~ $.a 1.0 → $.a 1.00"]);
    json(
        r#"{"a":{"b":1,"c":2},"d":[]}"#,
        r#"{"a":{"c":"2","e":null},"d":{}}"#,
        &[
            "- $.a.b 1",
            "~ $.a.c 2 → $.a.c \"2\"",
            "+ $.a.e null",
            "~ $.d [] → $.d {}",
        ],
    );
    json("[1]", "{}", &["~ $ [1] → $ {}"]);
    json(
        r#"{"odd key":1}"#,
        r#"{"odd key":2}"#,
        &[r#"~ $["odd key"] 1 → $["odd key"] 2"#],
    );
}

#[test]
fn items_of_arrays_are_found_again() {
    let json = |before, after, want: &[&str]| check(before, after, Compared::Json, want);
    json("[1,2,3]", "[1,9,2,3]", &["+ $[1] 9"]);
    json("[1,2,3]", "[2,3]", &["- $[0] 1"]);
    json("[1,2,3]", "[1,7,3]", &["~ $[1] 2 → $[1] 7"]);
    json("[1,2,3,4]", "[4,1,2,3]", &["> $[3] → $[0]"]);
    json(
        r#"[{"x":1},{"y":2}]"#,
        r#"[{"x":1},{"y":3}]"#,
        &["~ $[1].y 2 → $[1].y 3"],
    );
    // What has an id is the same wherever it stands.
    json(
        r#"[{"id":1,"n":1},{"id":2,"n":1},{"id":3,"n":1}]"#,
        r#"[{"id":3,"n":1},{"id":1,"n":5}]"#,
        &[
            "- $[1] {\"id\":2,\"n\":1}",
            "> $[0] → $[1]",
            "~ $[0].n 1 → $[1].n 5",
        ],
    );
    // One in the place of another is compared with it, more or fewer are not.
    json(
        r#"[{"id":1,"n":1}]"#,
        r#"[{"id":2,"n":1}]"#,
        &["~ $[0].id 1 → $[0].id 2"],
    );
    json(
        r#"[{"id":1}]"#,
        r#"[{"id":2},{"id":3}]"#,
        &[
            "- $[0] {\"id\":1}",
            "+ $[0] {\"id\":2}",
            "+ $[1] {\"id\":3}",
        ],
    );
}

#[test]
fn other_text_is_compared_by_lines_and_other_bytes_to_the_first_difference() {
    let text = |before, after, want: &[&str]| check(before, after, Compared::Lines, want);
    text(
        "a\nb\nc",
        "a\nx\nc\n",
        &["~ line 2 b → line 2 x", "+ line 4 "],
    );
    text(
        "a\n\nb\n\nc",
        "a\n\nnew\n\nb\n\nc",
        &["+ line 3 new", "+ line 4 "],
    );
    text(
        "{\"a\":1}",
        "{\"a\":}",
        &["~ line 1 {\"a\":1} → line 1 {\"a\":}"],
    );
    let bytes = |body: &'static [u8]| capture("POST /", &[], body);
    let found = diff(&bytes(b"\x00\x01\x02"), &bytes(b"\x00\x01\xff\x04"));
    assert_eq!(lines(&found), ["~ byte 2 02 → byte 2 ff04"]);
    let part = found.changes[0].after.clone().unwrap();
    assert_eq!(
        (part.bytes, part.is_cut, found.body),
        (4, false, Compared::Bytes)
    );
    assert_eq!(lines(&bodies("", "abc")), ["+ body abc"]);
    assert_eq!(lines(&bodies("abc", "")), ["- body abc"]);
}

#[test]
fn too_many_changes_are_counted_and_long_values_cut() {
    let many = |value: &str| format!("[{}]", vec![value; MAX_CHANGES + 7].join(","));
    let found = bodies(&many("1"), &many("2"));
    assert_eq!((found.changes.len(), found.left_out), (MAX_CHANGES, 7));
    let long = |c: &str| format!("{{\"a\":\"x{}\"}}", c.repeat(MAX_TEXT_BYTES));
    let found = bodies(&long("é"), &long("è"));
    let part = found.changes[0].before.as_ref().unwrap();
    assert_eq!(part.bytes, 2 * MAX_TEXT_BYTES + 3);
    assert!(part.is_cut && part.text.len() <= MAX_TEXT_BYTES && part.text.ends_with('é'));
}

#[test]
fn hostile_bodies_cost_neither_stack_nor_much_time() {
    let deep = |leaf: &str| "[".repeat(100_000) + leaf + &"]".repeat(100_000);
    let found = bodies(&deep("1"), &deep("2"));
    assert_eq!((found.changes.len(), found.body), (1, Compared::Json));
    let lines = |from: usize| {
        (from..from + 50_000)
            .map(|n| format!("{n}\n"))
            .collect::<String>()
    };
    let found = bodies(&lines(0), &lines(1_000_000));
    assert_eq!(found.changes.len() + found.left_out, 50_000);
    let big = |end: &str| " ".repeat(MAX_BODY_BYTES) + end;
    assert_eq!(bodies(&big("a"), &big("b")).body, Compared::Bytes);
}

#[test]
fn what_always_changes_is_learned() {
    let event = |id: u32, amount: u32, delivery: &str| {
        let body = format!(r#"{{"id":"evt_{id}","items":[{{"at":{id}}}],"amount":{amount}}}"#);
        capture(
            "POST /",
            &[("X-GitHub-Delivery", delivery), ("Host", "a")],
            body.into_bytes(),
        )
    };
    let all = [event(1, 10, "a"), event(2, 10, "b"), event(3, 20, "c")];
    let diffs: Vec<_> = all
        .windows(2)
        .map(|pair| diff(&pair[0], &pair[1]))
        .collect();
    let volatile = Volatile::learn(&diffs);
    let patterns: Vec<_> = volatile.patterns().collect();
    assert_eq!(
        patterns,
        ["$.id", "$.items[*].at", "header x-github-delivery"]
    );
    let next = diff(&all[2], &event(4, 30, "d"));
    let said: Vec<_> = next
        .changes
        .iter()
        .filter(|change| !volatile.covers(change))
        .collect();
    assert_eq!(said.len(), 1);
    assert_eq!(said[0].place.to_string(), "$.amount");
    assert_eq!(Volatile::learn(&diffs[..1]).patterns().count(), 0);
}
