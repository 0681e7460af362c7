//! The signals that a server of hooks listens to.

use std::io;

/// What a signal asks for; its name is for the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// To read the hooks files again.
    Reload(&'static str),
    /// To end.
    End(&'static str),
}

impl std::fmt::Display for Signal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reload(name) => write!(f, "{name} signal"),
            Self::End(name) => write!(f, "{name} signal; exiting"),
        }
    }
}

#[cfg(unix)]
pub(super) use unix::Signals;

#[cfg(unix)]
mod unix {
    use tokio::signal::unix::{self, SignalKind};

    use super::{Signal, io};

    pub(in crate::serve) struct Signals {
        hangup: unix::Signal,
        user: unix::Signal,
        terminate: unix::Signal,
        interrupt: unix::Signal,
    }

    impl Signals {
        pub(in crate::serve) fn new() -> io::Result<Self> {
            Ok(Self {
                hangup: unix::signal(SignalKind::hangup())?,
                user: unix::signal(SignalKind::user_defined1())?,
                terminate: unix::signal(SignalKind::terminate())?,
                interrupt: unix::signal(SignalKind::interrupt())?,
            })
        }

        pub(in crate::serve) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.hangup.recv() => Signal::Reload("HUP"),
                _ = self.user.recv() => Signal::Reload("USR1"),
                _ = self.terminate.recv() => Signal::End("terminated"),
                _ = self.interrupt.recv() => Signal::End("interrupt"),
            }
        }
    }
}

/// Elsewhere there is Ctrl-C alone.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::End("interrupt"),
            Err(_) => std::future::pending().await,
        }
    }
}
