//! Tells why the program could not start: on the error output, and in a message of the system's
//! own, for who starts it by its icon sees no output.

use std::io::{self, Write};

const TITLE: &str = "Tenterhook could not start";

/// Says what failed and why, and waits until it was read. The display is open.
pub(crate) fn show(error: &anyhow::Error) {
    print(error);
    message(&format!("{error:#}"));
}

/// Says what failed and why on the error output alone.
pub(crate) fn print(error: &anyhow::Error) {
    // Where nobody reads it, nobody misses it.
    let _ = writeln!(io::stderr(), "tenterhook-desktop: {error:#}");
}

#[cfg(target_os = "linux")]
fn message(text: &str) {
    use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, Window, prelude::*};

    let message = MessageDialog::new(
        None::<&Window>,
        DialogFlags::empty(),
        MessageType::Error,
        ButtonsType::Close,
        TITLE,
    );
    message.set_title(TITLE);
    message.set_secondary_text(Some(text));
    message.run();
}

#[cfg(not(target_os = "linux"))]
fn message(text: &str) {
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title(TITLE)
        .set_description(text)
        .show();
}
