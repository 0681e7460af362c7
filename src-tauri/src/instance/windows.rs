//! Nothing is shared between starts: the engine lets several programs work on one folder.

use std::{future, io, path::Path};

use super::Start;

/// There is none.
#[derive(Debug)]
pub(crate) enum Door {}

impl Door {
    /// Hears nothing.
    pub(crate) async fn serve(self, _hear: impl Fn(Option<String>) -> bool + Send) {
        future::pending().await
    }
}

/// Each start is the first.
#[expect(clippy::unnecessary_wraps, reason = "on Unix it may fail")]
pub(crate) fn claim(_data: &Path, _link: Option<&str>) -> Result<Start, io::Error> {
    Ok(Start::First(None))
}
