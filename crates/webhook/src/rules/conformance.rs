//! The cases that Go itself answered, read from `shared/conformance/go` beside the checkout.

use std::{collections::BTreeMap, fmt::Write, fs, path::PathBuf, sync::Arc};

use gotmpl::Value;

use crate::rules::{
    go::{
        number::short_float,
        yaml::{
            self,
            node::{Content, Node},
            scalar::Scalar,
        },
    },
    load::{LoadError, spot::Spot},
    template::{self, TemplateEnv},
};

fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance/go");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

/// Compares line by line, and shows every line that differs.
fn compare(got: &str, want: &str) {
    let lines = got.lines().zip(want.lines());
    let differ: Vec<_> = lines.filter(|(got, want)| got != want).collect();
    assert!(differ.is_empty(), "{differ:#?}");
    assert_eq!(got.lines().count(), want.lines().count());
}

#[test]
fn templates_write_what_go_writes() {
    let Some(folder) = folder() else { return };
    let cases = fs::read_to_string(folder.join("template_cases.txt")).unwrap();
    let want = fs::read_to_string(folder.join("template_expected.txt")).unwrap();
    let text = |text: &str| Value::String(text.into());
    let entries = |entries: Vec<(&str, Value)>| {
        let entries = entries
            .into_iter()
            .map(|(name, value)| (name.into(), value));
        Value::Map(Arc::new(entries.collect::<BTreeMap<_, _>>()))
    };
    let data = entries(vec![
        ("Name", text("Bob")),
        ("N", Value::Int(3)),
        ("F", Value::Float(1.5)),
        ("L", Value::List(["a", "b", "c"].map(text).to_vec().into())),
        ("M", entries(vec![("z", Value::Int(1)), ("a", text("x"))])),
        ("E", Value::List(Vec::new().into())),
        ("T", Value::Bool(true)),
        ("Nil", Value::Nil),
    ]);
    let env = TemplateEnv {
        getenv: Arc::new(|name| Some(format!("E<{name}>\"'\n"))),
        // `cat` and `credential` gave back what they were asked for.
        read: Arc::new(|path| {
            let name = path.strip_prefix("E<CREDENTIALS_DIRECTORY>\"'\n/");
            Some(name.unwrap_or(path).to_owned())
        }),
    };
    let mut got = String::new();
    for (at, case) in (1..).zip(cases.lines().filter(|case| !case.is_empty())) {
        let written = template::execute(case.as_bytes(), &env, &data);
        let answer = match written {
            Ok(text) => go_quoted(&text),
            Err(error) if error.to_string().starts_with("template: ") => "PARSE-ERR".to_owned(),
            Err(_) => "EXEC-ERR".to_owned(),
        };
        writeln!(got, "{at}\t{answer}").unwrap();
    }
    compare(&got, &want);
}

fn go_quoted(text: &str) -> String {
    crate::rules::go::text::quote(text.as_bytes())
}

/// The members of the cases' objects, in the order in which they are printed.
const MEMBERS: &[&str] = &["type", "value", "b", "n", "p", "any", "l"];

#[derive(Default)]
struct Member {
    texts: [String; 2],
    flag: bool,
    number: i64,
    optional: Option<String>,
    any: String,
    list: Option<Vec<String>>,
}

#[test]
fn yaml_is_what_go_makes_of_it() {
    let Some(folder) = folder() else { return };
    let want = fs::read_to_string(folder.join("yaml_expected.txt")).unwrap();
    let mut got = String::new();
    for at in 1..=want.lines().count() {
        let bytes = fs::read(folder.join(format!("yaml/{at:02}.yaml"))).unwrap();
        let answer = read(&bytes).unwrap_or_else(|error| format!("ERR {error}"));
        writeln!(got, "y/{at:02}.yaml\t{answer}").unwrap();
    }
    compare(&got, &want);
}

/// Errors without their places, which Go does not tell.
fn read(bytes: &[u8]) -> Result<String, String> {
    let document = yaml::parse(bytes)
        .map_err(|error| format!("error converting YAML to JSON: yaml: {}", error.message))?;
    let Some(root) = document.root else {
        return Ok("null".to_owned());
    };
    let list = Spot::root().list(&root, "[]main.M", read_member);
    let list = list.map_err(|error| {
        let text = error.to_string();
        text.split(" (line").next().unwrap_or_default().to_owned()
    })?;
    let items: Vec<_> = list.unwrap_or_default().iter().map(print).collect();
    Ok(format!("[{}]", items.join(",")))
}

fn read_member(spot: &Spot, node: &Node, member: &mut Member) -> Result<(), LoadError> {
    member.any = "null".to_owned();
    for (name, node) in spot.members(node, "main.M", MEMBERS)? {
        let spot = spot.below("M", name);
        match name {
            "type" => spot.text(node, &mut member.texts[0])?,
            "value" => spot.text(node, &mut member.texts[1])?,
            "b" => spot.flag(node, &mut member.flag)?,
            "n" => spot.number(node, &mut member.number)?,
            "p" if node.content == Content::Scalar(Scalar::Null) => {}
            "p" => spot.text(node, member.optional.get_or_insert_default())?,
            "any" => member.any = any(node),
            _ => member.list = spot.list(node, "[]string", Spot::text)?,
        }
    }
    Ok(())
}

fn any(node: &Node) -> String {
    match &node.content {
        Content::Scalar(Scalar::Null) => "null".to_owned(),
        Content::Scalar(Scalar::Bool(is_true)) => is_true.to_string(),
        Content::Scalar(Scalar::Int(int)) => int.to_string(),
        Content::Scalar(Scalar::Uint(int)) => int.to_string(),
        Content::Scalar(Scalar::Float(float)) => short_float(*float),
        Content::Scalar(Scalar::Text(text)) => go_quoted(text),
        Content::List(items) => {
            let items: Vec<_> = items.iter().map(any).collect();
            format!("[{}]", items.join(","))
        }
        Content::Map(entries) => {
            let pairs = entries.iter().map(|entry| (&entry.key, any(&entry.value)));
            let sorted: BTreeMap<_, _> = pairs.collect();
            let pairs: Vec<_> = sorted
                .iter()
                .map(|(key, value)| format!("{}:{value}", go_quoted(key)))
                .collect();
            format!("{{{}}}", pairs.join(","))
        }
    }
}

fn print(member: &Member) -> String {
    let [kind, value] = member.texts.each_ref().map(|text| go_quoted(text));
    let Member {
        flag, number, any, ..
    } = member;
    let optional = member
        .optional
        .as_ref()
        .map_or("null".to_owned(), |text| go_quoted(text));
    let list = member.list.as_ref().map_or("null".to_owned(), |items| {
        let items: Vec<_> = items.iter().map(|item| go_quoted(item)).collect();
        format!("[{}]", items.join(","))
    });
    format!(
        "{{\"type\":{kind},\"value\":{value},\"b\":{flag},\"n\":{number},\"p\":{optional},\"any\":{any},\"l\":{list}}}"
    )
}
