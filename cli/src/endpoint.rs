//! `tenterhook endpoint`: the addresses that senders post to.

use anyhow::Context;
use engine::{EndpointSettings, Engine, Secret, Target, USUAL_DEADLINE_MS, view::Source};
use serde_json::json;
use webhook::escape;

use crate::{
    args::{EndpointCommand, Set},
    print,
};

pub(crate) async fn run(engine: &Engine, command: EndpointCommand) -> anyhow::Result<()> {
    match command {
        EndpointCommand::New {
            name,
            address,
            json,
        } => new(engine, name, address, json).await,
        EndpointCommand::Ls { json } => list(engine, json).await,
        EndpointCommand::Set(args) => set(engine, args).await,
        EndpointCommand::Rotate { endpoint, json } => {
            let token = engine.rotate_endpoint(&endpoint).await?;
            let token = token.as_ref().map_or("", Secret::reveal);
            let told = json!({ "token": token }).to_string();
            Ok(print::line(if json { &told } else { token })?)
        }
        EndpointCommand::Rm { endpoint } => {
            engine.remove_endpoint(&endpoint).await?;
            print::note("removed; undo it with: tenterhook endpoint restore");
            Ok(())
        }
        EndpointCommand::Restore { endpoint, json } => {
            let restored = engine.restore_endpoint(&endpoint).await?;
            let told = serde_json::to_string(&restored)?;
            Ok(print::line(if json { &told } else { &restored.url })?)
        }
    }
}

async fn new(
    engine: &Engine,
    name: Option<String>,
    address: Option<String>,
    json: bool,
) -> anyhow::Result<()> {
    let (endpoint, token) = engine.new_endpoint(name, address).await?;
    let token = token.as_ref().map(Secret::reveal);
    if json {
        let made = json!({
            "id": endpoint.id, "name": endpoint.name, "url": endpoint.url, "token": token,
        });
        print::line(&made.to_string())?;
    } else {
        print::line(&format!("url    {}", endpoint.url))?;
        print::line(&format!("token  {}", token.unwrap_or("(kept)")))?;
        print::line(&format!("try    {}", engine::try_line(&endpoint.url)))?;
    }
    Ok(())
}

async fn list(engine: &Engine, json: bool) -> anyhow::Result<()> {
    for endpoint in engine.endpoints().await? {
        if endpoint.source == Source::Local {
            continue;
        }
        let text = if json {
            serde_json::to_string(&endpoint)?
        } else {
            let name = escape::for_display(endpoint.name.as_bytes()).0;
            format!("{name}  {}  {} captures", endpoint.url, endpoint.captures)
        };
        print::line(&text)?;
    }
    Ok(())
}

async fn set(engine: &Engine, args: Set) -> anyhow::Result<()> {
    let endpoint = args.endpoint.clone();
    let is_compact = args.json;
    if let Some(urls) = &args.forward {
        let targets = match &urls[..] {
            [none] if none == "none" => Vec::new(),
            urls => urls
                .iter()
                .map(|url| Target::parse(url, args.allow_remote))
                .collect::<Result<_, _>>()?,
        };
        engine.set_forwards(&endpoint, &targets).await?;
    }
    let mut shown = serde_json::Map::new();
    if endpoint != "local" {
        let before = engine.endpoint_settings(&endpoint).await?;
        let settings = changed(before.clone(), args)?;
        if settings != before {
            engine.set_endpoint(&endpoint, &settings).await?;
        }
        shown = serde_json::from_value(serde_json::to_value(settings)?)?;
    }
    let forwards = engine.forwards(&endpoint).await?;
    let targets = forwards.into_iter().map(|one| one.target.into()).collect();
    shown.insert("forward".to_owned(), serde_json::Value::Array(targets));
    let text = if is_compact {
        serde_json::to_string(&shown)?
    } else {
        serde_json::to_string_pretty(&shown)?
    };
    Ok(print::line(&text)?)
}

/// The settings with what `args` names put in.
fn changed(mut settings: EndpointSettings, args: Set) -> anyhow::Result<EndpointSettings> {
    let list = |all: Vec<String>| if all == ["any"] { Vec::new() } else { all };
    let answer = &mut settings.answer;
    answer.status = args.answer_status.unwrap_or(answer.status);
    answer.delay_ms = args.answer_delay.unwrap_or(answer.delay_ms);
    if let Some(body) = args.answer_body {
        answer.body = body;
    }
    if let Some(headers) = args.answer_header {
        answer.headers = if headers == ["none"] {
            Vec::new()
        } else {
            fields(&headers)?
        };
    }
    settings.is_paused = args.paused.unwrap_or(settings.is_paused);
    settings.requires_token = args.require_token.unwrap_or(settings.requires_token);
    settings.methods = args.methods.map_or(settings.methods, list);
    settings.allow_from = args.allow_from.map_or(settings.allow_from, list);
    if let Some(bytes) = args.body_limit {
        settings.body_limit_bytes = (bytes > 0).then_some(bytes);
    }
    settings.allows_cors = args.cors.unwrap_or(settings.allows_cors);
    settings.deadline_ms = match (args.deadline, args.forward) {
        (Some(0), _) => None,
        (Some(ms), _) => Some(ms),
        // Who names an application wants its answer, and who takes it away has none.
        (None, Some(urls)) if urls == ["none"] => None,
        (None, Some(_)) => settings.deadline_ms.or(Some(USUAL_DEADLINE_MS)),
        (None, None) => settings.deadline_ms,
    };
    Ok(settings)
}

fn fields(lines: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let field = |line: &String| {
        let (name, value) = line.split_once(':').with_context(|| {
            format!("`{line}` is not a header: write it like `Content-Type: text/xml`")
        })?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    lines.iter().map(field).collect()
}
