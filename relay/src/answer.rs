//! A desktop's answer on its way to a sender: its head is read, its body passed on as the sender
//! takes it, and not faster.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{body::Body, response::Response};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use hyper::ext::ReasonPhrase;
use tokio::sync::mpsc;
use wire::{
    WINDOW_BYTES,
    credit::{Overrun, ReceiveWindow},
    frame::{Frame, ResetCode},
};

use crate::outbox::Outbox;

/// The most header lines that an answer may have.
const HEADERS: usize = 256;
/// What concerns one connection, which the desktop's is not (RFC 9110 section 7.6.1).
const OF_A_CONNECTION: [HeaderName; 8] = [
    header::CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    header::PROXY_AUTHENTICATE,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// Reads the head of an HTTP/1.1 response.
///
/// # Errors
/// When it is none that a sender can be given.
pub(crate) fn read_head(head: &[u8]) -> Result<Response, String> {
    let mut lines = [httparse::EMPTY_HEADER; HEADERS];
    let mut read = httparse::Response::new(&mut lines);
    let end = read.parse(head).map_err(|error| error.to_string())?;
    if end != httparse::Status::Complete(head.len()) {
        return Err("it is not one whole head".to_owned());
    }
    let status = read.code.and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.filter(|status| status.as_u16() >= 200);
    let status = status.ok_or("its status is not one that ends a request")?;
    let mut headers = HeaderMap::new();
    for line in read.headers.iter() {
        let name = HeaderName::from_bytes(line.name.as_bytes());
        let value = HeaderValue::from_bytes(line.value);
        headers.append(
            name.map_err(|error| error.to_string())?,
            value.map_err(|error| error.to_string())?,
        );
    }
    let named: Vec<HeaderName> = headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in OF_A_CONNECTION.iter().chain(&named) {
        headers.remove(name);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    if let Some(reason) = read.reason
        && let Ok(reason) = ReasonPhrase::try_from(reason.as_bytes())
    {
        response.extensions_mut().insert(reason);
    }
    Ok(response)
}

/// Where the pieces of an answer's body go.
#[derive(Debug)]
pub(crate) struct Pieces {
    window: Arc<Mutex<ReceiveWindow>>,
    to: mpsc::UnboundedSender<Piece>,
}

#[derive(Debug)]
struct Piece {
    bytes: Bytes,
    is_last: bool,
}

/// Why a piece was not passed on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PieceError {
    /// The desktop sent more than it was allowed to.
    #[error(transparent)]
    Overrun(#[from] Overrun),
    /// The sender is gone.
    #[error("the sender is gone")]
    Gone,
}

/// The desktop ended the answer before its end.
#[derive(Debug, thiserror::Error)]
#[error("the desktop's answer was cut off")]
struct CutOff;

/// What reads the pieces; when the sender goes before the end, the desktop is told.
struct Reader {
    from: mpsc::UnboundedReceiver<Piece>,
    window: Arc<Mutex<ReceiveWindow>>,
    outbox: Outbox,
    stream: u32,
    is_over: bool,
}

/// A body whose pieces come on `stream`, and where they are to be put.
pub(crate) fn body(outbox: Outbox, stream: u32) -> (Pieces, Body) {
    let (to, from) = mpsc::unbounded_channel();
    let window = Arc::new(Mutex::new(ReceiveWindow::new(WINDOW_BYTES)));
    let reader = Reader {
        from,
        window: Arc::clone(&window),
        outbox,
        stream,
        is_over: false,
    };
    let pieces = stream::unfold(reader, |mut reader| async {
        let piece = reader.next().await?;
        Some((piece, reader))
    });
    (Pieces { window, to }, Body::from_stream(pieces))
}

impl Pieces {
    /// Passes a piece on.
    ///
    /// # Errors
    /// When it is more than was allowed, or nobody takes it any more.
    pub(crate) fn put(&self, bytes: Bytes, is_last: bool) -> Result<(), PieceError> {
        window(&self.window).received(bytes.len())?;
        self.to
            .send(Piece { bytes, is_last })
            .map_err(|_| PieceError::Gone)
    }
}

impl Reader {
    async fn next(&mut self) -> Option<Result<Bytes, CutOff>> {
        if self.is_over {
            return None;
        }
        let Some(Piece { bytes, is_last }) = self.from.recv().await else {
            self.is_over = true;
            return Some(Err(CutOff));
        };
        self.is_over = is_last;
        // What came before is with the sender by now.
        let credit = window(&self.window).taken(bytes.len());
        if let Some(bytes) = credit
            && !is_last
        {
            let stream = self.stream;
            self.outbox.control(&Frame::Credit { stream, bytes }).await;
        }
        Some(Ok(bytes))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if !self.is_over {
            self.outbox.try_control(&unanswered(self.stream));
        }
    }
}

/// Says that nobody waits for the answer on `stream` any more.
pub(crate) fn unanswered(stream: u32) -> Frame {
    Frame::Reset {
        stream,
        code: ResetCode::Unanswered,
        text: "the sender waits no longer".to_owned(),
    }
}

fn window(window: &Mutex<ReceiveWindow>) -> std::sync::MutexGuard<'_, ReceiveWindow> {
    window.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_passed_on_but_for_what_concerns_one_connection() {
        let head = b"HTTP/1.1 418 I'm a Teapot\r\nSet-Cookie: a=1\r\nConnection: close, X-Hop\r\n\
            X-Hop: 1\r\nTransfer-Encoding: chunked\r\nset-cookie: b=2\r\nContent-Length: 5\r\n\r\n";
        let response = read_head(head).unwrap();
        assert_eq!(response.status(), 418);
        let reason = response.extensions().get::<ReasonPhrase>().unwrap();
        assert_eq!(reason.as_bytes(), b"I'm a Teapot");
        let headers = response.headers();
        assert_eq!(headers.get_all("set-cookie").iter().count(), 2);
        assert_eq!(
            (headers.len(), &headers["content-length"]),
            (3, &"5".parse().unwrap())
        );
    }

    #[test]
    fn what_is_no_whole_head_is_refused() {
        for head in [
            &b"HTTP/1.1 200 OK\r\n"[..],
            b"HTTP/1.1 200 OK\r\n\r\nbody",
            b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
            b"HTTP/1.1 99 Odd\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nX: a\x00b\r\n\r\n",
            b"",
        ] {
            assert!(read_head(head).is_err(), "{head:?}");
        }
    }
}
