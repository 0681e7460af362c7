//! The hooks that are served, file by file, and how they are read again while they are. Start at
//! [`Hooks::load`].

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use webhook::rules::{
    hook::Hook,
    load::{HooksFile, LoadError},
    template::TemplateEnv,
};

use crate::serve::{ServeError, log::Log, options::Options};

/// The hooks of all files.
pub(super) struct Hooks {
    /// Read at the start; what fails then is left out.
    named: Vec<PathBuf>,
    files: RwLock<Vec<File>>,
    template: Option<TemplateEnv>,
    log: Log,
}

/// One file that was read.
struct File {
    path: PathBuf,
    hooks: Vec<Arc<Hook>>,
}

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("open {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Refused(#[from] LoadError),
}

impl Hooks {
    pub(super) fn new(options: &Options, log: Log) -> Self {
        Self {
            named: options.hooks.clone(),
            files: RwLock::default(),
            template: options.is_template.then(surroundings),
            log,
        }
    }

    /// Reads every file for the first time. One that cannot be read is told to the log.
    ///
    /// # Errors
    /// When two files have a hook of one id.
    pub(super) fn load(&self) -> Result<(), ServeError> {
        for path in &self.named {
            let shown = path.display();
            self.log
                .line(&format!("attempting to load hooks from {shown}"));
            let Some(hooks) = self.read(path) else {
                continue;
            };
            for hook in &hooks {
                if self.find(hook.id.as_bytes()).is_some() {
                    return Err(ServeError::Duplicate(hook.id.clone()));
                }
                self.log.line(&format!("\tloaded: {}", hook.id));
            }
            let path = path.clone();
            self.change().push(File { path, hooks });
        }
        Ok(())
    }

    /// The hook that answers to `id`: of several the first.
    pub(super) fn find(&self, id: &[u8]) -> Option<Arc<Hook>> {
        let files = self.look();
        let mut hooks = files.iter().flat_map(|file| &file.hooks);
        hooks.find(|hook| hook.id.as_bytes() == id).cloned()
    }

    /// How many hooks there are.
    pub(super) fn count(&self) -> usize {
        self.look().iter().map(|file| file.hooks.len()).sum()
    }

    /// The files that were read at the start.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        self.look().iter().map(|file| file.path.clone()).collect()
    }

    /// Reads every file again that could be read at the start.
    pub(super) fn reload_all(&self) {
        for path in self.paths() {
            self.reload(&path);
        }
    }

    /// Reads one file again. When it is refused, its hooks stay what they were.
    pub(super) fn reload(&self, path: &Path) {
        let shown = path.display();
        self.log
            .line(&format!("attempting to reload hooks from {shown}"));
        let Some(hooks) = self.read(path) else {
            return;
        };
        let mut files = self.change();
        for (at, hook) in hooks.iter().enumerate() {
            let is_same = |other: &Arc<Hook>| other.id == hook.id;
            let mut others = files.iter().filter(|file| file.path != path);
            let is_elsewhere = others.any(|file| file.hooks.iter().any(is_same));
            if is_elsewhere || hooks[..at].iter().any(is_same) {
                let duplicate = ServeError::Duplicate(hook.id.clone());
                self.log.line(&duplicate.to_string());
                self.log
                    .line("reverting hooks back to the previous configuration");
                return;
            }
            self.log.line(&format!("\tloaded: {}", hook.id));
        }
        if let Some(file) = files.iter_mut().find(|file| file.path == path) {
            file.hooks = hooks;
        }
    }

    /// Forgets the hooks of a file that is gone. Should it come back, it is read again.
    pub(super) fn remove(&self, path: &Path) {
        let mut files = self.change();
        let Some(file) = files.iter_mut().find(|file| file.path == path) else {
            return;
        };
        let removed = std::mem::take(&mut file.hooks);
        for hook in &removed {
            self.log.line(&format!("\tremoving: {}", hook.id));
        }
        let (count, shown) = (removed.len(), path.display());
        self.log.line(&format!(
            "removed {count} hook(s) that were loaded from file {shown}"
        ));
    }

    fn read(&self, path: &Path) -> Option<Vec<Arc<Hook>>> {
        match self.parse(path) {
            Ok(file) => {
                let count = file.hooks.len();
                self.log.line(&format!("found {count} hook(s) in file"));
                Some(file.hooks.into_iter().map(Arc::new).collect())
            }
            Err(error) => {
                self.log
                    .line(&format!("couldn't load hooks from file! {error}"));
                None
            }
        }
    }

    fn parse(&self, path: &Path) -> Result<HooksFile, ReadError> {
        if path.as_os_str().is_empty() {
            return Ok(HooksFile::default());
        }
        let bytes = fs::read(path).map_err(|source| ReadError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Ok(HooksFile::load(&bytes, self.template.as_ref())?)
    }

    fn look(&self) -> RwLockReadGuard<'_, Vec<File>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self) -> RwLockWriteGuard<'_, Vec<File>> {
        self.files.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What templates may ask for: the environment and files, as text.
fn surroundings() -> TemplateEnv {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    TemplateEnv {
        getenv: Arc::new(move |name| {
            // Names that no environment can have are not in it.
            let is_name = !name.is_empty() && !name.contains(['=', '\0']);
            let value = is_name.then(|| std::env::var_os(name))??;
            Some(text(value.as_encoded_bytes()))
        }),
        read: Arc::new(move |path| fs::read(path).ok().map(|bytes| text(&bytes))),
    }
}
