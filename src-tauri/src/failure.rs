//! Tells why the program could not start: on the error output, and in a message of the system's
//! own, for who starts it by its icon sees no output.

use std::io::{self, Write};

use rfd::{MessageDialog, MessageLevel};

/// Says what failed and why, and waits until it was read.
pub(crate) fn show(error: &anyhow::Error) {
    print(error);
    MessageDialog::new()
        .set_level(MessageLevel::Error)
        .set_title("Tenterhook could not start")
        .set_description(format!("{error:#}"))
        .show();
}

/// Says what failed and why on the error output alone.
pub(crate) fn print(error: &anyhow::Error) {
    // Where nobody reads it, nobody misses it.
    let _ = writeln!(io::stderr(), "tenterhook-desktop: {error:#}");
}
