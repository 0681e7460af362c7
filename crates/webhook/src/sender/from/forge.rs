//! What the places where code is kept have in common.

use crate::sender::field::Field;

/// `3 commits to main`, `new branch x`, `deleted tag v1`: what a push to the full name `git_ref`
/// did there. `commits` is how many there are, if that is known.
pub(super) fn push(git_ref: &str, commits: Option<u32>, is_deleted: bool, is_new: bool) -> String {
    let (kind, name) = match git_ref.strip_prefix("refs/tags/") {
        Some(tag) => ("tag", tag),
        None => (
            "branch",
            git_ref.strip_prefix("refs/heads/").unwrap_or(git_ref),
        ),
    };
    match commits {
        _ if is_deleted => format!("deleted {kind} {name}"),
        _ if kind == "tag" => format!("tag {name}"),
        Some(0) | None if is_new => format!("new branch {name}"),
        Some(1) => format!("1 commit to {name}"),
        Some(count) if count > 0 => format!("{count} commits to {name}"),
        _ => format!("to {name}"),
    }
}

/// `#42 Fix the parser`: what has the number at `number` and the title at `title`.
pub(super) fn numbered(field: Field<'_>, mark: char, number: &str, title: &str) -> Option<String> {
    let number = field.word(number)?;
    let title = field.text(title).unwrap_or_default();
    Some(format!("{mark}{number} {title}"))
}

/// `event action`, as a line begins.
pub(super) fn titled(event: &str, action: Option<impl AsRef<str>>) -> String {
    match action {
        Some(action) => format!("{event} {}", action.as_ref()),
        None => event.to_owned(),
    }
}
