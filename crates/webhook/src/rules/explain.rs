//! Why a rule was satisfied, or not: the tree of its clauses with what each saw and wanted.
//! Start at [`Clause`].

use crate::rules::{
    fault::RuleFault,
    hook::{Match, MatchKind, Rule},
};

/// One clause of a rule and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What it says.
    pub kind: ClauseKind,
    /// Its own clauses, in the order of the file.
    pub clauses: Vec<Self>,
    /// What it came to; nothing when it was not reached.
    pub outcome: Option<Outcome>,
    /// The value of a comparison as it was found in the request.
    pub saw: Option<Vec<u8>>,
}

/// What a clause says.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all clauses are comparisons, and none lives long"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClauseKind {
    /// All of its clauses.
    And,
    /// Any of its clauses.
    Or,
    /// Not its one clause.
    Not,
    /// A comparison.
    Match(Match),
    /// Nothing: it is never satisfied.
    Empty,
}

/// What a clause came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Whether it is satisfied.
    pub value: bool,
    /// Why it could not be decided. Beside a `not` the value may be true all the same.
    pub fault: Option<RuleFault>,
}

impl Outcome {
    pub(crate) const fn of(value: bool) -> Self {
        Self { value, fault: None }
    }
}

impl Clause {
    pub(crate) const fn decided(kind: ClauseKind, clauses: Vec<Self>, outcome: Outcome) -> Self {
        Self {
            kind,
            clauses,
            outcome: Some(outcome),
            saw: None,
        }
    }

    /// The clause of a rule that nobody had to look at.
    pub(crate) fn unreached(rule: &Rule) -> Self {
        let all = |rules: &[Rule]| rules.iter().map(Self::unreached).collect();
        let (kind, clauses) = match rule {
            Rule {
                and: Some(rules), ..
            } => (ClauseKind::And, all(rules)),
            Rule {
                or: Some(rules), ..
            } => (ClauseKind::Or, all(rules)),
            Rule {
                not: Some(rule), ..
            } => (ClauseKind::Not, vec![Self::unreached(rule)]),
            Rule {
                matches: Some(inner),
                ..
            } => (ClauseKind::Match(inner.clone()), Vec::new()),
            _ => (ClauseKind::Empty, Vec::new()),
        };
        Self {
            kind,
            clauses,
            outcome: None,
            saw: None,
        }
    }

    /// Whether it was reached and is satisfied.
    #[must_use]
    pub fn is_satisfied(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.value)
    }

    /// The comparison that decided against the rule, if it came to no: the innermost clause on which
    /// the result hangs.
    #[must_use]
    pub fn culprit(&self) -> Option<&Self> {
        if self.is_satisfied() {
            return None;
        }
        match self.kind {
            // A `not` fails because what it denies holds, so that is what there is to show.
            ClauseKind::Not | ClauseKind::Match(_) | ClauseKind::Empty => Some(self),
            ClauseKind::And | ClauseKind::Or => {
                let mut reached = self.clauses.iter().rev();
                let last = reached.find(|clause| clause.outcome.is_some());
                last.and_then(Self::culprit).or(Some(self))
            }
        }
    }

    /// What would satisfy it, in words; never a signature.
    #[must_use]
    pub fn wanted(&self) -> String {
        match &self.kind {
            ClauseKind::And => "every clause below".to_owned(),
            ClauseKind::Or => "one of the clauses below".to_owned(),
            ClauseKind::Not => "that the clause below does not hold".to_owned(),
            ClauseKind::Empty => "nothing: an empty rule is never satisfied".to_owned(),
            ClauseKind::Match(inner) => wanted(inner),
        }
    }
}

fn wanted(inner: &Match) -> String {
    match MatchKind::from_name(&inner.kind).map(|(kind, _)| kind) {
        Some(MatchKind::Value) => format!("the text `{}`", inner.value),
        Some(MatchKind::Regex) => format!("a part that matches `{}`", inner.regex),
        Some(MatchKind::Hmac(hash)) => {
            let name = hash.name();
            format!(
                "the hexadecimal HMAC-{} of the body under the rule's secret",
                name.to_uppercase()
            )
        }
        Some(MatchKind::IpWhitelist) => format!("an address in `{}`", inner.ip_range),
        Some(MatchKind::ScalrSignature) => {
            "`X-Signature` over body and `Date`, not older than five minutes".to_owned()
        }
        None => format!("nothing: there is no comparison `{}`", inner.kind),
    }
}
