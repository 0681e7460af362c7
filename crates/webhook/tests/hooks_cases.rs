//! Cases that the original hooks server answered itself, asked of the rules without a server: is the
//! hook triggered, what is answered, what is run with which arguments, environment and files.
//!
//! They are read from `shared/conformance/hooks_cases.json` beside the checkout, when it is there.

use std::{fs, path::PathBuf, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use webhook::rules::{
    command::CommandPlan,
    evaluate::{Context, Reply, methods_of},
    load::HooksFile,
    request::RequestView,
    response::{CommandEnd, Response},
    template::TemplateEnv,
};

/// What stands for the helper command, for the same with a space, and for the server's folder.
const PLACES: [(&str, &str); 3] = [
    ("{HOOKECHO_SPACE}", "/helper/hook echo"),
    ("{HOOKECHO}", "/helper/hookecho"),
    ("{DIR}", "/folder"),
];
const PEER: &str = "127.0.0.1:54321";

#[test]
fn each_case_is_answered_as_the_original_answered_it() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/conformance/hooks_cases.json");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let text = PLACES
        .iter()
        .fold(text, |text, (name, place)| text.replace(name, place));
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for case in cases.iter().filter(|case| is_pure(case)) {
        for text in hooks_texts(case) {
            asked += 1;
            if let Err(reason) = check(case, &text) {
                wrong.push(format!("{}: {reason}", case["name"]));
            }
        }
    }
    println!("asked {asked} times for {} cases", cases.len());
    assert!(asked > 0);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Steps, sockets and certificates are the server's.
fn is_pure(case: &Value) -> bool {
    case["steps"].is_null()
        && case["unix"].is_null()
        && case["scheme"].is_null()
        && case["request"]["sign"].is_null()
}

/// The file of a case as it is given, or its hooks as JSON with and without line ends.
fn hooks_texts(case: &Value) -> Vec<String> {
    if let Some(text) = case["hooks_file"]["text"].as_str() {
        return vec![text.to_owned()];
    }
    let hooks = match &case["hooks"] {
        Value::Null => json!([case["hook"]]),
        hooks => hooks.clone(),
    };
    vec![hooks.to_string(), format!("{hooks:#}")]
}

fn check(case: &Value, hooks: &str) -> Result<(), String> {
    let flags: Vec<_> = case["flags"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let environment = case["env"].clone();
    let env = TemplateEnv {
        getenv: Arc::new(move |name| environment[name].as_str().map(str::to_owned)),
        read: Arc::new(|_| None),
    };
    let file = HooksFile::load(
        hooks.as_bytes(),
        flags.contains(&"-template").then_some(&env),
    );
    let file = file.map_err(|error| error.to_string())?;
    let mut context = Context::new(0);
    for flag in &flags {
        if let Some(methods) = flag.strip_prefix("-http-methods=") {
            context.http_methods = methods_of(methods);
        }
    }
    let request = Request::of(&case["request"]);
    let expect = &case["expect"];
    let Some(hook) = file.find(&request.id) else {
        return same(
            "status",
            &json!(Response::hook_not_found().status),
            &expect["status"],
        );
    };
    let evaluation = hook.evaluate(&request.view(), &context);
    let ran = evaluation.command.as_ref().filter(|plan| exists(plan));
    let response = match evaluation.reply {
        Reply::Now(response) => response,
        Reply::AfterCommand(reply) => {
            let (end, output) = ran.map_or((CommandEnd::Failure, Vec::new()), echo);
            reply.response(end, output)
        }
    };
    same("status", &json!(response.status), &expect["status"])?;
    let body = String::from_utf8_lossy(&response.body);
    same("body", &json!(body), &expect["body"])?;
    for (name, value) in expect["headers"].as_object().into_iter().flatten() {
        let header = response
            .headers
            .iter()
            .find(|(set, _)| set.eq_ignore_ascii_case(name));
        same(name, &json!(header.map(|(_, value)| value)), value)?;
    }
    let command = &expect["command"];
    same("ran", &json!(ran.is_some()), &command["ran"])?;
    let Some(plan) = ran else { return Ok(()) };
    let argv: Vec<_> = plan.argv[1..]
        .iter()
        .map(|argument| String::from_utf8_lossy(argument))
        .collect();
    same("argv", &json!(argv), &command["argv"])?;
    let env = plan.env.iter().map(|(name, value)| {
        (
            String::from_utf8_lossy(name).into_owned(),
            json!(String::from_utf8_lossy(value)),
        )
    });
    same("env", &Value::Object(env.collect()), &command["env"])?;
    for (name, want) in command["files"].as_object().into_iter().flatten() {
        let file = plan.files.iter().find(|file| file.env_name == *name);
        same(
            name,
            &json!(file.map(|file| STANDARD.encode(&file.content))),
            &want["b64"],
        )?;
    }
    Ok(())
}

/// What a case does not tell is not asked.
fn same(what: &str, got: &Value, want: &Value) -> Result<(), String> {
    if want.is_null() || got == want {
        return Ok(());
    }
    Err(format!("{what} is {got} and should be {want}"))
}

/// The helper of the cases is there, under two names; with arguments behind it is another path.
fn exists(plan: &CommandPlan) -> bool {
    matches!(
        plan.program().as_str(),
        "/helper/hookecho" | "/helper/hook echo"
    )
}

/// What that helper prints, and how it ends.
fn echo(plan: &CommandPlan) -> (CommandEnd, Vec<u8>) {
    let mut out = Vec::new();
    let arguments = &plan.argv[1..];
    if !arguments.is_empty() {
        out.extend_from_slice(&[b"arg: ", arguments.join(&b' ').as_slice(), b"\n"].concat());
    }
    let entries: Vec<_> = plan
        .env
        .iter()
        .map(|(name, value)| [name, &b"="[..], value].concat())
        .collect();
    if !entries.is_empty() {
        out.extend_from_slice(&[b"env: ", entries.join(&b' ').as_slice(), b"\n"].concat());
    }
    let fails = arguments
        .first()
        .is_some_and(|first| first.starts_with(b"exit=") && first != b"exit=0");
    (
        if fails {
            CommandEnd::Failure
        } else {
            CommandEnd::Success
        },
        out,
    )
}

struct Request {
    method: String,
    id: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn of(request: &Value) -> Self {
        let target = request["path"].as_str().expect("a case asks for a path");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let id = path.strip_prefix("/hooks/").unwrap_or_default();
        let id = percent_encoding::percent_decode_str(id)
            .decode_utf8_lossy()
            .into_owned();
        let pair = |pair: &Value| {
            (
                pair[0].as_str().expect("a header has a name").to_owned(),
                pair[1].as_str().expect("a header has a value").to_owned(),
            )
        };
        let mut headers: Vec<_> = request["headers"]
            .as_array()
            .into_iter()
            .flatten()
            .map(pair)
            .collect();
        if let Some(content_type) = request["content_type"].as_str() {
            headers.push(("Content-Type".to_owned(), content_type.to_owned()));
        }
        let body = match request["body_b64"].as_str() {
            Some(text) => STANDARD.decode(text).expect("a body is Base64"),
            None => request["body"]
                .as_str()
                .unwrap_or_default()
                .as_bytes()
                .to_vec(),
        };
        Self {
            method: request["method"].as_str().unwrap_or("POST").to_owned(),
            id,
            query: query.to_owned(),
            headers,
            body,
        }
    }

    fn view(&self) -> RequestView<'_> {
        RequestView {
            method: self.method.as_bytes(),
            query: self.query.as_bytes(),
            headers: self
                .headers
                .iter()
                .map(|(name, value)| (name.as_bytes(), value.as_bytes()))
                .collect(),
            body: &self.body,
            remote_addr: PEER.to_owned(),
        }
    }
}
