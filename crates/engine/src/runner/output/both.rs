//! Two streams read as one, whichever has something, until both have ended.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

#[derive(Debug)]
pub(super) struct Both<A, B> {
    one: Option<A>,
    other: Option<B>,
}

impl<A, B> Both<A, B> {
    pub(super) const fn new(one: A, other: B) -> Self {
        Self {
            one: Some(one),
            other: Some(other),
        }
    }
}

impl<A: AsyncRead + Unpin, B: AsyncRead + Unpin> AsyncRead for Both<A, B> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let one = poll_part(&mut this.one, cx, buf);
        if buf.filled().len() > before {
            return one;
        }
        let other = poll_part(&mut this.other, cx, buf);
        match (one, other) {
            (_, other) if buf.filled().len() > before => other,
            (Poll::Ready(one), Poll::Ready(other)) => Poll::Ready(one.and(other)),
            _ => Poll::Pending,
        }
    }
}

/// Ready without a byte when the part has ended, which is then forgotten.
fn poll_part<P: AsyncRead + Unpin>(
    part: &mut Option<P>,
    cx: &mut Context<'_>,
    buf: &mut ReadBuf<'_>,
) -> Poll<io::Result<()>> {
    let Some(stream) = part else {
        return Poll::Ready(Ok(()));
    };
    let before = buf.filled().len();
    let polled = Pin::new(stream).poll_read(cx, buf);
    if polled.is_ready() && buf.filled().len() == before {
        *part = None;
    }
    polled
}
