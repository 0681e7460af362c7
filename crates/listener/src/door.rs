//! Where connections come from. Start at [`Door`].

use std::{future, io, net::SocketAddr};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};

/// Something that connections come in by, for [`serve`](fn@crate::serve).
pub trait Door: Send + Sync + 'static {
    /// A connection that was accepted and has not said anything yet.
    type Guest: Send + 'static;
    /// The connection when requests can be read from it.
    type Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static;

    /// Waits for the next connection; the address is its other end.
    ///
    /// Loses no connection when it is dropped before it is ready.
    fn accept(&self) -> impl Future<Output = io::Result<(Self::Guest, SocketAddr)>> + Send;

    /// Agrees with `guest` on what is spoken, which may take as long as the guest likes.
    fn welcome(
        &self,
        guest: Self::Guest,
    ) -> impl Future<Output = io::Result<Self::Stream>> + Send + 'static;

    /// Writes `answer` to a connection that there is no room for, if it can be done at once; whether
    /// it was.
    fn turn_away(&self, guest: &Self::Guest, answer: &[u8]) -> bool;
}

impl Door for TcpListener {
    type Guest = TcpStream;
    type Stream = TcpStream;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.accept().await
    }

    fn welcome(
        &self,
        guest: TcpStream,
    ) -> impl Future<Output = io::Result<TcpStream>> + Send + 'static {
        // Without this each answer waits for the acknowledgement of the packet before it.
        future::ready(guest.set_nodelay(true).map(|()| guest))
    }

    fn turn_away(&self, guest: &TcpStream, answer: &[u8]) -> bool {
        guest.try_write(answer).is_ok()
    }
}
