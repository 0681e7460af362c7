//! One window a data folder: a second start hands its link to the first and ends. Start at
//! [`claim`].
//!
//! The first holds a lock in the folder and listens on a socket beside it, so windows of different
//! folders know nothing of each other. On Windows each start opens a window of its own.

#[cfg(unix)]
#[path = "instance/unix.rs"]
mod system;

#[cfg(windows)]
#[path = "instance/windows.rs"]
mod system;

pub(crate) use system::{Door, claim};

/// What a start turns out to be.
#[derive(Debug)]
pub(crate) enum Start {
    /// The first on its folder. Without a door, later ones cannot be heard and have windows of
    /// their own.
    First(Option<Door>),
    /// A later one; the first has been told.
    Told,
}
