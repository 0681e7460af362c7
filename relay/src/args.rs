//! What may be typed behind `tenterhook-relay`, and how it makes a configuration together with the
//! file and the environment: the command line wins, then the environment, then the file.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use relay::{Config, DATA, File, LISTEN};
use wire::connect::RelayUrl;

/// A small relay that gives your desktop a public address for webhooks.
#[derive(Debug, Parser)]
#[command(name = "tenterhook-relay", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Take requests for the paired desktops and keep them, sealed, until they are fetched
    Serve(Serve),
    /// Print a connect string, with which one desktop may pair
    Invite(Invite),
    /// List the desktops that have paired
    Devices(Place),
    /// List the addresses that senders post to
    Endpoints(Place),
    /// Remove a desktop, its endpoints, and what waits for it
    Revoke(Revoke),
    /// Say whether the settings are right, and what they come to
    Check(Serve),
    /// Copy the database to a file while the relay goes on
    Backup(Backup),
    /// Ask the relay that runs with these settings whether it is well
    Health(Serve),
}

/// Where the relay's database is.
#[derive(Debug, Args)]
pub(crate) struct Place {
    /// The folder of the relay's database
    #[arg(long, value_name = "DIR", env = "TENTERHOOK_DATA", default_value = DATA)]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
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
    /// Where health and figures are read; not for the internet
    #[arg(long, value_name = "ADDR", env = "TENTERHOOK_ADMIN")]
    admin: Option<SocketAddr>,
    /// Proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8,fd00::/8`
    #[arg(
        long,
        value_name = "RANGES",
        env = "TENTERHOOK_TRUSTED_PROXIES",
        value_delimiter = ','
    )]
    trusted_proxies: Option<Vec<IpNet>>,
    /// Settings in TOML; what is given on the command line wins
    #[arg(long, value_name = "FILE", env = "TENTERHOOK_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Invite {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The address that senders and desktops use, such as `https://hooks.example.dev`
    #[arg(long, value_name = "URL", env = "TENTERHOOK_PUBLIC_URL")]
    pub(crate) public_url: RelayUrl,
    /// For how many hours it may be used
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    pub(crate) hours: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The device's id, as `devices` lists it
    pub(crate) device: String,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) place: Place,
    /// The file to write
    pub(crate) file: PathBuf,
}

impl Serve {
    /// What the relay is to be started with.
    pub(crate) fn config(self) -> anyhow::Result<Config> {
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
        file.admin = self.admin.or(file.admin);
        file.trusted_proxies = self.trusted_proxies.unwrap_or(file.trusted_proxies);
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
