//! What a hook runs, as data: nothing here starts anything. Start at [`CommandPlan`].

use crate::rules::{
    fault::{Crash, LookupFault},
    go::text::{base64_prefix, quote, repair},
    hook::{Hook, Parameter},
    request::Facts,
    value::LookupError,
};

/// A program with all that it is given. There is no shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandPlan {
    /// The program as the hook writes it, and its arguments after it. Bytes, for a sender may send
    /// what is no UTF-8.
    pub argv: Vec<Vec<u8>>,
    /// What is set over the server's own environment, in this order; a later entry wins.
    pub env: Vec<(Vec<u8>, Vec<u8>)>,
    /// The files to be written before it starts and removed when it has ended. The path of each is set
    /// in the environment after and over [`Self::env`].
    pub files: Vec<FilePlan>,
    /// Where it runs; empty for the server's own directory.
    pub working_directory: String,
    /// Whether the answer waits for it.
    pub is_awaited: bool,
    /// After so many seconds it is ended with all that it started.
    pub timeout_seconds: Option<u64>,
    /// What it reads; nothing when its input is closed.
    pub input: Vec<u8>,
}

/// A file for a command: new, mode 0600, named `prefix`, chance, `suffix`, in the working directory or,
/// without one, the system's directory for temporary files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlan {
    /// The environment entry that holds its path.
    pub env_name: String,
    /// What its name begins with.
    pub prefix: String,
    /// What its name ends with.
    pub suffix: String,
    /// What is written to it.
    pub content: Vec<u8>,
}

/// Begins the name of an entry that the hook does not name.
const ENV_PREFIX: &str = "HOOK_";

impl CommandPlan {
    /// Gathers what `hook` passes on; what is not there is told to `log`.
    ///
    /// # Errors
    /// When the original breaks off the request that waits: an index is beyond all counting.
    pub(crate) fn of(hook: &Hook, facts: &Facts<'_>, log: &mut Vec<String>) -> Result<Self, Crash> {
        if hook.include_command_output_in_response {
            let passed = [
                &hook.pass_arguments_to_command,
                &hook.pass_environment_to_command,
                &hook.pass_file_to_command,
            ];
            for parameter in passed.into_iter().flatten() {
                if let Err(LookupFault::Lookup(LookupError::Overflow(index))) =
                    parameter.read(facts)
                {
                    return Err(Crash(index));
                }
            }
        }
        let mut read = |parameter: &Parameter, place: &str| {
            let value = parameter.read(facts).ok();
            if value.is_none() {
                let shown = parameter.shown();
                log.push(format!("error extracting command arguments{place}: couldn't retrieve argument for {shown}"));
            }
            value
        };
        let mut argv = vec![hook.execute_command.clone().into_bytes()];
        for parameter in &hook.pass_arguments_to_command {
            argv.push(read(parameter, "").unwrap_or_default());
        }
        let mut env = Vec::new();
        for parameter in &hook.pass_environment_to_command {
            if let Some(value) = read(parameter, " for environment") {
                env.extend(env_entry(parameter, &value));
            }
        }
        let mut contents = Vec::new();
        for parameter in &hook.pass_file_to_command {
            if let Some(value) = read(parameter, " for file") {
                contents.push((parameter, value));
            }
        }
        let files = contents
            .into_iter()
            .filter_map(|(parameter, value)| file(parameter, value, log));
        Ok(Self {
            files: files.collect(),
            argv,
            env,
            working_directory: hook.command_working_directory.clone(),
            is_awaited: hook.include_command_output_in_response,
            timeout_seconds: u64::try_from(hook.command_timeout)
                .ok()
                .filter(|seconds| *seconds > 0),
            input: if hook.pass_body_to_stdin {
                facts.sent.to_vec()
            } else {
                Vec::new()
            },
        })
    }

    /// The program to look for: without a slash in `PATH`, otherwise at that path and nowhere else.
    #[must_use]
    pub fn program(&self) -> String {
        let written = self.argv.first().map(|program| repair(program));
        program(written.unwrap_or_default(), &self.working_directory)
    }

    /// What to tell a person when the program is not found, if its arguments seem to be written
    /// behind it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let written = self.argv.first().map(|program| repair(program))?;
        let program = written
            .split_whitespace()
            .next()
            .filter(|_| written.contains(' '))?;
        Some(format!(
            "use 'pass-arguments-to-command' to specify args for '{program}'"
        ))
    }

    /// The line for the log when the program found at `path` is started. It shows the arguments, which
    /// may hold secrets.
    #[must_use]
    pub fn announcement(&self, path: &str) -> String {
        let argv: Vec<_> = self.argv.iter().map(|argument| quote(argument)).collect();
        let entry =
            |(name, value): &(Vec<u8>, Vec<u8>)| format!("{}={}", repair(name), repair(value));
        let env: Vec<_> = self.env.iter().map(entry).collect();
        format!(
            "executing {} ({path}) with arguments [{}] and environment [{}] using {} as cwd",
            self.argv
                .first()
                .map(|program| repair(program))
                .unwrap_or_default(),
            argv.join(" "),
            env.join(" "),
            self.working_directory,
        )
    }
}

/// An entry of the environment. Its name ends at the first `=`, wherever that came from.
impl Hook {
    /// The program to look for, as [`CommandPlan::program`].
    #[must_use]
    pub fn program(&self) -> String {
        program(
            self.execute_command.clone(),
            &self.command_working_directory,
        )
    }
}

fn program(written: String, working_directory: &str) -> String {
    if working_directory.is_empty() || written.starts_with('/') {
        written
    } else {
        clean(&format!("{working_directory}/{written}"))
    }
}

fn env_entry(parameter: &Parameter, value: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let name = match parameter.envname.as_str() {
        "" => format!("{ENV_PREFIX}{}", parameter.name),
        name => name.to_owned(),
    };
    let entry = [name.as_bytes(), b"=", value].concat();
    let at = entry
        .iter()
        .position(|byte| *byte == b'=')
        .filter(|at| *at > 0)?;
    Some((entry[..at].to_vec(), entry[at + 1..].to_vec()))
}

fn file(parameter: &Parameter, value: Vec<u8>, log: &mut Vec<String>) -> Option<FilePlan> {
    let env_name = match parameter.envname.as_str() {
        "" => {
            let name = format!("{ENV_PREFIX}{}", parameter.name.to_uppercase());
            log.push(format!(
                "no ENVVAR name specified, falling back to [{name}]"
            ));
            name
        }
        name => name.to_owned(),
    };
    let content = if parameter.base64decode {
        let (content, fault) = base64_prefix(&value);
        log.extend(fault.map(|fault| format!("error decoding string [{fault}]")));
        content
    } else {
        value
    };
    if env_name.contains('/') {
        log.push("error creating temp file [pattern contains path separator]".to_owned());
        return None;
    }
    let (prefix, suffix) = env_name.rsplit_once('*').unwrap_or((&env_name, ""));
    Some(FilePlan {
        prefix: prefix.to_owned(),
        suffix: suffix.to_owned(),
        env_name,
        content,
    })
}

/// The shortest path that means the same, by its text alone.
fn clean(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let is_rooted = path.starts_with('/');
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => {
                kept.pop();
            }
            ".." if is_rooted => {}
            part => kept.push(part),
        }
    }
    match (is_rooted, kept.is_empty()) {
        (true, _) => format!("/{}", kept.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => kept.join("/"),
    }
}
