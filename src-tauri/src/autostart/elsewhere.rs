//! What macOS and Windows have for it, by the `auto-launch` crate.

use std::{io, path::Path};

use auto_launch::{AutoLaunch, AutoLaunchBuilder};

/// Whether the system starts `program`.
pub(super) fn is_on(program: &Path) -> bool {
    of(program, &[]).is_ok_and(|one| one.is_enabled().unwrap_or(false))
}

/// Has the system start `program`, or not.
pub(super) fn set(program: &Path, args: &[String], is_on: bool) -> io::Result<()> {
    let one = of(program, args)?;
    match (is_on, one.is_enabled().unwrap_or(false)) {
        (true, _) => one.enable().map_err(io::Error::other),
        (false, true) => one.disable().map_err(io::Error::other),
        (false, false) => Ok(()),
    }
}

fn of(program: &Path, args: &[String]) -> io::Result<AutoLaunch> {
    AutoLaunchBuilder::new()
        .set_app_name("Tenterhook")
        .set_app_path(&program.display().to_string())
        .set_args(args)
        .build()
        .map_err(io::Error::other)
}
