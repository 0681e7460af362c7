//! The stream between a socket and hyper. Each head is held back until it is whole and checked,
//! kept as it came, and only then handed on; bodies pass. It knows best what is being waited for,
//! so the time limits are here too. Start at [`Recorder`]'s `poll_read`.

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Buf, Bytes, BytesMut};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::OwnedSemaphorePermit,
    time::Instant,
};

use crate::{
    alarm::Alarm,
    follow::{Follower, Step},
    limits::Limits,
    refusal::Refusal,
    slot::Slot,
};

/// What hyper reads in place of a head that was refused, so that the refusal is answered in its
/// turn. The service finds the refusal in the [`Slot`] and never looks at this.
const STAND_IN: &[u8] = b"GET / HTTP/1.1\r\nhost: refused\r\n\r\n";
/// The same for a client that expects no body in the answer.
const STAND_IN_HEAD: &[u8] = b"HEAD / HTTP/1.1\r\nhost: refused\r\n\r\n";

/// After an answer that leaves a part of the request unread, the rest is read and dropped for so
/// long and so far: closed at once, the socket would be reset, and the client might lose the
/// answer (RFC 9112 section 9.6).
const LINGER: Duration = Duration::from_secs(30);
const LINGER_SILENCE: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 64 * 1024 * 1024;

/// A stream that records the heads of the requests that come over it.
pub(crate) struct Recorder<S> {
    stream: S,
    slot: Arc<Slot>,
    limits: Limits,
    follower: Follower,
    /// What has come and was not followed yet: the beginning of a head, mostly nothing.
    held: BytesMut,
    /// What hyper may read next.
    cleared: Bytes,
    /// Nothing more is handed to hyper: the client closed its side, or was refused.
    is_over: bool,
    has_client_closed: bool,
    read_alarm: Alarm,
    /// When the wait for the body began, and what has come of it since.
    body: Option<(Instant, u64)>,
    write_alarm: Alarm,
    linger: Option<(Instant, usize)>,
    /// Its place among the connections, kept for as long as the socket.
    _permit: OwnedSemaphorePermit,
}

impl<S> Recorder<S> {
    pub(crate) fn new(
        stream: S,
        slot: Arc<Slot>,
        limits: Limits,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        Self {
            stream,
            slot,
            limits,
            follower: Follower::new(&limits),
            held: BytesMut::new(),
            cleared: Bytes::new(),
            is_over: false,
            has_client_closed: false,
            read_alarm: Alarm::default(),
            body: None,
            write_alarm: Alarm::default(),
            linger: None,
            _permit: permit,
        }
    }

    /// Goes on by what is held; true when more must come first.
    fn advance(&mut self) -> io::Result<bool> {
        match self.follower.next(&mut self.held) {
            Ok(Step::More) => return Ok(true),
            Ok(Step::Body(part)) => self.cleared = part,
            Ok(Step::Head(head)) => {
                self.cleared = head.as_bytes().clone();
                self.body = None;
                self.read_alarm.clear();
                self.slot.put(Ok(head))?;
            }
            Err(refusal) => self.refuse(refusal)?,
        }
        if self.held.is_empty() {
            // Lets go of the memory, which the head or the part of a body shares.
            self.held = BytesMut::new();
        }
        Ok(false)
    }

    fn refuse(&mut self, refusal: Refusal) -> io::Result<()> {
        self.is_over = true;
        if self.follower.is_in_body() {
            return Err(refusal.into());
        }
        let is_head = self.held.starts_with(b"HEAD ");
        self.cleared = Bytes::from_static(if is_head { STAND_IN_HEAD } else { STAND_IN });
        self.slot.put(Err(refusal))
    }

    /// What a wait that lasted too long means.
    fn expire(&mut self) -> io::Result<()> {
        if self.follower.is_in_body() || !self.held.is_empty() {
            return self.refuse(Refusal::TooSlow);
        }
        self.is_over = true;
        Ok(())
    }

    /// When a wait for the client's next byte that begins now has lasted too long.
    fn due(&mut self) -> Instant {
        let (now, limits) = (Instant::now(), &self.limits);
        match (self.follower.is_in_body(), self.held.is_empty()) {
            (false, true) => now + limits.idle_timeout,
            (false, false) => now + limits.head_timeout,
            (true, _) => {
                let silence = now + limits.body_timeout;
                let (since, bytes) = *self.body.get_or_insert((now, 0));
                let needed_ms = (bytes * 1000).checked_div(limits.body_floor_bytes_per_s);
                needed_ms
                    .map(Duration::from_millis)
                    .map_or(silence, |needed| {
                        silence.min(since + limits.body_grace + needed)
                    })
            }
        }
    }

    /// Whether the client may still be sending what was not read.
    fn is_client_owed_a_reader(&self) -> bool {
        let is_unread = self.is_over || self.follower.is_in_body() || !self.held.is_empty();
        is_unread && !self.has_client_closed && !self.slot.is_upgraded()
    }
}

impl<S: AsyncRead + Unpin> Recorder<S> {
    /// Waits for the first head. Until it is there a connection needs no HTTP library, which would
    /// take sixteen kibibytes for each that is merely open. False when none will come.
    pub(crate) fn poll_begun(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut bytes = [const { MaybeUninit::uninit() }; 2 * 1024];
        let mut buf = ReadBuf::uninit(&mut bytes);
        while !self.cleared.has_remaining() && !self.is_over {
            if self.advance()? {
                buf.clear();
                ready!(self.poll_fill(cx, &mut buf))?;
            }
        }
        Poll::Ready(Ok(self.cleared.has_remaining()))
    }

    /// Reads on. Of a body the bytes stay in `buf`, and true is returned; those of a head go to
    /// `held`.
    fn poll_fill(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<bool>> {
        let before = buf.filled().len();
        if Pin::new(&mut self.stream).poll_read(cx, buf)?.is_pending() {
            let mut alarm = std::mem::take(&mut self.read_alarm);
            let rung = alarm.poll(cx, || self.due());
            self.read_alarm = alarm;
            ready!(rung);
            return Poll::Ready(self.expire().map(|()| false));
        }
        let fresh = &buf.filled()[before..];
        if fresh.is_empty() {
            self.has_client_closed = true;
            self.is_over = true;
            if !self.held.is_empty() {
                self.refuse(Refusal::Malformed("the head broke off"))?;
            }
            return Poll::Ready(Ok(false));
        }
        if self.follower.is_in_body() {
            self.read_alarm.clear();
            if let Some((_, bytes)) = &mut self.body {
                *bytes += fresh.len() as u64;
            }
            let part = self.follower.body(fresh);
            let part = part.inspect_err(|_| self.is_over = true)?;
            self.held.extend_from_slice(&fresh[part..]);
            buf.set_filled(before + part);
            return Poll::Ready(Ok(true));
        }
        if self.held.is_empty() {
            self.read_alarm.clear();
        }
        self.held.extend_from_slice(fresh);
        buf.set_filled(before);
        Poll::Ready(Ok(false))
    }

    /// Reads and drops, until the client has closed or enough was done for it.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let now = Instant::now();
        let (until, mut dropped) = *self.linger.get_or_insert((now + LINGER, 0));
        let mut bytes = [const { MaybeUninit::uninit() }; 8 * 1024];
        let mut buf = ReadBuf::uninit(&mut bytes);
        while dropped < LINGER_BYTES && Instant::now() < until {
            buf.clear();
            match Pin::new(&mut self.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    dropped += buf.filled().len();
                    self.linger = Some((until, dropped));
                    self.read_alarm.clear();
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    let due = || until.min(Instant::now() + LINGER_SILENCE);
                    return self.read_alarm.poll(cx, due);
                }
            }
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Recorder<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.cleared.has_remaining() {
                let part = this.cleared.len().min(buf.remaining());
                buf.put_slice(&this.cleared.split_to(part));
                return Poll::Ready(Ok(()));
            }
            if this.slot.is_upgraded() {
                if this.held.is_empty() {
                    return Pin::new(&mut this.stream).poll_read(cx, buf);
                }
                this.cleared = this.held.split().freeze();
                continue;
            }
            if this.is_over {
                return Poll::Ready(Ok(()));
            }
            if this.advance()? && ready!(this.poll_fill(cx, buf))? {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> Recorder<S> {
    /// Ends a write that has been waiting for the client too long.
    fn poll_taken<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write_alarm.clear();
            return written;
        }
        if self.slot.is_upgraded() {
            return Poll::Pending;
        }
        let patience = self.limits.write_timeout;
        ready!(self.write_alarm.poll(cx, || Instant::now() + patience));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Recorder<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.poll_taken(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, parts);
        this.poll_taken(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let flushed = Pin::new(&mut this.stream).poll_flush(cx);
        this.poll_taken(cx, flushed)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.linger.is_none() {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx);
            ready!(this.poll_taken(cx, shut))?;
            this.read_alarm.clear();
        }
        if this.is_client_owed_a_reader() {
            ready!(this.poll_linger(cx));
        }
        Poll::Ready(Ok(()))
    }
}
