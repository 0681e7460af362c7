//! The verbs beside `serve`: each one call, and what it prints.

use std::{
    io::{self, IsTerminal, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::Context;
use qrcode::{QrCode, render::unicode::Dense1x2};
use relay::Admin;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use webhook::escape;

use crate::args::{Backup, Invite, Place, Revoke, Serve};

/// A relay that takes longer to say that it is well is not.
const HEALTH_WITHIN: Duration = Duration::from_secs(5);

pub(crate) async fn invite(args: Invite, now_ms: i64) -> anyhow::Result<()> {
    let valid_ms = i64::from(args.hours) * 3_600_000;
    let admin = Admin::open(&args.place.data)?;
    let connect = admin
        .invite(args.public_url, now_ms, valid_ms)
        .await?
        .to_string();
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
    let mut out = io::stdout().lock();
    writeln!(out, "listen            {}", config.listen)?;
    writeln!(out, "data              {}", config.data.display())?;
    let url = config
        .public_url
        .as_ref()
        .map_or_else(|| "none named".to_owned(), ToString::to_string);
    writeln!(out, "public URL        {url}")?;
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

pub(crate) async fn health(args: Serve) -> anyhow::Result<()> {
    let at = args.config()?.admin;
    let mut at = at.context("health is read nowhere: the relay has no --admin address")?;
    // Listening everywhere, it listens on loopback.
    match at.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => at.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => at.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let answer = timeout(HEALTH_WITHIN, ask_health(at))
        .await
        .map_err(io::Error::from)
        .flatten()
        .with_context(|| format!("the relay does not answer at {at}"))?;
    let status = answer.lines().next().unwrap_or_default();
    anyhow::ensure!(
        status.starts_with("HTTP/1.1 200 "),
        "the relay is not well: `{status}`"
    );
    writeln!(io::stdout(), "ok")?;
    Ok(())
}

/// The first bytes of the answer, enough for its status.
async fn ask_health(at: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(at).await?;
    let request = b"GET /healthz HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await?;
    let mut answer = Vec::new();
    stream.take(1024).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
