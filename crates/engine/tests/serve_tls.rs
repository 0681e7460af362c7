//! Hooks behind TLS, asked by a client that trusts one certificate.

use std::{fs, path::Path, sync::Arc, time::Duration};

use engine::serve::{self, Options, Place, ServeError, TlsOptions};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::{
    ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
    version::{TLS12, TLS13},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

const HOOKS: &str = "- {id: a, execute-command: 'true', response-message: over TLS}";

/// A server's folder with its hooks, its certificate and its key.
fn made() -> (TempDir, CertificateDer<'static>, Options) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate can be made");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("cert.pem"), cert.pem()).expect("it can be written");
    fs::write(at("key.pem"), signing_key.serialize_pem()).expect("it can be written");
    fs::write(at("hooks.yaml"), HOOKS).expect("they can be written");
    let options = Options {
        place: Place::Tcp {
            host: "127.0.0.1".to_owned(),
            port: 0,
        },
        hooks: vec![at("hooks.yaml").display().to_string()],
        log_file: Some(at("log")),
        tls: Some(TlsOptions {
            certificate: at("cert.pem"),
            key: at("key.pem"),
            min_version: "1.2".to_owned(),
            cipher_suites: Vec::new(),
        }),
        ..Options::default()
    };
    (folder, cert.der().clone(), options)
}

/// The port that the server took, once its log says so.
async fn port(folder: &Path) -> u16 {
    loop {
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        let after = log.split_once("serving hooks on https://127.0.0.1:");
        let port = after.and_then(|(_, after)| after.split_once('/')?.0.parse().ok());
        if let Some(port) = port {
            return port;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What a client of one version of TLS gets; none when the two do not agree.
async fn ask(
    folder: &Path,
    trusted: CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> Option<(String, Option<ProtocolVersion>)> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted).expect("a certificate");
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .expect("a version")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let port = port(folder).await;
    let stream = TcpStream::connect(("127.0.0.1", port)).await;
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    let connected = connector.connect(name, stream.expect("it listens")).await;
    let mut stream = connected.ok()?;
    let request = b"POST /hooks/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let version = stream.get_ref().1.protocol_version();
    Some((answer, version))
}

/// Serves for as long as `client` takes.
async fn during<T>(options: Options, client: impl Future<Output = T>) -> T {
    tokio::select! {
        ended = Box::pin(serve::run(options, || 0)) => panic!("it ended: {ended:?}"),
        outcome = client => outcome,
    }
}

#[tokio::test]
async fn hooks_are_served_over_both_versions() {
    let (folder, trusted, options) = made();
    let client = async {
        for version in [&TLS12, &TLS13] {
            let asked = ask(folder.path(), trusted.clone(), version).await;
            let (answer, spoken) = asked.expect("an answer");
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(answer.ends_with("\r\n\r\nover TLS"), "{answer}");
            assert_eq!(spoken, Some(version.version));
        }
    };
    during(options, client).await;
}

#[tokio::test]
async fn a_client_of_a_version_too_old_is_not_served() {
    let (folder, trusted, mut options) = made();
    if let Some(tls) = &mut options.tls {
        tls.min_version = "1.3".to_owned();
    }
    let client = async {
        assert!(ask(folder.path(), trusted.clone(), &TLS12).await.is_none());
        assert!(ask(folder.path(), trusted.clone(), &TLS13).await.is_some());
    };
    during(options, client).await;
}

#[tokio::test]
async fn a_guest_that_says_nothing_holds_up_nobody() {
    let (folder, trusted, options) = made();
    let client = async {
        let port = port(folder.path()).await;
        let _silent = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut plain = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        plain.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        assert!(ask(folder.path(), trusted, &TLS13).await.is_some());
    };
    during(options, client).await;
}

#[tokio::test]
async fn what_cannot_be_served_is_said_before_anybody_connects() {
    let refused = |change: fn(&mut TlsOptions)| async move {
        let (_folder, _, mut options) = made();
        if let Some(tls) = &mut options.tls {
            change(tls);
        }
        let ended = Box::pin(serve::run(options, || 0)).await;
        assert!(matches!(ended, Err(ServeError::Tls(_))), "{ended:?}");
        ended.unwrap_err().to_string()
    };
    assert_eq!(
        refused(|tls| tls.min_version = "1.4".to_owned()).await,
        "error: unknown minimum TLS version: 1.4"
    );
    assert_eq!(
        refused(|tls| tls.cipher_suites = vec!["TLS_NONE".to_owned()]).await,
        "error: unknown TLS cipher suite: TLS_NONE"
    );
    let missing = refused(|tls| tls.certificate = "/nowhere".into()).await;
    assert!(missing.starts_with("open /nowhere: "), "{missing}");
    refused(|tls| tls.key = tls.certificate.clone()).await;
}

#[test]
fn the_suites_are_those_that_are_spoken() {
    let all = serve::cipher_suites("1.2").unwrap();
    let new = serve::cipher_suites("1.3").unwrap();
    assert!(all.contains(&"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256".to_owned()));
    assert!(new.contains(&"TLS_AES_128_GCM_SHA256".to_owned()));
    assert!(
        new.iter()
            .all(|suite| !suite.contains("ECDHE") && all.contains(suite))
    );
}
