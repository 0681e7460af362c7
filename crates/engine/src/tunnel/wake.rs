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
            if (self.clock)() - before_ms > LATE_MS {
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use tokio::time::{Instant, timeout};

    use super::*;

    static SLEPT_MS: AtomicI64 = AtomicI64::new(0);
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();

    /// The clock of a computer: it goes on while the computer sleeps, and its timers do not.
    fn clock() -> i64 {
        let running = BEGUN.get_or_init(Instant::now).elapsed();
        i64::try_from(running.as_millis()).unwrap() + SLEPT_MS.load(Ordering::Relaxed)
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleep_is_noticed_when_the_computer_wakes() {
        let relay = "http://127.0.0.1:9".parse().unwrap();
        let wake = Wake::new(&relay, clock);
        let awake = timeout(Duration::from_secs(600), wake.woken()).await;
        assert!(awake.is_err(), "nothing happened");
        let mut woken = std::pin::pin!(wake.woken());
        assert!(
            timeout(Duration::from_secs(10), woken.as_mut())
                .await
                .is_err()
        );
        SLEPT_MS.store(3_600_000, Ordering::Relaxed);
        let noticed = timeout(2 * LOOK_EVERY, woken).await;
        assert!(noticed.is_ok(), "it woke");
    }
}
