//! Addresses and ranges as Go's `net` reads them, and the question of an `ip-whitelist`.

use std::net::{IpAddr, Ipv6Addr};

/// Why it cannot be said whether an address is listed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    /// The sender has no IP address.
    #[error("invalid IP address found in remote address '{0}'")]
    Sender(String),
    /// A range is none.
    #[error("invalid CIDR address: {0}")]
    Range(String),
}

/// Whether the address in `remote_addr` (`ip:port`) is in one of `ranges`, spaces between them.
///
/// A range without a length is taken as `/32`, which for IPv6 is a large part of the Internet: so it
/// was, and so files rely on it.
///
/// # Errors
/// When the address is none, or a range is unreadable before one that fits.
pub(crate) fn is_listed(remote_addr: &str, ranges: &str) -> Result<bool, AddressError> {
    let trimmed = |text: &str| text.trim_matches([' ', '[', ']']).to_owned();
    let mut text = trimmed(remote_addr);
    if let Some((before, _)) = text.rsplit_once(':') {
        text = trimmed(before);
    }
    let address: IpAddr = text
        .parse()
        .map_err(|_| AddressError::Sender(remote_addr.to_owned()))?;
    for range in ranges.split_whitespace() {
        let range = if range.contains('/') {
            range.to_owned()
        } else {
            format!("{range}/32")
        };
        let network = Network::parse(&range).ok_or(AddressError::Range(range))?;
        if network.contains(address.to_canonical()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A range: its address and mask in as many bits as its family has.
struct Network {
    address: IpAddr,
    length: u32,
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let is_plain = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let address: IpAddr = address.parse().ok()?;
        let length: u32 = length.parse().ok().filter(|_| is_plain)?;
        match address {
            IpAddr::V4(_) => (length <= 32).then_some(Self { address, length }),
            IpAddr::V6(v6) if length <= 128 => Some(Self::unwrap(v6, length)),
            IpAddr::V6(_) => None,
        }
    }

    /// A range of wrapped IPv4 addresses is one of IPv4 addresses, once its mask leaves them whole.
    fn unwrap(address: Ipv6Addr, length: u32) -> Self {
        let masked = Ipv6Addr::from_bits(mask_bits(address.to_bits(), length));
        match masked.to_ipv4_mapped() {
            Some(v4) if length >= 96 => Self {
                address: IpAddr::V4(v4),
                length: length - 96,
            },
            _ => Self {
                address: IpAddr::V6(masked),
                length,
            },
        }
    }

    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let wide = |bits: u32| mask_bits(u128::from(bits) << 96, self.length);
                wide(network.to_bits()) == wide(address.to_bits())
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let masked = |address: Ipv6Addr| mask_bits(address.to_bits(), self.length);
                masked(network) == masked(address)
            }
            _ => false,
        }
    }
}

const fn mask_bits(bits: u128, length: u32) -> u128 {
    if length == 0 {
        0
    } else {
        bits >> (128 - length) << (128 - length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(remote_addr: &str, ranges: &str, want: Result<bool, &str>) {
        let got = is_listed(remote_addr, ranges).map_err(|error| error.to_string());
        assert_eq!(
            got,
            want.map_err(str::to_owned),
            "{remote_addr} in {ranges}"
        );
    }

    #[test]
    fn addresses_are_found_in_ranges() {
        check("127.0.0.1:9", "10.0.0.0/8  127.0.0.1", Ok(true));
        check("127.0.0.1:9", "127.0.0.0/30\t::1", Ok(true));
        check("192.168.1.7:9", "192.168.0.0/24", Ok(false));
        check("[::1]:9", "::1", Ok(true));
        check("[0:1::]:9", "::1", Ok(false));
        check("[::2:3]:9", "::1", Ok(true));
        check("127.0.0.1:9", "::ffff:127.0.0.0/104", Ok(true));
        check("127.0.0.1:9", "0.0.0.0/0", Ok(true));
        check("127.0.0.1:9", "::/0", Ok(false));
        check("127.0.0.1:9", "", Ok(false));
    }

    #[test]
    fn an_unreadable_range_counts_when_it_is_reached() {
        check("127.0.0.1:9", "127.0.0.1 nonsense", Ok(true));
        check(
            "127.0.0.1:9",
            "nonsense 127.0.0.1",
            Err("invalid CIDR address: nonsense/32"),
        );
        check(
            "127.0.0.1:9",
            "10.0.0.1,127.0.0.1",
            Err("invalid CIDR address: 10.0.0.1,127.0.0.1/32"),
        );
        check(
            "127.0.0.1:9",
            "127.0.0.1/33",
            Err("invalid CIDR address: 127.0.0.1/33"),
        );
        check(
            "127.0.0.1:9",
            "127.0.0.01",
            Err("invalid CIDR address: 127.0.0.01/32"),
        );
        check(
            "127.0.0.1:9",
            "127.0.0.1/+8",
            Err("invalid CIDR address: 127.0.0.1/+8"),
        );
        check(
            "@",
            "127.0.0.1",
            Err("invalid IP address found in remote address '@'"),
        );
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(remote_addr in any::<String>(), ranges in "[0-9a-f:./, ]{0,40}") {
            let _ = (is_listed(&remote_addr, &ranges), is_listed("[::1]:1", &ranges));
        }
    }
}
