//! What of a command and a rule is shown: without the values that are secret by their names, and
//! without whole parts of a request.

use webhook::{
    escape, redact,
    rules::{
        command::CommandPlan,
        explain::{Clause, ClauseKind},
        hook::{Hook, Parameter},
    },
};

use crate::view::ClauseView;

const MASK: &str = "••••••";
/// Longer values are shown up to here.
const SHOWN_BYTES: usize = 2_000;

/// The arguments and the environment of `plan` as texts.
pub(super) fn command(hook: &Hook, plan: &CommandPlan) -> (Vec<String>, Vec<(String, String)>) {
    let parameters = hook.pass_arguments_to_command.iter().map(Some);
    let arguments = plan
        .argv
        .iter()
        .zip(std::iter::once(None).chain(parameters));
    let arguments = arguments
        .map(|(value, parameter)| match parameter {
            Some(parameter) => of_parameter(parameter, value),
            None => text(value),
        })
        .collect();
    let parameter_of = |name: &str| {
        hook.pass_environment_to_command.iter().find(|parameter| {
            let own = match parameter.envname.as_str() {
                "" => format!("HOOK_{}", parameter.name),
                own => own.to_owned(),
            };
            own == name
        })
    };
    let entry = |(name, value): &(Vec<u8>, Vec<u8>)| {
        let name = String::from_utf8_lossy(name).into_owned();
        let value = match parameter_of(&name) {
            _ if redact::is_secret_query(&name) => MASK.to_owned(),
            Some(parameter) => of_parameter(parameter, value),
            None => text(value),
        };
        (name, value)
    };
    (arguments, plan.env.iter().map(entry).collect())
}

fn of_parameter(parameter: &Parameter, value: &[u8]) -> String {
    if parameter.is_secret() {
        MASK.to_owned()
    } else if parameter.is_whole() {
        format!("({}, {} bytes)", parameter.source, value.len())
    } else {
        text(value)
    }
}

fn text(value: &[u8]) -> String {
    let shown = &value[..value.len().min(SHOWN_BYTES)];
    let more = value.len() - shown.len();
    let text = escape::for_display(shown).0;
    match more {
        0 => text,
        more => format!("{text}… ({more} bytes more)"),
    }
}

/// A clause with its own ones; `culprit` is the one on which the result hangs.
pub(super) fn clause(clause: &Clause, culprit: Option<&Clause>) -> ClauseView {
    let is_secret = matches!(&clause.kind, ClauseKind::Match(inner) if inner.parameter.is_secret());
    let (kind, place) = match &clause.kind {
        ClauseKind::And => ("and".to_owned(), String::new()),
        ClauseKind::Or => ("or".to_owned(), String::new()),
        ClauseKind::Not => ("not".to_owned(), String::new()),
        ClauseKind::Empty => ("empty".to_owned(), String::new()),
        ClauseKind::Match(inner) => {
            let Parameter { source, name, .. } = &inner.parameter;
            let place = format!("{source} {name}").trim().to_owned();
            (inner.kind.clone(), place)
        }
    };
    let outcome = match &clause.outcome {
        None => "unreached",
        Some(outcome) if outcome.fault.is_some() => "error",
        Some(outcome) if outcome.value => "yes",
        Some(_) => "no",
    };
    let saw = clause.saw.as_ref().map(|saw| match is_secret {
        true => MASK.to_owned(),
        false => text(saw),
    });
    let fault = clause
        .outcome
        .as_ref()
        .and_then(|outcome| outcome.fault.as_ref());
    ClauseView {
        kind,
        place,
        outcome: outcome.to_owned(),
        saw,
        wanted: match is_secret {
            true => format!("the text {MASK}"),
            false => clause.wanted(),
        },
        fault: fault.map(|fault| escape::for_display(fault.to_string().as_bytes()).0),
        is_culprit: culprit.is_some_and(|culprit| std::ptr::eq(culprit, clause)),
        clauses: clause
            .clauses
            .iter()
            .map(|inner| self::clause(inner, culprit))
            .collect(),
    }
}
