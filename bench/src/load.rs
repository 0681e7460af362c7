//! Senders: each keeps one connection and posts again as soon as it was answered. All of them run
//! on one thread, for what is measured needs the rest of the machine. Start at [`run`].

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime,
    sync::Barrier,
    task::JoinSet,
};

/// What the senders of one round were answered.
#[derive(Debug)]
pub(crate) struct Load {
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// When the first request was sent.
    pub(crate) begun: Instant,
    /// How long each answer took, the shortest first, in microseconds.
    latencies_us: Vec<u32>,
}

impl Load {
    /// Requests that were answered 200, one a caller to begin with not counted.
    pub(crate) const fn requests(&self) -> usize {
        self.latencies_us.len()
    }

    /// Answers a second.
    pub(crate) fn per_s(&self) -> f64 {
        self.requests() as f64 / self.elapsed.as_secs_f64()
    }

    /// In milliseconds, how long the slowest took of the `share` that was answered soonest.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let last = self.requests().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        f64::from(self.latencies_us.get(at).copied().unwrap_or(0)) / 1e3
    }
}

/// Lets `callers` post `request` to `to` for as long as `lasting`.
///
/// # Errors
/// When a connection fails or an answer is not 200: then there is nothing to measure.
pub(crate) fn run(
    to: SocketAddr,
    request: &[u8],
    callers: usize,
    lasting: Duration,
) -> anyhow::Result<Load> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let (request, ready) = (
            Arc::new(request.to_vec()),
            Arc::new(Barrier::new(callers + 1)),
        );
        let mut all = JoinSet::new();
        for _ in 0..callers {
            all.spawn(caller(
                to,
                Arc::clone(&request),
                Arc::clone(&ready),
                lasting,
            ));
        }
        tokio::select! {
            _ = ready.wait() => {}
            Some(ended) = all.join_next() => bail!("a caller gave up: {:?}", ended?.err()),
        }
        let begun = Instant::now();
        let mut latencies_us = Vec::new();
        while let Some(ended) = all.join_next().await {
            latencies_us.append(&mut ended??);
        }
        latencies_us.sort_unstable();
        Ok(Load {
            elapsed: begun.elapsed(),
            begun,
            latencies_us,
        })
    })
}

async fn caller(
    to: SocketAddr,
    request: Arc<Vec<u8>>,
    ready: Arc<Barrier>,
    lasting: Duration,
) -> anyhow::Result<Vec<u32>> {
    let mut stream = connect(to).await?;
    let (mut answer, mut latencies_us) = (Vec::with_capacity(4096), Vec::new());
    // Opens the way and proves it, before the clock runs.
    call(&mut stream, &request, &mut answer).await?;
    ready.wait().await;
    let begun = Instant::now();
    while begun.elapsed() < lasting {
        let sent = Instant::now();
        if is_last(&answer) {
            stream = connect(to).await?;
        }
        call(&mut stream, &request, &mut answer).await?;
        latencies_us.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(latencies_us)
}

async fn connect(to: SocketAddr) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Whether the connection ends with `answer`, as it does where many are connected.
fn is_last(answer: &[u8]) -> bool {
    memchr::memmem::find(answer, b"connection: close\r\n").is_some()
}

async fn call(stream: &mut TcpStream, request: &[u8], answer: &mut Vec<u8>) -> anyhow::Result<()> {
    stream.write_all(request).await?;
    answer.clear();
    while !is_whole(answer)? {
        if stream.read_buf(answer).await? == 0 {
            bail!("the connection was closed after {} bytes", answer.len());
        }
    }
    Ok(())
}

/// Whether `answer` is a whole 200 with its body.
fn is_whole(answer: &[u8]) -> anyhow::Result<bool> {
    let Some(head_ends) = memchr::memmem::find(answer, b"\r\n\r\n") else {
        return Ok(false);
    };
    let head = &answer[..head_ends];
    if !head.starts_with(b"HTTP/1.1 200") {
        bail!("answered {}", String::from_utf8_lossy(answer));
    }
    let length = head.split(|byte| *byte == b'\n').find_map(|line| {
        let (name, value) = line.split_at_checked(b"content-length:".len())?;
        name.eq_ignore_ascii_case(b"content-length:")
            .then_some(value)
    });
    let length = length.context("an answer without a length")?;
    let length: usize = std::str::from_utf8(length)?.trim().parse()?;
    Ok(answer.len() >= head_ends + 4 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_the_last_byte_of_its_body_and_not_before() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\ndate: x\r\n\r\nabc";
        for end in 0..answer.len() {
            assert!(!is_whole(&answer[..end]).unwrap(), "{end}");
        }
        assert!(is_whole(answer).unwrap());
    }

    #[test]
    fn what_is_refused_is_not_counted() {
        assert!(is_whole(b"HTTP/1.1 503 Full\r\ncontent-length: 0\r\n\r\n").is_err());
    }

    #[test]
    fn the_slowest_of_a_hundred_is_their_last_percent() {
        let load = Load {
            elapsed: Duration::from_secs(2),
            begun: Instant::now(),
            latencies_us: (1..=101).map(|ms| ms * 1_000).collect(),
        };
        assert_eq!(
            (load.quantile_ms(0.5), load.quantile_ms(0.99)),
            (51.0, 100.0)
        );
        assert_eq!(load.per_s(), 50.5);
    }
}
