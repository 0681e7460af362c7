//! A hook's command: its files are written, it is run, its files are removed. Start at [`run`].

use std::env;

use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;
use webhook::rules::{command::CommandPlan, response::CommandEnd};

use crate::{
    runner::{self, Ended, Runner, plan},
    serve::log::RequestLog,
};

/// An output that its sender is answered with is held in memory. More than this is a failure.
const ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// What the log has of an output.
const LOG_BYTES: usize = 64 * 1024;

/// Runs what a hook runs. The answer is how it ended, and what it wrote if somebody waits for it.
pub(super) async fn run(
    plan: CommandPlan,
    hook: &str,
    runner: &Runner,
    log: &RequestLog,
) -> (CommandEnd, Vec<u8>) {
    let program = match runner::find(&plan.program(), env::var_os("PATH").as_deref()) {
        Ok(program) => program,
        Err(error) => {
            log.line(&format!("error in {error}"));
            if let Some(hint) = plan.hint() {
                log.line(&hint);
            }
            return (CommandEnd::Failure, Vec::new());
        }
    };
    log.line(&plan.announcement(&program.to_string_lossy()));
    let is_awaited = plan.is_awaited;
    let keep_bytes = if is_awaited { ANSWER_BYTES } else { LOG_BYTES };
    let (job, files) = plan::job(plan, program, keep_bytes, |line| log.line(line)).await;
    let ended = runner.run(job).await;
    let outcome = match ended {
        Ok(ended) => conclude(ended, is_awaited, log),
        Err(error) => {
            log.line("command output: ");
            log.line(&format!("error occurred: {error}"));
            (CommandEnd::Failure, Vec::new())
        }
    };
    remove(files, log).await;
    log.line(&format!("finished handling {hook}"));
    outcome
}

/// Removes the files. One that the command has removed itself is gone already.
async fn remove(files: Vec<NamedTempFile>, log: &RequestLog) {
    if files.is_empty() {
        return;
    }
    for file in &files {
        log.line(&format!("removing file {}", file.path().display()));
    }
    // Dropped, they are removed; that does not fail.
    let _ = spawn_blocking(move || drop(files)).await;
}

fn conclude(ended: Ended, is_awaited: bool, log: &RequestLog) -> (CommandEnd, Vec<u8>) {
    let Ended {
        how,
        mut output,
        lost_bytes,
    } = ended;
    let shown = &output[..output.len().min(LOG_BYTES)];
    let unseen = (output.len() - shown.len()) as u64 + lost_bytes;
    let more = match unseen {
        0 => String::new(),
        unseen => format!("\n(and {unseen} bytes more)"),
    };
    log.line(&format!(
        "command output: {}{more}",
        String::from_utf8_lossy(shown)
    ));
    if !how.is_success() {
        log.line(&format!("error occurred: {how}"));
    }
    if !is_awaited {
        output.clear();
        return (end_of(how.is_success()), output);
    }
    if lost_bytes > 0 {
        let told = format!("the output is over {ANSWER_BYTES} bytes: {lost_bytes} bytes were lost");
        log.line(&format!("error occurred: {told}"));
        output.extend_from_slice(format!("\n({told})\n").as_bytes());
    }
    (end_of(how.is_success() && lost_bytes == 0), output)
}

const fn end_of(is_success: bool) -> CommandEnd {
    match is_success {
        true => CommandEnd::Success,
        false => CommandEnd::Failure,
    }
}
