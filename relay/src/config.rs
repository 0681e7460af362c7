//! What the owner of a relay may set, and its file. Start at [`Config`]; the program puts its flags
//! over it.

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};
use wire::connect::RelayUrl;

/// Where a relay keeps its database when nothing else is said.
pub const DATA: &str = "/var/lib/tenterhook-relay";
/// Where certificates are asked for when nothing else is said: Let's Encrypt, the real one.
const DIRECTORY: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// Everything that a relay is started with. Read from TOML, what is left out has its default, which
/// the README shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where senders and desktops connect. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder of its database.
    pub data: PathBuf,
    /// The address that senders use, when it is not the one listened on, or with ACME the first
    /// domain; `https` where TLS is on.
    #[serde(deserialize_with = "relay_url")]
    pub public_url: Option<RelayUrl>,
    /// The file of the certificate and those above it, PEM; with [`tls_key`](Self::tls_key).
    pub tls_certificate: Option<PathBuf>,
    /// The file of its key, PEM.
    pub tls_key: Option<PathBuf>,
    /// The names to get a certificate for by ACME; none for no ACME.
    pub acme_domains: Vec<String>,
    /// The mail address that the authority writes to.
    pub acme_contact: Option<String>,
    /// The authority's ACME directory.
    pub acme_directory: String,
    /// The file of the roots that vouch for the directory, PEM, in the place of the public ones.
    pub acme_ca_file: Option<PathBuf>,
    /// The largest body taken; a larger one is answered 413.
    pub body_limit_bytes: u64,
    /// Bytes of bodies that may be coming in at one time, all together; then senders are answered
    /// 503. At least one body of the largest size has room.
    pub bodies_bytes: u64,
    /// Captures that may wait for one device; then senders are answered 503.
    pub queue_captures: u64,
    /// Bytes that may wait for one device; then senders are answered 503.
    pub queue_bytes: u64,
    /// Connections at once.
    pub connections: usize,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Bytes that may wait for all devices together; then senders are answered 507.
    pub relay_bytes: u64,
    /// Days that a capture waits for its desktop; then it is removed, which the log says.
    pub keep_days: u32,
    /// Requests a second from one address, bursts of ten times as many aside; 0 for no limit. The
    /// addresses of this machine have none.
    pub address_rate: u32,
    /// Requests a second to one endpoint, bursts of ten times as many aside; 0 for no limit.
    pub endpoint_rate: u32,
    /// Where the relay's own health and figures are read; nowhere when absent.
    pub admin: Option<SocketAddr>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            // Every address of the machine.
            listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
            data: DATA.into(),
            public_url: None,
            tls_certificate: None,
            tls_key: None,
            acme_domains: Vec::new(),
            acme_contact: None,
            acme_directory: DIRECTORY.to_owned(),
            acme_ca_file: None,
            // GitHub and GitLab send at most 25 MB; a little more for those that come near.
            body_limit_bytes: 32 << 20,
            bodies_bytes: 256 << 20,
            queue_captures: 100_000,
            queue_bytes: 2 << 30,
            connections: 10_240,
            trusted_proxies: Vec::new(),
            relay_bytes: 20 << 30,
            keep_days: 30,
            address_rate: 200,
            endpoint_rate: 0,
            admin: None,
        }
    }
}

impl Config {
    /// A relay on `listen` that keeps its queue in `data`, all else as it comes.
    #[must_use]
    pub fn new(listen: SocketAddr, data: PathBuf) -> Self {
        Self {
            listen,
            data,
            ..Self::default()
        }
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is no TOML, or says what this version does not know; the error shows the line.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

fn relay_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<RelayUrl>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(D::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_line_is_named() {
        let error = Config::parse("body_limit_bytes = 10\nqueue_captuers = 5\n").unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("line 2") && text.contains("queue_captuers"),
            "{text}"
        );
    }

    /// The README shows each default: what it says is what is so.
    #[test]
    fn the_readme_shows_the_defaults() {
        let readme = include_str!("../../README.md");
        let block = readme
            .split("```toml\n")
            .nth(1)
            .unwrap()
            .split("```")
            .next()
            .unwrap();
        let (shown, usual) = (Config::parse(block).unwrap(), Config::default());
        let usual = format!("{usual:#?}");
        assert_eq!(format!("{shown:#?}"), usual);
        // The fields stand one step to the right, what is in them further.
        let fields = usual.lines().filter_map(|line| {
            let field = line.strip_prefix("    ")?.split_once(": ")?.0;
            (!field.starts_with(' ')).then_some(field)
        });
        for field in fields {
            assert!(block.contains(&format!("{field} = ")), "{field}");
        }
    }

    #[test]
    fn what_is_left_out_stays_as_it_was() {
        let file = Config::parse("queue_captures = 5").unwrap();
        assert_eq!((file.queue_captures, file.connections), (5, 10_240));
    }
}
