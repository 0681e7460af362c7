//! Captures out of the window: as a text for the clipboard, or as a file in a folder of the person's.
//! The terminal's way is in `export`. Start at [`Engine::snippet`].

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use webhook::export::{FORMATS, Format, Joined, Options};

use crate::{
    engine::{Engine, Error},
    export::{ExportError, new_file},
    store::captures,
    view::FormatView,
};

/// Names tried for a file before it is given up.
const NAMES: usize = 1_000;

/// The formats that captures can be taken away in, in the order of a menu.
#[must_use]
pub fn formats() -> Vec<FormatView> {
    let view = |format: &Format| FormatView {
        id: format.id.to_owned(),
        name: format.name.to_owned(),
        is_one_a_file: format.joined == Joined::Never,
    };
    FORMATS.iter().map(view).collect()
}

impl Engine {
    /// The capture `id` in the format called `format`, as text.
    ///
    /// # Errors
    /// When there is none of these, it does not go into this form, or it is no text in it.
    pub async fn snippet(
        &self,
        id: &str,
        format: &str,
        with_secrets: bool,
    ) -> Result<String, ExportError> {
        let mut out = Vec::new();
        let options = options(with_secrets);
        self.export(&[id.to_owned()], Format::find(format)?, &options, &mut out)
            .await?;
        String::from_utf8(out).map_err(|_| {
            let message = "this capture is no text in this format: save it as a file";
            io::Error::new(io::ErrorKind::InvalidData, message).into()
        })
    }

    /// Writes the captures at the places `seqs` into a new file in `folder`, or, where the format
    /// takes one capture a file, into a new folder in it. The answer is its path.
    ///
    /// # Errors
    /// When there is no such format, one does not go into it, or nothing can be written there; then
    /// nothing is left there.
    pub async fn save(
        &self,
        seqs: Vec<i64>,
        format: &str,
        with_secrets: bool,
        folder: &Path,
    ) -> Result<PathBuf, ExportError> {
        let (format, options) = (Format::find(format)?, options(with_secrets));
        let ids = self
            .database()
            .read(move |db| captures::ids(db, &seqs))
            .await
            .map_err(Error::from)?;
        let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
        let failed = |reason| ExportError::File {
            path: folder.to_owned(),
            reason,
        };
        fs::create_dir_all(folder).map_err(failed)?;
        if format.joined == Joined::Never && ids.len() != 1 {
            let (path, ()) = new(folder, "", |path| fs::create_dir(path)).map_err(failed)?;
            let written = self.export_files(&ids, format, &options, &path).await;
            if written.is_err() {
                // It was made a moment ago, by us; that it stays is no further failure.
                let _ = fs::remove_dir_all(&path);
            }
            return written.map(|_| path);
        }
        let extension = format!(".{}", format.extension);
        let (path, file) = new(folder, &extension, new_file).map_err(failed)?;
        let mut out = BufWriter::new(file);
        let written = match self.export(&ids, format, &options, &mut out).await {
            Ok(()) => out.flush().map_err(ExportError::Write),
            Err(error) => Err(error),
        };
        if written.is_err() {
            // A half of what was asked for is of no use.
            let _ = fs::remove_file(&path);
        }
        written.map(|()| path)
    }
}

fn options(with_secrets: bool) -> Options {
    Options {
        with_secrets,
        ..Options::default()
    }
}

/// Makes `captures`, `captures-2` and so on in `folder`: the first that is not there.
fn new<T>(
    folder: &Path,
    extension: &str,
    make: impl Fn(&Path) -> io::Result<T>,
) -> io::Result<(PathBuf, T)> {
    let names = (1..NAMES).map(|number| match number {
        1 => format!("captures{extension}"),
        number => format!("captures-{number}{extension}"),
    });
    for name in names {
        let path = folder.join(name);
        match make(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (path, made)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

#[cfg(test)]
mod tests {
    use sqlite::rusqlite::Connection;
    use webhook::{
        capture::{Capture, CaptureId, EndpointId},
        head::Head,
    };

    use super::*;
    use crate::{Options as Opening, arrival::Arrival, store, view::Source};

    async fn engine(bodies: &[&'static [u8]]) -> (Engine, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let database = store::open(folder.path()).unwrap();
        for (number, body) in (1..).zip(bodies) {
            let headers = [
                (&b"Host"[..], &b"example.dev"[..]),
                (b"Authorization", b"Bearer s3cret"),
            ];
            let capture = Capture {
                id: id(number),
                endpoint: EndpointId::local(),
                received_at_ms: number,
                peer: None,
                head: Head::compose(b"POST", b"/a", b"HTTP/1.1", headers).unwrap(),
                body: (*body).into(),
                flaws: Vec::new(),
            };
            let arrival = Arrival::new(capture, Source::Local, false);
            let insert = move |db: &Connection| captures::insert(db, &arrival, 0);
            assert!(database.write(insert).await.unwrap());
        }
        let options = Opening {
            data: folder.path().to_owned(),
            clock: || 0,
            use_keychain: false,
        };
        (Engine::open(options).unwrap(), folder)
    }

    fn id(number: i64) -> CaptureId {
        CaptureId::new(number, [0; 10])
    }

    #[tokio::test]
    async fn a_snippet_has_its_secrets_only_when_they_are_asked_for() {
        let (engine, _folder) = engine(&[b"{}"]).await;
        let id = id(1).to_string();
        let plain = engine.snippet(&id, "curl", false).await.unwrap();
        assert!(
            plain.contains("\ncurl --") && !plain.contains("s3cret"),
            "{plain}"
        );
        let whole = engine.snippet(&id, "curl", true).await.unwrap();
        assert!(whole.contains("Bearer s3cret"), "{whole}");
        assert!(engine.snippet(&id, "fax", false).await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_text_is_not_copied_and_can_be_saved() {
        let (engine, folder) = engine(&[b"\xff\0"]).await;
        let refused = engine.snippet(&id(1).to_string(), "body", false).await;
        assert!(
            refused
                .unwrap_err()
                .to_string()
                .contains("save it as a file")
        );
        let path = engine.save(vec![1], "body", false, folder.path()).await;
        assert_eq!(fs::read(path.unwrap()).unwrap(), b"\xff\0");
    }

    #[tokio::test]
    async fn nothing_that_is_there_is_written_over() {
        let (engine, folder) = engine(&[b"1", b"2"]).await;
        let to = folder.path().join("Downloads");
        let save = async |format: &'static str, seqs: Vec<i64>| {
            let path = engine.save(seqs, format, false, &to).await.unwrap();
            path.strip_prefix(&to).unwrap().display().to_string()
        };
        assert_eq!(save("ndjson", vec![1, 2]).await, "captures.ndjson");
        assert_eq!(save("ndjson", vec![2]).await, "captures-2.ndjson");
        assert_eq!(save("python", vec![1, 2]).await, "captures");
        assert_eq!(save("python", vec![1]).await, "captures.py");
        let lines = fs::read_to_string(to.join("captures.ndjson")).unwrap();
        assert_eq!(lines.lines().count(), 2);
        assert_eq!(fs::read_dir(to.join("captures")).unwrap().count(), 2);
        assert!(!lines.contains("s3cret"));
    }
}
