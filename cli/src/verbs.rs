//! The verbs that do one thing and end.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use engine::{
    Engine,
    view::{Record, Status},
};
use webhook::escape;

use crate::{args::Show, listen, print};

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
    if json {
        print::line(&serde_json::to_string(&status)?)?;
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
    print::line(&format!("captures  {}", status.captures))?;
    let bytes = usize::try_from(status.disk_bytes).unwrap_or(usize::MAX);
    print::line(&format!("on disk   {}", print::size(bytes)))?;
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
