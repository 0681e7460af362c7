//! Patterns as Go's `regexp` understands them. Start at [`is_match`].

mod class;
mod rewrite;

use regex::bytes::{Regex, RegexBuilder};

use self::rewrite::{PatternError, rewrite};
use crate::rules::go::text::repair;

/// What the largest patterns that Go takes may need.
const MAX_BYTES: usize = 128 << 20;

/// Whether `pattern` matches a part of `text`.
///
/// # Errors
/// When Go would not take the pattern.
pub(crate) fn is_match(pattern: &str, text: &[u8]) -> Result<bool, PatternError> {
    let regex = compile(pattern)?;
    Ok(regex.is_match(repair(text).as_bytes()))
}

/// Compiles `pattern`.
///
/// # Errors
/// When Go would not take it.
pub(crate) fn compile(pattern: &str) -> Result<Regex, PatternError> {
    let rewritten = rewrite(pattern)?;
    let mut builder = RegexBuilder::new(&rewritten);
    builder
        .nest_limit(4_000)
        .size_limit(MAX_BYTES)
        .dfa_size_limit(MAX_BYTES);
    builder.build().map_err(|_| PatternError {
        what: "expression too large",
        rest: pattern.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(pattern: &str, text: &str, want: bool) {
        assert_eq!(
            is_match(pattern, text.as_bytes()),
            Ok(want),
            "{pattern} {text}"
        );
    }

    /// Where the `regex` crate alone would answer otherwise.
    #[test]
    fn patterns_mean_what_they_mean_to_go() {
        check(r"^\d$", "\u{664}", false);
        check(r"^\w$", "é", false);
        check(r"^\s$", "\u{b}", false);
        check(r"\bé", "é", false);
        check(r"a\B", "ab", true);
        check(r"^\<$", "<", true);
        check(r"^\Qa.b*\E+$", "a.b***", true);
        check(r"^[a&&b]$", "&", true);
        check(r"^[[a]$", "[", true);
        check(r"^[[:]+$", ":[", true);
        check(r"^[]a-]+$", "]a-", true);
        check(r"^[xdw]$", "1", false);
        check(r"^[^]a]$", "]", false);
        check(r"^a{,2}$", "a{,2}", true);
        check(r"^a{01}$", "a{01}", true);
        check(r"^\101\x{1F600}\x41$", "A😀A", true);
        check(r"^\_# $", "_# ", true);
        check(r"(?U)a+b", "aab", true);
        check(r"(?i-s)STRASSE", "strasse", true);
        check(r"(?i)a(?-i:b)|C", "c", true);
        check(r"^(?P<n>x)(?P<n>y)(?:z)()$", "xyz", true);
        check(r"^[[:^alpha:]\D[:word:]]$", "1", true);
        check(r"^\p{Greek}\pL\P{^Lu}[\pN]\p{Any}$", "αßA1\n", true);
        check(r"^.$", "\n", false);
        check(r"a$", "a\n", false);
        check(r"(?m)a$", "a\n", true);
        assert_eq!(is_match("^\u{fffd}{2}$", b"\xff\xfe"), Ok(true));
    }

    #[test]
    fn what_go_refuses_is_refused() {
        for (pattern, want) in [
            ("a(", "missing closing ): `a(`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("*a", "missing argument to repetition operator: `*`"),
            ("(|*)", "missing argument to repetition operator: `*`"),
            ("a**", "invalid nested repetition operator: `**`"),
            ("a+?+", "invalid nested repetition operator: `+?+`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("a{2,1}", "invalid repeat count: `{2,1}`"),
            ("(a{100}){100}", "invalid repeat count: `{100}`"),
            ("a(?=b)", "invalid or unsupported Perl syntax: `(?=b)`"),
            ("(?<!a)", "invalid or unsupported Perl syntax: `(?<!a)`"),
            ("(?x)a", "invalid or unsupported Perl syntax: `(?x)a`"),
            (r"(a)\1", r"invalid escape sequence: `\1`"),
            (r"\Z", r"invalid escape sequence: `\Z`"),
            (r"\E", r"invalid escape sequence: `\E`"),
            (r"a\", "trailing backslash at end of expression: ``"),
            ("[b-a]", "invalid character class range: `b-a`"),
            ("[a-\\d]", "invalid escape sequence: `\\d`"),
            ("[[:no:]]", "invalid character class range: `[:no:]`"),
            (r"\p{greek}", r"invalid character class range: `\p{greek}`"),
        ] {
            let error = compile(pattern).unwrap_err().to_string();
            let error = error.strip_prefix("error parsing regexp: ").unwrap();
            assert_eq!(error, want, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn no_pattern_makes_it_panic(pattern in "[\\[\\](){}\\\\?*+|^$.,:<>=!a-cA-CPpQEdwbxisU0-9-]{0,16}", any in any::<String>()) {
            let _ = (compile(&pattern), compile(&any));
        }
    }
}
