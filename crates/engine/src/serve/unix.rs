//! A Unix socket as a door.

use std::{
    fs,
    future::{self, Future},
    io,
    net::{Ipv4Addr, SocketAddr},
    os::unix::net::UnixListener as StdListener,
    path::{Path, PathBuf},
};

use tokio::net::{UnixListener, UnixStream};

/// Who comes by a Unix socket has no address. This stands for none.
const NOBODY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

/// A Unix socket that is listened on. Its file is removed when this is dropped.
#[derive(Debug)]
pub(super) struct UnixDoor {
    listener: UnixListener,
    file: Option<PathBuf>,
}

impl UnixDoor {
    /// Listens on a new socket at `path`. One whose name begins with `@` is in no folder.
    pub(super) fn bind(path: &Path) -> io::Result<Self> {
        let name = path.as_os_str().as_encoded_bytes();
        if let Some(name) = name.strip_prefix(b"@") {
            return Self::take(abstract_listener(name)?, None);
        }
        Self::take(StdListener::bind(path)?, Some(path.to_owned()))
    }

    /// Listens on a socket that somebody else has made, and will remove.
    pub(super) fn handed(listener: StdListener) -> io::Result<Self> {
        Self::take(listener, None)
    }

    fn take(listener: StdListener, file: Option<PathBuf>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = UnixListener::from_std(listener)?;
        Ok(Self { listener, file })
    }
}

#[cfg(target_os = "linux")]
fn abstract_listener(name: &[u8]) -> io::Result<StdListener> {
    use std::os::{linux::net::SocketAddrExt, unix::net::SocketAddr};

    StdListener::bind_addr(&SocketAddr::from_abstract_name(name)?)
}

#[cfg(not(target_os = "linux"))]
fn abstract_listener(_: &[u8]) -> io::Result<StdListener> {
    Err(io::ErrorKind::Unsupported.into())
}

impl Drop for UnixDoor {
    fn drop(&mut self) {
        if let Some(file) = &self.file
            && let Err(error) = fs::remove_file(file)
        {
            tracing::debug!("{} could not be removed: {error}", file.display());
        }
    }
}

impl listener::Door for UnixDoor {
    type Guest = UnixStream;
    type Stream = UnixStream;

    async fn accept(&self) -> io::Result<(UnixStream, SocketAddr)> {
        let (stream, _) = self.listener.accept().await?;
        Ok((stream, NOBODY))
    }

    fn welcome(
        &self,
        guest: UnixStream,
    ) -> impl Future<Output = io::Result<UnixStream>> + Send + 'static {
        future::ready(Ok(guest))
    }

    fn turn_away(&self, guest: &UnixStream, answer: &[u8]) -> bool {
        guest.try_write(answer).is_ok()
    }
}
