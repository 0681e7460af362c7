//! `tenterhook secret`: the secrets that senders sign with. A value is never an argument, for others
//! can read those.

use std::io::{self, BufRead, IsTerminal};

use anyhow::Context;
use engine::{Engine, NewSecret, Secret, view::SecretView};
use webhook::escape;

use crate::{args::SecretCommand, print};

pub(crate) async fn run(engine: &Engine, command: SecretCommand) -> anyhow::Result<()> {
    match command {
        SecretCommand::Add {
            endpoint,
            scheme,
            name,
            header,
            generate,
        } => {
            let value = if generate { None } else { Some(asked()?) };
            let new = NewSecret {
                name,
                scheme,
                header,
            };
            let (made, value) = engine.add_signing_secret(&endpoint, new, value).await?;
            print::note(&format!("added `{}`", shown(&made.name)));
            for notice in engine.status().await?.notices {
                print::note(&notice.message);
            }
            // Given out once, for the sender's page.
            value.map_or(Ok(()), |value| Ok(print::line(value.reveal())?))
        }
        SecretCommand::Ls { endpoint, json } => list(engine, endpoint, json).await,
        SecretCommand::Retire {
            endpoint,
            name,
            undo,
        } => Ok(engine
            .retire_signing_secret(&endpoint, &name, !undo)
            .await?),
        SecretCommand::Rm { endpoint, name } => {
            Ok(engine.remove_signing_secret(&endpoint, &name).await?)
        }
    }
}

async fn list(engine: &Engine, endpoint: Option<String>, json: bool) -> anyhow::Result<()> {
    let endpoints = match endpoint {
        Some(endpoint) => vec![(endpoint.clone(), endpoint)],
        None => {
            let all = engine.endpoints().await?;
            all.into_iter().map(|one| (one.id, one.name)).collect()
        }
    };
    for (id, endpoint) in endpoints {
        for secret in engine.signing_secrets(&id).await? {
            let text = if json {
                let mut line = serde_json::to_value(&secret)?;
                line["endpoint"] = id.as_str().into();
                line.to_string()
            } else {
                line(&endpoint, &secret)
            };
            print::line(&text)?;
        }
    }
    Ok(())
}

fn line(endpoint: &str, secret: &SecretView) -> String {
    let scheme = secret.scheme.as_ref();
    let scheme = scheme.map_or("whoever is recognised", |scheme| &scheme.title);
    let header = secret
        .header
        .as_deref()
        .map(|header| format!(" in {header}"));
    let state = if secret.is_old { "  old" } else { "" };
    let (endpoint, name) = (shown(endpoint), shown(&secret.name));
    format!(
        "{endpoint}  {name}  {scheme}{}{state}",
        shown(&header.unwrap_or_default())
    )
}

fn shown(text: &str) -> String {
    escape::for_display(text.as_bytes()).0
}

/// A secret that is typed without being seen, or else the first line of the standard input.
///
/// # Errors
/// When there is none.
pub(crate) fn asked() -> anyhow::Result<Secret> {
    if io::stdin().is_terminal() {
        let typed = rpassword::prompt_password("secret: ").context("no secret was typed")?;
        return Ok(Secret::new(typed));
    }
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .context("the standard input is no text")?;
    let value = line.trim_end_matches(['\r', '\n']).to_owned();
    Ok(Secret::new(value))
}
