//! The settings file: TOML in the data folder, written by hand or by a face. Start at
//! [`Settings::read`].

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use serde::Deserialize;

/// What the user may set. What the file leaves out has its usual value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The receiver on this computer.
    pub receiver: ReceiverSettings,
}

/// The receiver on this computer.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReceiverSettings {
    /// Where it listens; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The largest body that it takes; a larger one is answered 413.
    pub body_limit_bytes: u64,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is there and cannot be read.
    #[error("cannot read the settings file {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// It says something that is not understood.
    #[error("the settings file {path} is wrong; mend it, or move it away to start anew:\n{reason}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Which line, and why.
        reason: toml::de::Error,
    },
}

impl Default for ReceiverSettings {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4747)),
            body_limit_bytes: 32 << 20,
        }
    }
}

impl Settings {
    /// Reads `settings.toml` in the folder `data`; without the file everything is as usual.
    ///
    /// # Errors
    /// When there is a file and it cannot be read or understood.
    pub fn read(data: &Path) -> Result<Self, SettingsError> {
        let path = data.join("settings.toml");
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                toml::from_str(&text).map_err(|reason| SettingsError::Wrong { path, reason })
            }
            Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(reason) => Err(SettingsError::Unreadable { path, reason }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("settings.toml"), text).unwrap();
        Settings::read(folder.path())
    }

    #[test]
    fn what_the_file_leaves_out_is_as_usual() {
        let settings = read("[receiver]\nlisten = \"127.0.0.1:0\"\n").unwrap();
        assert_eq!(settings.receiver.listen.port(), 0);
        assert_eq!(settings.receiver.body_limit_bytes, 32 << 20);
        assert_eq!(
            Settings::read(Path::new("/nowhere")).unwrap(),
            Settings::default()
        );
    }

    #[test]
    fn a_wrong_line_is_shown_with_its_file() {
        let error = read("[receiver]\nlisen = 5\n").unwrap_err().to_string();
        assert!(
            error.contains("settings.toml") && error.contains("line 2"),
            "{error}"
        );
    }
}
