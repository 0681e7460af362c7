//! Certificates made for a test, and a sender that encrypts. Start at [`Authority`].

use std::{
    fs, io,
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    KeyUsagePurpose,
};
use rustls::{
    ALL_VERSIONS, ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};

/// The names of the computer that a test runs on.
const NAMES: [&str; 2] = ["localhost", "127.0.0.1"];

/// A private authority.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// Its root, PEM.
    pub file: PathBuf,
}

/// A certificate for this computer, and its key, both PEM.
#[derive(Debug, Clone)]
pub struct Issued {
    /// The certificate.
    pub certificate: String,
    /// The key.
    pub key: String,
}

/// An encrypted connection.
pub type Secure = StreamOwned<ClientConnection, TcpStream>;

fn params() -> CertificateParams {
    CertificateParams::new(NAMES.map(str::to_owned)).expect("these are names")
}

impl Authority {
    /// A new authority, whose root is put into `folder`.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a root");
        let file = folder.join(format!("{name}.pem"));
        fs::write(&file, issuer.pem()).expect("the folder can be written");
        Self { issuer, file }
    }

    /// A new certificate for this computer.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn issue(&self) -> Issued {
        self.issue_for(&KeyPair::generate().expect("a key"))
    }

    /// Another certificate for the key of `issued`.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn renew(&self, issued: &Issued) -> Issued {
        self.issue_for(&KeyPair::from_pem(&issued.key).expect("it has been made here"))
    }

    fn issue_for(&self, key: &KeyPair) -> Issued {
        let certificate = params().signed_by(key, &self.issuer);
        Issued {
            certificate: certificate.expect("a certificate").pem(),
            key: key.serialize_pem(),
        }
    }
}

/// A certificate for this computer that nobody vouches for.
///
/// # Panics
/// When it cannot be made.
#[must_use]
pub fn self_signed() -> Issued {
    let key = KeyPair::generate().expect("a key");
    Issued {
        certificate: params().self_signed(&key).expect("a certificate").pem(),
        key: key.serialize_pem(),
    }
}

impl Issued {
    /// Writes `certificate.pem` and `key.pem` into `folder`.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn write(&self, folder: &Path) {
        fs::create_dir_all(folder).expect("a folder can be made");
        for (name, text) in [
            ("certificate.pem", &self.certificate),
            ("key.pem", &self.key),
        ] {
            fs::write(folder.join(name), text).expect("the folder can be written");
        }
    }

    /// The certificate as it comes over the wire.
    ///
    /// # Panics
    /// Never: it has been made here.
    #[must_use]
    pub fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_slice(self.certificate.as_bytes()).expect("it has been made here")
    }
}

/// How [`connect`] is to go about it.
#[derive(Debug, Clone, Copy)]
pub struct Manner<'a> {
    /// The file of the roots that are trusted.
    pub roots: &'a Path,
    /// The protocols offered.
    pub alpn: &'a [&'a str],
    /// The versions of TLS offered.
    pub versions: &'a [&'static SupportedProtocolVersion],
}

impl<'a> Manner<'a> {
    /// Every version, no protocol named.
    #[must_use]
    pub const fn trusting(roots: &'a Path) -> Self {
        Self {
            roots,
            alpn: &[],
            versions: ALL_VERSIONS,
        }
    }
}

/// Connects to `localhost` at `to`; the handshake is done when it returns.
///
/// # Errors
/// When the connection fails, or what the other side shows is not trusted.
///
/// # Panics
/// When the roots cannot be read.
pub fn connect(to: SocketAddr, manner: Manner<'_>) -> io::Result<Secure> {
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(manner.roots).expect("the roots can be read") {
        roots.add(root.expect("PEM")).expect("a root");
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(manner.versions)
        .expect("versions that there are")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = manner
        .alpn
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let name = ServerName::try_from("localhost").expect("a name");
    let tls = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    let stream = TcpStream::connect(to)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    let mut stream = StreamOwned::new(tls, stream);
    while stream.conn.is_handshaking() {
        stream.conn.complete_io(&mut stream.sock)?;
    }
    Ok(stream)
}

/// The certificate that the other side has shown.
///
/// # Panics
/// When it has shown none.
#[must_use]
pub fn shown(stream: &Secure) -> CertificateDer<'static> {
    let chain = stream.conn.peer_certificates();
    let first = chain.and_then(<[_]>::first).expect("a server shows one");
    first.clone().into_owned()
}
