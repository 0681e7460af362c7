//! A real server on a port of its own that keeps what it receives, and a client that sends bytes.

use std::{net::SocketAddr, time::Duration};

use axum::Router;
use listener::{Limits, Received, Tasks, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

/// No test waits longer for anything.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    kept: mpsc::UnboundedReceiver<Received>,
    tasks: Tasks,
}

impl Server {
    /// Keeps all requests and answers them `kept`.
    pub(crate) async fn start(limits: Limits) -> Self {
        let (keep, kept) = mpsc::unbounded_channel();
        let router = Router::new().fallback(|received: Received| async move {
            keep.send(received).unwrap();
            "kept\n"
        });
        Self {
            kept,
            ..Self::with(router, limits).await
        }
    }

    pub(crate) async fn with(router: Router, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let tasks = Tasks::new();
        tasks.spawn("server", |stop| serve(listener, router, limits, stop));
        Self {
            address,
            kept: mpsc::unbounded_channel().1,
            tasks,
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Client(stream)
    }

    /// Sends `bytes` on a connection of its own and says what comes back until it is closed.
    pub(crate) async fn ask(&self, bytes: impl AsRef<[u8]>) -> String {
        let mut client = self.connect().await;
        client.send(bytes).await;
        client.rest().await
    }

    /// The next request kept.
    pub(crate) async fn kept(&mut self) -> Received {
        timeout(PATIENCE, self.kept.recv()).await.unwrap().unwrap()
    }

    /// What was kept and not asked for yet.
    pub(crate) fn kept_already(&mut self) -> Option<Received> {
        self.kept.try_recv().ok()
    }

    pub(crate) async fn stop(&self) {
        self.tasks.stop(PATIENCE).await;
    }
}

pub(crate) struct Client(pub(crate) TcpStream);

impl Client {
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// All that comes until the connection is closed.
    pub(crate) async fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        timeout(PATIENCE, self.0.read_to_end(&mut bytes))
            .await
            .unwrap()
            .unwrap();
        String::from_utf8(bytes).unwrap()
    }

    /// What comes up to and with `end`.
    pub(crate) async fn until(&mut self, end: &str) -> String {
        let mut bytes = Vec::new();
        while !bytes.ends_with(end.as_bytes()) {
            bytes.push(timeout(PATIENCE, self.0.read_u8()).await.unwrap().unwrap());
        }
        String::from_utf8(bytes).unwrap()
    }
}
