//! Where captures are passed on to: an address of this computer, or another that its owner has
//! confirmed. Names are resolved once for each connection, and what they resolve to is judged.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use url::Url;

/// An address that captures are passed on to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    /// Its owner has confirmed that it may be another computer's.
    is_remote_allowed: bool,
}

/// Why something is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// It is no URL of HTTP.
    #[error("`{text}` is not an address to forward to: write one like http://localhost:3000/hook")]
    NotHttp {
        /// What was written.
        text: String,
    },
    /// It names a user or a fragment, which no request carries.
    #[error("an address to forward to has no user name, password or fragment")]
    TooMuch,
    /// It is another computer's, and its owner has not confirmed that.
    #[error(
        "{host} is not this computer: everything that senders post would go there; if that is \
         meant, allow it with --allow-remote"
    )]
    Remote {
        /// The name.
        host: String,
    },
    /// It is an address at which no application answers but a network's or a cloud's own services.
    #[error("{address} is never forwarded to: it is {what}")]
    Refused {
        /// The address.
        address: IpAddr,
        /// What it is.
        what: &'static str,
    },
    /// Its name has no address.
    #[error("cannot find `{host}`: {reason}")]
    Name {
        /// The name.
        host: String,
        /// What the system says.
        reason: String,
    },
}

impl Target {
    /// Reads what a person wrote: a URL, or `localhost:3000`, `:3000`, `3000`, each with a path.
    ///
    /// # Errors
    /// When it is no address of HTTP, or is written as another computer's and `allow_remote` is
    /// not set. A name is judged only when it is resolved.
    pub fn parse(text: &str, allow_remote: bool) -> Result<Self, TargetError> {
        let wrong = || TargetError::NotHttp {
            text: text.chars().take(200).collect(),
        };
        let trimmed = text.trim();
        let whole = if trimmed.contains("://") {
            trimmed.to_owned()
        } else if trimmed.starts_with(|c: char| c.is_ascii_digit())
            && trimmed
                .split('/')
                .next()
                .is_some_and(|port| port.parse::<u16>().is_ok())
        {
            format!("http://localhost:{trimmed}")
        } else if trimmed.starts_with(':') {
            format!("http://localhost{trimmed}")
        } else {
            format!("http://{trimmed}")
        };
        let url = Url::parse(&whole).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none_or(str::is_empty) {
            return Err(wrong());
        }
        if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
            return Err(TargetError::TooMuch);
        }
        let target = Self {
            url,
            is_remote_allowed: allow_remote,
        };
        if let Some(address) = target.literal() {
            target.judge(address)?;
        } else if !allow_remote && !target.is_localhost() {
            return Err(target.remote());
        }
        Ok(target)
    }

    /// The URL.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Whether its owner has confirmed that it may be another computer's.
    #[must_use]
    pub const fn is_remote_allowed(&self) -> bool {
        self.is_remote_allowed
    }

    /// Name and port as a `Host` line says them.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.authority()
    }

    /// Resolves the name, once; the answer is where to connect, in the order of the system.
    ///
    /// # Errors
    /// When there is no address, or one of them is none to forward to.
    pub(crate) async fn addresses(&self) -> Result<Vec<SocketAddr>, TargetError> {
        let port = self.url.port_or_known_default().unwrap_or(80);
        if let Some(address) = self.literal() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let host = self.url.host_str().unwrap_or_default();
        let unknown = |reason: String| TargetError::Name {
            host: host.to_owned(),
            reason,
        };
        // What is called so is this computer (RFC 6761), whatever a resolver says.
        if self.is_localhost() {
            let both = [
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(Ipv6Addr::LOCALHOST),
            ];
            return Ok(both.map(|ip| SocketAddr::new(ip, port)).to_vec());
        }
        let found = tokio::net::lookup_host((host, port)).await;
        let found: Vec<_> = found.map_err(|error| unknown(error.to_string()))?.collect();
        if found.is_empty() {
            return Err(unknown("it has no address".to_owned()));
        }
        for address in &found {
            self.judge(address.ip())?;
        }
        Ok(found)
    }

    fn literal(&self) -> Option<IpAddr> {
        match self.url.host()? {
            url::Host::Ipv4(ip) => Some(ip.into()),
            url::Host::Ipv6(ip) => Some(ip.into()),
            url::Host::Domain(_) => None,
        }
    }

    fn is_localhost(&self) -> bool {
        let host = self
            .url
            .host_str()
            .unwrap_or_default()
            .trim_end_matches('.');
        host == "localhost" || host.ends_with(".localhost")
    }

    fn judge(&self, address: IpAddr) -> Result<(), TargetError> {
        if let Some(what) = refused(address) {
            return Err(TargetError::Refused { address, what });
        }
        if !inner(address).is_loopback() && !self.is_remote_allowed {
            return Err(self.remote());
        }
        Ok(())
    }

    fn remote(&self) -> TargetError {
        let host = self.url.host_str().unwrap_or_default().to_owned();
        TargetError::Remote { host }
    }
}

/// The address that `address` leads to: IPv6 has several ways to write an IPv4 one.
fn inner(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else {
        return address;
    };
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match [a, b, c, d, e, f] {
        // Mapped (RFC 4291), translated (RFC 2765), the well-known prefix of NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0xffff] | [0, 0, 0, 0, 0xffff, 0] | [0x64, 0xff9b, 0, 0, 0, 0] => v4(g, h),
        // 6to4 (RFC 3056).
        [0x2002, high, low, ..] => v4(high, low),
        // Compatible (RFC 4291), but for `::` and `::1`.
        [0, 0, 0, 0, 0, 0] if g != 0 => v4(g, h),
        _ => address,
    }
}

/// What an address is that is never forwarded to.
fn refused(address: IpAddr) -> Option<&'static str> {
    let inner = inner(address);
    if inner.is_unspecified() {
        return Some("no address of anybody's");
    }
    if inner.is_multicast() {
        return Some("a group of computers");
    }
    match inner {
        IpAddr::V4(v4) if v4.is_broadcast() || v4.octets()[0] == 0 => {
            Some("no address of one computer")
        }
        IpAddr::V4(v4) if v4.is_link_local() => Some("link-local, where clouds keep credentials"),
        // Alibaba's and Oracle's metadata services.
        IpAddr::V4(v4) if [[100, 100, 100, 200], [192, 0, 0, 192]].contains(&v4.octets()) => {
            Some("where clouds keep credentials")
        }
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("link-local"),
        // AWS' metadata service, fd00:ec2::254.
        IpAddr::V6(v6) if v6.segments()[..2] == [0xfd00, 0x0ec2] => {
            Some("where clouds keep credentials")
        }
        IpAddr::V4(_) | IpAddr::V6(_) => None,
    }
}

/// Ways to write an address that shall not be reached, most of which other checks let through.
#[cfg(test)]
pub(crate) mod tricks {
    /// Never, even where its owner allows other computers.
    pub(crate) const REFUSED: [&str; 25] = [
        "http://169.254.169.254/latest/meta-data/",
        "http://169.254.169.254.:80/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "http://0xa9.0xfe.0xa9.0xfe/",
        "http://0251.0376.0251.0376/",
        "http://169.16689662/",
        "http://[::ffff:169.254.169.254]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
        "http://[::169.254.169.254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:a9fe:a9fe::]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://100.100.100.200/",
        "http://192.0.0.192/",
        "http://0.0.0.0:3000/",
        "http://0/",
        "http://0.0.0.1/",
        "http://[::]:3000/",
        "http://[::ffff:0.0.0.0]/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[ff02::1]/",
    ];
    /// Not unless its owner allows other computers.
    pub(crate) const REMOTE: [&str; 20] = [
        "http://192.168.1.5:3000",
        "http://10.0.0.1",
        "http://172.16.0.1",
        "http://8.8.8.8",
        "http://134744072",
        "http://0x08080808",
        "http://010.0.0.1",
        "http://[2001:db8::1]",
        "http://[::ffff:8.8.8.8]",
        "http://[64:ff9b::808:808]",
        "http://[2002:808:808::]",
        "http://[fd12::1]",
        "http://example.com",
        "http://localhost.example.com",
        "http://localhost@example.com",
        "http://notlocalhost",
        "http://127.0.0.1.nip.io",
        "http://example.com#localhost",
        "http://example.com\\@localhost",
        "http://ⓔxample.com",
    ];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_a_name_or_a_url_will_do() {
        for (text, want) in [
            ("3000", "http://localhost:3000/"),
            ("3000/gh", "http://localhost:3000/gh"),
            (":4242/a?b=c", "http://localhost:4242/a?b=c"),
            ("localhost:3000/gh", "http://localhost:3000/gh"),
            ("127.0.0.1:8080", "http://127.0.0.1:8080/"),
            ("https://app.localhost/x", "https://app.localhost/x"),
            ("http://[::1]:9", "http://[::1]:9/"),
        ] {
            assert_eq!(Target::parse(text, false).unwrap().url().as_str(), want);
        }
        for text in [
            "",
            "ftp://localhost",
            "http://",
            "a b",
            "file:///etc/passwd",
        ] {
            assert!(Target::parse(text, true).is_err(), "{text}");
        }
        for text in ["http://a:b@localhost", "http://localhost/#x"] {
            assert_eq!(Target::parse(text, true), Err(TargetError::TooMuch));
        }
    }

    #[tokio::test]
    async fn no_spelling_leads_to_another_computer_or_to_credentials() {
        for text in tricks::REFUSED {
            // Even where its owner allows other computers.
            let parsed = Target::parse(text, true);
            assert!(
                matches!(parsed, Err(TargetError::Refused { .. })),
                "{text}: {parsed:?}"
            );
        }
        for text in tricks::REMOTE {
            assert!(Target::parse(text, false).is_err(), "{text}");
        }
        for text in [
            "http://127.1",
            "http://0x7f000001:8",
            "http://[::ffff:127.0.0.1]",
            "LOCALHOST:1",
        ] {
            let target = Target::parse(text, false).unwrap();
            let found = target.addresses().await.unwrap();
            assert!(found.iter().all(|a| inner(a.ip()).is_loopback()), "{text}");
        }
    }
}
