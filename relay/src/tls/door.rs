//! The door behind which everything is encrypted. Start at [`Secured`].

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, PoisonError, RwLock},
};

use listener::Door;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
    version::{TLS12, TLS13},
};
use rustls_acme::acme::ACME_TLS_ALPN_NAME;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use wire::pin::Pin;

/// What is agreed on with senders and desktops: HTTP/2 would lose the spelling and the order of a
/// sender's headers, and is never offered.
pub(super) const HTTP: &[&[u8]] = &[b"http/1.1"];
/// Also the handshake by which an authority sees the proof (RFC 8737).
pub(super) const HTTP_AND_PROOF: &[&[u8]] = &[b"http/1.1", ACME_TLS_ALPN_NAME];

/// The certificate that new connections are shown. Those that are open keep what they agreed on.
#[derive(Debug)]
pub(crate) struct Shown {
    current: RwLock<Current>,
    protocols: &'static [&'static [u8]],
}

#[derive(Debug)]
struct Current {
    resolver: Arc<dyn ResolvesServerCert>,
    pin: Option<Pin>,
}

impl Shown {
    /// Shows what `resolver` has; a desktop is told `pin`, where nobody else vouches for it.
    pub(super) fn new(
        resolver: Arc<dyn ResolvesServerCert>,
        pin: Option<Pin>,
        protocols: &'static [&'static [u8]],
    ) -> Self {
        Self {
            current: RwLock::new(Current { resolver, pin }),
            protocols,
        }
    }

    /// Shows another from now on.
    pub(super) fn change(&self, resolver: Arc<dyn ResolvesServerCert>, pin: Option<Pin>) {
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Current { resolver, pin };
    }

    /// What a desktop has to be told so that it accepts the certificate.
    pub(crate) fn pin(&self) -> Option<Pin> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .pin
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.resolver.resolve(hello)
    }
}

/// A door whose guests encrypt what they say.
pub(crate) struct Secured {
    door: TcpListener,
    acceptor: TlsAcceptor,
}

impl Secured {
    /// Encrypts what comes in by `door`, by TLS 1.2 or 1.3.
    pub(crate) fn new(door: TcpListener, shown: Arc<Shown>) -> Self {
        let protocols = shown.protocols.iter().map(|name| name.to_vec());
        let protocols = protocols.collect();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .expect("the provider has suites of both versions")
            .with_no_client_auth()
            .with_cert_resolver(shown);
        config.alpn_protocols = protocols;
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self { door, acceptor }
    }
}

impl Door for Secured {
    type Guest = TcpStream;
    type Stream = TlsStream<TcpStream>;

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        self.door.accept().await
    }

    fn welcome(
        &self,
        guest: TcpStream,
    ) -> impl Future<Output = io::Result<Self::Stream>> + Send + 'static {
        let (plain, acceptor) = (self.door.welcome(guest), self.acceptor.clone());
        async move {
            let mut stream = acceptor.accept(plain.await?).await?;
            if stream.get_ref().1.alpn_protocol() == Some(ACME_TLS_ALPN_NAME) {
                // The handshake is all that the authority came for (RFC 8737 section 3).
                stream.shutdown().await?;
                return Err(io::Error::other("it wanted the proof of ACME, and has it"));
            }
            Ok(stream)
        }
    }

    /// Nothing can be said before a key is agreed on.
    fn turn_away(&self, _: &TcpStream, _: &[u8]) -> bool {
        false
    }
}
