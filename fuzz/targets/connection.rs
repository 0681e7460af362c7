//! All that a stranger can say on a connection: heads, framings, chunks, several requests in a row,
//! cut anywhere. What is kept must be what was sent, and hyper must see what was recorded.

#![no_main]

use std::{
    future::{self, Future},
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::Router;
use libfuzzer_sys::fuzz_target;
use listener::{Door, Limits, Received, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    runtime,
    task::yield_now,
};
use tokio_util::sync::CancellationToken;

/// A door by which one guest comes, and no other.
struct OneGuest(Mutex<Option<DuplexStream>>);

impl Door for OneGuest {
    type Guest = DuplexStream;
    type Stream = DuplexStream;

    async fn accept(&self) -> io::Result<(DuplexStream, SocketAddr)> {
        let guest = self.0.lock().expect("nobody panics with it").take();
        match guest {
            Some(guest) => Ok((guest, SocketAddr::from(([127, 0, 0, 1], 9)))),
            None => future::pending().await,
        }
    }

    fn welcome(
        &self,
        guest: DuplexStream,
    ) -> impl Future<Output = io::Result<DuplexStream>> + Send + 'static {
        future::ready(Ok(guest))
    }

    fn turn_away(&self, _: &DuplexStream, _: &[u8]) -> bool {
        false
    }
}

/// What is kept of a connection on which `bytes` come, `piece` at a time, and what is answered.
async fn talk(bytes: &[u8], piece: usize) -> (Vec<Received>, String) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let router = Router::new().fallback(|received: Received| async move {
        keep.lock().expect("nobody panics with it").push(received);
    });
    let (client, server) = tokio::io::duplex(4096);
    let (mut reader, mut writer) = tokio::io::split(client);
    let limits = Limits {
        head_bytes: 4096,
        headers: 32,
        body_bytes: 8192,
        ..Limits::default()
    };
    let stop = CancellationToken::new();
    let door = OneGuest(Mutex::new(Some(server)));
    let served = serve(door, router, limits, stop.clone());
    let sent = async {
        for piece in bytes.chunks(piece) {
            if writer.write_all(piece).await.is_err() {
                break;
            }
            yield_now().await;
        }
        // The server may have hung up already.
        let _ = writer.shutdown().await;
    };
    let heard = async {
        let mut answers = Vec::new();
        let _ = reader.read_to_end(&mut answers).await;
        stop.cancel();
        answers
    };
    let ((), (), answers) = tokio::join!(served, sent, heard);
    let kept = std::mem::take(&mut *kept.lock().expect("nobody panics with it"));
    (kept, String::from_utf8_lossy(&answers).into_owned())
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else {
        return;
    };
    let runtime = runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime");
    let (kept, answers) = runtime.block_on(talk(bytes, usize::from(*first) + 1));
    assert!(!answers.contains("HTTP/1.1 500"), "{answers}");
    assert_eq!(
        answers.matches(" 200 OK\r\n").count(),
        kept.len(),
        "{answers}"
    );
    let mut rest = bytes;
    for received in kept {
        assert!(received.flaws.is_empty(), "hyper saw something else");
        let head = received.head.as_bytes();
        let at = rest.windows(head.len()).position(|window| window == head);
        rest = &rest[at.expect("a head is kept as it was sent") + head.len()..];
        assert!(received.body.len() <= rest.len());
    }
});
