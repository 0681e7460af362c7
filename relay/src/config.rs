//! What the owner of a relay may set. Start at [`Config`]; the file and the flags that fill it are
//! read in `file` and in the program.

use std::{net::SocketAddr, path::PathBuf};

use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de::Error};
use wire::connect::RelayUrl;

/// Where a relay listens when nothing else is said: on every address of the machine.
pub const LISTEN: &str = "0.0.0.0:8080";
/// Where a relay keeps its database when nothing else is said.
pub const DATA: &str = "/var/lib/tenterhook-relay";

/// Everything that a relay is started with.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where senders and desktops connect. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder of its database.
    pub data: PathBuf,
    /// The address that senders use, when it is not `http://` and the one listened on.
    pub public_url: Option<RelayUrl>,
    /// The largest body taken; a larger one is answered 413.
    pub body_limit_bytes: u64,
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

impl Config {
    /// A relay on `listen` that keeps its queue in `data`, all else as it comes.
    #[must_use]
    pub fn new(listen: SocketAddr, data: PathBuf) -> Self {
        File::default().into_config(listen, data)
    }
}

/// The configuration file, in TOML. What is left out has the value shown in the README.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    /// As [`Config::listen`].
    pub listen: Option<SocketAddr>,
    /// As [`Config::data`].
    pub data: Option<PathBuf>,
    /// As [`Config::public_url`].
    #[serde(deserialize_with = "relay_url")]
    pub public_url: Option<RelayUrl>,
    /// As [`Config::body_limit_bytes`].
    pub body_limit_bytes: u64,
    /// As [`Config::queue_captures`].
    pub queue_captures: u64,
    /// As [`Config::queue_bytes`].
    pub queue_bytes: u64,
    /// As [`Config::connections`].
    pub connections: usize,
    /// As [`Config::trusted_proxies`].
    pub trusted_proxies: Vec<IpNet>,
    /// As [`Config::relay_bytes`].
    pub relay_bytes: u64,
    /// As [`Config::keep_days`].
    pub keep_days: u32,
    /// As [`Config::address_rate`].
    pub address_rate: u32,
    /// As [`Config::endpoint_rate`].
    pub endpoint_rate: u32,
    /// As [`Config::admin`].
    pub admin: Option<SocketAddr>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            listen: None,
            data: None,
            public_url: None,
            // GitHub and GitLab send at most 25 MB; a little more for those that come near.
            body_limit_bytes: 32 << 20,
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

impl File {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// When it is no TOML, or says what this version does not know; the error shows the line.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Fills in the address and the folder that were found for it.
    #[must_use]
    pub fn into_config(self, listen: SocketAddr, data: PathBuf) -> Config {
        Config {
            listen,
            data,
            public_url: self.public_url,
            body_limit_bytes: self.body_limit_bytes,
            queue_captures: self.queue_captures,
            queue_bytes: self.queue_bytes,
            connections: self.connections,
            trusted_proxies: self.trusted_proxies,
            relay_bytes: self.relay_bytes,
            keep_days: self.keep_days,
            address_rate: self.address_rate,
            endpoint_rate: self.endpoint_rate,
            admin: self.admin,
        }
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
        let error = File::parse("body_limit_bytes = 10\nqueue_captuers = 5\n").unwrap_err();
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
        let (shown, usual) = (File::parse(block).unwrap(), File::default());
        let listen = shown.listen.unwrap();
        assert_eq!(listen.to_string(), LISTEN);
        let data = shown.data.clone().unwrap();
        assert_eq!(data.to_str(), Some(DATA));
        let (shown, usual) = (
            shown.into_config(listen, data.clone()),
            usual.into_config(listen, data),
        );
        assert_eq!(format!("{shown:?}"), format!("{usual:?}"));
        for field in [
            "public_url",
            "body_limit_bytes",
            "queue_captures",
            "queue_bytes",
            "connections",
            "trusted_proxies",
            "relay_bytes",
            "keep_days",
            "address_rate",
            "endpoint_rate",
            "admin",
        ] {
            assert!(block.contains(field), "{field}");
        }
    }

    #[test]
    fn what_is_left_out_stays_as_it_was() {
        let file = File::parse("queue_captures = 5").unwrap();
        assert_eq!((file.queue_captures, file.connections), (5, 10_240));
    }
}
