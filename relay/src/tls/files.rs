//! Certificate and key from files of the owner's, taken up again when they change. Start at
//! [`Files::read`].

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use rustls::{
    Error, InconsistentKeys,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem, pem::PemObject},
    server::ResolvesServerCert,
    sign::{CertifiedKey, SingleCertAndKey},
};
use tokio::time::sleep;
use tracing::{error, info, warn};
use wire::pin::Pin;
use x509_parser::parse_x509_certificate;

use crate::tls::{
    door::Shown,
    error::{TlsError, not_pem, unfit, unreadable},
};

/// How often the files are looked at. No notification tells of every way in which one is exchanged:
/// a rename, a link to elsewhere, a link on the way to it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Where certificate and key are.
#[derive(Debug)]
pub(super) struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What the two files held.
#[derive(Clone, PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// A certificate, those above it, and its key.
pub(super) struct Pair {
    contents: Contents,
    certified: Arc<CertifiedKey>,
    facts: Facts,
}

/// What a certificate says.
struct Facts {
    pin: Pin,
    is_self_signed: bool,
    /// The last moment at which it is good; Unix epoch, seconds.
    until_s: i64,
}

/// The pin of the first certificate in the file at `path`.
///
/// # Errors
/// When there is none.
pub fn pin_of(path: &Path) -> Result<Pin, TlsError> {
    let chain = chain(path, &read(path)?)?;
    Ok(facts(path, &chain)?.pin)
}

impl Files {
    pub(super) fn new(certificate: &Path, key: &Path) -> Self {
        Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        }
    }

    /// Reads both files.
    pub(super) fn read(&self) -> Result<Pair, TlsError> {
        self.pair(Contents {
            certificate: read(&self.certificate)?,
            key: read(&self.key)?,
        })
    }

    /// Shows what the files hold each time when that has changed, first `taken`; what is of no use is
    /// said once, and nothing changes.
    pub(super) async fn watch(self, mut taken: Pair, shown: Arc<Shown>) {
        let mut before = Ok(taken.contents.clone());
        let mut tried = before.clone();
        loop {
            sleep(LOOK_EVERY).await;
            let now = self.look().await;
            // Two files are never exchanged in one step: what still changes is left alone.
            let is_settled = now == before;
            before.clone_from(&now);
            if !is_settled || now == tried {
                continue;
            }
            tried.clone_from(&now);
            let pair = now.and_then(|contents| self.pair(contents).map_err(|e| e.to_string()));
            match pair {
                Ok(pair) if pair.contents == taken.contents => {}
                Ok(pair) => {
                    info!("{self} has changed; shown from now on is {pair}");
                    let pin = pair.facts.pin;
                    if pin != taken.facts.pin {
                        warn!(%pin, "the key is a new one, {pin}: desktops that have the old pin need a new connect string");
                    }
                    shown.change(pair.resolver(), pair.pin_to_tell());
                    taken = pair;
                }
                Err(reason) => error!("{reason}; the certificate from before stays"),
            }
        }
    }

    /// What the files hold now, or what is wrong with them.
    async fn look(&self) -> Result<Contents, String> {
        let read = async |path: &Path| {
            let bytes = tokio::fs::read(path).await;
            bytes.map_err(|reason| unreadable(path, reason).to_string())
        };
        Ok(Contents {
            certificate: read(&self.certificate).await?,
            key: read(&self.key).await?,
        })
    }

    fn pair(&self, contents: Contents) -> Result<Pair, TlsError> {
        let chain = chain(&self.certificate, &contents.certificate)?;
        let facts = facts(&self.certificate, &chain)?;
        let key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map_err(|reason| not_pem(&self.key, "key", reason))?;
        let certified = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider());
        let certified = certified.map_err(|reason| match reason {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => TlsError::Mismatch {
                certificate: self.certificate.clone(),
                key: self.key.clone(),
            },
            reason => unfit(&self.key, reason),
        })?;
        Ok(Pair {
            contents,
            certified: Arc::new(certified),
            facts,
        })
    }
}

impl fmt::Display for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the certificate in {}", self.certificate.display())
    }
}

impl Pair {
    /// The pin, where nobody vouches for the certificate.
    pub(super) fn pin_to_tell(&self) -> Option<Pin> {
        self.facts.is_self_signed.then_some(self.facts.pin)
    }

    pub(super) fn resolver(&self) -> Arc<dyn ResolvesServerCert> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.certified)))
    }
}

impl fmt::Display for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Facts { pin, until_s, .. } = &self.facts;
        match Timestamp::from_second(*until_s) {
            Ok(until) => write!(f, "one good until {until}, pin {pin}"),
            Err(_) => write!(f, "one without a readable end, pin {pin}"),
        }
    }
}

impl fmt::Debug for Pair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn chain(path: &Path, text: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match chain {
        Ok(chain) if chain.is_empty() => Err(pem::Error::NoItemsFound),
        chain => chain,
    }
    .map_err(|reason| not_pem(path, "certificate", reason))
}

/// What is to be known of the first of `chain`.
fn facts(path: &Path, chain: &[CertificateDer<'_>]) -> Result<Facts, TlsError> {
    let [first, ..] = chain else {
        return Err(not_pem(path, "certificate", pem::Error::NoItemsFound));
    };
    let (_, first) = parse_x509_certificate(first)
        .map_err(|reason| unfit(path, Error::General(reason.to_string())))?;
    Ok(Facts {
        pin: Pin::of(first.public_key().raw),
        is_self_signed: first.subject().as_raw() == first.issuer().as_raw(),
        until_s: first.validity().not_after.timestamp(),
    })
}

fn read(path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|reason| unreadable(path, reason))
}
