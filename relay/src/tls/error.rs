//! What can be wrong with the settings of TLS, and with the files that they name.

use std::{
    io,
    path::{Path, PathBuf},
};

use rustls::{Error, pki_types::pem};

/// Why a relay cannot do TLS as its settings say.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One of the two files is named.
    #[error("{named} needs {missing} beside it: name both files, or neither")]
    Half {
        /// The setting that is there.
        named: &'static str,
        /// The setting that is not.
        missing: &'static str,
    },
    /// Files are named, and ACME as well.
    #[error("tls_certificate and acme_domains are two ways to one certificate: choose one")]
    Both,
    /// A file cannot be read.
    #[error("cannot read {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// A file does not hold what it should.
    #[error("{} holds no {what} in PEM: {reason}", path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        what: &'static str,
        /// Why it was not found.
        reason: pem::Error,
    },
    /// The key is another certificate's.
    #[error("{} is not the key of the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// What a file holds is of no use.
    #[error("{} cannot be used: {reason}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: Error,
    },
    /// ACME gives certificates for names.
    #[error("acme_domains: `{0}` is not the name of one host, such as hooks.example.dev")]
    NotAName(String),
    /// ACME is spoken by `https`.
    #[error("acme_directory: `{0}` is not an https address")]
    NotADirectory(String),
}

pub(super) fn unreadable(path: &Path, reason: io::Error) -> TlsError {
    let path = path.to_owned();
    TlsError::Unreadable { path, reason }
}

pub(super) fn not_pem(path: &Path, what: &'static str, reason: pem::Error) -> TlsError {
    let path = path.to_owned();
    TlsError::NotPem { path, what, reason }
}

pub(super) fn unfit(path: &Path, reason: Error) -> TlsError {
    let path = path.to_owned();
    TlsError::Unfit { path, reason }
}
