//! The file that says which process this is.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process,
};

/// The file; removed when this is dropped.
#[derive(Debug)]
pub(super) struct PidFile(PathBuf);

/// Why there is no such file.
#[derive(Debug, thiserror::Error)]
pub enum PidFileError {
    /// The process that it names lives.
    #[error("pid file found, ensure webhook is not running or delete {}", .0.display())]
    Taken(PathBuf),
    /// It cannot be written.
    #[error("{}: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl PidFile {
    /// Writes this process's number to `path`, with the folders above it.
    ///
    /// # Errors
    /// When the process that the file names already is alive, or it cannot be written.
    pub(super) fn create(path: &Path) -> Result<Self, PidFileError> {
        let named = fs::read_to_string(path).ok();
        let named = named.and_then(|text| text.trim().parse::<i32>().ok());
        if named.is_some_and(is_alive) {
            return Err(PidFileError::Taken(path.to_owned()));
        }
        write(path).map_err(|source| PidFileError::Unwritable {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self(path.to_owned()))
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::debug!("{} could not be removed: {error}", self.0.display());
        }
    }
}

fn write(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent {
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o755);
        builder.recursive(true).create(parent)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(
        &mut options.open(path)?,
        process::id().to_string().as_bytes(),
    )
}

#[cfg(unix)]
fn is_alive(pid: i32) -> bool {
    use nix::{errno::Errno, sys::signal::kill, unistd::Pid};

    // One that may not be signalled is there as well.
    pid > 0 && matches!(kill(Pid::from_raw(pid), None), Ok(()) | Err(Errno::EPERM))
}

#[cfg(not(unix))]
fn is_alive(_: i32) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_there_for_as_long_as_the_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run/deep/webhook.pid");
        let file = PidFile::create(&path).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            process::id().to_string()
        );
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o755);
        drop(file);
        assert!(!path.exists());
    }

    #[test]
    fn one_that_names_a_living_process_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pid");
        fs::write(&path, format!(" {}\n", process::id())).unwrap();
        let error = PidFile::create(&path).unwrap_err().to_string();
        let want = "pid file found, ensure webhook is not running or delete ";
        assert!(error.starts_with(want), "{error}");
        for stale in ["", "x", "2147483647", "-1", "0"] {
            fs::write(&path, stale).unwrap();
            drop(PidFile::create(&path).unwrap());
        }
    }
}
