//! Captures out of the history into other tools: what they become is in `webhook::export`, here is
//! where they come from and where they go.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
};

use url::Url;
use webhook::{
    capture::{Capture, CaptureId},
    export::{self, Bundle, Format, Options},
};

use crate::{
    engine::{Engine, Error},
    store::{captures, pairing},
    view::Source,
};

/// Why captures were not exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// They were not found or read.
    #[error(transparent)]
    Engine(#[from] Error),
    /// They do not go into this form.
    #[error(transparent)]
    Form(#[from] export::ExportError),
    /// They cannot be written.
    #[error(transparent)]
    Write(#[from] io::Error),
    /// A file cannot be made.
    #[error("cannot write {path}: {reason}", path = path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
}

impl From<sqlite::Error> for ExportError {
    fn from(error: sqlite::Error) -> Self {
        Self::Engine(error.into())
    }
}

impl Engine {
    /// The capture whose id is `text`, or begins so.
    ///
    /// # Errors
    /// When there is none or more than one, or the history cannot be read.
    pub async fn find(&self, text: &str) -> Result<CaptureId, Error> {
        let no_capture = || Error::NoCapture(text.chars().take(80).collect());
        let (low, high) = range(text).ok_or_else(no_capture)?;
        let read = move |db: &_| captures::ids_between(db, low, high, 2);
        match self.database().read(read).await?.as_slice() {
            [] => Err(no_capture()),
            [one] => Ok(*one),
            _ => Err(Error::Several(text.to_owned())),
        }
    }

    /// Writes the captures of `ids` to `out` as one file of `format`, one after the other, so that
    /// one is in memory at a time.
    ///
    /// # Errors
    /// When one is not found, does not go into this form, or `out` takes no more.
    pub async fn export(
        &self,
        ids: &[String],
        format: &Format,
        options: &Options,
        out: &mut (impl Write + Send),
    ) -> Result<(), ExportError> {
        // All are found before the first is written.
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.push(self.find(id).await?);
        }
        let mut bundle = Bundle::new(format);
        for id in found {
            let (capture, from) = self.to_export(id).await?;
            let options = Options {
                from,
                ..options.clone()
            };
            out.write_all(&bundle.next(&capture, &options)?)?;
        }
        out.write_all(&bundle.end())?;
        Ok(out.flush()?)
    }

    /// Writes the captures of `ids` into `folder`, a file each, and gives their paths. Names are
    /// made here; a file that is there already is never touched.
    ///
    /// # Errors
    /// When one is not found, does not go into this form, or its file exists or cannot be made.
    pub async fn export_files(
        &self,
        ids: &[String],
        format: &Format,
        options: &Options,
        folder: &Path,
    ) -> Result<Vec<PathBuf>, ExportError> {
        let mut paths = Vec::with_capacity(ids.len());
        for id in ids {
            let (capture, from) = self.to_export(self.find(id).await?).await?;
            let options = Options {
                from,
                ..options.clone()
            };
            let bytes = export::export(&capture, format, &options)?;
            let path = folder.join(export::name::file_name(&capture, format));
            let failed = |reason| ExportError::File {
                path: path.clone(),
                reason,
            };
            let mut file = new_file(&path).map_err(failed)?;
            file.write_all(&bytes).map_err(failed)?;
            paths.push(path);
        }
        Ok(paths)
    }

    /// A capture, and where it was sent to when that was an endpoint of the relay.
    async fn to_export(
        &self,
        id: CaptureId,
    ) -> Result<(Capture, Option<export::Destination>), ExportError> {
        let read = move |db: &_| Ok((captures::by_id(db, id)?, pairing::endpoints(db)?));
        let (stored, endpoints) = self.database().read(read).await?;
        let stored = stored.ok_or_else(|| Error::NoCapture(id.to_string()))?;
        let endpoint = endpoints.into_iter().find(|endpoint| {
            stored.source == Source::Relay && endpoint.id == stored.capture.endpoint.as_str()
        });
        let url = endpoint.and_then(|endpoint| Url::parse(&endpoint.url).ok());
        let origin = url.map(|url| url.origin().ascii_serialization());
        Ok((
            stored.capture,
            origin.and_then(|origin| origin.parse().ok()),
        ))
    }
}

/// Makes a file that was not there, readable by its owner alone: captures hold secrets of others.
/// A link in its place is not followed.
///
/// # Errors
/// When something is there already, or the system refuses.
pub fn new_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The first and the last id that begin with `text`, with or without hyphens; none when no id does.
fn range(text: &str) -> Option<(CaptureId, CaptureId)> {
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let is_hex = digits.chars().all(|c| c.is_ascii_hexdigit());
    if !(4..=32).contains(&digits.len()) || !is_hex {
        return None;
    }
    let bound = |filler: char| {
        let whole: String = digits
            .chars()
            .chain(std::iter::repeat(filler))
            .take(32)
            .collect();
        u128::from_str_radix(&whole, 16).ok()
    };
    let id = |number: u128| CaptureId::from_bytes(number.to_be_bytes());
    Some((id(bound('0')?), id(bound('f')?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_an_id_is_enough() {
        let (low, high) = range("01A2-010b").unwrap();
        assert_eq!(low.to_string(), "01a2010b-0000-0000-0000-000000000000");
        assert_eq!(high.to_string(), "01a2010b-ffff-ffff-ffff-ffffffffffff");
        let whole = "01a2010b-1234-7234-8234-123456789abc";
        let (low, high) = range(whole).unwrap();
        assert_eq!((low.to_string(), high), (whole.to_owned(), low));
        for text in [
            "",
            "01a",
            "hello",
            "01a2010b-1234-7234-8234-123456789abcd",
            "%",
            "../x",
        ] {
            assert_eq!(range(text), None, "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn no_file_is_overwritten_and_no_link_is_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, link) = (folder.path().join("kept"), folder.path().join("link"));
        std::fs::write(&kept, "old").unwrap();
        std::os::unix::fs::symlink(folder.path().join("elsewhere"), &link).unwrap();
        for path in [&kept, &link] {
            let refused = new_file(path).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        }
        assert_eq!(std::fs::read(&kept).unwrap(), b"old");
        assert!(!folder.path().join("elsewhere").exists());
    }
}
