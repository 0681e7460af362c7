//! What a program writes, its errors among it in the order in which they came: read to the end, and
//! kept up to a limit. Start at [`Kept::fill_from`].

use std::{
    io::{self, PipeReader},
    mem,
    sync::PoisonError,
};

use crate::runner::Seen;

/// Read at once.
const PART_BYTES: usize = 64 * 1024;

/// What was kept of an output.
#[derive(Debug)]
pub(super) struct Kept {
    bytes: Seen,
    limit: usize,
    lost_bytes: u64,
}

impl Kept {
    pub(super) const fn new(limit: usize, bytes: Seen) -> Self {
        Self {
            bytes,
            limit,
            lost_bytes: 0,
        }
    }

    /// Reads until the end. Loses nothing of what it has read when it is dropped.
    pub(super) async fn fill_from(&mut self, output: &mut Output) {
        loop {
            match output.next().await {
                Ok(&[]) => return,
                Ok(part) => {
                    let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
                    let room = (self.limit - bytes.len()).min(part.len());
                    bytes.extend_from_slice(&part[..room]);
                    self.lost_bytes += (part.len() - room) as u64;
                }
                Err(error) => {
                    tracing::debug!("the output of a program broke off: {error}");
                    return;
                }
            }
        }
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, u64) {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        (mem::take(&mut *bytes), self.lost_bytes)
    }
}

/// The reading end of an output.
#[cfg(unix)]
pub(super) struct Output {
    pipe: tokio::net::unix::pipe::Receiver,
    part: Vec<u8>,
}

#[cfg(unix)]
impl Output {
    pub(super) fn new(pipe: PipeReader) -> io::Result<Self> {
        Ok(Self {
            pipe: tokio::net::unix::pipe::Receiver::from_owned_fd(pipe.into())?,
            part: vec![0; PART_BYTES],
        })
    }

    /// The next bytes; none at the end.
    async fn next(&mut self) -> io::Result<&[u8]> {
        let length = tokio::io::AsyncReadExt::read(&mut self.pipe, &mut self.part).await?;
        Ok(&self.part[..length])
    }
}

/// The reading end of an output, read by a thread, for here nothing else can wait for it.
#[cfg(not(unix))]
pub(super) struct Output {
    parts: tokio::sync::mpsc::Receiver<io::Result<Vec<u8>>>,
    part: Vec<u8>,
}

#[cfg(not(unix))]
impl Output {
    pub(super) fn new(mut pipe: PipeReader) -> io::Result<Self> {
        let (to, parts) = tokio::sync::mpsc::channel(4);
        let read = move || {
            loop {
                let mut part = vec![0; PART_BYTES];
                let read = io::Read::read(&mut pipe, &mut part).map(|length| {
                    part.truncate(length);
                    part
                });
                let is_last = !matches!(&read, Ok(part) if !part.is_empty());
                if to.blocking_send(read).is_err() || is_last {
                    return;
                }
            }
        };
        std::thread::Builder::new()
            .name("program output".to_owned())
            .spawn(read)?;
        let part = Vec::new();
        Ok(Self { parts, part })
    }

    async fn next(&mut self) -> io::Result<&[u8]> {
        self.part = match self.parts.recv().await {
            Some(part) => part?,
            None => Vec::new(),
        };
        Ok(&self.part)
    }
}
