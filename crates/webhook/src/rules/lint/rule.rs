//! What can be said about a rule.

use super::{
    finding::{FindingKind, Findings},
    members::Members,
    parameters::{Use, check_parameter},
};
use crate::rules::{
    go::{
        address, regexp,
        yaml::node::{Content, Node},
    },
    hook::{Match, MatchKind, Rule},
    load::read::{MATCH, RULE},
};

pub(super) fn check_rule(node: &Node, rule: &Rule, findings: &mut Findings) {
    let members = Members::of(node, RULE);
    members.check_repeats(findings);
    members.check_unknown("a rule", findings);
    let there = [
        ("and", rule.and.is_some()),
        ("or", rule.or.is_some()),
        ("not", rule.not.is_some()),
        ("match", rule.matches.is_some()),
    ];
    let mut there = there
        .iter()
        .filter(|(_, is_there)| *is_there)
        .map(|(name, _)| *name);
    let Some(first) = there.next() else {
        let message = "an empty rule is never satisfied";
        findings.add(FindingKind::NeverFires, node, message);
        return;
    };
    for name in there {
        if let Some(entry) = members.entry(name) {
            let message =
                format!("`{name}` is ignored: of several in one rule only `{first}` counts");
            findings.add_at(FindingKind::IgnoredField, entry.place, message);
        }
    }
    let Some(node) = members.get(first) else {
        return;
    };
    match rule {
        Rule {
            and: Some(rules), ..
        } => {
            if rules.is_empty() {
                let message = "an `and` of nothing is always satisfied";
                findings.add(FindingKind::Unguarded, node, message);
            }
            check_rules(node, rules, findings);
        }
        Rule {
            or: Some(rules), ..
        } => {
            if rules.is_empty() {
                let message = "an `or` of nothing is never satisfied";
                findings.add(FindingKind::NeverFires, node, message);
            }
            check_rules(node, rules, findings);
        }
        Rule {
            not: Some(rule), ..
        } => check_rule(node, rule, findings),
        Rule {
            matches: Some(inner),
            ..
        } => check_match(node, inner, findings),
        _ => {}
    }
}

fn check_rules(node: &Node, rules: &[Rule], findings: &mut Findings) {
    if let Content::List(nodes) = &node.content {
        for (node, rule) in nodes.iter().zip(rules) {
            check_rule(node, rule, findings);
        }
    }
}

fn check_match(node: &Node, inner: &Match, findings: &mut Findings) {
    let members = Members::of(node, MATCH);
    members.check_repeats(findings);
    members.check_unknown("a match", findings);
    let at = |name: &str| members.get(name).unwrap_or(node);
    let name = &inner.kind;
    let Some((kind, is_old)) = MatchKind::from_name(name) else {
        let message = if name.is_empty() {
            "a match with no `type` is never satisfied".to_owned()
        } else {
            format!("there is no type `{name}`, so this is never satisfied")
        };
        findings.add(FindingKind::NeverFires, at("type"), message);
        return;
    };
    if is_old {
        let message = format!("`{name}` is now called `{}`", name.replace("hash", "hmac"));
        findings.add(FindingKind::OldName, at("type"), message);
    }
    let used: &[&str] = match kind {
        MatchKind::Value => &["type", "value", "parameter"],
        MatchKind::Regex => &["type", "regex", "parameter"],
        MatchKind::Hmac(_) => &["type", "secret", "parameter"],
        MatchKind::IpWhitelist => &["type", "ip-range"],
        MatchKind::ScalrSignature => &["type", "secret"],
    };
    for property in MATCH {
        if let Some(entry) = members.entry(property)
            && !used.contains(property)
        {
            let message = format!("`{property}` means nothing to `{name}`");
            findings.add_at(FindingKind::IgnoredField, entry.place, message);
        }
    }
    if used.contains(&"parameter") {
        check_parameter(at("parameter"), &inner.parameter, Use::Rule, findings);
    }
    match kind {
        MatchKind::Value if inner.value.is_empty() => {
            let message = "without `value` this is satisfied by what equals the empty text";
            findings.add(FindingKind::Surprising, at("value"), message);
        }
        MatchKind::Regex => {
            if let Err(error) = regexp::compile(&inner.regex) {
                let message = format!("{error}, so every request ends with an error");
                findings.add(FindingKind::AlwaysFails, at("regex"), message);
            }
        }
        MatchKind::Hmac(_) | MatchKind::ScalrSignature if inner.secret.is_empty() => {
            let message =
                "there is no `secret`, so every request that is signed ends with an error";
            findings.add(FindingKind::AlwaysFails, at("secret"), message);
        }
        MatchKind::IpWhitelist => check_ranges(at("ip-range"), &inner.ip_range, findings),
        MatchKind::Value | MatchKind::Hmac(_) | MatchKind::ScalrSignature => {}
    }
}

fn check_ranges(node: &Node, ranges: &str, findings: &mut Findings) {
    if ranges.trim().is_empty() {
        let message = "no address is in an empty `ip-range`";
        findings.add(FindingKind::NeverFires, node, message);
    }
    for range in ranges.split_whitespace() {
        // Nobody's address, so that every range is looked at.
        if let Err(error) = address::is_listed("[100::]:0", range) {
            let message = format!("{error}: ranges stand with spaces between them, and no commas");
            findings.add(FindingKind::AlwaysFails, node, message);
        } else if range.contains(':') && !range.contains('/') {
            let message = format!(
                "`{range}` without a length stands for the whole of {}",
                widened(range)
            );
            findings.add(FindingKind::Surprising, node, message);
        }
    }
}

/// What an IPv6 address with 32 bits covers.
fn widened(range: &str) -> String {
    let Ok(address) = range.parse::<std::net::Ipv6Addr>() else {
        return range.to_owned();
    };
    let bits = address.to_bits() >> 96 << 96;
    format!("{}/32", std::net::Ipv6Addr::from_bits(bits))
}
