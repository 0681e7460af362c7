//! What hooks answer and run: one short claim for each thing that their files promise.

use proptest::prelude::*;
use webhook::rules::{
    command::{CommandPlan, FilePlan},
    evaluate::{Context, Evaluation, Reply, methods_of},
    explain::ClauseKind,
    hook::ResponseHeader,
    load::HooksFile,
    request::RequestView,
    response::{CommandEnd, Response},
};

const PEER: &str = "127.0.0.1:54321";
const SENT: &[u8] = br#"{"ref":"refs/heads/main","n":1.50,"list":[1,[2]],"nothing":null}"#;

fn evaluate_with(hook: &str, view: &RequestView<'_>, context: &Context) -> Evaluation {
    let file = HooksFile::load(hook.as_bytes(), None).expect("the hook of a test loads");
    file.hooks[0].evaluate(view, context)
}

fn view<'a>(headers: &[(&'a str, &'a str)], body: &'a [u8]) -> RequestView<'a> {
    let bytes = |(name, value): &(&'a str, &'a str)| (name.as_bytes(), value.as_bytes());
    RequestView {
        method: b"POST",
        query: b"token=t&x=%41+b",
        headers: headers.iter().map(bytes).collect(),
        body,
        remote_addr: PEER.to_owned(),
    }
}

fn evaluate(hook: &str) -> Evaluation {
    let view = view(
        &[("Content-Type", "application/json"), ("X-Token", "secret")],
        SENT,
    );
    evaluate_with(hook, &view, &Context::new(0))
}

fn answer(hook: &str) -> Response {
    match evaluate(hook).reply {
        Reply::Now(response) => response,
        Reply::AfterCommand(reply) => reply.response(CommandEnd::Success, b"output".to_vec()),
    }
}

fn plan(hook: &str) -> CommandPlan {
    evaluate(hook)
        .command
        .expect("the hook of a test is triggered")
}

fn check_answer(hook: &str, status: u16, body: &str) {
    let response = answer(hook);
    let got = (
        response.status,
        String::from_utf8_lossy(&response.body).into_owned(),
    );
    assert_eq!(got, (status, body.to_owned()), "{hook}");
}

/// Checks what a rule comes to: triggered or not, and the status.
fn check_rule(rule: &str, matched: bool, status: u16) {
    let evaluation = evaluate(&format!(
        "[{{id: x, execute-command: /x, trigger-rule: {rule}}}]"
    ));
    let Reply::Now(response) = evaluation.reply else {
        panic!("{rule} waits");
    };
    assert_eq!(
        (evaluation.matched, response.status),
        (matched, status),
        "{rule}"
    );
}

const YES: &str = "{match: {type: value, value: x, parameter: {source: string, name: x}}}";
const NO: &str = "{match: {type: value, value: y, parameter: {source: string, name: x}}}";
const MISSING: &str = "{match: {type: value, value: y, parameter: {source: payload, name: z}}}";
const FAULT: &str = "{match: {type: regex, regex: '(?=a)', parameter: {source: string, name: x}}}";

#[test]
fn rules_come_to_what_their_words_say() {
    check_rule("null", true, 200);
    check_rule("{}", false, 200);
    check_rule("{and: []}", true, 200);
    check_rule("{or: []}", false, 200);
    check_rule("{not: {}}", true, 200);
    check_rule(&format!("{{and: [{YES}, {NO}, {FAULT}]}}"), false, 200);
    check_rule(&format!("{{or: [{NO}, {YES}, {FAULT}]}}"), true, 200);
    check_rule(&format!("{{and: [{YES}], or: [{NO}]}}"), true, 200);
    check_rule(&format!("{{and: [{YES}, {FAULT}]}}"), false, 500);
}

#[test]
fn what_is_missing_is_a_no_that_a_not_turns_around() {
    check_rule(MISSING, false, 200);
    check_rule(&format!("{{not: {MISSING}}}"), true, 200);
    check_rule(&format!("{{or: [{{not: {MISSING}}}]}}"), true, 200);
    check_rule(&format!("{{and: [{{not: {MISSING}}}]}}"), false, 200);
    check_rule(&format!("{{not: {FAULT}}}"), false, 500);
}

#[test]
fn a_wrong_signature_is_an_error_unless_it_may_fail_softly() {
    let wrong = "{match: {type: payload-hmac-sha256, secret: s, parameter: {source: header, name: x-token}}}";
    check_rule(wrong, false, 500);
    check_rule(&format!("{{or: [{wrong}, {YES}]}}"), false, 500);
    let soft = |rule: &str| format!("{rule}, trigger-signature-soft-failures: true");
    check_rule(&soft(&format!("{{or: [{wrong}, {YES}]}}")), true, 200);
    check_rule(&soft(&format!("{{and: [{wrong}, {YES}]}}")), false, 500);
    let empty = wrong.replace("secret: s", "secret: ''");
    check_rule(&soft(&format!("{{or: [{empty}, {YES}]}}")), false, 500);
}

#[test]
fn no_message_tells_the_right_signature() {
    let hook = "[{id: x, trigger-rule: {match: {type: payload-hmac-sha1, secret: s, parameter: {source: header, name: x-token}}}}]";
    let evaluation = evaluate(hook);
    let shown = format!("{:?}", (&evaluation.log, &evaluation.explanation));
    assert!(
        shown.contains("invalid payload signatures [secret]"),
        "{shown}"
    );
    let right = "83728762610eb3c222b6b53bc283623e21c21bf4"; // HMAC-SHA1 of SENT under `s`
    assert!(!shown.contains(right), "{shown}");
}

#[test]
fn the_statuses_of_a_hook_are_those_that_exist() {
    let hook =
        |rest: &str| format!("[{{id: x, execute-command: /x, response-message: done, {rest}}}]");
    check_answer(&hook("success-http-response-code: 201"), 201, "done");
    check_answer(&hook("success-http-response-code: 999"), 200, "done");
    check_answer(&hook("success-http-response-code: 204"), 204, "");
    let mismatch = |code: u16| {
        hook(&format!(
            "trigger-rule: {{}}, trigger-rule-mismatch-http-response-code: {code}"
        ))
    };
    check_answer(&mismatch(403), 403, "Hook rules were not satisfied.");
    check_answer(&mismatch(999), 200, "Hook rules were not satisfied.");
}

#[test]
fn a_sender_who_waits_gets_the_output_or_is_told_of_the_failure() {
    let reply = |rest: &str| {
        match evaluate(&format!(
        "[{{id: x, include-command-output-in-response: true, success-http-response-code: 202{rest}}}]"
    ))
    .reply
    {
        Reply::AfterCommand(reply) => reply,
        Reply::Now(response) => panic!("{response:?}"),
    }
    };
    let success = reply("").response(CommandEnd::Success, b"<html>".to_vec());
    assert_eq!(
        (success.status, success.body.as_slice()),
        (202, &b"<html>"[..])
    );
    let content_type = (
        "Content-Type".to_owned(),
        "text/html; charset=utf-8".to_owned(),
    );
    assert_eq!(success.headers, [content_type]);
    let failure = reply("").response(CommandEnd::Failure, b"secret".to_vec());
    assert_eq!(failure.status, 500);
    assert!(
        failure
            .body
            .starts_with(b"Error occurred while executing the hook's command.")
    );
    let shown = reply(", include-command-output-in-response-on-error: true");
    let shown = shown.response(CommandEnd::Failure, b"why".to_vec());
    assert_eq!((shown.status, shown.body.as_slice()), (500, &b"why"[..]));
}

#[test]
fn a_hooks_headers_come_over_the_servers_and_on_triggered_answers_alone() {
    let mut context = Context::new(0);
    let server = [("x-a", "server"), ("X-B", "server")];
    context.headers = server
        .map(|(name, value)| ResponseHeader {
            name: name.into(),
            value: value.into(),
        })
        .to_vec();
    let headers = |rule: &str| {
        let hook = format!(
            "[{{id: x, trigger-rule: {rule}, response-headers: [{{name: X-A, value: hook}}]}}]"
        );
        let Reply::Now(response) = evaluate_with(&hook, &view(&[], b""), &context).reply else {
            panic!("the hook waits");
        };
        let mine = response
            .headers
            .into_iter()
            .filter(|(name, _)| name.starts_with("X-"));
        mine.map(|(name, value)| format!("{name}: {value}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(headers("null"), ["X-A: hook", "X-B: server"]);
    assert_eq!(headers("{}"), ["X-A: server", "X-B: server"]);
}

#[test]
fn a_method_must_be_allowed_as_it_was_sent() {
    let mut context = Context::new(0);
    context.http_methods = methods_of("GET, put");
    let status = |methods: &str, method: &'static [u8]| {
        let hook = format!("[{{id: x, http-methods: {methods}}}]");
        let view = RequestView {
            method,
            ..view(&[], b"")
        };
        match evaluate_with(&hook, &view, &context).reply {
            Reply::Now(response) => (response.status, response.body.len()),
            Reply::AfterCommand(_) => panic!("the hook waits"),
        }
    };
    assert_eq!(status("[]", b"PUT"), (200, 0));
    assert_eq!(status("[]", b"POST"), (405, 0));
    assert_eq!(status("[' post ']", b"POST"), (200, 0));
    assert_eq!(status("[post]", b"post"), (405, 0));
}

#[test]
fn a_command_gets_what_the_request_holds() {
    let plan = plan(
        "[{id: x, execute-command: run, command-working-directory: /work,
           pass-arguments-to-command: [{source: payload, name: 'n'}, {source: payload, name: list},
             {source: payload, name: nothing}, {source: payload, name: gone}, {source: url, name: x},
             {source: request, name: remote-addr}, {source: string, name: -v}],
           pass-environment-to-command: [{source: payload, name: ref}, {source: payload, name: gone},
             {source: header, name: x-token, envname: TOKEN}]}]",
    );
    let argv: Vec<_> = plan
        .argv
        .iter()
        .map(|argument| String::from_utf8_lossy(argument))
        .collect();
    assert_eq!(
        argv,
        ["run", "1.50", "[1,[2]]", "<nil>", "", "A b", PEER, "-v"]
    );
    let entry = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
    assert_eq!(
        plan.env,
        [
            entry("HOOK_ref", "refs/heads/main"),
            entry("TOKEN", "secret")
        ]
    );
    assert_eq!(
        (plan.program().as_str(), plan.is_awaited),
        ("/work/run", false)
    );
}

#[test]
fn files_are_named_by_their_entry_and_hold_the_value() {
    let plan = plan(
        "[{id: x, pass-file-to-command: [{source: payload, name: ref},
            {source: string, name: aGVsbG8, base64decode: true, envname: PART*.bin},
            {source: string, name: a/b}, {source: payload, name: gone}]}]",
    );
    let file = |env_name: &str, prefix: &str, suffix: &str, content: &str| FilePlan {
        env_name: env_name.to_owned(),
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        content: content.as_bytes().to_vec(),
    };
    assert_eq!(
        plan.files,
        [
            file("HOOK_REF", "HOOK_REF", "", "refs/heads/main"),
            file("PART*.bin", "PART", ".bin", "hel"),
        ]
    );
}

#[test]
fn a_program_with_arguments_behind_it_is_explained() {
    let plan = plan("[{id: x, execute-command: /bin/sh -c ls}]");
    assert_eq!(plan.program(), "/bin/sh -c ls");
    assert_eq!(
        plan.hint().as_deref(),
        Some("use 'pass-arguments-to-command' to specify args for '/bin/sh'")
    );
}

#[test]
fn a_broken_multipart_form_is_an_error_and_a_broken_body_is_none() {
    let status = |content_type: &'static str| {
        let view = view(&[("Content-Type", content_type)], b"{broken");
        let evaluation = evaluate_with("[{id: x}]", &view, &Context::new(0));
        (evaluation.matched, evaluation.log.len() > 2)
    };
    assert_eq!(status("multipart/form-data; boundary=b"), (false, false));
    assert_eq!(status("application/json"), (true, true));
    assert_eq!(status("text/plain"), (true, true));
}

#[test]
fn an_explanation_shows_the_clause_that_failed_with_what_it_saw() {
    let evaluation = evaluate(&format!(
        "[{{id: x, trigger-rule: {{and: [{YES}, {{or: [{{match: {{type: value, value: refs/heads/dev, parameter: {{source: payload, name: ref}}}}}}]}}, {NO}]}}}}]"
    ));
    let clause = evaluation.explanation.expect("the hook has a rule");
    let culprit = clause.culprit().expect("the rule is not satisfied");
    assert_eq!(culprit.saw.as_deref(), Some(&b"refs/heads/main"[..]));
    assert_eq!(culprit.wanted(), "the text `refs/heads/dev`");
    assert!(matches!(&culprit.kind, ClauseKind::Match(inner) if inner.parameter.name == "ref"));
    let reached: Vec<_> = clause
        .clauses
        .iter()
        .map(|clause| clause.outcome.is_some())
        .collect();
    assert_eq!(reached, [true, true, false]);
}

proptest! {
    /// Whatever is sent has an answer, to every hook.
    #[test]
    fn no_request_makes_it_panic(
        method in prop::collection::vec(any::<u8>(), 0..8),
        query in prop::collection::vec(any::<u8>(), 0..32),
        name in prop::collection::vec(any::<u8>(), 0..12),
        value in prop::collection::vec(any::<u8>(), 0..24),
        body in prop::collection::vec(any::<u8>(), 0..96),
        kind in prop::sample::select(vec!["application/json", "x-www-form-urlencoded", "text/xml", "multipart/form-data; boundary=b", "x"]),
        source in prop::sample::select(vec!["payload", "header", "url", "request", "entire-payload", "entire-headers", "raw-request-body", "?"]),
        remote_addr in any::<String>(),
    ) {
        let parameter = format!("{{source: '{source}', name: a.b}}");
        let hook = format!(
            "[{{id: x, pass-arguments-to-command: [{parameter}], pass-environment-to-command: [{parameter}],
               pass-file-to-command: [{parameter}], parse-parameters-as-json: [{{source: '{source}', name: a}}],
               trigger-rule: {{or: [{{match: {{type: regex, regex: a|b, parameter: {parameter}}}}},
                 {{match: {{type: ip-whitelist, ip-range: 10.0.0.0/8}}}}, {{not: {{match: {{type: scalr-signature, secret: s}}}}}}]}}}}]"
        );
        let view = RequestView {
            method: &method,
            query: &query,
            headers: vec![(&name, &value), (b"Content-Type", kind.as_bytes()), (b"Date", &value), (b"X-Signature", &value)],
            body: &body,
            remote_addr,
        };
        let evaluation = evaluate_with(&hook, &view, &Context::new(i64::MAX));
        prop_assert_eq!(evaluation.matched, evaluation.command.is_some());
    }
}

#[test]
fn a_default_stands_for_what_is_missing_or_null_and_for_nothing_else() {
    let argument = |source: &str, name: &str| {
        let hook = format!(
            "- {{id: a, execute-command: x, pass-arguments-to-command: [{{source: {source}, name: '{name}', default: ''}}, {{source: {source}, name: '{name}', default: 7}}]}}"
        );
        let argv = evaluate(&hook).command.expect("it triggers").argv;
        String::from_utf8(argv[1..].join(&b"|"[..])).expect("texts")
    };
    for (source, name, want) in [
        ("payload", "ref", "refs/heads/main|refs/heads/main"),
        ("payload", "absent", "|7"),
        ("payload", "nothing", "|7"),
        ("payload", "nothing.below", "|7"),
        ("payload", "list.9", "|7"),
        ("header", "X-Absent", "|7"),
        ("header", "X-Token", "secret|secret"),
        ("url", "token", "t|t"),
        ("query", "absent", "|7"),
    ] {
        assert_eq!(argument(source, name), want, "{source} {name}");
    }
    let rule = |default: &str| {
        let hook = format!(
            "- {{id: a, execute-command: x, trigger-rule: {{match: {{type: value, value: main, parameter: {{source: payload, name: branch{default}}}}}}}}}"
        );
        evaluate(&hook).matched
    };
    assert!(rule(", default: main") && !rule(", default: next") && !rule(""));
}
