//! The hooks that are served, file by file, and how they are read again while they are. Start at
//! [`Hooks::load`].

use std::{
    fs, io, mem,
    sync::{Arc, PoisonError, RwLock},
};

use webhook::rules::{
    load::{HooksFile, LoadError},
    set::HookSet,
    template::TemplateEnv,
};

use crate::serve::{ServeError, log::Log, options::Options};

/// The hooks of all files.
pub(super) struct Hooks {
    /// Read at the start; what fails then is left out.
    named: Vec<String>,
    set: RwLock<Arc<HookSet>>,
    template: Option<TemplateEnv>,
    log: Log,
}

#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("open {path}: {source}")]
    Unreadable { path: String, source: io::Error },
    #[error(transparent)]
    Refused(#[from] LoadError),
}

impl Hooks {
    pub(super) fn new(options: &Options, log: Log) -> Self {
        Self {
            named: options.hooks.clone(),
            set: RwLock::default(),
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
            self.log
                .line(&format!("attempting to load hooks from {path}"));
            if let Some(file) = self.read(path) {
                let loaded = ids(&file);
                self.change(|set| set.add(path, file))?;
                self.tell_each("loaded", &loaded);
            }
        }
        Ok(())
    }

    /// The hooks as they are now.
    pub(super) fn now(&self) -> Arc<HookSet> {
        let set = self.set.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&set)
    }

    /// How many hooks there are.
    pub(super) fn count(&self) -> usize {
        self.now().hooks().count()
    }

    /// The files that could be read at the start.
    pub(super) fn paths(&self) -> Vec<String> {
        self.now().paths().map(str::to_owned).collect()
    }

    /// Reads every file again that could be read at the start.
    pub(super) fn reload_all(&self) {
        for path in self.paths() {
            self.reload(&path);
        }
    }

    /// Reads one file again. When it is refused, its hooks stay what they were.
    pub(super) fn reload(&self, path: &str) {
        self.log
            .line(&format!("attempting to reload hooks from {path}"));
        let Some(file) = self.read(path) else {
            return;
        };
        let loaded = ids(&file);
        match self.change(|set| set.replace(path, file)) {
            Ok(()) => self.tell_each("loaded", &loaded),
            Err(duplicate) => {
                self.log.line(&duplicate.to_string());
                self.log
                    .line("reverting hooks back to the previous configuration");
            }
        }
    }

    /// Forgets the hooks of a file that is gone. Should it come back, it can be reloaded.
    pub(super) fn remove(&self, path: &str) {
        let before = self.now();
        // An empty file has no id that another could have.
        let _ = self.change(|set| set.replace(path, HooksFile::default()));
        let after = self.now();
        let is_gone = |id: &&str| after.find(id).is_none();
        let gone = before.hooks().map(|hook| hook.id.as_str());
        let gone: Vec<_> = gone.filter(is_gone).map(str::to_owned).collect();
        self.tell_each("removing", &gone);
        let count = gone.len();
        self.log.line(&format!(
            "removed {count} hook(s) that were loaded from file {path}"
        ));
    }

    fn read(&self, path: &str) -> Option<HooksFile> {
        match self.parse(path) {
            Ok(file) => {
                let count = file.hooks.len();
                self.log.line(&format!("found {count} hook(s) in file"));
                Some(file)
            }
            Err(error) => {
                self.log
                    .line(&format!("couldn't load hooks from file! {error}"));
                None
            }
        }
    }

    fn parse(&self, path: &str) -> Result<HooksFile, ReadError> {
        if path.is_empty() {
            return Ok(HooksFile::default());
        }
        let bytes = fs::read(path).map_err(|source| ReadError::Unreadable {
            path: path.to_owned(),
            source,
        })?;
        Ok(HooksFile::load(&bytes, self.template.as_ref())?)
    }

    /// Changes the hooks all at once. Requests on their way keep those that they have found.
    fn change<T>(&self, change: impl FnOnce(&mut HookSet) -> T) -> T {
        let mut set = self.set.write().unwrap_or_else(PoisonError::into_inner);
        let mut new = HookSet::clone(&set);
        let outcome = change(&mut new);
        drop(mem::replace(&mut *set, Arc::new(new)));
        outcome
    }

    fn tell_each(&self, what: &str, ids: &[String]) {
        for id in ids {
            self.log.line(&format!("\t{what}: {id}"));
        }
    }
}

fn ids(file: &HooksFile) -> Vec<String> {
    file.hooks.iter().map(|hook| hook.id.clone()).collect()
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
