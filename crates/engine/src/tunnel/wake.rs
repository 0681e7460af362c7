//! Notices that the computer slept or changed its network: then an old connection is worth nothing,
//! whatever it looks like, and a new one is worth trying at once.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket},
    time::Duration,
};

use tokio::time::sleep;
use wire::connect::RelayUrl;

use crate::Clock;

/// How often a look is taken.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A look that comes this late was slept through.
const LATE_MS: i64 = 5_000;

/// A watch for sleep and for a change of the network.
pub(super) struct Wake {
    clock: Clock,
    /// Host and port of the relay.
    relay: Option<(String, u16)>,
}

impl Wake {
    pub(super) fn new(relay: &RelayUrl, clock: Clock) -> Self {
        let url = relay.tunnel_url();
        let host = url
            .host_str()
            .map(|host| host.trim_matches(['[', ']']).to_owned());
        Self {
            clock,
            relay: host.zip(url.port_or_known_default()),
        }
    }

    /// Returns when the computer woke, or when it reaches the relay from another address.
    pub(super) async fn woken(&self) {
        let from = self.own_address().await;
        loop {
            let before_ms = (self.clock)();
            sleep(LOOK_EVERY).await;
            if was_asleep(before_ms, (self.clock)()) {
                return;
            }
            let now = self.own_address().await;
            // No address at all is no reason to try; that it is there again is one.
            if now.is_some() && now != from {
                return;
            }
        }
    }

    /// The address that this computer would send from. Nothing is sent.
    async fn own_address(&self) -> Option<IpAddr> {
        let relay = self.relay.clone()?;
        tokio::task::spawn_blocking(move || {
            let to = relay.to_socket_addrs().ok()?.next()?;
            let any: IpAddr = match to {
                SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
                SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
            };
            let socket = UdpSocket::bind((any, 0)).ok()?;
            socket.connect(to).ok()?;
            Some(socket.local_addr().ok()?.ip())
        })
        .await
        .ok()?
    }
}

const fn was_asleep(before_ms: i64, now_ms: i64) -> bool {
    now_ms.saturating_sub(before_ms) > LATE_MS
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    static NOW_MS: AtomicI64 = AtomicI64::new(0);

    /// A clock that goes on by an hour whenever it is looked at twice.
    fn clock() -> i64 {
        NOW_MS.fetch_add(1_800_000, Ordering::Relaxed)
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_is_noticed_when_the_computer_wakes() {
        Wake::new(&"http://127.0.0.1:9".parse().unwrap(), clock)
            .woken()
            .await;
    }

    #[test]
    fn only_a_look_that_comes_late_was_slept_through() {
        assert!(!was_asleep(1_000, 2_000));
        assert!(!was_asleep(1_000, 900), "a clock that is set back");
        assert!(!was_asleep(1_000, 1_000 + LATE_MS));
        assert!(was_asleep(1_000, 1_001 + LATE_MS));
    }
}
