//! `tenterhook listen`: live lines. The engine says that something came; what it was is read from
//! the history, so that nothing is missed however slowly the output is read.

use engine::{
    Engine, ReceiveAt, Target,
    view::{Event, LineState, Source},
};
use serde_json::json;
use tokio::sync::broadcast::error::RecvError;

use crate::{args::Listen, print};

/// Captures read from the history at once.
const PAGE: usize = 64;

pub(crate) async fn run(engine: &Engine, args: &Listen) -> anyhow::Result<()> {
    if let Some(url) = &args.forward {
        engine.forward_everything(Target::parse(url, args.allow_remote)?);
    }
    let mut events = engine.subscribe();
    let mut shown = engine.newest().await?;
    let receive = args
        .receiver
        .map_or(ReceiveAt::Settings, ReceiveAt::Address);
    let receiver = engine
        .start(receive)
        .await?
        .map(|address| format!("http://{address}"));
    if args.json {
        print::line(&json!({ "ready": true, "receiver": receiver }).to_string())?;
    } else {
        greet(engine).await?;
    }
    let result = tokio::select! {
        result = follow(engine, &mut events, &mut shown, args.json) => result,
        () = asked_to_stop() => Ok(()),
    };
    engine.stop().await;
    // What came in while it stopped is shown too.
    result.and(show_new(engine, &mut shown, args.json).await)
}

async fn follow(
    engine: &Engine,
    events: &mut tokio::sync::broadcast::Receiver<Event>,
    shown: &mut i64,
    json: bool,
) -> anyhow::Result<()> {
    let (mut said, from) = (None, *shown);
    loop {
        match events.recv().await {
            Ok(Event::Captured { .. }) | Err(RecvError::Lagged(_)) => {
                show_new(engine, shown, json).await?;
            }
            Ok(Event::Status { status }) => {
                let now = line_state(&status.line);
                let failed = status.probe.and_then(|probe| probe.failed);
                let now = failed.map_or(now, |failed| format!("probe failed: {}", failed.reason));
                // The same again is no news.
                if said.as_ref() != Some(&now) {
                    print::note(&now);
                }
                said = Some(now);
            }
            Ok(Event::Delivered { captures }) if !json => {
                show_deliveries(engine, &captures).await?;
            }
            Ok(Event::Verified { captures }) if !json => {
                show_verdicts(engine, &captures, from).await?;
            }
            Ok(_) => {}
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

async fn show_new(engine: &Engine, shown: &mut i64, json: bool) -> anyhow::Result<()> {
    loop {
        let page = engine.records_after(*shown, PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        for (seq, record) in page {
            let text = if json {
                serde_json::to_string(&record)?
            } else {
                print::summary(&record)
            };
            print::line(&text)?;
            *shown = seq;
        }
    }
}

/// What came of passing captures on.
async fn show_deliveries(engine: &Engine, captures: &[String]) -> anyhow::Result<()> {
    for id in captures {
        if let Some(delivery) = engine.deliveries(id).await?.first() {
            print::note(&print::delivery(id, delivery));
        }
    }
    Ok(())
}

/// What the signatures of captures proved, of those that were shown since this began.
async fn show_verdicts(engine: &Engine, captures: &[String], from: i64) -> anyhow::Result<()> {
    for id in captures {
        let row = engine.detail(id).await?.row;
        if row.seq > from && row.verdict.is_some() {
            print::note(&format!("  {}  {id}", print::verdict(row.verdict.as_ref())));
        }
    }
    Ok(())
}

/// Where senders may post, and a line to try.
async fn greet(engine: &Engine) -> anyhow::Result<()> {
    let endpoints = engine.endpoints().await?;
    for endpoint in endpoints.iter().filter(|endpoint| !endpoint.url.is_empty()) {
        let is_local = endpoint.source == Source::Local;
        let whose = if is_local {
            "on this computer"
        } else {
            "public"
        };
        print::note(&format!("{}  {}  ({whose})", endpoint.name, endpoint.url));
    }
    let own = endpoints.iter().filter(|endpoint| !endpoint.url.is_empty());
    if let Some(one) = own.max_by_key(|endpoint| endpoint.source == Source::Relay) {
        print::note(&format!("try: {}", engine::try_line(&one.url)));
    }
    for notice in engine.status().await?.notices {
        print::note(&notice.message);
    }
    Ok(())
}

/// The line to the relay in words.
pub(crate) fn line_state(line: &LineState) -> String {
    match line {
        LineState::Unpaired => "not paired with a relay".to_owned(),
        LineState::Connecting => "connecting to the relay".to_owned(),
        LineState::Connected { .. } => "connected to the relay".to_owned(),
        LineState::Waiting { reason, .. } => {
            format!("no line to the relay, trying again: {reason}")
        }
        LineState::Stopped { reason } => format!("no line to the relay: {reason}"),
        LineState::Elsewhere => {
            "another Tenterhook on this computer holds the line; its captures are shown here too"
                .to_owned()
        }
        LineState::Paused => "the line to the relay is paused; captures wait there".to_owned(),
    }
}

#[cfg(unix)]
async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(not(unix))]
async fn asked_to_stop() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}
