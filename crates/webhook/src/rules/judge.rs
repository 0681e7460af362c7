//! A rule judged over a request. Judging keeps a trace of every clause, so what is explained is what
//! was decided. Start at `Bench::judge`.

use crate::rules::{
    explain::{Clause, ClauseKind, Outcome},
    fault::RuleFault,
    go::{address, regexp},
    hook::{Match, MatchKind, Rule},
    request::Facts,
    signature,
};

/// What is known beside the request.
pub(crate) struct Bench<'a> {
    pub(crate) facts: &'a Facts<'a>,
    /// Milliseconds since the Unix epoch.
    pub(crate) now_ms: i64,
    /// Whether a wrong signature inside an `or` is a mere no.
    pub(crate) is_soft: bool,
}

impl Bench<'_> {
    /// Decides `rule`, and gives the trace of the decision.
    pub(crate) fn judge(&self, rule: &Rule, log: &mut Vec<String>) -> Clause {
        if let Some(rules) = &rule.and {
            return self.all(rules, log);
        }
        if let Some(rules) = &rule.or {
            return self.any(rules, log);
        }
        if let Some(rule) = &rule.not {
            let inner = self.judge(rule, log);
            // An error passes, and yet the value beside it turns: it shows at the top and in an `or`.
            let outcome = Outcome {
                value: inner.outcome.as_ref().is_some_and(|outcome| !outcome.value),
                fault: inner
                    .outcome
                    .as_ref()
                    .and_then(|outcome| outcome.fault.clone()),
            };
            return Clause::decided(ClauseKind::Not, vec![inner], outcome);
        }
        match &rule.matches {
            Some(inner) => self.compare(inner, log),
            None => Clause::decided(ClauseKind::Empty, Vec::new(), Outcome::of(false)),
        }
    }

    fn all(&self, rules: &[Rule], log: &mut Vec<String>) -> Clause {
        let mut clauses = Vec::with_capacity(rules.len());
        let mut outcome = Outcome::of(true);
        let mut rest = rules.iter();
        for rule in rest.by_ref() {
            let clause = self.judge(rule, log);
            let decided = clause.outcome.clone();
            clauses.push(clause);
            let Some(decided) = decided else { continue };
            if decided.fault.is_some() || !decided.value {
                outcome = Outcome {
                    value: false,
                    ..decided
                };
                break;
            }
        }
        clauses.extend(rest.map(Clause::unreached));
        Clause::decided(ClauseKind::And, clauses, outcome)
    }

    fn any(&self, rules: &[Rule], log: &mut Vec<String>) -> Clause {
        let mut clauses = Vec::with_capacity(rules.len());
        let mut outcome = Outcome::of(false);
        let mut rest = rules.iter();
        for rule in rest.by_ref() {
            let clause = self.judge(rule, log);
            let decided = clause.outcome.clone();
            clauses.push(clause);
            let Some(decided) = decided else { continue };
            if decided
                .fault
                .as_ref()
                .is_some_and(|fault| !self.is_forgiven(fault))
            {
                outcome = Outcome {
                    value: false,
                    ..decided
                };
                break;
            }
            if decided.value {
                outcome = Outcome::of(true);
                break;
            }
        }
        clauses.extend(rest.map(Clause::unreached));
        Clause::decided(ClauseKind::Or, clauses, outcome)
    }

    fn is_forgiven(&self, fault: &RuleFault) -> bool {
        let is_wrong = matches!(fault, RuleFault::Signature(fault) if fault.is_wrong());
        fault.is_missing() || (self.is_soft && is_wrong)
    }

    fn compare(&self, inner: &Match, log: &mut Vec<String>) -> Clause {
        let kind = ClauseKind::Match(inner.clone());
        let known = MatchKind::from_name(&inner.kind);
        let saw = match known {
            Some((MatchKind::IpWhitelist, _)) => Ok(self.facts.remote_addr.as_bytes().to_vec()),
            Some((MatchKind::ScalrSignature, _)) => Ok(Vec::new()),
            _ => inner.parameter.read(self.facts),
        };
        let (saw, decided) = match saw {
            Err(fault) => (None, Err(RuleFault::from(fault))),
            Ok(saw) => {
                if let Some((MatchKind::Hmac(hash), true)) = known {
                    let name = hash.name();
                    log.push(format!(
                        "warn: use of deprecated option payload-hash-{name}; use payload-hmac-{name} instead"
                    ));
                }
                let decided = known.map_or(Ok(false), |(kind, _)| self.decide(kind, inner, &saw));
                let saw = (known != Some((MatchKind::ScalrSignature, false))).then_some(saw);
                (saw, decided)
            }
        };
        let outcome = match decided {
            Ok(value) => Outcome::of(value),
            Err(fault) => Outcome {
                value: false,
                fault: Some(fault),
            },
        };
        Clause {
            saw,
            ..Clause::decided(kind, Vec::new(), outcome)
        }
    }

    fn decide(&self, kind: MatchKind, inner: &Match, saw: &[u8]) -> Result<bool, RuleFault> {
        let unreadable = |error: &dyn std::error::Error| RuleFault::Unreadable(error.to_string());
        match kind {
            MatchKind::Value => Ok(signature::is_same(saw, inner.value.as_bytes())),
            MatchKind::Regex => {
                regexp::is_match(&inner.regex, saw).map_err(|error| unreadable(&error))
            }
            MatchKind::Hmac(hash) => {
                signature::check(hash, inner.secret.as_bytes(), self.facts.body, saw)?;
                Ok(true)
            }
            MatchKind::IpWhitelist => {
                let listed = address::is_listed(self.facts.remote_addr, &inner.ip_range);
                listed.map_err(|error| unreadable(&error))
            }
            MatchKind::ScalrSignature => Ok(signature::check_scalr(
                inner.secret.as_bytes(),
                self.facts,
                self.now_ms,
            )?),
        }
    }
}
