//! The hooks files of endpoints: in the folder `rules` of the data folder, each under its endpoint's
//! id, byte for byte as its author wrote it and readable by its owner alone, for it may hold secrets.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use webhook::rules::load::{HooksFile, LoadError};

/// A hooks file is read whole.
const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Why an endpoint's rules are not there.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read or written.
    #[error("the rules in {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is no hooks file.
    #[error("{0}")]
    Load(#[from] LoadError),
    /// It is too long for one.
    #[error("a hooks file of more than {} MiB is none", MAX_BYTES >> 20)]
    Long,
}

fn path(data: &Path, endpoint: &str) -> PathBuf {
    data.join("rules").join(format!("{endpoint}.yaml"))
}

/// The text of an endpoint's hooks file; empty when there is none.
pub(super) fn read(data: &Path, endpoint: &str) -> Result<Vec<u8>, FileError> {
    let path = path(data, endpoint);
    match fs::read(&path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(FileError::Io { path, source }),
    }
}

/// Keeps `text` as the hooks file of an endpoint; without a text there is none. One that does not
/// load is not kept, for rules would silently be none.
pub(super) fn write(data: &Path, endpoint: &str, text: &[u8]) -> Result<(), FileError> {
    if text.len() as u64 > MAX_BYTES {
        return Err(FileError::Long);
    }
    HooksFile::load(text, None)?;
    let path = path(data, endpoint);
    put(&path, text).map_err(|source| FileError::Io { path, source })
}

fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    if text.iter().all(u8::is_ascii_whitespace) {
        return match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    // In two steps, so that nobody reads half of it.
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(text)?;
    new.as_file().sync_all()?;
    new.persist(path)?;
    Ok(())
}

/// The endpoints that have rules.
pub(super) fn endpoints(data: &Path) -> Vec<String> {
    let Ok(files) = fs::read_dir(data.join("rules")) else {
        return Vec::new();
    };
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let mut all: Vec<_> = names
        .filter_map(|name| Some(name.strip_suffix(".yaml")?.to_owned()))
        .filter(|name| !name.is_empty() && !name.starts_with('.'))
        .collect();
    all.sort();
    all
}
