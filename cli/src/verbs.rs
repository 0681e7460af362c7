//! The verbs that do one thing and end.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use engine::{
    Engine,
    view::{HistorySizes, Record, Status},
};
use webhook::escape;

use crate::{args::Show, history, listen, measure, print, prune::bytes};

/// Free bytes of the history's file from which on it is said how they come back.
const WORTH_COMPACTING: u64 = 1_000_000;

pub(crate) async fn pair(engine: &Engine, connect: &str) -> anyhow::Result<()> {
    engine.pair(connect, &engine::computer_name()).await?;
    let Status { relay, notices, .. } = engine.status().await?;
    print::note(&format!("paired with {}", relay.unwrap_or_default()));
    for notice in notices {
        print::note(&notice.message);
    }
    print::note("now make an address for senders: tenterhook endpoint new");
    Ok(())
}

pub(crate) async fn status(engine: &Engine, json: bool) -> anyhow::Result<()> {
    let status = engine.status().await?;
    let history = engine.history().await?;
    if json {
        let mut told = serde_json::to_value(&status)?;
        told["data"] = engine.data().display().to_string().into();
        told["sizes"] = serde_json::to_value(history.sizes)?;
        told["retention"] = serde_json::to_value(history.retention)?;
        print::line(&told.to_string())?;
        return Ok(());
    }
    print::line(&format!("data      {}", engine.data().display()))?;
    print::line(&format!(
        "relay     {}",
        status.relay.as_deref().unwrap_or("not paired")
    ))?;
    if status.relay.is_some() {
        print::line(&format!("line      {}", listen::line_state(&status.line)))?;
    }
    if let Some(probe) = &status.probe {
        print::line(&format!(
            "probe     {}",
            print::probe(probe, engine.now_ms())
        ))?;
    }
    if let Some(receiver) = &status.receiver {
        print::line(&format!("receiver  {receiver}"))?;
    }
    let HistorySizes {
        pinned,
        oldest_at_ms,
        free_bytes,
        ..
    } = history.sizes;
    let oldest = oldest_at_ms.map(|at_ms| format!("the oldest of {}", measure::day(at_ms)));
    let pinned = (pinned > 0).then(|| format!("{} pinned", measure::number(pinned)));
    let count = measure::number(status.captures);
    let captures: Vec<_> = [Some(count), oldest, pinned]
        .into_iter()
        .flatten()
        .collect();
    print::line(&format!("captures  {}", captures.join(", ")))?;
    let free = if free_bytes >= WORTH_COMPACTING {
        format!(
            ", {} of it free: tenterhook history compact",
            bytes(free_bytes)
        )
    } else {
        String::new()
    };
    print::line(&format!("on disk   {}{free}", bytes(status.disk_bytes)))?;
    if !history.retention.is_off() {
        print::line(&format!("kept      {}", history::kept(&history.retention)))?;
    }
    for notice in status.notices {
        print::line(&format!("note      {}", notice.message))?;
    }
    Ok(())
}

pub(crate) async fn show(engine: &Engine, args: &Show) -> anyhow::Result<()> {
    let id = engine.find(&args.id).await?.to_string();
    if args.deliveries {
        let deliveries = engine.deliveries(&id).await?;
        if args.json {
            return Ok(print::line(&serde_json::to_string(&deliveries)?)?);
        }
        for delivery in &deliveries {
            print::line(&print::delivery(&id, delivery))?;
        }
        return Ok(());
    }
    let record = engine.record(&id).await?;
    if args.json {
        print::line(&serde_json::to_string(&record)?)?;
        return Ok(());
    }
    let (head, body) = parts(&record)?;
    if args.raw {
        print::bytes(&head)?;
        print::bytes(&body)?;
        return Ok(());
    }
    let came = format!(
        "{}  {}  {}",
        record.received_at,
        record.endpoint,
        print::size(body.len())
    );
    print::note(&[came, record.flaws.join(" ")].join("  "));
    print::bytes(
        escape::for_terminal_text(&head)
            .0
            .replace('\r', "")
            .as_bytes(),
    )?;
    print::line(&escape::for_terminal_text(&body).0)?;
    Ok(())
}

fn parts(record: &Record) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
    Ok((
        BASE64_STANDARD.decode(&record.head_b64)?,
        BASE64_STANDARD.decode(&record.body_b64)?,
    ))
}
