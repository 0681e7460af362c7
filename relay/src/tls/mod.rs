//! TLS at the relay's own door: where its certificate comes from, and how it is exchanged while
//! connections come in. Start at [`Tls::of`].

mod acme;
mod cache;
mod door;
mod error;
mod files;

use std::{fmt, sync::Arc};

use futures_util::future::BoxFuture;

pub(crate) use crate::tls::door::{Secured, Shown};
pub use crate::tls::{error::TlsError, files::pin_of};
use crate::{
    config::Config,
    tls::{
        acme::Acme,
        door::{HTTP, HTTP_AND_PROOF},
        files::{Files, Pair},
    },
};

/// What the settings say of TLS: certificate files of the owner's, or ACME.
#[derive(Debug)]
pub struct Tls(Source);

#[derive(Debug)]
enum Source {
    Files(Files, Pair),
    Acme(Acme),
}

impl Tls {
    /// Reads what `config` says, and the files that it names; none where the relay speaks plain HTTP.
    ///
    /// # Errors
    /// When it makes no sense, or a file is not what it should be.
    pub fn of(config: &Config) -> Result<Option<Self>, TlsError> {
        let files = match (&config.tls_certificate, &config.tls_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => return Err(half("tls_certificate", "tls_key")),
            (None, Some(_)) => return Err(half("tls_key", "tls_certificate")),
        };
        let source = match (files, config.acme_domains.is_empty()) {
            (Some(_), false) => return Err(TlsError::Both),
            (Some((certificate, key)), true) => {
                let files = Files::new(certificate, key);
                let pair = files.read()?;
                Source::Files(files, pair)
            }
            (None, false) => Source::Acme(Acme::of(config)?),
            (None, true) => return Ok(None),
        };
        Ok(Some(Self(source)))
    }

    /// The host that senders use where nothing else is said; none for the address listened on.
    pub(crate) fn host(&self) -> Option<&str> {
        match &self.0 {
            Source::Files(..) => None,
            Source::Acme(acme) => Some(acme.host()),
        }
    }

    /// What connections are shown, and what has to run beside to keep that up to date.
    pub(crate) async fn begin(self) -> (Arc<Shown>, BoxFuture<'static, ()>) {
        match self.0 {
            Source::Files(files, pair) => {
                let shown = Arc::new(Shown::new(pair.resolver(), pair.pin_to_tell(), HTTP));
                let kept = Arc::clone(&shown);
                (shown, Box::pin(files.watch(pair, kept)))
            }
            Source::Acme(acme) => {
                let state = acme.begin().await;
                let shown = Arc::new(Shown::new(state.resolver(), None, HTTP_AND_PROOF));
                let kept = Arc::clone(&shown);
                (shown, Box::pin(acme.keep(state, kept)))
            }
        }
    }
}

impl fmt::Display for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Files(files, pair) => write!(f, "{files}, {pair}"),
            Source::Acme(acme) => acme.fmt(f),
        }
    }
}

fn half(named: &'static str, missing: &'static str) -> TlsError {
    TlsError::Half { named, missing }
}
