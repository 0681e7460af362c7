//! Whose certificate is accepted: one that the system vouches for, or the one that has the pinned
//! key. Start at [`config`].

use std::{
    io,
    sync::{Arc, OnceLock},
};

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, RootCertStore,
    SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{
        CryptoProvider, WebPkiSupportedAlgorithms, aws_lc_rs, verify_tls12_signature,
        verify_tls13_signature,
    },
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
    server::ParsedCertificate,
};
use rustls_platform_verifier::BuilderVerifierExt;
use wire::pin::Pin;

/// The relay shows a key that is not the one pinned.
#[derive(Debug, thiserror::Error)]
#[error(
    "its key is {shown}, and this desktop was paired with {pinned}; if the relay's owner has changed \
     the key, pair anew with the string that `tenterhook-relay invite --pin` prints there; if not, \
     somebody else answers in its place"
)]
pub(crate) struct OtherKey {
    pub(crate) shown: Pin,
    pub(crate) pinned: Pin,
}

/// How certificates are judged: by `pin`, or else as the system judges them.
pub(crate) fn config(pin: Option<Pin>) -> Result<Arc<ClientConfig>, Error> {
    static OF_THE_SYSTEM: OnceLock<Result<Arc<ClientConfig>, Error>> = OnceLock::new();
    if let Some(pin) = pin {
        return pinned(pin);
    }
    OF_THE_SYSTEM.get_or_init(of_the_system).clone()
}

fn of_the_system() -> Result<Arc<ClientConfig>, Error> {
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Has `authorities`, certificates in PEM, vouch for the other side, and nobody else.
///
/// # Errors
/// When there is no certificate among them, or one that cannot be read; in words for a person.
pub(crate) fn of_authorities(authorities: &str) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    for one in CertificateDer::pem_slice_iter(authorities.as_bytes()) {
        let one = one.map_err(|error| error.to_string())?;
        roots.add(one).map_err(|error| error.to_string())?;
    }
    if roots.is_empty() {
        return Err("there is no certificate in PEM in it".to_owned());
    }
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn pinned(pin: Pin) -> Result<Arc<ClientConfig>, Error> {
    let provider = provider();
    let algorithms = provider.signature_verification_algorithms;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Pinned { pin, algorithms }))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

/// What a person is told when no encrypted connection came about.
pub(crate) fn reason(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(Error::Other(OtherError(own))) => own.to_string(),
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            "nobody whom this computer trusts has signed its certificate; if the relay is your own, \
             pair with the string that `tenterhook-relay invite --pin` prints there"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// What a person is told when no encrypted connection to an application came about.
pub(crate) fn reason_of_target(error: &io::Error) -> String {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    match inner {
        Some(Error::Other(OtherError(own))) => own.downcast_ref::<OtherKey>().map_or_else(
            || own.to_string(),
            |OtherKey { shown, pinned }| {
                format!("its key is {shown}, and {pinned} is the one accepted there")
            },
        ),
        Some(Error::InvalidCertificate(CertificateError::UnknownIssuer)) => {
            "nobody who is trusted here has signed its certificate; name its own authority with \
             --ca FILE, or its key with --pin"
                .to_owned()
        }
        _ => error.to_string(),
    }
}

/// Accepts one key, whoever signed its certificate. That the other side has the key is proved by
/// its signature of the handshake, as always.
#[derive(Debug)]
struct Pinned {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        first: &CertificateDer<'_>,
        _above: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Pin::of(&ParsedCertificate::try_from(first)?.subject_public_key_info());
        if shown == self.pin {
            return Ok(ServerCertVerified::assertion());
        }
        let pinned = self.pin;
        Err(OtherError(Arc::new(OtherKey { shown, pinned })).into())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
