//! A desktop's line to the relay that says whatever a test wants. Start at [`Line::ready`].

use std::{net::SocketAddr, path::Path, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};
use wire::{
    SUBPROTOCOL,
    frame::{Deliver, Frame},
    hello::{Goaway, Hello},
};

use crate::program::{Desktop, Relay};

/// How long the relay may be silent.
const LIMIT: Duration = Duration::from_secs(40);

/// A desktop of our own making, so that it can say anything.
#[derive(Debug)]
pub struct Line(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Line {
    /// A line on which nothing was said.
    ///
    /// # Errors
    /// When the relay refuses it.
    ///
    /// # Panics
    /// When `token` or `protocol` cannot stand in a header.
    pub async fn open(relay: SocketAddr, token: &str, protocol: &str) -> tungstenite::Result<Self> {
        let mut request = format!("ws://{relay}/api/tunnel").into_client_request()?;
        let headers = request.headers_mut();
        let bearer = format!("Bearer {token}").parse();
        headers.insert("authorization", bearer.expect("a token is plain text"));
        let protocol = protocol.parse().expect("a protocol is plain text");
        headers.insert("sec-websocket-protocol", protocol);
        connect_async(request).await.map(|(socket, _)| Self(socket))
    }

    /// A line on which both have said hello.
    ///
    /// # Panics
    /// When the relay does not welcome it.
    pub async fn ready(relay: SocketAddr, token: &str) -> Self {
        let mut line = Self::open(relay, token, SUBPROTOCOL)
            .await
            .expect("a device gets a line");
        line.say(&Frame::Hello(Hello::new("test"))).await;
        assert!(matches!(line.hear().await, Some(Frame::Welcome(_))));
        line
    }

    /// Says a frame.
    pub async fn say(&mut self, frame: &Frame) {
        self.say_bytes(Message::Binary(frame.encode())).await;
    }

    /// Says a frame.
    ///
    /// # Errors
    /// When the relay takes nothing any more.
    pub async fn try_say(&mut self, frame: &Frame) -> tungstenite::Result<()> {
        self.0.send(Message::Binary(frame.encode())).await
    }

    /// Says anything.
    pub async fn say_bytes(&mut self, message: Message) {
        // A relay that has hung up already is heard of when it is listened to.
        let _ = self.0.send(message).await;
    }

    /// The next frame; none once the relay has closed.
    ///
    /// # Panics
    /// When nothing comes in time, or what is no frame.
    pub async fn hear(&mut self) -> Option<Frame> {
        loop {
            let next = timeout(LIMIT, self.0.next()).await;
            match next.expect("the relay says something") {
                Some(Ok(Message::Binary(bytes))) => {
                    return Frame::decode(bytes).expect("the relay says frames");
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next capture.
    ///
    /// # Panics
    /// When the relay closes before.
    pub async fn delivery(&mut self) -> Deliver {
        loop {
            match self.hear().await.expect("the line is up") {
                Frame::Deliver(deliver) => return deliver,
                Frame::Ping(nonce) => self.say(&Frame::Pong(nonce)).await,
                _ => {}
            }
        }
    }

    /// Why the relay ends the session.
    ///
    /// # Panics
    /// When it does not say.
    pub async fn goaway(&mut self) -> Goaway {
        loop {
            let frame = self.hear().await;
            if let Frame::Goaway(goaway) = frame.expect("it says why before it closes") {
                return goaway;
            }
        }
    }

    /// Returns once the relay has read all that was said before.
    ///
    /// # Panics
    /// When it closes before, or sends a capture.
    pub async fn is_read(&mut self) {
        self.say(&Frame::Ping(7)).await;
        loop {
            match self.hear().await.expect("the line is up") {
                Frame::Pong(7) => return,
                Frame::Deliver(deliver) => panic!("{} was delivered", deliver.id),
                _ => {}
            }
        }
    }
}

/// A desktop that has paired, the path of its endpoint, and its token.
///
/// # Panics
/// When it cannot pair.
#[must_use]
pub fn paired(folder: &Path, relay: &Relay) -> (Desktop, String, String) {
    let desktop = Desktop::new(folder);
    let path = desktop.pair(relay);
    let token = device_token(&desktop);
    (desktop, path, token)
}

/// What a desktop that has paired shows the relay.
///
/// # Panics
/// When it has not paired, or keeps its secrets elsewhere than in its folder.
#[must_use]
pub fn device_token(desktop: &Desktop) -> String {
    let secrets = std::fs::read_to_string(desktop.data.join("secrets.json"));
    let secrets: Value = serde_json::from_str(&secrets.expect("without a keychain it is a file"))
        .expect("the file is JSON");
    let token = secrets.as_object().and_then(|all| {
        all.iter()
            .find(|(name, _)| name.starts_with("device") && name.ends_with("token"))
    });
    let token = token.and_then(|(_, token)| token.as_str());
    token.expect("it keeps its token").to_owned()
}
