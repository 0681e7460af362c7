//! Why a verification fails: which secret, scheme or change of bytes would have matched, and the
//! mend. Start at [`examine`].
//!
//! It tries what goes wrong in practice, likeliest first, and says only what it has proved: that
//! the signature fits. It needs nothing but the request and the secrets that are known here.

pub mod mend;

mod bodies;
mod keys;
mod rewrite;
mod search;
mod trial;
mod urls;

use crate::verify::{
    doctor::{
        mend::{Area, Mend, mends},
        search::Search,
    },
    request::Request,
    scheme::{Age, Scheme},
    secret::{Keys, Secret},
    verdict::{Flaw, Verdict},
    verify,
};

/// What the doctor is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// How the request should be signed.
    pub scheme: Scheme,
    /// The request.
    pub request: &'a Request<'a>,
    /// What it should be signed with.
    pub keys: &'a Keys,
    /// The secrets that are known for other endpoints and senders.
    pub others: &'a [Secret],
    /// How old it may be.
    pub age: Age,
    /// The signature that the user's own program computed, where it is that program which fails:
    /// it is then looked for in place of the sender's.
    pub computed: Option<&'a str>,
}

/// What the doctor found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The verdict, with a closer reason where one was found.
    pub verdict: Verdict,
    /// What would have matched, or what is wrong besides; none where nothing was found.
    pub finding: Option<Finding>,
    /// Whether the search ended before all was tried, for the body is long.
    pub is_cut_short: bool,
}

/// One thing that would have matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What it is about.
    pub area: Area,
    /// What was found, in one sentence.
    pub text: String,
    /// Where what was signed differs from what arrived.
    pub difference: Option<Difference>,
    /// What to do about it, for each framework or for all.
    pub mends: Vec<Mend>,
}

/// The first place where two texts differ, and what stands around it in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// How many bytes are the same before it.
    pub at: usize,
    /// What arrived, from up to 16 bytes before that place to up to 32 after.
    pub arrived: Vec<u8>,
    /// What was signed, the same.
    pub signed: Vec<u8>,
}

impl Difference {
    pub(crate) fn between(arrived: &[u8], signed: &[u8]) -> Option<Self> {
        let at = arrived
            .iter()
            .zip(signed)
            .take_while(|(a, b)| a == b)
            .count();
        let window = |text: &[u8]| text[at.saturating_sub(16)..text.len().min(at + 32)].to_vec();
        (at < arrived.len().max(signed.len())).then(|| Self {
            at,
            arrived: window(arrived),
            signed: window(signed),
        })
    }
}

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
    let is_sought =
        question.computed.is_some() || matches!(&verdict, Verdict::Invalid(flaw) if is_open(flaw));
    let mut search = Search::new(question);
    let found = if is_sought { search.run() } else { None };
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
    Some(Finding {
        area,
        text: format!("The signature is not accepted: {flaw}."),
        difference: None,
        mends: mends(area),
    })
}
