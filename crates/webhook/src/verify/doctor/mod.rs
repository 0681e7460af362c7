//! Why a verification fails: which secret, scheme or change of bytes would have matched, and the
//! mend. Start at [`examine`].
//!
//! It tries what goes wrong in practice, likeliest first, and says only what it has proved: that
//! the signature fits. It needs nothing but the request and the secrets that are known here.

pub mod mend;

mod bodies;
mod finding;
mod keys;
mod rewrite;
mod search;
mod trial;
mod urls;

pub use self::finding::{Diagnosis, Difference, Finding, Question};
use crate::verify::{
    doctor::{mend::Area, search::Search},
    judge::verify,
    verdict::{Flaw, Need, Verdict},
};

/// Looks for what would make the signature of a request fit, or how the user's program came to the
/// one that it computed.
#[must_use]
pub fn examine(question: Question<'_>) -> Diagnosis {
    let Question {
        scheme,
        request,
        keys,
        age,
        ..
    } = question;
    let mut verdict = verify(scheme, request, keys, age);
    let is_sought = match &verdict {
        Verdict::Invalid(flaw) => is_open(flaw),
        Verdict::Unknown(Need::Secret) => true,
        Verdict::Valid { .. } | Verdict::Unknown(_) | Verdict::Unsigned => false,
    };
    let mut search = Search::new(question);
    let found = if is_sought || question.computed.is_some() {
        search.run()
    } else {
        None
    };
    let finding = match (found, &verdict) {
        (Some((flaw, finding)), Verdict::Invalid(_)) if question.computed.is_none() => {
            verdict = Verdict::Invalid(flaw);
            Some(finding)
        }
        (Some((_, finding)), _) => Some(finding),
        (None, Verdict::Invalid(flaw)) => plain(flaw),
        (None, _) => None,
    };
    Diagnosis {
        verdict,
        finding,
        is_cut_short: search.is_cut_short(),
    }
}

/// Whether a search may tell more than `flaw` does.
const fn is_open(flaw: &Flaw) -> bool {
    matches!(
        flaw,
        Flaw::Mismatch
            | Flaw::Malformed(_)
            | Flaw::Missing(_)
            | Flaw::WrongScheme(_)
            | Flaw::BodyChanged(_)
    )
}

/// The finding where the flaw says all there is to say.
fn plain(flaw: &Flaw) -> Option<Finding> {
    let area = match flaw {
        Flaw::TooOld { .. } | Flaw::InTheFuture { .. } => Area::Time,
        Flaw::Ambiguous(_) | Flaw::Missing(_) => Area::Header,
        _ => return None,
    };
    Some(Finding::new(
        area,
        format!("The signature is not accepted: {flaw}."),
        None,
    ))
}
