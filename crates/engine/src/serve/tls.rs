//! Encrypted connections. Start at [`TlsOptions::acceptor`].

use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};

use listener::Door;
use rustls::{
    ServerConfig, SupportedCipherSuite, SupportedProtocolVersion,
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    version::{TLS12, TLS13},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

/// Suites that Go knows and nobody should use: they are left out, and it is no mistake to name them.
const LEFT_OUT: [&str; 8] = [
    "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
];

/// What connections are encrypted with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsOptions {
    /// The certificate and those above it, as PEM.
    pub certificate: PathBuf,
    /// Its key, as PEM.
    pub key: PathBuf,
    /// The oldest version of TLS, such as `1.2`. Of those before 1.2, which are broken, none is
    /// spoken whatever is allowed.
    pub min_version: String,
    /// The names of the suites of TLS 1.2 that may be used; empty for all. Those of 1.3 always may.
    pub cipher_suites: Vec<String>,
}

/// Why connections cannot be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// There is no such version.
    #[error("error: unknown minimum TLS version: {0}")]
    UnknownVersion(String),
    /// There is no such suite.
    #[error("error: unknown TLS cipher suite: {0}")]
    UnknownSuite(String),
    /// A file cannot be read, or is not what it should be.
    #[error("open {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// Certificate and key do not serve.
    #[error("tls: {0}")]
    Unfit(#[from] rustls::Error),
}

/// The names of the suites that a server of at least `min_version` offers.
///
/// # Errors
/// When there is no such version.
pub fn cipher_suites(min_version: &str) -> Result<Vec<String>, TlsError> {
    let versions = versions(min_version)?;
    let offered = aws_lc_rs::default_provider().cipher_suites.into_iter();
    let is_spoken = |suite: &SupportedCipherSuite| versions.contains(&suite.version());
    Ok(offered.filter(is_spoken).filter_map(name).collect())
}

/// A suite's name, which Go spells without the version.
fn name(suite: SupportedCipherSuite) -> Option<String> {
    Some(suite.suite().as_str()?.replacen("TLS13_", "TLS_", 1))
}

fn versions(min: &str) -> Result<Vec<&'static SupportedProtocolVersion>, TlsError> {
    match min {
        "" | "1.0" | "1.1" | "1.2" => Ok(vec![&TLS13, &TLS12]),
        "1.3" => Ok(vec![&TLS13]),
        other => Err(TlsError::UnknownVersion(other.to_owned())),
    }
}

impl TlsOptions {
    /// Reads certificate and key.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, TlsError> {
        let unreadable = |path: &PathBuf| {
            let path = path.clone();
            |source| TlsError::Unreadable { path, source }
        };
        let chain = CertificateDer::pem_file_iter(&self.certificate)
            .and_then(Iterator::collect)
            .map_err(unreadable(&self.certificate))?;
        let key = PrivateKeyDer::from_pem_file(&self.key).map_err(unreadable(&self.key))?;
        let config = ServerConfig::builder_with_provider(Arc::new(self.provider()?))
            .with_protocol_versions(&versions(&self.min_version)?)?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }

    fn provider(&self) -> Result<CryptoProvider, TlsError> {
        let mut provider = aws_lc_rs::default_provider();
        if self.cipher_suites.is_empty() {
            return Ok(provider);
        }
        for wanted in &self.cipher_suites {
            let mut offered = provider.cipher_suites.iter();
            let is_offered = offered.any(|suite| name(*suite).as_ref() == Some(wanted));
            if !is_offered && !LEFT_OUT.contains(&wanted.as_str()) {
                return Err(TlsError::UnknownSuite(wanted.clone()));
            }
        }
        provider.cipher_suites.retain(|suite| {
            let is_wanted = || name(*suite).is_some_and(|name| self.cipher_suites.contains(&name));
            suite.version() == &TLS13 || is_wanted()
        });
        Ok(provider)
    }
}

/// A door whose guests encrypt what they say.
pub(super) struct Secured<D> {
    door: D,
    acceptor: TlsAcceptor,
}

impl<D> Secured<D> {
    pub(super) const fn new(door: D, acceptor: TlsAcceptor) -> Self {
        Self { door, acceptor }
    }
}

impl<D: Door> Door for Secured<D> {
    type Guest = D::Guest;
    type Stream = TlsStream<D::Stream>;

    async fn accept(&self) -> io::Result<(D::Guest, SocketAddr)> {
        self.door.accept().await
    }

    fn welcome(
        &self,
        guest: D::Guest,
    ) -> impl Future<Output = io::Result<Self::Stream>> + Send + 'static {
        let (plain, acceptor) = (self.door.welcome(guest), self.acceptor.clone());
        async move { acceptor.accept(plain.await?).await }
    }

    /// Nothing can be said before a key is agreed on.
    fn turn_away(&self, _: &D::Guest, _: &[u8]) -> bool {
        false
    }
}
