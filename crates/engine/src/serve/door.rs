//! Where senders connect: an address, a Unix socket, or a socket that the service manager opened.
//! Start at [`Door::open`].

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
};

use axum::Router;
use listener::Limits;
use listenfd::ListenFd;
use tokio::net::{TcpListener, TcpSocket, lookup_host};
use tokio_util::sync::CancellationToken;

#[cfg(unix)]
use crate::serve::unix::UnixDoor;
use crate::serve::{
    options::{Options, Place},
    tls::{Secured, TlsError, TlsOptions},
};

/// Connections that may wait to be accepted, as many as Go lets wait.
const WAITING: u32 = 4096;

/// An open door.
pub(super) struct Door {
    kind: Kind,
    /// As people read it.
    shown: String,
    tls: Option<tokio_rustls::TlsAcceptor>,
}

enum Kind {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixDoor),
}

/// Why nobody can connect.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The address cannot be had.
    #[error("error listening on port: listen tcp {address}: {source}")]
    Port {
        /// The address.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// The socket cannot be had.
    #[error("error listening on socket: listen unix {}: {source}", path.display())]
    Socket {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The service manager handed over what cannot be listened on.
    #[error("error listening on socket: {0}")]
    Handed(String),
}

impl Door {
    pub(super) async fn open(options: &Options) -> Result<Self, DoorError> {
        let (kind, shown) = match handed()? {
            Some(kind) => (kind, "{systemd}".to_owned()),
            None => Kind::open(&options.place).await?,
        };
        let tls = None;
        Ok(Self { kind, shown, tls })
    }

    /// Encrypts what comes in from now on, if it is to be encrypted.
    pub(super) fn secured(mut self, options: Option<&TlsOptions>) -> Result<Self, TlsError> {
        self.tls = options.map(TlsOptions::acceptor).transpose()?;
        Ok(self)
    }

    /// How the server is reached, for people.
    pub(super) fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.shown)
    }

    /// Whether senders have no address.
    pub(super) const fn is_local(&self) -> bool {
        match self.kind {
            Kind::Tcp(_) => false,
            #[cfg(unix)]
            Kind::Unix(_) => true,
        }
    }

    /// Answers what comes in; see [`listener::serve`].
    pub(super) async fn serve(self, router: Router, limits: Limits, stop: CancellationToken) {
        match (self.kind, self.tls) {
            (Kind::Tcp(door), None) => listener::serve(door, router, limits, stop).await,
            (Kind::Tcp(door), Some(tls)) => {
                listener::serve(Secured::new(door, tls), router, limits, stop).await;
            }
            #[cfg(unix)]
            (Kind::Unix(door), None) => listener::serve(door, router, limits, stop).await,
            #[cfg(unix)]
            (Kind::Unix(door), Some(tls)) => {
                listener::serve(Secured::new(door, tls), router, limits, stop).await;
            }
        }
    }
}

impl Kind {
    async fn open(place: &Place) -> Result<(Self, String), DoorError> {
        match place {
            Place::Tcp { host, port } => {
                let address = format!("{host}:{port}");
                match bind(host, *port).await {
                    Ok(door) => {
                        // Where it is, for one that was told to take any free port.
                        let port = door.local_addr().map_or(*port, |address| address.port());
                        Ok((Self::Tcp(door), format!("{host}:{port}")))
                    }
                    Err(source) => Err(DoorError::Port { address, source }),
                }
            }
            #[cfg(unix)]
            Place::Unix(path) => match UnixDoor::bind(path) {
                Ok(door) => Ok((Self::Unix(door), format!("{{unix:{}}}", path.display()))),
                Err(source) => Err(DoorError::Socket {
                    path: path.clone(),
                    source,
                }),
            },
            #[cfg(not(unix))]
            Place::Unix(path) => Err(DoorError::Socket {
                path: path.clone(),
                source: io::ErrorKind::Unsupported.into(),
            }),
        }
    }
}

/// Listens at an address. One that stands for all of IPv4 stands for all there is, as in Go.
async fn bind(host: &str, port: u16) -> io::Result<TcpListener> {
    let host = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    if matches!(host, "" | "0.0.0.0" | "::") {
        return match listen(SocketAddr::from((Ipv6Addr::UNSPECIFIED, port))) {
            Err(error) if error.kind() != io::ErrorKind::AddrInUse => {
                listen(SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)))
            }
            listens => listens,
        };
    }
    let mut refused = io::ErrorKind::AddrNotAvailable.into();
    for address in lookup_host((host, port)).await? {
        match listen(address) {
            Ok(door) => return Ok(door),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Windows this would let another program take the port.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

/// The one socket that the service manager has opened, if it has.
fn handed() -> Result<Option<Kind>, DoorError> {
    let mut sockets = ListenFd::from_env();
    match sockets.len() {
        0 => return Ok(None),
        1 => {}
        count => {
            return Err(DoorError::Handed(format!(
                "received {count} sockets from systemd, but only 1 is supported"
            )));
        }
    }
    let refused = |error: io::Error| {
        DoorError::Handed(format!("unable to receive listeners from systemd: {error}"))
    };
    if let Ok(Some(door)) = sockets.take_tcp_listener(0) {
        door.set_nonblocking(true).map_err(refused)?;
        return Ok(Some(Kind::Tcp(
            TcpListener::from_std(door).map_err(refused)?,
        )));
    }
    #[cfg(unix)]
    if let Some(door) = sockets.take_unix_listener(0).map_err(refused)? {
        return Ok(Some(Kind::Unix(UnixDoor::handed(door).map_err(refused)?)));
    }
    Err(refused(io::Error::other("it is no socket to listen on")))
}
