//! The verbs beside `serve`: each one call, and what it prints.

use std::io::{self, IsTerminal, Write};

use anyhow::ensure;
use qrcode::{QrCode, render::unicode::Dense1x2};
use relay::{Admin, Tls};
use webhook::escape;

use crate::args::{Backup, Invite, Place, Revoke, Serve};

pub(crate) async fn invite(args: Invite, now_ms: i64) -> anyhow::Result<()> {
    let valid_ms = i64::from(args.hours) * 3_600_000;
    let pinned = args.tls_certificate.filter(|_| args.pin);
    let pin = pinned.as_deref().map(relay::pin_of).transpose()?;
    let url = args.public_url;
    ensure!(
        pin.is_none() || url.is_encrypted(),
        "--pin needs a relay that does TLS, and {url} is no https address"
    );
    let admin = Admin::open(&args.place.data)?;
    let connect = admin.invite(url, pin, now_ms, valid_ms).await?.to_string();
    writeln!(io::stdout(), "{connect}")?;
    show_to_person(&connect);
    Ok(())
}

/// Shows a connect string once more as a picture that a camera reads, and says what to do with it,
/// where a person looks on.
pub(crate) fn show_to_person(connect: &str) {
    let mut screen = io::stderr();
    if !screen.is_terminal() {
        return;
    }
    let picture = QrCode::new(connect).map(|code| code.render::<Dense1x2>().build());
    // Where the screen has gone, nobody looks on.
    let _ = writeln!(
        screen,
        "{}\npair a desktop with it: paste it into the window, or\n  tenterhook pair '{connect}'",
        picture.unwrap_or_default()
    );
}

pub(crate) async fn devices(args: &Place) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for device in Admin::open(&args.data)?.devices().await? {
        let name = escape::for_display(device.name.as_bytes()).0;
        let paired = jiff::Timestamp::from_millisecond(device.paired_at_ms)?;
        let (id, endpoints, waiting) = (device.id, device.endpoints, device.waiting);
        writeln!(
            out,
            "{id}  {name}  paired {paired:.0}  {endpoints} endpoints  {waiting} waiting"
        )?;
    }
    Ok(())
}

pub(crate) async fn endpoints(args: &Place) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    for endpoint in Admin::open(&args.data)?.endpoints().await? {
        let name = escape::for_display(endpoint.name.as_bytes()).0;
        let deleted = if endpoint.is_deleted { "  deleted" } else { "" };
        writeln!(
            out,
            "{}  {name}  of {}{deleted}",
            endpoint.id, endpoint.device
        )?;
    }
    Ok(())
}

pub(crate) async fn revoke(args: &Revoke) -> anyhow::Result<()> {
    Admin::open(&args.place.data)?.revoke(&args.device).await?;
    writeln!(io::stdout(), "revoked {}", args.device)?;
    Ok(())
}

pub(crate) async fn backup(args: Backup) -> anyhow::Result<()> {
    let shown = args.file.display().to_string();
    Admin::open(&args.place.data)?.backup(args.file).await?;
    writeln!(io::stdout(), "copied to {shown}")?;
    Ok(())
}

pub(crate) fn check(args: Serve) -> anyhow::Result<()> {
    let config = args.config()?;
    let tls = Tls::of(&config)?;
    let mut out = io::stdout().lock();
    writeln!(out, "listen            {}", config.listen)?;
    writeln!(out, "data              {}", config.data.display())?;
    let url = config
        .public_url
        .as_ref()
        .map_or_else(|| "none named".to_owned(), ToString::to_string);
    writeln!(out, "public URL        {url}")?;
    let tls = tls.map_or_else(|| "none".to_owned(), |tls| tls.to_string());
    writeln!(out, "TLS               {tls}")?;
    writeln!(out, "largest body      {} bytes", config.body_limit_bytes)?;
    writeln!(
        out,
        "queue of a device {} captures, {} bytes",
        config.queue_captures, config.queue_bytes
    )?;
    writeln!(out, "connections       {}", config.connections)?;
    let admin = config
        .admin
        .map_or_else(|| "nowhere".to_owned(), |at| at.to_string());
    writeln!(out, "health            {admin}")?;
    let proxies: Vec<_> = config
        .trusted_proxies
        .iter()
        .map(ToString::to_string)
        .collect();
    let proxies = if proxies.is_empty() {
        "none".to_owned()
    } else {
        proxies.join(", ")
    };
    writeln!(out, "trusted proxies   {proxies}")?;
    Ok(())
}
