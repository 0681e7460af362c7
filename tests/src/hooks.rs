//! `tenterhook serve` with a hooks file, as a process of its own. Start at [`HookServer::start`].

use std::{
    fs,
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{LIMIT, built, command, signal, wait_for};

/// A server of hooks on loopback.
#[derive(Debug)]
pub struct HookServer {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its hooks file.
    pub hooks: PathBuf,
    log: PathBuf,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Such as 200.
    pub status: u16,
    /// Everything before the body.
    pub head: String,
    /// The body; chunks as they came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl HookServer {
    /// Starts a server of `hooks` on a free port; its folder is `folder`.
    ///
    /// # Panics
    /// When it does not get ready.
    #[must_use]
    pub fn start(folder: &Path, hooks: &str, flags: &[&str]) -> Self {
        let file = folder.join("hooks.json");
        fs::write(&file, hooks).expect("the hooks can be written");
        let mut serve = command(built("tenterhook"));
        serve.args(["serve", "-ip", "127.0.0.1", "-port", "0"]);
        Self::ready(serve.args(flags), folder)
    }

    /// Starts a command that serves the hooks file in `folder`, and waits until it says where.
    ///
    /// # Panics
    /// When it does not get ready.
    #[must_use]
    pub fn ready(serve: &mut Command, folder: &Path) -> Self {
        let (hooks, log) = (folder.join("hooks.json"), folder.join("log"));
        let errors = fs::File::create(&log).expect("a log can be written");
        let mut child = serve
            .args(["-verbose", "-hooks"])
            .arg(&hooks)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn()
            .expect("the server starts");
        let address = wait_for("the server of hooks", || {
            let text = fs::read_to_string(&log).expect("the log is there");
            let ended = child.try_wait().expect("a child");
            assert!(ended.is_none(), "it ended with {ended:?}: {text}");
            let (_, after) = text.split_once("serving hooks on http://")?;
            after.split_once('/')?.0.parse().ok()
        });
        Self {
            child,
            address,
            hooks,
            log,
        }
    }

    /// Posts JSON to a hook.
    ///
    /// # Panics
    /// When no answer comes.
    #[must_use]
    pub fn post(&self, id: &str, body: &str) -> Answer {
        let json = [("Content-Type", "application/json")];
        self.send(&request(&format!("/hooks/{id}"), &json, body.as_bytes()))
    }

    /// Puts `request`, which asks for the connection to be closed, on the wire.
    ///
    /// # Panics
    /// When no answer comes.
    #[must_use]
    pub fn send(&self, request: &[u8]) -> Answer {
        exchange(self.address, request).expect("an answer")
    }

    /// What it has logged.
    ///
    /// # Panics
    /// When there is no log.
    #[must_use]
    pub fn log(&self) -> String {
        let bytes = fs::read(&self.log).expect("the log is there");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until `text` stands in the log.
    pub fn logs(&self, text: &str) {
        wait_for(text, || self.log().contains(text).then_some(()));
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The number that `/proc` tells of it under `name`, such as `VmHWM`.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("the process is there");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.trim_start_matches(':').split_whitespace().next());
        let number = number.and_then(|number| number.parse().ok());
        number.expect("the system counts it")
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits until it has ended.
    ///
    /// # Panics
    /// When it does not.
    pub fn end(&mut self) -> ExitStatus {
        wait_for("the end of the server", || {
            self.child.try_wait().expect("a child")
        })
    }
}

impl Drop for HookServer {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder of its own.
///
/// # Panics
/// When there can be none.
#[must_use]
pub fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder can be made")
}

/// A shell script in `folder`; the answer is its path.
///
/// # Panics
/// When it cannot be written.
pub fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script can be written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it is ours");
    path.to_str().expect("a path of text").to_owned()
}

/// A hook that answers with what its command writes, `more` added.
///
/// # Panics
/// When `more` is no object.
#[must_use]
pub fn hook(id: &str, program: &str, more: &Value) -> Value {
    let mut hook = json!({
        "id": id, "execute-command": program, "include-command-output-in-response": true,
    });
    let members = hook.as_object_mut().zip(more.as_object());
    let (members, more) = members.expect("hooks are objects");
    members.extend(more.clone());
    hook
}

/// Starts a server of these hooks.
#[must_use]
pub fn serve(folder: &TempDir, hooks: &[Value], flags: &[&str]) -> HookServer {
    let text = Value::from(hooks.to_vec()).to_string();
    HookServer::start(folder.path(), &text, flags)
}

/// A POST that asks for the connection to be closed.
#[must_use]
pub fn request(target: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers = [headers, &[("Connection", "close")]].concat();
    crate::sender::request("POST", target, &headers, body)
}

fn exchange(to: SocketAddr, request: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(to)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_write_timeout(Some(LIMIT))?;
    // A refusal may come before all is sent.
    let sent = stream.write_all(request);
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Err(error) if answer.is_empty() => return Err(error),
        Ok(0) => return Err(sent.err().unwrap_or(io::ErrorKind::UnexpectedEof.into())),
        _ => {}
    }
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n");
    let end = end.ok_or(io::ErrorKind::InvalidData)? + 4;
    let body = answer.split_off(end);
    let head = String::from_utf8_lossy(&answer).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Ok(Answer {
        status: status.ok_or(io::ErrorKind::InvalidData)?,
        head,
        body,
    })
}
