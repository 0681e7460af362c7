//! How often one address may send, and how often one endpoint is sent to. Bursts of ten times the
//! rate pass, for senders come in bursts.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use webhook::capture::EndpointId;

/// The limits of a relay.
#[derive(Debug)]
pub(crate) struct Rates {
    addresses: Option<DefaultKeyedRateLimiter<IpAddr>>,
    endpoints: Option<DefaultKeyedRateLimiter<EndpointId>>,
}

impl Rates {
    /// Limits of so many requests a second; 0 is no limit.
    pub(crate) fn new(address_rate: u32, endpoint_rate: u32) -> Self {
        Self {
            addresses: quota(address_rate).map(RateLimiter::keyed),
            endpoints: quota(endpoint_rate).map(RateLimiter::keyed),
        }
    }

    /// Whether a request from `peer` to `endpoint` may pass now. The addresses of this machine, a
    /// proxy's or a test's, have no limit.
    pub(crate) fn allow(&self, peer: Option<IpAddr>, endpoint: &EndpointId) -> bool {
        let peer = peer.map(whose).filter(|peer| !peer.is_loopback());
        let by_address = self.addresses.as_ref().zip(peer);
        by_address.is_none_or(|(limiter, peer)| limiter.check_key(&peer).is_ok())
            && self
                .endpoints
                .as_ref()
                .is_none_or(|limiter| limiter.check_key(endpoint).is_ok())
    }

    /// Forgets those who have not sent for a while.
    pub(crate) fn tidy(&self) {
        if let Some(limiter) = &self.addresses {
            limiter.retain_recent();
        }
        if let Some(limiter) = &self.endpoints {
            limiter.retain_recent();
        }
    }
}

fn quota(rate: u32) -> Option<Quota> {
    let burst = NonZeroU32::new(rate.saturating_mul(10))?;
    Some(Quota::per_second(NonZeroU32::new(rate)?).allow_burst(burst))
}

/// Whom an address stands for: with IPv6 a customer has a /64 of them.
fn whose(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(six) if !six.is_loopback() => {
            let network = six.to_bits() & (u128::MAX << 64);
            Ipv6Addr::from_bits(network).into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_that_sends_too_much_does_not_slow_another() {
        let rates = Rates::new(1, 0);
        let endpoint = "a".parse().unwrap();
        let ip = |text: &str| text.parse().ok();
        let passed = (0..100)
            .filter(|_| rates.allow(ip("192.0.2.1"), &endpoint))
            .count();
        assert!((10..20).contains(&passed), "{passed}");
        assert!(rates.allow(ip("192.0.2.2"), &endpoint));
        assert!((0..100).all(|_| rates.allow(ip("127.0.0.1"), &endpoint)));
        let neighbours =
            (0..100).filter(|at| rates.allow(ip(&format!("2001:db8::{at}")), &endpoint));
        assert!((10..20).contains(&neighbours.count()));
    }

    #[test]
    fn without_a_rate_all_may_pass() {
        let rates = Rates::new(0, 0);
        let endpoint = "a".parse().unwrap();
        assert!((0..1_000).all(|_| rates.allow("192.0.2.1".parse().ok(), &endpoint)));
    }
}
