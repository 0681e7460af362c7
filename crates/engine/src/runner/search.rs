//! Where a program is: a name without a slash on the path, everything else where it says.

use std::{
    env,
    ffi::OsStr,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

/// Why there is no program to run.
#[derive(Debug, thiserror::Error)]
#[error("exec: {name:?}: {reason}")]
pub struct SearchError {
    name: String,
    reason: Reason,
}

#[derive(Debug, thiserror::Error)]
enum Reason {
    #[error("executable file not found in $PATH")]
    NotOnPath,
    #[error("cannot run executable found relative to current directory")]
    Relative,
    #[error("is a directory")]
    Folder,
    #[error("permission denied")]
    NotExecutable,
    #[error(transparent)]
    Unreachable(io::Error),
}

/// Finds `program`: a name without a slash in the folders of `path`, the first that has it;
/// anything else as a file. One that is found by a folder without a fixed place is refused.
///
/// # Errors
/// When no file is there that may be executed.
pub fn find(program: &str, path: Option<&OsStr>) -> Result<PathBuf, SearchError> {
    let refuse = |reason| SearchError {
        name: program.to_owned(),
        reason,
    };
    if program.contains('/') || (cfg!(windows) && program.contains('\\')) {
        let file = PathBuf::from(program);
        return check(&file).map(|()| file).map_err(refuse);
    }
    for folder in env::split_paths(path.unwrap_or_default()) {
        let file = folder.join(program);
        if check(&file).is_ok() {
            return match file.is_absolute() {
                true => Ok(file),
                false => Err(refuse(Reason::Relative)),
            };
        }
    }
    Err(refuse(Reason::NotOnPath))
}

fn check(file: &Path) -> Result<(), Reason> {
    let metadata = fs::metadata(file).map_err(Reason::Unreachable)?;
    if metadata.is_dir() {
        Err(Reason::Folder)
    } else if may_be_executed(&metadata) {
        Ok(())
    } else {
        Err(Reason::NotExecutable)
    }
}

#[cfg(unix)]
fn may_be_executed(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;

    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_be_executed(_: &Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn check(program: &str, path: &str, want: Result<&str, &str>) {
        let got = find(program, Some(OsStr::new(path))).map_err(|error| error.to_string());
        let got = got.map(|file| file.to_string_lossy().into_owned());
        assert_eq!(
            got.as_deref().map_err(String::as_str),
            want,
            "{program} in {path}"
        );
    }

    #[test]
    fn a_name_is_looked_for_on_the_path_alone() {
        check("sh", "/nowhere:/bin:/usr/bin", Ok("/bin/sh"));
        let missing = Err(r#"exec: "sh": executable file not found in $PATH"#);
        check("sh", "/nowhere", missing);
        check("sh", "", missing);
        check(
            "",
            "/bin",
            Err(r#"exec: "": executable file not found in $PATH"#),
        );
    }

    #[test]
    fn a_path_is_that_file_and_no_other() {
        check("/bin/sh", "/nowhere", Ok("/bin/sh"));
        check("/bin", "/", Err(r#"exec: "/bin": is a directory"#));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("my program");
        fs::write(&file, "#!/bin/sh\n").unwrap();
        let name = file.to_str().unwrap();
        let refused = format!("exec: {name:?}: permission denied");
        check(name, "/bin", Err(&refused));
        fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
        check(name, "/bin", Ok(name));
        let link = folder.path().join("link");
        symlink(&file, &link).unwrap();
        check(link.to_str().unwrap(), "/bin", Ok(link.to_str().unwrap()));
        check(
            "./nothing",
            "/bin",
            Err(r#"exec: "./nothing": No such file or directory (os error 2)"#),
        );
    }

    #[test]
    fn a_program_of_a_folder_without_a_fixed_place_is_refused() {
        let relative =
            r#"exec: "Cargo.toml": cannot run executable found relative to current directory"#;
        let missing = r#"exec: "Cargo.toml": executable file not found in $PATH"#;
        // The file is there, in the folder that the tests run in, but may not be executed.
        check("Cargo.toml", ":.", Err(missing));
        let folder = tempfile::tempdir_in(".").unwrap();
        let file = folder.path().join("Cargo.toml");
        fs::write(&file, "#!/bin/sh\n").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o700)).unwrap();
        let name = folder.path().file_name().unwrap().to_str().unwrap();
        check("Cargo.toml", name, Err(relative));
    }
}
