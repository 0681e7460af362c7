//! `tenterhook-relay`: reads what it was started with, runs the relay until it is asked to stop.

use std::{
    io::Write,
    net::SocketAddr,
    path::PathBuf,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use relay::{Config, DATA, File, LISTEN, Relay};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;
use wire::connect::RelayUrl;

/// A small relay that gives your desktop a public address for webhooks.
#[derive(Debug, Parser)]
#[command(name = "tenterhook-relay", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take requests for the paired desktops and keep them, sealed, until they are fetched.
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Serve {
    /// Where senders and desktops connect; port 0 takes a free one
    #[arg(long, value_name = "ADDR", env = "TENTERHOOK_LISTEN")]
    listen: Option<SocketAddr>,
    /// The folder of the relay's database
    #[arg(long, value_name = "DIR", env = "TENTERHOOK_DATA")]
    data: Option<PathBuf>,
    /// The address that senders use, such as `https://hooks.example.dev`
    #[arg(long, value_name = "URL", env = "TENTERHOOK_PUBLIC_URL")]
    public_url: Option<RelayUrl>,
    /// The largest body taken, in bytes
    #[arg(long, value_name = "BYTES", env = "TENTERHOOK_BODY_LIMIT")]
    body_limit: Option<u64>,
    /// Settings in TOML; what is given on the command line wins
    #[arg(long, value_name = "FILE", env = "TENTERHOOK_CONFIG")]
    config: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let Command::Serve(serve) = Cli::parse().command;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    let config = serve.config()?;
    tokio::runtime::Runtime::new()?.block_on(run(config))
}

impl Serve {
    fn config(self) -> anyhow::Result<Config> {
        let mut file = match &self.config {
            None => File::default(),
            Some(path) => {
                let shown = path.display();
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the settings file {shown}"))?;
                File::parse(&text).with_context(|| format!("the settings file {shown} is wrong"))?
            }
        };
        file.body_limit_bytes = self.body_limit.unwrap_or(file.body_limit_bytes);
        file.public_url = self.public_url.or(file.public_url);
        let listen = self
            .listen
            .or(file.listen)
            .map_or_else(|| LISTEN.parse(), Ok)?;
        let data = self
            .data
            .or_else(|| file.data.take())
            .unwrap_or_else(|| DATA.into());
        Ok(file.into_config(listen, data))
    }
}

async fn run(config: Config) -> anyhow::Result<()> {
    let mut ended = signal(SignalKind::terminate())?;
    let relay = Relay::start(config, now_ms).await?;
    let ready = serde_json::json!({
        "ready": true,
        "url": relay.public_url().to_string(),
        "connect": relay.invite().await?.to_string(),
    });
    // Whoever started the relay may have closed its output; it serves all the same.
    let _ = writeln!(std::io::stdout(), "{ready}");
    tokio::select! {
        _ = ended.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    relay.stop().await;
    Ok(())
}

/// The program's clock; all below takes the time from here.
#[expect(
    clippy::disallowed_methods,
    reason = "a program reads the clock, here and nowhere else"
)]
fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
