//! What may be typed behind `tenterhook-relay`, and how it makes a configuration together with the
//! file and the environment: the command line wins, then the environment, then the file.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use ipnet::IpNet;
use relay::{Config, DATA};
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
    /// Do TLS with this certificate and those above it (PEM); a renewed one is taken up by itself
    #[arg(long, value_name = "FILE", env = "TENTERHOOK_TLS_CERTIFICATE")]
    tls_certificate: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, value_name = "FILE", env = "TENTERHOOK_TLS_KEY")]
    tls_key: Option<PathBuf>,
    /// Do TLS with a certificate for these names, got and renewed by ACME; the authority has to
    /// reach the relay on port 443 of each
    #[arg(
        long = "acme-domain",
        value_name = "NAME",
        env = "TENTERHOOK_ACME_DOMAINS",
        value_delimiter = ','
    )]
    acme_domains: Vec<String>,
    /// The mail address that the authority writes to
    #[arg(long, value_name = "ADDRESS", env = "TENTERHOOK_ACME_CONTACT")]
    acme_contact: Option<String>,
    /// The authority's ACME directory; Let's Encrypt when absent
    #[arg(long, value_name = "URL", env = "TENTERHOOK_ACME_DIRECTORY")]
    acme_directory: Option<String>,
    /// The roots that vouch for the directory (PEM), in the place of the public ones
    #[arg(long, value_name = "FILE", env = "TENTERHOOK_ACME_CA_FILE")]
    acme_ca_file: Option<PathBuf>,
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
    /// Have the desktop accept the key of this certificate and no other, whoever signed it
    #[arg(long, requires = "tls_certificate")]
    pub(crate) pin: bool,
    /// The certificate that `--pin` means (PEM)
    #[arg(long, value_name = "FILE", env = "TENTERHOOK_TLS_CERTIFICATE")]
    pub(crate) tls_certificate: Option<PathBuf>,
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
        let mut config = match &self.config {
            None => Config::default(),
            Some(path) => {
                let shown = path.display();
                let text = std::fs::read_to_string(path)
                    .with_context(|| format!("cannot read the settings file {shown}"))?;
                Config::parse(&text)
                    .with_context(|| format!("the settings file {shown} is wrong"))?
            }
        };
        put(self.listen, &mut config.listen);
        put(self.data, &mut config.data);
        put(self.public_url.map(Some), &mut config.public_url);
        put(self.tls_certificate.map(Some), &mut config.tls_certificate);
        put(self.tls_key.map(Some), &mut config.tls_key);
        let domains = (!self.acme_domains.is_empty()).then_some(self.acme_domains);
        put(domains, &mut config.acme_domains);
        put(self.acme_contact.map(Some), &mut config.acme_contact);
        put(self.acme_directory, &mut config.acme_directory);
        put(self.acme_ca_file.map(Some), &mut config.acme_ca_file);
        put(self.admin.map(Some), &mut config.admin);
        put(self.trusted_proxies, &mut config.trusted_proxies);
        put(self.body_limit, &mut config.body_limit_bytes);
        Ok(config)
    }
}

/// Puts what was typed, if anything was, in the place of what stood there.
fn put<T>(typed: Option<T>, setting: &mut T) {
    if let Some(typed) = typed {
        *setting = typed;
    }
}
