//! One connection: hyper over the recording stream, a router behind it. Start at [`run`].

use std::{convert::Infallible, future::poll_fn, net::SocketAddr, pin::pin, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    response::{IntoResponse, Response},
};
use http::{Request, StatusCode};
use hyper::{body::Incoming, server::conn::http1, service::service_fn, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    sync::OwnedSemaphorePermit,
};
use tokio_util::sync::CancellationToken;
use tower::Service;
use tracing::debug;

use crate::{
    limits::Limits,
    received::{Arrived, BodyLimit},
    record::Recorder,
    slot::Slot,
};

/// What hyper may hold beside a head of the largest size.
const BUFFER_BYTES: usize = 16 * 1024;

/// Answers the requests that come over `stream`, until either side has had enough or `stop` is
/// cancelled; then the request that is being answered is the last.
pub(crate) async fn run<S>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    permit: OwnedSemaphorePermit,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let slot = Arc::new(Slot::default());
    let all = Arc::clone(permit.semaphore());
    let mut recorder = Recorder::new(stream, Arc::clone(&slot), limits, permit);
    let begun = poll_fn(|cx| recorder.poll_begun(cx));
    let Some(Ok(true)) = stop.run_until_cancelled(begun).await else {
        return;
    };
    let answering = Arc::clone(&slot);
    let service = service_fn(move |request| {
        answer(
            request,
            Arc::clone(&answering),
            peer,
            router.clone(),
            BodyLimit(limits.body_bytes),
        )
    });
    // What is kept open between requests costs memory, and the place of a client that has
    // something to say: from half of all places on, each gets one answer and goes.
    let has_room = all.available_permits() >= limits.connections / 2;
    let connection = http1::Builder::new()
        .half_close(true)
        .keep_alive(has_room)
        .header_read_timeout(None)
        .max_buf_size(limits.head_bytes + BUFFER_BYTES)
        .max_headers(limits.headers)
        .serve_connection(TokioIo::new(recorder), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let ended = match stop.run_until_cancelled(connection.as_mut()).await {
        Some(ended) => ended,
        None => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%peer, "a connection from {peer} broke off: {error}");
    } else if let Some(stream) = slot.give_back().await {
        let closed = TokioIo::new(stream).shutdown().await;
        closed.unwrap_or_else(|error| debug!(%peer, "a connection from {peer} broke off: {error}"));
    }
}

async fn answer(
    request: Request<Incoming>,
    slot: Arc<Slot>,
    peer: SocketAddr,
    mut router: Router,
    body_limit: BodyLimit,
) -> Result<Response, Infallible> {
    let head = match slot.take() {
        Some(Err(refusal)) => return Ok(refusal.into_response()),
        Some(Ok(head)) => Some(head),
        None => None,
    };
    let upgrade = request.extensions().get::<OnUpgrade>().cloned();
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    request.extensions_mut().insert(Arrived {
        head,
        peer,
        body_limit,
    });
    let response = router.call(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        slot.upgrade();
    } else if let Some(unused) = upgrade {
        slot.keep(unused);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use proptest::{collection::vec, prelude::*};
    use tokio::{io::AsyncReadExt, runtime, sync::Semaphore, task::yield_now};

    use super::*;
    use crate::{
        received::Received,
        sample::{cuts, joined, pieces, sample},
    };

    /// What is kept of a connection whose bytes come in `pieces`, and what is answered.
    fn serve(pieces: &[Vec<u8>]) -> (Vec<Received>, String) {
        let kept = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&kept);
        let router = Router::new().fallback(|received: Received| async move {
            keep.lock().unwrap().push(received);
        });
        let (mut client, server) = tokio::io::duplex(64 * 1024);
        let permit = Arc::new(Semaphore::new(10_240))
            .try_acquire_owned()
            .unwrap();
        let peer = SocketAddr::from(([127, 0, 0, 1], 9));
        let served = run(
            server,
            peer,
            router,
            Limits::default(),
            permit,
            CancellationToken::new(),
        );
        let sent = async {
            for piece in pieces {
                if client.write_all(piece).await.is_err() {
                    break;
                }
                yield_now().await;
            }
            client.shutdown().await.unwrap();
            let mut answers = Vec::new();
            client.read_to_end(&mut answers).await.unwrap();
            String::from_utf8(answers).unwrap()
        };
        let runtime = runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let ((), answers) = runtime.block_on(async { tokio::join!(served, sent) });
        let kept = kept.lock().unwrap().clone();
        (kept, answers)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn requests_are_kept_as_sent_wherever_the_pieces_end(
            samples in vec(sample(), 1..5), cuts in cuts(),
        ) {
            let (kept, answers) = serve(&pieces(&joined(&samples), &cuts));
            prop_assert_eq!(kept.len(), samples.len());
            prop_assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), samples.len());
            for (received, sample) in kept.iter().zip(&samples) {
                prop_assert_eq!(received.head.as_bytes(), &sample.head);
                prop_assert_eq!(&received.body, &sample.body);
                prop_assert!(received.flaws.is_empty());
            }
        }

        /// The recorder and hyper each find their way through the bytes alone; whatever a stranger
        /// sends, they find the same.
        #[test]
        fn hyper_sees_the_requests_that_were_recorded(
            mut bytes in vec(sample(), 1..3).prop_map(|samples| joined(&samples)),
            changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cuts in cuts(),
        ) {
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let (kept, answers) = serve(&pieces(&bytes, &cuts));
            prop_assert!(kept.iter().all(|received| received.flaws.is_empty()));
            prop_assert!(!answers.contains("HTTP/1.1 500"));
            prop_assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), kept.len());
        }
    }

    #[test]
    fn a_refused_request_is_answered_in_its_turn_and_is_the_last() {
        let sent = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n";
        let (kept, answers) = serve(&[sent.to_vec()]);
        let targets: Vec<_> = kept.iter().map(|received| received.head.target()).collect();
        assert_eq!(targets, [b"/1"]);
        let ok = answers.find("HTTP/1.1 200").unwrap();
        assert!(answers[ok..].contains("HTTP/1.1 400"), "{answers}");
        assert!(
            answers.ends_with("the request is malformed: no Host\n"),
            "{answers}"
        );
    }

    #[test]
    fn the_answer_to_a_refused_head_request_has_no_body() {
        let (_, answers) = serve(&[b"HEAD / HTTP/1.1\r\n\r\n".to_vec()]);
        assert!(
            answers.starts_with("HTTP/1.1 400") && answers.ends_with("\r\n\r\n"),
            "{answers}"
        );
    }
}
