//! A hook's command as a [`Job`]: its files are written first. Start at [`job`].

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;
use webhook::rules::command::{CommandPlan, FilePlan};

use crate::runner::Job;

/// The job that `plan` describes, and the files that must outlive it: dropped, they are removed.
/// What is worth a line of a log is told to `tell`.
pub(crate) async fn job(
    plan: CommandPlan,
    program: PathBuf,
    keep_bytes: usize,
    tell: impl Fn(&str),
) -> (Job, Vec<NamedTempFile>) {
    let folder = match plan.working_directory.as_str() {
        "" => None,
        folder => Some(PathBuf::from(folder)),
    };
    let own = plan.env.into_iter();
    let mut environment: Vec<_> = own
        .map(|(name, value)| (os_string(name), os_string(value)))
        .collect();
    let mut files = Vec::new();
    for file in plan.files {
        let (name, folder) = (file.env_name.clone(), folder.clone());
        let written = spawn_blocking(move || write(&file, folder)).await;
        match written.unwrap_or_else(|error| Err(io::Error::other(error))) {
            Ok(file) => {
                let path = file.path();
                tell(&format!("writing env {name} file {}", path.display()));
                environment.push((OsString::from(name), path.as_os_str().to_owned()));
                files.push(file);
            }
            Err(error) => tell(&format!("error creating temp file [{error}]")),
        }
    }
    let job = Job {
        program,
        arguments: plan.argv.into_iter().map(os_string).collect(),
        environment,
        folder,
        input: plan.input.into(),
        timeout: plan.timeout_seconds.map(Duration::from_secs),
        keep_bytes,
        ..Job::default()
    };
    (job, files)
}

fn write(file: &FilePlan, folder: Option<PathBuf>) -> io::Result<NamedTempFile> {
    let folder = folder.unwrap_or_else(env::temp_dir);
    let mut builder = tempfile::Builder::new();
    let named = builder.prefix(&file.prefix).suffix(&file.suffix);
    let mut made = named.rand_bytes(10).tempfile_in(folder)?;
    made.write_all(&file.content)?;
    Ok(made)
}

/// The bytes as the system takes them.
#[cfg(unix)]
fn os_string(bytes: Vec<u8>) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes)
}

/// The bytes as text, for here the system takes nothing else.
#[cfg(not(unix))]
fn os_string(bytes: Vec<u8>) -> OsString {
    String::from_utf8_lossy(&bytes).into_owned().into()
}
