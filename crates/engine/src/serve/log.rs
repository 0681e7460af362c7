//! The server's log as the original writes it: a line each, with the time, and only when asked for.

use std::{
    fs::{File, OpenOptions},
    io::{self, IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{Timestamp, tz::TimeZone};
use webhook::escape;

use crate::{
    Clock,
    serve::{ServeError, options::Options},
};

/// The log. Clones write to the same place.
#[derive(Clone)]
pub(super) struct Log {
    sink: Arc<Mutex<Sink>>,
    clock: Clock,
    is_quiet: bool,
    is_terminal: bool,
}

enum Sink {
    File(File),
    Errors(io::Stderr),
}

/// The log of one request.
#[derive(Clone)]
pub(super) struct RequestLog {
    log: Log,
    id: Arc<str>,
}

/// `text` as a line of the log, without the end of the line.
#[must_use]
pub fn line(text: &str, now_ms: i64) -> String {
    let now = Timestamp::from_millisecond(now_ms).unwrap_or_default();
    let now = now.to_zoned(TimeZone::system());
    format!("[webhook] {} {text}", now.strftime("%Y/%m/%d %H:%M:%S"))
}

impl Log {
    pub(super) fn open(options: &Options, clock: Clock) -> Result<Self, ServeError> {
        let (sink, is_terminal) = match &options.log_file {
            None => (Sink::Errors(io::stderr()), io::stderr().is_terminal()),
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(path);
                let file = file.map_err(|source| ServeError::Log {
                    path: path.clone(),
                    source,
                })?;
                (Sink::File(file), false)
            }
        };
        Ok(Self {
            sink: Arc::new(Mutex::new(sink)),
            clock,
            is_quiet: !options.has_log(),
            is_terminal,
        })
    }

    pub(super) fn line(&self, text: &str) {
        if self.is_quiet {
            return;
        }
        let text = text.strip_suffix('\n').unwrap_or(text);
        self.write(&line(text, (self.clock)()));
    }

    /// Writes text of many lines that has no time of its own.
    pub(super) fn plain(&self, text: &str) {
        if !self.is_quiet {
            self.write(text);
        }
    }

    pub(super) fn of_request(&self, id: &str) -> RequestLog {
        RequestLog {
            log: self.clone(),
            id: id.into(),
        }
    }

    /// What strangers sent steers no terminal; in a file it stays what it was.
    fn write(&self, text: &str) {
        let mut text = match self.is_terminal {
            true => escape::for_terminal_text(text.as_bytes()).0,
            false => text.to_owned(),
        };
        text.push('\n');
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written stops nobody.
        let _ = match &mut *sink {
            Sink::File(file) => file.write_all(text.as_bytes()),
            Sink::Errors(errors) => errors.write_all(text.as_bytes()),
        };
    }
}

impl RequestLog {
    pub(super) fn line(&self, text: &str) {
        if !self.log.is_quiet {
            self.log.line(&format!("[{}] {text}", self.id));
        }
    }

    pub(super) fn plain(&self, text: &str) {
        self.log.plain(text);
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }
}
