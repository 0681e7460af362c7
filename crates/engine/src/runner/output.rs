//! What a program writes, its errors among it in the order in which they came: read to the end, and
//! kept up to a limit.

use std::io;

use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::Command,
};

use crate::runner::group::Group;

/// Read at once.
const PART_BYTES: usize = 64 * 1024;

/// What was kept of an output.
#[derive(Debug)]
pub(super) struct Kept {
    bytes: Vec<u8>,
    limit: usize,
    lost_bytes: u64,
}

impl Kept {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            lost_bytes: 0,
        }
    }

    /// Reads until the end. Loses nothing of what it has read when it is dropped.
    pub(super) async fn fill_from(&mut self, reader: &mut Reader) {
        let mut part = vec![0; PART_BYTES];
        loop {
            let length = match reader.read(&mut part).await {
                Ok(0) => return,
                Ok(length) => length,
                Err(error) => {
                    tracing::debug!("the output of a program broke off: {error}");
                    return;
                }
            };
            let room = (self.limit - self.bytes.len()).min(length);
            self.bytes.extend_from_slice(&part[..room]);
            self.lost_bytes += (length - room) as u64;
        }
    }

    pub(super) fn into_parts(self) -> (Vec<u8>, u64) {
        (self.bytes, self.lost_bytes)
    }
}

/// The reading end of an output.
pub(super) type Reader = Box<dyn AsyncRead + Send + Unpin>;

/// One pipe for output and errors.
#[cfg(unix)]
pub(super) struct Pipe(io::PipeReader);

#[cfg(unix)]
impl Pipe {
    pub(super) fn attach(command: &mut Command) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        command.stdout(writer.try_clone()?).stderr(writer);
        Ok(Self(reader))
    }

    pub(super) fn reader(self, _: &mut Group) -> io::Result<Reader> {
        let reader = tokio::net::unix::pipe::Receiver::from_owned_fd(self.0.into())?;
        Ok(Box::new(reader))
    }
}

/// Two pipes, for here one cannot be read without a thread: what comes at the same time may change
/// places.
#[cfg(not(unix))]
pub(super) struct Pipe;

#[cfg(not(unix))]
impl Pipe {
    pub(super) fn attach(command: &mut Command) -> io::Result<Self> {
        use std::process::Stdio;

        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(Self)
    }

    pub(super) fn reader(self, group: &mut Group) -> io::Result<Reader> {
        let child = group.child();
        let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        let errors = child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Box::new(both::Both::new(output, errors)))
    }
}

#[cfg(not(unix))]
mod both;
