//! Where the programs keep their data, and what this computer is called, when nobody says.

use std::path::PathBuf;

use etcetera::{BaseStrategy, base_strategy};

/// The platform's own folder for a user's data, `tenterhook` in it. None without a home.
#[must_use]
pub fn data_folder() -> Option<PathBuf> {
    Some(
        base_strategy::choose_native_strategy()
            .ok()?
            .data_dir()
            .join("tenterhook"),
    )
}

/// What this computer calls itself, for a relay's list of devices.
#[must_use]
pub fn computer_name() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}
