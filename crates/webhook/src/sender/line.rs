//! A line of parts, written from strangers' texts. Start at [`Line`].

use crate::escape::is_unseen;

/// How many characters a summary has at most.
pub const MAX_LINE_CHARS: usize = 100;

const BETWEEN: &str = " · ";

/// Parts with a dot between them, each on one line and clean.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(String);

impl Line {
    /// Adds a part, unless nothing of it can be seen.
    pub(super) fn add(&mut self, part: &str) {
        let part = clean(part, MAX_LINE_CHARS);
        if part.is_empty() {
            return;
        }
        if !self.0.is_empty() {
            self.0.push_str(BETWEEN);
        }
        self.0.push_str(&part);
    }

    /// The line, cut where it is too long; `None` if it is empty.
    pub(super) fn finish(self) -> Option<String> {
        let line = clean(&self.0, MAX_LINE_CHARS);
        (!line.is_empty()).then_some(line)
    }
}

/// `text` up to `max_chars` characters, its white space made single spaces, and without all that
/// is invisible or steers. What is cut ends in `…`.
pub(super) fn clean(text: &str, max_chars: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(4 * max_chars));
    let mut length = 0;
    let mut is_space_due = false;
    for c in text.chars() {
        if c.is_whitespace() {
            is_space_due = length > 0;
            continue;
        }
        if is_unseen(c) {
            continue;
        }
        let width = 1 + usize::from(is_space_due);
        if length + width > max_chars {
            // The last character makes room for the ellipsis, if there is no room left.
            if length == max_chars {
                shown.pop();
            }
            let end = shown.trim_end().len();
            shown.truncate(end);
            shown.push('…');
            return shown;
        }
        if is_space_due {
            shown.push(' ');
            is_space_due = false;
        }
        shown.push(c);
        length += width;
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_steers_or_hides_is_left_out_and_white_space_is_one_space() {
        let check = |text: &str, want: &str| assert_eq!(clean(text, 20), want, "{text:?}");
        check("  a \r\n\t b\u{2028}c ", "a b c");
        check("a\u{202e}b\u{200b}\u{1b}[2Jc\u{0}", "ab[2Jc");
        check("größe 日本", "größe 日本");
        check("\u{202e}\n", "");
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis() {
        assert_eq!(clean("abcdef", 6), "abcdef");
        assert_eq!(clean("abcdefg", 6), "abcde…");
        assert_eq!(clean("abcd fgh", 6), "abcd…");
        assert_eq!(clean("abcde fgh", 6), "abcde…");
    }

    #[test]
    fn parts_are_joined_and_empty_ones_left_out() {
        let mut line = Line::default();
        for part in ["push", "", " \n", "acme/api"] {
            line.add(part);
        }
        assert_eq!(line.finish().as_deref(), Some("push · acme/api"));
        assert_eq!(Line::default().finish(), None);
    }

    proptest! {
        #[test]
        fn a_clean_text_is_short_seen_and_stays_as_it_is(text in any::<String>(), max in 1usize..30) {
            let shown = clean(&text, max);
            prop_assert!(shown.chars().count() <= max, "{shown:?}");
            prop_assert!(!shown.chars().any(is_unseen));
            prop_assert_eq!(clean(&shown, max), shown);
        }
    }
}
