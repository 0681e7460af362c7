//! How many files the server may have open: one for a connection, three for a command.

/// Enough for all connections and all commands that there may be.
#[cfg(unix)]
const FILES: u64 = 16 * 1024;

/// Asks the system for as many files as may be needed. Where it gives fewer, connections wait.
#[cfg(unix)]
pub(super) fn raise() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};

    let raised = getrlimit(Resource::RLIMIT_NOFILE).and_then(|(now, most)| {
        let wanted = FILES.min(most);
        if now < wanted {
            return setrlimit(Resource::RLIMIT_NOFILE, wanted, most);
        }
        Ok(())
    });
    if let Err(error) = raised {
        tracing::debug!("no more files may be open than before: {error}");
    }
}

#[cfg(not(unix))]
pub(super) fn raise() {}
