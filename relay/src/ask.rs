//! The verb `health`: asks the relay that runs whether it is well, for a container without a shell
//! has nothing else to ask with.

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use anyhow::Context;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::args::Serve;

/// A relay that takes longer to say that it is well is not.
const HEALTH_WITHIN: Duration = Duration::from_secs(5);

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
