//! A running program with all that it starts: one process group, ended together. Start at
//! [`Group::start`].

use std::{
    env,
    fs::File,
    io::{self, PipeReader, PipeWriter, Write},
    thread,
    time::Duration,
};

use bytes::Bytes;
use subprocess::{Exec, ExitStatus, Process, Redirection};
use tokio::sync::watch;

use crate::runner::{Job, output::Output};

/// How long a group has to end by itself before it is killed.
const GRACE: Duration = Duration::from_secs(2);
/// What a thread needs that starts a program and waits.
const STACK_BYTES: usize = 256 * 1024;

/// The group of a program. Dropped before that has ended, it is killed.
#[derive(Debug)]
pub(super) struct Group {
    state: watch::Receiver<State>,
}

/// What is known of a program.
#[derive(Debug, Clone)]
enum State {
    Starting,
    Refused(Option<i32>, String),
    Running(Process),
    Ended(Process, Option<ExitStatus>),
}

impl Group {
    /// Starts a program; what it writes comes out of the other part of the answer.
    ///
    /// # Errors
    /// When the system refuses.
    pub(super) async fn start(job: Job) -> io::Result<(Self, Output)> {
        let (output, writer) = io::pipe()?;
        let output = Output::new(output)?;
        let (told, state) = watch::channel(State::Starting);
        let mut group = Self { state };
        // The system lets a program be waited for by a thread alone, if it is to be sure.
        spawn("program", move || wait_for(job, writer, &told))?;
        let started = group
            .state
            .wait_for(|state| !matches!(state, State::Starting));
        match &*started.await.map_err(io::Error::other)? {
            State::Refused(Some(code), _) => return Err(io::Error::from_raw_os_error(*code)),
            State::Refused(None, why) => return Err(io::Error::other(why.clone())),
            State::Starting | State::Running(_) | State::Ended(..) => {}
        }
        Ok((group, output))
    }

    /// Waits for the program itself; what it started may live on.
    pub(super) async fn wait(&mut self) -> io::Result<ExitStatus> {
        let ended = self
            .state
            .wait_for(|state| matches!(state, State::Ended(..)));
        match &*ended.await.map_err(io::Error::other)? {
            State::Ended(_, Some(status)) => Ok(*status),
            _ => Err(io::Error::other("it cannot be waited for")),
        }
    }

    /// Asks the whole group to end, and kills what has not.
    pub(super) async fn end(&mut self) -> io::Result<()> {
        signal(&self.state.borrow(), Signal::Terminate);
        // Either it has ended, or it is killed now; and so is what it started.
        let _ = tokio::time::timeout(GRACE, self.wait()).await;
        signal(&self.state.borrow(), Signal::Kill);
        self.wait().await.map(drop)
    }

    /// How the program itself ended, if it has.
    pub(super) fn status(&self) -> Option<ExitStatus> {
        match &*self.state.borrow() {
            State::Ended(_, status) => *status,
            State::Starting | State::Refused(..) | State::Running(_) => None,
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let state = self.state.borrow();
        if matches!(*state, State::Running(_)) {
            signal(&state, Signal::Kill);
        }
    }
}

/// Starts the program, and tells what becomes of it until it has ended. Nobody else waits for it, so
/// that it never stays a zombie.
fn wait_for(job: Job, writer: PipeWriter, told: &watch::Sender<State>) {
    let started = command(job, writer).and_then(|(exec, input)| {
        let started = exec.start()?;
        feed(input);
        let started = started.processes.first().cloned();
        started.ok_or_else(|| io::Error::other("nothing was started"))
    });
    let process = match started {
        Ok(process) => process,
        Err(error) => {
            let refused = State::Refused(error.raw_os_error(), error.to_string());
            // Whoever wanted to know may have gone.
            let _ = told.send(refused);
            return;
        }
    };
    let running = State::Running(process.clone());
    if let Err(watch::error::SendError(running)) = told.send(running) {
        signal(&running, Signal::Kill);
    }
    let status = process.wait();
    if let Err(error) = &status {
        tracing::warn!("a program cannot be waited for: {error}");
    }
    let _ = told.send(State::Ended(process, status.ok()));
}

/// The program as it is to be started, and what it is to read with the end to write it to.
fn command(job: Job, writer: PipeWriter) -> io::Result<(Exec, Option<(PipeWriter, Bytes)>)> {
    let mut arguments = job.arguments.into_iter();
    let name = arguments.next();
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts programs"
    )]
    let mut exec = Exec::cmd(job.program);
    if let Some(name) = name {
        exec = exec.arg0(name);
    }
    if let Some(folder) = job.folder {
        exec = exec.cwd(folder);
    }
    let (stdin, input) = if job.input.is_empty() {
        (Redirection::Null, None)
    } else {
        let (reader, writer) = io::pipe()?;
        (
            Redirection::File(reading_end(reader)),
            Some((writer, job.input)),
        )
    };
    let exec = exec
        .args(arguments)
        .env_clear()
        .env_extend(env::vars_os().chain(job.environment))
        .stdin(stdin)
        .stdout(writing_end(writer))
        .stderr(Redirection::Merge)
        .detached();
    #[cfg(unix)]
    let exec = subprocess::ExecExt::setpgid(exec);
    Ok((exec, input))
}

#[cfg(unix)]
fn reading_end(pipe: PipeReader) -> File {
    std::os::fd::OwnedFd::from(pipe).into()
}

#[cfg(unix)]
fn writing_end(pipe: PipeWriter) -> File {
    std::os::fd::OwnedFd::from(pipe).into()
}

#[cfg(windows)]
fn reading_end(pipe: PipeReader) -> File {
    std::os::windows::io::OwnedHandle::from(pipe).into()
}

#[cfg(windows)]
fn writing_end(pipe: PipeWriter) -> File {
    std::os::windows::io::OwnedHandle::from(pipe).into()
}

/// Writes what the program reads. One that does not want it all closes its end.
fn feed(input: Option<(PipeWriter, Bytes)>) {
    let Some((mut pipe, bytes)) = input else {
        return;
    };
    let write = move || {
        if let Err(error) = pipe.write_all(&bytes) {
            tracing::debug!("a program did not read its input to the end: {error}");
        }
    };
    if let Err(error) = spawn("program input", write) {
        tracing::warn!("a program got no input: {error}");
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.stack_size(STACK_BYTES).spawn(work).map(drop)
}

#[derive(Debug, Clone, Copy)]
enum Signal {
    Terminate,
    Kill,
}

/// Sends a signal to a whole group. The group outlives its first process while others are in it, and
/// its number is not given away before.
#[cfg(unix)]
fn signal(state: &State, signal: Signal) {
    use nix::{
        sys::signal::{Signal as Number, killpg},
        unistd::Pid,
    };

    let (State::Running(process) | State::Ended(process, _)) = state else {
        return;
    };
    let number = match signal {
        Signal::Terminate => Number::SIGTERM,
        Signal::Kill => Number::SIGKILL,
    };
    let group = i32::try_from(process.pid()).ok().map(Pid::from_raw);
    if let Some(group) = group
        && let Err(error) = killpg(group, number)
    {
        // Mostly nothing of the group is left.
        tracing::debug!("the group {group} took no {number}: {error}");
    }
}

/// Ends the program alone, for here it has no group.
#[cfg(not(unix))]
fn signal(state: &State, signal: Signal) {
    if let (State::Running(process), Signal::Kill) = (state, signal)
        && let Err(error) = process.kill()
    {
        tracing::debug!("a program could not be killed: {error}");
    }
}
