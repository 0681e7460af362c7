//! A running program with all that it starts: one process group, ended together.

use std::{io, process::ExitStatus, time::Duration};

use tokio::process::{Child, ChildStdin, Command};

/// How long a group has to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(2);

/// The group of a program. Dropped before [`Group::release`], it is killed.
#[derive(Debug)]
pub(super) struct Group {
    child: Child,
    /// The group's number, which is its first process's; none once it is left alone.
    number: Option<u32>,
}

impl Group {
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        command.process_group(0);
        let child = command.kill_on_drop(true).spawn()?;
        let number = child.id();
        Ok(Self { child, number })
    }

    pub(super) fn take_input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    #[cfg(not(unix))]
    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for the program itself; what it started may live on.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Asks the whole group to end, and kills what has not.
    pub(super) async fn end(&mut self) -> io::Result<()> {
        self.signal(Signal::Terminate);
        // Either it has ended, or it is killed now; and so is what it started.
        let _ = tokio::time::timeout(GRACE, self.child.wait()).await;
        self.signal(Signal::Kill);
        self.child.wait().await.map(|_| ())
    }

    /// Leaves what still runs of it alone.
    pub(super) fn release(&mut self) {
        self.number = None;
    }

    #[cfg(unix)]
    fn signal(&mut self, signal: Signal) {
        use nix::{
            sys::signal::{Signal as Number, killpg},
            unistd::Pid,
        };

        let number = match signal {
            Signal::Terminate => Number::SIGTERM,
            Signal::Kill => Number::SIGKILL,
        };
        let group = self
            .number
            .and_then(|group| i32::try_from(group).ok())
            .map(Pid::from_raw);
        if let Some(group) = group
            && let Err(error) = killpg(group, number)
        {
            // Mostly nothing of the group is left.
            tracing::debug!("the group {group} took no {number}: {error}");
        }
    }

    #[cfg(not(unix))]
    fn signal(&mut self, signal: Signal) {
        if matches!(signal, Signal::Kill)
            && let Err(error) = self.child.start_kill()
        {
            tracing::debug!("a program could not be killed: {error}");
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

impl Drop for Group {
    fn drop(&mut self) {
        if self.number.is_some() {
            self.signal(Signal::Kill);
        }
    }
}
