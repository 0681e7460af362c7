//! What is made out of forged mixtures and of hostile captures.

use proptest::prelude::*;

use crate::{
    escape::is_unseen,
    sender::{
        MAX_BODY_BYTES, MAX_LINE_CHARS, Recognised,
        from::tests::{JSON, capture, check, line},
        recognise,
    },
};

#[test]
fn a_header_on_the_body_of_another_is_believed_and_nothing_is_mixed() {
    let stripe = r#"{"id":"evt_1","object":"event","type":"invoice.paid",
        "data":{"object":{"amount":4900,"currency":"eur"}}}"#;
    check(
        &[("X-GitHub-Event", "push"), ("X-GitHub-Delivery", "1")],
        stripe,
        "github push | push | 1 -",
    );
    check(
        &[
            ("X-Shopify-Topic", "orders/paid"),
            ("Stripe-Signature", "t=1"),
        ],
        stripe,
        "shopify orders/paid | orders/paid · evt_1 | - -",
    );
    check(
        &[("Stripe-Signature", "t=1,v1=0")],
        r#"{"action":"opened","type":"x","id":"7"}"#,
        "stripe - | - | - -",
    );
    check(
        &[("svix-id", "msg_1"), ("svix-signature", "v1,0")],
        r#"{"push_data":{"tag":"1"},"repository":{"repo_name":"a/b"}}"#,
        "svix - | - | msg_1 -",
    );
}

#[test]
fn nothing_in_a_title_steers_or_breaks_the_line() {
    check(
        &[("X-GitHub-Event", "issues")],
        "{\"action\":\"opened\\u0007\",\"issue\":{\"number\":1,\"title\":\"a\\r\\nb\\u202e\u{200b}\\u001b[2Jc\"}}",
        "github issues | issues opened · #1 a b[2Jc | - -",
    );
    let long = format!(
        r#"{{"action":"opened","issue":{{"number":1,"title":"{}"}}}}"#,
        "é".repeat(9000)
    );
    let known = recognise(&capture("POST /h", &[("X-GitHub-Event", "issues")], long));
    let summary = known.summary.unwrap();
    assert_eq!(summary.chars().count(), MAX_LINE_CHARS);
    assert!(summary.ends_with("é…"));
}

#[test]
fn wrong_types_are_passed_over() {
    check(
        &[("X-GitHub-Event", "push")],
        r#"{"ref":7,"commits":{},"repository":[],"action":null}"#,
        "github push | push | - -",
    );
    check(
        &[("Stripe-Signature", "t=1")],
        r#"{"id":"evt_1","object":"event","type":[],"data":{"object":{"amount":"x","currency":7}}}"#,
        "stripe - | - | evt_1 -",
    );
}

#[test]
fn an_id_that_cannot_be_shown_whole_is_none() {
    for id in ["a\u{200b}b", &"x".repeat(300)] {
        check(
            &[("X-GitHub-Event", "push"), ("X-GitHub-Delivery", id)],
            "",
            "github push | push | - -",
        );
    }
}

#[test]
fn of_a_long_body_the_beginning_is_read_and_no_count_is_made_up() {
    let mut body =
        br#"{"ref":"refs/heads/main","repository":{"full_name":"a/b"},"commits":["#.to_vec();
    body.resize(MAX_BODY_BYTES + 100, b' ');
    body.splice(100..100, br#"{},{},"#.iter().copied());
    let known = recognise(&capture("POST /h", &[("X-GitHub-Event", "push")], body));
    assert_eq!(line(&known), "github push | push · a/b · to main | - -");
}

#[test]
fn depth_costs_no_stack() {
    for open in ["[", "{\"a\":"] {
        let deep = open.repeat(MAX_BODY_BYTES / open.len());
        let known = recognise(&capture("POST /h", &[JSON], deep));
        assert_eq!(known, Recognised::default());
    }
}

/// Names and values that some sender gives a meaning, put together in ways that none does.
fn arb_header() -> impl Strategy<Value = (String, String)> {
    let name = prop::sample::select(vec![
        "X-GitHub-Event",
        "X-Gitlab-Event",
        "X-Event-Key",
        "X-Request-UUID",
        "X-Attempt-Number",
        "Stripe-Signature",
        "X-Slack-Signature",
        "X-Twilio-Signature",
        "X-Shopify-Topic",
        "Linear-Event",
        "ce-specversion",
        "ce-type",
        "ce-id",
        "aeg-event-type",
        "X-HubSpot-Signature",
        "Content-Type",
    ]);
    let value = prop_oneof![
        Just("application/x-www-form-urlencoded".to_owned()),
        "[ -~\u{80}-\u{250}\u{200b}\u{202e}]{0,200}",
        "[0-9]{0,12}",
    ];
    (name.prop_map(str::to_owned), value)
}

/// JSON of names that are looked for, with values of any type.
fn arb_body() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just("\"refs/heads/x\"".to_owned()),
        Just("\"event\"".to_owned()),
        Just("\"evt_1\"".to_owned()),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop::sample::select(vec![
            "ref",
            "commits",
            "repository",
            "full_name",
            "action",
            "type",
            "object",
            "data",
            "id",
            "amount",
            "currency",
            "event_data",
            "occur_at",
            "push_data",
            "value",
            "entry",
            "events",
            "specversion",
            "source",
            "issue",
            "number",
            "title",
            "project",
            "changes",
            "push",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec((key, inner), 0..8).prop_map(|all| {
                let all: Vec<_> = all.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", all.join(","))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_sent_is_shown_on_one_clean_line(
        headers in prop::collection::vec(arb_header(), 0..6),
        body in arb_body(),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let mut body = body.into_bytes();
        if is_cut && !body.is_empty() {
            body.truncate(cut.index(body.len()));
        }
        let known = recognise(&capture("POST /h?a=%ff", &headers, body));
        for text in [&known.event, &known.summary, &known.delivery_id].into_iter().flatten() {
            prop_assert!(!text.is_empty() && !text.chars().any(is_unseen), "{:?}", text);
        }
        if let Some(summary) = &known.summary {
            prop_assert!(summary.chars().count() <= MAX_LINE_CHARS, "{}", summary);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(
        headers in prop::collection::vec(arb_header(), 0..3),
        body in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let _ = recognise(&capture("GET /", &headers, body));
    }
}
