//! The system's clipboard. The page cannot write it by itself without asking; the program can.

use std::sync::{Mutex, PoisonError};

/// Opened when first written to, and kept open: on X11 what was copied lives in the program that
/// it was copied from.
#[derive(Default)]
pub(crate) struct Clipboard(Mutex<Option<arboard::Clipboard>>);

impl Clipboard {
    /// Puts `text` on the clipboard.
    ///
    /// # Errors
    /// When there is no clipboard or another program holds it.
    pub(crate) fn write(&self, text: String) -> Result<(), arboard::Error> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let clipboard = match &mut *open {
            Some(clipboard) => clipboard,
            None => open.insert(arboard::Clipboard::new()?),
        };
        clipboard.set_text(text)
    }
}
