//! What ACME keeps from start to start: the account's key, and certificate and key. Start at
//! [`Cache`].

use std::{
    fs, io,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use aws_lc_rs::digest::{Context, SHA256};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use rustls_acme::{AccountCache, CertCache};
use tempfile::NamedTempFile;

/// A folder of files that only their owner may read.
#[derive(Debug, Clone)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// What is kept in `folder`, which is made when there is something to keep.
    pub(super) const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Whether there is a certificate for `domains` from `directory`.
    pub(super) fn has_certificate(&self, domains: &[String], directory: &str) -> bool {
        self.path("certificate", domains, directory).exists()
    }

    /// Another directory is another authority, and other names want another certificate.
    fn path(&self, what: &str, of: &[String], directory: &str) -> PathBuf {
        let mut hash = Context::new(&SHA256);
        for part in of.iter().map(String::as_str).chain([directory]) {
            hash.update(part.as_bytes());
            hash.update(&[0]);
        }
        let hash = BASE64_URL_SAFE_NO_PAD.encode(hash.finish());
        self.folder.join(format!("{what}-{hash}.pem"))
    }
}

fn load(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// Puts `contents` at `path` in one step.
fn store(path: &Path, contents: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Such a file is made for its owner alone.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(contents)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}

#[async_trait]
impl CertCache for Cache {
    type EC = io::Error;

    async fn load_cert(&self, of: &[String], from: &str) -> io::Result<Option<Vec<u8>>> {
        load(&self.path("certificate", of, from))
    }

    async fn store_cert(&self, of: &[String], from: &str, certificate: &[u8]) -> io::Result<()> {
        store(&self.path("certificate", of, from), certificate)
    }
}

#[async_trait]
impl AccountCache for Cache {
    type EA = io::Error;

    async fn load_account(&self, of: &[String], from: &str) -> io::Result<Option<Vec<u8>>> {
        load(&self.path("account", of, from))
    }

    async fn store_account(&self, of: &[String], from: &str, account: &[u8]) -> io::Result<()> {
        store(&self.path("account", of, from), account)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_found_again_by_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::new(folder.path().join("acme"));
        let (names, other) = (["a".to_owned()], ["b".to_owned()]);
        assert_eq!(cache.load_cert(&names, "d").await.unwrap(), None);
        assert!(!cache.has_certificate(&names, "d"));
        cache.store_cert(&names, "d", b"old").await.unwrap();
        cache.store_cert(&names, "d", b"new").await.unwrap();
        cache.store_account(&names, "d", b"key").await.unwrap();
        assert!(cache.has_certificate(&names, "d"));
        let kept = cache.load_cert(&names, "d").await.unwrap();
        assert_eq!(kept.as_deref(), Some(&b"new"[..]));
        assert_eq!(cache.load_cert(&other, "d").await.unwrap(), None);
        assert_eq!(cache.load_cert(&names, "e").await.unwrap(), None);
        let files = fs::read_dir(folder.path().join("acme")).unwrap();
        let modes: Vec<_> = files
            .map(|file| file.unwrap().metadata().unwrap().permissions().mode() & 0o777)
            .collect();
        assert_eq!(modes, [0o600, 0o600]);
    }
}
