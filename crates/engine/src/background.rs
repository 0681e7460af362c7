//! The settings of the window in the background: one JSON file of the data folder, written by the
//! window alone. Start at [`Engine::background`].

use std::{fs, io, path::PathBuf};

use crate::{engine::Engine, view::Background};

impl Engine {
    /// The settings as they were kept last. Without a file, or with one that cannot be read,
    /// everything is as usual: no window stays closed for it.
    #[must_use]
    pub fn background(&self) -> Background {
        match fs::read(self.background_file()) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::warn!("background.json is passed over: {error}");
                Background::default()
            }),
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!("background.json is passed over: {error}");
                }
                Background::default()
            }
        }
    }

    /// Keeps `background`.
    ///
    /// # Errors
    /// When the file cannot be written; it is as it was.
    pub fn keep_background(&self, background: &Background) -> io::Result<()> {
        // In two steps, so that nobody reads half of it.
        let file = self.background_file();
        let new = file.with_extension("json.new");
        fs::write(&new, serde_json::to_vec_pretty(background)?)?;
        fs::rename(new, file)
    }

    fn background_file(&self) -> PathBuf {
        self.data().join("background.json")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Options,
        view::{Loudness, OnClose},
    };

    fn open(folder: &tempfile::TempDir) -> Engine {
        let options = Options {
            data: folder.path().to_owned(),
            clock: || 0,
            use_keychain: false,
        };
        Engine::open(options).unwrap()
    }

    #[test]
    fn what_is_kept_is_there_again_and_the_rest_is_as_usual() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(&folder);
        assert_eq!(engine.background(), Background::default());
        let mut kept = Background {
            on_close: OnClose::Hide,
            ..Background::default()
        };
        kept.endpoints.insert("e-1".to_owned(), Loudness::Failures);
        engine.keep_background(&kept).unwrap();
        assert_eq!(engine.background(), kept);
        fs::write(engine.background_file(), r#"{"isNotifying":false}"#).unwrap();
        let read = engine.background();
        assert!(!read.is_notifying && read.is_quiet_in_focus);
    }

    #[test]
    fn a_broken_file_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(&folder);
        fs::write(engine.background_file(), "{").unwrap();
        assert_eq!(engine.background(), Background::default());
    }
}
