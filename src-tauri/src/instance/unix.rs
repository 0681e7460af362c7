//! A lock and a Unix socket in the data folder. A later start writes its link, or nothing, closes
//! its side and waits for one byte, which says that the window has it.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io::{self, Read, Write},
    net::Shutdown,
    os::unix::{
        fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
        net::{UnixListener as StdListener, UnixStream as StdStream},
    },
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use engine::link::LONGEST;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
    time::{sleep, timeout},
};

use super::Start;

/// How long a later start waits for the first, which may be about to open or to close.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the first waits for what a later one has to say.
const LISTEN: Duration = Duration::from_secs(2);
/// Between two attempts to reach the first, and after a failure to hear a later one.
const PAUSE: Duration = Duration::from_millis(50);
/// The window has it.
const HEARD: u8 = b'+';

/// Why it is not known whether a start is the first.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClaimError {
    /// The folder cannot be made or used.
    #[error("the data folder {folder} cannot be used: {error}")]
    Folder { folder: String, error: io::Error },
    /// There is a first, and it is not to be reached.
    #[error("Tenterhook is open on {folder} already, and its window does not answer: {error}")]
    Silent { folder: String, error: io::Error },
}

/// Where the first hears of later starts. Its socket is removed when this is dropped, and then its
/// lock is free.
#[derive(Debug)]
pub(crate) struct Door {
    listener: StdListener,
    socket: PathBuf,
    _lock: File,
}

/// Finds out whether this start is the first on the folder `data`, and hands `link` to the first
/// if it is not.
///
/// # Errors
/// When the folder cannot be used, or the first does not answer in time.
pub(crate) fn claim(data: &Path, link: Option<&str>) -> Result<Start, ClaimError> {
    claim_within(PATIENCE, data, link)
}

fn claim_within(patience: Duration, data: &Path, link: Option<&str>) -> Result<Start, ClaimError> {
    let folder = || data.display().to_string();
    let lock = open_lock(data).map_err(|error| ClaimError::Folder {
        folder: folder(),
        error,
    })?;
    let socket = data.join("window.sock");
    let until = Instant::now() + patience;
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(Start::First(door(socket, lock))),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => {
                tracing::warn!("later starts cannot be heard: {error}");
                return Ok(Start::First(None));
            }
        }
        match tell(&socket, link, patience) {
            Ok(()) => return Ok(Start::Told),
            Err(error) if Instant::now() >= until => {
                let folder = folder();
                return Err(ClaimError::Silent { folder, error });
            }
            // It does not listen yet, or no more.
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

fn open_lock(data: &Path) -> io::Result<File> {
    if !data.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(data)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    options.open(data.join("window.lock"))
}

/// A door at `socket`; none where there cannot be one, such as below a very long path.
fn door(socket: PathBuf, lock: File) -> Option<Door> {
    // Who held the lock before may have been killed.
    let _ = fs::remove_file(&socket);
    let bound = StdListener::bind(&socket).and_then(|listener| {
        fs::set_permissions(&socket, Permissions::from_mode(0o600))?;
        listener.set_nonblocking(true)?;
        Ok(listener)
    });
    let listener = bound.inspect_err(|error| {
        tracing::warn!(
            "later starts cannot be heard at {}: {error}",
            socket.display()
        );
    });
    Some(Door {
        listener: listener.ok()?,
        socket,
        _lock: lock,
    })
}

fn tell(socket: &Path, link: Option<&str>, patience: Duration) -> io::Result<()> {
    let mut first = StdStream::connect(socket)?;
    first.set_write_timeout(Some(patience))?;
    first.set_read_timeout(Some(patience))?;
    first.write_all(within(link.unwrap_or_default()))?;
    first.shutdown(Shutdown::Write)?;
    first.read_exact(&mut [0])
}

/// As much of `link` as the first reads: one more than is allowed, for it to see that.
fn within(link: &str) -> &[u8] {
    &link.as_bytes()[..link.len().min(LONGEST + 1)]
}

impl Door {
    /// Tells `hear` the link of each later start, or that it had none. Where it answers that there
    /// is no window any more, the later start tries again, and becomes the first.
    pub(crate) async fn serve(self, hear: impl Fn(Option<String>) -> bool + Send) {
        let listener = match self.listener.try_clone().and_then(UnixListener::from_std) {
            Ok(listener) => listener,
            Err(error) => {
                tracing::warn!("later starts cannot be heard: {error}");
                return;
            }
        };
        loop {
            let said = match listener.accept().await {
                Ok((guest, _)) => timeout(LISTEN, answer(guest, &hear)).await,
                Err(error) => {
                    sleep(PAUSE).await;
                    Ok(Err(error))
                }
            };
            if let Ok(Err(error)) = said {
                tracing::warn!("a later start was not heard: {error}");
            }
        }
    }
}

async fn answer(mut guest: UnixStream, hear: &impl Fn(Option<String>) -> bool) -> io::Result<()> {
    let mut said = Vec::new();
    let most = u64::try_from(LONGEST).unwrap_or(u64::MAX) + 1;
    (&mut guest).take(most).read_to_end(&mut said).await?;
    let link = String::from_utf8_lossy(&said).into_owned();
    if hear((!link.is_empty()).then_some(link)) {
        guest.write_all(&[HEARD]).await?;
    }
    Ok(())
}

impl Drop for Door {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.socket) {
            tracing::debug!("{} could not be removed: {error}", self.socket.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;
    use tokio::{
        sync::mpsc::{UnboundedReceiver, unbounded_channel},
        task::{JoinSet, spawn_blocking},
    };

    use super::*;

    fn first(data: &Path) -> Door {
        match claim(data, None) {
            Ok(Start::First(Some(door))) => door,
            other => panic!("not the first: {other:?}"),
        }
    }

    /// A first start that listens, and what it hears.
    fn window(data: &Path) -> (JoinSet<()>, UnboundedReceiver<Option<String>>) {
        let (tell, heard) = unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(first(data).serve(move |link| tell.send(link).is_ok()));
        (tasks, heard)
    }

    async fn start_again(data: &Path, link: Option<&str>) -> Result<Start, ClaimError> {
        let (data, link) = (data.to_owned(), link.map(str::to_owned));
        spawn_blocking(move || claim(&data, link.as_deref()))
            .await
            .unwrap()
    }

    fn folder() -> TempDir {
        tempfile::tempdir().unwrap()
    }

    #[tokio::test]
    async fn a_later_start_hands_its_link_to_the_first() {
        let folder = folder();
        let (_tasks, mut heard) = window(folder.path());
        for link in [Some("tenterhook://pair?relay=ü"), None, Some("x")] {
            let told = start_again(folder.path(), link).await;
            assert!(matches!(told, Ok(Start::Told)), "{told:?}");
            assert_eq!(heard.recv().await.unwrap().as_deref(), link);
        }
    }

    #[tokio::test]
    async fn folders_know_nothing_of_each_other() {
        let (one, other) = (folder(), folder());
        let (_tasks, mut heard_by_one) = window(one.path());
        let (_others, mut heard_by_other) = window(other.path());
        let told = start_again(other.path(), Some("link")).await;
        assert!(matches!(told, Ok(Start::Told)), "{told:?}");
        assert_eq!(heard_by_other.recv().await, Some(Some("link".to_owned())));
        assert!(heard_by_one.try_recv().is_err());
    }

    #[tokio::test]
    async fn once_the_first_has_ended_the_next_is_the_first() {
        let folder = folder();
        let (mut tasks, _) = window(folder.path());
        tasks.shutdown().await;
        assert!(!folder.path().join("window.sock").exists());
        drop(first(folder.path()));
        // As a first that was killed leaves it.
        drop(StdListener::bind(folder.path().join("window.sock")).unwrap());
        drop(first(folder.path()));
    }

    #[tokio::test]
    async fn a_start_while_the_first_closes_becomes_the_first() {
        let folder = folder();
        let (mut tasks, heard) = window(folder.path());
        drop(heard);
        let data = folder.path().to_owned();
        let again = spawn_blocking(move || claim(&data, Some("link")));
        tasks.shutdown().await;
        let start = again.await.unwrap();
        assert!(matches!(start, Ok(Start::First(Some(_)))), "{start:?}");
    }

    #[tokio::test]
    async fn a_link_without_end_is_heard_as_one_that_is_too_long() {
        let folder = folder();
        let (_tasks, mut heard) = window(folder.path());
        let _ = start_again(folder.path(), Some(&"a".repeat(1 << 20))).await;
        assert_eq!(heard.recv().await.unwrap().unwrap().len(), LONGEST + 1);
    }

    #[test]
    fn only_its_owner_can_reach_the_first() {
        let folder = folder();
        let data = folder.path().join("new/data");
        let _door = first(&data);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        assert_eq!(mode(&data.join("window.lock")), 0o600);
        assert_eq!(mode(&data.join("window.sock")), 0o600);
    }

    #[test]
    fn a_first_that_does_not_answer_is_told_apart_from_none() {
        let folder = folder();
        let _door = first(folder.path());
        let told = claim_within(Duration::from_millis(100), folder.path(), Some("link"));
        assert!(matches!(told, Err(ClaimError::Silent { .. })), "{told:?}");
    }

    #[test]
    fn a_folder_too_deep_for_a_socket_has_a_window_all_the_same() {
        let folder = folder();
        let data = folder.path().join("deep/".repeat(30));
        for _ in 0..2 {
            let start = claim(&data, None);
            assert!(matches!(start, Ok(Start::First(None))), "{start:?}");
        }
    }
}
