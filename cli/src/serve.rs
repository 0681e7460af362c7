//! `tenterhook serve`, which is also what this program is when it is called `webhook`.

use std::{
    ffi::OsString,
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use engine::{
    Clock,
    serve::{self, ServeError},
};

use crate::{
    flags::{self, Asked, FlagError},
    print,
};

/// What this program is called when it serves hooks.
pub(crate) const NAME: &str = "tenterhook serve";

/// How this program was called and the flags behind that, if it is to serve hooks: as `webhook`, or
/// with `serve` as its first word. Go reads flags in a way of its own, so that nobody else may read
/// them before.
pub(crate) fn typed(
    words: impl Iterator<Item = OsString>,
) -> Option<(&'static str, Vec<OsString>)> {
    let mut words = words.peekable();
    let own = words.next()?;
    if Path::new(&own).file_stem() == Some("webhook".as_ref()) {
        return Some(("webhook", words.collect()));
    }
    words.next_if(|first| first == "serve")?;
    Some((NAME, words.collect()))
}

/// Does what the flags say.
pub(crate) fn run(name: &str, typed: Vec<OsString>, clock: Clock) -> ExitCode {
    let typed = typed
        .into_iter()
        .map(|word| word.to_string_lossy().into_owned());
    match flags::parse(typed) {
        Ok(Asked::Serve(options)) => serve(*options, clock),
        Ok(Asked::Version) => {
            let own = env!("CARGO_PKG_VERSION");
            say(&format!(
                "webhook version {} (tenterhook {own})",
                serve::VERSION
            ))
        }
        Ok(Asked::CipherSuites(min)) => match serve::cipher_suites(&min) {
            Ok(suites) => say(&suites.join("\n")),
            Err(error) => fail(&serve::log_line(&error.to_string(), clock())),
        },
        Ok(Asked::Help) => {
            print::note(flags::usage(name).trim_end());
            ExitCode::SUCCESS
        }
        Err(error @ FlagError::Misused(_)) => {
            print::note(&error.to_string());
            print::note(flags::usage(name).trim_end());
            ExitCode::from(2)
        }
        Err(FlagError::Conflict(why)) => {
            say(why);
            ExitCode::FAILURE
        }
        Err(error @ FlagError::Port(_)) => fail(&serve::log_line(&error.to_string(), clock())),
    }
}

fn serve(options: serve::Options, clock: Clock) -> ExitCode {
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&serve::log_line(&error.to_string(), clock())),
    };
    let ended = runtime.block_on(serve::run(options, clock));
    // A rule that still looks through a body is not waited for.
    runtime.shutdown_background();
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error @ ServeError::NoHooks { .. }) => {
            say(&serve::log_line(&error.to_string(), clock()));
            ExitCode::FAILURE
        }
        Err(error) => fail(&serve::log_line(&error.to_string(), clock())),
    }
}

/// Prints to the output. Where nobody reads it, nobody misses it.
fn say(text: &str) -> ExitCode {
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(text: &str) -> ExitCode {
    print::note(text);
    ExitCode::FAILURE
}
