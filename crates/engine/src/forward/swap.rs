//! A connection on which hyper frames and parses while the heads go out, and come back, byte for
//! byte: each head that hyper writes is swallowed and ours goes in its place; the head of each
//! answer is kept as it came.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest head of an answer that is kept as it came.
const HEAD_BYTES: usize = 64 * 1024;

/// Wraps a connection.
#[derive(Debug)]
pub(crate) struct SwapIo<S> {
    inner: S,
    heads: Heads,
}

/// What is to be said on a connection, and what was answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Heads(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// Of our head, what is not written yet.
    to_write: Bytes,
    /// hyper's own head is being swallowed; its last bytes, to find its end.
    swallowing: Option<[u8; 4]>,
    /// The answer, until its head is whole.
    heard: BytesMut,
    is_heard: bool,
}

impl<S> SwapIo<S> {
    /// Wraps `inner`; the heads are set and taken by the other half.
    pub(crate) fn new(inner: S) -> (Self, Heads) {
        let heads = Heads::default();
        let own = heads.clone();
        (Self { inner, heads: own }, heads)
    }
}

impl Heads {
    /// Has `head` go out in place of the next one that hyper writes.
    pub(crate) fn arm(&self, head: Bytes) {
        *self.lock() = State {
            to_write: head,
            swallowing: Some([0; 4]),
            heard: BytesMut::new(),
            is_heard: false,
        };
    }

    /// The head of the answer as it came; none when it was too long or of an odd form.
    pub(crate) fn answered(&self) -> Option<Bytes> {
        let mut state = self.lock();
        state.is_heard = true;
        let heard = std::mem::take(&mut state.heard).freeze();
        final_head(&heard).map(|range| heard.slice(range))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the head of the final answer is in `heard`, behind those of the status class 1.
fn final_head(heard: &[u8]) -> Option<std::ops::Range<usize>> {
    let mut from = 0;
    loop {
        let rest = &heard[from..];
        let end = rest.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let is_interim = rest.get(9) == Some(&b'1');
        if !is_interim {
            return Some(from..from + end);
        }
        from += end;
    }
}

impl<S: AsyncWrite + Unpin> SwapIo<S> {
    fn write_head(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let waiting = self.heads.lock().to_write.clone();
            if waiting.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let written = ready!(Pin::new(&mut self.inner).poll_write(cx, &waiting))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.heads.lock().to_write.advance(written);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SwapIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.write_head(cx))?;
        let swallowed = {
            let mut state = self.heads.lock();
            match &mut state.swallowing {
                None => 0,
                Some(last) => {
                    let mut end = None;
                    for (at, byte) in bytes.iter().enumerate() {
                        *last = [last[1], last[2], last[3], *byte];
                        if last == b"\r\n\r\n" {
                            end = Some(at + 1);
                            break;
                        }
                    }
                    if end.is_some() {
                        state.swallowing = None;
                    }
                    end.unwrap_or(bytes.len())
                }
            }
        };
        if swallowed > 0 {
            return Poll::Ready(Ok(swallowed));
        }
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.write_head(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SwapIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, into))?;
        let mut state = self.heads.lock();
        let room = HEAD_BYTES.saturating_sub(state.heard.len());
        if !state.is_heard && room > 0 {
            let new = &into.filled()[before..];
            state.heard.extend_from_slice(&new[..new.len().min(room)]);
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn our_head_goes_out_whatever_way_the_other_is_cut() {
        let theirs = b"POST / HTTP/1.1\r\nhost: x\r\n\r\nbody\r\n\r\nmore";
        for cut in 1..theirs.len() {
            let (near, mut far) = tokio::io::duplex(7);
            let (mut io, heads) = SwapIo::new(near);
            heads.arm(Bytes::from_static(b"PoSt /y HTTP/1.1\r\nHOST:  y\r\n\r\n"));
            let write = async {
                for part in theirs.chunks(cut) {
                    io.write_all(part).await.unwrap();
                }
                io.flush().await.unwrap();
                drop(io);
            };
            let mut out = Vec::new();
            let (_, read) = tokio::join!(write, far.read_to_end(&mut out));
            read.unwrap();
            let want = b"PoSt /y HTTP/1.1\r\nHOST:  y\r\n\r\nbody\r\n\r\nmore";
            assert_eq!(out, want, "{cut}");
        }
    }

    #[tokio::test]
    async fn the_head_of_an_answer_is_kept_as_it_came_and_those_before_it_are_not() {
        let (near, mut far) = tokio::io::duplex(64);
        let (mut io, heads) = SwapIo::new(near);
        heads.arm(Bytes::new());
        let said =
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 Fine By Me\r\nX-a:1\r\nx-A: 2\r\n\r\nbody";
        let write = async {
            far.write_all(said).await.unwrap();
            drop(far);
        };
        let mut all = Vec::new();
        let (_, read) = tokio::join!(write, io.read_to_end(&mut all));
        read.unwrap();
        assert_eq!(all, said);
        let head = heads.answered().unwrap();
        assert_eq!(head, "HTTP/1.1 200 Fine By Me\r\nX-a:1\r\nx-A: 2\r\n\r\n");
    }
}
