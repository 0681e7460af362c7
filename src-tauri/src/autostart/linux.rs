//! A desktop entry in the folder that every desktop starts from.
//!
//! Source: <https://specifications.freedesktop.org/autostart-spec/latest/>, and for the quoting
//! <https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html>

use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

/// Whether the entry is there.
pub(super) fn is_on(_program: &Path) -> bool {
    file().is_ok_and(|file| file.exists())
}

/// Writes or removes the entry.
pub(super) fn set(program: &Path, args: &[String], is_on: bool) -> io::Result<()> {
    let file = file()?;
    if !is_on {
        return match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, entry(&program.display().to_string(), args))
}

fn file() -> io::Result<PathBuf> {
    let config = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let config = config.filter(|folder| folder.is_absolute());
    let home = || env::home_dir().map(|home| home.join(".config"));
    let config = config
        .or_else(home)
        .ok_or_else(|| io::Error::other("there is no home folder here"))?;
    Ok(config.join("autostart/tenterhook.desktop"))
}

fn entry(program: &str, args: &[String]) -> String {
    let words: Vec<String> = [program]
        .into_iter()
        .chain(args.iter().map(String::as_str))
        .map(quoted)
        .collect();
    format!(
        "[Desktop Entry]\nType=Application\nName=Tenterhook\nComment=Webhook inspector with a \
         tunnel\nExec={}\nIcon=tenterhook-desktop\nTerminal=false\n\
         X-GNOME-Autostart-enabled=true\n",
        words.join(" ")
    )
}

/// One argument of `Exec`: quoted, and that escaped as a value.
fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '\\' => quoted.push_str("\\\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        match c {
            '\n' => quoted.push_str("\\n"),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_means_itself_whatever_is_in_it() {
        assert_eq!(quoted("/opt/a b/x"), r#""/opt/a b/x""#);
        assert_eq!(quoted("100%"), r#""100%%""#);
        assert_eq!(quoted("$HOME`x`\""), r#""\\$HOME\\`x\\`\\"""#);
        assert_eq!(quoted("a\\b"), r#""a\\\\b""#);
    }

    #[test]
    fn the_entry_starts_the_program_with_its_arguments() {
        let entry = entry("/opt/it", &["--hidden".to_owned()]);
        assert!(
            entry.contains("\nExec=\"/opt/it\" \"--hidden\"\n"),
            "{entry}"
        );
        assert!(entry.starts_with("[Desktop Entry]\nType=Application\n"));
    }
}
