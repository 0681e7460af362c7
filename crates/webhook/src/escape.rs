//! Strangers' bytes made safe to look at: nothing invisible, nothing that steers a terminal.
//! Start at [`for_display`].

use std::fmt::Write;

/// `bytes` on one line, for headers, targets and names, and whether they were clean text already.
///
/// What is UTF-8 and can be seen stays as it is, `\` too (so only the flag tells an escape from
/// the same text sent plainly). Bytes that are not UTF-8 become `\xNN`; line feed, return and tab
/// become `\n`, `\r` and `\t`; whatever steers or hides becomes `\u{202e}`: control characters,
/// direction marks, zero-width and other format characters.
#[must_use]
pub fn for_display(bytes: &[u8]) -> (String, bool) {
    escape(bytes, &[])
}

/// As [`for_display`], for text of many lines: line feeds and tabs stay.
#[must_use]
pub fn for_terminal_text(bytes: &[u8]) -> (String, bool) {
    escape(bytes, &['\n', '\t'])
}

fn escape(bytes: &[u8], kept: &[char]) -> (String, bool) {
    let mut shown = String::with_capacity(bytes.len());
    let mut is_clean = true;
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if !is_unseen(c) || kept.contains(&c) {
                shown.push(c);
                continue;
            }
            is_clean = false;
            match c {
                '\n' => shown.push_str("\\n"),
                '\r' => shown.push_str("\\r"),
                '\t' => shown.push_str("\\t"),
                c => write!(shown, "\\u{{{:x}}}", u32::from(c)).expect("a string takes any text"),
            }
        }
        for byte in chunk.invalid() {
            is_clean = false;
            write!(shown, "\\x{byte:02x}").expect("a string takes any text");
        }
    }
    (shown, is_clean)
}

/// Whether `c` draws nothing by itself: controls (Cc), format characters (Cf), line and paragraph
/// separators, and the rest of what Unicode lets a program leave out
/// (`Default_Ignorable_Code_Point` in `DerivedCoreProperties.txt`, Unicode 16).
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}'
            | '\u{890}' | '\u{891}' | '\u{8e2}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}'
            | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], want: &str) {
        assert_eq!(for_display(bytes), (want.to_owned(), false), "{bytes:?}");
    }

    #[test]
    fn clean_text_in_any_script_stays() {
        for text in ["", "a b\\n", "größe", "日本語 ✓", "שלום", "naïve 👍"] {
            assert_eq!(for_display(text.as_bytes()), (text.to_owned(), true));
        }
    }

    #[test]
    fn what_steers_or_hides_becomes_visible() {
        check(b"\x1b[31mred\x07", "\\u{1b}[31mred\\u{7}");
        check(b"a\r\nb\tc", "a\\r\\nb\\tc");
        check("\u{9b}2J\u{7f}".as_bytes(), "\\u{9b}2J\\u{7f}");
        check(
            "a\u{202e}b\u{2066}\u{200f}\u{61c}".as_bytes(),
            "a\\u{202e}b\\u{2066}\\u{200f}\\u{61c}",
        );
        check(
            "pay\u{200b}pal\u{feff}".as_bytes(),
            "pay\\u{200b}pal\\u{feff}",
        );
        check(b"caf\xe9 \xff", "caf\\xe9 \\xff");
    }

    #[test]
    fn terminal_text_keeps_its_lines() {
        let (shown, is_clean) = for_terminal_text(b"a\n\tb\r\x1b");
        assert_eq!((shown.as_str(), is_clean), ("a\n\tb\\r\\u{1b}", false));
        assert!(for_terminal_text(b"a\n\tb").1);
    }

    proptest! {
        #[test]
        fn nothing_that_steers_a_terminal_gets_through(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let (shown, is_clean) = for_display(&bytes);
            prop_assert!(!shown.chars().any(is_unseen), "{shown:?}");
            prop_assert_eq!(is_clean, shown.as_bytes() == bytes);
            prop_assert!(!for_terminal_text(&bytes).0.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }

        #[test]
        fn any_text_is_escaped_once_and_then_clean(text in any::<String>()) {
            let (shown, _) = for_display(text.as_bytes());
            prop_assert_eq!(for_display(shown.as_bytes()), (shown, true));
        }
    }
}
