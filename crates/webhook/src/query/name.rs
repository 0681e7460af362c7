//! Fields whose value is one name, such as the method or the type of the event, and what is asked
//! of them.

/// A field whose value is one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameField {
    /// Who sent it.
    Provider,
    /// The type of the event.
    Type,
    /// The method of the request.
    Method,
    /// The endpoint, by its id or its name.
    Endpoint,
    /// Where it came in: `relay`, `local` or `import`.
    Source,
    /// What its signature proved.
    Verify,
    /// What the sender calls its delivery.
    Delivery,
}

/// What a name must be. Letters of ASCII in either case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameTest {
    /// There is one.
    Any,
    /// This one.
    Is(String),
    /// One of this form.
    Like(Pattern),
}

/// A text in which each `*` stands for any text, also none. Letters of ASCII in either case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern(String);

impl NameField {
    /// The values that there are, where they are fixed.
    #[must_use]
    pub const fn values(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Source => Some(&["relay", "local", "import"]),
            Self::Verify => Some(&[
                "valid",
                "invalid",
                "none",
                "unknown",
                "unsigned",
                "missing",
                "malformed",
                "mismatch",
                "stale",
                "future",
                "ambiguous",
            ]),
            Self::Provider | Self::Type | Self::Method | Self::Endpoint | Self::Delivery => None,
        }
    }
}

impl NameTest {
    /// Whether `name` is what is asked for.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is(want) => want.eq_ignore_ascii_case(name),
            Self::Like(pattern) => pattern.holds(name),
        }
    }
}

impl Pattern {
    /// The pattern that `text` is.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The text with its stars.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether all of `text` is of this form.
    #[must_use]
    pub fn holds(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.to_ascii_lowercase(), text.to_ascii_lowercase());
        let Some((start, rest)) = pattern.split_once('*') else {
            return pattern == text;
        };
        let Some(mut text) = text.strip_prefix(start) else {
            return false;
        };
        let mut parts: Vec<_> = rest.split('*').collect();
        let end = parts.pop().unwrap_or_default();
        for part in parts {
            // The first place leaves the most for what follows.
            let Some(at) = text.find(part) else {
                return false;
            };
            text = &text[at + part.len()..];
        }
        text.ends_with(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        let check = |pattern: &str, text: &str, want| {
            assert_eq!(Pattern::new(pattern).holds(text), want, "{pattern} {text}");
        };
        check("payment_intent.*", "payment_intent.succeeded", true);
        check("*.succeeded", "Payment_Intent.SUCCEEDED", true);
        check("a*b*c", "aXbYbc", true);
        check("a*b*c", "acb", false);
        check("ab*ba", "aba", false);
        check("*", "", true);
        check("**", "x", true);
        check("a*", "ba", false);
        check("修*区", "修正时区", true);
        check("a*a", "a", false);
        check("plain", "plainer", false);
    }
}
