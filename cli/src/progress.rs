//! How far work is, beside the output and only where a terminal shows it. Ctrl-C stops the work.

use std::{
    io::{self, IsTerminal, Write},
    pin::pin,
};

use engine::{
    Engine, Error,
    view::{Event, Work, WorkProgress},
};

/// Waits for `work` and says how far it is.
///
/// # Errors
/// As `work`.
pub(crate) async fn shown<T>(
    engine: &Engine,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let mut events = engine.subscribe();
    let is_shown = io::stderr().is_terminal();
    let (mut work, mut interrupted) = (pin!(work), pin!(tokio::signal::ctrl_c()));
    let mut is_asked = false;
    let ended = loop {
        tokio::select! {
            ended = &mut work => break ended,
            heard = &mut interrupted, if !is_asked => {
                is_asked = true;
                if heard.is_ok() {
                    engine.stop_work();
                }
            }
            Ok(event) = events.recv(), if is_shown => {
                if let Event::Working { progress: Some(progress) } = event {
                    say(&line(progress));
                }
            }
        }
    };
    if is_shown {
        say("");
    }
    ended
}

fn say(text: &str) {
    let mut error = io::stderr().lock();
    // Where nobody reads it, nobody misses it.
    let _ = write!(error, "\r\x1b[K{text}");
    let _ = error.flush();
}

fn line(WorkProgress { work, done, total }: WorkProgress) -> String {
    let what = match work {
        Work::Prune => "removing captures",
        Work::Backup => "copying the history",
        Work::Restore => "restoring the history",
        Work::Compact => "compacting the history",
        Work::Merge => "taking captures in",
    };
    match (done * 100).checked_div(total) {
        Some(percent) => format!("{what}: {percent:3} %  (Ctrl-C stops)"),
        None => format!("{what} …"),
    }
}
