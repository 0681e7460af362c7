//! What the doctor is asked and what it answers.

use crate::verify::{
    doctor::mend::{Area, Mend, mends},
    request::Request,
    scheme::{Age, Scheme},
    secret::{Keys, Secret},
    verdict::Verdict,
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
    pub(super) fn between(arrived: &[u8], signed: &[u8]) -> Option<Self> {
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

impl Finding {
    pub(super) fn new(area: Area, text: String, difference: Option<Difference>) -> Self {
        Self {
            area,
            text,
            difference,
            mends: mends(area),
        }
    }
}
