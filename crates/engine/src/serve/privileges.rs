//! Becoming somebody who may do less, for good.

use std::io;

use crate::serve::options::Identity;

/// Makes the whole process the given user and group, and no member of any other group.
///
/// # Errors
/// When it may not.
#[cfg(unix)]
pub(super) fn drop_to(identity: Identity) -> io::Result<()> {
    use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};

    // The user comes last: after it nothing else may be changed.
    setgroups(&[])?;
    setgid(Gid::from_raw(identity.group))?;
    setuid(Uid::from_raw(identity.user))?;
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn drop_to(_: Identity) -> io::Result<()> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "setuid and setgid not supported on this system",
    ))
}
