//! Secrets live in the system's keychain; where there is none, in a file that only its owner may
//! read, which the user is told. Start at [`Secrets`].

use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use zeroize::Zeroizing;

/// The keychain may ask its user to unlock it; longer than this nobody waits for it.
const PATIENCE: Duration = Duration::from_secs(4);
/// What the keychain's entries are filed under.
const SERVICE: &str = "tenterhook";

/// A secret text. It has no `Display`, no `Debug` of its value, and is not serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes `text` in.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text, for where it is needed and nowhere else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Why a secret could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The keychain is there and refuses, and so does the file.
    #[error("the secret could not be kept: {0}")]
    File(#[from] std::io::Error),
    /// The file is not what was written.
    #[error("the file of secrets {0} is damaged: move it away and pair again")]
    Damaged(PathBuf),
}

/// The secrets of one data folder.
#[derive(Debug)]
pub struct Secrets {
    /// Tells this folder's secrets from another's in the one keychain of a user.
    scope: String,
    file: PathBuf,
    writing: Mutex<()>,
    keychain_fails: AtomicBool,
}

impl Secrets {
    /// The secrets that belong to the folder `data`. With `use_keychain` false they are kept in the
    /// file from the start.
    #[must_use]
    pub fn new(data: &Path, use_keychain: bool) -> Self {
        let path = fs::canonicalize(data).unwrap_or_else(|_| data.to_owned());
        Self {
            scope: path.to_string_lossy().into_owned(),
            file: data.join("secrets.json"),
            writing: Mutex::new(()),
            keychain_fails: AtomicBool::new(!use_keychain),
        }
    }

    /// Whether secrets of this folder are kept in the file, for want of a keychain.
    #[must_use]
    pub fn are_in_file(&self) -> bool {
        self.file.exists()
    }

    /// The file that stands in for the keychain.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Reads the secret `name`. Blocks, at most for a few seconds.
    ///
    /// # Errors
    /// When the file is damaged or unreadable.
    pub fn read(&self, name: &str) -> Result<Option<Secret>, SecretError> {
        if let Some(Ok(found)) = self.ask_keychain(name, |entry| match entry.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }) && found.is_some()
        {
            return Ok(found);
        }
        Ok(self.read_file()?.remove(name).map(Secret))
    }

    /// Keeps the secret `name`. Blocks, at most for a few seconds.
    ///
    /// # Errors
    /// When neither the keychain nor the file takes it.
    pub fn keep(&self, name: &str, secret: &Secret) -> Result<(), SecretError> {
        let text = secret.clone();
        if let Some(Ok(())) =
            self.ask_keychain(name, move |entry| entry.set_password(text.reveal()))
        {
            return Ok(());
        }
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.read_file()?;
        all.insert(name.to_owned(), secret.0.clone());
        self.write_file(&all)
    }

    /// Forgets the secret `name`; to forget one that is not there is nothing. Blocks, at most for a
    /// few seconds.
    ///
    /// # Errors
    /// When the file is damaged or cannot be written.
    pub fn forget(&self, name: &str) -> Result<(), SecretError> {
        // One that the keychain does not let go of opens nothing any more: its name is gone.
        let _ = self.ask_keychain(name, |entry| match entry.delete_credential() {
            Err(keyring::Error::NoEntry) => Ok(()),
            other => other,
        });
        let _one_at_a_time = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.read_file()?;
        match all.remove(name) {
            Some(_) => self.write_file(&all),
            None => Ok(()),
        }
    }

    /// Asks the keychain on a thread of its own, for it may block for ever. None when there is no
    /// keychain or it does not answer; then it is not asked again.
    fn ask_keychain<T: Send + 'static>(
        &self,
        name: &str,
        ask: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Option<keyring::Result<T>> {
        if self.keychain_fails.load(Ordering::Relaxed) {
            return None;
        }
        let (answer, answered) = mpsc::sync_channel(1);
        let user = format!("{} {name}", self.scope);
        let asking = thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                let result = keyring::Entry::new(SERVICE, &user).and_then(|entry| ask(&entry));
                // Whoever asked may have lost patience.
                let _ = answer.send(result);
            });
        let result = asking
            .ok()
            .and_then(|_| answered.recv_timeout(PATIENCE).ok());
        if !matches!(result, Some(Ok(_))) {
            tracing::warn!(
                "the keychain does not serve; secrets go to {}",
                self.file.display()
            );
            self.keychain_fails.store(true, Ordering::Relaxed);
        }
        result
    }

    fn read_file(&self) -> Result<BTreeMap<String, Zeroizing<String>>, SecretError> {
        let text = match fs::read_to_string(&self.file) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(BTreeMap::new());
            }
            Err(error) => return Err(error.into()),
        };
        let all: BTreeMap<String, String> =
            serde_json::from_str(&text).map_err(|_| SecretError::Damaged(self.file.clone()))?;
        Ok(all
            .into_iter()
            .map(|(name, secret)| (name, Zeroizing::new(secret)))
            .collect())
    }

    fn write_file(&self, all: &BTreeMap<String, Zeroizing<String>>) -> Result<(), SecretError> {
        let plain: BTreeMap<_, _> = all
            .iter()
            .map(|(name, secret)| (name, secret.as_str()))
            .collect();
        let text = Zeroizing::new(serde_json::to_string(&plain).map_err(std::io::Error::from)?);
        // Written beside and renamed over, so that a crash leaves the old or the new file, whole.
        let beside = self.file.with_extension("json.new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(beside, &self.file)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_keychain_a_file_of_its_owner_keeps_them() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(folder.path(), false);
        assert!(secrets.read("a").unwrap().is_none());
        secrets.keep("a", &Secret::new("one")).unwrap();
        secrets.keep("b", &Secret::new("two")).unwrap();
        let again = Secrets::new(folder.path(), false);
        assert_eq!(again.read("a").unwrap(), Some(Secret::new("one")));
        assert_eq!(again.read("b").unwrap(), Some(Secret::new("two")));
        again.forget("b").unwrap();
        again.forget("c").unwrap();
        assert_eq!(again.read("b").unwrap(), None);
        assert_eq!(again.read("a").unwrap(), Some(Secret::new("one")));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(again.file()).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_named_and_not_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::new(folder.path(), false);
        fs::write(secrets.file(), "{").unwrap();
        assert!(secrets.keep("a", &Secret::new("one")).is_err());
        let error = secrets.read("a").unwrap_err().to_string();
        assert!(error.contains("secrets.json is damaged"), "{error}");
        assert_eq!(fs::read_to_string(secrets.file()).unwrap(), "{");
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("hush")), "Secret(..)");
    }
}
