//! The hooks of a server that reads several files, and what becomes of them when a file changes.
//! Start at [`HookSet`].

use std::collections::HashSet;

use crate::rules::{hook::Hook, load::HooksFile};

/// The hooks files of a server, each under its path.
#[derive(Debug, Clone, Default)]
pub struct HookSet {
    files: Vec<(String, HooksFile)>,
}

/// An id that is there already.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "error: hook with the id {id} has already been loaded!\nplease check your hooks file for duplicate hooks ids!"
)]
pub struct DuplicateId {
    /// The id.
    pub id: String,
}

impl HookSet {
    /// Adds a file when the server starts. Within the file an id may be there twice: the first
    /// answers.
    ///
    /// # Errors
    /// When one of its ids was added before, which ends the server.
    pub fn add(&mut self, path: &str, file: HooksFile) -> Result<(), DuplicateId> {
        let mut hooks = file.hooks.iter();
        if let Some(hook) = hooks.find(|hook| self.find(&hook.id).is_some()) {
            return Err(DuplicateId {
                id: hook.id.clone(),
            });
        }
        self.files.push((path.to_owned(), file));
        Ok(())
    }

    /// Puts `file` in place of what was loaded from `path`. A path that was never added, as one that
    /// could not be read when the server started, stays unknown.
    ///
    /// # Errors
    /// When an id is there twice, in the file or in another; then all stays as it was.
    pub fn replace(&mut self, path: &str, file: HooksFile) -> Result<(), DuplicateId> {
        let mut seen = HashSet::new();
        if let Some(hook) = file.hooks.iter().find(|hook| !seen.insert(&hook.id)) {
            return Err(DuplicateId {
                id: hook.id.clone(),
            });
        }
        self.check_others(path, &file)?;
        if let Some((_, old)) = self.files.iter_mut().find(|(known, _)| known == path) {
            *old = file;
        }
        Ok(())
    }

    /// Drops the hooks of a file that is gone, and gives how many there were.
    pub fn remove(&mut self, path: &str) -> usize {
        let at = self.files.iter().position(|(known, _)| known == path);
        at.map_or(0, |at| self.files.remove(at).1.hooks.len())
    }

    /// The hook that answers to `id`.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Hook> {
        self.files.iter().find_map(|(_, file)| file.find(id))
    }

    /// The paths of the files, in the order in which they were added.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(path, _)| path.as_str())
    }

    /// All hooks, file after file.
    pub fn hooks(&self) -> impl Iterator<Item = &Hook> {
        self.files.iter().flat_map(|(_, file)| &file.hooks)
    }

    fn check_others(&self, path: &str, file: &HooksFile) -> Result<(), DuplicateId> {
        let others = self.files.iter().filter(|(known, _)| known != path);
        let taken: HashSet<_> = others
            .flat_map(|(_, file)| &file.hooks)
            .map(|hook| &hook.id)
            .collect();
        match file.hooks.iter().find(|hook| taken.contains(&hook.id)) {
            Some(hook) => Err(DuplicateId {
                id: hook.id.clone(),
            }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(ids: &[(&str, &str)]) -> HooksFile {
        let hook = |(id, command): &(&str, &str)| Hook {
            id: (*id).to_owned(),
            execute_command: (*command).to_owned(),
            ..Hook::default()
        };
        HooksFile {
            hooks: ids.iter().map(hook).collect(),
        }
    }

    fn command<'a>(set: &'a HookSet, id: &str) -> Option<&'a str> {
        set.find(id).map(|hook| hook.execute_command.as_str())
    }

    #[test]
    fn an_id_twice_in_a_file_is_taken_at_the_start_and_refused_later() {
        let mut set = HookSet::default();
        set.add("a", file(&[("x", "first"), ("x", "second")]))
            .unwrap();
        assert_eq!(command(&set, "x"), Some("first"));
        let refused = set.replace("a", file(&[("y", "1"), ("y", "2")]));
        assert_eq!(refused, Err(DuplicateId { id: "y".to_owned() }));
        assert_eq!(command(&set, "x"), Some("first"));
    }

    #[test]
    fn two_files_cannot_have_one_id() {
        let mut set = HookSet::default();
        set.add("a", file(&[("x", "a")])).unwrap();
        assert!(set.add("b", file(&[("x", "b")])).is_err());
        assert!(set.add("a", file(&[("x", "a")])).is_err(), "named twice");
        set.add("b", file(&[("y", "b")])).unwrap();
        assert!(set.replace("b", file(&[("x", "b")])).is_err());
        set.replace("b", file(&[("z", "b")])).unwrap();
        assert_eq!(
            (command(&set, "x"), command(&set, "y"), command(&set, "z")),
            (Some("a"), None, Some("b"))
        );
    }

    #[test]
    fn an_emptied_file_leaves_no_hooks_and_a_lost_one_leaves_the_others() {
        let mut set = HookSet::default();
        set.add("a", file(&[("x", "a")])).unwrap();
        set.add("b", file(&[("y", "b"), ("z", "b")])).unwrap();
        set.replace("a", file(&[])).unwrap();
        assert_eq!(command(&set, "x"), None);
        assert_eq!((set.remove("b"), set.remove("b")), (2, 0));
        assert_eq!(
            (set.paths().collect::<Vec<_>>(), set.hooks().count()),
            (vec!["a"], 0)
        );
        set.replace("never", file(&[("n", "n")])).unwrap();
        assert_eq!(command(&set, "n"), None);
    }
}
