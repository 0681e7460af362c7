//! Starting with the system: a desktop entry of its user's on Linux, what the system has for it
//! elsewhere.

#[cfg(target_os = "linux")]
#[path = "autostart/linux.rs"]
mod system;
#[cfg(not(target_os = "linux"))]
#[path = "autostart/elsewhere.rs"]
mod system;

use std::{env, io, path::PathBuf};

/// What the system is to start: this program on its data folder.
#[derive(Debug)]
pub(crate) struct Autostart {
    program: PathBuf,
    args: Vec<String>,
}

impl Autostart {
    /// For the program that runs, on the data folder that it was given, if it was.
    ///
    /// # Errors
    /// When it does not know its own file.
    pub(crate) fn new(data: Option<&PathBuf>) -> io::Result<Self> {
        // An AppImage runs from a place that is gone afterwards.
        let program = env::var_os("APPIMAGE").map_or_else(env::current_exe, |at| Ok(at.into()))?;
        let args = match data {
            Some(data) => vec![
                "--data".to_owned(),
                std::path::absolute(data)?.display().to_string(),
            ],
            None => Vec::new(),
        };
        Ok(Self { program, args })
    }

    /// Whether the system starts it.
    pub(crate) fn is_on(&self) -> bool {
        system::is_on(&self.program)
    }

    /// Has the system start it, without its window when `is_hidden`, or not start it.
    ///
    /// # Errors
    /// When the system does not let it.
    pub(crate) fn set(&self, is_on: bool, is_hidden: bool) -> io::Result<()> {
        let hidden = is_hidden.then(|| "--hidden".to_owned());
        let args: Vec<String> = hidden
            .into_iter()
            .chain(self.args.iter().cloned())
            .collect();
        system::set(&self.program, &args, is_on)
    }
}
