//! Text as the words that it is sought by: letters and digits in lower case, and of scripts that
//! put no blanks between words every two characters side by side.
//!
//! A stream is words each followed by a blank, after a blank of its own (` first second `), so that
//! a word or a phrase in it is one search for a string. `修正时区` gives ` 修正 正时 时区 区 `: any
//! two of its characters are found, and the last one too.

/// Of a longer word only so many characters count.
const WORD_CHARS: usize = 64;
/// From so many characters on a plain word also finds those that begin with it.
const PREFIX_CHARS: usize = 3;

/// What a text looks for: words that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// In their order, never empty.
    pub words: Vec<String>,
    /// The last of them may go on.
    pub is_prefix: bool,
}

impl Sought {
    /// Whether `stream` has it.
    pub(super) fn is_in(&self, stream: &str) -> bool {
        let mut needle = String::from(" ");
        needle.push_str(&self.words.join(" "));
        if !self.is_prefix {
            needle.push(' ');
        }
        memchr::memmem::find(stream.as_bytes(), needle.as_bytes()).is_some()
    }
}

/// The words of `text` in their order, to be found side by side; none when it has no letter and no
/// digit.
///
/// With `may_go_on` the last word also finds longer ones, if it is long enough itself; a `*` at the
/// end of `text` asks for that at any length.
#[must_use]
pub fn phrase(text: &str, may_go_on: bool) -> Option<Sought> {
    let mut words: Vec<String> = Vec::new();
    let mut is_prefix = false;
    let runs: Vec<_> = Runs(text).collect();
    for (at, run) in runs.iter().enumerate() {
        let is_last = at + 1 == runs.len();
        match run {
            Run::Word(word) => {
                let is_open = text.ends_with('*') || word.chars().count() >= PREFIX_CHARS;
                is_prefix = is_last && may_go_on && is_open;
                words.push(word.clone());
            }
            Run::Dense(chars) => {
                words.extend(chars.windows(2).map(|pair| pair.iter().collect()));
                // In a stream the last character stands by itself; here it may have a next one.
                is_prefix = is_last && chars.len() == 1;
                if !is_last || is_prefix {
                    words.extend(chars.last().map(char::to_string));
                }
            }
        }
    }
    (!words.is_empty()).then_some(Sought { words, is_prefix })
}

/// The words of `text`, to be found in whatever order; a single character of a dense script is the
/// beginning of one.
#[must_use]
pub fn bag(text: &str) -> Vec<Sought> {
    let mut all = Vec::new();
    for run in Runs(text) {
        let sought = |word, is_prefix| Sought {
            words: vec![word],
            is_prefix,
        };
        match run {
            Run::Word(word) => all.push(sought(word, false)),
            Run::Dense(chars) if chars.len() == 1 => all.push(sought(chars[0].to_string(), true)),
            Run::Dense(chars) => {
                let pairs = chars.windows(2).map(|pair| pair.iter().collect());
                all.extend(pairs.map(|pair| sought(pair, false)));
            }
        }
    }
    all
}

/// Adds the words of `text` to `stream`, which begins with a blank.
pub(super) fn push(stream: &mut String, text: &str) {
    for_each(text, |word| {
        stream.push_str(word);
        stream.push(' ');
    });
}

/// Calls `found` with each word of `text` as it stands in a stream.
pub(super) fn for_each(text: &str, mut found: impl FnMut(&str)) {
    for run in Runs(text) {
        match run {
            Run::Word(word) => found(&word),
            Run::Dense(chars) => {
                let mut word = String::with_capacity(8);
                for at in 0..chars.len() {
                    word.clear();
                    word.extend(&chars[at..chars.len().min(at + 2)]);
                    found(&word);
                }
            }
        }
    }
}

enum Run {
    /// Letters and digits of a script with blanks between its words.
    Word(String),
    /// Characters of a script without.
    Dense(Vec<char>),
}

struct Runs<'a>(&'a str);

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let start = self.0.find(char::is_alphanumeric)?;
        let text = &self.0[start..];
        let is_dense_run = text.starts_with(is_dense);
        let is_outside = |c: char| !c.is_alphanumeric() || is_dense(c) != is_dense_run;
        let (run, rest) = text.split_at(text.find(is_outside).unwrap_or(text.len()));
        self.0 = rest;
        if is_dense_run {
            return Some(Run::Dense(run.chars().collect()));
        }
        if run.is_ascii() {
            let run = &run[..run.len().min(WORD_CHARS)];
            return Some(Run::Word(run.to_ascii_lowercase()));
        }
        let lower = run.chars().take(WORD_CHARS).flat_map(char::to_lowercase);
        Some(Run::Word(lower.collect()))
    }
}

/// Whether `c` is of a script that puts no blanks between words, or other marks on them than we do:
/// Han, Hiragana, Katakana, Hangul.
const fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{3040}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ff9d}' | '\u{20000}'..='\u{2fa1f}' | '\u{30000}'..='\u{323af}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(text: &str) -> String {
        let mut stream = String::from(" ");
        push(&mut stream, text);
        stream
    }

    fn finds(sought: &str, may_go_on: bool, text: &str) -> bool {
        phrase(sought, may_go_on).unwrap().is_in(&stream(text))
    }

    #[test]
    fn words_are_letters_and_digits_in_lower_case() {
        assert_eq!(
            stream("GitHub-Hookshot/044aadd"),
            " github hookshot 044aadd "
        );
        assert_eq!(stream("Straße, ÉTÉ; a_b"), " straße été a b ");
        assert_eq!(stream("  \u{1f600} !?"), " ");
        assert_eq!(stream(&"x".repeat(70)), format!(" {} ", "x".repeat(64)));
    }

    #[test]
    fn dense_scripts_are_pairs_and_the_last_character() {
        assert_eq!(stream("修正时区"), " 修正 正时 时区 区 ");
        assert_eq!(stream("修v2正"), " 修 v2 正 ");
        for sought in ["修正", "正时", "时区", "修正时区", "修", "区", "正"] {
            assert!(finds(sought, false, "说：修正时区。"), "{sought}");
        }
        assert!(!finds("修时", false, "修正时区"));
        assert!(finds("时区v2", false, "修正时区v2"));
        assert!(!finds("正v2", false, "修正时区v2"));
    }

    #[test]
    fn a_phrase_is_whole_words_unless_the_last_may_go_on() {
        assert!(finds(
            "payment_intent.succeeded",
            false,
            "a payment intent succeeded"
        ));
        assert!(!finds(
            "payment intent succ",
            false,
            "payment intent succeeded"
        ));
        assert!(finds(
            "payment intent succ",
            true,
            "payment intent succeeded"
        ));
        assert!(!finds("intent payment", true, "payment intent"));
        // Two letters are a whole word, or half the history would be found.
        assert!(!finds("pa", true, "payment"));
        assert!(finds("pa*", true, "payment"));
        assert_eq!(phrase(" -- ", true), None);
    }
}
