//! What go-yaml v2.4 makes of each text; all of it was asked.

use proptest::prelude::*;

use super::{
    node::{Content, Node},
    parse,
    scalar::Scalar,
};

fn show(node: &Node) -> String {
    match &node.content {
        Content::Scalar(Scalar::Null) => "null".to_owned(),
        Content::Scalar(Scalar::Bool(is_true)) => is_true.to_string(),
        Content::Scalar(Scalar::Int(int)) => int.to_string(),
        Content::Scalar(Scalar::Uint(int)) => int.to_string(),
        Content::Scalar(Scalar::Float(float)) => float.to_string(),
        Content::Scalar(Scalar::Text(text)) => format!("{text:?}"),
        Content::List(items) => {
            let items: Vec<_> = items.iter().map(show).collect();
            format!("[{}]", items.join(" "))
        }
        Content::Map(entries) => {
            let pair = |key: &str, value: &Node| format!("{key}={}", show(value));
            let entries: Vec<_> = entries
                .iter()
                .map(|entry| pair(&entry.key, &entry.value))
                .collect();
            format!("{{{}}}", entries.join(" "))
        }
    }
}

fn check(text: &str, want: &str) {
    let got = match parse(text.as_bytes()) {
        Ok(document) => document.root.as_ref().map_or("nothing".to_owned(), show),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, want, "{text}");
}

#[test]
fn blocks_are_told_by_their_indentation() {
    check(
        "- a: 1\n  b:\n  - x\n  -  - z\n- c",
        r#"[{a=1 b=["x" ["z"]]} "c"]"#,
    );
    check("a:\n    b\n    c\n\n    d\ne: f", r#"{a="b c\nd" e="f"}"#);
    check("- ? a\n  : b\n- ? c", r#"[{a="b"} {c=null}]"#);
    check("-\n- \n- a:", "[null null {a=null}]");
    check(
        "a: 1\n b: 2",
        "yaml: line 2, column 3: mapping values are not allowed in this context",
    );
    check(
        "a: b: c",
        "yaml: line 1, column 5: mapping values are not allowed in this context",
    );
    check(
        "a: - b",
        "yaml: line 1, column 4: block sequence entries are not allowed in this context",
    );
    check(
        "a: 1\nb",
        "yaml: line 2, column 1: could not find expected ':'",
    );
    check(
        "- a\nb: c",
        "yaml: line 2, column 1: did not find expected '-' indicator",
    );
}

#[test]
fn flows_do_not_care_for_indentation() {
    check("a: {\nb: [\n1,\n2,\n],\n}\nc: d", r#"{a={b=[1 2]} c="d"}"#);
    check(
        "[a: b, ? c, {d, e: }]",
        r#"[{a="b"} {c=null} {d=null e=null}]"#,
    );
    check("[{\"a\":1 , 'b':2 ,}]#c", "[{a=1 b=2}]");
    check(
        "\t[]",
        "yaml: line 1, column 1: found character that cannot start any token",
    );
    check("[\n\t\"a\"\n]", r#"["a"]"#);
    check(
        "[a, , b]",
        "yaml: line 1, column 5: did not find expected node content",
    );
    check(
        "[a",
        "yaml: line 1, column 3: did not find expected ',' or ']'",
    );
    check(
        "{\"a\"\n:1}",
        "yaml: line 2, column 1: did not find expected ',' or '}'",
    );
}

#[test]
fn quotes_and_blocks_keep_what_they_say() {
    check(
        r#""\x41\u0042\U00000043\n\e\_\"\'""#,
        r#""ABC\n\u{1b}\u{a0}\"'""#,
    );
    check(
        r#""a\/b""#,
        "yaml: line 1, column 4: found unknown escape character",
    );
    check(
        r#""\ud83d""#,
        "yaml: line 1, column 3: found invalid Unicode character escape code",
    );
    check("\"a\n  b\\\n   c\n\n  d \"", r#""a bc\nd ""#);
    check("'it''s'", r#""it's""#);
    check("a: \"x\n y\"", r#"{a="x y"}"#);
    check(
        "a: |\n  x\n   y\n\n  z\n\nb: 1",
        r#"{a="x\n y\n\nz\n" b=1}"#,
    );
    check("a: >-\n  x\n  y\n\n  z\n", r#"{a="x y\nz"}"#);
    check("a: |+2\n   x\n\n", r#"{a=" x\n\n"}"#);
    check(
        "a: |0\n x",
        "yaml: line 1, column 5: found an indentation indicator equal to 0",
    );
}

#[test]
fn tabs_and_comments_stand_where_they_may() {
    check("a:\tb\t# c", r#"{a="b"}"#);
    check("a: b#c # d", r#"{a="b#c"}"#);
    check("a: \"b\"#c", r#"{a="b"}"#);
    check(
        "-\ta: b",
        "yaml: line 1, column 2: found character that cannot start any token",
    );
    check(
        "- a\n\t\n",
        "yaml: line 2, column 1: found a tab character that violates indentation",
    );
    check("// c\n[]", r#""// c []""#);
}

#[test]
fn anchors_stand_for_what_they_hold() {
    check(
        "- &a {x: 1}\n- *a\n- <<: *a\n  x: 2",
        "[{x=1} {x=1} {x=1 x=2}]",
    );
    check(
        "- &a {x: 1}\n- &b {x: 2}\n- <<: [*a, *b]",
        "[{x=1} {x=2} {x=2 x=1}]",
    );
    check("- \"<<\": {x: 1}", r#"[{<<={x=1}}]"#);
    check(
        "- &a [*a]",
        "yaml: line 1, column 7: anchor 'a' value contains itself",
    );
    check(
        "- *a",
        "yaml: line 1, column 3: unknown anchor 'a' referenced",
    );
    check(
        "<<: x",
        "yaml: line 1, column 5: map merge requires map or sequence of maps as the value",
    );
}

#[test]
fn a_document_may_be_announced_and_ended() {
    check("%YAML 1.1\n---\na", r#""a""#);
    check(
        "%YAML 1.2\n---\na",
        "yaml: line 1, column 1: found incompatible YAML document",
    );
    check("%TAG !e! tag:yaml.org,2002:\n--- !e!str 1", r#""1""#);
    check("--- a\n...\n]", r#""a""#);
    check("---\n---\na", "null");
    check("!x {a: !!str 1, b: ! 2}", r#"{a="1" b="2"}"#);
    check(
        "!y!z a",
        "yaml: line 1, column 1: found undefined tag handle",
    );
}

#[test]
fn keys_are_texts_however_they_are_written() {
    check(
        "{1: a, 1.5: b, yes: c, .inf: d}",
        r#"{1="a" 1.5="b" true="c" .inf="d"}"#,
    );
    check(
        "{~: a}",
        "yaml: line 1, column 2: Unsupported map key of type: null",
    );
    check(
        "{? [a] : b}",
        "yaml: line 1, column 4: Unsupported map key of type: list",
    );
}

#[test]
fn bytes_are_utf_8_or_marked_as_utf_16() {
    check("\u{feff}a: 1", "{a=1}");
    check(
        "a\u{1}",
        "yaml: line 1, column 2: control characters are not allowed",
    );
    let wide: Vec<u8> = "\u{feff}é: 1"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(
        parse(&wide).unwrap().root.as_ref().map(show),
        Some("{é=1}".to_owned())
    );
    let error = parse(b"a: b\nc: \xff").unwrap_err();
    assert_eq!(error.to_string(), "yaml: line 2, column 4: invalid UTF-8");
}

#[test]
fn depth_and_aliases_have_a_limit() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(
        parse(deep.as_bytes())
            .unwrap_err()
            .message
            .contains("max depth")
    );
    let lines: Vec<_> = (1..20)
        .map(|at| format!("- &a{at} [*a{0}, *a{0}, *a{0}, *a{0}]", at - 1))
        .collect();
    let bomb = format!("- &a0 [x, x]\n{}", lines.join("\n"));
    assert!(
        parse(bomb.as_bytes())
            .unwrap_err()
            .message
            .contains("aliasing")
    );
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "([-?:,\\[\\]{}#&*!|>'\"%@` \t\n\r]|a|b|<<|\\\\|--- |\\.\\.\\.\n|\u{85}|\u{feff}|é){0,40}") {
        let _ = parse(text.as_bytes());
    }
}
