//! Whether a hook runs on the word of a stranger, or asks for something that only its sender has.
//! Start at [`Hook::guard`].

use crate::{
    redact,
    rules::{
        go::address,
        hook::{Hook, Match, MatchKind, Parameter, Rule},
    },
    verify::crypto,
};

/// What a sender must have, at the least, for a hook to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Guard {
    /// An address among those listed.
    Address,
    /// A text that nobody else knows.
    Token,
    /// The key under a signature.
    Signature,
}

impl Guard {
    /// The word for it in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Token => "token",
            Self::Signature => "signature",
        }
    }
}

/// A token that is shorter is soon guessed.
const TOKEN_CHARACTERS: usize = 8;

impl Hook {
    /// What guards it: nothing when some request of a stranger would make it run.
    #[must_use]
    pub fn guard(&self) -> Option<Guard> {
        guard(self.trigger_rule.as_ref()?)
    }

    /// A digest of all that says when it runs and what it runs. It is another when the hook is
    /// changed, so that who agreed to the hook before is asked again.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        let text = format!("{self:?}");
        crypto::sha256([text.as_bytes()].into_iter())
    }
}

fn guard(rule: &Rule) -> Option<Guard> {
    match rule {
        Rule {
            and: Some(rules), ..
        } => rules.iter().filter_map(guard).max(),
        // The weakest way in is the one that is taken.
        Rule {
            or: Some(rules), ..
        } => rules.iter().map(guard).min().flatten(),
        Rule { not: Some(_), .. } => None,
        Rule {
            matches: Some(inner),
            ..
        } => guard_of(inner),
        _ => None,
    }
}

fn guard_of(inner: &Match) -> Option<Guard> {
    match MatchKind::from_name(&inner.kind)?.0 {
        MatchKind::Hmac(_) | MatchKind::ScalrSignature if !inner.secret.is_empty() => {
            Some(Guard::Signature)
        }
        MatchKind::Value
            // Who sends nothing is not to be let in by what stands for it.
            if inner.parameter.default.is_none()
                && inner.parameter.is_secret()
                && inner.value.chars().count() >= TOKEN_CHARACTERS =>
        {
            Some(Guard::Token)
        }
        MatchKind::IpWhitelist if !is_everybody(&inner.ip_range) => Some(Guard::Address),
        _ => None,
    }
}

/// Whether addresses from both ends of the internet are listed.
fn is_everybody(ranges: &str) -> bool {
    let lets_in = |address| address::is_listed(address, ranges).unwrap_or(false);
    lets_in("1.0.0.1:1") && lets_in("223.255.255.254:1")
        || lets_in("[2001::1]:1") && lets_in("[3fff:ffff::1]:1")
}

impl Parameter {
    /// Whether what it names is known to its sender alone, by its name.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        let last = self.name.rsplit('.').next().unwrap_or_default();
        match self.source.as_str() {
            "header" => redact::is_secret_header(self.name.as_bytes()),
            "url" | "query" | "payload" => redact::is_secret_query(last),
            _ => false,
        }
    }

    /// Whether it is the whole of a part of the request, which may hold secrets.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(
            self.source.as_str(),
            "entire-payload" | "entire-headers" | "entire-query" | "raw-request-body"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::load::HooksFile;

    fn hook(rule: &str) -> Hook {
        let text = format!("- {{id: a, execute-command: /x, trigger-rule: {rule}}}");
        let file = HooksFile::load(text.as_bytes(), None).unwrap();
        file.hooks.into_iter().next().unwrap()
    }

    const SIGNED: &str = "{match: {type: payload-hmac-sha256, secret: s, parameter: {source: header, name: X-Hub-Signature-256}}}";
    const TOKEN: &str = "{match: {type: value, value: long-enough, parameter: {source: header, name: X-Gitlab-Token}}}";
    const BRANCH: &str =
        "{match: {type: value, value: refs/heads/main, parameter: {source: payload, name: ref}}}";

    fn ranged(range: &str) -> String {
        format!("{{match: {{type: ip-whitelist, ip-range: '{range}'}}}}")
    }

    #[test]
    fn what_only_the_sender_has_guards() {
        assert_eq!(hook(SIGNED).guard(), Some(Guard::Signature));
        assert_eq!(hook(TOKEN).guard(), Some(Guard::Token));
        assert_eq!(
            hook(&ranged("192.0.2.0/24 10.0.0.1")).guard(),
            Some(Guard::Address)
        );
    }

    #[test]
    fn what_a_stranger_can_send_does_not() {
        for rule in [BRANCH, "{}", "{or: []}", "{and: []}"] {
            assert_eq!(hook(rule).guard(), None, "{rule}");
        }
        for range in ["0.0.0.0/0", "::/0", "0.0.0.0/1 128.0.0.0/1"] {
            assert_eq!(hook(&ranged(range)).guard(), None, "{range}");
        }
        let short = TOKEN.replace("long-enough", "short");
        assert_eq!(hook(&short).guard(), None);
        let given = TOKEN.replace("name: X", "default: long-enough, name: X");
        assert_eq!(hook(&given).guard(), None);
        let open = SIGNED.replace("secret: s", "secret: ''");
        assert_eq!(hook(&open).guard(), None);
        assert_eq!(hook(&format!("{{not: {SIGNED}}}")).guard(), None);
        assert_eq!(Hook::default().guard(), None);
    }

    #[test]
    fn an_and_is_as_strong_as_its_strongest_and_an_or_as_its_weakest() {
        let both = |word: &str| hook(&format!("{{{word}: [{SIGNED}, {TOKEN}]}}")).guard();
        assert_eq!(
            (both("and"), both("or")),
            (Some(Guard::Signature), Some(Guard::Token))
        );
        let with = |word: &str| hook(&format!("{{{word}: [{SIGNED}, {BRANCH}]}}")).guard();
        assert_eq!((with("and"), with("or")), (Some(Guard::Signature), None));
    }

    #[test]
    fn a_fingerprint_changes_with_the_hook_and_with_nothing_else() {
        let of = |rule: &str| hook(rule).fingerprint();
        assert_eq!(of(BRANCH), of(BRANCH));
        assert_ne!(of(BRANCH), of(&BRANCH.replace("main", "next")));
    }
}
