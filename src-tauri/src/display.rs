//! Whether a window can be opened here at all. Asked before anything else starts, for the toolkit
//! below gives up the whole process where it finds no display.

/// There is none.
#[derive(Debug, thiserror::Error)]
#[error(
    "there is no display here to open a window on; `tenterhook listen` does the same in the terminal"
)]
pub(crate) struct NoDisplay;

/// Opens the display that the window will be on.
///
/// # Errors
/// When there is none or it refuses.
#[cfg(target_os = "linux")]
pub(crate) fn open() -> Result<(), NoDisplay> {
    gtk::init().map_err(|_| NoDisplay)
}

/// There always is one.
#[cfg(not(target_os = "linux"))]
pub(crate) fn open() -> Result<(), NoDisplay> {
    Ok(())
}
