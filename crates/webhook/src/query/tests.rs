//! The language as a whole: what texts mean, what is said of wrong ones, what matches.

use bytes::Bytes;
use proptest::prelude::*;

use super::{
    BodyPath, Comparison, Day, Facts, Field, Mark, NameField, NameTest, Node, Now, Pattern, Place,
    ProblemKind, Query, StatusTest, Step, Subject, Term, TextField, TextTest, Time, Unit, When,
    Words, parse,
};
use crate::{
    capture::{Capture, CaptureId, EndpointId},
    head::Head,
};

const NOW: Now = Now {
    at_ms: 1_772_296_200_000,
    utc_offset_s: 0,
};

/// What `text` is printed as; it has no problem.
fn printed(text: &str) -> String {
    let parsed = parse(text);
    assert_eq!(parsed.problems, [], "{text}");
    parsed.query.to_string()
}

#[test]
fn texts_have_one_form() {
    let check = |text: &str, want: &str| assert_eq!(printed(text), want, "{text}");
    check("", "");
    check("  github \t push ", "github push");
    check("Provider:github STATUS:5XX", "provider:github status:5xx");
    check(
        "status>=400 status:>=400 status:404",
        "status>=400 status>=400 status:404",
    );
    check(
        "size>10k size:<=1.5KiB size=0",
        "size>10000 size<=1536 size:0",
    );
    check("not(provider:github)", "-provider:github");
    check("-(a b)", "not(a b)");
    check("not( not(a) )", "not(-a)");
    check("--a", "not(-a)");
    check("(a (b c)) d", "a b c d");
    check("OR(a, or(b,c d))", "or(a, b, c d)");
    check("or(a)", "a");
    check("and(a or(b, c))", "a or(b, c)");
    check("a,b", "a b");
    check("\"a \\\"b\\\" \\\\ \\n\"", "\"a \\\"b\\\" \\\\ \\\\n\"");
    check("header.X-GitHub-Event=push", "header.x-github-event=push");
    check("header.host:\"a b\"", "header.host:\"a b\"");
    check("header.a=\"\" path=/a:b?c", "header.a=\"\" path=/a:b?c");
    check("body[\"odd key\"].b[03]:*", "body[\"odd key\"].b[3]:*");
    check("body.a[\"b\"]:x*y", "body.a.b:x*y");
    check(
        "body:text body:\"two words\"",
        "body:text body:\"two words\"",
    );
    check(
        "type=a* type:a* type:\"a b\"",
        "type:\"a*\" type:a* type:\"a b\"",
    );
    check("before:2026-01-31 after:2H", "before:2026-01-31 after:2h");
    check(
        "after:2026-01-31T10:30+08:00",
        "after:2026-01-31T10:30:00+08:00",
    );
    check(
        "is:HELD source:local verify:valid",
        "is:held source:local verify:valid",
    );
    check(
        "https://a.example/b?c=d 10:30 a=b x-y",
        "https://a.example/b?c=d 10:30 a=b x-y",
    );
    check("修正 时区*", "修正 时区*");
}

/// The text under the first problem of `text`, and what is said of it.
fn wrong(text: &str) -> (String, String) {
    let parsed = parse(text);
    let problem = parsed
        .problems
        .first()
        .unwrap_or_else(|| panic!("{text} is right"));
    (
        text[problem.range.clone()].to_owned(),
        problem.kind.to_string(),
    )
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let check = |text: &str, place: &str, said: &str| {
        let (range, words) = wrong(text);
        assert_eq!(range, place, "{text}: {words}");
        assert!(words.contains(said), "{text}: {words}");
    };
    check("a provder:github b", "provder", "did you mean `provider:`?");
    check("colour:red", "colour", "put it in quotes");
    check("foo:\"a b\" x", "foo", "no field `foo`");
    check("status:", "", "`status>=400`");
    check("status:abc b", "abc", "no status");
    check("status>5xx", "5xx", "no status");
    check("size>10x", "10x", "64KiB");
    check("before:soon", "soon", "2026-01-31");
    check("is:red", "red", "held, replayed");
    check("source:mars", "mars", "relay, local");
    check("type>5", "type>5", "not compared");
    check("header.:x", "header.:x", "name of a header");
    check("header:x", "header:x", "name of a header");
    check("header.host", "header.host", "expected `:`");
    check("body.:x", "body.:x", "place in the body");
    check("body[x]:y", "body[x]:y", "place in the body");
    check("body[0:y", "[", "closing bracket");
    check("header.host: b", "", "`*`");
    check("a \"b c", "\"b c", "closing");
    check("path:\"b c", "\"b c", "closing");
    check("or(a, b", "(", "closing bracket");
    check("a ) b", ")", "no open bracket");
    check("not()", ")", "expected something");
    check("or(a,)", ")", "expected something");
    check("or(,a)", ",", "expected something");
    check("not(a, b)", ",", "or(a, b)");
    check("a OR b", "OR", "or(a, b)");
    check("a AND b", "AND", "side by side");
    check("NOT b", "NOT", "not(a)");
    check("a -- b", "-", "no letter");
    check("path:/", "/", "no letter");
    check("a*b", "a*b", "path:/a*b");
    check(&"(".repeat(20), "(", "closing bracket");
    check(&"(".repeat(50), &"(".repeat(18), "too deep");
    check(
        &format!("{}a{}", "(".repeat(50), ")".repeat(50)),
        &format!("{}a{}", "(".repeat(18), ")".repeat(50)),
        "too deep",
    );
    check(&"é".repeat(2_000), &"é".repeat(1_000), "2000 bytes");
}

#[test]
fn the_rest_of_a_wrong_text_is_read_on() {
    let check = |text: &str, want: &str, problems: usize| {
        let parsed = parse(text);
        assert_eq!(parsed.query.to_string(), want, "{text}");
        assert_eq!(
            parsed.problems.len(),
            problems,
            "{text}: {:?}",
            parsed.problems
        );
    };
    check("a status:x b size>y c", "a b c", 2);
    check("or(a, status:x, b) is:held", "or(a, b) is:held", 1);
    check("or(status:x) b", "b", 1);
    check("not(is:red) b", "b", 1);
    check("not(a", "-a", 1);
    check("a foo:bar b:\"c d\" e", "a e", 2);
    check("a OR b", "a b", 1);
    check("a ) b )", "a b", 2);
}

fn capture(target: &str, headers: &[(&str, &str)], body: &[u8]) -> Capture {
    let fields = headers.iter().map(|(n, v)| (n.as_bytes(), v.as_bytes()));
    Capture {
        id: CaptureId::new(1, [0; 10]),
        endpoint: "hooks-7q".parse::<EndpointId>().unwrap(),
        received_at_ms: NOW.at_ms - 3_600_000,
        peer: None,
        head: Head::compose(b"POST", target.as_bytes(), b"HTTP/1.1", fields).unwrap(),
        body: Bytes::copy_from_slice(body),
        flaws: Vec::new(),
    }
}

fn push() -> Capture {
    let headers = [
        ("Host", "hooks.example.dev"),
        ("X-GitHub-Event", "push"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("X-Twice", "one"),
        ("x-twice", "two"),
    ];
    let body = br#"{"ref": "refs/heads/main", "n": 12.50, "ok": true, "none": null, "odd key": 1,
        "repository": {"full_name": "acme/api", "topics": []},
        "commits": [{"message": "fix the \u4fee\u6b63\u65f6\u533a bug"}, {"message": "second"}]}"#;
    capture("/h/7Qk/github?x=1", &headers, body)
}

#[test]
fn a_capture_matches_what_is_in_it() {
    let capture = push();
    let facts = Facts {
        endpoint_name: Some("Acme hooks"),
        provider: Some("github"),
        event: Some("push"),
        source: Some("relay"),
        delivery_id: Some("8ad5e2c0-66b1"),
        status: Some(502),
        verdict: Some("stale"),
        marks: &[Mark::Held],
    };
    let subject = Subject::new(&capture, facts);
    let check = |text: &str, want: bool| {
        let parsed = parse(text);
        assert_eq!(parsed.problems, [], "{text}");
        assert_eq!(parsed.query.matches(&subject, NOW), want, "{text}");
    };
    for holds in [
        "",
        "github",
        "acme/api",
        "refs/heads/mai",
        "main or(x, GITHUB)",
        "\"acme api\"",
        "修正",
        "时区",
        "修",
        "7qk",
        "x=1",
        "full_name",
        "-absent",
        "not(absent)",
        "or(absent, second)",
        "body:second",
        "body:\"the 修正时区\"",
        "provider:GitHub",
        "type:pu*",
        "type:*",
        "endpoint:hooks-7q",
        "endpoint:acme*",
        "endpoint:\"acme hooks\"",
        "source:relay",
        "method:post",
        "status:5xx",
        "status>=500",
        "-status:none",
        "delivery:8AD5E2C0-66b1",
        "delivery:8ad*",
        "verify:invalid",
        "verify:stale",
        "is:held",
        "path:github",
        "path:/h/*/github",
        "path:/h/*",
        "path=/H/7qk/github",
        "path:\"h 7qk\"",
        "path:*",
        "header.host:example",
        "header.HOST:dev.hooks",
        "header.content-type:json",
        "header.content-type=\"application/json; charset=utf-8\"",
        "header.x-twice:two",
        "header.x-twice=one",
        "header.x-twice:\"two\"",
        "header.x-github-event:p*h",
        "body.repository.full_name:acme/api",
        "body.repository.full_name=Acme/API",
        "body.commits.message:second",
        "body.commits[0].message:修正",
        "body.repository:*",
        "body.commits[1]:*",
        "body.repository.topics:*",
        "body.n=12.50",
        "body.ok:true",
        "body.none:null",
        "body[\"odd key\"]:1",
        "body.commits.message:\"fix the\"",
        "body.commits.message:*bug",
        "body.commits.message:时",
        "size>100",
        "after:2h",
        "before:30m",
        "after:today -before:yesterday",
    ] {
        check(holds, true);
    }
    for fails in [
        "absent",
        "gith\"ub\"",
        "\"refs/heads/mai\"",
        "\"api acme\"",
        "is:pinned",
        "status:200",
        "provider:stripe",
        "provider:git",
        "verify:valid",
        "verify:unsigned",
        "verify:none",
        "source:local",
        "source:import",
        "status:none",
        "delivery:8ad5",
        "is:retry",
        "endpoint:hooks",
        "path:x=1",
        "path:/h*x",
        "path=/h",
        "path:\"7qk h\"",
        "header.x-nope:*",
        "header.host:exampl",
        "header.x-twice:\"one two\"",
        "body:hooks.example",
        "body.full_name:acme",
        "body.commits[1].message:fix",
        "body.commits[2]:*",
        "body.repository.full_name:acme.web",
        "body.message:second",
        "size<100",
        "after:30m",
        "before:2h",
        "\"修时\"",
        "-github",
        "or(absent, -push)",
        "body.nope:*",
        "refs/heads/mi",
    ] {
        check(fails, false);
    }
}

#[test]
fn what_is_not_known_does_not_hold() {
    let capture = push();
    let subject = Subject::new(&capture, Facts::default());
    let check =
        |text: &str, want| assert_eq!(parse(text).query.matches(&subject, NOW), want, "{text}");
    for unknown in [
        "provider:*",
        "type:*",
        "status<599",
        "delivery:*",
        "source:*",
        "verify:unknown",
        "verify:*",
        "is:failed",
    ] {
        check(unknown, false);
        check(&format!("-{unknown}"), true);
    }
    check("verify:none", true);
}

#[test]
fn a_capture_has_values_to_suggest() {
    let capture = push();
    let of = |values: super::ValuesOf| values.of(&capture).join(" ");
    assert!(
        of(super::ValuesOf::BodyPaths)
            .starts_with(".ref .n .ok .none [\"odd key\"] .repository.full_name")
    );
    assert!(of(super::ValuesOf::HeaderNames).ends_with("x-twice x-twice"));
    assert_eq!(of(super::ValuesOf::Header("x-twice".to_owned())), "one two");
    assert_eq!(of(super::ValuesOf::Field(NameField::Method)), "POST");
}

#[test]
fn bodies_of_every_kind_are_sought() {
    let check = |content_type: &str, body: &[u8], text: &str, want: bool| {
        let capture = capture("/", &[("Content-Type", content_type)], body);
        let subject = Subject::new(&capture, Facts::default());
        let found = parse(text).query.matches(&subject, NOW);
        assert_eq!(found, want, "{content_type} {text}");
    };
    let form = "application/x-www-form-urlencoded";
    check(
        form,
        b"From=%2B49+30&Body=hello+there",
        "body.Body:hello",
        true,
    );
    check(form, b"From=%2B49+30&Body=hello+there", "\"49 30\"", true);
    check(form, b"payload=%7B%22a%22%3A1%7D", "body.payload:a", true);
    check("text/xml", b"<a><b>hello</b></a>", "\"b hello b\"", true);
    check("text/plain", b"hello", "body:hello", true);
    check(
        "text/plain",
        "schlie\u{df}t caf\u{e9}".as_bytes(),
        "CAF\u{c9}",
        true,
    );
    check("application/json", b"{\"a\": 1, broken", "broken", true);
    check("application/json", b"{\"a\": 1, broken", "body.a:1", true);
    check("application/octet-stream", b"\0hello", "hello", false);
    let long = format!("[\"{}\", \"end\"]", "long ".repeat(30_000));
    check("application/json", long.as_bytes(), "end", false);
    check("application/json", long.as_bytes(), "long", true);
    let deep = format!("{}\"deep\"{}", "[".repeat(5_000), "]".repeat(5_000));
    check("application/json", deep.as_bytes(), "deep", true);
}

fn bare() -> impl Strategy<Value = String> {
    "[a-z0-9_./\u{4fee}\u{6b63}\u{e9}=:?-]{0,6}[a-z0-9\u{6b63}]"
        .prop_filter("reads as something else", |text| {
            !text.starts_with('-') && !text.contains(':')
        })
}

fn any_text() -> impl Strategy<Value = String> {
    "[a-zA-Z \"\\\\(),*:.\n\u{4fee}]{0,8}"
}

fn quoted_words() -> impl Strategy<Value = String> {
    any_text().prop_map(|text| format!("{text}w"))
}

fn term() -> impl Strategy<Value = Term> {
    let words = prop_oneof![
        bare().prop_map(|text| Words::new(&text, false)),
        quoted_words().prop_map(|text| Words::new(&text, true)),
    ]
    .prop_map(|words| words.expect("each has a letter or digit"));
    let place = prop_oneof![Just(Place::Anywhere), Just(Place::Body)];
    let step = prop_oneof![
        any_text().prop_map(Step::Key),
        "[a-z_]{1,5}".prop_map(Step::Key),
        (0u32..99).prop_map(Step::Item),
    ];
    let field = prop_oneof![
        Just(TextField::Path),
        "[a-z][a-z0-9.-]{0,6}".prop_map(TextField::Header),
        prop::collection::vec(step, 1..4)
            .prop_map(|steps| TextField::Body(BodyPath::new(steps).expect("there is a step"))),
    ];
    let star = ("[a-z/.]{0,3}", "[a-z/.]{0,3}").prop_filter_map("is any", |(a, b)| {
        (!(a.is_empty() && b.is_empty())).then(|| Pattern::new(&format!("{a}*{b}")))
    });
    let test = prop_oneof![
        Just(TextTest::Any),
        bare().prop_map(TextTest::Has),
        quoted_words().prop_map(TextTest::Phrase),
        any_text().prop_map(TextTest::Is),
        star.clone().prop_map(TextTest::Like),
    ];
    let name = prop::sample::select(vec![
        NameField::Provider,
        NameField::Type,
        NameField::Method,
        NameField::Endpoint,
    ]);
    let name_test = prop_oneof![
        Just(NameTest::Any),
        any_text().prop_map(NameTest::Is),
        star.prop_map(NameTest::Like),
    ];
    let fixed =
        prop::sample::select(vec![NameField::Source, NameField::Verify]).prop_flat_map(|field| {
            let values = field.values().expect("they are fixed");
            prop::sample::select(values)
                .prop_map(move |v| Term::Name(field, NameTest::Is(v.to_owned())))
        });
    let comparison =
        prop::sample::select(Comparison::ALL.map(|(comparison, _)| comparison).to_vec());
    let day =
        (1970u16..2100, 1u8..=12, 1u8..=28).prop_map(|(y, m, d)| Day::new(y, m, d).expect("a day"));
    let time =
        (0u8..24, 0u8..60, 0u8..60).prop_map(|(h, m, s)| Time::new(h, m, s).expect("a time"));
    let unit = prop::sample::select(vec![
        Unit::Seconds,
        Unit::Minutes,
        Unit::Hours,
        Unit::Days,
        Unit::Weeks,
    ]);
    let when = prop_oneof![
        (0u32..1_000_000, unit).prop_map(|(count, unit)| When::Ago(count, unit)),
        Just(When::Today),
        Just(When::Yesterday),
        day.clone().prop_map(When::Day),
        (day, time, prop::option::of(-719i16..720)).prop_map(|(d, t, o)| When::Moment(d, t, o)),
    ];
    let mark = prop::sample::select(Mark::ALL.map(|(mark, _)| mark).to_vec());
    prop_oneof![
        (place, words).prop_map(|(place, words)| Term::Words(place, words)),
        (field, test).prop_map(|(field, test)| Term::Text(field, test)),
        (name, name_test).prop_map(|(name, test)| Term::Name(name, test)),
        fixed,
        (1u16..=5).prop_map(|hundred| Term::Status(StatusTest::Class(hundred))),
        (comparison.clone(), 100u16..600)
            .prop_map(|(c, with)| Term::Status(StatusTest::Compare(c, with))),
        (comparison, 0u64..1_000_000_000).prop_map(|(c, bytes)| Term::Size(c, bytes)),
        when.clone().prop_map(Term::Before),
        when.prop_map(Term::After),
        mark.prop_map(Term::Is),
    ]
}

fn node() -> impl Strategy<Value = Node> {
    term()
        .prop_map(Node::Term)
        .prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 1..4).prop_map(Node::and),
                prop::collection::vec(inner.clone(), 1..4).prop_map(Node::or),
                inner.prop_map(|node| Node::Not(Box::new(node))),
            ]
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_query_printed_and_read_again_is_the_same(node in node()) {
        let query = Query::new(node);
        let text = query.to_string();
        prop_assume!(text.len() <= super::MAX_QUERY_BYTES);
        let parsed = parse(&text);
        prop_assert_eq!(&parsed.problems, &vec![], "{}", text);
        prop_assert_eq!(parsed.query, query, "{}", text);
    }

    #[test]
    fn whatever_is_typed_is_read_and_what_was_read_prints_as_itself(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "bc*", "修正", " ", " ", "(", ")", ",", "\"", "\\", "-", "*", "not(", "or(", "status:",
            "5xx", ">=", "400", "size", "header.", "x-y", ":", "=", "body", ".k", "[", "0", "]", "path:/h/",
            "is:held", "before:2h", "after:today", "type:", "foo:", "OR", "é", "\n", "10:30", "http://x",
        ]), 0..14),
    ) {
        let text = pieces.concat();
        let parsed = parse(&text);
        for problem in &parsed.problems {
            prop_assert!(text.get(problem.range.clone()).is_some(), "{problem:?}");
        }
        let again = parse(&parsed.query.to_string());
        prop_assert_eq!(&again.problems, &vec![], "{} -> {}", text, parsed.query);
        prop_assert_eq!(again.query, parsed.query);
        for cursor in 0..=text.len() {
            let found = super::suggest(&text, cursor);
            prop_assert!(text.get(found.range).is_some());
        }
    }
}

#[test]
fn each_kind_of_problem_has_its_own_word() {
    let kinds = [
        ProblemKind::TooLong,
        ProblemKind::NoName(Field::Body),
        ProblemKind::OpenQuote,
        ProblemKind::OpenBracket,
        ProblemKind::StrayBracket,
        ProblemKind::InnerStar,
    ];
    let words: std::collections::BTreeSet<_> = kinds.iter().map(ProblemKind::code).collect();
    assert_eq!(words.len(), kinds.len());
}
