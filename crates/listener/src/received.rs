//! A request with its body, for a handler. Start at [`Received::read`].

use std::net::SocketAddr;

use axum::{
    body::HttpBody,
    extract::{FromRequest, Request},
};
use bytes::Bytes;
use http_body_util::BodyExt;
use webhook::{capture::Flaw, head::Head};

use crate::{
    agree,
    budget::{Budget, Room},
    refusal::Refusal,
};

/// Room taken for a body before its bytes are there, whatever its sender announces.
const BODY_START_BYTES: usize = 64 * 1024;

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The head as sent.
    pub head: Head,
    /// The other end of the connection.
    pub peer: SocketAddr,
    /// The body, its transfer coding removed and nothing else. Trailers are dropped.
    pub body: Bytes,
    /// What is not as it should be.
    pub flaws: Vec<Flaw>,
}

/// A request's own limit for its body, in bytes, for the extractor [`Received`]: put it among the
/// request's extensions before. Without it the listener's holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub u64);

/// What [`serve`](fn@crate::serve) knows of a request beside what hyper does; an extension of it.
#[derive(Debug, Clone)]
pub(crate) struct Arrived {
    /// None when the recorder saw no head where hyper did.
    pub(crate) head: Option<Head>,
    pub(crate) peer: SocketAddr,
    pub(crate) body_limit: BodyLimit,
}

impl Received {
    /// The head of a request whose body has not been read, and the other end of its connection.
    /// None when [`serve`](fn@crate::serve) did not bring it, or its head is hyper's word alone.
    #[must_use]
    pub fn peek(request: &Request) -> Option<(&Head, SocketAddr)> {
        let arrived: &Arrived = request.extensions().get()?;
        Some((arrived.head.as_ref()?, arrived.peer))
    }

    /// As [`Self::read_within`], whatever else is coming in.
    ///
    /// # Errors
    /// As there.
    pub async fn read(request: Request, limit_bytes: u64) -> Result<Self, Refusal> {
        Ok(read(request, limit_bytes, None).await?.0)
    }

    /// Reads the body of `request`, which may have `limit_bytes` and takes its room out of
    /// `budget`; keep the room as long as the body.
    ///
    /// A body that is announced as larger is refused unread, and a client that waits to be asked
    /// for it is not asked.
    ///
    /// # Errors
    /// When the body is too large, too slow or malformed, or there is no room for it; the refusal is
    /// the response to give.
    pub async fn read_within(
        request: Request,
        limit_bytes: u64,
        budget: &Budget,
    ) -> Result<(Self, Room), Refusal> {
        read(request, limit_bytes, Some(budget)).await
    }
}

async fn read(
    request: Request,
    limit_bytes: u64,
    budget: Option<&Budget>,
) -> Result<(Received, Room), Refusal> {
    let mut taken = Room::default();
    let too_large = Refusal::BodyTooLarge { limit_bytes };
    let (mut parts, mut body) = request.into_parts();
    let arrived: Arrived = parts.extensions.remove().ok_or(Refusal::Unserved)?;
    let announced = body.size_hint().lower();
    if announced > limit_bytes {
        return Err(too_large);
    }
    let room = usize::try_from(announced)
        .unwrap_or(usize::MAX)
        .min(BODY_START_BYTES);
    let mut bytes = Vec::with_capacity(room);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Refusal::of_body(&error))?;
        let Ok(part) = frame.into_data() else {
            continue;
        };
        if (bytes.len() + part.len()) as u64 > limit_bytes {
            return Err(too_large);
        }
        if let Some(budget) = budget {
            budget.take(&mut taken, part.len())?;
        }
        bytes.extend_from_slice(&part);
    }
    let (head, flaws) = agree::kept(arrived.head, &parts)
        .map_err(|_| Refusal::Malformed("a head that cannot be kept"))?;
    let received = Received {
        head,
        peer: arrived.peer,
        body: bytes.into(),
        flaws,
    };
    Ok((received, taken))
}

impl<S: Send + Sync> FromRequest<S> for Received {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let extensions = request.extensions();
        let own = extensions.get::<BodyLimit>();
        let arrived = || {
            extensions
                .get::<Arrived>()
                .map(|arrived| &arrived.body_limit)
        };
        let BodyLimit(limit_bytes) = *own.or_else(arrived).ok_or(Refusal::Unserved)?;
        Self::read(request, limit_bytes).await
    }
}
