//! A certificate that the relay gets and renews by itself, by ACME (RFC 8555) with the proof in TLS
//! (RFC 8737). Start at [`Acme::keep`].

use std::{fmt, io, path::Path, sync::Arc, time::Duration};

use futures_util::StreamExt;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, DnsName, pem, pem::PemObject},
};
use rustls_acme::{
    AcmeConfig, AcmeState, Event, EventError, EventOk, OrderError, acme::Identifier,
};
use tokio::time::{sleep, timeout};
use tracing::{info, warn};

use crate::{
    config::Config,
    tls::{
        cache::Cache,
        door::Shown,
        error::{TlsError, not_pem, unfit, unreadable},
    },
};

/// The calls to an authority know no time limit: after so long without news all is begun anew.
const ANEW_AFTER: Duration = Duration::from_secs(24 * 3600);
/// The pause after the first failure, doubled after each further one. Let's Encrypt allows five
/// failures an hour: <https://letsencrypt.org/docs/rate-limits/>.
const PAUSE: Duration = Duration::from_secs(60);
/// How often it is doubled, at most: an hour and a bit.
const DOUBLINGS: u32 = 6;

type State = AcmeState<io::Error, io::Error>;

/// Who is asked, and for what.
#[derive(Debug)]
pub(super) struct Acme {
    domains: Vec<String>,
    contact: Option<String>,
    directory: String,
    /// How the authority itself is trusted; by the public roots when absent.
    trust: Option<Arc<ClientConfig>>,
    cache: Cache,
}

impl Acme {
    /// What `config` says of ACME.
    pub(super) fn of(config: &Config) -> Result<Self, TlsError> {
        let is_name = |name: &&String| DnsName::try_from(name.as_str()).is_ok();
        if let Some(other) = config.acme_domains.iter().find(|name| !is_name(name)) {
            return Err(TlsError::NotAName(other.clone()));
        }
        let directory = config.acme_directory.clone();
        if !directory.starts_with("https://") {
            return Err(TlsError::NotADirectory(directory));
        }
        let address = config.acme_contact.as_deref();
        let address = address.map(|text| text.strip_prefix("mailto:").unwrap_or(text));
        let trust = config.acme_ca_file.as_deref().map(trust).transpose()?;
        Ok(Self {
            domains: config.acme_domains.clone(),
            contact: address.map(|address| format!("mailto:{address}")),
            directory,
            trust,
            cache: Cache::new(config.data.join("acme")),
        })
    }

    /// The name that a person would call the relay.
    pub(super) fn host(&self) -> &str {
        self.domains.first().map_or("", String::as_str)
    }

    /// Begins with what is kept, if anything is; nobody is asked yet.
    pub(super) async fn begin(&self) -> State {
        let mut state = self.state();
        if self.cache.has_certificate(&self.domains, &self.directory)
            && let Some(event) = state.next().await
        {
            self.tell(event);
        }
        state
    }

    /// Gets and renews the certificate.
    pub(super) async fn keep(self, mut state: State, shown: Arc<Shown>) {
        let mut failures = 0;
        loop {
            match timeout(ANEW_AFTER, state.next()).await {
                Ok(Some(event)) => {
                    if self.tell(event) {
                        failures = 0;
                    } else {
                        sleep(PAUSE * 2_u32.pow(failures)).await;
                        failures = DOUBLINGS.min(failures + 1);
                    }
                }
                Ok(None) | Err(_) => {
                    state = self.begin().await;
                    shown.change(state.resolver(), None);
                }
            }
        }
    }

    fn state(&self) -> State {
        let config = match &self.trust {
            None => AcmeConfig::new(&self.domains),
            Some(trust) => AcmeConfig::new_with_client_config(&self.domains, Arc::clone(trust)),
        };
        config
            .contact(&self.contact)
            .directory(&self.directory)
            .cache(self.cache.clone())
            .state()
    }

    /// Logs `event`; whether all is well.
    fn tell(&self, event: Event<io::Error, io::Error>) -> bool {
        match event {
            Ok(EventOk::DeployedCachedCert) => info!("showing the certificate that was kept"),
            Ok(EventOk::DeployedNewCert) => info!("showing a new certificate for {self}"),
            Ok(EventOk::CertCacheStore | EventOk::AccountCacheStore) => {}
            Err(EventError::Order(error)) => {
                let reason = reason(&error);
                warn!("no certificate for {self}, trying again later: {reason}");
                return false;
            }
            Err(error) => {
                warn!("a certificate for {self} could not be kept or read: {error}");
                return false;
            }
        }
        true
    }
}

impl fmt::Display for Acme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.domains.join(", "), self.directory)
    }
}

/// What went wrong, for a person: what the authority says of its look at the proof, if it came so far.
fn reason(error: &OrderError) -> String {
    let OrderError::BadAuth(auth) = error else {
        return error.to_string();
    };
    let Identifier::Dns(domain) = &auth.identifier;
    let mut problems = auth.challenges.iter().filter_map(|one| one.error.as_ref());
    let detail = problems.find_map(|problem| problem.detail.as_deref());
    let detail = detail.unwrap_or("the authority does not say why");
    format!("{detail}; is this relay what answers on port 443 of {domain}?")
}

/// Trusts what the roots in the file at `path` vouch for.
fn trust(path: &Path) -> Result<Arc<ClientConfig>, TlsError> {
    let not_pem = |reason| not_pem(path, "certificate", reason);
    let unfit = |reason| unfit(path, reason);
    let text = std::fs::read(path).map_err(|reason| unreadable(path, reason))?;
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(&text) {
        roots.add(root.map_err(not_pem)?).map_err(unfit)?;
    }
    if roots.is_empty() {
        return Err(not_pem(pem::Error::NoItemsFound));
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(unfit)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
